"""`labels_for_budget`: how many labels, and how many predictions, money buys best."""

from __future__ import annotations

import math
from dataclasses import dataclass

from stancelib.errors import ArgumentError, NotEnoughDataError
from stancelib.notebook import View, Viewed, fields_of
from stancelib.validation.label_budget_core import (
    Prices,
    best_pair,
    cost_of_effective_label,
    effective_labels,
    labels_with_all_predicted,
)


@dataclass(frozen=True)
class LabelBudget(Viewed):
    """A share of a budget between labels and predictions.

    Attributes
    ----------
    n_labels : int
        Items to label; all of them are predicted, too, unless `n_unlabelled` is 0.
    n_unlabelled : int
        Further items to predict. 0: predictions do not pay; label only.
    cost : float
        Of both, in the unit of the prices. Whole numbers are nearest, so that it may pass the
        budget by less than the price of a label.
    effective_n : int
        Labels that alone would give the same standard error.
    correlation : float
        As it was given.

    Examples
    --------
    >>> LabelBudget(605, 3345, 1000.0, 1926, 0.9).effective_n
    1926
    """

    n_labels: int
    n_unlabelled: int
    cost: float
    effective_n: int
    correlation: float

    def _view(self) -> View:
        return View(
            f"{self.n_labels:,} labels and {self.n_unlabelled:,} further predictions cost "
            f"{self.cost:,.2f} and count like {self.effective_n:,} labels.",
            {"": fields_of(self)},
        )


def labels_for_budget(
    correlation: float,
    *,
    budget: float | None = None,
    effective_n: float | None = None,
    cost_label: float = 1.0,
    cost_prediction: float = 0.0,
    n_items: int | None = None,
) -> LabelBudget:
    """Share a budget between human labels and predictions, before any label is paid.

    Parameters
    ----------
    correlation : float
        Of predictions and labels, inside (-1, 1), from a pilot; for a regression coefficient that
        of the influence of labels and predictions on it.
    budget : float, optional
        What may be spent: the pair with the smallest standard error is returned.
    effective_n : float, optional
        Labels that the pair must be worth: the cheapest such pair is returned.
    cost_label : float
        Price of one label, above 0.
    cost_prediction : float
        Price of one prediction, at least 0. Where it is 0, all of `n_items` are predicted.
    n_items : int, optional
        Items that exist; without limit when not given.

    Returns
    -------
    LabelBudget
        ``.n_labels``, ``.n_unlabelled``, ``.cost``, ``.effective_n``.

    Raises
    ------
    ArgumentError
        For a correlation outside (-1, 1), a price below 0, both or none of `budget` and
        `effective_n`, or free predictions without `n_items`.
    NotEnoughDataError
        When `effective_n` is above `n_items`, or no label can be paid.

    Notes
    -----
    For a simple random sample and a mean (or a coefficient) corrected by
    `prediction_powered_mean` with the best tuning. Clusters make each label worth less, by the
    same factor with and without predictions as long as both are clustered alike.

    References
    ----------
    Broska, D., Howes, M. and van Loon, A. (2024). The mixed subjects design: treating large
    language models as potentially informative observations. Sociological Methods & Research.

    Examples
    --------
    >>> import stancelib as sl
    >>> sl.labels_for_budget(0.9, budget=1000, cost_label=1, cost_prediction=0.1)
    LabelBudget(n_labels=605, n_unlabelled=3345, cost=1000.0, effective_n=1926, correlation=0.9)
    """
    prices = _checked(correlation, budget, effective_n, Prices(cost_label, cost_prediction))
    if n_items is not None and n_items < 1:
        raise ArgumentError(f"n_items must be at least 1; got {n_items}")
    if n_items is not None and effective_n is not None and effective_n > n_items:
        raise NotEnoughDataError(
            f"{n_items:,} items, all labelled, are worth {n_items:,} labels; "
            f"effective_n={effective_n:,} asks for more"
        )
    squared = correlation**2
    if prices.prediction == 0 and squared > 0:
        if n_items is None:
            raise ArgumentError("predictions that cost nothing need n_items=, how many there are")
        return _all_predicted(correlation, budget, effective_n, prices, n_items)
    each = cost_of_effective_label(squared, prices)
    worth = _known(effective_n) if budget is None else budget / each
    if each > prices.label or prices.ratio * (1 - squared) >= squared:
        return _labels_only(correlation, budget, effective_n, prices, n_items)
    labels, unlabelled = (round(x) for x in best_pair(worth, squared, prices.ratio))
    if n_items is not None and labels + unlabelled > n_items:
        return _all_predicted(correlation, budget, effective_n, prices, n_items)
    return _pair(correlation, prices, labels, unlabelled)


def _checked(
    correlation: float, budget: float | None, effective_n: float | None, prices: Prices
) -> Prices:
    if not -1 < correlation < 1:
        raise ArgumentError(f"correlation must lie inside (-1, 1); got {correlation}")
    if (budget is None) == (effective_n is None):
        raise ArgumentError("give one of budget= and effective_n=, and not both")
    given = _known(effective_n) if budget is None else budget
    if not (math.isfinite(given) and given > 0):
        name = "effective_n" if budget is None else "budget"
        raise ArgumentError(f"{name} must be a number above 0; got {given}")
    if not (0 < prices.label < math.inf and 0 <= prices.prediction < math.inf):
        raise ArgumentError(
            "cost_label must be above 0 and cost_prediction at least 0; "
            f"got {prices.label} and {prices.prediction}"
        )
    return prices


def _known(number: float | None) -> float:
    return math.nan if number is None else number


def _check_any(n_labels: int) -> None:
    if n_labels < 1:
        raise NotEnoughDataError("the budget, or effective_n, is too small for one label")


def _labels_only(
    correlation: float,
    budget: float | None,
    effective_n: float | None,
    prices: Prices,
    n_items: int | None,
) -> LabelBudget:
    n_labels = round(_known(effective_n) if budget is None else budget / prices.label)
    n_labels = n_labels if n_items is None else min(n_labels, n_items)
    _check_any(n_labels)
    return LabelBudget(n_labels, 0, n_labels * prices.label, n_labels, correlation)


def _all_predicted(
    correlation: float,
    budget: float | None,
    effective_n: float | None,
    prices: Prices,
    n_items: int,
) -> LabelBudget:
    """All items are predicted, and what is left goes into labels."""
    if budget is None:
        labels = round(labels_with_all_predicted(_known(effective_n), correlation**2, n_items))
    elif n_items * prices.label <= budget:
        return _labels_only(correlation, budget, None, prices, n_items)
    else:
        labels = round(budget / prices.label - n_items * prices.ratio)
    return _pair(correlation, prices, min(labels, n_items), max(n_items - labels, 0))


def _pair(correlation: float, prices: Prices, labels: int, unlabelled: int) -> LabelBudget:
    _check_any(labels)
    return LabelBudget(
        n_labels=labels,
        n_unlabelled=unlabelled,
        cost=labels * prices.label + (labels + unlabelled) * prices.prediction,
        effective_n=round(effective_labels(labels, unlabelled, correlation**2)),
        correlation=correlation,
    )
