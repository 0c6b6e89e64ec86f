"""How many labels an effect needs: functions over the arrays of a pilot.

The corrected mean of a cell is `tuning` times the mean prediction of all its pairs, plus the mean
of label - `tuning` * prediction over the labelled ones (prediction-powered inference: Angelopoulos,
Duchi and Zrnic 2023, "PPI++"). Only the second part needs labels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from stancelib.validation.sample_core import allocate

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

# Cells with fewer labels take the variance of all cells.
FEWEST_OWN: Final = 10
_NOTHING: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Pilot:
    """n labelled pairs in H cells, each of one side of the event.

    Attributes
    ----------
    label, prediction, weight : (n,)
        In [-1, 1], and the inverse probability.
    cell, article : (n,)
        Numbers from 0.
    population, coefficient : (H,)
        Pairs of the cell, and what its mean counts in the effect (its sign does not matter).
    """

    label: Array
    prediction: Array
    weight: Array
    cell: Integers
    article: Integers
    population: Array
    coefficient: Array

    @property
    def n_cells(self) -> int:
        """H."""
        return len(self.population)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a number of labels follows from.

    Attributes
    ----------
    tuning : float
        What predictions count.
    variance : (H,)
        Of label - `tuning` * prediction within cells.
    correlation : float
        Of the same within articles; NaN where no article has two labels.
    design_effect : float
        By which several labels an article multiply the variance.
    n : float
        Labels in all, before rounding.
    """

    tuning: float
    variance: Array
    correlation: float
    design_effect: float
    n: float


def allowed_variance(effect: float, series_error: float, power: float, level: float) -> float:
    """Variance that labels may add, so that a two-sided test at 1 - `level` shows the effect.

    Not above 0 where the series' own error hides it whatever the labels say.
    """
    error = effect / smallest_ratio(power, level)
    return error**2 - series_error**2


def smallest_ratio(power: float, level: float) -> float:
    """Effect over standard error that is shown with this power (Bloom 1995)."""
    return float(special.ndtri((1 + level) / 2) + special.ndtri(power))


def tuning_of(pilot: Pilot) -> float:
    """Slope of labels on predictions within cells; 0 where predictions do not vary."""
    x, y = (_centred(values, pilot) for values in (pilot.prediction, pilot.label))
    below = float((pilot.weight * x**2).sum())
    return float((pilot.weight * x * y).sum()) / below if below > _NOTHING else 0.0


def needs(
    pilot: Pilot,
    tuning: float | None,
    allowed: float,
    per_article: float,
    correlation: float | None,
) -> Needs:
    """Labels for a variance of at most `allowed`, divided after Neyman (1934).

    Parameters
    ----------
    pilot : Pilot
        Each cell with a label.
    tuning : float or None
        Estimated when not given, which costs a degree of freedom.
    allowed : float
        Above 0.
    per_article : float
        Labels that an article gives.
    correlation : float or None
        Of labels of an article; estimated when not given.
    """
    factor = tuning_of(pilot) if tuning is None else tuning
    rest = pilot.label - factor * pilot.prediction
    variance = cell_variances(rest, pilot, lost=int(tuning is None))
    found = intra_article_correlation(rest, pilot) if correlation is None else correlation
    design_effect = 1.0 if per_article == 1 else 1 + (per_article - 1) * found
    spread = variance * design_effect
    above = float((np.abs(pilot.coefficient) * np.sqrt(spread)).sum()) ** 2
    # The pairs of the store are finite: all their labels would leave no error.
    below = allowed + float((pilot.coefficient**2 * spread / pilot.population).sum())
    return Needs(factor, variance, found, design_effect, above / below)


