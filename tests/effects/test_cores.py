"""Cores against statsmodels, scipy and dense matrices, to 1e-8."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special, stats
from statsmodels.stats.diagnostic import acorr_ljungbox, het_breuschpagan

from stancelib.effects.diagnostics_core import autocorrelation, breusch_pagan, influence, ljung_box
from stancelib.effects.generalized_least_squares_core import (
    Regression,
    fit_generalized,
    fit_grid,
    whiten,
)
from stancelib.effects.least_squares_core import fit_ordinary, fit_robust
from stancelib.effects.regression_core import precision_weights, regress_generalized
from stancelib.effects.student_mixture_core import (
    StudentMixture,
    contrasts,
    cumulative,
    quantile,
    thinned,
)
from stancelib.series.precision_core import sampling_variances

Array = NDArray[np.float64]


@pytest.fixture
def problem() -> tuple[Array, Array, Array, Array]:
    """Outcome, design, weights and times of 60 periods."""
    rng = np.random.default_rng(11)
    times = np.arange(60.0)
    after = (times >= 30).astype(float)
    design = np.column_stack([np.ones(60), times - 30, after, after * (times - 30)])
    outcome = design @ [0.1, 0.002, -0.2, 0.003] + rng.normal(0, 0.1, 60)
    return outcome, design, rng.uniform(0.2, 5, 60), times


# ---- least squares ---- #


def test_ordinary_and_weighted_equal_statsmodels(
    problem: tuple[Array, Array, Array, Array],
) -> None:
    outcome, design, weights, _ = problem
    for w in (np.ones(60), weights):
        reference = sm.WLS(outcome, design, weights=w).fit()
        summary = contrasts(fit_ordinary(outcome, design, w).mixture, np.eye(4))
        np.testing.assert_allclose(summary.estimate, reference.params, rtol=1e-8)
        np.testing.assert_allclose(summary.se, reference.bse, rtol=1e-8)
        np.testing.assert_allclose(summary.p_value, reference.pvalues, rtol=1e-8, atol=1e-14)
        ends = np.column_stack([summary.low, summary.high])
        np.testing.assert_allclose(ends, reference.conf_int(), rtol=1e-8)


@pytest.mark.parametrize("lags", [0, 1, 7, 20])
def test_hac_equals_statsmodels(problem: tuple[Array, Array, Array, Array], lags: int) -> None:
    outcome, design, weights, times = problem
    reference = sm.WLS(outcome, design, weights=weights).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}
    )
    fit = fit_robust(outcome, design, weights, times, lags)
    np.testing.assert_allclose(fit.covariance, reference.cov_params(), rtol=1e-8)


def test_hac_counts_a_gap_as_time(problem: tuple[Array, Array, Array, Array]) -> None:
    outcome, design, weights, times = problem
    kept = np.arange(60) % 2 == 0
    far = fit_robust(outcome[kept], design[kept], weights[kept], times[kept], 1)
    alone = fit_robust(outcome[kept], design[kept], weights[kept], times[kept], 0)
    np.testing.assert_allclose(far.covariance, alone.covariance, rtol=1e-12)


# ---- generalized least squares ---- #


def dense(rho: float, share: float, ratios: Array, times: Array) -> Array:
    lags = np.abs(times[:, None] - times[None, :])
    return share * rho**lags + (1 - share) * np.diag(ratios)


@pytest.mark.parametrize(("rho", "share"), [(0.6, 0.5), (-0.4, 0.8), (0.95, 0.05)])
def test_whitening_equals_dense_covariance_with_gaps(
    problem: tuple[Array, Array, Array, Array], rho: float, share: float
) -> None:
    outcome, design, weights, times = problem
    kept = np.random.default_rng(2).permutation(60)[:50]
    kept.sort()
    covariance = dense(rho, share, weights[kept], times[kept])
    columns = np.column_stack([outcome, design])[kept]
    elapsed = np.diff(times[kept], prepend=times[kept][0])
    white, log_determinant = whiten(
        columns[None], weights[None, kept], elapsed, np.array([[rho]]), np.array([[share]])
    )
    expected = columns.T @ np.linalg.solve(covariance, columns)
    np.testing.assert_allclose(white[0, 0].T @ white[0, 0], expected, rtol=1e-8)
    assert log_determinant[0, 0] == pytest.approx(np.linalg.slogdet(covariance)[1], rel=1e-9)
    reference = sm.GLS(outcome[kept], design[kept], sigma=covariance).fit()
    regression = Regression(outcome[None, kept], design[kept], weights[None, kept], 0.0, elapsed)
    # The grid divides by the median: this point of it has the same proportions.
    typical = np.median(weights[kept])
    odds = np.log(share / ((1 - share) * typical))
    fit = fit_grid(regression, np.array([[np.arctanh(rho)]]), np.array([[odds]]))
    np.testing.assert_allclose(fit.centres[0, 0], reference.params, rtol=1e-8)
    np.testing.assert_allclose(fit.scales[0, 0], reference.cov_params(), rtol=1e-8)


def test_restricted_likelihood_equals_that_of_error_contrasts(
    problem: tuple[Array, Array, Array, Array],
) -> None:
    """Harville (1974): the density of contrasts that annihilate the design, scale integrated."""
    outcome, design, weights, times = problem
    elapsed = np.diff(times, prepend=0.0)
    regression = Regression(outcome[None], design, weights[None], 0.0, elapsed)
    typical = np.median(weights)
    points = [(0.2, -1.0), (0.9, 0.5), (-0.3, 2.0)]
    rho, share = np.array(points).T[:, None, :]
    grid = fit_grid(regression, np.arctanh(rho), share)
    annihilator = np.linalg.qr(design, mode="complete")[0][:, 4:]
    contrast = annihilator.T @ outcome
    expected = []
    for r, odds in points:
        w = special.expit(odds)
        v = annihilator.T @ dense(r, w, weights / typical, times) @ annihilator
        square = contrast @ np.linalg.solve(v, contrast)
        density = -0.5 * np.linalg.slogdet(v)[1] - 0.5 * 56 * np.log(square)
        # Jeffreys' prior (1 - r^2)^(-1/2), times the Jacobian 1 - r^2 of atanh(r).
        expected.append(density + np.log(w * (1 - w)) + 0.5 * np.log(1 - r**2))
    differences = np.diff(grid.log_weights[0])
    np.testing.assert_allclose(differences, np.diff(expected), rtol=1e-7)


def test_fine_grid_has_converged(
    problem: tuple[Array, Array, Array, Array], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome, design, weights, times = problem
    regression = Regression(
        outcome[None], design, 0.01 / weights[None], 300.0, np.diff(times, prepend=0.0)
    )
    usual = contrasts(fit_generalized(regression).mixture, np.eye(4))
    module = "stancelib.effects.generalized_least_squares_core."
    for name, points in {"RHO_POINTS": 30, "SHARE_POINTS": 40, "FINE_POINTS": 45}.items():
        monkeypatch.setattr(module + name, points)
    finer = contrasts(fit_generalized(regression).mixture, np.eye(4))
    np.testing.assert_allclose(usual.estimate, finer.estimate, rtol=0.01)
    np.testing.assert_allclose(usual.high - usual.low, finer.high - finer.low, rtol=0.01)


def test_series_side_by_side_equal_single_ones(
    problem: tuple[Array, Array, Array, Array],
) -> None:
    outcome, design, weights, times = problem
    elapsed = np.diff(times, prepend=0.0)
    many = np.stack([np.roll(outcome, shift) for shift in range(40)])
    variances = np.broadcast_to(1 / weights, many.shape)
    together = contrasts(
        fit_generalized(Regression(many, design, variances, 0.0, elapsed)).mixture, np.eye(4)
    )
    single = Regression(many[37:38], design, variances[37:38], 0.0, elapsed)
    alone = contrasts(regress_generalized(single).mixture, np.eye(4))
    np.testing.assert_allclose(together.low[37], alone.low, rtol=1e-9)
    np.testing.assert_allclose(together.p_value[37], alone.p_value, rtol=1e-7)


def test_estimate_follows_a_shift_exactly(problem: tuple[Array, Array, Array, Array]) -> None:
    outcome, design, weights, times = problem
    elapsed = np.diff(times, prepend=0.0)
    shifted = outcome + design @ [0.3, -0.001, 0.15, 0.002]
    both = Regression(np.stack([outcome, shifted]), design, 1 / weights[None], 0.0, elapsed)
    summary = contrasts(fit_generalized(both).mixture, np.eye(4))
    moved = summary.estimate[1] - summary.estimate[0]
    np.testing.assert_allclose(moved, [0.3, -0.001, 0.15, 0.002], rtol=1e-6)
    np.testing.assert_allclose(summary.se[0], summary.se[1], rtol=1e-6)


# ---- precision ---- #


def test_equal_article_variances_are_pooled() -> None:
    n = np.array([1.0, 4.0, 9.0, 100.0])
    sampling = sampling_variances(np.array([np.nan, 0.1, 0.2 / 3, 0.02]), n)
    np.testing.assert_allclose(sampling.variances, 0.04 / n, rtol=1e-12)
    assert sampling.degrees_of_freedom == 110


def test_two_articles_that_agree_do_not_own_the_fit() -> None:
    rng = np.random.default_rng(5)
    n = np.array([2.0] + [8.0] * 50)
    se = np.append(0.0, np.sqrt(0.09 * rng.chisquare(7, 50) / 7 / 8))
    sampling = sampling_variances(se, n)
    assert sampling.variances[0] > 2 * np.median(sampling.variances)


def test_periods_that_scatter_differently_keep_their_own_variance() -> None:
    n = np.full(40, 60.0)
    se = np.where(np.arange(40) < 20, 0.01, 0.05)
    np.testing.assert_allclose(np.sqrt(sampling_variances(se, n).variances), se, rtol=0.25)


@pytest.mark.parametrize("se", [np.nan, 0.0])
def test_without_scatter_only_counts_are_known(se: float) -> None:
    sampling = sampling_variances(np.full(3, se), np.array([1.0, 2.0, 4.0]))
    np.testing.assert_allclose(sampling.variances, [1, 0.5, 0.25])
    assert sampling.degrees_of_freedom == 0


def test_weights_level_off_where_articles_do_not_explain_the_noise(
    problem: tuple[Array, Array, Array, Array],
) -> None:
    outcome, design, _, times = problem
    variances = np.where(times == 29, 1e-7, 1e-3)[None]
    regression = Regression(outcome[None], design, variances, 500.0, np.ones(60))
    weights = precision_weights(regression)
    assert weights[29] > weights[0]
    assert weights[29] < 1.5 * weights[0]


# ---- mixture ---- #


def test_one_component_is_student_t() -> None:
    mixture = StudentMixture(np.ones(1), np.array([[0.3]]), np.array([[[0.04]]]), 7.0)
    summary = contrasts(mixture, np.eye(1), 0.9)
    expected = stats.t.interval(0.9, 7, 0.3, 0.2)
    np.testing.assert_allclose([summary.low[0], summary.high[0]], expected, rtol=1e-9)
    assert summary.p_value[0] == pytest.approx(2 * stats.t.sf(1.5, 7), rel=1e-9)
    assert summary.se[0] == pytest.approx(0.2)


@given(
    st.lists(
        st.tuples(st.floats(0.01, 1), st.floats(-2, 2), st.floats(0.001, 3)), min_size=1, max_size=6
    ),
    st.floats(0.001, 0.999),
    st.floats(1.5, 300),
)
def test_quantile_inverts_the_distribution(
    components: list[tuple[float, float, float]], share: float, freedom: float
) -> None:
    weights, centre, scale = np.array(components).T[:, None, :]
    weights = weights / weights.sum()
    at = quantile(share, weights, centre, scale, freedom)
    back = cumulative(at, weights, centre, scale, freedom)
    assert float(back[0]) == pytest.approx(share, abs=1e-7)


def test_thinning_changes_no_band(problem: tuple[Array, Array, Array, Array]) -> None:
    outcome, design, weights, times = problem
    regression = Regression(
        outcome[None], design, 1 / weights[None], 0.0, np.diff(times, prepend=0.0)
    )
    mixture = regress_generalized(regression).mixture
    light = thinned(mixture)
    assert len(light.weights) < len(mixture.weights)
    full, thin = contrasts(mixture, np.eye(4)), contrasts(light, np.eye(4))
    np.testing.assert_allclose(full.high - full.low, thin.high - thin.low, rtol=1e-3)


# ---- diagnostics ---- #


def test_residual_tests_equal_statsmodels(problem: tuple[Array, Array, Array, Array]) -> None:
    residuals, design, _, times = problem
    reference = acorr_ljungbox(residuals - residuals.mean(), lags=[8])["lb_pvalue"].iloc[0]
    assert ljung_box(residuals, times, 8) == pytest.approx(reference, rel=1e-8)
    assert autocorrelation(residuals, times, 1)[0] == pytest.approx(
        sm.tsa.acf(residuals, nlags=1)[1], rel=1e-8
    )
    assert breusch_pagan(residuals, design) == pytest.approx(
        het_breuschpagan(residuals, design)[1], rel=1e-8
    )


def test_autocorrelation_across_gaps_uses_true_distances() -> None:
    alternating = np.array([1.0, -1.0] * 20)
    kept = np.arange(40) % 7 != 3
    value, pairs = autocorrelation(alternating[kept], np.flatnonzero(kept).astype(float), 1)
    assert pairs == 27
    assert value == pytest.approx(-1, abs=0.05)


def test_influence_equals_fits_without_the_period(
    problem: tuple[Array, Array, Array, Array],
) -> None:
    outcome, design, _, _ = problem
    single = influence(outcome, design)
    assert single.leverage.sum() == pytest.approx(4)
    full = np.linalg.lstsq(design, outcome)[0]
    for row in (0, 29, 30):
        kept = np.arange(60) != row
        without = np.linalg.lstsq(design[kept], outcome[kept])[0]
        np.testing.assert_allclose(single.change[row], full - without, rtol=1e-7, atol=1e-12)
