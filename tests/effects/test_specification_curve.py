"""`specification_curve`: every row is an analysis of its own, and the whole is tested."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import altair as alt
import numpy as np
import polars as pl
import pytest

import stancelib as sl
from stancelib.effects.coarsening import coarser
from stancelib.effects.placebo_test import placebo_test
from stancelib.effects.specification_curve import specification_curve
from stancelib.effects.specification_curve_core import joint_p_value, summarize
from stancelib.errors import ArgumentError, NotEnoughDataError

Maker = Callable[..., pl.DataFrame]
EVENT = sl.Event("Vilnius summit", dt.datetime(2023, 7, 12, 9, tzinfo=dt.UTC))


@pytest.fixture(scope="module")
def days() -> pl.DataFrame:
    """200 days with a shift of -0.3 on the 103rd."""
    simulated = sl.simulate_series(
        n_periods=200,
        every="1d",
        start=dt.date(2023, 4, 3),
        event_period=100,
        level=-0.3,
        rho=0.3,
        missing=0.05,
        seed=4,
    )
    return simulated.series


def test_every_row_is_an_interrupted_time_series(days: pl.DataFrame) -> None:
    window = dt.timedelta(days=70)
    curve = specification_curve(days, EVENT, windows=[None, window], every=["1d", "1w"])
    assert curve.table.height == 2 * 2 * 2 * 3
    assert curve.table.columns[:5] == ["window_days", "every", "weights", "error", "event_period"]
    assert curve.table["estimate"].is_sorted()
    frames = {
        "1d": days,
        "1w": coarser(days, "1d", "1w"),
    }
    for row in curve.table.iter_rows(named=True):
        frame = frames[row["every"]]
        if row["window_days"] is not None:
            length = dt.timedelta(days={"1d": 1, "1w": 7}[row["every"]])
            start = pl.col("period")
            inside = (start >= EVENT.at - window) & (start + length <= EVENT.at + window)
            frame = frame.filter(inside | ((start <= EVENT.at) & (start + length > EVENT.at)))
        one = sl.interrupted_time_series(
            frame, EVENT, error=row["error"], weights=row["weights"], every=row["every"]
        ).table.row(0, named=True)
        assert row["term"] == one["term"]
        for column in ("estimate", "se", "low", "high", "p_value", "n"):
            assert row[column] == pytest.approx(one[column], rel=1e-9)


def test_sentence_counts_and_joint_test(days: pl.DataFrame) -> None:
    curve = specification_curve(days, EVENT, errors=["gls", "ols"])
    assert set(curve.table["every"]) == {"1d", "1w"}
    assert set(curve.table["window_days"]) == {None, 50.0, 25.0}
    assert (curve.table["estimate"] < 0).all()
    assert curve.diagnostics.joint_p_value is not None
    assert curve.diagnostics.joint_p_value <= 0.05
    height = curve.table.height
    assert f"against it in {height} of {height} specifications" in curve.sentence
    assert "clearly in favor of it in 0" in curve.sentence
    assert any(text.startswith("all periods, every 1mo: ") for text in curve.diagnostics.skipped)
    by_choice = curve.diagnostics.by_choice
    assert by_choice.filter(choice="error")["n"].sum() == height
    assert set(by_choice.filter(choice="every")["option"]) == {"1d", "1w"}


def test_curve_of_one_specification_is_the_placebo_test(days: pl.DataFrame) -> None:
    curve = specification_curve(
        days, EVENT, windows=[None], every=["1d"], weights=["precision"], errors=["gls"]
    )
    test = placebo_test(days, EVENT)
    assert curve.diagnostics.joint_p_value == test.table["p_value"][0]
    assert curve.diagnostics.n_dates == test.diagnostics.n_dates


def test_equal_cuts_and_short_ones_are_named(days: pl.DataFrame) -> None:
    windows = [None, dt.timedelta(days=500), dt.timedelta(days=3), dt.timedelta(hours=1)]
    curve = specification_curve(
        days, EVENT, windows=windows, every=["1d"], weights=["none"], errors=["ols"]
    )
    assert curve.table["window_days"].to_list() == [None]
    assert curve.diagnostics.n_specifications == 1
    skipped = curve.diagnostics.skipped
    assert "the same periods as all periods, every 1d" in skipped[0]
    assert "1 periods lie in it" in skipped[1]
    assert "has 2 periods with articles before and 2 after" in skipped[2]
    with pytest.raises(NotEnoughDataError, match="no specification can be fitted: 3 days"):
        specification_curve(days, EVENT, windows=[dt.timedelta(days=3)], every=["1d"])


def test_sign_that_hangs_on_a_choice_is_told(make_series: Maker) -> None:
    """A slow swing down, with a jump up in the middle of it."""
    weeks = np.arange(120)
    swing = -0.4 / (1 + np.exp(-(weeks - 60) / 6))
    stance = swing + 0.12 * (weeks >= 60) + np.random.default_rng(1).normal(0, 0.02, 120)
    series = make_series([float(x) for x in stance])
    event = sl.Event("Summit", dt.datetime(2024, 2, 26, tzinfo=dt.UTC))
    curve = specification_curve(
        series,
        event,
        windows=[None, dt.timedelta(weeks=12)],
        weights=["none"],
        errors=["ols"],
    )
    assert curve.table["estimate"][0] < 0 < curve.table["estimate"][-1]
    assert "depends on the choice of window_days" in curve.diagnostics.notes[0]


def test_joint_test_needs_another_date(make_series: Maker) -> None:
    values = np.random.default_rng(2).normal(0, 0.1, 16)
    series = make_series([float(x) for x in values])
    event = sl.Event("Summit", dt.datetime(2023, 2, 27, tzinfo=dt.UTC))
    curve = specification_curve(series, event, windows=[None], errors=["ols"])
    assert curve.diagnostics.joint_p_value is None
    assert "joint p-value" not in curve.sentence
    assert "no joint test" in curve.diagnostics.notes[-1]


def test_plain_values_html_and_chart(days: pl.DataFrame) -> None:
    event = sl.Event("<b>Summit</b>", EVENT.at)
    curve = specification_curve(
        days, event, errors=["ols"], event_periods=["fraction", "drop"], every=["1d"]
    )
    plain = json.loads(json.dumps(curve.to_dict(), allow_nan=False))
    assert plain["method"] == "specification_curve"
    assert len(plain["table"]) == curve.table.height == 3 * 2 * 2
    assert plain["diagnostics"]["by_choice"][0]["choice"] == "window_days"
    assert "<b>" not in curve._repr_html_()
    assert str(curve) == curve.sentence
    assert repr(curve).startswith("SpecificationCurve(NATO in Beacon Wire, <b>Summit</b>: 12 ")
    assert isinstance(curve.chart(), alt.VConcatChart)


def test_summary_counts_both_sides() -> None:
    estimate = np.array([-0.3, -0.2, -0.1, 0.1])
    summary = summarize(estimate, estimate - 0.15, estimate + np.array([0.1, 0.25, 0.05, 0.1]))
    assert (summary.n_same_sign, summary.n_clear, summary.n_opposite) == (3, 2, 0)
    assert summary.median == pytest.approx(-0.15)
    mirrored = summarize(-estimate, -estimate - 0.05, -estimate + 0.2)
    assert (mirrored.n_same_sign, mirrored.n_clear, mirrored.n_opposite) == (3, 3, 0)


def test_joint_p_value_ranks_the_median() -> None:
    statistics = np.array([[3.0, 0.1, -0.2, 0.5], [2.0, 0.3, 4.0, 0.1], [2.5, 9.0, 0.1, 0.0]])
    assert joint_p_value(statistics, 0) == 0.25
    assert joint_p_value(statistics, 3) == 1.0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"event": None}, "'event' must be one Event; got NoneType"),
        ({"errors": "gls"}, "'errors' must be a list of some of gls, hac, ols; got 'gls'"),
        ({"errors": ["hc3"]}, "unknown errors 'hc3'"),
        ({"weights": []}, "'weights' must be a list"),
        ({"event_periods": ["after"]}, "unknown event_periods 'after'"),
        ({"windows": []}, "'windows' is empty"),
        ({"windows": [30]}, r"a window must be None or a datetime.timedelta above 0; got 30"),
        ({"every": ["1h"]}, "unknown every '1h'"),
        ({"confidence_level": 0}, r"must lie inside \(0, 1\); got 0"),
    ],
)
def test_what_is_refused(days: pl.DataFrame, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        specification_curve(**{"series": days, "event": EVENT} | options)


def test_longer_periods_that_cut_shorter_ones_are_refused(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    with pytest.raises(ArgumentError, match=r"Hand in a series of shorter periods"):
        specification_curve(make_series(noisy), summit, every=["1w", "1mo"])
