"""Pictures of placebo tests, specification curves, adjusted effects and power."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from stancelib.charts.adjusted import ALONE, HOLDS, NOT, adjusted_chart
from stancelib.charts.placebo import AS_LARGE, SMALLER, placebo_chart
from stancelib.charts.power import power_chart
from stancelib.charts.specification import CLEAR, UNCLEAR, specification_chart
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

Spec = dict[str, Any]


def rows_of(spec: Spec, view: Spec) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = spec["datasets"][view["data"]["name"]]
    return found


# ---- placebo tests ---- #


@pytest.fixture(scope="module")
def dates() -> pl.DataFrame:
    """A hundred dates, the event the last of three that are as far from 0."""
    statistics = np.linspace(-1.5, 1.5, 100)
    statistics[[3, 50, 99]] = [-2.5, 3.0, 2.0]
    first = datetime(2023, 1, 2, tzinfo=UTC)
    return pl.DataFrame(
        {
            "period": [first + timedelta(weeks=week) for week in range(100)],
            "is_event": np.arange(100) == 99,
            "term": ["level"] * 100,
            "estimate": statistics / 10,
            "statistic": statistics,
        }
    )


def test_histogram_holds_every_date_and_marks_the_event(dates: pl.DataFrame) -> None:
    spec = placebo_chart(dates, kind="date", event_name="Summit").to_dict()
    bars = rows_of(spec, spec["layer"][0])
    assert sum(bar["dates"] for bar in bars) == 100
    assert sum(bar["dates"] for bar in bars if bar["large"] == AS_LARGE) == 3
    assert {bar["large"] for bar in bars} == {AS_LARGE, SMALLER}
    (event,) = rows_of(spec, spec["layer"][1])
    assert event == {"statistic": 2.0, "event": "Summit"}
    assert spec["layer"][2]["mark"]["align"] == "right"
    assert "all 100 dates from 2 Jan 2023 to 25 Nov 2024" in " ".join(spec["title"]["subtitle"])
    assert "3, the event among them, are as far from 0" in " ".join(spec["title"]["subtitle"])


def test_label_of_a_fall_stands_on_its_right(dates: pl.DataFrame) -> None:
    fall = dates.with_columns(pl.col("statistic", "estimate") * -2)
    spec = placebo_chart(fall, kind="date", event_name="Summit", theme="dark").to_dict()
    assert spec["layer"][2]["mark"]["align"] == "left"
    only = fall.with_columns(
        pl.when("is_event").then(-9.0).otherwise("statistic").alias("statistic")
    )
    notes = placebo_chart(only, kind="date", event_name="Summit").to_dict()["title"]["subtitle"]
    assert "Only the event is as far from 0" in " ".join(notes)


def test_family_is_ordered_by_its_statistics() -> None:
    family = pl.DataFrame(
        {
            "placebo": ["NATO", "Peru", "Japan"],
            "is_event": [True, False, False],
            "term": ["level"] * 3,
            "estimate": [-0.2, 0.01, 0.3],
            "statistic": [-2.0, 0.1, 3.0],
        }
    )
    spec = placebo_chart(family, kind="target", event_name="Summit").to_dict()
    assert spec["layer"][1]["encoding"]["y"]["sort"] == ["Japan", "NATO", "Peru"]
    large = {row["placebo"]: row["large"] for row in rows_of(spec, spec["layer"][1])}
    assert large == {"Japan": AS_LARGE, "NATO": AS_LARGE, "Peru": SMALLER}
    assert spec["height"] == 72
    assert "Diamond: the tested target. Circles: 2" in " ".join(spec["title"]["subtitle"])


def test_placebos_that_cannot_be_drawn_are_refused(dates: pl.DataFrame) -> None:
    with pytest.raises(ArgumentError, match="unknown term 'slope'; known terms: level"):
        placebo_chart(dates, kind="date", event_name="Summit", term="slope")
    with pytest.raises(DataError, match="'period' is missing"):
        placebo_chart(dates.drop("period"), kind="date", event_name="Summit")
    with pytest.raises(DataError, match="'placebo' is missing"):
        placebo_chart(dates, kind="source", event_name="Summit")
    with pytest.raises(NotEnoughDataError, match="one row must be the event's"):
        placebo_chart(dates.head(90), kind="date", event_name="Summit")


# ---- specification curves ---- #


@pytest.fixture(scope="module")
def curve() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "window_days": [None, 90.0, None, 90.0],
            "every": ["1d", "1d", "1w", "1w"],
            "error": ["gls"] * 4,
            "estimate": [-0.2, 0.1, -0.3, -0.1],
            "low": [-0.3, -0.1, -0.5, -0.3],
            "high": [-0.1, 0.3, -0.1, 0.1],
        }
    )


def test_estimates_are_in_order_with_their_choices_below(curve: pl.DataFrame) -> None:
    spec = specification_chart(curve, choices=["window_days", "every", "error"]).to_dict()
    upper, lower = spec["vconcat"]
    points = rows_of(spec, upper["layer"][1])
    assert [row["estimate"] for row in points] == [-0.3, -0.2, -0.1, 0.1]
    assert [row["clear"] for row in points] == [CLEAR, CLEAR, UNCLEAR, UNCLEAR]
    options = lower["encoding"]["y"]["sort"]
    assert options == ["window: 90 days", "window: all", "period: 1d", "period: 1w"]
    ticks = rows_of(spec, lower)
    assert [t["rank"] for t in ticks if t["option"] == "window: all"] == [1, 2]
    assert len(ticks) == 8
    assert "2 of the intervals leave out 0" in " ".join(spec["title"]["subtitle"])


def test_single_options_are_not_drawn(curve: pl.DataFrame) -> None:
    assert len(specification_chart(curve, choices=["error"]).to_dict()["vconcat"]) == 1


def test_curves_that_cannot_be_drawn_are_refused(curve: pl.DataFrame) -> None:
    with pytest.raises(DataError, match="'weights' is missing"):
        specification_chart(curve, choices=["weights"])
    with pytest.raises(NotEnoughDataError, match="the curve has no specification"):
        specification_chart(curve.head(0), choices=["every"])


# ---- adjusted effects ---- #


@pytest.fixture(scope="module")
def effects() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "target": ["NATO", "NATO", "NATO", None],
            "source": ["A|B", "Harbor Post", "Harbor Post", None],
            "event": ["Summit", "Summit", "Summit", None],
            "term": ["level"] * 4,
            "estimate": [-0.2, -0.1, 0.0, 0.1],
            "low": [-0.3, -0.2, -0.1, None],
            "high": [-0.1, 0.0, 0.1, None],
            "p_value": [0.000123, 0.04, 0.9, 0.5],
            "p_value_adjusted": [0.0005, 0.12, 0.9, 0.9],
        }
    )


def test_effects_stand_below_each_other_by_what_is_left(effects: pl.DataFrame) -> None:
    spec = adjusted_chart(effects, method="Holm's method").to_dict()
    rows = rows_of(spec, spec["layer"][1])
    assert [row["left"] for row in rows] == [HOLDS, ALONE, NOT, NOT]
    assert rows[0]["row"] == "0|NATO in A|B, Summit"
    assert rows[0]["p_value"] == "0.00012"
    assert len({row["row"] for row in rows}) == 4
    assert spec["layer"][1]["encoding"]["y"]["sort"] == [row["row"] for row in rows]
    assert "corrected by Holm's method" in " ".join(spec["title"]["subtitle"])


def test_several_terms_are_named(effects: pl.DataFrame) -> None:
    both = pl.concat([effects, effects.with_columns(term=pl.lit("slope"))])
    spec = adjusted_chart(both).to_dict()
    assert rows_of(spec, spec["layer"][1])[4]["row"].endswith("Summit, slope")


def test_effects_that_cannot_be_drawn_are_refused(effects: pl.DataFrame) -> None:
    with pytest.raises(DataError, match="'p_value_adjusted' is missing"):
        adjusted_chart(effects.drop("p_value_adjusted"))
    with pytest.raises(NotEnoughDataError, match="there is no effect"):
        adjusted_chart(effects.head(0))


# ---- power ---- #


def test_each_number_of_articles_has_its_line() -> None:
    curve = pl.DataFrame(
        {
            "articles": ["as collected"] * 2 + ["endless"] * 2,
            "shift": [0.0, 0.2] * 2,
            "power": [0.02, 0.7, 0.03, 0.9],
        }
    )
    spec = power_chart(curve, wanted=0.75).to_dict()
    assert rows_of(spec, spec["layer"][0]) == [{"wanted": 0.75}]
    assert spec["layer"][1]["encoding"]["color"]["scale"]["domain"] == ["as collected", "endless"]
    assert len(rows_of(spec, spec["layer"][1])) == 4
    assert "Dashed: 75 %" in " ".join(spec["title"]["subtitle"])
    with pytest.raises(DataError, match="'power' is missing"):
        power_chart(curve.drop("power"))
    with pytest.raises(NotEnoughDataError, match="the curve has no row"):
        power_chart(curve.head(0))


def test_global_theme_is_not_touched(dates: pl.DataFrame, effects: pl.DataFrame) -> None:
    for chart in (
        placebo_chart(dates, kind="date", event_name="Summit", theme="dark"),
        adjusted_chart(effects, theme="dark"),
    ):
        assert json.dumps(chart.to_dict()["config"]).count("#14181d") == 1
    with pytest.raises(ArgumentError, match="unknown theme 'blue'"):
        adjusted_chart(effects, theme="blue")  # type: ignore[arg-type]  # what is refused
