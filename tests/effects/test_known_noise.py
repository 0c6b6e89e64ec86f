"""Regression under an autoregression that another series has told."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.linalg import cho_solve, cholesky

from stancelib.effects.generalized_least_squares_core import Regression
from stancelib.effects.known_noise_core import NoisePoints, fit_known_noise
from stancelib.effects.regression_core import regress_generalized, regress_known_noise

Array = NDArray[np.float64]
RHO, VARIANCE = 0.6, 0.04


def setting(freedom: float = 0.0) -> Regression:
    """Twelve periods of sixteen, with a step."""
    rng = np.random.default_rng(8)
    times = np.array([0, 1, 2, 4, 5, 6, 8, 9, 11, 12, 13, 15])
    design = np.column_stack([np.ones(12), times - 8.0, times >= 8])
    return Regression(
        outcome=(0.1 - 0.3 * (times >= 8) + rng.normal(0, 0.2, 12))[None],
        design=design,
        variances=rng.uniform(0.01, 0.05, 12)[None],
        freedom=freedom,
        elapsed=np.diff(times, prepend=0).astype(float),
    )


def covariance(regression: Regression, rho: float, variance: float) -> Array:
    times = np.cumsum(regression.elapsed)
    distance = np.abs(times[:, None] - times[None])
    return variance * rho**distance + np.diag(regression.variances[0])


def by_cholesky(regression: Regression, matrix: Array) -> tuple[Array, Array, float]:
    """Coefficients, inverse information and weighted squares, the long way."""
    root = (cholesky(matrix, lower=True), True)
    design, outcome = regression.design, regression.outcome[0]
    inverse = np.linalg.inv(design.T @ cho_solve(root, design))
    found = inverse @ design.T @ cho_solve(root, outcome)
    residual = outcome - design @ found
    return found, inverse, float(residual @ cho_solve(root, residual))


def points(*pairs: tuple[float, float]) -> NoisePoints:
    rho, variance = np.array(pairs).T
    return NoisePoints(np.full(len(pairs), 1 / len(pairs)), rho, variance)


@pytest.mark.parametrize("freedom", [0.0, 5.0, 500.0])
def test_one_point_is_generalized_least_squares(freedom: float) -> None:
    regression = setting(freedom)
    fit = fit_known_noise(regression, points((RHO, VARIANCE)))
    found, inverse, squares = by_cholesky(regression, covariance(regression, RHO, VARIANCE))
    np.testing.assert_allclose(fit.centres[0], found, rtol=1e-9)
    # The size of the covariance is drawn toward 1 by as many degrees as it is known with.
    prior = min(freedom, 12)
    assert fit.degrees_of_freedom == 12 - 3 + prior
    size = (squares + prior) / (12 - 3 + prior)
    np.testing.assert_allclose(fit.scales[0], inverse * size, rtol=1e-9)
    typical = float(np.median(regression.variances))
    assert fit.share[0] == pytest.approx(VARIANCE / (VARIANCE + typical))


def test_it_equals_statsmodels() -> None:
    api = pytest.importorskip("statsmodels.api", reason="statsmodels is not installed")
    regression = setting()
    known = api.GLS(
        regression.outcome[0],
        regression.design,
        sigma=covariance(regression, RHO, VARIANCE),
    ).fit()
    fit = fit_known_noise(regression, points((RHO, VARIANCE)))
    np.testing.assert_allclose(fit.centres[0], known.params, rtol=1e-9)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.scales[0])), known.bse, rtol=1e-9)


def test_points_weigh_by_their_restricted_likelihood() -> None:
    regression, pairs = setting(6.0), [(0.2, 0.01), (RHO, VARIANCE), (0.9, 0.5)]
    belief = np.array([0.5, 0.3, 0.2])
    rho, variance = np.array(pairs).T
    fit = fit_known_noise(regression, NoisePoints(belief, rho, variance))
    expected = []
    for one in pairs:
        matrix = covariance(regression, *one)
        _, inverse, squares = by_cholesky(regression, matrix)
        determinants = np.linalg.slogdet(matrix)[1] - np.linalg.slogdet(inverse)[1]
        expected.append(-0.5 * (determinants + (9 + 6) * np.log(squares + 6)))
    expected += np.log(belief)
    np.testing.assert_allclose(np.diff(fit.log_weights), np.diff(expected), rtol=1e-8)
    weights = regress_known_noise(regression, NoisePoints(belief, rho, variance)).mixture.weights
    assert weights.sum() == pytest.approx(1)
    np.testing.assert_allclose(np.diff(np.log(weights)), np.diff(expected), rtol=1e-8)


def test_a_belief_of_nothing_does_not_break_the_weights() -> None:
    noise = NoisePoints(np.array([1.0, 0.0]), np.array([0.3, 0.5]), np.array([0.02, 0.03]))
    fit = regress_known_noise(setting(8.0), noise)
    np.testing.assert_allclose(fit.mixture.weights, [1, 0], atol=1e-200)
    assert fit.noise.rho == pytest.approx(0.3)


def test_white_values_are_those_of_the_heaviest_point() -> None:
    regression = setting(6.0)
    fit = fit_known_noise(regression, points((0.99, 900.0), (RHO, VARIANCE)))
    assert int(np.argmax(fit.log_weights)) == 1
    coefficients = np.linalg.lstsq(fit.white[:, 1:], fit.white[:, 0], rcond=None)[0]
    np.testing.assert_allclose(coefficients, fit.centres[1], rtol=1e-8)


def test_magnified_points_are_of_a_series_that_moves_further() -> None:
    regression = setting(6.0)
    found = regress_generalized(regression).points
    assert found is not None
    wide = found.magnified(2.0)
    np.testing.assert_allclose(wide.variance, 4 * found.variance)
    np.testing.assert_array_equal(wide.rho, found.rho)
    doubled = Regression(
        2 * regression.outcome,
        regression.design,
        4 * regression.variances,
        regression.freedom,
        regression.elapsed,
    )
    told = regress_generalized(doubled).points
    assert told is not None
    assert float(told.weights @ told.variance) == pytest.approx(
        float(wide.weights @ wide.variance), rel=1e-6
    )
    # The doubled series with the magnified points: coefficients twice as large.
    once, twice = (
        regress_known_noise(one, noise).mixture
        for one, noise in ((regression, found), (doubled, wide))
    )
    np.testing.assert_allclose(
        twice.weights @ twice.centres, 2 * (once.weights @ once.centres), rtol=1e-6
    )
