"""The counterfactual picture: three panels, the cut at the event, gaps, what is said."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
import vl_convert

from stancelib.charts.counterfactual import counterfactual_chart
from stancelib.charts.counterfactual_core import BEFORE, WITHOUT
from stancelib.charts.events import PlainEvent
from stancelib.charts.theme import LIGHT
from stancelib.errors import DataError, NotEnoughDataError

EVENT = PlainEvent("invasion", datetime(2022, 2, 24, 3, tzinfo=UTC))


@pytest.fixture
def course(fitted: pl.DataFrame) -> pl.DataFrame:
    """Eight weeks; the fifth opens the window, the sixth has no articles."""
    after = pl.int_range(pl.len()) >= 4
    effect = pl.when(after & pl.col("stance").is_not_null()).then(pl.col("stance") + 0.26)
    sums = pl.when(after).then(pl.lit(0.5))
    columns = {"expected": pl.lit(-0.26), "effect": effect, "cumulative": sums}
    return fitted.select(
        "period",
        "stance",
        "n_documents",
        window=pl.when(after).then(pl.lit("invasion")),
        used=pl.col("stance").is_not_null(),
        **columns,
        **{f"{name}_low": value - 0.2 for name, value in columns.items()},
        **{f"{name}_high": value + 0.2 for name, value in columns.items()},
    )


def specification(frame: pl.DataFrame, **options: Any) -> dict[str, Any]:
    return counterfactual_chart(frame, events=[EVENT], **options).to_dict()


def lines_of(found: dict[str, Any], panel: int) -> list[dict[str, Any]]:
    """The rows of the line of a panel."""
    layer = next(one for one in found["vconcat"][panel]["layer"] if one["mark"]["type"] == "line")
    return found["datasets"][layer["data"]["name"]]


def test_three_panels_stand_below_each_other_on_one_time_axis(course: pl.DataFrame) -> None:
    found = specification(course)
    assert len(found["vconcat"]) == 3
    scales = [
        next(layer for layer in panel["layer"] if layer["mark"]["type"] == "line")["encoding"]["x"]
        for panel in found["vconcat"]
    ]
    assert scales[0]["scale"] == scales[1]["scale"] == scales[2]["scale"]
    assert [scale["axis"]["labels"] for scale in scales] == [False, False, True]


def test_expected_course_is_cut_at_the_window_and_dashed_behind_it(course: pl.DataFrame) -> None:
    found = specification(course)
    rows = lines_of(found, 0)
    behind = [row for row in rows if row["line"] == WITHOUT]
    assert min(row["period"] for row in behind) == "2022-02-28T00:00:00Z"
    assert len({row["run"] for row in rows if row["line"] == BEFORE}) == 1
    svg = vl_convert.vegalite_to_svg(found, vl_version="6.4")
    assert f'stroke="{LIGHT.categories[1]}" stroke-width="2" stroke-dasharray="5,4"' in svg


def test_periods_left_out_after_the_event_are_no_forecasts_one_period_ahead(
    course: pl.DataFrame,
) -> None:
    fifth = pl.int_range(pl.len()) == 4
    lagged = course.with_columns(
        window=pl.when(~fifth).then("window"), used=pl.col("used") & ~fifth
    )
    rows = lines_of(specification(lagged), 0)
    assert [row["line"] for row in rows] == [BEFORE] * 4 + [WITHOUT] * 4


def test_effect_breaks_where_there_are_no_articles_and_its_sum_does_not(
    course: pl.DataFrame,
) -> None:
    found = specification(course)
    assert len({row["run"] for row in lines_of(found, 1)}) == 2
    assert [row["alone"] for row in lines_of(found, 1)] == [True, False, False]
    assert len({row["run"] for row in lines_of(found, 2)}) == 1


def test_event_and_reading_are_stated(course: pl.DataFrame) -> None:
    found = specification(
        course, title="Example Post on NATO", description="It rose.", confidence_level=0.9
    )
    assert found["title"]["text"] == ["Example Post on NATO"]
    note = " ".join(found["title"]["subtitle"])
    assert "invasion, 24 Feb 2022. Times in Europe/Kyiv." in note
    assert "90 % intervals" in note
    assert found["description"] == "It rose."
    rules = [rows for rows in found["datasets"].values() if rows and "event" in rows[0]]
    assert rules[0][0]["period"] == "2022-02-24T05:00:00Z"


def test_event_outside_the_picture_is_said(course: pl.DataFrame) -> None:
    late = PlainEvent("later", datetime(2024, 1, 1, tzinfo=UTC))
    chart = counterfactual_chart(course, events=[EVENT, late])
    assert "Outside the picture: later." in " ".join(chart.to_dict()["title"]["subtitle"])


def test_what_cannot_be_drawn_is_said(course: pl.DataFrame) -> None:
    with pytest.raises(DataError, match="'cumulative_low' is missing"):
        specification(course.drop("cumulative_low"))
    with pytest.raises(NotEnoughDataError, match="nothing was expected in 8 periods"):
        specification(course.with_columns(expected=pl.lit(None, pl.Float64)))
    with pytest.raises(NotEnoughDataError, match="no event was named"):
        counterfactual_chart(course, events=[])
