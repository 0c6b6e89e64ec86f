"""p-values and intervals from draws of a studentized statistic, by inversion of the test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Ties are counted as such in spite of rounding.
_ROUNDING = 1e-9
_DOUBLINGS, _BISECTIONS = 40, 60


@dataclass(frozen=True, slots=True)
class QuadraticDraws:
    """B draws of a statistic whose numerator and variance are polynomials in a shift.

    The shift is ``(estimate - null) / scale``; at a null the statistic of the data is
    ``(estimate - null) / se``.

    Attributes
    ----------
    estimate, se, scale : float
        Of the data.
    numerator : pair of (B,)
        Constant and linear coefficient.
    variance : triple of (B,)
        Constant, linear and quadratic coefficient.
    enumerated : bool
        Whether the draws are all that there are, the data's own among them.
    """

    estimate: float
    se: float
    scale: float
    numerator: tuple[Array, Array]
    variance: tuple[Array, Array, Array]
    enumerated: bool

    def statistics(self, null: float) -> Array:
        """Absolute statistics (B,) of the draws under a null; infinite without variance."""
        shift = (self.estimate - null) / self.scale
        numerator = np.abs(self.numerator[0] + shift * self.numerator[1])
        constant, linear, quadratic = self.variance
        variance = np.maximum(constant + shift * (linear + shift * quadratic), 0.0)
        # A draw whose residuals vanish is as extreme as can be.
        small = np.finfo(np.float64).tiny
        return np.asarray(numerator / np.sqrt(np.maximum(variance, small)))

    def p_value(self, null: float) -> float:
        """Share of draws at least as far from the null as the data."""
        observed = abs(self.estimate - null) / self.se
        extreme = int((self.statistics(null) >= observed * (1 - _ROUNDING)).sum())
        return share_at_least(extreme, len(self.numerator[0]), enumerated=self.enumerated)


def share_at_least(extreme: int, n_draws: int, *, enumerated: bool) -> float:
    """p-value of `extreme` draws in `n_draws`; drawn ones are joined by the data themselves."""
    return extreme / n_draws if enumerated else (extreme + 1) / (n_draws + 1)


def invert(
    p_value: Callable[[float], float], estimate: float, se: float, level: float
) -> tuple[float, float]:
    """Ends of the values around the estimate that a test at ``1 - level`` does not reject.

    Infinite where the test never rejects, as with too few clusters.
    """
    low = _end(p_value, estimate, -se, 1 - level)
    return low, _end(p_value, estimate, se, 1 - level)


def _end(p_value: Callable[[float], float], estimate: float, step: float, size: float) -> float:
    inside, outside = 0.0, 1.0
    for _ in range(_DOUBLINGS):
        if p_value(estimate + outside * step) < size:
            break
        inside, outside = outside, 2 * outside
    else:
        return float(np.copysign(np.inf, step))
    for _ in range(_BISECTIONS):
        middle = (inside + outside) / 2
        if p_value(estimate + middle * step) < size:
            outside = middle
        else:
            inside = middle
    return float(estimate + (inside + outside) / 2 * step)