def divided(pilot: Pilot, found: Needs, allowed: float) -> Integers:
    """Labels of each cell (H,), at least 2 of each, as few as keep the variance in bounds."""
    spread = found.variance * found.design_effect
    upper = pilot.population.astype(np.int64)
    lower = np.minimum(2, upper)
    weights = np.abs(pilot.coefficient) * np.sqrt(spread)

    def variance(labels: Integers) -> float:
        left = np.maximum(1 / labels - 1 / pilot.population, 0)
        return float((pilot.coefficient**2 * spread * left).sum())

    n = int(np.clip(np.ceil(found.n - 1e-9), lower.sum(), upper.sum()))
    labels = allocate(weights, lower, upper, n)
    while variance(labels) > allowed * (1 + 1e-9) and n < upper.sum():
        n += 1
        labels = allocate(weights, lower, upper, n)
    return labels


def cell_variances(values: Array, pilot: Pilot, lost: int = 0) -> Array:
    """Weighted variances within cells (H,); that of all where a cell has few labels or no spread.

    Parameters
    ----------
    values : (n,)
        Whose variance.
    pilot : Pilot
        The cells.
    lost : int
        Degrees of freedom that were spent on coefficients.
    """
    n = np.bincount(pilot.cell, minlength=pilot.n_cells)
    squares = _centred(values, pilot) ** 2
    weighted = np.bincount(pilot.cell, pilot.weight * squares, pilot.n_cells)
    plain = weighted / np.bincount(pilot.cell, pilot.weight, pilot.n_cells)
    freedom = len(values) - pilot.n_cells
    spent = freedom / max(freedom - lost, 1)
    own = plain * n / np.maximum(n - 1, 1) * spent
    pooled = float((n * plain).sum()) / max(freedom, 1) * spent
    return np.where((n < FEWEST_OWN) | (own < _NOTHING), pooled, own)


def intra_article_correlation(values: Array, pilot: Pilot) -> float:
    """Share of the variance within cells that is between articles, in [0, 1] (Donner 1986).

    By analysis of variance; NaN where no article has two labels, or there is one article.
    """
    rest = _centred(values, pilot)
    article, _ = _articles(pilot)
    size = np.bincount(article).astype(np.float64)
    n, k = len(rest), len(size)
    if k == n or k <= pilot.n_cells:
        return np.nan
    mean = np.bincount(article, rest) / size
    between = float((size * mean**2).sum()) / (k - pilot.n_cells)
    within = float(((rest - mean[article]) ** 2).sum()) / (n - k)
    usual = (n - float((size**2).sum()) / n) / (k - 1)
    total = between + (usual - 1) * within
    return float(np.clip((between - within) / total, 0, 1)) if total > 0 else 0.0


def resampled(pilot: Pilot, generator: np.random.Generator) -> Pilot:
    """A pilot whose articles are drawn again, with replacement, within their cells."""
    article, cells = _articles(pilot)
    order = np.argsort(article, kind="stable")
    size = np.bincount(article)
    start = np.cumsum(size) - size
    chosen = np.concatenate(
        [
            generator.choice(inside, len(inside))
            for inside in (np.flatnonzero(cells == cell) for cell in range(pilot.n_cells))
        ]
    )
    taken = size[chosen]
    within = np.arange(taken.sum()) - np.repeat(np.cumsum(taken) - taken, taken)
    rows = order[np.repeat(start[chosen], taken) + within]
    return replace(
        pilot,
        label=pilot.label[rows],
        prediction=pilot.prediction[rows],
        weight=pilot.weight[rows],
        cell=pilot.cell[rows],
        article=np.repeat(np.arange(len(chosen)), taken),
    )


def _articles(pilot: Pilot) -> tuple[Integers, Integers]:
    """The number of each row's article within its cell, and the cell of each article."""
    pairs, article = np.unique(
        np.column_stack([pilot.cell, pilot.article]), axis=0, return_inverse=True
    )
    return np.asarray(article.reshape(-1)), np.asarray(pairs[:, 0])


def _centred(values: Array, pilot: Pilot) -> Array:
    total = np.bincount(pilot.cell, pilot.weight * values, pilot.n_cells)
    mean = total / np.bincount(pilot.cell, pilot.weight, pilot.n_cells)
    return np.asarray(values - mean[pilot.cell], dtype=np.float64)
