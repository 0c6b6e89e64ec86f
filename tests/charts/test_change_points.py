"""The picture of change points: levels, sets of dates, events, its zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
import vl_convert

from stancelib.charts.change_points import change_points_chart
from stancelib.errors import DataError, NotEnoughDataError

ZONE = "Europe/Kyiv"


@pytest.fixture(scope="module")
def levels(fitted: pl.DataFrame) -> pl.DataFrame:
    """Eight weeks with a jump in the fifth."""
    segment = (pl.int_range(pl.len()) >= 4).cast(pl.Int64)
    kept = ("period", "stance", "n_documents", "fitted", "low", "high")
    return fitted.select(*kept, segment.alias("segment"))


@pytest.fixture(scope="module")
def dates(levels: pl.DataFrame) -> pl.DataFrame:
    """One change in the fifth week, which may have been in the fourth."""
    weeks = levels["period"]
    return pl.DataFrame({"change": weeks[[4]], "low": weeks[[3]], "high": weeks[[4]]})


def rows_with(found: dict[str, Any], column: str) -> list[dict[str, Any]]:
    return next(rows for rows in found["datasets"].values() if rows and column in rows[0])


def test_each_level_is_a_line_of_its_own(levels: pl.DataFrame, dates: pl.DataFrame) -> None:
    rows = rows_with(change_points_chart(levels, dates).to_dict(), "segment")
    assert [(row["segment"], row["fitted"]) for row in rows] == [
        (0, -0.26),
        (0, -0.26),
        (1, 0.15),
        (1, 0.15),
    ]
    # The old level ends, and the new one begins, where the first week of the new one does.
    assert rows[1]["period"] == rows[2]["period"] == "2022-02-28T00:00:00Z"
    assert rows[3]["period"] == "2022-03-28T00:00:00Z"


def test_column_spans_the_set_of_dates(levels: pl.DataFrame, dates: pl.DataFrame) -> None:
    (row,) = rows_with(change_points_chart(levels, dates).to_dict(), "last")
    assert row["period"] == "2022-02-28T00:00:00Z"
    # From the first instant of the first week of the set to the last of the last.
    assert (row["first"], row["last"]) == ("2022-02-21T00:00:00Z", "2022-03-07T00:00:00Z")


def test_events_and_reading_are_stated(
    levels: pl.DataFrame, dates: pl.DataFrame, invasion: Any, happening: Any
) -> None:
    later = happening("Later", datetime(2024, 1, 1, tzinfo=UTC))
    chart = change_points_chart(
        levels, dates, events=[invasion, later], confidence_level=0.9, description="It rose."
    )
    found = chart.to_dict()
    assert found["title"]["text"] == ["Stance and its change points"]
    assert found["description"] == "It rose."
    note = " ".join(found["title"]["subtitle"])
    assert "90 % confidence set, from first to last" in note
    assert f"Times in {ZONE}. Outside the picture: Later." in note
    assert rows_with(found, "event")[0]["period"] == "2022-02-24T05:00:00Z"
    assert "Full-scale invasion" in vl_convert.vegalite_to_svg(found, vl_version="6.4")


def test_no_change_is_said(levels: pl.DataFrame, dates: pl.DataFrame) -> None:
    one = levels.with_columns(segment=pl.lit(0), fitted=pl.lit(-0.1))
    found = change_points_chart(one, dates.clear()).to_dict()
    assert "no change point was found." in " ".join(found["title"]["subtitle"])
    assert not any("last" in rows[0] for rows in found["datasets"].values() if rows)
    assert vl_convert.vegalite_to_svg(found, vl_version="6.4").startswith("<svg")


def test_missing_columns_are_named(levels: pl.DataFrame, dates: pl.DataFrame) -> None:
    with pytest.raises(DataError, match="'segment' is missing"):
        change_points_chart(levels.drop("segment"), dates)
    with pytest.raises(DataError, match="'high' is missing"):
        change_points_chart(levels, dates.drop("high"))


def test_no_period_is_said(levels: pl.DataFrame, dates: pl.DataFrame) -> None:
    with pytest.raises(NotEnoughDataError, match="has no period"):
        change_points_chart(levels.clear(), dates)
