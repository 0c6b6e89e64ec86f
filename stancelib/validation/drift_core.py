"""Weighted means of the scorer's error before and after an event: functions over arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

# Squares that are less than this share of those around 0 are rounding errors of equal values.
_ROUNDING = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class WeightedMean:
    """A weighted mean with articles as clusters.

    Attributes
    ----------
    mean, variance : float
        NaN variance with fewer than two articles.
    degrees_of_freedom : float
        Satterthwaite's, of equally scattered articles with these weights.
    n_articles : int
    """

    mean: float
    variance: float
    degrees_of_freedom: float
    n_articles: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of independent means with its t-test (Welch 1947).

    Attributes
    ----------
    estimate, se, degrees_of_freedom, low, high, p_value : float
    detectable : float
        The difference that this test would find with a probability of 80 %.
    """

    estimate: float
    se: float
    degrees_of_freedom: float
    low: float
    high: float
    p_value: float
    detectable: float


def weighted_mean(values: Array, weights: Array, articles: Integers) -> WeightedMean:
    """Mean (Hajek) of values (n,), with the linearized variance of a ratio.

    With shares `w` of the articles, the sum of squares of ``w (value - mean)`` is divided by what
    makes it unbiased for independent articles: ``(S2 - 2 S3 + S2^2) / S2``.
    """
    _, position = np.unique(articles, return_inverse=True)
    share = np.bincount(position, weights) / weights.sum()
    of_article = np.bincount(position, weights * values) / np.bincount(position, weights)
    mean = float(share @ of_article)
    n_articles = len(share)
    if n_articles < 2:  # noqa: PLR2004  (one article has no scatter)
        return WeightedMean(mean, float("nan"), float("nan"), n_articles)
    second, third, fourth = (float((share**power).sum()) for power in (2, 3, 4))
    expected = second - 2 * third + second**2
    squares = float(((share * (of_article - mean)) ** 2).sum())
    if squares <= _ROUNDING * float(((share * of_article) ** 2).sum()):
        squares = 0.0
    freedom = max(second**2 / fourth - 1, 1.0)
    return WeightedMean(mean, second / expected * squares, freedom, n_articles)


def difference(before: WeightedMean, after: WeightedMean, level: float) -> Difference:
    """`after` less `before`; all NaN but the estimate where a side has one article."""
    return contrast([before, after], [-1, 1], level)


def contrast(means: Sequence[WeightedMean], signs: Sequence[int], level: float) -> Difference:
    """A sum of means with these signs, with Welch's t-test that it is 0."""
    variance = sum(one.variance for one in means)
    estimate = sum(sign * one.mean for sign, one in zip(signs, means, strict=True))
    if not variance > 0:
        nan = float("nan")
        return Difference(estimate, nan, nan, nan, nan, nan, nan)
    freedom = variance**2 / sum(one.variance**2 / one.degrees_of_freedom for one in means)
    se = float(np.sqrt(variance))
    half = float(stats.t.ppf((1 + level) / 2, freedom)) * se
    found = (stats.t.ppf((1 + level) / 2, freedom) + stats.t.ppf(0.8, freedom)) * se
    p_value = float(2 * stats.t.sf(abs(estimate) / se, freedom))
    return Difference(
        estimate, se, float(freedom), estimate - half, estimate + half, p_value, float(found)
    )


def equal_means(means: list[WeightedMean]) -> tuple[float, float, float]:
    """Statistic, p-value and degrees of freedom of Welch's (1951) test that means are equal."""
    variances = np.array([one.variance for one in means])
    values = np.array([one.mean for one in means])
    freedom = np.array([one.degrees_of_freedom for one in means])
    weights = 1 / variances
    shares = weights / weights.sum()
    n_groups = len(means)
    between = float((weights * (values - shares @ values) ** 2).sum()) / (n_groups - 1)
    spread = float(((1 - shares) ** 2 / freedom).sum())
    statistic = between / (1 + 2 * (n_groups - 2) / (n_groups**2 - 1) * spread)
    second = (n_groups**2 - 1) / (3 * spread)
    return statistic, float(stats.f.sf(statistic, n_groups - 1, second)), second
