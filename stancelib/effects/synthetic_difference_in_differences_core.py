"""Synthetic difference in differences: donors and periods are weighted.

Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), "Synthetic difference-in-differences".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.simplex_core import simplex_weights

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

# The authors' software: enough to make the period weights unique, and no more.
_SMALL_RIDGE = 1e-6


@dataclass(frozen=True, slots=True)
class SyntheticDifferenceFit:
    """One source and its weighted donors.

    Attributes
    ----------
    weights : (J,)
        Of the donors; not negative, with sum 1.
    period_weights : (T,)
        Of the periods before the event, with sum 1; 0 after it.
    gap : (T,)
        The source less its donors, less that difference in the weighted periods before.
    effect : float
        Mean gap after the event.
    """

    weights: Array
    period_weights: Array
    gap: Array
    effect: float


def noise_level(donors: Array, before: Mask) -> float:
    """Standard deviation of the changes from one period to the next, of donors (J, T) before."""
    return float(np.diff(donors[:, before], axis=1).std(ddof=1))


def fit_synthetic_difference(treated: Array, donors: Array, before: Mask) -> SyntheticDifferenceFit:
    """Weights of donors with the paper's ridge, weights of periods, and the double difference.

    Parameters
    ----------
    treated : (T,)
    donors : (J, T)
    before : (T,)
    """
    noise = noise_level(donors, before)
    ridge = float((~before).sum()) ** 0.25 * noise
    weights = simplex_weights(donors[:, before].T, treated[before], ridge, intercept=True)
    after_mean = donors[:, ~before].mean(1)
    small = _SMALL_RIDGE * noise
    period_weights = np.zeros(len(before))
    period_weights[before] = simplex_weights(donors[:, before], after_mean, small, intercept=True)
    difference = treated - weights @ donors
    gap = difference - difference @ period_weights
    return SyntheticDifferenceFit(weights, period_weights, gap, float(gap[~before].mean()))


def placebo_effects(donors: Array, before: Mask) -> Array:
    """Effects (J,) with each donor in turn taken for treated among the other donors."""
    rows = range(len(donors))
    return np.array(
        [
            fit_synthetic_difference(donors[one], np.delete(donors, one, axis=0), before).effect
            for one in rows
        ]
    )
