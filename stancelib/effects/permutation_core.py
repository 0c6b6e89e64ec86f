"""Randomization inference: which sources are treated is drawn again.

Fisher (1935); MacKinnon and Webb (2020), "Randomization inference for difference-in-differences
with few treated clusters", for the studentized statistic.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.inversion_core import QuadraticDraws, share_at_least
from stancelib.effects.two_way_effects_core import (
    PanelFit,
    partial_out,
    small_sample_factor,
    source_scores,
)

Array = NDArray[np.float64]

_CHUNK_CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class Assignments:
    """Which sources are taken for treated.

    Attributes
    ----------
    treated : (B, G)
        1 or 0.
    enumerated : bool
        Whether these are all assignments, the true one among them.
    """

    treated: Array
    enumerated: bool


@dataclass(frozen=True, slots=True)
class PermutationDraws:
    """What other assignments would have given.

    Attributes
    ----------
    draws : QuadraticDraws
        Of the statistic, under any null.
    spread : float
        Standard deviation of the estimates of other assignments, the effect taken out.
    """

    draws: QuadraticDraws
    spread: float


def draw_assignments(treated: Array, n_draws: int, seed: int) -> Assignments:
    """All assignments of as many treated sources where these are few enough, else random ones."""
    n_sources, n_treated = len(treated), int(treated.sum())
    if comb(n_sources, n_treated) <= n_draws:
        chosen = np.array(list(combinations(range(n_sources), n_treated)))
        enumerated = True
    else:
        rng = np.random.default_rng(seed)
        chosen = rng.permuted(np.tile(np.arange(n_sources), (n_draws, 1)), axis=1)[:, :n_treated]
        enumerated = False
    rows = np.zeros((len(chosen), n_sources))
    np.put_along_axis(rows, chosen, 1.0, axis=1)
    return Assignments(rows, enumerated)


def permutation_draws(
    fit: PanelFit, exposure: Array, treated: Array, assignments: Assignments
) -> PermutationDraws:
    """Estimates of all assignments, as functions of the effect under the null.

    With one source on a side the clustered error is void, and estimates are compared as they are.

    Parameters
    ----------
    fit : PanelFit
        With the one regressor ``treated * exposure``.
    exposure : (T,)
        Share of each period after the event.
    treated : (G,)
        1 or 0.
    assignments : Assignments
        Which other sources might have been treated.
    """
    design = fit.design
    alone = np.eye(len(treated))[:, :, None] * exposure
    single = partial_out(alone, design.weights, period_effects=design.period_effects)
    flat = single.reshape(len(single), -1)
    parts = [_one_chunk(fit, flat, rows) for rows in _chunks(assignments.treated, flat.shape[1])]
    estimates, scores = (np.concatenate(found, axis=1) for found in zip(*parts, strict=True))
    factor = small_sample_factor(design, len(treated), nested=True)
    studentized = min(int(treated.sum()), int((1 - treated).sum())) > 1
    if studentized:
        own = source_scores(fit, fit.direction(np.eye(1)))[0]
        se = float(np.sqrt(factor * (own**2).sum()))
        variance = (
            factor * (scores[0] ** 2).sum(1),
            2 * factor * (scores[0] * scores[1]).sum(1),
            factor * (scores[1] ** 2).sum(1),
        )
    else:
        se = 1.0
        one, zero = np.ones(len(assignments.treated)), np.zeros(len(assignments.treated))
        variance = (one, zero, zero)
    draws = QuadraticDraws(
        estimate=float(fit.coefficients[0]),
        se=se,
        scale=1.0,
        numerator=(estimates[0], estimates[1]),
        variance=variance,
        enumerated=assignments.enumerated,
    )
    others = ~(assignments.treated == treated).all(1)
    return PermutationDraws(draws, float(np.sqrt((estimates[0][others] ** 2).mean())))


def _chunks(rows: Array, n_cells: int) -> list[Array]:
    size = max(1, _CHUNK_CELLS // n_cells)
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _one_chunk(fit: PanelFit, flat: Array, rows: Array) -> tuple[Array, Array]:
    """Estimates (2, B) and scores (2, B, G) with residuals and own regressor for outcomes."""
    weights = fit.design.weights
    regressors = (rows @ flat).reshape(len(rows), *weights.shape)
    weighted = regressors * weights
    squares = (weighted * regressors).sum(2)
    size = squares.sum(1)
    estimates, scores = [], []
    for outcome in (fit.residuals, fit.partial[0]):
        products = (weighted * outcome).sum(2)
        estimate = products.sum(1) / size
        estimates.append(estimate)
        scores.append((products - estimate[:, None] * squares) / size[:, None])
    return np.stack(estimates), np.stack(scores)


@dataclass(frozen=True, slots=True)
class PlaceboSummary:
    """Estimates beside those of placebo sources; each (m,).

    Attributes
    ----------
    spread : (m,)
        Root mean square of the placebo estimates.
    low, high : (m,)
        Values of the effect that fewer placebos contradict than the level asks for; infinite
        where there are too few placebos to contradict any.
    p_value : (m,)
        Share of placebo estimates at least as far from 0, the true one among them.
    """

    spread: Array
    low: Array
    high: Array
    p_value: Array


def against_placebos(estimates: Array, placebos: Array, level: float) -> PlaceboSummary:
    """Rank estimates (m,) among placebo estimates (m, B), by their absolute values."""
    sizes = np.sort(np.abs(placebos), axis=1)[:, ::-1]
    n_placebos = sizes.shape[1]
    # The value at distance h is rejected when fewer than (1 - level) (B + 1) - 1 reach h.
    allowed = int(np.floor((1 - level) * (n_placebos + 1) + 1e-9)) - 1
    half = sizes[:, allowed] if 0 <= allowed < n_placebos else np.full(len(estimates), np.inf)
    extreme = (sizes >= np.abs(estimates)[:, None] * (1 - 1e-9)).sum(1)
    p_value = np.array([share_at_least(int(e), n_placebos, enumerated=False) for e in extreme])
    spread = np.sqrt((placebos**2).mean(1))
    return PlaceboSummary(spread, estimates - half, estimates + half, p_value)
