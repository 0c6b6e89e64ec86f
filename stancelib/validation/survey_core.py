"""Errors of estimates from samples with known probabilities: functions over arrays.

An estimate's influence (n,) says how much each row moves it, its weight included; influences sum
to 0. The error is that of the sum of influences, by strata and clusters (linearization: Binder
1983, "On the variances of asymptotically normal estimators from complex surveys").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Design:
    """How n rows were drawn: C clusters in H strata.

    Attributes
    ----------
    weights : (n,)
        Inverse probabilities.
    cluster : (n,)
        Number of each row's cluster, from 0.
    stratum : (C,)
        Number of each cluster's stratum, from 0.
    left : (H,)
        Share of the stratum's clusters that was not drawn, which is what leaves an error; 1 where
        probabilities differ within the stratum or articles gave only some of their pairs, which
        errs on the side of caution.
    """

    weights: Array
    cluster: Integers
    stratum: Integers
    left: Array


def design_of(
    weights: Array, strata: Integers, clusters: Integers, cluster_probability: Array
) -> Design:
    """Number the clusters within their strata, and find what share of them was not drawn.

    Parameters
    ----------
    weights, strata, clusters, cluster_probability : (n,)
        The same cluster in two strata counts as two.
    """
    _, stratum_of_row = np.unique(strata, return_inverse=True)
    pairs, of_row = np.unique(
        np.column_stack([stratum_of_row, clusters]), axis=0, return_inverse=True
    )
    n_strata = int(stratum_of_row.max()) + 1
    lowest = np.full(n_strata, np.inf)
    highest = np.zeros(n_strata)
    np.minimum.at(lowest, stratum_of_row, cluster_probability)
    np.maximum.at(highest, stratum_of_row, np.maximum(cluster_probability, 1 / weights))
    np.minimum.at(lowest, stratum_of_row, 1 / weights)
    alike = np.isclose(lowest, highest, rtol=1e-9)
    return Design(
        weights=weights,
        cluster=np.asarray(of_row.reshape(-1), dtype=np.int64),
        stratum=np.asarray(pairs[:, 0], dtype=np.int64),
        left=np.where(alike, 1 - lowest, 1.0),
    )


@dataclass(frozen=True, slots=True)
class Spread:
    """Variances of k estimates and what is behind them.

    Attributes
    ----------
    variance, degrees_of_freedom : (k,)
        After Satterthwaite (1946), from the strata's parts of the variance; NaN where the variance
        is 0.
    n_lonely : int
        Strata with one cluster, which is compared with the mean of all clusters ("adjusted").
    """

    variance: Array
    degrees_of_freedom: Array
    n_lonely: int


def spread_of(influence: Array, design: Design) -> Spread:
    """Variances of estimates with these influences (n, k)."""
    n_clusters, n_strata = len(design.stratum), len(design.left)
    totals = np.zeros((n_clusters, influence.shape[1]))
    np.add.at(totals, design.cluster, influence)
    size = np.bincount(design.stratum, minlength=n_strata)
    means = np.zeros((n_strata, influence.shape[1]))
    np.add.at(means, design.stratum, totals)
    means /= size[:, None]
    lonely = size == 1
    means[lonely] = totals.mean(0)
    squares = np.zeros_like(means)
    np.add.at(squares, design.stratum, (totals - means[design.stratum]) ** 2)
    freedom = np.maximum(size - 1, 1)
    factor = np.where(lonely, 1.0, size / freedom) * design.left
    parts = squares * factor[:, None]
    variance = parts.sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        degrees = variance**2 / (parts**2 / freedom[:, None]).sum(0)
    return Spread(variance, degrees, int((lonely & (design.left > 0)).sum()))


def effective_number(influence: Array, weights: Array, rows: Booleans, variance: Array) -> Array:
    """Labels of a simple random sample (with replacement) that would err as much (k,).

    Parameters
    ----------
    influence, rows : (n, k)
        Of the estimates, and which rows each is about.
    weights : (n,)
        Inverse probabilities.
    variance : (k,)
        Of the estimates; where it is 0, the number is NaN.
    """
    used = weights[:, None] * rows
    n, total = rows.sum(0), used.sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        own = influence / weights[:, None] * total
        of_row = (used * own**2).sum(0) / total * n / np.maximum(n - 1, 1)
        return np.asarray(np.where(variance > 0, of_row / variance, np.nan), dtype=np.float64)


def share_interval(share: Array, error: Array, degrees: Array, level: float) -> tuple[Array, Array]:
    """Interval of shares inside (0, 1), symmetric on the scale of the logit."""
    middle = special.logit(share)
    half = quantile(degrees, level) * error / (share * (1 - share))
    return special.expit(middle - half), special.expit(middle + half)


def correlation_interval(
    correlation: Array, error: Array, degrees: Array, level: float
) -> tuple[Array, Array]:
    """Interval of correlations inside (-1, 1), symmetric on the scale of Fisher's z."""
    middle = np.arctanh(correlation)
    half = quantile(degrees, level) * error / (1 - correlation**2)
    return np.tanh(middle - half), np.tanh(middle + half)


def plain_interval(value: Array, error: Array, degrees: Array, level: float) -> tuple[Array, Array]:
    """Interval by Student's t."""
    half = quantile(degrees, level) * error
    return value - half, value + half


def unanimous_interval(share: Array, n: Array, level: float) -> tuple[Array, Array]:
    """Clopper and Pearson's interval of shares that are 0 or 1 among `n` (k,) of effect.

    Korn and Graubard (1998), "Confidence intervals for proportions with small expected number of
    positive counts estimated from survey data", Survey Methodology 24.
    """
    far = ((1 - level) / 2) ** (1 / n)
    return np.where(share == 1, far, 0.0), np.where(share == 1, 1.0, 1 - far)


def quantile(degrees: Array, level: float) -> Array:
    """Of Student's t, two-sided."""
    return np.asarray(stats.t.ppf((1 + level) / 2, degrees), dtype=np.float64)
