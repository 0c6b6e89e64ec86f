"""How much of a prediction to use, and how far it follows the truth: functions over articles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.validation.labelled_articles_core import (
    ROUNDING,
    LabelledArticles,
    cell_means,
    pulled,
)

Array = NDArray[np.float64]


def power_tuning(articles: LabelledArticles) -> float:
    """How much of the prediction to use: the slope of label on prediction within cells, at least 0.

    It makes the variance of ``label - tuning * predicted`` within cells as small as can be; 0 for
    predictions that say nothing, 1 for a scorer that is right on average.
    """
    label, predicted = _within(articles, articles.label), _within(articles, articles.predicted)
    spread = float((predicted**2).sum())
    if spread <= ROUNDING * float((articles.predicted**2).sum()):
        return 0.0
    return max(float((predicted * label).sum()) / spread, 0.0)


def _within(articles: LabelledArticles, values: Array) -> Array:
    """Deviations (D,) from the means of cells, as they enter these means."""
    return pulled(articles, values) - cell_means(articles, values).mean[articles.cell]


@dataclass(frozen=True, slots=True)
class Response:
    """How far a prediction follows the truth: the slope of predicted on label within cells.

    Attributes
    ----------
    slope, se : float
        1 for a scorer that passes on what it reads; the error has articles as clusters.
    """

    slope: float
    se: float


def response_of(articles: LabelledArticles) -> Response:
    """Slope of the prediction on the label within cells; NaN where labels do not differ."""
    label, predicted = _within(articles, articles.label), _within(articles, articles.predicted)
    spread = float((label**2).sum())
    if spread <= ROUNDING * float((articles.label**2).sum()):
        return Response(float("nan"), float("nan"))
    slope = float((label * predicted).sum()) / spread
    residual = predicted - slope * label
    return Response(slope, float(np.sqrt(((label * residual) ** 2).sum())) / spread)
