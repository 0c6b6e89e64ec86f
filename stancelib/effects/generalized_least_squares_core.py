r"""Regression whose errors are an autoregression plus the sampling noise of the articles.

    y_t = x_t b + u_t + e_t,    u_t = rho u_{t-1} + innovation,    var(e_t) proportional to v_t

`rho` and the split of the noise between `u` and `e` are not fixed at one estimate: the restricted
likelihood (Harville 1974) is integrated over both (Berger, Liseo and Wolpert 1999; Zellner and Tiao
1964 for autocorrelated errors), so that the coefficients follow a mixture of Student's t. The
split has the uniform shrinkage prior (Daniels 1999), `rho` that of Jeffreys for a stationary
autoregression; benchmarks/coverage_interrupted_time_series.py counts how often the intervals hold.
The scatter between articles adds what it says about the size of the sampling noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from stancelib.effects.student_mixture_core import StudentMixture

Array = NDArray[np.float64]

# Grids in atanh(rho) and in the logit of the autoregression's share of the noise.
RHO_RANGE, RHO_POINTS = (-1.0, 2.6), 10
SHARE_RANGE, SHARE_POINTS = (-5.0, 10.0), 12
FINE_POINTS = 13
RHO_PRIOR_POWER = -0.5
_SERIES_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Regression:
    """Series on the same periods, to be fitted to one design.

    Attributes
    ----------
    outcome : (B, n)
        One row a series.
    design : (n, k)
        With a constant.
    variances : (B, n)
        Sampling variance of each value, or numbers in proportion to it.
    freedom : float
        Degrees of freedom behind the size of `variances`; 0: only the proportions are known.
    elapsed : (n,)
        Periods since the value before; the first is not used. A gap counts as time.
    """

    outcome: Array
    design: Array
    variances: Array
    freedom: float
    elapsed: Array


@dataclass(frozen=True, slots=True)
class GridFit:
    """Fits on a grid of `G` points of autocorrelation and noise share.

    Attributes
    ----------
    log_weights : (B, G)
        Logarithm of restricted likelihood times prior, up to a constant a series.
    centres : (B, G, k)
        Generalized least-squares coefficients.
    scales : (B, G, k, k)
        Their squared scale matrices.
    variance : (B, G)
        Of the noise of a period with median precision.
    degrees_of_freedom : float
        Periods and articles, less coefficients.
    """

    log_weights: Array
    centres: Array
    scales: Array
    variance: Array
    degrees_of_freedom: float


@dataclass(frozen=True, slots=True)
class GeneralizedFit:
    """What the data say about coefficients and noise, B series.

    Attributes
    ----------
    mixture : StudentMixture
        Of the coefficients; weights (B, G).
    rho : (B, G)
        Autocorrelation at each grid point.
    share : (B, G)
        Share of the autoregression in the noise of a period with median precision.
    variance : (B, G)
        Variance of that noise.
    """

    mixture: StudentMixture
    rho: Array
    share: Array
    variance: Array


def fit_generalized(regression: Regression) -> GeneralizedFit:
    """Integrate over a coarse grid, then over a fine one around the mass of the coarse one."""
    blocks = range(0, len(regression.outcome), _SERIES_AT_ONCE)
    fits = [_fit_block(_block(regression, start)) for start in blocks]
    mixture = StudentMixture(
        weights=np.concatenate([fit.mixture.weights for fit in fits]),
        centres=np.concatenate([fit.mixture.centres for fit in fits]),
        scales=np.concatenate([fit.mixture.scales for fit in fits]),
        degrees_of_freedom=fits[0].mixture.degrees_of_freedom,
    )
    return GeneralizedFit(
        mixture,
        rho=np.concatenate([fit.rho for fit in fits]),
        share=np.concatenate([fit.share for fit in fits]),
        variance=np.concatenate([fit.variance for fit in fits]),
    )


def _block(regression: Regression, start: int) -> Regression:
    rows = slice(start, start + _SERIES_AT_ONCE)
    return Regression(
        regression.outcome[rows],
        regression.design,
        regression.variances[rows],
        regression.freedom,
        regression.elapsed,
    )


def _fit_block(regression: Regression) -> GeneralizedFit:
    rho_axis = np.linspace(*RHO_RANGE, RHO_POINTS)
    share_axis = np.linspace(*SHARE_RANGE, SHARE_POINTS)
    shape = (len(regression.outcome), RHO_POINTS * SHARE_POINTS)
    rho = np.broadcast_to(np.repeat(rho_axis, SHARE_POINTS), shape)
    share = np.broadcast_to(np.tile(share_axis, RHO_POINTS), shape)
    weights = normalized(fit_grid(regression, rho, share).log_weights)
    rho_fine = _around_mass(rho, weights, rho_axis[1] - rho_axis[0], RHO_RANGE)
    share_fine = _around_mass(share, weights, share_axis[1] - share_axis[0], SHARE_RANGE)
    rho = np.repeat(rho_fine, FINE_POINTS, axis=1)
    share = np.tile(share_fine, (1, FINE_POINTS))
    fine = fit_grid(regression, rho, share)
    weights = normalized(fine.log_weights)
    mixture = StudentMixture(weights, fine.centres, fine.scales, fine.degrees_of_freedom)
    return GeneralizedFit(mixture, np.tanh(rho), special.expit(share), fine.variance)


def normalized(log_weights: Array) -> Array:
    """Weights (..., G) that sum to 1."""
    weights = np.exp(log_weights - log_weights.max(-1, keepdims=True))
    return np.asarray(weights / weights.sum(-1, keepdims=True), dtype=np.float64)


def _around_mass(
    points: Array, weights: Array, spacing: float, limits: tuple[float, float]
) -> Array:
    """A finer axis (B, FINE_POINTS): four standard deviations and one coarse step each way."""
    mean = (weights * points).sum(-1)
    deviation = np.sqrt((weights * (points - mean[:, None]) ** 2).sum(-1))
    low = np.maximum(mean - 4 * deviation - spacing, limits[0])
    high = np.minimum(mean + 4 * deviation + spacing, limits[1])
    return np.linspace(low, high, FINE_POINTS, axis=1)


def fit_grid(regression: Regression, rho_axis: Array, share_axis: Array) -> GridFit:
    """Generalized least squares at points (B, G) of ``atanh(rho)`` and ``logit(share)``.

    With share `w`, the noise is ``s2 (w R(rho) + (1 - w) v / median(v))``, `s2` integrated out.
    The articles say that ``freedom * median(v) / (s2 (1 - w))`` is chi-square with `freedom`
    degrees of freedom; they are given at most as many as there are periods, because their
    variances are less alike than the model believes.
    """
    n_periods, n_terms = regression.design.shape
    rho, share, rest = np.tanh(rho_axis), special.expit(share_axis), special.expit(-share_axis)
    typical = np.median(regression.variances, axis=-1, keepdims=True)
    columns = _columns(regression)
    white, log_determinant = whiten(
        columns, regression.variances / typical, regression.elapsed, rho, share
    )
    products = np.swapaxes(white, -1, -2) @ white
    information, moments = products[..., 1:, 1:], products[..., 1:, 0]
    inverse = np.linalg.inv(information)
    centres = (inverse @ moments[..., None])[..., 0]
    # A line that fits without error leaves rounding errors only; their floor keeps the logarithm.
    floor = np.finfo(np.float64).eps * products[..., 0, 0]
    squares = np.maximum(products[..., 0, 0] - (centres * moments).sum(-1), floor)
    freedom = min(regression.freedom, n_periods)
    total_freedom = n_periods - n_terms + freedom
    squares = squares + freedom * typical / rest
    log_likelihood = -0.5 * (
        log_determinant
        + np.linalg.slogdet(information)[1]
        + total_freedom * np.log(squares)
        + freedom * np.log(rest)
    )
    # Priors, and the Jacobians of the two axes.
    log_prior = np.log(share) + np.log(rest) + (1 + RHO_PRIOR_POWER) * np.log1p(-(rho**2))
    variance = squares / total_freedom
    scales = inverse * variance[..., None, None]
    return GridFit(log_likelihood + log_prior, centres, scales, variance, float(total_freedom))


def _columns(regression: Regression) -> Array:
    """Outcome and design side by side, (B, n, 1 + k)."""
    n_series = len(regression.outcome)
    design = np.broadcast_to(regression.design, (n_series, *regression.design.shape))
    return np.concatenate([regression.outcome[..., None], design], axis=-1)


def whiten(
    columns: Array, ratios: Array, elapsed: Array, rho: Array, share: Array
) -> tuple[Array, Array]:
    """Innovations of each column by the Kalman filter, in O(n) for each grid point.

    Parameters
    ----------
    columns : (B, n, c)
        What is whitened.
    ratios : (B, n)
        Sampling variance of each value over the median one.
    elapsed : (n,)
        Periods since the value before.
    rho, share : (B, G)
        Autocorrelation, and share of the autoregression in the noise.

    Returns
    -------
    tuple of (B, G, n, c) and (B, G)
        Standardized innovations, and the logarithm of the covariance's determinant.
    """
    n_series, n_periods, n_columns = columns.shape
    shape = (n_series, rho.shape[1])
    white = np.empty((*shape, n_periods, n_columns))
    state, state_variance = np.zeros((*shape, n_columns)), share
    log_determinant = np.zeros(shape)
    for period in range(n_periods):
        if period:
            decay = rho ** elapsed[period]
            state = state * decay[..., None]
            state_variance = state_variance * decay**2 + share * (1 - decay**2)
        variance = state_variance + (1 - share) * ratios[:, period, None]
        innovation = columns[:, None, period, :] - state
        gain = state_variance / variance
        state = state + gain[..., None] * innovation
        state_variance = state_variance * (1 - gain)
        white[:, :, period, :] = innovation / np.sqrt(variance)[..., None]
        log_determinant = log_determinant + np.log(variance)
    return white, log_determinant
