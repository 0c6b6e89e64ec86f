"""Generalized least squares where another series has told the strength of the autoregression.

A few labels cannot tell an outlet's own movement from the chance of which sentences were labelled;
the scorer's series, which has all sentences, can. Its movement is the outlet's, times how far
predictions follow the truth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.generalized_least_squares_core import Regression, whiten

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NoisePoints:
    """What is believed of the autoregression, as G weighted points.

    Attributes
    ----------
    weights : (G,)
        They sum to 1.
    rho : (G,)
        Correlation from one period to the next.
    variance : (G,)
        Of the autoregression, in squared stance units.
    """

    weights: Array
    rho: Array
    variance: Array

    def magnified(self, factor: float) -> NoisePoints:
        """The same of a series that moves `factor` times as far."""
        return NoisePoints(self.weights, self.rho, self.variance * factor**2)


@dataclass(frozen=True, slots=True)
class KnownNoiseFit:
    """Fits of one series under each of G points.

    Attributes
    ----------
    log_weights : (G,)
        Logarithm of belief times likelihood, up to a constant.
    centres : (G, k)
        Coefficients.
    scales : (G, k, k)
        Their squared scale matrices.
    degrees_of_freedom : float
        Of Student's t.
    share : (G,)
        Of the autoregression in the noise of a period of median precision.
    white : (n, 1 + k)
        Outcome and design as independent values, at the heaviest point.
    """

    log_weights: Array
    centres: Array
    scales: Array
    degrees_of_freedom: float
    share: Array
    white: Array


def fit_known_noise(regression: Regression, noise: NoisePoints) -> KnownNoiseFit:
    """Fit one series (B = 1) whose sampling variances are known in size.

    The covariance is ``s2 (variance R(rho) + v)``. `s2` is 1 if all is as believed; it is
    integrated out with a prior of as many degrees of freedom as the variances have, at most one a
    period.
    """
    n_periods, n_terms = regression.design.shape
    typical = np.median(regression.variances, axis=-1, keepdims=True)
    total = noise.variance[None] + typical
    share = noise.variance[None] / total
    columns = np.concatenate([regression.outcome[..., None], regression.design[None]], axis=-1)
    white, log_determinant = whiten(
        columns, regression.variances / typical, regression.elapsed, noise.rho[None], share
    )
    products = np.swapaxes(white, -1, -2) @ white
    information, moments = products[..., 1:, 1:], products[..., 1:, 0]
    inverse = np.linalg.inv(information)
    centres = (inverse @ moments[..., None])[..., 0]
    squares = np.maximum(products[..., 0, 0] - (centres * moments).sum(-1), 0.0) / total
    freedom = min(regression.freedom, n_periods)
    total_freedom = n_periods - n_terms + freedom
    log_likelihood = -0.5 * (
        log_determinant
        + np.linalg.slogdet(information)[1]
        + (n_periods - n_terms) * np.log(total)
        + total_freedom * np.log(squares + freedom)
    )
    log_weights = log_likelihood[0] + np.log(np.maximum(noise.weights, np.finfo(np.float64).tiny))
    scale = total * (squares + freedom) / total_freedom
    return KnownNoiseFit(
        log_weights=log_weights,
        centres=centres[0],
        scales=(inverse * scale[..., None, None])[0],
        degrees_of_freedom=float(total_freedom),
        share=share[0],
        white=white[0, int(np.argmax(log_weights))],
    )
