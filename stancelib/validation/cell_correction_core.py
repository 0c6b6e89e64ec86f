"""Cell means corrected by labels of some of their pairs: functions over arrays.

The design-based estimator of Egami, Hinck, Stewart and Wei (2023) in each cell, with the power
tuning of Angelopoulos, Duchi and Zrnic (2023): the mean of tuned predictions over all pairs, plus
the mean of label minus tuned prediction over the labelled ones, each with its weight (Hajek).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.series.precision_core import sampling_variances

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

# Squares that are less than this share of those around 0 are rounding errors of equal values.
ROUNDING = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class LabelledPairs:
    """Labelled pairs, each array (n,).

    Attributes
    ----------
    cell : (n,)
        Number of the cell, 0 to K - 1.
    article : (n,)
        Number of the article, 0 to D - 1; one article lies in one cell.
    label, predicted : (n,)
        Stance by the coders (-1, 0, 1) and by the scorer.
    weight : (n,)
        A pair's share of its cell's mean over its probability of being drawn, up to a factor.
    probability : (n,)
        Of being drawn, in (0, 1].
    """

    cell: Integers
    article: Integers
    label: Array
    predicted: Array
    weight: Array
    probability: Array


@dataclass(frozen=True, slots=True)
class LabelledArticles:
    """Labelled articles, each array (D,); shares sum to 1 in each of K cells.

    Attributes
    ----------
    cell : (D,)
    label, predicted : (D,)
        Weighted means over the article's labelled pairs.
    share : (D,)
        Of the cell's labelled weight.
    unseen : (D,)
        1 less the probability: what of the error of sampling is left; 0 where all is labelled.
    n_cells : int
        K.
    """

    cell: Integers
    label: Array
    predicted: Array
    share: Array
    unseen: Array
    n_cells: int

    def sums(self, values: Array) -> Array:
        """Sums (K,) over the articles of each cell."""
        return np.asarray(np.bincount(self.cell, values, self.n_cells), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class CellMeans:
    """Weighted means of an article's value in K cells.

    Attributes
    ----------
    mean : (K,)
        NaN in cells without labels.
    variance : (K,)
        Of the mean, with articles as clusters, as if few of all articles were labelled; NaN with
        fewer than two labelled articles.
    n_effective : (K,)
        One over the sum of squared shares: labelled articles, were they equally heavy.
    """

    mean: Array
    variance: Array
    n_effective: Array


def articles_of(pairs: LabelledPairs, n_cells: int) -> LabelledArticles:
    """Pairs to articles: the unit that is independent."""
    n_articles = int(pairs.article.max()) + 1
    cell = np.zeros(n_articles, dtype=np.int64)
    cell[pairs.article] = pairs.cell
    weight = np.bincount(pairs.article, pairs.weight, n_articles)

    def mean(values: Array) -> Array:
        return np.bincount(pairs.article, pairs.weight * values, n_articles) / weight

    total = np.bincount(cell, weight, n_cells)
    return LabelledArticles(
        cell=cell,
        label=mean(pairs.label),
        predicted=mean(pairs.predicted),
        share=weight / total[cell],
        unseen=1 - mean(pairs.probability),
        n_cells=n_cells,
    )


def cell_means(articles: LabelledArticles, values: Array) -> CellMeans:
    """Means (K,) of values (D,), with the variance of a weighted mean of independent articles.

    With shares `w` and their power sums ``S2, S3``, the sum of squares of ``w (value - mean)`` has
    the expected value ``sigma2 (S2 - 2 S3 + S2^2)`` and the mean's variance is ``sigma2 S2``; their
    ratio takes the bias away, as in the aggregation of a series.
    """
    share = articles.share
    n_articles = articles.sums(np.ones(len(share)))
    mean = np.where(n_articles > 0, articles.sums(share * values), np.nan)
    squares = articles.sums((share * (values - mean[articles.cell])) ** 2)
    squares = np.where(squares > ROUNDING * articles.sums((share * values) ** 2), squares, 0.0)
    second, third = articles.sums(share**2), articles.sums(share**3)
    expected = second - 2 * third + second**2
    several = n_articles > 1
    correction = second / np.where(several, expected, 1.0)
    return CellMeans(
        mean=mean,
        variance=np.where(several, correction * squares, np.nan),
        n_effective=np.where(n_articles > 0, 1 / np.where(second > 0, second, 1.0), 0.0),
    )


def degrees_of_freedom(means: CellMeans) -> float:
    """Labelled articles, less one a cell: what is known of their scatter."""
    return float(np.maximum(means.n_effective - 1, 0.0).sum())


def unseen_share(articles: LabelledArticles) -> Array:
    """Share (K,) of the labelled mean's variance that is left: 0 where all is labelled."""
    squares = articles.share**2
    total = articles.sums(squares)
    return np.where(total > 0, articles.sums(squares * articles.unseen), 0.0) / np.where(
        total > 0, total, 1.0
    )


