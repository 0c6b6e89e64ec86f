"""The weights of the cells of a panel, as the caller asked for them."""

from __future__ import annotations

from typing import get_args

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.error_model import Weights
from stancelib.effects.panel import ChosenPanel
from stancelib.effects.panel_weights_core import PanelWeights, cell_variances, precision_weights
from stancelib.effects.two_way_effects_core import PanelDesign
from stancelib.errors import ArgumentError, NotEnoughDataError

Array = NDArray[np.float64]


def stance_or_zero(panel: ChosenPanel) -> Array:
    """Stances (G, T), 0 where nothing is fitted."""
    return np.nan_to_num(panel.stance)


def weigh_cells(panel: ChosenPanel, design: PanelDesign, weights: Weights) -> PanelWeights:
    """Weights of the fitted cells of a design, which has 1 for each of them.

    With ``"precision"``, where no cell tells how articles scatter, all count alike.
    """
    if weights not in get_args(Weights):
        raise ArgumentError.unknown("weighting", weights, get_args(Weights))
    fitted = design.weights > 0
    if np.ptp(panel.stance[fitted]) == 0:
        raise NotEnoughDataError(
            f"the stance toward {panel.target} is the same in all {int(fitted.sum())} cells; "
            "without variation no error can be estimated"
        )
    alike = PanelWeights(design.weights, float("nan"))
    if weights == "none":
        return alike
    variances = cell_variances(panel.se, panel.n_effective, fitted)
    if variances is None:
        return alike
    return precision_weights(stance_or_zero(panel), design, variances)
