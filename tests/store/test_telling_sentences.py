"""The strongest sentences of each side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from stancelib.errors import ArgumentError, DataError
from stancelib.store import Store

Make = Callable[..., Any]


class Weighed:
    """Stance is the number that the sentence holds, in percent."""

    name = "weighed@1"

    def score(self, frame: pl.DataFrame) -> pl.DataFrame:
        stance = pl.col("text").str.extract(r"(-?\d+)").cast(pl.Float64) / 100
        favor = pl.max_horizontal(stance, 0.0)
        against = pl.max_horizontal(-stance, 0.0)
        return frame.with_columns(p_favor=favor, p_against=against).with_columns(
            p_neutral=1 - pl.col("p_favor") - pl.col("p_against"),
            stance=pl.col("p_favor") - pl.col("p_against"),
            truncated=pl.lit(value=False),
        )


@pytest.fixture
def weighed(store: Store, make_documents: Make) -> Store:
    rows = [
        ("a", "Gazette", 1, "NATO at 20. NATO at -30. NATO at 0."),
        ("b", "Courier", 2, "NATO at -90. NATO at 60."),
        ("c", "Courier", 3, "NATO at -90. NATO at 10. Russia at 99."),
    ]
    store.add_documents(make_documents(rows), progress=False)
    store.score(Weighed(), progress=False)
    return store


def stances(frame: pl.DataFrame) -> list[tuple[str, float]]:
    return frame.select("side", "stance").rows()


def test_the_strongest_come_first_and_a_text_comes_once(weighed: Store) -> None:
    found = weighed.telling_sentences("NATO")
    assert stances(found) == [
        ("against", -0.9),
        ("against", -0.3),
        ("favor", 0.6),
        ("favor", 0.2),
        ("favor", 0.1),
    ]
    # The copy that was published first.
    assert found["doc_id"][0] == "b"


def test_n_is_for_each_side(weighed: Store) -> None:
    assert stances(weighed.telling_sentences("NATO", 1)) == [("against", -0.9), ("favor", 0.6)]


def test_columns(weighed: Store) -> None:
    row = weighed.telling_sentences("NATO", 1).row(0, named=True)
    assert row["text"][row["start"] : row["end"]] == "NATO"
    assert (row["target"], row["source"], row["voice"], row["speaker"]) == (
        "NATO",
        "Courier",
        "author",
        None,
    )
    assert row["published_at"] == datetime(2022, 3, 2, 12, tzinfo=UTC)
    assert (row["url"], row["title"], row["lang"]) == ("https://news.example/b", None, "en")
    assert (row["p_against"], row["p_favor"]) == (0.9, 0.0)
    assert row["p_neutral"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"source": "Gazette"}, [("against", -0.3), ("favor", 0.2)]),
        ({"end": date(2022, 3, 2)}, [("against", -0.3), ("favor", 0.2)]),
        ({"start": datetime(2022, 3, 3, 12, tzinfo=UTC)}, [("against", -0.9), ("favor", 0.1)]),
        ({"end": datetime(2022, 3, 1, 12, tzinfo=UTC)}, []),
        ({"voice": "quoted"}, []),
    ],
)
def test_filters(
    weighed: Store, options: dict[str, Any], expected: list[tuple[str, float]]
) -> None:
    assert stances(weighed.telling_sentences("NATO", **options)) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target": "Nato"}, "unknown target 'Nato'; known targets: NATO, Russia, Ukraine"),
        ({"target": "NATO", "source": "Herald"}, "unknown source 'Herald'; .* Courier, Gazette"),
        ({"target": "NATO", "scorer": "x"}, "unknown scorer 'x'; known scorers: weighed@1"),
        ({"target": "NATO", "n": 0}, "n=0; it must be at least 1"),
        ({"target": "NATO", "voice": "x"}, "unknown voice 'x'"),
    ],
)
def test_a_wrong_argument_is_named(weighed: Store, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        weighed.telling_sentences(**arguments)


def test_articles_added_since_are_asked_for(weighed: Store, make_documents: Make) -> None:
    weighed.add_documents(make_documents([("d", "Gazette", 4, "NATO at 5.")]), progress=False)
    with pytest.raises(DataError, match="target 'NATO' is scored in part: 1 articles"):
        weighed.telling_sentences("NATO")
