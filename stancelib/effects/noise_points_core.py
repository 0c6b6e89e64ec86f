"""A series with gaps, and what is believed about its noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from stancelib.effects.diagnostics_core import weighted_quantiles

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Observed:
    """The n periods with articles of a series.

    Attributes
    ----------
    stance : (n,)
        Their stance.
    variances : (n,)
        Sampling variance of each, or numbers in proportion to it.
    freedom : float
        Degrees of freedom behind the size of `variances`; 0: only the proportions are known.
    times : (n,)
        Index in the calendar; a gap counts as time.
    """

    stance: Array
    variances: Array
    freedom: float
    times: Array

    @property
    def elapsed(self) -> Array:
        """Periods since the value before, (n,); 0 for the first."""
        return np.diff(self.times, prepend=self.times[0])

    @property
    def ratios(self) -> Array:
        """Sampling variances over their median, (n,)."""
        return np.asarray(self.variances / np.median(self.variances), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class NoisePoints:
    """Points of a posterior of the noise; every array has shape (G,).

    Attributes
    ----------
    rho : (G,)
        Correlation of the autoregression from one period to the next.
    share : (G,)
        Share of the autoregression in the noise of a period of median precision.
    variance : (G,)
        Variance of that noise.
    weights : (G,)
        They sum to 1.
    freedom : float
        Degrees of freedom behind `variance`; infinite where it is held for known.
    """

    rho: Array
    share: Array
    variance: Array
    weights: Array
    freedom: float = np.inf

    def drawn(self, size: int, generator: np.random.Generator) -> NoisePoints:
        """Points drawn by their weights, equally weighted, each with a variance of its own."""
        at = generator.choice(len(self.weights), size, p=self.weights)
        variance = self.variance[at]
        if np.isfinite(self.freedom):
            variance = variance * self.freedom / generator.chisquare(self.freedom, size)
        return NoisePoints(self.rho[at], self.share[at], variance, np.full(size, 1 / size))

    def repeated(self, point: int, size: int) -> NoisePoints:
        """One of the points `size` times, equally weighted, its variance held."""
        return NoisePoints(
            rho=np.full(size, self.rho[point]),
            share=np.full(size, self.share[point]),
            variance=np.full(size, self.variance[point]),
            weights=np.full(size, 1 / max(size, 1)),
        )

    def centre(self) -> NoisePoints:
        """One point: the means, on the scales on which the posterior is nearly normal."""
        return NoisePoints(
            rho=np.atleast_1d(np.tanh(self.weights @ np.arctanh(self.rho))),
            share=np.atleast_1d(special.expit(self.weights @ special.logit(self.share))),
            variance=np.atleast_1d(np.exp(self.weights @ np.log(self.variance))),
            weights=np.ones(1),
        )

    def rho_quantiles(self, *shares: float) -> list[float]:
        """Quantiles of the autocorrelation, between the points by linear interpolation."""
        return weighted_quantiles(self.rho, self.weights, shares)

    def precision(self, ratios: Array) -> Array:
        """Weights (n,) of periods with sampling variances in these `ratios` to the median."""
        share = float(self.weights @ self.share)
        return np.asarray(1 / (share + (1 - share) * ratios), dtype=np.float64)
