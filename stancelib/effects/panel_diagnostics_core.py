"""What is left in the residuals of a panel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.diagnostics_core import breusch_pagan

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_FEWEST_COMMON = 5


def within_autocorrelation(residuals: Array, fitted: Mask) -> float:
    """Correlation of residuals (G, T) one period apart within sources, pooled; NaN without pairs.

    Each source's mean is taken out, which pulls the value down by about ``1 / T``.
    """
    counts = fitted.sum(1, keepdims=True)
    means = np.where(fitted, residuals, 0.0).sum(1, keepdims=True) / np.maximum(counts, 1)
    left = np.where(fitted, residuals - means, 0.0)
    pairs = fitted[:, 1:] & fitted[:, :-1]
    total = float((left**2).sum()) / max(int(fitted.sum()), 1)
    if not pairs.any() or total <= np.finfo(np.float64).tiny:
        return float("nan")
    return float((left[:, 1:] * left[:, :-1])[pairs].mean()) / total


def common_movement(residuals: Array, fitted: Mask) -> float:
    """Mean correlation of the residuals (g, T) of the pairs of a group over common periods.

    NaN where no pair has five periods in common, or residuals do not vary.
    """
    found = []
    for one in range(len(residuals)):
        for other in range(one):
            common = fitted[one] & fitted[other]
            if common.sum() >= _FEWEST_COMMON:
                pair = residuals[[one, other]][:, common]
                spread = pair.std(1)
                if spread.min() > np.finfo(np.float64).eps:
                    deviations = pair - pair.mean(1, keepdims=True)
                    found.append(float((deviations[0] * deviations[1]).mean() / spread.prod()))
    return float(np.mean(found)) if found else float("nan")


def changing_noise(white: Array, fitted: Mask, treated: Mask, after: Array) -> float:
    """p-value that the noise is the same in both groups and on both sides of the event.

    Parameters
    ----------
    white : (G, T)
        Residuals times the root of their weights.
    after : (T,)
        Share of each period after the event.
    """
    is_treated = np.broadcast_to(treated[:, None], fitted.shape)[fitted].astype(np.float64)
    is_after = np.broadcast_to(after, fitted.shape)[fitted]
    columns = [np.ones(len(is_after)), is_after]
    if treated.any() and not treated.all():
        columns += [is_treated, is_treated * is_after]
    return breusch_pagan(white[fitted], np.column_stack(columns))
