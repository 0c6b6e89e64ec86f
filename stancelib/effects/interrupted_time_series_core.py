"""Segmented regression of an interrupted time series: time axis, design and counterfactual.

Wagner, Soumerai, Zhang and Ross-Degnan (2002); Lopez Bernal, Cummins and Gasparrini (2017).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

TERMS = ("start", "trend", "level", "slope")


@dataclass(frozen=True, slots=True)
class Segments:
    """Where the periods stand to the event.

    Attributes
    ----------
    exposure : (N,)
        Share of each period that lies after the event, 0 to 1.
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
    """Columns start, trend, level and slope, shape (N, 4).

    `trend` counts periods from the origin, `slope` those after it: 0 in the first full period
    after the event, 1 in the next, so that `level` is the shift in that first period. In a
    split period both follow the average over its hours, which for `slope` is
    ``-f (1 - f) / 2`` at exposure `f`.
    """
    exposure = segments.exposure
    trend = np.arange(len(exposure)) - segments.origin
    split = -exposure * (1 - exposure) / 2
    slope = np.where(exposure == 1, np.maximum(trend, 0.0), split)
    return np.column_stack([np.ones(len(exposure)), trend, exposure, slope])


def without_event(design: Array) -> Array:
    """The same design (N, 4) as if the event had not happened."""
    counterfactual = design.copy()
    counterfactual[:, 2:] = 0
    return counterfactual


def column_sizes(design: Array) -> Array:
    """Largest absolute value of each column, (k,): dividing by it keeps the algebra exact."""
    return np.asarray(np.abs(design).max(0), dtype=np.float64)


def article_mean(stance: Array, n_documents: Array, rows: Mask) -> float:
    """Mean over the articles of the periods in `rows`; all arrays (N,)."""
    return float(np.average(stance[rows], weights=n_documents[rows]))
