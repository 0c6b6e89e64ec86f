"""Difference in differences: the regressor, the courses of the groups, and placebo sources.

Angrist and Pischke (2009), "Mostly harmless econometrics", chapter 5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.event_study_core import fit_leads_and_lags, tells
from stancelib.effects.two_way_effects_core import PanelDesign, source_and_period_effects

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Courses:
    """How two groups ran, for a picture; each (T,), NaN where nobody of the group published.

    Attributes
    ----------
    treated, controls : (T,)
        Effects of the periods in a group, beside those of its sources, at the group's level.
    expected : (T,)
        The controls' course, moved to the treated's level before the event.
    """

    treated: Array
    controls: Array
    expected: Array


def difference_design(weights: Array, exposure: Array, treated: Mask) -> PanelDesign:
    """The one regressor ``treated * exposure``, with source and period effects."""
    regressor = treated[:, None] * exposure[None, :]
    return PanelDesign(regressor[None].astype(np.float64), weights, period_effects=True)


def group_course(outcome: Array, weights: Array) -> Array:
    """Mean stance (T,) of a group (g, T), its changing composition taken out by source effects."""
    sources, periods = source_and_period_effects(outcome, weights)
    level = float((weights.sum(1) * sources).sum() / weights.sum())
    return np.where((weights > 0).any(0), periods + level, np.nan)


def courses(outcome: Array, weights: Array, treated: Mask, before: Mask) -> Courses:
    """Courses of treated and controls, (G, T) and (T,) before the event."""
    ran = [group_course(outcome[group], weights[group]) for group in (treated, ~treated)]
    common = before & np.isfinite(ran[0]) & np.isfinite(ran[1])
    gap = float((ran[0] - ran[1])[common].mean()) if common.any() else float("nan")
    return Courses(ran[0], ran[1], ran[1] + gap)


def placebo_coefficients(
    outcome: Array,
    weights: Array,
    relative: Integers,
    *,
    treated: Mask,
    reference: int,
    wanted: Integers,
) -> Array:
    """Coefficients (B, k) as if each control in turn were the only treated source.

    The treated sources are left out, so that no effect gets into the placebos; a control whose
    articles do not tell the coefficients of all wanted relative periods (k,) is passed over.
    """
    rest = np.flatnonzero(~treated)
    values: list[Array] = []
    for place in range(len(rest) if len(rest) > 1 else 0):
        alone = np.arange(len(rest)) == place
        if not tells(weights[rest], relative, alone, reference):
            continue
        one = fit_leads_and_lags(outcome[rest], weights[rest], relative, alone, reference)
        if np.array_equal(one.relative, wanted):
            values.append(one.fit.coefficients)
    return np.array(values).reshape(len(values), len(wanted))
