"""How much each cell of a panel counts: by the precision of its mean.

Paule and Mandel (1982), "Consensus values and weighting factors", for the variance that articles
do not explain.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.two_way_effects_core import PanelDesign, fit_panel
from stancelib.series.precision_core import sampling_variances

Array = NDArray[np.float64]

# At least this share of the median sampling variance is left unexplained by articles, so that
# no cell counts more than about ten times what a median one does.
_SMALLEST_SHARE = 0.1
_DOUBLINGS, _BISECTIONS = 40, 40


@dataclass(frozen=True, slots=True)
class PanelWeights:
    """Weights of cells.

    Attributes
    ----------
    weights : (G, T)
        ``1 / (tau2 + v)``, scaled to a mean of 1; 0 in cells that are not fitted.
    sampling_share : float
        Share of the noise of a median cell that comes from the number of its articles; NaN
        where the scatter of articles is not known, and all cells count alike.
    """

    weights: Array
    sampling_share: float


def cell_variances(se: Array, n_effective: Array, fitted: NDArray[np.bool_]) -> Array | None:
    """Sampling variances (G, T) of the cells; None where no cell tells the scatter of articles."""
    sampling = sampling_variances(se[fitted], n_effective[fitted])
    if sampling.degrees_of_freedom == 0:
        return None
    variances = np.full(se.shape, np.nan)
    variances[fitted] = sampling.variances
    return variances


def precision_weights(outcome: Array, design: PanelDesign, variances: Array) -> PanelWeights:
    """Weights that make the squared residuals as large as they should be on average.

    Parameters
    ----------
    outcome : (G, T)
        Any finite number where nothing is fitted.
    design : PanelDesign
        Weights 1 in fitted cells and 0 elsewhere.
    variances : (G, T)
        Sampling variances of fitted cells.
    """
    fitted = design.weights > 0
    median = float(np.median(variances[fitted]))
    low = _SMALLEST_SHARE * median
    high = low
    for _ in range(_DOUBLINGS):
        if _excess(outcome, design, variances, high) <= 0:
            break
        low, high = high, 2 * high
    for _ in range(_BISECTIONS):
        if high - low <= 1e-6 * high:
            break
        middle = (low + high) / 2
        if _excess(outcome, design, variances, middle) > 0:
            low = middle
        else:
            high = middle
    return PanelWeights(_weights(variances, fitted, high), median / (median + high))


def _weights(variances: Array, fitted: NDArray[np.bool_], unexplained: float) -> Array:
    raw = np.where(fitted, 1 / (unexplained + np.where(fitted, variances, 1.0)), 0.0)
    return np.asarray(raw / raw[fitted].mean())


def _excess(outcome: Array, design: PanelDesign, variances: Array, unexplained: float) -> float:
    """Mean weighted square of the residuals, less 1."""
    fitted = design.weights > 0
    weights = np.where(fitted, 1 / (unexplained + np.where(fitted, variances, 1.0)), 0.0)
    fit = fit_panel(outcome, replace(design, weights=weights))
    terms = design.n_terms_beside_sources + int(fitted.any(1).sum()) - 1
    freedom = max(design.n_cells - terms, 1)
    return float((weights * fit.residuals**2).sum()) / freedom - 1
