"""Labelled pairs as articles, and the means of their cells: functions over arrays.

Few labels make a weighted mean (Hajek) biased where the chance of being drawn depends on the
prediction, and the number of equal labels that it is worth depends on which were drawn. So a cell's
mean here is the generalized difference estimator (Sarndal, Swensson and Wretman 1992, ch. 6), whose
weights are divided by what a labelled article weighs on average, not by what those drawn weigh.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.validation.pooled_cells_core import pool_cells

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

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
    """Labelled articles, each array (D,), in K cells of G groups.

    Attributes
    ----------
    cell, group : (D,)
        Numbers, 0 to K - 1 and 0 to G - 1.
    label, predicted : (D,)
        Weighted means over the article's labelled pairs.
    weight : (D,)
        Of all its labelled pairs.
    pull : (D,)
        Its weight over what a labelled article of its cell weighs on average: 1 where chances do
        not differ, or all is labelled and equally heavy.
    unseen : (D,)
        1 less the probability: what of the error of sampling is left; 0 where all is labelled.
    fitted : (K,)
        Whether a model is fitted to the cell: the others do not tell how labels scatter.
    n_cells, n_groups : int
        K and G.
    """

    cell: Integers
    group: Integers
    label: Array
    predicted: Array
    weight: Array
    pull: Array
    unseen: Array
    fitted: Mask
    n_cells: int
    n_groups: int

    def sums(self, values: Array) -> Array:
        """Sums (K,) over the articles of each cell."""
        return np.asarray(np.bincount(self.cell, values, self.n_cells), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class CellMeans:
    """Means of an article's value in K cells.

    Attributes
    ----------
    mean : (K,)
        NaN in cells without labels.
    variance : (K,)
        Of the mean, with articles as clusters, as if few of all articles were labelled; NaN with
        fewer than two labelled articles, and where no model is fitted.
    n_articles : (K,)
        Labelled ones.
    """

    mean: Array
    variance: Array
    n_articles: Array


def articles_of(
    pairs: LabelledPairs, n_cells: int, n_groups: int = 1, fitted: Mask | None = None
) -> LabelledArticles:
    """Pairs to articles: the unit that is independent.

    Cells lie group by group, as many in each; all are `fitted` when that is not given.
    """
    n_articles = int(pairs.article.max()) + 1
    cell = np.zeros(n_articles, dtype=np.int64)
    cell[pairs.article] = pairs.cell
    weight = np.asarray(np.bincount(pairs.article, pairs.weight, n_articles), dtype=np.float64)

    def mean(values: Array) -> Array:
        return np.bincount(pairs.article, pairs.weight * values, n_articles) / weight

    group = cell // (n_cells // n_groups)
    unseen = 1 - mean(pairs.probability)
    return LabelledArticles(
        cell=cell,
        group=group,
        label=mean(pairs.label),
        predicted=mean(pairs.predicted),
        weight=weight,
        pull=weight / expected_weight(weight, unseen, cell, group),
        unseen=unseen,
        fitted=np.ones(n_cells, dtype=bool) if fitted is None else fitted,
        n_cells=n_cells,
        n_groups=n_groups,
    )


def expected_weight(weight: Array, unseen: Array, cell: Integers, group: Integers) -> Array:
    """What a labelled article of its cell weighs on average (D,), whichever were drawn.

    The mean weight of the cell's own labelled articles is drawn toward that of its group, as far as
    cells differ no more than which were drawn makes them (Fay and Herriot 1979).
    """
    _, group = np.unique(group, return_inverse=True)
    of_group = (np.bincount(group, weight) / np.bincount(group))[group]
    relative = weight / of_group
    cells, first, cell = np.unique(cell, return_index=True, return_inverse=True)
    n_articles = np.bincount(cell)
    mean = np.bincount(cell, relative) / n_articles
    squares = float(((relative - mean[cell]) ** 2).sum())
    freedom = len(weight) - len(cells)
    of_one = squares / freedom if freedom and squares > ROUNDING * len(weight) else 0.0
    left = np.bincount(cell, unseen) / n_articles
    pooled = pool_cells(mean, of_one * left / n_articles, group[first], int(group.max()) + 1)
    return np.asarray(pooled.mean[cell] * of_group, dtype=np.float64)


def pulled(articles: LabelledArticles, values: Array) -> Array:
    """Values (D,) whose plain mean in a cell is its difference estimate.

    How far a value lies from the weighted mean of its group is stretched by its pull; where all
    pull alike, values stay as they are.
    """
    weight = np.bincount(articles.group, articles.weight, articles.n_groups)
    total = np.bincount(articles.group, articles.weight * values, articles.n_groups)
    centre = (total / np.where(weight > 0, weight, 1.0))[articles.group]
    return np.asarray(values + (articles.pull - 1) * (values - centre), dtype=np.float64)


def cell_means(articles: LabelledArticles, values: Array) -> CellMeans:
    """Means (K,) of values (D,), and their variances between independent articles."""
    stretched = pulled(articles, values)
    n_articles = articles.sums(np.ones(len(stretched)))
    mean = np.where(n_articles > 0, articles.sums(stretched) / np.maximum(n_articles, 1), np.nan)
    squares = articles.sums((stretched - mean[articles.cell]) ** 2)
    squares = np.where(squares > ROUNDING * articles.sums(stretched**2), squares, 0.0)
    several = (n_articles > 1) & articles.fitted
    freedom = np.where(several, n_articles - 1, 1.0)
    return CellMeans(
        mean=mean,
        variance=np.where(several, squares / freedom / np.maximum(n_articles, 1), np.nan),
        n_articles=n_articles,
    )
