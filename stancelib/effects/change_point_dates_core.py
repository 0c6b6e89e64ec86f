"""Which dates of a change the data allow: a confidence set by inversion of a test.

A date is kept when the hypothesis "the change was here" is not rejected by the likelihood ratio
against the best date. Under that hypothesis the levels before and after are estimated by sufficient
statistics; given these, the likelihood ratio has a distribution without unknown levels (Worsley
1986; Siegmund 1988), from which is drawn here, so that the set covers small shifts, too, where
asymptotic intervals do not. Only draws count whose change would have been found: a change has a
date only where it was found, and a small shift is found when noise adds to it, often beside it. The
noise is averaged over its posterior.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.noise_points_core import NoisePoints, Observed
from stancelib.effects.step_scores_core import (
    Scores,
    White,
    candidate_rows,
    step_scores,
    whiten_series,
)
from stancelib.effects.student_mixture_core import StudentMixture

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

NOISE_POINTS = 40
DRAWS_A_POINT = 40
# Beyond this likelihood ratio a date is out without a simulation: its p-value is below 0.0001.
_HOPELESS = 30.0
# The components are normal: the variance of the noise differs between them instead.
_NORMAL = 1e9


@dataclass(frozen=True, slots=True)
class DatedChange:
    """What the data say about one change; rows count periods with articles.

    Attributes
    ----------
    rows : (m,)
        Rows that may begin the new level, the other changes being where they are.
    p_values : (m,)
        Of the hypothesis that it began there.
    shift : StudentMixture
        Of the new level less the old one, over dates and noise; k = 1.
    """

    rows: Indices
    p_values: Array
    shift: StudentMixture


def date_changes(
    observed: Observed,
    noise: NoisePoints,
    changes: Indices,
    minimum: int,
    *,
    rate: float,
    generator: np.random.Generator,
) -> list[DatedChange]:
    """Test every admissible row of each change (k,).

    Parameters
    ----------
    observed : Observed
        The series.
    noise : NoisePoints
        Equally weighted points of its noise.
    changes : (k,)
        Rows that begin a new level.
    minimum : int
        Shortest segment, in periods.
    rate : float
        Share of series without a change in which one is found.
    generator : numpy.random.Generator
        Source of randomness.
    """
    tallies = [
        _Tally.empty(candidate_rows(observed.times, changes, which, minimum), rate)
        for which in range(len(changes))
    ]
    for point in range(len(noise.rho)):
        white = whiten_series(observed, noise.repeated(point, 1), DRAWS_A_POINT, generator)
        for which, tally in enumerate(tallies):
            tally.add(step_scores(white, tally.rows, np.delete(changes, which)), white)
    return [
        DatedChange(tally.rows, tally.p_values(int(change)), tally.shift())
        for tally, change in zip(tallies, changes, strict=True)
    ]


@dataclass(slots=True)
class _Tally:
    """Running counts over the points of the noise, for m candidate rows."""

    rows: Indices
    rate: float
    found: Array
    as_extreme: Array
    weights: list[Array]
    centres: list[Array]
    scales: list[Array]

    @classmethod
    def empty(cls, rows: Indices, rate: float) -> _Tally:
        return cls(rows, rate, np.zeros(len(rows)), np.zeros(len(rows)), [], [], [])

    def add(self, scores: Scores, white: White) -> None:
        """Add the draws of one point: how many are as far from the best date as the series."""
        best = (scores.stance**2).max()
        along = white.draws.T @ scores.units
        overlap = scores.units.T @ scores.units
        # What the largest score of a series without this change exceeds in a share `rate`; the
        # change was found, so that its own score is enough.
        enough = min(best, float(np.quantile((along**2).max(1), 1 - self.rate)))
        for row, ratio in enumerate(best - scores.stance**2):
            if ratio > _HOPELESS:
                self.found[row] += len(along)
                continue
            # The draw keeps the levels that were estimated at this row: its own are taken out.
            difference = scores.stance[row] - along[:, row, None]
            highest = ((along + difference * overlap[row]) ** 2).max(1)
            self.found[row] += (highest >= enough).sum()
            self.as_extreme[row] += (highest - scores.stance[row] ** 2 >= ratio).sum()
        height = np.exp((scores.stance**2 - best) / 2) / scores.sizes
        self.weights.append(height / height.sum())
        self.centres.append(scores.stance / scores.sizes)
        self.scales.append(scores.sizes**-2)

    def p_values(self, best: int) -> Array:
        """Share of the draws that are as extreme, the series counted among them.

        The row of the change, which is the best on average over the noise, is never rejected.
        """
        shares = (1 + self.as_extreme) / (1 + self.found)
        return np.asarray(np.where(self.rows == best, 1.0, shares), dtype=np.float64)

    def shift(self) -> StudentMixture:
        """Over all dates and points."""
        weights = np.concatenate(self.weights) / len(self.weights)
        centres, scales = np.concatenate(self.centres), np.concatenate(self.scales)
        return StudentMixture(weights, centres[:, None], scales[:, None, None], _NORMAL)
