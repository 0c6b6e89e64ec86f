"""Lag weights up to a factor, and the matrix that a kernel is: pure functions over arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def moving_average(periods: int) -> Array:
    """All alike."""
    return np.ones(periods)


def exponential(periods: int, decay: float) -> Array:
    """Geometric, convex in the lag."""
    return np.asarray((1 - decay) ** np.arange(periods), dtype=np.float64)


def inverse_exponential(periods: int, decay: float) -> Array:
    """One less a geometric from the far end, concave in the lag."""
    return np.asarray(1 - (1 - decay) ** np.arange(periods, 0, -1.0), dtype=np.float64)


def almon(periods: int, order: int, degree: int) -> Array:
    """Almon (1965), as one term of its polynomial."""
    x = 1 - np.arange(periods) / periods
    return np.asarray((1 - (1 - x) ** order) * x ** (degree - order), dtype=np.float64)


def beta(periods: int, a: float, b: float) -> Array:
    """Ghysels, Sinko and Valkanov (2007), at midpoints, where the density is finite."""
    x = (np.arange(periods) + 0.5) / periods
    logarithm = (a - 1) * np.log(x) + (b - 1) * np.log1p(-x)
    return np.asarray(np.exp(logarithm - logarithm.max()), dtype=np.float64)


def lag_matrix(weights: Array, seen: Mask, least_share: float) -> Array:
    """Rows (n, n) of weights over periods; weights of periods without a stance are shared out.

    A row is NaN where less than `least_share` of the kernel's weight has a stance.
    """
    n = len(seen)
    lag = np.arange(n)[:, None] - np.arange(n)
    inside = (lag >= 0) & (lag < len(weights))
    full = np.where(inside, weights[np.where(inside, lag, 0)], 0.0)
    present = full * seen
    total = present.sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = present / total[:, None]
    # A kernel that reaches before the first period lacks that weight, too.
    return np.where((total >= least_share - 1e-12)[:, None] & (total > 0)[:, None], scaled, np.nan)


def local_matrix(periods: int, degree: int, seen: Mask) -> Array:
    """Rows (n, n) of the linear smoother of Cleveland (1979); NaN with too few neighbours."""
    places = np.flatnonzero(seen)
    n = len(seen)
    rows = np.full((n, n), np.nan)
    if len(places) < degree + 2:
        return rows
    for at in range(n):
        distance = np.abs(places - at)
        nearest = np.argsort(distance, kind="stable")[: min(periods, len(places))]
        own, reach = places[nearest], distance[nearest].max()
        # A little beyond the farthest, which would weigh nothing.
        weight = (1 - (distance[nearest] / (reach + 0.5)) ** 3) ** 3
        design = np.vander((own - at) / max(reach, 1), degree + 1, increasing=True)
        root = np.sqrt(weight)
        rows[at] = 0.0
        rows[at, own] = np.linalg.pinv(design * root[:, None])[0] * root
    return rows
