"""Gold labels on the cells of a series, and frames that are refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from stancelib.errors import ArgumentError, DataError, NotEnoughDataError
from stancelib.validation.cell_correction_core import RawCells
from stancelib.validation.labelled_cells import check_gold, label_cells

MONDAY = datetime(2022, 1, 3, tzinfo=UTC)
WEEK = timedelta(weeks=1)


def raw_of(stance: list[float]) -> RawCells:
    n_effective = np.where(np.isnan(stance), 0.0, 20.0)
    return RawCells(np.array(stance), np.full(len(stance), 0.01), n_effective)


def gold_frame(n: int = 40) -> pl.DataFrame:
    """Ten labels a week in four weeks."""
    places = range(n)
    return pl.DataFrame(
        {
            "item": [f"{place}#0 NATO" for place in places],
            "target": ["NATO"] * n,
            "source": ["Dune Courier"] * n,
            "doc_id": [str(place) for place in places],
            "published_at": [MONDAY + place % 4 * WEEK for place in places],
            "label": [("against", "neutral", "favor")[place % 3] for place in places],
            "stance": [0.1 * (place % 7) for place in places],
            "inclusion_probability": [0.5] * n,
            "n_sentences": [1] * n,
            "lang": ["en"] * n,
            "voice": ["author"] * n,
        }
    )


def placed(gold: Any, **changed: Any) -> Any:
    raw = raw_of([0.2, 0.3, 0.2, 0.1])
    given: dict[str, Any] = {
        "target": "NATO",
        "sources": ["Dune Courier"],
        "bounds": [MONDAY + week * WEEK for week in range(5)],
        "raw": raw,
    }
    return label_cells(gold, **(given | changed))


def test_labels_find_their_cells_and_those_outside_are_counted() -> None:
    gold = gold_frame()
    found = placed(gold)
    assert (found.n_labels, found.n_articles, found.n_outside) == (40, 40, 0)
    np.testing.assert_allclose(found.labels_of_cells(), 10)
    assert not found.complete
    strange = pl.concat(
        [
            gold.head(2).with_columns(target=pl.lit("Russia")),
            gold.head(3).with_columns(source=pl.lit("Fjord Daily")),
            gold.head(1).with_columns(published_at=pl.lit(MONDAY - timedelta(microseconds=1))),
            gold.head(1).with_columns(published_at=pl.lit(MONDAY + 4 * WEEK)),
        ]
    ).with_columns(item=pl.int_range(pl.len()).cast(pl.String))
    both = placed(pl.concat([gold, strange]))
    assert (both.n_labels, both.n_outside) == (40, 7)
    np.testing.assert_array_equal(both.corrected().stance, found.corrected().stance)
    # The series of all sources together takes the labels of every source.
    assert placed(pl.concat([gold, strange]), sources=["all"]).n_labels == 43
    elsewhere = gold.with_columns(pl.col("published_at").dt.convert_time_zone("Asia/Tokyo"))
    np.testing.assert_array_equal(placed(elsewhere).corrected().stance, found.corrected().stance)


def test_labels_are_worth_no_more_than_all_pairs() -> None:
    gold = gold_frame()
    every = gold.with_columns(inclusion_probability=pl.lit(1.0))
    assert placed(every).complete
    assert placed(every).effective_labels == pytest.approx(40)
    numbers = {"against": -1.0, "neutral": 0.0, "favor": 1.0}
    right = gold.with_columns(stance=pl.col("label").replace_strict(numbers))
    assert placed(right).effective_labels == pytest.approx(80)
    useless = gold.with_columns(stance=pl.lit(0.3))
    assert placed(useless).effective_labels == pytest.approx(40)


def test_what_is_no_gold_frame_is_refused() -> None:
    gold = gold_frame()
    first = pl.int_range(pl.len()) > 0

    def lost(name: str) -> pl.DataFrame:
        return gold.with_columns(pl.when(first).then(name))

    for broken, problem in (
        (gold.drop("n_sentences"), "column 'n_sentences' is missing"),
        (gold.drop("voice"), "column 'voice' is missing"),
        (lost("label"), "'label' must be one of against, neutral, favor; it is None in 1 rows"),
        (gold.with_columns(label=pl.lit(1)), "'label' must be one of .* it is 1 in 40 rows"),
        (gold.with_columns(label=pl.lit("pro")), "it is 'pro' in 40 rows"),
        (gold.with_columns(inclusion_probability=pl.lit(0.0)), r"must lie in \(0, 1\]; it is 0.0"),
        (gold.with_columns(inclusion_probability=pl.lit(1.5)), r"must lie in \(0, 1\]; it is 1.5"),
        (gold.with_columns(inclusion_probability=pl.lit(np.nan)), r"\(0, 1\]; it is nan"),
        (lost("stance"), "'stance' must be a finite number; it is None in 1 rows"),
        (gold.with_columns(stance=pl.lit(np.inf)), "'stance' must be a finite number; it is inf"),
        (gold.with_columns(n_sentences=pl.lit(0)), "'n_sentences' must be at least 1; it is 0"),
        (gold.with_columns(n_sentences=pl.lit(np.nan)), "'n_sentences' must be at least 1"),
        (gold.with_columns(n_sentences=pl.lit("2")), "'n_sentences' must hold numbers"),
        (lost("published_at"), "'published_at' must be there; it is None in 1 rows"),
        (lost("doc_id"), "'doc_id' must be there"),
        (lost("lang"), "'lang' must be there"),
        (
            gold.with_columns(pl.col("published_at").dt.replace_time_zone(None)),
            "'published_at' must be a datetime with a time zone",
        ),
        (gold.with_columns(published_at=pl.lit("2022-01-03")), "its type is String"),
        (pl.concat([gold, gold.tail(1)]), "item '39#0 NATO' stands in more than one row"),
    ):
        with pytest.raises(DataError, match=problem):
            check_gold(broken)
    with pytest.raises(ArgumentError, match="as gold_labels returns it; got dict"):
        check_gold(gold.to_dict())  # type: ignore[arg-type]  # wrong on purpose


def test_labels_that_cannot_correct_are_refused() -> None:
    gold = gold_frame()
    with pytest.raises(NotEnoughDataError, match="none of the 40 labels is of Ukraine in Dune"):
        placed(gold, target="Ukraine")
    with pytest.raises(NotEnoughDataError, match="none of the 0 labels"):
        placed(gold.clear())
    with pytest.raises(NotEnoughDataError, match=r"hold 9.0 labelled articles beyond their first"):
        placed(gold.head(13))
    raw = raw_of([0.2, np.nan, 0.2, 0.1])
    with pytest.raises(DataError, match="10 labels lie in cells where the series has no articles"):
        placed(gold, raw=raw)
