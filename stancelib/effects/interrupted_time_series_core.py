"""Segmented regression of an interrupted time series: time axis, design and counterfactual.

Wagner, Soumerai, Zhang and Ross-Degnan (2002); Lopez Bernal, Cummins and Gasparrini (2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

# The columns that every design begins with; those of the events follow, and the rhythms come last.
COURSE = ("start", "trend")
TERMS = (*COURSE, "level", "slope")
# Where those of one event whose effect stays are.
EVENT_COLUMNS = slice(2, 4)


@dataclass(frozen=True, slots=True)
class Segments:
    """Where the periods stand to the event.

    Attributes
    ----------
    exposure : (N,)
        Share of the effect that each period feels, 0 to 1; for an effect that stays, the share
        of the period that lies after the event.
    origin : float
        Where the slope begins to count, in periods; whole, except in a split period.
    left_out : (N,)
        Periods that the fit does not use.
    """

    exposure: Array
    origin: float
    left_out: Mask


def segment(n_periods: int, event: int, fraction: float, treatment: str) -> Segments:
    """Place the event, which lies in period `event` at `fraction` (0 to 1) of its length.

    Parameters
    ----------
    n_periods, event : int
        Number of periods, and index of the one that contains the event.
    fraction : float
        0 where the event is the first instant of its period.
    treatment : {"fraction", "pre", "post", "drop"}
        What becomes of that period.
    """
    periods = np.arange(n_periods)
    exposure = (periods > event).astype(np.float64)
    left_out = np.zeros(n_periods, dtype=np.bool_)
    origin = event + 1.0
    if treatment == "fraction":
        exposure[event], origin = 1 - fraction, event + fraction
    elif treatment == "post":
        exposure[event], origin = 1.0, float(event)
    elif treatment == "drop":
        left_out[event] = True
    return Segments(exposure, origin, left_out)


def leave_out(n_periods: int, first: int, last: int) -> Segments:
    """Leave out periods `first` to `last`; what follows is after the event."""
    periods = np.arange(n_periods)
    left_out = (periods >= first) & (periods <= last)
    return Segments((periods > last).astype(np.float64), last + 1.0, left_out)


def segmented_design(segments: Segments) -> Array:
    """Columns start, trend, level and slope, shape (N, 4), of one event whose effect stays."""
    return design_of([segments], [True], np.empty((len(segments.exposure), 0)))


def design_of(events: Sequence[Segments], slopes: Sequence[bool], season: Array) -> Array:
    """Columns start and trend, then level (and slope) of each event, then the rhythms.

    `trend` counts periods from the origin of the first event.

    Parameters
    ----------
    events : sequence of Segments
        In the order of time.
    slopes : sequence of bool
        Which of them have a slope.
    season : (N, s)
        Columns of the rhythms; s may be 0.
    """
    n_periods = len(events[0].exposure)
    trend = np.arange(n_periods) - events[0].origin
    columns = [np.ones(n_periods), trend]
    for event, has_slope in zip(events, slopes, strict=True):
        columns.append(event.exposure)
        if has_slope:
            columns.append(slope_column(event))
    return np.column_stack([*columns, season])


def slope_column(segments: Segments) -> Array:
    """Periods since the first full one after the event, (N,): 0 in that one, 1 in the next.

    `level` is therefore the shift in that first period. A split period follows the average over
    its hours, which is ``-f (1 - f) / 2`` at exposure `f`.
    """
    exposure = segments.exposure
    since = np.arange(len(exposure)) - segments.origin
    split = -exposure * (1 - exposure) / 2
    return np.asarray(np.where(exposure == 1, np.maximum(since, 0.0), split), dtype=np.float64)


def without_event(design: Array, events: slice = EVENT_COLUMNS) -> Array:
    """The same design (N, k) as if the events, whose columns are named, had not happened."""
    counterfactual = design.copy()
    counterfactual[:, events] = 0
    return counterfactual


def event_terms(names: Sequence[str], slopes: Sequence[bool]) -> tuple[str, ...]:
    """Names of the columns of the events: those of several events bear the event's name.

    Examples
    --------
    >>> event_terms(["Summit"], [True]), event_terms(["Summit", "Mutiny"], [True, False])
    (('level', 'slope'), ('level: Summit', 'slope: Summit', 'level: Mutiny'))
    """
    kinds = [("level", "slope") if has_slope else ("level",) for has_slope in slopes]
    if len(names) == 1:
        return kinds[0]
    pairs = zip(names, kinds, strict=True)
    return tuple(f"{term}: {name}" for name, terms in pairs for term in terms)


def event_slices(slopes: Sequence[bool]) -> tuple[slice, ...]:
    """Columns of each event in the design."""
    ends = len(COURSE) + np.cumsum([2 if has_slope else 1 for has_slope in slopes])
    starts = [len(COURSE), *ends[:-1]]
    return tuple(slice(int(a), int(b)) for a, b in zip(starts, ends, strict=True))


def column_sizes(design: Array) -> Array:
    """Largest absolute value of each column, (k,): dividing by it keeps the algebra exact."""
    return np.asarray(np.abs(design).max(0), dtype=np.float64)


def article_mean(stance: Array, n_documents: Array, rows: Mask) -> float:
    """Mean over the articles of the periods in `rows`; all arrays (N,)."""
    return float(np.average(stance[rows], weights=n_documents[rows]))
