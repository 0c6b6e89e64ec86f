"""Numbers behind `simulate_series`: a segmented line with ARMA errors, seen through articles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

_BURN_IN = 500  # draws thrown away, so that the first error is already stationary


@dataclass(frozen=True, slots=True)
class Cells:
    """What a reader of the articles sees, period by period; every array has shape (n_periods,).

    Attributes
    ----------
    stance, se, share_against, share_neutral, share_favor : NDArray[np.float64]
        NaN where there is no article; `se` is also NaN where there is one article only.
    n_documents, n_sentences : NDArray[np.int64]
        Articles, and sentences in them.
    coverage : NDArray[np.float64]
        Share of the period's days with an article; 0 without articles.
    """

    stance: NDArray[np.float64]
    se: NDArray[np.float64]
    n_documents: NDArray[np.int64]
    n_sentences: NDArray[np.int64]
    share_against: NDArray[np.float64]
    share_neutral: NDArray[np.float64]
    share_favor: NDArray[np.float64]
    coverage: NDArray[np.float64]


def segmented_line(
    n_periods: int,
    event_period: int,
    *,
    baseline: float,
    trend: float,
    level: float,
    slope: float,
) -> NDArray[np.float64]:
    """Expected stance without errors, shape (n_periods,); `trend` and `slope` are per period.

    The segmented regression of Wagner et al. (2002): `level` is the jump at `event_period`,
    `slope` the change of the trend from there on, 0 in the event's own period.
    """
    period = np.arange(n_periods, dtype=np.float64)
    since = np.maximum(period - event_period, 0.0)
    after = period >= event_period
    return baseline + trend * period + level * after + slope * since


def arma_errors(
    rng: np.random.Generator, n_periods: int, rho: float, theta: float, sd: float
) -> NDArray[np.float64]:
    """ARMA(1, 1) errors of stationary standard deviation `sd`, shape (n_periods,)."""
    innovations = rng.standard_normal(n_periods + _BURN_IN)
    errors = np.asarray(lfilter([1.0, theta], [1.0, -rho], innovations))[_BURN_IN:]
    stationary_sd = np.sqrt((1 + 2 * rho * theta + theta**2) / (1 - rho**2))
    return np.asarray(sd * errors / stationary_sd, dtype=np.float64)


def article_counts(
    rng: np.random.Generator, n_periods: int, mean: float, missing: float
) -> NDArray[np.int64]:
    """Poisson counts of articles, shape (n_periods,), 0 in a share `missing` of the periods."""
    counts = rng.poisson(mean, n_periods)
    silent = rng.permutation(n_periods)[: round(missing * n_periods)]
    counts[silent] = 0
    return counts.astype(np.int64)


def article_stances(
    rng: np.random.Generator, expected: float, article_sd: float, n: int
) -> NDArray[np.float64]:
    """Stances of `n` articles in [-1, 1] around `expected`, shape (n,): a stretched beta law."""
    if article_sd == 0:
        return np.full(n, expected)
    mean = (1 + expected) / 2
    concentration = mean * (1 - mean) / (article_sd / 2) ** 2 - 1
    return 2 * rng.beta(mean * concentration, (1 - mean) * concentration, n) - 1


def largest_article_sd(expected: NDArray[np.float64]) -> float:
    """Largest spread that stances in [-1, 1] can have around every expected stance."""
    return float(np.sqrt(np.min(1 - expected**2)))


def observe(
    rng: np.random.Generator,
    expected: NDArray[np.float64],
    counts: NDArray[np.int64],
    days: NDArray[np.int64],
    *,
    article_sd: float,
    sentences_per_article: float,
) -> Cells:
    """Articles drawn around `expected`, and their cell means; every array (n_periods,)."""
    stance = np.full(len(expected), np.nan)
    se = np.full(len(expected), np.nan)
    coverage = np.zeros(len(expected))
    for period in np.flatnonzero(counts):
        n = counts[period]
        articles = article_stances(rng, float(expected[period]), article_sd, n)
        stance[period] = articles.mean()
        se[period] = articles.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan
        coverage[period] = len(set(rng.integers(days[period], size=n))) / days[period]
    extra = rng.poisson(counts * (sentences_per_article - 1))
    neutral = (1 - np.abs(stance)) / 2
    favor = (1 - neutral + stance) / 2
    return Cells(stance, se, counts, counts + extra, 1 - neutral - favor, neutral, favor, coverage)
