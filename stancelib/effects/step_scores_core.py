"""How much each admissible date of a change explains, by generalized least squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.change_points_core import simulate_without_change
from stancelib.effects.generalized_least_squares_core import whiten
from stancelib.effects.noise_points_core import NoisePoints, Observed
from stancelib.effects.segment_levels_core import SegmentFit, fit_segments

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

_MOST_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class White:
    """A series under one point of the noise, as independent values of variance 1.

    Attributes
    ----------
    stance : (n,)
        The series.
    steps : (n, n)
        Column `j` is a step at row `j`; the first is a constant.
    draws : (n, d)
        Series without a change.
    """

    stance: Array
    steps: Array
    draws: Array


@dataclass(frozen=True, slots=True)
class Scores:
    """Candidate steps, apart from all other levels, as unit vectors.

    Attributes
    ----------
    units : (n, m)
        The unit vectors.
    sizes : (m,)
        Lengths of the steps, the inverse of the standard error of a shift there.
    stance : (m,)
        The series along each; its square is the fall of twice the log-likelihood.
    """

    units: Array
    sizes: Array
    stance: Array


def admissible_rows(times: Array, before: float, after: float, minimum: int) -> Indices:
    """Rows (m,) that can begin a segment between two others.

    Parameters
    ----------
    times : (n,)
        Calendar index of each row.
    before, after : float
        Calendar index where the segment before the change begins, and where the one after ends.
    minimum : int
        Shortest segment, in periods; a gap before a row may belong to either side.
    """
    previous = np.append(-np.inf, times[:-1])
    late_enough = times - before >= minimum
    early_enough = after - np.maximum(previous + 1, before + minimum) >= minimum
    inside = (previous >= before) & (times < after)
    return np.flatnonzero(late_enough & early_enough & inside)


def neighbours(times: Array, changes: Indices, which: int) -> tuple[float, float]:
    """Calendar index of the change before (or the start) and of the one after (or the end)."""
    edges = [times[0], *times[changes], times[-1] + 1]
    return float(edges[which]), float(edges[which + 2])


def candidate_rows(times: Array, changes: Indices, which: int, minimum: int) -> Indices:
    """Rows (m,) that may begin the new level of one change, its own row always among them."""
    rows = admissible_rows(times, *neighbours(times, changes, which), minimum)
    return np.union1d(rows, changes[which]).astype(np.int64)


def whiten_series(
    observed: Observed, noise: NoisePoints, n_draws: int, generator: np.random.Generator
) -> White:
    """Whiten under a noise of one point."""
    drawn = noise.repeated(0, n_draws)
    draws = simulate_without_change(drawn, observed.ratios, observed.elapsed, generator)
    n_periods = len(observed.stance)
    columns = np.column_stack([observed.stance, np.tri(n_periods), draws.T])[None]
    white, _ = whiten(
        columns, observed.ratios[None], observed.elapsed, noise.rho[None], noise.share[None]
    )
    scaled = white[0, 0] / np.sqrt(noise.variance)
    after = n_periods + 1
    return White(scaled[:, 0], scaled[:, 1:after], scaled[:, after:])


def step_scores(white: White, rows: Indices, others: Indices) -> Scores:
    """Scores of steps at the candidate `rows` (m,), with steps at the `others` fitted, too."""
    basis, _ = np.linalg.qr(white.steps[:, np.append(0, others)])
    units = white.steps[:, rows]
    units = units - basis @ (basis.T @ units)
    sizes = np.sqrt((units**2).sum(0))
    units = units / sizes
    return Scores(units, sizes, units.T @ white.stance)


def most_likely_changes(
    observed: Observed, noise: NoisePoints, changes: Indices, minimum: int
) -> Indices:
    """Move each change (k,) to its most likely row, the others held, until none moves.

    The search weighs periods but not their autocorrelation, which tells more about the date.
    """
    white = whiten_series(observed, noise.centre(), 0, np.random.default_rng(0))
    found = changes.copy()
    for _ in range(_MOST_ROUNDS):
        earlier = found.copy()
        for which in range(len(found)):
            rows = candidate_rows(observed.times, found, which, minimum)
            scores = step_scores(white, rows, np.delete(found, which))
            found[which] = rows[np.argmax(scores.stance**2)]
        if np.array_equal(found, earlier):
            break
    return found


def settle(observed: Observed, changes: Indices, minimum: int) -> tuple[Indices, SegmentFit]:
    """The most likely rows of the changes (k,) of a search, and the fit of their segments."""
    fit = fit_segments(observed, changes)
    for _ in range(_MOST_ROUNDS if len(changes) else 0):
        settled = most_likely_changes(observed, fit.noise, changes, minimum)
        if np.array_equal(settled, changes):
            break
        changes, fit = settled, fit_segments(observed, settled)
    return changes, fit
