"""Cores of change points: each against its definition, computed in the plainest way."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
import ruptures
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stancelib.effects.change_point_dates_core import date_changes
from stancelib.effects.change_points_core import (
    Sums,
    alarm_thresholds,
    critical_value,
    merge_gains,
    optimal_partition,
    simulate_without_change,
    simulated_share,
    single_gains,
    total_gain,
)
from stancelib.effects.noise_points_core import NoisePoints, Observed
from stancelib.effects.ruptures_search import search
from stancelib.effects.segment_levels_core import fit_segments, segment_residuals
from stancelib.effects.step_scores_core import (
    admissible_rows,
    most_likely_changes,
    step_scores,
    whiten_series,
)
from stancelib.effects.step_test_core import (
    MOST_STEPS,
    Candidates,
    candidate_steps,
    no_change_test,
    weigh,
)
from stancelib.effects.student_mixture_core import contrasts

Array = NDArray[np.float64]
NO_DRAWS = np.random.default_rng(0)


def one_point(rho: float, share: float, variance: float) -> NoisePoints:
    return NoisePoints(*(np.array([value]) for value in (rho, share, variance, 1.0)))


def gapped(seed: int, n: int = 14) -> Observed:
    """A short series with gaps and unequal precision."""
    rng = np.random.default_rng(seed)
    times = np.sort(rng.choice(np.arange(n + 4), n, replace=False)).astype(np.float64)
    return Observed(rng.normal(size=n), rng.uniform(0.2, 3, n), 0.0, times - times[0])


def covariance(observed: Observed, noise: NoisePoints) -> Array:
    """Of all periods, one segment, under a noise of one point."""
    distance = np.abs(observed.times[:, None] - observed.times)
    share = noise.share[0]
    stationary = share * noise.rho[0] ** distance + np.diag((1 - share) * observed.ratios)
    return np.asarray(noise.variance[0] * stationary, dtype=np.float64)


def all_segmentations(n_periods: int, minimum: int) -> list[list[int]]:
    """Changes of every segmentation with segments of at least `minimum` periods."""
    places = range(1, n_periods)
    chosen = [c for k in range(n_periods // minimum) for c in combinations(places, k)]
    edges = [[0, *changes, n_periods] for changes in chosen]
    return [e[1:-1] for e in edges if min(b - a for a, b in pairwise(e)) >= minimum]


def squares(stance: Array, weights: Array, changes: list[int]) -> float:
    """Weighted sum of squares around the means of segments."""
    cost = 0.0
    for start, end in pairwise([0, *changes, len(stance)]):
        y, w = stance[start:end], weights[start:end]
        if w.sum() > 0:
            cost += float(w @ (y - np.average(y, weights=w)) ** 2)
    return cost


# ---- search ---- #


@given(
    seed=st.integers(0, 10_000),
    minimum=st.integers(2, 4),
    penalty=st.floats(0.05, 6),
)
@settings(max_examples=30)
def test_optimal_partition_is_the_best_of_all(seed: int, minimum: int, penalty: float) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.2, 3, 11) * (rng.random(11) > 0.2)
    weights[[0, -1]] = 1.0
    stance = rng.normal(size=11)
    found = optimal_partition(Sums.of(stance[None], weights), minimum, np.array([penalty]))
    whole = squares(stance, weights, [])
    best = max(
        whole - squares(stance, weights, changes) - penalty * len(changes)
        for changes in all_segmentations(11, minimum)
    )
    assert found.gain[0] - penalty * found.n_changes[0] == pytest.approx(best, abs=1e-9)
    changes = found.changes(0)
    assert len(changes) == found.n_changes[0]
    reached = whole - squares(stance, weights, changes.tolist())
    assert found.gain[0] == pytest.approx(reached, abs=1e-9)


def test_gains_are_falls_of_the_weighted_squares() -> None:
    rng = np.random.default_rng(4)
    stance, weights = rng.normal(size=30), rng.uniform(0, 2, 30)
    sums, changes = Sums.of(stance[None], weights), [7, 15, 24]
    gain = squares(stance, weights, []) - squares(stance, weights, changes)
    assert total_gain(sums, np.array(changes)) == pytest.approx(gain)
    rises = [
        squares(stance, weights, changes[:i] + changes[i + 1 :]) - squares(stance, weights, changes)
        for i in range(3)
    ]
    np.testing.assert_allclose(merge_gains(sums, np.array(changes)), rises)
    alone = [squares(stance, weights, []) - squares(stance, weights, [at]) for at in range(5, 26)]
    np.testing.assert_allclose(single_gains(sums, 5)[0], alone)


def by_ruptures(
    searcher: type[Any], stance: Array, minimum: int, penalty: float
) -> NDArray[np.int64]:
    """What ruptures finds with its own cost of a shift of the mean, at every index."""
    fitted = searcher(model="l2", min_size=minimum, jump=1).fit(stance)
    return np.array(fitted.predict(pen=penalty)[:-1], dtype=np.int64)


def stepped(seed: int) -> Array:
    rng = np.random.default_rng(seed)
    return rng.normal(size=60) + 1.5 * np.repeat(rng.integers(0, 3, 6), 10)


@pytest.mark.parametrize("minimum", [2, 5, 8])
def test_binary_segmentation_is_that_of_ruptures(minimum: int) -> None:
    for seed in range(8):
        stance = stepped(seed)
        found = search(stance, np.ones(60), minimum, 4.0, "binary_segmentation")
        theirs = by_ruptures(ruptures.Binseg, stance, minimum, 4.0)
        np.testing.assert_array_equal(found, theirs)


@pytest.mark.parametrize("minimum", [2, 5, 8])
def test_pelt_is_that_of_ruptures_or_cheaper(minimum: int) -> None:
    """Its pruning may lose the optimum when segments have a minimum (its pull request 383)."""
    same = 0
    for seed in range(8):
        stance = stepped(seed)
        found = search(stance, np.ones(60), minimum, 4.0, "pelt")
        theirs = by_ruptures(ruptures.Pelt, stance, minimum, 4.0)
        costs = [
            squares(stance, np.ones(60), changes.tolist()) + 4.0 * len(changes)
            for changes in (found, theirs)
        ]
        assert costs[0] <= costs[1] + 1e-9
        same += np.array_equal(found, theirs)
        assert np.array_equal(found, theirs) or costs[0] < costs[1] - 1e-9
    assert same >= 6


def test_pelt_is_the_optimum_of_dynamic_programming_in_ruptures() -> None:
    for seed in range(4):
        stance = stepped(seed)
        found = search(stance, np.ones(60), 5, 4.0, "pelt")
        fitted = ruptures.Dynp(model="l2", min_size=5, jump=1).fit(stance)
        theirs = fitted.predict(n_bkps=len(found))[:-1] if len(found) else []
        np.testing.assert_array_equal(found, theirs)


def test_periods_without_articles_cost_nothing_and_count_as_time() -> None:
    stance = np.r_[np.zeros(6), np.full(6, 9.0), np.ones(6)]
    weights = np.r_[np.ones(6), np.zeros(6), np.ones(6)]
    stance[::2] += 0.01
    for method in ("pelt", "binary_segmentation"):
        found = search(stance, weights, 5, 0.5, method)
        assert len(found) == 1
        assert 6 <= found[0] <= 12


# ---- penalty ---- #


@pytest.mark.parametrize("method", ["pelt", "binary_segmentation"])
def test_thresholds_are_where_the_search_stops_to_find_changes(method: Any) -> None:
    rng = np.random.default_rng(6)
    series = np.cumsum(rng.normal(size=(40, 50)), axis=1) * 0.3 + rng.normal(size=(40, 50))
    thresholds = alarm_thresholds(Sums.of(series, np.ones(50)), 4, method, 0.2)
    cut = critical_value(thresholds, 0.2)
    exact = thresholds >= cut
    assert 0 < exact.sum() < 40
    for stance, threshold in zip(series[exact], thresholds[exact], strict=True):
        assert len(search(stance, np.ones(50), 4, threshold * 1.001, method)) == 0
        assert len(search(stance, np.ones(50), 4, threshold * 0.999, method)) > 0
    for stance in series[~exact]:
        assert len(search(stance, np.ones(50), 4, cut * 1.001, method)) == 0


@given(st.lists(st.floats(0, 10), min_size=19, max_size=99), st.sampled_from([0.05, 0.1, 0.5]))
def test_critical_value_and_share_agree(values: list[float], share: float) -> None:
    simulated = np.array(values)
    cut = critical_value(simulated, share)
    assert simulated_share(simulated, np.nextafter(cut, np.inf)) <= share
    assert simulated_share(simulated, cut) > share


def test_simulated_series_have_the_noise_that_was_asked_for() -> None:
    observed, noise = gapped(1), one_point(0.7, 0.6, 0.04)
    draws = simulate_without_change(
        noise.repeated(0, 40_000), observed.ratios, observed.elapsed, np.random.default_rng(2)
    )
    expected = covariance(observed, noise)
    # 40,000 draws: an entry has a standard error of at most sqrt(2 / 40,000) of the diagonal.
    largest = expected.diagonal().max()
    np.testing.assert_allclose(np.cov(draws.T), expected, atol=5 * largest * np.sqrt(2 / 40_000))


# ---- noise ---- #


def left_over(inverse: Array, stance: Array, rows: list[int]) -> float:
    """Generalized sum of squares around a constant and steps at `rows`."""
    design = (np.arange(len(stance))[:, None] >= np.array([0, *rows])).astype(float)
    moments = design.T @ inverse @ stance
    fitted = moments @ np.linalg.solve(design.T @ inverse @ design, moments)
    return float(stance @ inverse @ stance - fitted)


def plain_evidence(candidates: Candidates, point: int) -> tuple[float, float, list[int]]:
    """Log-likelihood at a point without and with steps, and these, by dense matrices."""
    observed, times = candidates.observed, candidates.observed.times
    noise = one_point(candidates.rho[point], candidates.share[point], 1.0)
    whole = covariance(observed, noise)
    inverse = np.linalg.inv(whole)
    share, freedom = candidates.share[point], candidates.freedom
    articles = freedom * np.median(observed.variances) / (1 - share)
    constant = (
        np.log(share * (1 - share))
        + 0.75 * np.log1p(-(candidates.rho[point] ** 2))
        - 0.5 * (np.linalg.slogdet(whole)[1] + np.log(inverse.sum()))
        - 0.5 * freedom * np.log(1 - share)
    )

    def likelihood(rows: list[int]) -> float:
        squares = left_over(inverse, observed.stance, rows) + articles
        half = 0.5 * (len(times) - 1 + freedom)
        return float(constant - half * np.log(squares) - candidates.cost * len(rows))

    rows: list[int] = []
    best, at_best = -np.inf, rows
    for _ in range(MOST_STEPS):
        free = [r for r in candidates.rows if all(abs(times[r] - times[x]) >= 3 for x in rows)]
        if not free:
            break
        rows = [*rows, min(free, key=lambda r: left_over(inverse, observed.stance, [*rows, r]))]
        if likelihood(rows) > best:
            best, at_best = likelihood(rows), sorted(rows)
    return likelihood([]), best, at_best


@pytest.mark.parametrize("freedom", [0.0, 9.0])
def test_evidence_is_that_of_dense_matrices(freedom: float) -> None:
    for seed in range(4):
        series = gapped(seed, 20)
        stance = series.stance + 3 * (series.times >= 9)
        observed = Observed(stance, series.variances, freedom, series.times)
        candidates = candidate_steps(observed, 3)
        found = weigh(candidates, stance[None])
        each = [plain_evidence(candidates, point) for point in range(len(candidates.rho))]
        without, within = (np.array([one[k] for one in each]) for k in (0, 1))
        expected = np.logaddexp.reduce(within) - np.logaddexp.reduce(without)
        assert found.statistic[0] == pytest.approx(expected, abs=1e-8)
        assert found.steps[0].tolist() == each[int(within.argmax())][2]


@given(st.floats(-5, 5), st.sampled_from([-3.0, 0.1, 7.0]))
@settings(max_examples=10)
def test_evidence_does_not_depend_on_level_and_scale(level: float, scale: float) -> None:
    observed = Observed(gapped(2, 30).stance, np.ones(30), 0.0, np.arange(30.0))
    candidates = candidate_steps(observed, 4)
    found = weigh(candidates, np.stack([observed.stance, level + scale * observed.stance]))
    assert found.statistic[1] == pytest.approx(found.statistic[0], abs=1e-6)
    assert found.without.variance[1] == pytest.approx(scale**2 * found.without.variance[0])


def test_a_large_shift_is_not_taken_for_autocorrelation() -> None:
    """Noise without the shift is nearly a drift; the shift is found all the same."""
    rng = np.random.default_rng(3)
    stance = rng.normal(size=120) + 2.5 * (np.arange(120) >= 60)
    observed = Observed(stance, np.ones(120), 0.0, np.arange(120.0))
    candidates = candidate_steps(observed, 5)
    assert weigh(candidates, stance[None]).without.rho[0] > 0.9
    test = no_change_test(candidates, 199, 0.05, rng)
    assert test.p_value == pytest.approx(1 / 200)
    assert test.rejected
    assert len(test.steps) == 1
    assert abs(test.steps[0] - 60) <= 2
    assert fit_segments(observed, test.steps).noise.rho_quantiles(0.5)[0] < 0.5


def test_points_of_the_noise_are_drawn_by_weight_and_summarized() -> None:
    grid = np.array([0.1, 0.9])
    noise = NoisePoints(grid, grid, grid, np.array([0.25, 0.75]))
    drawn = noise.drawn(4_000, np.random.default_rng(1))
    assert np.mean(drawn.rho == 0.9) == pytest.approx(0.75, abs=0.03)
    assert drawn.weights.sum() == pytest.approx(1.0)
    centre = noise.centre()
    assert np.arctanh(centre.rho[0]) == pytest.approx(np.arctanh(grid) @ noise.weights)
    assert noise.rho_quantiles(0.0, 1.0) == [0.1, 0.9]
    # A period without sampling noise beyond its share counts more than the median one.
    np.testing.assert_allclose(noise.precision(np.array([0.0, 1.0])), [1 / 0.7, 1.0])


# ---- dates and levels ---- #


def test_rows_leave_both_neighbours_their_length() -> None:
    times = np.array([0.0, 1, 2, 3, 7, 8, 9, 10, 11])
    # Row 4 follows a gap of three periods, which may belong to either side.
    assert admissible_rows(times, 0, 12, 3).tolist() == [3, 4, 5, 6]
    assert admissible_rows(times, 0, 12, 5).tolist() == [4]
    assert admissible_rows(times, 7, 12, 2).tolist() == [6, 7]


def test_score_of_a_step_is_the_fall_of_twice_the_log_likelihood() -> None:
    observed, noise = gapped(7), one_point(0.6, 0.5, 0.3)
    inverse = np.linalg.inv(covariance(observed, noise))
    white = whiten_series(observed, noise, 0, NO_DRAWS)
    rows, others = np.arange(3, 9), np.array([11])
    scores = step_scores(white, rows, others)

    stance = observed.stance
    falls = [
        left_over(inverse, stance, [11]) - left_over(inverse, stance, [11, int(row)])
        for row in rows
    ]
    np.testing.assert_allclose(scores.stance**2, falls, atol=1e-9)


def test_changes_move_to_where_they_are_most_likely() -> None:
    rng = np.random.default_rng(8)
    stance = rng.normal(0, 0.1, 40) + (np.arange(40) >= 12) - 2.0 * (np.arange(40) >= 28)
    observed = Observed(stance, np.ones(40), 0.0, np.arange(40.0))
    moved = most_likely_changes(observed, one_point(0.2, 0.9, 0.01), np.array([14, 25]), 5)
    assert moved.tolist() == [12, 28]


def test_residuals_are_those_of_generalized_least_squares() -> None:
    observed, noise = gapped(9), one_point(0.5, 0.6, 0.2)
    design = np.column_stack([np.arange(14) < 6, np.arange(14) >= 6]).astype(float)
    inverse = np.linalg.inv(covariance(observed, noise))
    levels = np.linalg.solve(design.T @ inverse @ design, design.T @ inverse @ observed.stance)
    left = segment_residuals(observed, noise, np.array([6]))
    np.testing.assert_allclose(left.raw, observed.stance - design @ levels)
    assert left.white @ left.white == pytest.approx(left.raw @ inverse @ left.raw)
    assert left.leverage.sum() == pytest.approx(2.0)


def test_levels_of_segments_are_their_means_where_noise_is_white() -> None:
    rng = np.random.default_rng(2)
    stance = rng.normal(0, 0.1, 200) + 0.7 * (np.arange(200) >= 80)
    observed = Observed(stance, np.ones(200), 0.0, np.arange(200.0))
    fit = fit_segments(observed, np.array([80]))
    found = contrasts(fit.levels, np.eye(2))
    means = [stance[:80].mean(), stance[80:].mean()]
    # The posterior of the autocorrelation weighs the ends a little differently.
    np.testing.assert_allclose(found.estimate, means, atol=0.1 * found.se.min())
    assert fit.noise.freedom == 198
    drawn = fit.noise.drawn(20_000, rng).variance
    assert np.sqrt(np.median(drawn)) == pytest.approx(0.1, rel=0.1)
    # A chi-square of 198 degrees of freedom, and the differences between points.
    assert np.std(np.log(drawn)) >= np.sqrt(2 / 198) * 0.95


def test_shift_is_averaged_over_dates() -> None:
    """A clear shift has one date, and then the interval of the two levels' difference."""
    rng = np.random.default_rng(4)
    stance = rng.normal(0, 0.1, 60) + (np.arange(60) >= 30)
    observed = Observed(stance, np.ones(60), 0.0, np.arange(60.0))
    fit = fit_segments(observed, np.array([30]))
    (dated,) = date_changes(
        observed, fit.noise.drawn(400, rng), np.array([30]), 5, rate=0.05, generator=rng
    )
    assert dated.rows[dated.p_values > 0.05].tolist() == [30]
    shift = contrasts(dated.shift, np.eye(1))
    held = contrasts(fit.levels, np.array([[-1.0, 1.0]]))
    assert shift.estimate[0] == pytest.approx(held.estimate[0], abs=0.2 * held.se[0])
    assert shift.se[0] == pytest.approx(held.se[0], rel=0.15)


def test_dates_allow_for_the_change_having_been_found() -> None:
    """Draws that would not have been found count no more: a set only grows by it."""
    rng = np.random.default_rng(6)
    stance = rng.normal(0, 0.1, 60) + 0.15 * (np.arange(60) >= 30)
    observed = Observed(stance, np.ones(60), 0.0, np.arange(60.0))
    change = most_likely_changes(
        observed, fit_segments(observed, np.array([30])).noise, np.array([30]), 5
    )
    noise = fit_segments(observed, change).noise.drawn(40, rng)

    def p_values(rate: float) -> Array:
        (dated,) = date_changes(
            observed, noise, change, 5, rate=rate, generator=np.random.default_rng(7)
        )
        return dated.p_values

    every_draw, half, few = p_values(1.0), p_values(0.5), p_values(0.05)
    assert np.all(every_draw <= half)
    assert np.all(half <= few)
    assert np.mean(few > 0.05) > np.mean(every_draw > 0.05)
