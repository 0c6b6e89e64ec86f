"""Estimates, intervals and p-values of coefficients that follow a mixture of Student's t.

One component is the ordinary case of a regression; many arise when the unknown autocorrelation
is averaged over instead of being fixed at one estimate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]

_SMALLEST = 1e-300
_NEWTON_STEPS = 40


@dataclass(frozen=True, slots=True)
class StudentMixture:
    """Joint distribution of `k` coefficients; ``...`` is any number of series side by side.

    Attributes
    ----------
    weights : (..., G)
        Weights of the components; they sum to 1.
    centres : (..., G, k)
        Coefficients under each component.
    scales : (..., G, k, k)
        Squared scale matrix of each component (the covariance of a regression).
    degrees_of_freedom : float
        The same for all components.
    """

    weights: Array
    centres: Array
    scales: Array
    degrees_of_freedom: float


@dataclass(frozen=True, slots=True)
class Contrasts:
    """Linear combinations of the coefficients; every array has shape (..., c).

    Attributes
    ----------
    estimate, se : (..., c)
        Mean and standard error, the spread between components included.
    low, high : (..., c)
        Ends of the equal-tailed interval.
    p_value : (..., c)
        Two-sided, of the hypothesis that the combination is 0.
    """

    estimate: Array
    se: Array
    low: Array
    high: Array
    p_value: Array


def contrasts(mixture: StudentMixture, combinations: Array, level: float = 0.95) -> Contrasts:
    """Summaries of linear combinations (c, k) of the coefficients.

    Examples
    --------
    >>> one = StudentMixture(np.ones(1), np.array([[2.0]]), np.array([[[1.0]]]), 10.0)
    >>> summary = contrasts(one, np.eye(1))
    >>> round(float(summary.low[0]), 3), round(float(summary.p_value[0]), 3)
    (-0.228, 0.073)
    """
    centre, scale = component_contrasts(mixture, combinations)
    weights, freedom = mixture.weights[..., None, :], mixture.degrees_of_freedom
    estimate = (weights * centre).sum(-1)
    variance = (weights * (scale**2 + (centre - estimate[..., None]) ** 2)).sum(-1)
    below = cumulative(np.zeros_like(estimate), weights, centre, scale, freedom)
    tail = (1 - level) / 2
    return Contrasts(
        estimate=estimate,
        se=np.sqrt(variance),
        low=quantile(tail, weights, centre, scale, freedom),
        high=quantile(1 - tail, weights, centre, scale, freedom),
        p_value=2 * np.minimum(below, 1 - below),
    )


def thinned(mixture: StudentMixture, lost: float = 1e-5) -> StudentMixture:
    """The mixture of a single series without its lightest components, which weigh `lost`.

    For bands of hundreds of periods; tests keep every component, because their tails matter.
    """
    lightest = np.argsort(mixture.weights, kind="stable")
    kept = np.sort(lightest[np.cumsum(mixture.weights[lightest]) > lost])
    weights = mixture.weights[kept] / mixture.weights[kept].sum()
    return StudentMixture(
        weights, mixture.centres[kept], mixture.scales[kept], mixture.degrees_of_freedom
    )


def component_contrasts(mixture: StudentMixture, combinations: Array) -> tuple[Array, Array]:
    """Centre and scale of each combination under each component, both (..., c, G)."""
    centre = np.einsum("ck,...gk->...cg", combinations, mixture.centres)
    projected = np.einsum("ck,...gkl->...cgl", combinations, mixture.scales)
    squared = np.einsum("...cgl,cl->...cg", projected, combinations)
    return centre, np.sqrt(np.maximum(squared, 0.0))


def cumulative(at: Array, weights: Array, centre: Array, scale: Array, freedom: float) -> Array:
    """Distribution function at `at` (..., c) of mixtures with components (..., c, G)."""
    # The upper tail is 1 minus this, which rounds to 0 beyond 16 digits: far enough for a test.
    z = (at[..., None] - centre) / np.maximum(scale, _SMALLEST)
    return np.asarray((weights * special.stdtr(freedom, z)).sum(-1), dtype=np.float64)


def density(at: Array, weights: Array, centre: Array, scale: Array, freedom: float) -> Array:
    """Density at `at` (..., c), shapes as in `cumulative`."""
    scale = np.maximum(scale, _SMALLEST)
    z = (at[..., None] - centre) / scale
    constant = special.gammaln((freedom + 1) / 2) - special.gammaln(freedom / 2)
    log_density = constant - (freedom + 1) / 2 * np.log1p(z**2 / freedom)
    height = np.exp(log_density) / (scale * np.sqrt(freedom * np.pi))
    return np.asarray((weights * height).sum(-1), dtype=np.float64)


def quantile(share: float, weights: Array, centre: Array, scale: Array, freedom: float) -> Array:
    """Quantile (..., c) of mixtures with components (..., c, G): Newton inside a bracket."""
    ends = centre + special.stdtrit(freedom, share) * scale
    # The quantile of a mixture lies between the quantiles of its components.
    low, high = ends.min(-1), ends.max(-1)
    at = (weights * ends).sum(-1)
    for _ in range(_NEWTON_STEPS):
        excess = cumulative(at, weights, centre, scale, freedom) - share
        low, high = np.where(excess < 0, at, low), np.where(excess > 0, at, high)
        slope = np.maximum(density(at, weights, centre, scale, freedom), _SMALLEST)
        step = at - excess / slope
        # Two bounds can cross by a rounding error when there is one component.
        inside = (step >= np.minimum(low, high)) & (step <= np.maximum(low, high))
        following = np.where(inside, step, (low + high) / 2)
        if np.allclose(following, at, rtol=1e-10, atol=1e-12):
            break
        at = following
    return np.asarray(at, dtype=np.float64)
