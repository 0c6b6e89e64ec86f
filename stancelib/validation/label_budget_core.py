"""How to share a budget between labels and predictions: closed forms of Broska et al. (2024)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Prices:
    """What things cost.

    Attributes
    ----------
    label : float
        Of one human label, above 0.
    prediction : float
        Of one prediction of the scorer, at least 0; labelled items are predicted, too.
    """

    label: float
    prediction: float

    @property
    def ratio(self) -> float:
        """Cost of a prediction, in labels."""
        return self.prediction / self.label


def effective_labels(n_labels: float, n_unlabelled: float, squared: float) -> float:
    """Labels that alone would give the standard error of the pair, `squared` the correlation²."""
    total = n_labels + n_unlabelled
    return n_labels * total / (n_labels + (1 - squared) * n_unlabelled)


def cost_of_effective_label(squared: float, prices: Prices) -> float:
    """Cost of the cheapest pair, for each label that it is worth."""
    mixed = np.sqrt(prices.ratio * squared * (1 - squared))
    return float(prices.label * (1 - squared + prices.ratio * squared + 2 * mixed))


def best_pair(effective: float, squared: float, ratio: float) -> tuple[float, float]:
    """Labels and unlabelled items of the cheapest pair that is worth `effective` labels."""
    n_labels = float(effective * (1 - squared + np.sqrt(ratio * squared * (1 - squared))))
    spare = n_labels - (1 - squared) * effective
    return n_labels, n_labels * (effective - n_labels) / spare


def labels_with_all_predicted(effective: float, squared: float, n_items: int) -> float:
    """Labels that are needed when all of `n_items` are predicted."""
    return effective * n_items * (1 - squared) / (n_items - squared * effective)
