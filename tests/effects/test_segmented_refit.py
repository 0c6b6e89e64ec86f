"""Refits at all dates equal statsmodels, date by date, to 1e-8."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from stancelib.effects.interrupted_time_series_core import (
    Segments,
    leave_out,
    segment,
    segmented_design,
)
from stancelib.effects.placebo_core import admissible
from stancelib.effects.segmented_refit_core import (
    Dates,
    Refits,
    periods_on_sides,
    refit_weighted,
    shifted,
)
from stancelib.effects.segmented_whitened_core import Noise, date_designs, refit_generalized

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
TOLERANCE = 1e-8


@dataclass(frozen=True)
class Problem:
    """A random walk with gaps and uneven weights."""

    outcome: Array
    weights: Array

    @property
    def seen(self) -> Mask:
        return self.weights > 0


def problem(n_periods: int, seed: int) -> Problem:
    rng = np.random.default_rng(seed)
    seen = rng.random(n_periods) > 0.1
    outcome = 3 + 0.05 * np.cumsum(rng.normal(size=n_periods))
    return Problem(outcome, np.where(seen, rng.uniform(0.2, 5, n_periods), 0.0))


def segments_at(kind: str, n_periods: int, event: int) -> Segments:
    if kind == "window":
        return leave_out(n_periods, event - 1, event + 2)
    fraction = {"split": 0.37, "start": 0.0}.get(kind, 0.5)
    return segment(n_periods, event, fraction, kind if kind in {"pre", "drop"} else "fraction")


def each(
    kind: str, one: Problem, dates: Dates, offsets: NDArray[np.int64], window: int | None
) -> Iterator[tuple[int, Array, Mask]]:
    """Position, design and used rows of every seventh date, built as for one event."""
    n_periods = len(one.weights)
    rows = np.arange(n_periods)
    for position in range(0, len(offsets), 7):
        segments = segments_at(kind, n_periods, n_periods // 2 + int(offsets[position]))
        used = one.seen & ~segments.left_out
        if window is not None:
            start, end = dates.before[position] - window, dates.after[position] + window
            used = used & (rows >= start) & (rows < end)
        yield position, segmented_design(segments), used


def setting(kind: str, one: Problem, window: int | None) -> tuple[Dates, NDArray[np.int64]]:
    n_periods = len(one.weights)
    offsets = np.arange(n_periods) - n_periods // 2
    dates = shifted(segments_at(kind, n_periods, n_periods // 2), offsets)
    kept = admissible(one.seen, dates, 8, window)
    return dates.at(kept), offsets[kept]


def assert_equal(found: Refits, position: int, reference: object) -> None:
    fit: sm.regression.linear_model.RegressionResults = reference
    np.testing.assert_allclose(found.estimate[0, position], fit.params[2:], rtol=TOLERANCE)
    np.testing.assert_allclose(found.standard_error[0, position], fit.bse[2:], rtol=TOLERANCE)
    np.testing.assert_allclose(found.statistic[0, position], fit.tvalues[2:], rtol=TOLERANCE)
    np.testing.assert_allclose(found.squares[0, position], fit.ssr, rtol=TOLERANCE)
    assert found.freedom[position] == fit.df_resid


@pytest.mark.parametrize("window", [None, 20])
@pytest.mark.parametrize("kind", ["start", "split", "pre", "drop", "window"])
def test_weighted_refits_equal_statsmodels(kind: str, window: int | None) -> None:
    one = problem(120, 1)
    dates, offsets = setting(kind, one, window)
    found = refit_weighted(one.outcome[None], one.weights, dates, window)
    assert len(offsets) > 70
    for position, design, used in each(kind, one, dates, offsets, window):
        fit = sm.WLS(one.outcome[used], design[used], weights=one.weights[used]).fit()
        assert_equal(found, position, fit)


def test_two_thousand_days_lose_no_digits_at_the_edges() -> None:
    one = problem(2_016, 2)
    dates, offsets = setting("split", one, None)
    found = refit_weighted(one.outcome[None], one.weights, dates, None)
    for position in (0, 1, len(offsets) // 2, len(offsets) - 1):
        event = 1_008 + int(offsets[position])
        design = segmented_design(segments_at("split", 2_016, event))
        fit = sm.WLS(one.outcome[one.seen], design[one.seen], weights=one.weights[one.seen]).fit()
        assert_equal(found, position, fit)


@pytest.mark.parametrize("window", [None, 15])
@pytest.mark.parametrize("kind", ["start", "split", "window"])
def test_generalized_refits_equal_statsmodels(kind: str, window: int | None) -> None:
    one = problem(90, 3)
    ratios = np.random.default_rng(4).uniform(0.3, 3, 90)
    noise = Noise(0.6, 0.7, ratios)
    dates, offsets = setting(kind, one, window)
    found = refit_generalized(one.outcome[None], one.seen, noise, dates, window)
    rows = np.arange(90)
    covariance = 0.7 * 0.6 ** np.abs(rows[:, None] - rows) + 0.3 * np.diag(ratios)
    for position, design, used in each(kind, one, dates, offsets, window):
        sigma = covariance[np.ix_(used, used)]
        assert_equal(found, position, sm.GLS(one.outcome[used], design[used], sigma=sigma).fit())


def test_blocks_of_dates_do_not_change_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    one = problem(60, 5)
    noise = Noise(0.3, 0.9, np.ones(60))
    dates, _ = setting("split", one, None)
    whole = refit_generalized(one.outcome[None], one.seen, noise, dates, None)
    monkeypatch.setattr("stancelib.effects.segmented_whitened_core._ROWS_AT_ONCE", 60 * 7)
    parts = refit_generalized(one.outcome[None], one.seen, noise, dates, None)
    np.testing.assert_allclose(parts.statistic, whole.statistic, rtol=1e-12)
    np.testing.assert_array_equal(parts.freedom, whole.freedom)


def test_without_autocorrelation_both_ways_agree() -> None:
    one = problem(80, 6)
    ratios = np.where(one.seen, 1 / np.where(one.seen, one.weights, 1.0), 1.0)
    for kind in ("split", "drop"):
        dates, _ = setting(kind, one, None)
        sums = refit_weighted(one.outcome[None], one.weights, dates, None)
        whitened = refit_generalized(
            one.outcome[None], one.seen, Noise(0.5, 0.0, ratios), dates, None
        )
        np.testing.assert_allclose(sums.estimate, whitened.estimate, rtol=1e-8)
        np.testing.assert_allclose(sums.standard_error, whitened.standard_error, rtol=1e-8)


def test_several_outcomes_are_refitted_side_by_side() -> None:
    one = problem(70, 7)
    dates, _ = setting("split", one, None)
    both = np.stack([one.outcome, np.sin(np.arange(70.0))])
    together = refit_weighted(both, one.weights, dates, None)
    for row in (0, 1):
        alone = refit_weighted(both[[row]], one.weights, dates, None)
        np.testing.assert_allclose(together.statistic[row], alone.statistic[0], rtol=1e-12)


@given(
    st.integers(0, 10_000),
    st.floats(-5, 5),
    st.floats(-0.1, 0.1),
    st.floats(0.01, 100),
)
def test_statistics_ignore_line_and_units(
    seed: int, constant: float, trend: float, scale: float
) -> None:
    one = problem(60, seed)
    dates, _ = setting("split", one, None)
    plain = refit_weighted(one.outcome[None], one.weights, dates, None)
    moved = constant + trend * np.arange(60) + scale * one.outcome
    other = refit_weighted(moved[None], 7 * one.weights, dates, None)
    np.testing.assert_allclose(other.statistic, plain.statistic, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(other.estimate, scale * plain.estimate, rtol=1e-6, atol=1e-7)


def test_designs_of_dates_are_those_of_the_event_moved() -> None:
    seen = np.ones(50, dtype=np.bool_)
    segments = segment(50, 25, 0.25, "fraction")
    design, index, used = date_designs(seen, shifted(segments, np.array([0, 3])), None)
    np.testing.assert_allclose(design[0], segmented_design(segments))
    np.testing.assert_allclose(design[1], segmented_design(segment(50, 28, 0.25, "fraction")))
    assert index.shape == used.shape == (2, 50)
    assert used.all()


def test_sides_are_counted_inside_the_window() -> None:
    seen = np.array([True] * 10 + [False] * 2 + [True] * 8)
    dates = shifted(segment(20, 12, 0.5, "fraction"), np.array([0, 2]))
    before, after = periods_on_sides(seen, dates, 4)
    assert before.tolist() == [2, 2]
    assert after.tolist() == [4, 4]
    assert periods_on_sides(seen, dates, None)[0].tolist() == [10, 12]
