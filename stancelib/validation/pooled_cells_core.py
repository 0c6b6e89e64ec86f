"""Rectifiers of cells drawn toward their group's mean: functions over arrays.

The normal hierarchical model of Fay and Herriot (1979): the rectifier that a cell's labels show is
its true one plus the chance of the labels, and the true ones of a group scatter around its mean.
The scatter is found by the moments of Paule and Mandel (1982).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

_DOUBLINGS, _BISECTIONS = 60, 60
# Variance below which a rectifier is exact.
_EXACT = 1e-12


@dataclass(frozen=True, slots=True)
class PooledCells:
    """Rectifiers of K cells, those without labels included.

    Attributes
    ----------
    mean, variance : (K,)
        Best linear prediction of the true rectifier, and its mean squared error.
    own_share : (K,)
        How much of it the cell's own labels say; 0 without labels, 1 where all pairs have one.
    scatter : float
        Variance of the true rectifiers around the mean of their group.
    """

    mean: Array
    variance: Array
    own_share: Array
    scatter: float


def pool_cells(observed: Array, variance: Array, group: Integers, n_groups: int) -> PooledCells:
    """Draw what cells (K,) show toward the means of their groups.

    Parameters
    ----------
    observed, variance : (K,)
        NaN in cells without labels; each group needs one cell that has some.
    group : (K,)
        Number of the group, 0 to `n_groups` - 1.
    n_groups : int
    """
    known = np.isfinite(observed)
    scatter = between_cells(observed[known], variance[known], group[known], n_groups)
    total = variance + scatter
    # Cells that are labelled in full, without any scatter, are exact.
    precision = 1 / np.where(known, np.maximum(total, _EXACT), np.inf)
    of_group = np.bincount(group, precision, n_groups)
    centre = np.bincount(group, precision * np.nan_to_num(observed), n_groups) / of_group
    own = np.where(known, scatter * precision, 0.0)
    own = np.where(known & (variance == 0), 1.0, own)
    rest = 1 - own
    return PooledCells(
        mean=own * np.nan_to_num(observed) + rest * centre[group],
        variance=rest * scatter + rest**2 / of_group[group],
        own_share=own,
        scatter=scatter,
    )


def between_cells(observed: Array, variance: Array, group: Integers, n_groups: int) -> float:
    """Scatter of true rectifiers, at least 0, that makes the weighted squares as large as expected.

    With ``w = 1 / (variance + scatter)``, the squares ``w (observed - mean)^2`` are expected to add
    up to cells less groups.
    """
    freedom = len(observed) - n_groups
    if freedom <= 0:
        return 0.0

    def squares(scatter: float) -> float:
        weights = 1 / np.maximum(variance + scatter, _EXACT)
        total = np.bincount(group, weights, n_groups)
        centre = np.bincount(group, weights * observed, n_groups) / np.where(total > 0, total, 1.0)
        return float((weights * (observed - centre[group]) ** 2).sum())

    if squares(0.0) <= freedom:
        return 0.0
    low, high = 0.0, 1e-6
    for _ in range(_DOUBLINGS):
        if squares(high) <= freedom:
            break
        high *= 2
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if squares(middle) > freedom else (low, middle)
    return high
