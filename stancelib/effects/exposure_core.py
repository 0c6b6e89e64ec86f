"""How much of an effect each period feels: the mean of the effect's course over the period.

The course is a function of the time since the effect began, at most 1; its mean over a period is
a difference of its integral, so that periods of any length, and a beginning inside one, are exact.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Integral = Callable[[Array], Array]


def mean_exposure(bounds: Array, start: float, integral: Integral) -> Array:
    """Mean course over each of N periods, (N,).

    Parameters
    ----------
    bounds : (N + 1,)
        First moments of the periods and the end of the last, in days from any origin.
    start : float
        When the effect begins, on the same clock.
    integral : callable
        Integral of the course from 0 to a time since the start; called with times of at least 0.
    """
    total = integral(np.maximum(bounds - start, 0.0))
    return np.asarray(np.diff(total) / np.diff(bounds), dtype=np.float64)


def lasting() -> Integral:
    """The effect stays at its full size."""
    return lambda time: time


def lasting_until(duration: float) -> Integral:
    """The effect stays at its full size for `duration` days, and is gone after them."""
    return lambda time: np.minimum(time, duration)


def halving_every(half_life: float) -> Integral:
    """The effect begins at its full size and halves every `half_life` days."""
    scale = half_life / np.log(2)
    return lambda time: np.asarray(-scale * np.expm1(-time / scale), dtype=np.float64)


def rising_over(duration: float) -> Integral:
    """The effect grows in a straight line to its full size over `duration` days, and stays."""

    def integral(time: Array) -> Array:
        within = np.minimum(time, duration)
        return np.asarray(within**2 / (2 * duration) + (time - within), dtype=np.float64)

    return integral
