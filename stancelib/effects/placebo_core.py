"""Placebo tests: what a series shows at dates, in places and in outcomes without the event.

The event's date is compared with every date at which it might have stood (Fisher 1935; Bertrand,
Duflo and Mullainathan 2004; Abadie, Diamond and Hainmueller 2010). No number that the dates share,
the noise among them, knows which of the dates is the event's: so its rank is exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.generalized_least_squares_core import Regression
from stancelib.effects.interrupted_time_series_core import column_sizes
from stancelib.effects.regression_core import precision_weights, regress_generalized
from stancelib.effects.segmented_refit_core import (
    Dates,
    Refits,
    periods_on_sides,
    refit_weighted,
)
from stancelib.effects.segmented_whitened_core import Noise, date_designs, refit_generalized

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

# Statistics that differ less than this, relatively, are equal: the rest is rounding.
_TIE = 1e-9
_GRID_POINTS = 801
_FIRST_REACH = 8.0
_DOUBLINGS = 8
_BISECTIONS = 30


@dataclass(frozen=True, slots=True)
class Observed:
    """One series of N periods.

    Attributes
    ----------
    values : (N,)
        0 where `seen` (N,) is false.
    seen : (N,)
        Periods with a value.
    variances : (N,)
        Sampling variance of each value, or numbers in proportion to it.
    freedom : float
        Degrees of freedom behind the size of `variances`; 0: only the proportions are known.
    """

    values: Array
    seen: Mask
    variances: Array
    freedom: float


@dataclass(frozen=True, slots=True)
class SharedNoise:
    """The noise that the refits at all dates share.

    Attributes
    ----------
    weights : (N,)
        Inverse variances up to a factor, 0 where there is no value; for independent errors.
    noise : Noise or None
        Covariance of autocorrelated errors; None takes the errors for independent.
    """

    weights: Array
    noise: Noise | None


@dataclass(frozen=True, slots=True)
class Pieces:
    """What the statistic of each of m dates is made of when ``shift * x`` is taken away.

    Attributes
    ----------
    estimate, response : (m,)
        Term in the series, and in `x` itself, the course of the term at the event.
    squares, mixed, own : (m,)
        Residual products of the series with itself, with `x`, and of `x` with itself.
    unit : (m,)
        Variance of the term for errors of variance 1, over the degrees of freedom.
    """

    estimate: Array
    response: Array
    squares: Array
    mixed: Array
    own: Array
    unit: Array

    def squared_statistic(self, shifts: Array) -> Array:
        """Squared statistics (..., m) after taking away `shifts` (...)."""
        shift = shifts[..., None]
        rest = self.squares - 2 * shift * self.mixed + shift**2 * self.own
        floor = np.finfo(np.float64).eps * (self.squares + shift**2 * self.own)
        variance = np.maximum(np.maximum(rest, floor) * self.unit, np.finfo(np.float64).tiny)
        return np.asarray((self.estimate - shift * self.response) ** 2 / variance)


def admissible(seen: Mask, dates: Dates, minimum: int, window: int | None) -> Integers:
    """Positions of the dates that have at least `minimum` values on each side."""
    before, after = periods_on_sides(seen, dates, window)
    return np.flatnonzero(np.minimum(before, after) >= minimum)


def shared_noise(observed: Observed, dates: Dates, window: int | None, kind: str) -> SharedNoise:
    """Estimate weights and autocorrelation once, around the strongest break of the series.

    A break that is there would pass for autocorrelation where it is not fitted; but a fit at the
    event itself would give its date an advantage. The date with the largest statistic under equal
    weights is a function of the series alone.

    Parameters
    ----------
    observed : Observed
        The series.
    dates : Dates
        All admissible ones.
    window : int or None
        As in `refit_weighted`.
    kind : {"gls", "ols"}
        Whether errors are autocorrelated.
    """
    equal = refit_weighted(observed.values[None], observed.seen.astype(np.float64), dates, window)
    strongest = int(np.argmax(np.abs(equal.statistic[0, :, 0])))
    date = dates.at(slice(strongest, strongest + 1))
    if kind == "ols":
        # Nothing is left out around the date: at another date the same periods count.
        whole = Dates(date.after, date.after, date.origin, np.zeros(1))
        regression, rows = _regression_at(observed, whole, None)
        weights = np.zeros(len(observed.seen))
        weights[rows] = precision_weights(regression)
        return SharedNoise(weights, None)
    regression, rows = _regression_at(observed, date, window)
    typical = np.median(observed.variances[rows])
    ratios = np.where(observed.seen, observed.variances / typical, 1.0)
    found = regress_generalized(regression).noise
    noise = Noise(found.rho, 1 - found.sampling_share, ratios)
    return SharedNoise(observed.seen.astype(np.float64), noise)


def _regression_at(
    observed: Observed, date: Dates, window: int | None
) -> tuple[Regression, Integers]:
    """The regression of one date, and the periods that it uses."""
    design, index, used = date_designs(observed.seen, date, window)
    rows, shown = index[0][used[0]], design[0][used[0]]
    regression = Regression(
        outcome=observed.values[None, rows],
        design=shown / column_sizes(shown),
        variances=observed.variances[None, rows],
        freedom=observed.freedom,
        elapsed=np.diff(rows, prepend=rows[0]).astype(np.float64),
    )
    return regression, rows


def refit(
    outcomes: Array, observed: Observed, shared: SharedNoise, dates: Dates, window: int | None
) -> Refits:
    """Level and slope of outcomes (q, N) at each date, with the noise that all dates share."""
    if shared.noise is None:
        return refit_weighted(outcomes, shared.weights, dates, window)
    return refit_generalized(outcomes, observed.seen, shared.noise, dates, window)


def rank_p_value(statistics: Array, event: int) -> float:
    """Share of the statistics (m,) that are at least as far from 0 as that of the event.

    Under the hypothesis that the event changed nothing, and stood anywhere with equal chance, a
    share of at most `a` comes up with a probability of at most `a`, in any series.

    Examples
    --------
    >>> rank_p_value(np.array([0.3, -2.5, 1.0, -0.2]), 1)
    0.25
    """
    size = np.abs(statistics)
    return float(np.mean(size >= size[event] * (1 - _TIE)))


def step_down_p_values(observed: Array, reference: Array) -> Array:
    """Adjusted p-values (s,) of a family by the step-down maximum of Westfall and Young (1993).

    Parameters
    ----------
    observed : (s,)
        Statistics of s hypotheses; far from 0 speaks against them.
    reference : (s, m)
        Their joint values when nothing happened; what was observed is one of the columns.

    Examples
    --------
    >>> reference = np.array([[3.0, 1.0, 0.5, 0.2], [1.0, 2.0, 0.1, 0.4]])
    >>> step_down_p_values(reference[:, 0], reference).tolist()
    [0.25, 0.5]
    """
    size, sizes = np.abs(observed), np.abs(reference)
    order = np.argsort(-size, kind="stable")
    # Row j: the largest among the hypotheses that are no further from 0 than the j-th.
    largest = np.maximum.accumulate(sizes[order][::-1], axis=0)[::-1]
    shares = np.mean(largest >= size[order][:, None] * (1 - _TIE), axis=1)
    adjusted = np.empty(len(observed))
    adjusted[order] = np.maximum.accumulate(shares)
    return adjusted


def pieces_of(refits: Refits, term: int) -> Pieces:
    """Pieces of a term (0 level, 1 slope) from refits of ``y``, ``x`` and ``y + x``."""
    y, x, both = refits.squares
    return Pieces(
        estimate=refits.estimate[0, :, term],
        response=refits.estimate[1, :, term],
        squares=y,
        mixed=(both - y - x) / 2,
        own=x,
        unit=refits.unit_variance[:, term] / refits.freedom,
    )


def shifts_not_rejected(pieces: Pieces, event: int, level: float) -> tuple[float, float]:
    """Ends of the set of shifts at whose removal the event's date is not conspicuous.

    The test is inverted (Hodges and Lehmann 1963; Rosenbaum 2002): a shift belongs to the interval
    when the series without it gives the event a rank p-value above ``1 - level``. Infinite where
    there are too few dates to reject anything.
    """
    n_dates = len(pieces.estimate)
    if 1 / n_dates > 1 - level:
        return float("-inf"), float("inf")
    centre = float(pieces.estimate[event])
    se = float(np.sqrt(max(pieces.squares[event] * pieces.unit[event], 0.0)))
    if se == 0:
        return centre, centre

    def kept(shifts: Array) -> Mask:
        squared = pieces.squared_statistic(shifts)
        larger = squared >= squared[..., [event]] * (1 - _TIE) ** 2
        return np.asarray(larger.mean(-1) > 1 - level)

    reach = _FIRST_REACH * se
    for _ in range(_DOUBLINGS):
        grid = centre + np.linspace(-reach, reach, _GRID_POINTS)
        inside = np.flatnonzero(kept(grid))
        if inside[0] > 0 and inside[-1] < _GRID_POINTS - 1:
            return (
                _boundary(kept, grid[inside[0]], grid[inside[0] - 1]),
                _boundary(kept, grid[inside[-1]], grid[inside[-1] + 1]),
            )
        reach *= 2
    return float("-inf"), float("inf")


def _boundary(kept: Callable[[Array], Mask], inside: float, outside: float) -> float:
    """The end of the set between a shift that belongs to it and one that does not."""
    for _ in range(_BISECTIONS):
        middle = (inside + outside) / 2
        if kept(np.array([middle]))[0]:
            inside = middle
        else:
            outside = middle
    return float(inside)
