"""What is left in the residuals, and which periods carry the fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]

# Below this p-value a check is put into words.
DOUBTFUL = 0.05
_MOST_LAGS = 10


@dataclass(frozen=True, slots=True)
class Influence:
    """What single periods do to the fit.

    Attributes
    ----------
    leverage : (n,)
        Diagonal of the hat matrix of the whitened design; the sum is the number of terms.
    change : (n, k)
        Estimate less the estimate without the period.
    """

    leverage: Array
    change: Array


def autocorrelation(residuals: Array, times: Array, lag: int) -> tuple[float, int]:
    """Correlation of residuals (n,) `lag` periods apart, and the number of such pairs.

    Pairs across a gap are compared at their true distance; without gaps this is the ordinary
    sample autocorrelation. NaN where there is no pair or no variation.
    """
    deviations = residuals - residuals.mean()
    row_of = {int(time): row for row, time in enumerate(times)}
    pairs = [(row, row_of[int(t) + lag]) for row, t in enumerate(times) if int(t) + lag in row_of]
    total = float(deviations @ deviations)
    if not pairs or total <= np.finfo(np.float64).tiny:
        return float("nan"), 0
    first, second = np.array(pairs).T
    # Gaps change the number of pairs: the sum is brought to that of a series without them.
    size = (len(times) - lag) / len(pairs)
    return float(deviations[first] @ deviations[second]) * size / total, len(pairs)


def ljung_box(residuals: Array, times: Array, lags: int, n_fitted: int = 0) -> float:
    """p-value of the test of Ljung and Box (1978) that the first autocorrelations are all 0.

    Parameters
    ----------
    residuals, times : (n,)
        Times count periods.
    lags : int
        How many autocorrelations.
    n_fitted : int
        Autocorrelation parameters that were fitted.
    """
    n_periods = len(residuals)
    statistic = 0.0
    for lag in range(1, lags + 1):
        correlation, pairs = autocorrelation(residuals, times, lag)
        if pairs:
            statistic += correlation**2 / (n_periods - lag)
    return float(stats.chi2.sf(n_periods * (n_periods + 2) * statistic, max(lags - n_fitted, 1)))


def breusch_pagan(residuals: Array, design: Array) -> float:
    """p-value of Koenker's (1981) studentized test that the squared residuals follow the design.

    Parameters
    ----------
    residuals : (n,)
        NaN is returned where they do not vary.
    design : (n, k)
        With a constant.
    """
    squares = residuals**2
    total = float(((squares - squares.mean()) ** 2).sum())
    if total <= np.finfo(np.float64).tiny:
        return float("nan")
    q, _ = np.linalg.qr(design)
    left = squares - q @ (q.T @ squares)
    statistic = len(residuals) * (1 - float(left @ left) / total)
    return float(stats.chi2.sf(statistic, design.shape[1] - 1))


def influence(outcome: Array, design: Array) -> Influence:
    """Leverage and leave-one-out changes of a whitened regression, (n,) on (n, k)."""
    q, r = np.linalg.qr(design)
    leverage = (q**2).sum(-1)
    residuals = outcome - q @ (q.T @ outcome)
    directions = np.linalg.solve(r, q.T).T
    # A period that alone carries a term has leverage 1: the fit without it does not exist.
    room = np.where(leverage > 1 - 1e-9, np.nan, 1 - leverage)
    return Influence(leverage, directions * (residuals / room)[:, None])


def ljung_box_lags(n_periods: int) -> int:
    """Autocorrelations that a test of so many residuals looks at."""
    return max(1, min(_MOST_LAGS, n_periods // 5))


def weighted_quantiles(values: Array, weights: Array, shares: Sequence[float]) -> list[float]:
    """Quantiles of weighted values (G,), between them by linear interpolation."""
    order = np.argsort(values, kind="stable")
    middle = np.cumsum(weights[order]) - weights[order] / 2
    return [float(x) for x in np.interp(shares, middle, values[order])]
