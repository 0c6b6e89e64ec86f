"""Wild cluster bootstrap of contrasts of a panel regression, with the null imposed.

Cameron, Gelbach and Miller (2008), "Bootstrap-based improvements for inference with clustered
errors"; Roodman, MacKinnon, Nielsen and Webb (2019), "Fast and wild", for the products of G x G
matrices that replace the refits; Webb (2023), "Reworking wild bootstrap-based inference for
clustered errors", for the six points when clusters are very few.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.inversion_core import QuadraticDraws
from stancelib.effects.two_way_effects_core import (
    PanelFit,
    partial_out,
    small_sample_factor,
    source_scores,
)

Array = NDArray[np.float64]

RADEMACHER = np.array([-1.0, 1.0])
WEBB = np.concatenate([-np.sqrt([1.5, 1.0, 0.5]), np.sqrt([0.5, 1.0, 1.5])])
# With fewer sources, signs alone give fewer than 1,024 different statistics.
FEWEST_FOR_SIGNS = 11


@dataclass(frozen=True, slots=True)
class WildDraws:
    """Multipliers of the sources' residuals.

    Attributes
    ----------
    multipliers : (G, B)
        One column a draw.
    kind : str
        Rademacher or Webb.
    enumerated : bool
        Whether these are all there are, so that nothing is random. Of signs only half are kept:
        a draw and its opposite give the same absolute statistic.
    """

    multipliers: Array
    kind: str
    enumerated: bool


def draw_multipliers(n_sources: int, n_draws: int, seed: int) -> WildDraws:
    """Webb's six points when sources are very few, else signs; all of them where these are few."""
    kind, points = ("Rademacher", RADEMACHER)
    if n_sources < FEWEST_FOR_SIGNS:
        kind, points = "Webb", WEBB
    if len(points) ** n_sources <= n_draws:
        free = n_sources - (kind == "Rademacher")
        columns = np.array(list(product(points, repeat=free))).T
        if kind == "Rademacher":
            columns = np.vstack([np.ones(columns.shape[1]), columns])
        return WildDraws(columns, kind, enumerated=True)
    rng = np.random.default_rng(seed)
    return WildDraws(rng.choice(points, (n_sources, n_draws)), kind, enumerated=False)


def bootstrap_draws(fit: PanelFit, contrast: Array, draws: WildDraws) -> QuadraticDraws:
    """What the statistic of a contrast (k,) would be, as a function of its value under the null.

    The restricted residuals are ``residual + direction (estimate - null) / q``, so that
    numerator and score of every draw are linear in ``shift = (estimate - null) / q``.

    Parameters
    ----------
    fit : PanelFit
        All its sources have fitted cells.
    contrast : (k,)
        Of the coefficients.
    draws : WildDraws
        Multipliers of the G sources.
    """
    direction = fit.direction(contrast[None])
    size = float(contrast @ fit.inverse @ contrast)
    estimate = float(contrast @ fit.coefficients)
    factor = small_sample_factor(fit.design, len(fit.residuals), nested=True)
    numerators, scores = [], []
    for residuals in (fit.residuals, direction[0]):
        numerators.append(source_scores(fit, direction, residuals)[0] @ draws.multipliers)
        scores.append(_score_matrix(fit, direction, residuals)[0] @ draws.multipliers)
    se = np.sqrt(factor * float((source_scores(fit, direction)[0] ** 2).sum()))
    return QuadraticDraws(
        estimate=estimate,
        se=float(se),
        scale=size,
        numerator=(numerators[0], numerators[1]),
        variance=(
            factor * (scores[0] ** 2).sum(0),
            2 * factor * (scores[0] * scores[1]).sum(0),
            factor * (scores[1] ** 2).sum(0),
        ),
        enumerated=draws.enumerated,
    )


def joint_statistics(fit: PanelFit, contrasts: Array, draws: WildDraws) -> Array:
    """Statistics (m, B) of contrasts (m, k), all of which are 0 in the bootstrap's world."""
    direction = fit.direction(contrasts)
    middle = contrasts @ fit.inverse @ contrasts.T
    estimates = contrasts @ fit.coefficients
    residuals = fit.residuals + np.tensordot(np.linalg.solve(middle, estimates), direction, axes=1)
    factor = small_sample_factor(fit.design, len(fit.residuals), nested=True)
    numerators = source_scores(fit, direction, residuals) @ draws.multipliers
    matrices = _score_matrix(fit, direction, residuals)
    variances = np.stack([((one @ draws.multipliers) ** 2).sum(0) for one in matrices])
    return np.asarray(numerators / np.sqrt(factor * variances))


def _score_matrix(fit: PanelFit, direction: Array, residuals: Array) -> Array:
    """Scores (m, G, G): of source g in a refit to what source h alone leaves.

    A draw's refit is linear in its multipliers `v`: its scores are ``matrix @ v``.
    """
    design = fit.design
    alone = np.eye(len(residuals))[:, :, None] * residuals
    left = partial_out(alone, design.weights, period_effects=design.period_effects)
    products = np.einsum("kgt,hgt->kh", fit.partial * design.weights, left, optimize=True)
    left -= np.einsum("kh,kgt->hgt", fit.inverse @ products, fit.partial, optimize=True)
    scores = np.einsum("mgt,hgt->mgh", direction * design.weights, left, optimize=True)
    return np.asarray(scores)
