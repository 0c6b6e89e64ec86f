"""Ranks, families and intervals of placebo tests, and their size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import stats
from scipy.signal import lfilter

from stancelib.effects.interrupted_time_series_core import segment, segmented_design
from stancelib.effects.placebo_core import (
    Observed,
    admissible,
    pieces_of,
    rank_p_value,
    refit,
    shared_noise,
    shifts_not_rejected,
    step_down_p_values,
)
from stancelib.effects.segmented_refit_core import Dates, refit_weighted, shifted

Array = NDArray[np.float64]
RUNS = 400
BURN_IN = 200


def autoregression(n_series: int, n_periods: int, rho: float, seed: int) -> Array:
    shocks = np.random.default_rng(seed).normal(size=(n_series, n_periods + BURN_IN))
    errors = np.asarray(lfilter([1.0], [1.0, -rho], shocks * np.sqrt(1 - rho**2)))
    return 0.1 * errors[:, BURN_IN:]


def all_dates(n_periods: int, event: int) -> tuple[Dates, int]:
    """Admissible dates of a series without gaps, and the position of the event."""
    offsets = np.arange(n_periods) - event
    dates = shifted(segment(n_periods, event, 0.0, "fraction"), offsets)
    kept = admissible(np.ones(n_periods, dtype=np.bool_), dates, 8, None)
    return dates.at(kept), int(np.flatnonzero(kept == event)[0])


def observed(values: Array) -> Observed:
    return Observed(values, np.ones(len(values), dtype=np.bool_), np.ones(len(values)), 0.0)


# ---- ranks ---- #


@given(arrays(np.float64, 30, elements=st.floats(-1e3, 1e3), unique=True))
def test_ranks_of_all_dates_are_a_permutation(statistics: Array) -> None:
    size = np.abs(statistics)
    p_values = sorted(rank_p_value(statistics, position) for position in range(30))
    assert len(p_values) == 30
    for level in (0.1, 0.5, 1.0):
        assert sum(p <= level for p in p_values) <= level * 30
    if len(np.unique(size)) == 30 and np.diff(np.sort(size)).min() > 1e-6 * size.max():
        np.testing.assert_allclose(p_values, np.arange(1, 31) / 30)


def test_equal_statistics_share_the_larger_rank() -> None:
    assert rank_p_value(np.array([2.0, -2.0, 1.0, 0.0]), 0) == 0.5
    assert rank_p_value(np.array([2.0, -2.0 * (1 - 1e-13), 1.0, 0.0]), 0) == 0.5


@pytest.mark.parametrize("kind", ["gls", "ols"])
def test_noise_does_not_know_the_event(kind: str) -> None:
    """The refits of all dates are the same, whichever of them is called the event's."""
    values = autoregression(1, 60, 0.6, 1)[0]
    found = []
    for event in (10, 30, 49):
        dates, _ = all_dates(60, event)
        shared = shared_noise(observed(values), dates, None, kind)
        found.append(refit(values[None], observed(values), shared, dates, None).statistic)
    np.testing.assert_allclose(found[1], found[0], rtol=1e-12)
    np.testing.assert_allclose(found[2], found[0], rtol=1e-12)


# ---- size, by simulation ---- #


@pytest.mark.parametrize("rho", [0.0, 0.6, 0.9])
def test_size_is_exact_at_a_random_date(rho: float) -> None:
    """Also where ordinary tests reject a third of the time, and in a series that wanders."""
    n_periods = 116
    values = autoregression(RUNS, n_periods, rho, 2)
    dates, _ = all_dates(n_periods, 50)
    statistics = refit_weighted(values, np.ones(n_periods), dates, None).statistic[..., 0]
    n_dates = statistics.shape[1]
    assert n_dates == 101
    events = np.random.default_rng(3).integers(0, n_dates, RUNS)
    p_values = [rank_p_value(row, event) for row, event in zip(statistics, events, strict=True)]
    for level in (0.05, 0.1, 0.5):
        true = np.floor(level * n_dates) / n_dates
        hits = int(np.sum(np.array(p_values) <= level))
        low, high = stats.binom.ppf([0.001, 0.999], RUNS, true)
        assert low <= hits <= high


