"""Courses, rhythms and several events in one model: lines without noise are found again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import altair as alt
import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

import stancelib as sl
from stancelib.effects.joint_band_core import draw_coefficients, joint_multiple
from stancelib.effects.season_core import harmonic_columns, weekday_columns
from stancelib.effects.segmented_model import check_rank
from stancelib.effects.student_mixture_core import StudentMixture, contrasts
from stancelib.errors import ArgumentError, NotEnoughDataError

Maker = Callable[..., pl.DataFrame]
START = dt.datetime(2023, 1, 2, tzinfo=dt.UTC)
WEEK = dt.timedelta(weeks=1)
WEEKS = np.arange(90)


def event(name: str, week: float, **options: Any) -> sl.Event:
    return sl.Event(name, START + week * WEEK, **options)


def estimates(effect: sl.InterruptedTimeSeries) -> dict[str, float]:
    return dict(effect.coefficients.select("term", "estimate").iter_rows())


def test_two_events_in_one_model_are_told_apart(make_series: Maker) -> None:
    line = 0.1 - 0.3 * (WEEKS >= 30) + (WEEKS >= 60) * (0.2 + 0.005 * (WEEKS - 60))
    events = [event("Mutiny", 60), event("Summit", 30)]
    effect = sl.interrupted_time_series(make_series(line.tolist()), events)
    names = ["level: Summit", "slope: Summit", "level: Mutiny", "slope: Mutiny"]
    assert effect.table["term"].to_list() == names
    np.testing.assert_allclose(effect.table["estimate"], [-0.3, 0, 0.2, 0.005], atol=1e-6)
    assert [one.name for one in effect.events] == ["Summit", "Mutiny"]
    assert effect.diagnostics.events["n_before"].to_list() == [30, 60]
    assert effect.diagnostics.n_before == 30
    assert effect.diagnostics.n_after == 30
    assert effect.fitted["counterfactual"].null_count() == 30
    np.testing.assert_allclose(effect.fitted["counterfactual"].drop_nulls(), 0.1, atol=1e-6)


def test_one_event_alone_would_take_the_other_for_its_own(make_series: Maker) -> None:
    line = 0.1 - 0.3 * (WEEKS >= 30) + 0.2 * (WEEKS >= 38)
    series = make_series(line.tolist())
    alone = sl.interrupted_time_series(series, event("Summit", 30), error="ols")
    assert abs(alone.table["estimate"][0] + 0.3) > 0.05


def test_decaying_effect_is_found_and_summed(make_series: Maker) -> None:
    half_life = 3.0
    since = np.maximum(WEEKS - 40.0, 0)
    scale = half_life / np.log(2)
    mean = scale * (np.exp(-since / scale) - np.exp(-(since + 1) / scale)) * (WEEKS >= 40)
    shape = sl.Interruption(event("Leak", 40), shape="decaying", half_life=half_life * WEEK)
    effect = sl.interrupted_time_series(make_series((0.2 - 0.4 * mean).tolist()), shape)
    assert effect.table["term"].to_list() == ["level"]
    assert effect.table["estimate"][0] == pytest.approx(-0.4, abs=1e-6)
    np.testing.assert_allclose(effect.effects["estimate"], -0.4 * mean[40:], atol=1e-6)
    totals = dict(effect.totals.select("term", "estimate").iter_rows())
    assert totals["cumulative"] == pytest.approx(-0.4 * mean.sum(), abs=1e-5)
    assert totals["average"] == pytest.approx(-0.4 * mean.sum() / 50, abs=1e-6)
    assert "the model takes it that the shift halves every 21 days" in effect.sentence


def test_temporary_effect_ends_and_the_counterfactual_returns(make_series: Maker) -> None:
    line = 0.1 + 0.001 * WEEKS - 0.3 * ((WEEKS >= 40) & (WEEKS < 46))
    siege = event("Siege", 40, until=START + 46 * WEEK)
    effect = sl.interrupted_time_series(make_series(line.tolist()), siege)
    assert effect.table["estimate"].to_list() == [pytest.approx(-0.3, abs=1e-6)]
    assert effect.effects.height == 6
    assert effect.diagnostics.events.row(0, named=True)["n_after"] == 6
    assert effect.diagnostics.n_before == 84
    gap = effect.fitted.select(pl.col("fitted") - pl.col("counterfactual")).to_series()
    np.testing.assert_allclose(gap[46:], 0, atol=1e-6)
    assert "84 weeks outside and 6 inside" in effect.sentence


def test_ramp_and_delay_move_the_effect(make_series: Maker) -> None:
    rising = np.clip((WEEKS + 0.5 - 40) / 10, 0, 1)
    ramp = sl.Interruption(event("Law", 40), shape="ramp", ramp=10 * WEEK)
    found = sl.interrupted_time_series(make_series((0.3 * rising).tolist()), ramp)
    assert found.table["estimate"][0] == pytest.approx(0.3, abs=1e-6)
    late = sl.Interruption(event("Law", 40), delay=5 * WEEK)
    step = 0.3 * (WEEKS >= 45)
    found = sl.interrupted_time_series(make_series(step.tolist()), late)
    np.testing.assert_allclose(found.table["estimate"], [0.3, 0], atol=1e-6)
    assert found.diagnostics.n_before == 45
    assert found.effects["period"][0] == START + 45 * WEEK


@pytest.mark.parametrize("treatment", ["fraction", "pre", "post", "drop"])
def test_event_inside_a_period_with_every_treatment_and_course(
    make_series: Maker, treatment: Any
) -> None:
    begins = {"fraction": 40.25, "pre": 41.0, "drop": 41.0, "post": 40.0}[treatment]
    scale = 3 / np.log(2)

    def integral(time: NDArray[np.float64]) -> NDArray[np.float64]:
        return scale * -np.expm1(-np.maximum(time, 0) / scale)

    mean = integral(WEEKS + 1 - begins) - integral(WEEKS - begins)
    stance = (0.1 - 0.3 * mean).tolist()
    shape = sl.Interruption(event("Leak", 40.25), shape="decaying", half_life=3 * WEEK)
    effect = sl.interrupted_time_series(make_series(stance), shape, event_period=treatment)
    assert effect.table["estimate"][0] == pytest.approx(-0.3, abs=1e-6)


def test_rhythms_of_week_and_year_are_taken_out(make_series: Maker) -> None:
    days = np.arange(800)
    dates = pl.select(pl.lit(dt.date(2023, 1, 2)) + pl.duration(days=pl.int_range(800))).to_series()
    phase = (dates.dt.ordinal_day().to_numpy() - 1) / np.where(dates.dt.is_leap_year(), 366, 365)
    week = 0.05 * (days % 7 == 6) + 0.03 * (days % 7 == 0)
    line = week + 0.1 * np.cos(2 * np.pi * phase) - 0.2 * (days >= 500)
    summit = sl.Event("Summit", START + dt.timedelta(days=500))
    series = make_series(line.tolist(), every="1d")
    effect = sl.interrupted_time_series(series, summit, season=["weekday", "yearly"], harmonics=1)
    found = estimates(effect)
    assert found["level"] == pytest.approx(-0.2, abs=1e-6)
    assert found["yearly cosine 1"] == pytest.approx(0.1, abs=1e-6)
    assert found["Monday"] == pytest.approx(0.03 - 0.08 / 7, abs=1e-6)
    assert effect.table["term"].to_list() == ["level", "slope"]
    expected = effect.fitted["counterfactual"].to_numpy()[700:]
    np.testing.assert_allclose(expected, line[700:] + 0.2, atol=1e-5)


def test_rhythm_columns_sum_to_zero_over_a_cycle() -> None:
    np.testing.assert_allclose(weekday_columns(np.arange(7), np.arange(7)).sum(0), 0)
    six = weekday_columns(np.arange(7), np.arange(6))
    assert six.shape == (7, 5)
    np.testing.assert_allclose(six.sum(0), 0)
    assert not six[6].any()
    np.testing.assert_allclose(harmonic_columns(np.arange(12) / 12, 3).sum(0), 0, atol=1e-12)


def test_effects_over_time_agree_with_table_and_fit(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    effect = sl.interrupted_time_series(make_series(noisy), summit)
    first = effect.effects.row(0, named=True)
    row = effect.table.row(0, named=True)
    for name in ("estimate", "se", "low", "high"):
        assert first[name] == pytest.approx(row[name], abs=1e-3)
    assert effect.effects["horizon"].to_list() == list(range(30))
    assert (effect.effects["joint_low"] <= effect.effects["low"]).all()
    assert (effect.effects["joint_high"] >= effect.effects["high"]).all()
    mean = effect.effects["estimate"].mean()
    assert effect.totals["estimate"][0] == pytest.approx(mean, abs=1e-4)
    assert effect.totals["estimate"][1] == pytest.approx(30 * mean, abs=1e-3)
    again = sl.interrupted_time_series(make_series(noisy), summit)
    assert again.effects.equals(effect.effects)


def test_joint_band_of_independent_terms_is_that_of_sidak() -> None:
    n_terms = 10
    mixture = StudentMixture(np.ones(1), np.zeros((1, n_terms)), np.eye(n_terms)[None], 1e6)
    summary = contrasts(mixture, np.eye(n_terms))
    rng = np.random.default_rng(3)
    found = joint_multiple(mixture, np.eye(n_terms), summary, 0.95, rng)
    # The normal quantile at (1 + 0.95 ** (1 / 10)) / 2.
    assert found == pytest.approx(2.7996, abs=0.05)
    same = np.ones((4, 1)) @ np.eye(n_terms)[:1]
    one = joint_multiple(mixture, same, contrasts(mixture, same), 0.95, rng)
    assert one == pytest.approx(1.96, abs=0.05)


def test_draws_have_the_moments_of_the_mixture() -> None:
    weights, freedom = np.array([0.25, 0.75]), 12.0
    centres = np.array([[0.0, 5.0], [1.0, -2.0]])
    scales = np.array([np.diag([1.0, 4e-6]), [[2.0, 0.5], [0.5, 1.0]]])
    mixture = StudentMixture(weights, centres, scales, freedom)
    draws = draw_coefficients(mixture, 200_000, np.random.default_rng(1))
    np.testing.assert_allclose(draws.mean(0), weights @ centres, atol=0.03)
    stretched = scales * freedom / (freedom - 2)
    spread = centres - weights @ centres
    expected = np.einsum("g,gij->ij", weights, stretched + spread[:, :, None] * spread[:, None, :])
    np.testing.assert_allclose(np.cov(draws.T), expected, atol=0.12)


def test_picture_and_plain_values_of_two_events(make_series: Maker) -> None:
    rng = np.random.default_rng(2)
    stance = (rng.normal(0, 0.05, 90) - 0.3 * (WEEKS >= 30)).tolist()
    events = [event("Summit", 30), event("Mutiny", 60)]
    effect = sl.interrupted_time_series(make_series(stance), events, confidence_level=0.9)
    chart = effect.chart()
    assert isinstance(chart, alt.LayerChart)
    text = str(chart.to_dict())
    assert "Summit" in text
    assert "Mutiny" in text
    assert "Bands: 90 % intervals" in text
    plain = effect.to_dict()
    assert [one["event"]["name"] for one in plain["interruptions"]] == ["Summit", "Mutiny"]
    assert {row["event"] for row in plain["effects"]} == {"Summit", "Mutiny"}
    assert plain["diagnostics"]["events"][1]["event_period"] == "2024-02-26T00:00:00+00:00"


@pytest.mark.parametrize(
    ("events", "options", "error", "message"),
    [
        ([], {}, ArgumentError, "is an empty list"),
        ([30, 30], {}, ArgumentError, "two events have the name 'E30'"),
        ([30, 35], {}, NotEnoughDataError, "5 periods with articles lie between 'E30' and 'E35'"),
        ([30], {"season": "weekday"}, ArgumentError, r"Write season=\['weekday'\]"),
        ([30], {"season": ["weekday"]}, ArgumentError, "daily series only"),
        ([30], {"season": ["daily"]}, ArgumentError, "unknown rhythm 'daily'"),
        ([30], {"season": ["yearly"], "harmonics": 40}, ArgumentError, "between 1 and 25"),
        ([30], {"season": ["yearly"], "harmonics": 0}, ArgumentError, "between 1 and 25"),
    ],
)
def test_what_cannot_be_fitted_is_refused(
    make_series: Maker,
    events: list[int],
    options: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    stance = np.random.default_rng(1).normal(0, 0.1, 90).tolist()
    with pytest.raises(error, match=message):
        sl.interrupted_time_series(
            make_series(stance), [event(f"E{week}", week) for week in events], **options
        )


def test_short_series_has_no_rhythm_of_the_year(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    with pytest.raises(NotEnoughDataError, match="60 periods of 1w; a rhythm of the year needs at"):
        sl.interrupted_time_series(make_series(noisy), summit, season=["yearly"])


def test_outlet_that_never_publishes_on_sunday_has_a_week_of_six_days(make_series: Maker) -> None:
    days = np.arange(120)
    line = 0.1 * (days % 7 == 0) - 0.2 * (days >= 60)
    stance = [None if day % 7 == 6 else float(x) for day, x in enumerate(line)]
    summit = sl.Event("Summit", START + dt.timedelta(days=60))
    effect = sl.interrupted_time_series(make_series(stance, every="1d"), summit, season=["weekday"])
    found = estimates(effect)
    assert found["level"] == pytest.approx(-0.2, abs=1e-6)
    assert found["Monday"] == pytest.approx(0.1 - 0.1 / 6, abs=1e-6)
    assert "Saturday" not in found


def test_columns_that_repeat_each_other_are_refused() -> None:
    design = np.column_stack([np.ones(20), np.arange(20.0), np.ones(20)])
    with pytest.raises(ArgumentError, match="start, trend, level cannot be told apart"):
        check_rank(design, ("start", "trend", "level"))
    with pytest.raises(NotEnoughDataError, match="4 periods with articles cannot carry 3 terms"):
        check_rank(design[:4], ("start", "trend", "level"))


def test_events_in_one_period_are_refused(make_series: Maker) -> None:
    stance = np.random.default_rng(1).normal(0, 0.1, 90).tolist()
    with pytest.raises(NotEnoughDataError, match="0 periods with articles lie between"):
        sl.interrupted_time_series(
            make_series(stance), [event("Summit", 30), event("Law", 30.2)], event_period="post"
        )


def test_event_before_the_series_is_refused_even_if_its_delay_ends_inside(
    make_series: Maker,
) -> None:
    early = sl.Interruption(event("Law", -2), delay=42 * WEEK)
    with pytest.raises(ArgumentError, match=r"event 'Law' at .* lies outside the series"):
        sl.interrupted_time_series(make_series((0.2 * np.sin(WEEKS)).tolist()), early)


def test_joint_band_does_not_depend_on_terms_that_take_no_part() -> None:
    rng = np.random.default_rng(1)
    root = rng.normal(size=(3, 4, 4))
    scales = root @ np.swapaxes(root, -1, -2)
    mixture = StudentMixture(np.array([0.2, 0.3, 0.5]), rng.normal(size=(3, 4)), scales, 9.0)
    part = np.array([[0.0, 1, 0, 0], [0, 1, 0, 2], [0, 1, 0, 3]])
    smaller = StudentMixture(
        mixture.weights, mixture.centres[:, [1, 3]], scales[:, [[1], [3]], [1, 3]], 9.0
    )
    whole = joint_multiple(mixture, part, contrasts(mixture, part, 0.95), 0.95, rng)
    own = part[:, [1, 3]]
    alone = joint_multiple(smaller, own, contrasts(smaller, own, 0.95), 0.95, rng)
    # 10,000 draws each: the quantile has a simulation error of about 0.03.
    assert whole == pytest.approx(alone, abs=0.12)
