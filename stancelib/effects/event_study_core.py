"""Leads and lags of an event in a panel.

MacKinlay (1997), "Event studies in economics and finance", for the reference and the windows;
Sun and Abraham (2021), "Estimating dynamic treatment effects in event studies with heterogeneous
treatment effects": with one date for all sources none of their contaminations arises.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.two_way_effects_core import PanelDesign, PanelFit, fit_panel, identified

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Integers = NDArray[np.int64]

NO_BLOCK = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True)
class LeadsAndLags:
    """A fitted event study.

    Attributes
    ----------
    relative : (k,)
        Which relative periods have a coefficient, in order, without the reference.
    missing : (u,)
        Those in the window that have none, because nobody published who could tell.
    fit : PanelFit
        Coefficients in the order of `relative`.
    """

    relative: Integers
    missing: Integers
    fit: PanelFit


def fit_leads_and_lags(
    outcome: Array,
    weights: Array,
    relative: Integers,
    treated: Mask,
    reference: int,
) -> LeadsAndLags:
    """One coefficient for each relative period but the reference.

    Parameters
    ----------
    outcome, weights : (G, T)
        Weight 0 in cells that are not fitted.
    relative : (T,)
        Relative period of each column; several columns may share one.
    treated : (G,)
        With controls the coefficients are the treated sources' course less theirs; without, the
        course of all sources, and period effects cannot be told from it.
    reference : int
        Relative period in which both courses are 0.
    """
    controls = bool((~treated).any())
    wanted = np.array(
        [one for one in np.unique(relative[(weights > 0).any(0)]) if one != reference], np.int64
    )
    columns = treated[:, None] & (relative == wanted[:, None, None])
    design = PanelDesign(columns.astype(np.float64), weights, controls)
    told = identified(design)
    kept = PanelDesign(design.regressors[told], weights, controls)
    return LeadsAndLags(wanted[told], wanted[~told], fit_panel(outcome, kept))


def tells(weights: Array, relative: Integers, treated: Mask, period: int) -> bool:
    """Whether treated sources, and controls where there are any, publish in a relative period."""
    seen = np.asarray((weights[:, relative == period] > 0).any(1))
    return bool(seen[treated].any() and (seen[~treated].any() or not (~treated).any()))


def average(chosen: Mask, sizes: Array | None = None) -> Array:
    """Contrast (k,) that averages the chosen coefficients, each counted by its size (k,)."""
    parts = chosen * (np.ones(len(chosen)) if sizes is None else sizes)
    return np.asarray(parts / parts.sum(), dtype=np.float64)


def linear_trend(relative: Integers, leads: Mask, reference: int) -> Array:
    """Contrast (k,): slope per period of a line through the reference, fitted to the leads."""
    distance = np.where(leads, relative - reference, 0).astype(np.float64)
    return np.asarray(distance / (distance @ distance))


def block_numbers(before: Mask, after: Mask, length: int) -> Integers:
    """Blocks of periods (T,) counted from the event: ..., -2, -1 before and 0, 1, ... after.

    Periods between the two count as blocks that nobody is in: their number is `NO_BLOCK`, and
    the first block after is as many steps later.
    """
    numbers = np.full(len(before), NO_BLOCK, dtype=np.int64)
    positions = np.arange(len(before))
    last, first = positions[before].max(), positions[after].min()
    numbers[before] = -1 - (last - positions[before]) // length
    between = -(-(first - last - 1) // length)
    numbers[after] = between + (positions[after] - first) // length
    return numbers


def default_block(n_before: int, most_blocks: int = 8) -> int:
    """Periods in a block, so that there are at most eight blocks before the event.

    Examples
    --------
    >>> default_block(8), default_block(20)
    (1, 3)
    """
    return max(1, -(-n_before // most_blocks))