def test_size_and_interval_hold_at_a_given_date() -> None:
    n_periods, event, shift, runs = 80, 40, 0.2, 120
    values = autoregression(runs, n_periods, 0.6, 4)
    dates, position = all_dates(n_periods, event)
    course = segmented_design(segment(n_periods, event, 0.0, "fraction"))[:, 2]
    rejected, covered = 0, 0
    for noise in values:
        shared = shared_noise(observed(noise), dates, None, "gls")
        plain = refit(noise[None], observed(noise), shared, dates, None)
        rejected += rank_p_value(plain.statistic[0, :, 0], position) <= 0.05
        series = noise + shift * course
        shared = shared_noise(observed(series), dates, None, "gls")
        outcomes = np.stack([series, course, series + course])
        refits = refit(outcomes, observed(series), shared, dates, None)
        low, high = shifts_not_rejected(pieces_of(refits, 0), position, 0.95)
        covered += low <= shift <= high
    assert rejected <= stats.binom.ppf(0.999, runs, 0.07)
    assert covered >= stats.binom.ppf(0.001, runs, 0.93)


# ---- interval ---- #


def test_interval_is_the_set_of_shifts_that_are_not_rejected() -> None:
    n_periods, event = 60, 25
    dates, position = all_dates(n_periods, event)
    design = segmented_design(segment(n_periods, event, 0.0, "fraction"))
    values = autoregression(1, n_periods, 0.4, 6)[0] + 0.3 * design[:, 2]
    shared = shared_noise(observed(values), dates, None, "gls")

    def p_value(shift: float, term: int) -> float:
        rest = values - shift * design[:, 2 + term]
        fit = refit(rest[None], observed(rest), shared, dates, None)
        return rank_p_value(fit.statistic[0, :, term], position)

    for term in (0, 1):
        course = design[:, 2 + term]
        outcomes = np.stack([values, course, values + course])
        pieces = pieces_of(refit(outcomes, observed(values), shared, dates, None), term)
        low, high = shifts_not_rejected(pieces, position, 0.9)
        width = high - low
        assert p_value(low + 1e-6 * width, term) > 0.1
        assert p_value(high - 1e-6 * width, term) > 0.1
        assert p_value(low - 1e-3 * width, term) <= 0.1
        assert p_value(high + 1e-3 * width, term) <= 0.1


def test_few_dates_give_no_interval() -> None:
    dates, position = all_dates(30, 15)
    values = autoregression(1, 30, 0.0, 7)[0]
    course = segmented_design(segment(30, 15, 0.0, "fraction"))[:, 2]
    outcomes = np.stack([values, course, values + course])
    pieces = pieces_of(refit_weighted(outcomes, np.ones(30), dates, None), 0)
    assert len(dates.before) == 15
    assert shifts_not_rejected(pieces, position, 0.95) == (-np.inf, np.inf)
    low, high = shifts_not_rejected(pieces, position, 0.9)
    assert np.isfinite([low, high]).all()


# ---- families ---- #


def test_step_down_equals_the_definition_of_westfall_and_young() -> None:
    rng = np.random.default_rng(8)
    reference = rng.normal(size=(5, 200))
    observed_statistics = reference[:, 17] * np.array([3, 1, 1, 2, 1])
    adjusted = step_down_p_values(observed_statistics, reference)
    order = np.argsort(-np.abs(observed_statistics))
    running = 0.0
    for place, hypothesis in enumerate(order):
        rest = np.abs(reference[order[place:]]).max(0)
        running = max(running, float(np.mean(rest >= abs(observed_statistics[hypothesis]))))
        assert adjusted[hypothesis] == pytest.approx(running)


def test_family_of_one_is_not_corrected_and_copies_cost_nothing() -> None:
    reference = np.random.default_rng(9).normal(size=(1, 80))
    single = step_down_p_values(reference[:, 3], reference)
    assert single[0] == rank_p_value(reference[0], 3)
    copies = np.repeat(reference, 4, axis=0)
    np.testing.assert_allclose(step_down_p_values(copies[:, 3], copies), single[0])


def test_family_alarm_is_rarer_than_its_level() -> None:
    """Four series that share half of their noise, each with a date drawn at random."""
    n_periods = 76
    shared = autoregression(RUNS, n_periods, 0.6, 10)
    dates, _ = all_dates(n_periods, 40)
    parts = [shared + autoregression(RUNS, n_periods, 0.6, 11 + i) for i in range(4)]
    found = [
        refit_weighted(part, np.ones(n_periods), dates, None).statistic[..., 0] for part in parts
    ]
    statistics = np.stack(found, axis=1)
    events = np.random.default_rng(15).integers(0, statistics.shape[2], RUNS)
    alarms, naive = 0, 0
    for one, event in zip(statistics, events, strict=True):
        alarms += step_down_p_values(one[:, event], one).min() <= 0.1
        naive += min(rank_p_value(row, event) for row in one) <= 0.1
    assert alarms <= stats.binom.ppf(0.999, RUNS, 0.1)
    assert naive > stats.binom.ppf(0.999, RUNS, 0.1)
