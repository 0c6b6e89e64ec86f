from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import altair as alt
import numpy as np
import polars as pl
import pytest

import stancelib as sl
from stancelib.errors import ArgumentError, NotEnoughDataError

Maker = Callable[..., pl.DataFrame]
COLUMNS = ["term", "estimate", "se", "low", "high", "p_value", "n"]


def level(effect: sl.InterruptedTimeSeries) -> dict[str, Any]:
    return effect.table.row(0, named=True)


def test_known_shift_is_found(make_series: Maker, summit: sl.Event, noisy: list[float]) -> None:
    effect = sl.interrupted_time_series(make_series(noisy), summit)
    assert effect.table.columns == COLUMNS
    assert effect.table["term"].to_list() == ["level", "slope"]
    assert effect.table["n"].to_list() == [60, 60]
    row = level(effect)
    assert row["low"] < -0.3 < row["high"] < 0
    assert row["p_value"] < 1e-4
    assert effect.coefficients["term"].to_list() == ["start", "trend", "level", "slope"]
    assert effect.coefficients["estimate"][0] == pytest.approx(0.1, abs=0.08)
    assert "shifted against NATO" in effect.sentence
    assert "60" not in effect.sentence.split("(30 weeks before and 30 after, 600 articles)")[1]


@pytest.mark.parametrize("error", ["gls", "hac", "ols"])
def test_line_without_noise_is_recovered_with_gaps(
    make_series: Maker, summit: sl.Event, error: Any
) -> None:
    weeks = np.arange(60)
    line = 0.1 + 0.002 * weeks + (weeks >= 30) * (-0.3 + 0.004 * (weeks - 30))
    stance = [None if week in {5, 30, 44} else float(x) for week, x in enumerate(line)]
    series = make_series(stance, n=np.tile([1, 8, 90], 20).tolist())
    effect = sl.interrupted_time_series(series, summit, error=error)
    np.testing.assert_allclose(effect.table["estimate"], [-0.3, 0.004], atol=1e-6)
    assert effect.table["n"].to_list() == [57, 57]
    assert effect.diagnostics.n_missing == 3


