"""One regression of a stance series, with the kind of error that the caller asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.generalized_least_squares_core import (
    SHARE_RANGE,
    Regression,
    fit_generalized,
    fit_grid,
    normalized,
    whiten,
)
from stancelib.effects.known_noise_core import NoisePoints, fit_known_noise
from stancelib.effects.least_squares_core import fit_ordinary, fit_robust
from stancelib.effects.student_mixture_core import StudentMixture

Array = NDArray[np.float64]

_SHARE_POINTS = 61


@dataclass(frozen=True, slots=True)
class NoiseEstimate:
    """What was learnt about the noise; NaN where the kind of error does not look at it.

    Attributes
    ----------
    rho, rho_low, rho_high : float
        Correlation of what outlets say in one period with what they say in the next, apart
        from sampling noise, with its 95 % interval.
    sampling_share : float
        Share of the noise, in a period of median precision, that comes from the number of
        articles.
    """

    rho: float = float("nan")
    rho_low: float = float("nan")
    rho_high: float = float("nan")
    sampling_share: float = float("nan")


@dataclass(frozen=True, slots=True)
class RegressionFit:
    """A fitted series of n periods and k terms.

    Attributes
    ----------
    mixture : StudentMixture
        Of the coefficients; no leading dimension.
    white_outcome : (n,)
        The series as independent values of equal variance.
    white_design : (n, k)
        The design, transformed in the same way.
    noise : NoiseEstimate
        Autocorrelation and sampling noise.
    points : NoisePoints or None
        What the series says of its autoregression (generalized least squares only).
    """

    mixture: StudentMixture
    white_outcome: Array
    white_design: Array
    noise: NoiseEstimate
    points: NoisePoints | None = None

    def rescaled(self, sizes: Array) -> RegressionFit:
        """The same fit for a design whose columns are `sizes` (k,) times as large."""
        mixture = StudentMixture(
            self.mixture.weights,
            self.mixture.centres / sizes,
            self.mixture.scales / np.outer(sizes, sizes),
            self.mixture.degrees_of_freedom,
        )
        return replace(self, mixture=mixture, white_design=self.white_design * sizes)


def regress_generalized(regression: Regression) -> RegressionFit:
    """Fit a single series (B = 1) with the autocorrelation integrated out."""
    fit = fit_generalized(regression)
    best = np.argmax(fit.mixture.weights[0])
    columns = np.concatenate([regression.outcome[..., None], regression.design[None]], axis=-1)
    ratios = regression.variances / np.median(regression.variances, axis=-1, keepdims=True)
    at = slice(best, best + 1)
    white, _ = whiten(columns, ratios, regression.elapsed, fit.rho[:, at], fit.share[:, at])
    mixture = StudentMixture(
        fit.mixture.weights[0],
        fit.mixture.centres[0],
        fit.mixture.scales[0],
        fit.mixture.degrees_of_freedom,
    )
    return RegressionFit(
        mixture,
        white[0, 0, :, 0],
        white[0, 0, :, 1:],
        _noise(mixture.weights, fit.rho[0], fit.share[0]),
        NoisePoints(mixture.weights, fit.rho[0], fit.share[0] * fit.variance[0]),
    )


def regress_known_noise(regression: Regression, noise: NoisePoints) -> RegressionFit:
    """Fit a single series (B = 1) whose autoregression another series has told."""
    fit = fit_known_noise(regression, noise)
    weights = normalized(fit.log_weights)
    mixture = StudentMixture(weights, fit.centres, fit.scales, fit.degrees_of_freedom)
    return RegressionFit(
        mixture,
        fit.white[:, 0],
        fit.white[:, 1:],
        _noise(weights, noise.rho, fit.share),
        NoisePoints(weights, noise.rho, noise.variance),
    )


def _noise(weights: Array, rho: Array, share: Array) -> NoiseEstimate:
    order = np.argsort(rho, kind="stable")
    middle = np.cumsum(weights[order]) - weights[order] / 2
    low, high = np.interp([0.025, 0.975], middle, rho[order])
    sampling = float(weights @ (1 - share))
    return NoiseEstimate(float(weights @ rho), float(low), float(high), sampling)


def regress_weighted(
    regression: Regression, times: Array, maximum_lags: int | None
) -> RegressionFit:
    """Weighted least squares of a single series (B = 1); robust errors when lags are given.

    Parameters
    ----------
    regression : Regression
        One series.
    times : (n,)
        Periods from any origin.
    maximum_lags : int or None
        None: errors that take periods for independent.
    """
    weights = precision_weights(regression)
    outcome, design = regression.outcome[0], regression.design
    if maximum_lags is None:
        fit = fit_ordinary(outcome, design, weights)
    else:
        fit = fit_robust(outcome, design, weights, times, maximum_lags)
    root = np.sqrt(weights)
    return RegressionFit(fit.mixture, outcome * root, design * root[:, None], NoiseEstimate())


def precision_weights(regression: Regression) -> Array:
    """Inverse variances (n,) up to a factor, ``1 / (tau2 + v_t)``, without autocorrelation.

    A period of endless articles keeps the variance `tau2` that articles do not explain, so that
    no single period owns the fit.
    """
    ratios = regression.variances / np.median(regression.variances, axis=-1, keepdims=True)
    if np.ptp(ratios) == 0:
        return np.ones(ratios.shape[1])
    axis = np.linspace(*SHARE_RANGE, _SHARE_POINTS)[None]
    grid = fit_grid(regression, np.zeros_like(axis), axis)
    share = float((normalized(grid.log_weights) / (1 + np.exp(-axis))).sum())
    return np.asarray(1 / (share + (1 - share) * ratios[0]), dtype=np.float64)
