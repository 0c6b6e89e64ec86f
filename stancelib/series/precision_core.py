"""How precisely each period's stance was measured, from its articles alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SamplingVariance:
    """Variance of each period's mean around what its outlet would say in endless articles.

    Attributes
    ----------
    variances : (..., n)
        Squared stance units; all 1 where nothing can be said about their size.
    degrees_of_freedom : float
        Articles behind them, less one a period; 0 where nothing can be said.
    """

    variances: Array
    degrees_of_freedom: float


def sampling_variances(se: Array, n_effective: Array) -> SamplingVariance:
    """Variances of cell means, each period's own article variance drawn toward the pooled one.

    The variance between articles of period `t` is estimated with ``n_t - 1`` degrees of freedom
    by ``s2_t = n_t se_t^2``. By the linear empirical Bayes rule (Buhlmann and Straub 1970) it
    becomes ``pooled + share_t (s2_t - pooled)``: `share_t` is 0 when the `s2_t` differ no more
    than chance makes them, and grows with `n_t` when they do. So a period with one article
    (whose `se` is null) gets the pooled variance, and two articles that happen to agree do not
    own the fit.

    Parameters
    ----------
    se : (..., n)
        NaN where a period has one article.
    n_effective : (..., n)
        Independent articles, at least 1; the same periods must have a NaN in every series.
    """
    known = np.isfinite(se) & (n_effective > 1)
    freedom = np.where(known, n_effective - 1, 0.0)
    total = freedom.sum(-1, keepdims=True)
    between = np.where(known, np.nan_to_num(se) ** 2 * n_effective, 0.0)
    if np.any(total <= 0) or np.any((freedom * between).sum(-1) <= 0):
        return SamplingVariance(np.ones_like(n_effective) / n_effective, 0.0)
    pooled = (freedom * between).sum(-1, keepdims=True) / total
    relative = between / pooled - 1
    spread = (freedom * relative**2).sum(-1, keepdims=True) / total
    by_chance = 2 * known.sum(-1, keepdims=True) / total
    excess = np.maximum(spread - by_chance, 0.0)
    share = excess * freedom / (excess * freedom + 2)
    variances = pooled * (1 + share * relative) / n_effective
    return SamplingVariance(variances, float(total.min()))
