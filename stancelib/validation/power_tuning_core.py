"""How much of a prediction to use, and how far it follows the truth: functions over articles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stancelib.validation.cell_correction_core import ROUNDING, LabelledArticles, cell_means


def power_tuning(articles: LabelledArticles) -> float:
    """How much of the prediction to use: the slope of label on prediction within cells, at least 0.

    It makes the variance of ``label - tuning * predicted`` within cells as small as can be; 0 for
    predictions that say nothing, 1 for a scorer that is right on average.
    """
    label = cell_means(articles, articles.label).mean[articles.cell]
    predicted = cell_means(articles, articles.predicted)
    centred = articles.predicted - predicted.mean[articles.cell]
    # A cell counts by its labelled articles, as it does in a regression on cells.
    weight = articles.share * predicted.n_effective[articles.cell]
    spread = float((weight * centred**2).sum())
    if spread <= ROUNDING * float((weight * articles.predicted**2).sum()):
        return 0.0
    return max(float((weight * centred * (articles.label - label)).sum()) / spread, 0.0)


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
    labels = cell_means(articles, articles.label)
    predicted = cell_means(articles, articles.predicted).mean[articles.cell]
    weight = articles.share * labels.n_effective[articles.cell]
    centred = articles.label - labels.mean[articles.cell]
    spread = float((weight * centred**2).sum())
    if spread <= ROUNDING * float((weight * articles.label**2).sum()):
        return Response(float("nan"), float("nan"))
    slope = float((weight * centred * (articles.predicted - predicted)).sum()) / spread
    residual = articles.predicted - predicted - slope * centred
    return Response(slope, float(np.sqrt(((weight * centred * residual) ** 2).sum())) / spread)
