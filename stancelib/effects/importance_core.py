"""Adaptive multiple importance sampling (Cornuet, Marin, Mira and Robert 2012).

Points are drawn from a Student's t, weighed by the density that is wanted, and the next t is
fitted to the weighted points; in the end all points count, weighed by the mixture of all t's.
The points are independent: no chain has to converge, and the effective number says how many
draws from the posterior they are worth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.generalized_least_squares_core import normalized

Array = NDArray[np.float64]

POINTS_A_ROUND = 150
FEWEST_ROUNDS, MOST_ROUNDS = 3, 16
DEGREES_OF_FREEDOM = 5
# The tails of the proposal reach further than those of what is sampled.
INFLATION = 1.3
# A t is fitted to points worth at least this many, if need be of a flattened density.
_POINTS_A_DIMENSION = 12
_BISECTIONS = 30


@dataclass(frozen=True, slots=True)
class WeightedPoints:
    """Points that stand for a posterior.

    Attributes
    ----------
    points : (G, d)
        All rounds.
    weights : (G,)
        They sum to 1.
    """

    points: Array
    weights: Array

    @property
    def effective_number(self) -> float:
        """Independent draws that the points are worth (Kong 1992)."""
        return effective_number(self.weights)


def importance_sample(
    log_density: Callable[[Array], Array],
    centre: Array,
    deviations: Array,
    generator: np.random.Generator,
    wanted: float,
) -> WeightedPoints:
    """Sample a density of d dimensions, from a first guess of its place and width.

    Parameters
    ----------
    log_density : callable
        Takes points (m, d); gives the logarithms (m,) of the density up to a constant, -inf
        where it is 0.
    centre, deviations : (d,)
        Of the first round.
    generator : numpy.random.Generator
        All randomness.
    wanted : float
        Effective number at which the rounds end, after three at the earliest.
    """
    covariance = np.diag(deviations**2)
    points, densities = np.empty((0, len(centre))), np.empty(0)
    proposals: list[tuple[Array, Array]] = []
    while True:
        root: Array = np.linalg.cholesky(INFLATION * covariance).astype(np.float64)
        proposals.append((centre, root))
        normal = generator.standard_normal((POINTS_A_ROUND, len(centre)))
        widths = np.sqrt(DEGREES_OF_FREEDOM / generator.chisquare(DEGREES_OF_FREEDOM, len(normal)))
        drawn = centre + (normal @ root.T) * widths[:, None]
        points = np.concatenate([points, drawn])
        densities = np.concatenate([densities, log_density(drawn)])
        log_weights = densities - _log_mixture(points, proposals)
        weights = normalized(log_weights)
        enough = effective_number(weights) >= wanted and len(proposals) >= FEWEST_ROUNDS
        if enough or len(proposals) == MOST_ROUNDS:
            return WeightedPoints(points, weights)
        flattened = _flattened(log_weights, _POINTS_A_DIMENSION * len(centre))
        centre = flattened @ points
        covariance = ((points - centre) * flattened[:, None]).T @ (points - centre)


def _log_mixture(points: Array, proposals: list[tuple[Array, Array]]) -> Array:
    """Log density of Student's t's with these centres and roots, mixed; up to a constant."""
    n_dimensions = points.shape[1]
    parts = []
    for centre, root in proposals:
        distance = (np.linalg.solve(root, (points - centre).T) ** 2).sum(0)
        power = (DEGREES_OF_FREEDOM + n_dimensions) / 2
        volume = np.log(np.diag(root)).sum()
        parts.append(-power * np.log1p(distance / DEGREES_OF_FREEDOM) - volume)
    return np.asarray(np.logaddexp.reduce(parts), dtype=np.float64)


def effective_number(weights: Array) -> float:
    """Independent draws that points with these weights (G,) are worth (Kong 1992)."""
    return float(1 / (weights**2).sum())


def resample(weights: Array, size: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Row numbers (size,), each as often as its weight says, up to one (systematic)."""
    positions = (np.arange(size) + generator.uniform()) / size
    rows = np.searchsorted(np.cumsum(weights), positions)
    return np.minimum(rows, len(weights) - 1)


def _flattened(log_weights: Array, wanted: float) -> Array:
    """Weights (G,) to a power at which the points are worth as many as are wanted, at most 1."""
    power, low, high = 1.0, 0.0, 1.0
    for _ in range(_BISECTIONS):
        if low == 0.0 and high == 1.0 and effective_number(normalized(log_weights)) >= wanted:
            break
        power = (low + high) / 2
        if effective_number(normalized(power * log_weights)) >= wanted:
            low = power
        else:
            high = power
    return normalized(power * log_weights)
