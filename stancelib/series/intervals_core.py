"""Intervals of a cell: Student's t, Wilson's for shares, and the bootstrap over stories."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


def student_interval(
    estimate: Array, se: Array, freedom: Array, level: float
) -> tuple[Array, Array]:
    """Two-sided intervals (n,) of estimates with their own degrees of freedom, NaN where unknown.

    Examples
    --------
    >>> low, high = student_interval(np.array([0.2]), np.array([0.1]), np.array([9.0]), 0.95)
    >>> f"{low[0]:.4f} {high[0]:.4f}"
    '-0.0262 0.4262'
    """
    reach = stdtrit(np.where(freedom > 0, freedom, np.nan), (1 + level) / 2) * se
    return estimate - reach, estimate + reach


def wilson_interval(share: Array, n: Array, level: float) -> tuple[Array, Array]:
    """Score intervals (n,) of Wilson (1927) for shares of `n` independent articles.

    Examples
    --------
    >>> low, high = wilson_interval(np.array([0.0]), np.array([10.0]), 0.95)
    >>> f"{low[0]:.4f} {high[0]:.4f}"
    '0.0000 0.2775'
    """
    z2 = ndtri((1 + level) / 2) ** 2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    return np.maximum(centre - reach, 0.0), np.minimum(centre + reach, 1.0)


def bootstrap_interval(
    sums: Array,
    weights: Array,
    places: tuple[Indices, Indices],
    portions: Array,
    *,
    level: float,
    n_resamples: int,
    generator: np.random.Generator,
) -> tuple[float, float]:
    """Percentile interval of a cell whose stories are drawn anew (Field and Welsh 2007).

    Parameters
    ----------
    sums, weights : (m,)
        Weighted stance and weight of what one outlet printed of one story.
    places : two (m,)
        The story (0 to G - 1) and the outlet (0 to K - 1) of each.
    portions : (K,)
        What each outlet counts; outlets that a resample does not hold are left out of it.
    level, n_resamples, generator
        Confidence level, number of resamples, source of randomness.

    Returns
    -------
    tuple of float
        NaN with fewer than two stories.
    """
    story, outlet = places
    n_stories = int(story.max()) + 1
    if n_stories < 2:  # noqa: PLR2004 - one story has no scatter
        return np.nan, np.nan
    equal = np.full(n_stories, 1 / n_stories)
    drawn = generator.multinomial(n_stories, equal, size=n_resamples)[:, story]
    belongs = outlet[:, None] == np.arange(len(portions))
    weight = drawn @ (belongs * weights[:, None])
    total = drawn @ (belongs * sums[:, None])
    present = weight > 0
    means = np.divide(total, weight, out=np.zeros_like(total), where=present)
    counted = present * portions
    # A resample that holds no outlet that counts says nothing.
    kept = counted.sum(1) > 0
    resampled = (means * counted).sum(1)[kept] / counted.sum(1)[kept]
    low, high = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
