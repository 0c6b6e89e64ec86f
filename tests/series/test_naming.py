"""Forms before and after an event, counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

import stancelib as sl
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

NOON = datetime(2022, 3, 10, 12, tzinfo=UTC)
EVENT = sl.Event("Invasion", NOON)
# doc_id, source, hours from the event, text. Stance is the number in the sentence.
ARTICLES = [
    ("a", "Gazette", -48, "Kiev slept at 20. Kiev and Ukraine sang at 40. Moscow spoke at 0."),
    ("b", "Gazette", -1, "Zelensky left at -10."),
    ("c", "Gazette", 0, "Kyiv woke at 60. Kyiv and Kyiv wept at 80."),
    ("d", "Courier", 30, "Kiev fell silent at -40. It rained."),
    ("e", "Courier", 90, "«Kyiv will stand at 50», said Boris Bell."),
]


class Numbers:
    """Stance is the number that the sentence holds, in percent."""

    name = "numbers@1"

    def score(self, frame: pl.DataFrame) -> pl.DataFrame:
        stance = pl.col("text").str.extract(r"(-?\d+)").cast(pl.Float64) / 100
        favor = pl.max_horizontal(stance, 0.0)
        against = pl.max_horizontal(-stance, 0.0)
        return frame.with_columns(p_favor=favor, p_against=against).with_columns(
            p_neutral=1 - pl.col("p_favor") - pl.col("p_against"),
            stance=pl.col("p_favor") - pl.col("p_against"),
            truncated=pl.lit(value=False),
        )


def _documents(rows: list[tuple[str, str, int, str]]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "doc_id": [row[0] for row in rows],
            "source": [row[1] for row in rows],
            "published_at": [NOON + timedelta(hours=row[2]) for row in rows],
            "text": [row[3] for row in rows],
            "lang": ["en"] * len(rows),
        }
    )


@pytest.fixture
def found() -> Iterator[sl.Store]:
    """Mentions without scores."""
    with sl.open_store(":memory:") as store:
        store.add_documents(_documents(ARTICLES), progress=False)
        store.find_mentions(progress=False)
        yield store


@pytest.fixture
def scored(found: sl.Store) -> sl.Store:
    found.score(Numbers(), progress=False)
    return found


def _rows(audit: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return audit.select("alias", *columns).rows()


def test_counts_and_shares(found: sl.Store) -> None:
    audit = sl.alias_audit(found, EVENT, "Ukraine")
    assert audit["source"].unique().to_list() == ["all"]
    # Before: Kiev, Kiev, Ukraine, Zelensky. After: Kyiv three times, Kiev, Kyiv.
    assert _rows(audit, "kind", "n_before", "n_after", "share_before", "share_after") == [
        ("Kyiv", "capital", 0, 4, 0.0, 0.8),
        ("Kiev", "capital", 2, 1, 0.5, 0.2),
        ("Ukraine", "name", 1, 0, 0.25, 0.0),
        ("Zelensky", "person", 1, 0, 0.25, 0.0),
    ]
    assert audit["n_scored_before"].sum() == 0
    for column in ("stance_before", "stance_after", "from_naming", "from_stance"):
        assert audit[column].null_count() == audit.height


def test_stance_is_that_of_the_sentences_scored_at_the_form(scored: sl.Store) -> None:
    audit = sl.alias_audit(scored, EVENT, "Ukraine")
    # "Kiev and Ukraine sang" is scored at Ukraine: a name goes before a capital.
    assert _rows(audit, "n_scored_before", "n_scored_after") == [
        ("Kyiv", 0, 3),
        ("Kiev", 1, 1),
        ("Ukraine", 1, 0),
        ("Zelensky", 1, 0),
    ]
    assert audit["stance_before"].to_list() == pytest.approx([None, 0.2, 0.4, -0.1])
    assert audit["stance_after"].to_list()[:2] == pytest.approx([1.9 / 3, -0.4])


def test_the_two_parts_are_the_change_of_the_mean(scored: sl.Store) -> None:
    audit = sl.alias_audit(scored, EVENT, "Ukraine")
    # Of three sentences before: 0.2, 0.4, -0.1; of four after: 0.6, 0.8, -0.4, 0.5.
    change = 1.5 / 4 - 0.5 / 3
    assert audit["from_naming"].sum() + audit["from_stance"].sum() == pytest.approx(change)
    # Kiev: share 1/3 before and 1/4 after, stance 0.2 before and -0.4 after.
    kiev = audit.row(1, named=True)
    assert kiev["from_stance"] == pytest.approx((1 / 3 + 1 / 4) / 2 * (-0.4 - 0.2))
    assert kiev["from_naming"] == pytest.approx((1 / 4 - 1 / 3) * (-0.4 + 0.2) / 2)
    # Kyiv is new, so that all of it is naming: three quarters of the sentences at 1.9 / 3.
    assert audit.row(0, named=True)["from_naming"] == pytest.approx(0.75 * 1.9 / 3)


def test_by_source(scored: sl.Store) -> None:
    audit = sl.alias_audit(scored, EVENT, "Ukraine", by="source")
    assert audit.select("source", "alias", "n_before", "n_after", "share_before").rows() == [
        ("Courier", "Kiev", 0, 1, None),
        ("Courier", "Kyiv", 0, 1, None),
        ("Gazette", "Kyiv", 0, 3, 0.0),
        ("Gazette", "Kiev", 2, 0, 0.5),
        ("Gazette", "Ukraine", 1, 0, 0.25),
        ("Gazette", "Zelensky", 1, 0, 0.25),
    ]
    assert audit.filter(source="Courier")["from_naming"].null_count() == 2


@pytest.mark.parametrize(
    ("event", "options", "before", "after"),
    [
        (EVENT, {"source": "Courier"}, 0, 2),
        (EVENT, {"voice": "quoted"}, 0, 1),
        (EVENT, {"voice": "author"}, 4, 4),
        (EVENT, {"window": timedelta(hours=48)}, 4, 4),
        (EVENT, {"window": timedelta(hours=47)}, 1, 4),
        (EVENT, {"window": (timedelta(hours=2), timedelta(hours=1))}, 1, 3),
        (sl.Event("E", NOON, anticipation=timedelta(hours=2)), {}, 3, 5),
        (sl.Event("E", NOON, lag=timedelta(hours=30)), {}, 4, 2),
        (sl.Event("E", NOON, until=NOON + timedelta(hours=90)), {}, 4, 4),
    ],
)
def test_what_is_before_and_after(
    found: sl.Store, event: sl.Event, options: dict[str, Any], before: int, after: int
) -> None:
    audit = sl.alias_audit(found, event, "Ukraine", **options)
    assert (audit["n_before"].sum(), audit["n_after"].sum()) == (before, after)


def test_every_target_that_was_looked_for(found: sl.Store) -> None:
    audit = sl.alias_audit(found, EVENT)
    assert audit["target"].unique(maintain_order=True).to_list() == ["Russia", "Ukraine"]
    assert audit.filter(target="Russia").select("alias", "n_before").rows() == [("Moscow", 1)]


def test_a_store_without_mentions_says_what_to_do() -> None:
    with sl.open_store(":memory:") as store:
        store.add_documents(_documents(ARTICLES), progress=False)
        with pytest.raises(NotEnoughDataError, match=r"run store.find_mentions\(\) first"):
            sl.alias_audit(store, EVENT)


def test_articles_added_since_are_asked_for(found: sl.Store) -> None:
    found.add_documents(_documents([("z", "Gazette", 5, "Kyiv again.")]), progress=False)
    with pytest.raises(DataError, match="'NATO' is looked for in part: 1 articles"):
        sl.alias_audit(found, EVENT)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target": "Nato"}, "unknown target 'Nato'; .* Did you mean 'NATO'"),
        ({"source": "Herald"}, "unknown source 'Herald'"),
        ({"by": "lang"}, "by='lang'; allowed are 'source'"),
        ({"voice": "x"}, "unknown voice 'x'"),
        ({"scorer": "x"}, "unknown scorer 'x'; known scorers: numbers@1"),
        ({"window": timedelta(0)}, "window=0:00:00; each side must be longer"),
    ],
)
def test_a_wrong_argument_is_named(
    scored: sl.Store, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        sl.alias_audit(scored, EVENT, **arguments)