def test_without_articles_noise_the_fit_ignores_their_number(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    counts = np.tile([1, 50], 30).tolist()
    some = sl.interrupted_time_series(make_series(noisy, n=counts), summit, weights="none")
    equal = sl.interrupted_time_series(make_series(noisy), summit, weights="none")
    assert some.table.equals(equal.table)


def test_one_giant_period_does_not_own_the_fit(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    noisy[29] = 0.3
    counts = [10] * 60
    counts[29] = 100_000
    series = make_series(noisy, n=counts, se=[0.03 if n == 10 else 0.0003 for n in counts])
    effect = sl.interrupted_time_series(series, summit)
    assert effect.diagnostics.periods["leverage"][29] < 0.5
    assert level(effect)["estimate"] > -0.45


def test_periods_of_one_article_count_less(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    counts = [25] * 60
    errors: list[float | None] = [0.06] * 60
    noisy[31], counts[31], errors[31] = 0.9, 1, None
    series = make_series(noisy, n=counts, se=errors)
    weighed = sl.interrupted_time_series(series, summit)
    alike = sl.interrupted_time_series(series, summit, weights="none")
    truth = -0.3
    assert abs(level(weighed)["estimate"] - truth) < 0.6 * abs(level(alike)["estimate"] - truth)


def test_event_period_is_treated_as_asked_and_named(make_series: Maker, noisy: list[float]) -> None:
    event = sl.Event("Summit", datetime(2023, 7, 31, tzinfo=UTC) + timedelta(days=1.75))
    series = make_series(noisy)
    found = {
        how: sl.interrupted_time_series(series, event, event_period=how)
        for how in ("fraction", "pre", "post", "drop")
    }
    words = {how: effect.diagnostics.event_period_treatment for how, effect in found.items()}
    assert words == {
        "fraction": "split: 0.750 of it counts as after the event",
        "pre": "counts as before the event",
        "post": "counts as after the event",
        "drop": "left out",
    }
    sides = {
        how: (effect.diagnostics.n_before, effect.diagnostics.n_after, effect.table["n"][0])
        for how, effect in found.items()
    }
    assert sides == {
        "fraction": (30, 29, 60),
        "pre": (31, 29, 60),
        "post": (30, 30, 60),
        "drop": (30, 29, 59),
    }
    assert found["drop"].fitted["fitted"][30] is None
    assert found["drop"].fitted["used"][30] is False
    assert {e.diagnostics.event_period for e in found.values()} == {
        datetime(2023, 7, 31, tzinfo=UTC)
    }


def test_anticipation_and_lag_leave_periods_out(make_series: Maker, noisy: list[float]) -> None:
    spoilt = [0.9 if 28 <= week <= 32 else x for week, x in enumerate(noisy)]
    event = sl.Event(
        "Summit",
        datetime(2023, 7, 31, tzinfo=UTC),
        anticipation=timedelta(days=10),
        lag=timedelta(weeks=3),
    )
    effect = sl.interrupted_time_series(make_series(spoilt), event)
    dropped = effect.fitted.filter(~pl.col("used"))["period"].dt.strftime("%m-%d").to_list()
    assert dropped == ["07-17", "07-24", "07-31", "08-07", "08-14"]
    assert effect.diagnostics.n_left_out == 5
    assert level(effect)["low"] < -0.3 < level(effect)["high"] < 0


def test_fitted_frame_is_what_the_chart_needs(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    stance = [None if week in {4, 40} else x for week, x in enumerate(noisy)]
    effect = sl.interrupted_time_series(make_series(stance), summit)
    fitted = effect.fitted
    assert fitted["stance"].to_list() == stance
    assert fitted["n_documents"].to_list() == [0 if x is None else 10 for x in stance]
    assert fitted["counterfactual"].is_null().to_list() == [True] * 30 + [False] * 30
    assert fitted.select((pl.col("low") < pl.col("fitted")).all()).item()
    assert fitted.select((pl.col("high") > pl.col("fitted")).all()).item()
    at_event = fitted.row(30, named=True)
    gap = at_event["fitted"] - at_event["counterfactual"]
    assert gap == pytest.approx(level(effect)["estimate"], abs=1e-3)
    band = fitted["counterfactual_high"] - fitted["counterfactual_low"]
    assert band[59] > band[30]
    assert isinstance(effect.chart(), alt.LayerChart)
    assert "Vilnius summit" in json.dumps(effect.chart(title="Vilnius summit").to_dict())


def test_plain_values_html_and_repr(make_series: Maker, noisy: list[float]) -> None:
    event = sl.Event("<b>Summit</b>", datetime(2023, 7, 31, tzinfo=UTC))
    effect = sl.interrupted_time_series(make_series(noisy, source="A & B"), event)
    plain = json.loads(json.dumps(effect.to_dict(), allow_nan=False))
    assert plain["table"][0]["term"] == "level"
    assert plain["fitted"][0]["period"] == "2023-01-02T00:00:00+00:00"
    assert plain["diagnostics"]["event_period"] == "2023-07-31T00:00:00+00:00"
    assert len(plain["diagnostics"]["periods"]) == 60
    html = effect._repr_html_()
    assert "&lt;b&gt;Summit" in html
    assert "<b>" not in html
    assert html.count("<tr") == 3
    assert str(effect) == effect.sentence
    assert "level -0." in repr(effect)


def test_diagnostics_name_what_is_doubtful(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    rhythm = [x + 0.2 * (week % 4 == 0) for week, x in enumerate(noisy)]
    effect = sl.interrupted_time_series(make_series(rhythm, se=0.01), summit)
    assert effect.diagnostics.ljung_box_p_value is not None
    assert effect.diagnostics.ljung_box_p_value < 0.01
    assert any("look for a rhythm" in note for note in effect.diagnostics.notes)
    plain = sl.interrupted_time_series(make_series(noisy), summit, error="ols")
    assert plain.diagnostics.notes == ("errors take the periods for independent",)
    assert plain.diagnostics.rho is None
    assert plain.diagnostics.degrees_of_freedom == 56


def test_autocorrelation_is_estimated(make_series: Maker, summit: sl.Event) -> None:
    rng = np.random.default_rng(8)
    errors = [0.0]
    for shock in rng.normal(0, 0.05, 199):
        errors.append(0.8 * errors[-1] + shock)
    event = sl.Event("Summit", summit.at + timedelta(weeks=60))
    series = make_series(errors, se=0.005)
    honest = sl.interrupted_time_series(series, event)
    assert honest.diagnostics.rho == pytest.approx(0.8, abs=0.15)
    assert honest.diagnostics.rho_low < honest.diagnostics.rho < honest.diagnostics.rho_high
    assert honest.diagnostics.residual_autocorrelation > 0.5
    naive = sl.interrupted_time_series(series, event, error="ols")
    assert level(honest)["se"] > 1.5 * level(naive)["se"]
    assert sl.interrupted_time_series(series, event, error="hac").diagnostics.maximum_lags == 19


def test_wider_confidence_gives_wider_intervals(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    series = make_series(noisy)
    narrow = level(sl.interrupted_time_series(series, summit, confidence_level=0.8))
    wide = level(sl.interrupted_time_series(series, summit, confidence_level=0.99))
    assert wide["low"] < narrow["low"] < narrow["high"] < wide["high"]
    assert wide["estimate"] == narrow["estimate"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"event": [1]}, "'event' must be an Event, an Interruption, or a list of them; got int"),
        ({"error": "hc3"}, "unknown error 'hc3'; known errors: gls, hac, ols"),
        ({"weights": "se"}, "unknown weighting 'se'; known weightings: precision, none"),
        ({"event_period": "after"}, "unknown event_period treatment 'after'"),
        ({"maximum_lags": 3}, "belongs to error='hac'; got 3 with error='gls'"),
        ({"maximum_lags": -1, "error": "hac"}, "must be 0 or more"),
        ({"confidence_level": 95}, r"must lie inside \(0, 1\); got 95"),
        ({"target": "Nato"}, "unknown target 'Nato'; .*Did you mean 'NATO'"),
        ({"event": sl.Event("E", datetime(2020, 1, 1, tzinfo=UTC))}, "outside the series, which"),
    ],
)
def test_arguments_that_are_refused(
    make_series: Maker, summit: sl.Event, noisy: list[float], options: dict[str, Any], message: str
) -> None:
    arguments = {"series": make_series(noisy), "event": summit} | options
    with pytest.raises(ArgumentError, match=message):
        sl.interrupted_time_series(**arguments)


def test_too_few_periods_say_how_many_are_needed(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    short = [None if week >= 37 else x for week, x in enumerate(noisy)]
    with pytest.raises(
        NotEnoughDataError, match=r"30 periods with articles before and 7 after.*at least 8"
    ):
        sl.interrupted_time_series(make_series(short), summit)
    enough = [None if week >= 38 else x for week, x in enumerate(noisy)]
    assert sl.interrupted_time_series(make_series(enough), summit).table["n"][0] == 38


def test_stance_that_never_changes_is_refused(make_series: Maker, summit: sl.Event) -> None:
    with pytest.raises(NotEnoughDataError, match="is the same in all 60 periods"):
        sl.interrupted_time_series(make_series([0.2] * 60), summit)


def test_simulated_series_of_the_library() -> None:
    simulated = sl.simulate_series(n_periods=120, level=-0.25, rho=0.4, missing=0.1, seed=5)
    event = sl.Event("Summit", simulated.event_at)
    effect = sl.interrupted_time_series(simulated.series, event)
    assert level(effect)["low"] < -0.25 < level(effect)["high"] < 0
    assert effect.diagnostics.n_missing >= 12
