"""Bands that hold for all of several combinations at once.

The sup-t band of Montiel Olea and Plagborg-Møller (2019), "Simultaneous confidence bands: theory,
implementation, and an application to SVARs", Journal of Applied Econometrics 34: every estimate
plus and minus the same multiple of its standard error.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.student_mixture_core import Contrasts, StudentMixture

Array = NDArray[np.float64]

DRAWS = 10_000


def draw_coefficients(mixture: StudentMixture, draws: int, rng: np.random.Generator) -> Array:
    """Draws (draws, k) from a mixture of a single series."""
    component = rng.choice(len(mixture.weights), size=draws, p=mixture.weights)
    n_terms = mixture.centres.shape[-1]
    # Scales of a regression span many magnitudes; without them the root loses digits.
    size = np.sqrt(np.einsum("gkk->gk", mixture.scales))
    size = np.where(size > 0, size, 1.0)
    correlation = mixture.scales / (size[:, :, None] * size[:, None, :])
    jitter = 1e-12 * np.eye(n_terms)
    root = np.linalg.cholesky(correlation + jitter) * size[:, :, None]
    normal = rng.normal(size=(draws, n_terms))
    freedom = mixture.degrees_of_freedom
    stretch = np.sqrt(freedom / rng.chisquare(freedom, size=draws))
    moved = np.einsum("dij,dj->di", root[component], normal)
    return np.asarray(mixture.centres[component] + moved * stretch[:, None], dtype=np.float64)


def joint_multiple(
    mixture: StudentMixture,
    combinations: Array,
    summary: Contrasts,
    level: float,
    rng: np.random.Generator,
) -> float:
    """Multiple of the standard errors at which all intervals hold together with chance `level`.

    Parameters
    ----------
    mixture : StudentMixture
        Of the coefficients of one series.
    combinations : (c, k)
        The combinations in the band.
    summary : Contrasts
        Estimates and standard errors of the same combinations.
    level : float
        Inside (0, 1).
    rng : Generator
        Seeded by the caller.
    """
    known = summary.se > 0
    if not known.any():
        return 0.0
    draws = _draw_combinations(mixture, combinations, rng)
    distance = np.abs(draws - summary.estimate)[:, known] / summary.se[known]
    return float(np.quantile(distance.max(axis=1), level))


def _draw_combinations(
    mixture: StudentMixture, combinations: Array, rng: np.random.Generator
) -> Array:
    """Draws (DRAWS, c), of the coefficients that take part only: they are few of many."""
    part = np.flatnonzero(combinations.any(axis=0))
    marginal = StudentMixture(
        mixture.weights,
        mixture.centres[..., part],
        mixture.scales[..., part[:, None], part],
        mixture.degrees_of_freedom,
    )
    return draw_coefficients(marginal, DRAWS, rng) @ combinations[:, part].T
