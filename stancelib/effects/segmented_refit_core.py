"""The segmented regression refitted at many dates at once, without a loop over them.

With independent errors a segmented regression is a weighted line on each side of the date, tied
together by the one period that the date splits: running sums give the lines of all dates, and a
rank-one update (Sherman and Morrison 1950) adds the split period.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.interrupted_time_series_core import Segments

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

N_TERMS = 4
_SMALLEST = np.finfo(np.float64).tiny


@dataclass(frozen=True, slots=True)
class Dates:
    """Where an event would stand in a series of N periods, for m dates.

    Attributes
    ----------
    before, after : (m,)
        Periods with an index below `before` lie before the date, those from `after` on after it;
        what is between them is left out, except a split period.
    origin : (m,)
        Where the slope begins to count, in periods.
    exposure : (m,)
        Share of the period `before` that lies after the date where the date splits it, else 0.
    """

    before: Integers
    after: Integers
    origin: Array
    exposure: Array

    def at(self, chosen: Integers | slice) -> Dates:
        """Some of the dates."""
        return Dates(
            self.before[chosen], self.after[chosen], self.origin[chosen], self.exposure[chosen]
        )


@dataclass(frozen=True, slots=True)
class Refits:
    """Segmented regressions of q outcomes at m dates.

    Attributes
    ----------
    estimate : (q, m, 2)
        Level and slope change.
    unit_variance : (m, 2)
        Their variances when the errors have variance 1.
    squares : (q, m)
        Weighted sums of squared residuals.
    freedom : (m,)
        Periods less coefficients.
    """

    estimate: Array
    unit_variance: Array
    squares: Array
    freedom: Array

    @property
    def standard_error(self) -> Array:
        """Standard errors of level and slope, (q, m, 2)."""
        scale = self.squares / self.freedom
        return np.asarray(np.sqrt(scale[..., None] * self.unit_variance))

    @property
    def statistic(self) -> Array:
        """Estimates over their standard errors, (q, m, 2)."""
        return self.estimate / np.maximum(self.standard_error, _SMALLEST)


def shifted(segments: Segments, offsets: Integers) -> Dates:
    """The dates at which an event would stand when it is moved by whole periods.

    Parameters
    ----------
    segments : Segments
        Where the event stands itself.
    offsets : (m,)
        Periods by which it is moved; 0 is the event.
    """
    outside = segments.left_out | (segments.exposure > 0)
    before = int(np.argmax(outside))
    after = int(np.argmax((segments.exposure == 1) & ~segments.left_out))
    split = float(segments.exposure[before]) if after > before else 0.0
    return Dates(
        before + offsets,
        after + offsets,
        segments.origin + offsets.astype(np.float64),
        np.full(len(offsets), split),
    )


def split_row(dates: Dates) -> tuple[Integers, Mask]:
    """Index (m,) of the period that a date splits, and whether there is one inside the series."""
    return dates.before, (dates.exposure > 0) & (dates.exposure < 1)


def periods_on_sides(seen: Mask, dates: Dates, window: int | None) -> tuple[Integers, Integers]:
    """Periods with a value before and after each date, both (m,), of `seen` (N,)."""
    running = np.concatenate([[0], np.cumsum(seen)])
    reach = len(seen) if window is None else window
    first = np.clip(dates.before - reach, 0, len(seen))
    end = np.clip(dates.after + reach, 0, len(seen))
    before = running[np.clip(dates.before, 0, len(seen))] - running[first]
    after = running[end] - running[np.clip(dates.after, 0, len(seen))]
    return before, after


@dataclass(frozen=True, slots=True)
class Line:
    """Weighted lines on one side of m dates; `u` is time from the origin of a date.

    Attributes
    ----------
    intercept, trend : (q, m)
        Coefficients.
    squares : (q, m)
        Sums of squared residuals.
    variances : tuple of three (m,)
        Of the intercept, between both, and of the trend, for errors of variance 1.
    """

    intercept: Array
    trend: Array
    squares: Array
    variances: tuple[Array, Array, Array]


def refit_weighted(outcomes: Array, weights: Array, dates: Dates, window: int | None) -> Refits:
    """Weighted least squares at m dates in closed form.

    Parameters
    ----------
    outcomes : (q, N)
        Anything where the weight is 0.
    weights : (N,)
        Inverse variances up to a factor; 0 in periods that are not fitted.
    dates : Dates
        Each with at least three values on a side.
    window : int or None
        Periods on each side of a date that its fit uses; None takes all.
    """
    known = weights > 0
    # Around the mean, so that squares of values do not swallow squares of residuals.
    centre = np.average(outcomes[:, known], axis=-1, weights=weights[known])
    centred = np.where(known, outcomes - centre[:, None], 0.0)
    weighted = centred * weights
    rows = (weights[None], weighted, weighted * centred)
    shift = dates.before - dates.origin
    before = _line(_moments(rows, dates.before, window), -1.0, shift)
    mirrored = tuple(row[..., ::-1] for row in rows)
    n_periods = len(weights)
    shift = dates.after - 1 - dates.origin
    after = _line(_moments(mirrored, n_periods - dates.after, window), 1.0, shift)
    counts = periods_on_sides(known, dates, window)
    return _joined((before, after), centred, weights, dates, counts[0] + counts[1])


def _moments(rows: tuple[Array, ...], ends: Integers, window: int | None) -> tuple[Array, ...]:
    """Sums of `rows` times 1, j and j squared, over the periods `j` = 1, 2, ... before `ends`."""
    found: list[Array] = []
    for row, powers in zip(rows, (3, 2, 1), strict=True):
        sums = _running_sums(row, powers) if window is None else _sliding_sums(row, powers, window)
        found.extend(one[..., ends] for one in sums)
    return tuple(found)


def _running_sums(row: Array, powers: int) -> list[Array]:
    """Sums over all periods before each of N + 1 ends; sums of sums, so that nothing cancels."""
    zero = np.zeros((*row.shape[:-1], 1))
    sums = [np.concatenate([zero, np.cumsum(row, axis=-1)], axis=-1)]
    if powers > 1:
        sums.append(np.cumsum(sums[0], axis=-1))
    if powers > 2:  # noqa: PLR2004 - the second power
        sums.append(2 * np.cumsum(sums[1], axis=-1) - sums[1])
    return sums


def _sliding_sums(row: Array, powers: int, window: int) -> list[Array]:
    """The same over the `window` periods before each end."""
    padded = np.concatenate([np.zeros((*row.shape[:-1], window)), row], axis=-1)
    views = np.lib.stride_tricks.sliding_window_view(padded, window, axis=-1)
    distance = np.arange(window, 0, -1.0)
    return [views @ distance**power for power in range(powers)]


def _line(moments: tuple[Array, ...], sign: float, shift: Array) -> Line:
    """Lines over ``u = sign j + shift`` from moments over the distance `j`."""
    w0, w1, w2, y0, y1, yy = moments
    u1 = sign * w1 + shift * w0
    u2 = w2 + 2 * sign * shift * w1 + shift**2 * w0
    uy = sign * y1 + shift * y0
    determinant = w0 * u2 - u1**2
    variances = (u2 / determinant, -u1 / determinant, w0 / determinant)
    intercept = variances[0] * y0 + variances[1] * uy
    trend = variances[1] * y0 + variances[2] * uy
    squares = yy - intercept * y0 - trend * uy
    return Line(intercept, trend, squares, tuple(one[0] for one in variances))


def _joined(
    lines: tuple[Line, Line], centred: Array, weights: Array, dates: Dates, counts: Integers
) -> Refits:
    """Both lines and the split period, which lies on neither."""
    before, after = lines
    row, split = split_row(dates)
    row = np.clip(row, 0, len(weights) - 1)
    weight = np.where(split, weights[row], 0.0)
    exposure = np.where(split, dates.exposure, 0.0)
    slope = -exposure * (1 - exposure) / 2
    time = row - dates.origin - slope
    b, a = before.variances, after.variances
    # Covariance of (intercept, trend) before and after, times the design of the split period.
    before_intercept = b[0] * (1 - exposure) + b[1] * time
    before_trend = b[1] * (1 - exposure) + b[2] * time
    after_intercept = a[0] * exposure + a[1] * slope
    after_trend = a[1] * exposure + a[2] * slope
    leverage = (
        (1 - exposure) * before_intercept
        + time * before_trend
        + exposure * after_intercept
        + slope * after_trend
    )
    gain = weight / (1 + weight * leverage)
    expected = (
        (1 - exposure) * before.intercept
        + time * before.trend
        + exposure * after.intercept
        + slope * after.trend
    )
    surprise = centred[:, row] - expected
    change = np.stack([after_intercept - before_intercept, after_trend - before_trend], axis=-1)
    estimate = (
        np.stack([after.intercept - before.intercept, after.trend - before.trend], axis=-1)
        + change * (gain * surprise)[..., None]
    )
    unit = np.stack([a[0] + b[0], a[2] + b[2]], axis=-1) - change**2 * gain[:, None]
    squares = before.squares + after.squares + gain * surprise**2
    freedom = counts + (weight > 0) - N_TERMS
    return Refits(estimate, unit, np.maximum(squares, 0.0), freedom.astype(np.float64))