@dataclass(frozen=True, slots=True)
class RawCells:
    """What the scorer says of K cells, from all their articles.

    Attributes
    ----------
    stance, variance, n_effective : (K,)
        Mean, its sampling variance (NaN with one article) and independent articles.
    """

    stance: Array
    variance: Array
    n_effective: Array


@dataclass(frozen=True, slots=True)
class CorrectedCells:
    """Cells that have labels.

    Attributes
    ----------
    stance : (K,)
        NaN in cells without labels.
    variance : (K,)
        Of articles and labels together, the scatter of labels pooled over cells.
    """

    stance: Array
    variance: Array


def correct_cells(articles: LabelledArticles, raw: RawCells, tuning: float) -> CorrectedCells:
    """Cells (K,) corrected by their labels; `tuning` 0 gives those of the labels alone.

    A cell's error has two parts that are independent, because labels are drawn at random: how its
    articles scatter around what the outlet would say in endless ones, and which of its pairs were
    labelled. The latter is 0 where all are. Labels tell the scatter of single sentences; that of
    whole articles is less, by as much as the predictions say.

    Parameters
    ----------
    articles : LabelledArticles
        D of them.
    raw : RawCells
        K of them.
    tuning : float
        Share of the prediction that is used.
    """
    rectifier = rectifier_of(articles, raw, tuning)
    return CorrectedCells(
        stance=rectifier.mean + (tuning * raw.stance if tuning else 0.0),
        variance=rectifier.of_articles + rectifier.of_labels,
    )


@dataclass(frozen=True, slots=True)
class Rectifier:
    """Label less tuned prediction in K cells; NaN without labels.

    Attributes
    ----------
    mean : (K,)
    of_articles : (K,)
        Variance of the true cell mean, as its articles scatter; in all cells with articles.
    of_labels : (K,)
        Variance of `mean`, as labels were drawn.
    """

    mean: Array
    of_articles: Array
    of_labels: Array


def rectifier_of(articles: LabelledArticles, raw: RawCells, tuning: float) -> Rectifier:
    """What labels add to tuned predictions; see `correct_cells`."""
    labels = cell_means(articles, articles.label)
    rectifier = cell_means(articles, articles.label - tuning * articles.predicted)
    known = labels.n_effective > 0
    of_one = np.where(known, _pooled(labels, known) * labels.n_effective, _common(labels))
    seen = np.isfinite(raw.stance) & (raw.n_effective > 0)
    smaller = _whole_articles(articles, raw)
    return Rectifier(
        mean=rectifier.mean,
        of_articles=smaller * of_one / np.where(seen, raw.n_effective, np.nan),
        of_labels=_pooled(rectifier, known) * unseen_share(articles),
    )


def residual_variance(articles: LabelledArticles, tuning: float) -> float:
    """Variance of an article's label less its tuned prediction, pooled over cells."""
    return _common(cell_means(articles, articles.label - tuning * articles.predicted))


def _whole_articles(articles: LabelledArticles, raw: RawCells) -> float:
    """Variance of the predictions' article means over that of their labelled sentences, up to 1."""
    of_sentences = _common(cell_means(articles, articles.predicted))
    of_articles = _common(CellMeans(raw.stance, raw.variance, raw.n_effective))
    if not (of_sentences > 0 and np.isfinite(of_articles)):
        return 1.0
    return min(of_articles / of_sentences, 1.0)


def _common(means: CellMeans) -> float:
    """Variance of one article, pooled over cells by their degrees of freedom; NaN for none."""
    freedom = np.where(np.isnan(means.variance), 0.0, np.maximum(means.n_effective - 1, 0.0))
    total = float(freedom.sum())
    if total == 0:
        return float("nan")
    return float((freedom * np.nan_to_num(means.variance) * means.n_effective).sum()) / total


def _pooled(means: CellMeans, known: NDArray[np.bool_]) -> Array:
    """Variances (K,) drawn toward those of all cells; NaN in cells without labels."""
    variances = np.full(len(known), np.nan)
    if _common(means) == 0:
        variances[known] = 0.0
        return variances
    variances[known] = sampling_variances(
        np.sqrt(means.variance[known]), means.n_effective[known]
    ).variances
    return variances
