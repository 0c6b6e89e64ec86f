"""Agreement of coders: functions over a matrix of counts (n items, q labels).

`counts[i, k]` is how many coders gave item `i` the label `k`; items may have different numbers of
coders, and items with one coder say nothing about agreement.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_PAIR = 2


def percent_agreement(counts: Array, weights: Array) -> float:
    """Mean over items of the (weighted) share of pairs of coders that agree; NaN without pairs."""
    coders = counts.sum(1)
    paired = counts[coders >= _PAIR]
    if not len(paired):
        return np.nan
    coders = paired.sum(1)
    agreeing = (paired * (paired @ weights - 1)).sum(1)
    return float((agreeing / (coders * (coders - 1))).mean())


def gwet(counts: Array, weights: Array) -> float:
    """AC1 of Gwet (2008); AC2 with weights other than the identity. NaN without pairs.

    Chance agreement counts only items that are hard to code, of which the labels' spread is a
    measure, so that a rare label does not turn good agreement into a low coefficient.
    """
    observed = percent_agreement(counts, weights)
    coded = counts[counts.sum(1) > 0]
    q = counts.shape[1]
    if np.isnan(observed) or q < _PAIR:
        return np.nan
    share = (coded / coded.sum(1, keepdims=True)).mean(0)
    chance = float(weights.sum() / (q * (q - 1)) * (share * (1 - share)).sum())
    return (observed - chance) / (1 - chance)


def krippendorff(counts: Array, distance: Callable[[Array], Array]) -> float:
    """Alpha of Krippendorff (2011); NaN without pairs, or where all labels are the same.

    `distance` gives squared distances (q, q) from the total number (q,) of each label.
    """
    paired = counts[counts.sum(1) >= _PAIR]
    if not len(paired):
        return np.nan
    coders = paired.sum(1)
    within = (paired / (coders - 1)[:, None]).T @ paired
    within -= np.diag((paired / (coders - 1)[:, None]).sum(0))
    total = paired.sum(0)
    n = total.sum()
    squared = distance(total)
    expected = float((np.outer(total, total) * squared).sum() / (n - 1))
    if expected == 0:
        return np.nan
    return 1 - float((within * squared).sum()) / expected


def nominal_distance(total: Array) -> Array:
    """1 between any two labels."""
    return 1 - np.eye(len(total))


def ordinal_distance(total: Array) -> Array:
    """The number of codings between two labels, half of the ends counted, squared."""
    below = np.cumsum(total) - total / 2
    return np.asarray((below[:, None] - below) ** 2, dtype=np.float64)


def interval_distance(values: Array) -> Callable[[Array], Array]:
    """The squared difference of the values (q,) that labels stand for."""
    squared = (values[:, None] - values) ** 2
    return lambda _total: squared


def linear_weights(q: int) -> Array:
    """1 for the same label, less by the steps between two labels, 0 for the ends."""
    place = np.arange(q)
    return np.asarray(1 - np.abs(place[:, None] - place) / max(q - 1, 1), dtype=np.float64)


def quadratic_weights(q: int) -> Array:
    """1 for the same label, less by the square of the steps, 0 for the ends."""
    place = np.arange(q)
    return np.asarray(1 - ((place[:, None] - place) / max(q - 1, 1)) ** 2, dtype=np.float64)


def bootstrap_interval(
    counts: Array,
    groups: NDArray[np.int64],
    coefficient: Callable[[Array], float],
    *,
    level: float,
    n_resamples: int,
    generator: np.random.Generator,
) -> tuple[float, float]:
    """Percentile interval over resamples of whole groups (n,) of items, numbered from 0.

    Resamples for which the coefficient is not defined are left out; NaN with fewer than two groups,
    or where more than half are left out.
    """
    n_groups = int(groups.max()) + 1 if len(groups) else 0
    if n_groups < _PAIR:
        return np.nan, np.nan
    members = [np.flatnonzero(groups == group) for group in range(n_groups)]
    found = np.empty(n_resamples)
    for resample in range(n_resamples):
        chosen = generator.integers(0, n_groups, n_groups)
        found[resample] = coefficient(counts[np.concatenate([members[one] for one in chosen])])
    known = found[~np.isnan(found)]
    if len(known) * 2 < n_resamples:
        return np.nan, np.nan
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
