"""Indices of fixed composition, and a change of a mean taken apart: functions over arrays.

K sources, T periods; NaN is a cell without articles. Griliches and Regev (1995) for the
decomposition; the time-product-dummy method (Summers 1973) and chained indices for the index.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Index:
    """An index over T periods.

    Attributes
    ----------
    value, variance : (T,)
        NaN in periods without articles; the variance is that of the articles alone.
    """

    value: Array
    variance: Array


def components(seen: Mask) -> NDArray[np.int64]:
    """Number the periods (T,) of `seen` (K, T) by what connects them through common sources."""
    n_periods = seen.shape[1]
    label = np.arange(n_periods)
    for row in seen:
        own = np.flatnonzero(row)
        if len(own):
            label[np.isin(label, label[own])] = label[own].min()
    return label


def source_effects_index(stance: Array, weights: Array, variances: Array) -> Index:
    """Period effects of a weighted two-way model, at the average source.

    The average weighs each source by its share in all weights, so that the index has the level of
    the mean over all articles.
    """
    rows, columns = np.nonzero(np.isfinite(stance))
    periods = np.unique(columns)
    sources = np.unique(rows)
    own = weights[rows, columns]
    root = np.sqrt(own)
    design = np.hstack(
        [
            (columns[:, None] == periods).astype(np.float64),
            (rows[:, None] == sources[1:]).astype(np.float64),
        ]
    )
    solver = np.linalg.pinv(design * root[:, None]) * root
    shares = np.array([own[rows == source].sum() for source in sources[1:]]) / own.sum()
    effects = solver[: len(periods)] + shares @ solver[len(periods) :]
    value = np.full(stance.shape[1], np.nan)
    variance = np.full(stance.shape[1], np.nan)
    value[periods] = effects @ stance[rows, columns]
    variance[periods] = effects**2 @ variances[rows, columns]
    return Index(value, variance)


def chained_index(stance: Array, weights: Array, variances: Array) -> Index:
    """Changes of the sources that two neighbouring periods share, added up.

    A source counts in a link by the mean of its shares in both periods. Links of neighbouring
    periods share a period, so that errors are carried through the whole chain.
    """
    seen = np.isfinite(stance)
    periods = np.flatnonzero(seen.any(0))
    value = np.full(stance.shape[1], np.nan)
    variance = np.full(stance.shape[1], np.nan)
    # What each cell adds to the index of the present period.
    added = np.zeros(stance.shape)
    first = periods[0]
    added[:, first] = np.where(seen[:, first], weights[:, first], 0.0)
    added[:, first] /= added[:, first].sum()
    for place, period in enumerate(periods):
        if place:
            before = periods[place - 1]
            common = seen[:, before] & seen[:, period]
            shares = np.zeros(len(stance))
            for end in (before, period):
                own = np.where(common, weights[:, end], 0.0)
                shares += own / own.sum() / 2
            added[:, period] += shares
            added[:, before] -= shares
        value[period] = (added * np.where(seen, stance, 0.0)).sum()
        variance[period] = (added**2 * np.where(seen, variances, 0.0)).sum()
    return Index(value, variance)


@dataclass(frozen=True, slots=True)
class Parts:
    """What each source (K,) adds to the change of the mean, and the variances of the sums.

    Attributes
    ----------
    within : (K,)
        Change of its own mean at its average share; 0 for sources that enter or leave.
    between : (K,)
        Change of its share at its average distance from the average mean.
    entry, exit : (K,)
        Share times distance of sources that are only there after, or only before.
    variances : dict of str to float
        Of the sums over the sources, and of the total, with shares held fixed.
    """

    within: Array
    between: Array
    entry: Array
    exit: Array
    variances: dict[str, float]


def griliches_regev(means: Array, shares: Array, variances: Array) -> Parts:
    """Take the change of a mean apart; the four parts sum to it exactly.

    Parameters
    ----------
    means, shares, variances : (2, K)
        Mean, share and variance of the mean of each source before and after; shares sum to 1 in
        each row, and a mean is NaN where the share is 0.
    """
    there = shares > 0
    value = np.where(there, means, 0.0)
    own = np.where(there, variances, 0.0)
    stays, enters, leaves = there.all(0), ~there[0] & there[1], there[0] & ~there[1]
    average = (shares * value).sum() / 2
    share, mean = shares.mean(0), value.mean(0)
    parts = {
        "within": np.where(stays, share * (value[1] - value[0]), 0.0),
        "between": np.where(stays, (shares[1] - shares[0]) * (mean - average), 0.0),
        "entry": np.where(enters, shares[1] * (value[1] - average), 0.0),
        "exit": np.where(leaves, -shares[0] * (value[0] - average), 0.0),
    }
    # Derivatives of each sum by the means (2, K); the average depends on all of them.
    change = shares[1] - shares[0]
    slopes = {
        "within": np.stack([-share, share]) * stays,
        "between": np.stack([change, change]) / 2 * stays - shares / 2 * (change * stays).sum(),
        "entry": np.stack([0 * share, shares[1]]) * enters
        - shares / 2 * (shares[1] * enters).sum(),
        "exit": np.stack([-shares[0], 0 * share]) * leaves
        + shares / 2 * (shares[0] * leaves).sum(),
        "total": np.stack([-shares[0], shares[1]]),
    }
    slopes["composition"] = slopes["between"] + slopes["entry"] + slopes["exit"]
    found = {name: float((slope**2 * own).sum()) for name, slope in slopes.items()}
    return Parts(parts["within"], parts["between"], parts["entry"], parts["exit"], found)
