"""Levels of the segments between known changes, and the noise around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.generalized_least_squares_core import Regression, fit_generalized, whiten
from stancelib.effects.noise_points_core import NoisePoints, Observed
from stancelib.effects.student_mixture_core import StudentMixture

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SegmentFit:
    """Segments between changes (k,).

    Attributes
    ----------
    levels : StudentMixture
        Of the k + 1 segments.
    noise : NoisePoints
        Posterior of the noise around them.
    """

    levels: StudentMixture
    noise: NoisePoints


def segment_design(n_rows: int, changes: Indices) -> Array:
    """Indicators (n, k + 1) of the segments."""
    member = np.searchsorted(changes, np.arange(n_rows), side="right")
    return np.asarray(member[:, None] == np.arange(len(changes) + 1), dtype=np.float64)


def fit_segments(observed: Observed, changes: Indices) -> SegmentFit:
    """Integrate over the noise, the changes (k,) held."""
    design = segment_design(len(observed.stance), changes)
    regression = Regression(
        observed.stance[None], design, observed.variances[None], observed.freedom, observed.elapsed
    )
    fit = fit_generalized(regression)
    mixture = fit.mixture
    freedom = mixture.degrees_of_freedom
    levels = StudentMixture(mixture.weights[0], mixture.centres[0], mixture.scales[0], freedom)
    noise = NoisePoints(fit.rho[0], fit.share[0], fit.variance[0], mixture.weights[0], freedom)
    return SegmentFit(levels, noise)


@dataclass(frozen=True, slots=True)
class WhiteResiduals:
    """What the levels of the segments leave; every array has shape (n,).

    Attributes
    ----------
    raw : (n,)
        Stance less the level of its segment.
    white : (n,)
        The same as independent values of variance 1, under the centre of the noise.
    leverage : (n,)
        Share of each period in the levels.
    """

    raw: Array
    white: Array
    leverage: Array


def segment_residuals(observed: Observed, noise: NoisePoints, changes: Indices) -> WhiteResiduals:
    """Residuals of the segments between changes (k,), under the centre of the noise."""
    design = segment_design(len(observed.stance), changes)
    centre = noise.centre()
    columns = np.column_stack([observed.stance, design])[None]
    white, _ = whiten(
        columns, observed.ratios[None], observed.elapsed, centre.rho[None], centre.share[None]
    )
    scaled = white[0, 0] / np.sqrt(centre.variance)
    q, r = np.linalg.qr(scaled[:, 1:])
    levels = np.linalg.solve(r, q.T @ scaled[:, 0])
    left = scaled[:, 0] - scaled[:, 1:] @ levels
    return WhiteResiduals(observed.stance - design @ levels, left, (q**2).sum(1))
