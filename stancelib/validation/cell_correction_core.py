"""Cell means corrected by labels of some of their pairs: functions over arrays.

The design-based estimator of Egami, Hinck, Stewart and Wei (2023) in each cell, with the power
tuning of Angelopoulos, Duchi and Zrnic (2023): the mean of tuned predictions over all pairs, plus
the mean of label minus tuned prediction over the labelled ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.series.precision_core import sampling_variances
from stancelib.validation.labelled_articles_core import CellMeans, LabelledArticles, cell_means

Array = NDArray[np.float64]


def degrees_of_freedom(means: CellMeans) -> float:
    """Labelled articles, less one a cell: what is known of their scatter."""
    return float(_freedom(means).sum())


def _freedom(means: CellMeans) -> Array:
    """Degrees of freedom (K,) of the variances; 0 where there is none."""
    return np.where(np.isnan(means.variance), 0.0, np.maximum(means.n_articles - 1, 0.0))


def unseen_share(articles: LabelledArticles) -> Array:
    """Share (K,) of the labelled mean's variance that is left: 0 where all is labelled."""
    squares = articles.pull**2
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
    known = labels.n_articles > 0
    unseen = unseen_share(articles)
    # Of few labels, a cell's own scatter and its mean err together: it would weigh the mean.
    of_label = _own_variances(labels, known)
    of_label = unseen * variance_of_one(articles, labels) + (1 - unseen) * of_label
    of_residual = variance_of_one(articles, rectifier)
    seen = np.isfinite(raw.stance) & (raw.n_effective > 0)
    smaller = _whole_articles(articles, raw)
    return Rectifier(
        mean=rectifier.mean,
        of_articles=smaller * of_label / np.where(seen, raw.n_effective, np.nan),
        of_labels=unseen * of_residual / np.where(known, labels.n_articles, np.nan),
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
    total = degrees_of_freedom(means)
    if total == 0:
        return float("nan")
    return float(_squares(means).sum()) / total


def _squares(means: CellMeans) -> Array:
    """Sums of squares (K,) of articles around the means of their cells."""
    return np.asarray(_freedom(means) * np.nan_to_num(means.variance) * means.n_articles)


def _common_or_one(means: CellMeans) -> float:
    """Where no cell has two labels, all articles weigh alike."""
    common = _common(means)
    return 1.0 if np.isnan(common) else common


def variance_of_one(articles: LabelledArticles, means: CellMeans) -> Array:
    """Variance (K,) of one article, that of a cell's group drawn toward those of all."""
    group = np.arange(articles.n_cells) // (articles.n_cells // articles.n_groups)
    of_group = np.asarray(np.bincount(group, _freedom(means)), dtype=np.float64)
    known = of_group > 0
    own = np.bincount(group, _squares(means))[known] / of_group[known]
    variances = np.full(articles.n_groups, _common_or_one(means))
    if own.any():
        size = of_group[known] + 1
        variances[known] = sampling_variances(np.sqrt(own / size), size).variances * size
    return np.asarray(variances[group], dtype=np.float64)


def _own_variances(means: CellMeans, known: NDArray[np.bool_]) -> Array:
    """Variances (K,) of one article, each cell's drawn toward those of all; the latter if unknown.

    As the effects of a series without labels have them.
    """
    variances = np.full(len(known), _common_or_one(means))
    if _common(means) > 0:
        n_articles = means.n_articles[known]
        found = sampling_variances(np.sqrt(means.variance[known]), n_articles).variances
        variances[known] = found * n_articles
    return variances
