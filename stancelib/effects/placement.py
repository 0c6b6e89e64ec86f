"""Where an event stands in a series: its period, what is left out, and what remains."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.diagnostics import Placement
from stancelib.effects.event import Event
from stancelib.effects.interrupted_time_series_core import Segments, leave_out, segment
from stancelib.effects.periods import ChosenSeries
from stancelib.errors import ArgumentError, NotEnoughDataError

EventPeriod = Literal["fraction", "pre", "post", "drop"]
Mask = NDArray[np.bool_]

MINIMUM_PERIODS = 8
_NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class PlacedEvent:
    """An event in a series of N periods.

    Attributes
    ----------
    segments : Segments
        Exposure of each period.
    used, before, after : (N,)
        Periods that are fitted; of these, the ones wholly before and wholly after the event.
    counts : Placement
        The same in numbers and words.
    """

    segments: Segments
    used: Mask
    before: Mask
    after: Mask
    counts: Placement


def place_event(chosen: ChosenSeries, event: Event, treatment: EventPeriod) -> PlacedEvent:
    """Find the event's period, leave out what is to be left out, and count both sides."""
    index, fraction = chosen.position(event.at)
    _check_span(chosen, event, index)
    segments, words = _segments(chosen, event, treatment, index, fraction)
    seen = chosen.frame["stance"].is_not_null().to_numpy()
    used = seen & ~segments.left_out
    before, after = used & (segments.exposure == 0), used & (segments.exposure == 1)
    _check_enough(chosen, event, int(before.sum()), int(after.sum()))
    if np.ptp(chosen.frame["stance"].fill_null(0.0).to_numpy()[used]) == 0:
        raise NotEnoughDataError(
            f"the stance toward {chosen.target} in {chosen.source} is the same in all "
            f"{int(used.sum())} periods; without variation no error can be estimated"
        )
    counts = Placement(
        n_before=int(before.sum()),
        n_after=int(after.sum()),
        n_missing=int((~seen).sum()),
        n_left_out=int((seen & segments.left_out).sum()),
        event_period=chosen.frame["period"][index],
        event_period_treatment=words,
    )
    return PlacedEvent(segments, used, before, after, counts)


def _segments(
    chosen: ChosenSeries, event: Event, treatment: EventPeriod, index: int, fraction: float
) -> tuple[Segments, str]:
    n_periods = chosen.frame.height
    anticipation, lag = event.anticipation or _NO_TIME, event.lag or _NO_TIME
    if anticipation or lag:
        first = chosen.position(event.at - anticipation)[0]
        end, share = chosen.position(event.at + lag)
        # A window that ends with a period does not touch the next one.
        last = end if share > 0 else end - 1
        segments = leave_out(n_periods, max(first, 0), last)
        return segments, "periods that overlap the anticipation and lag are left out"
    words = {
        "fraction": f"split: {1 - fraction:.3f} of it counts as after the event",
        "pre": "counts as before the event",
        "post": "counts as after the event",
        "drop": "left out",
    }
    if treatment == "fraction" and fraction == 0:
        words["fraction"] = "begins with the event: counts as after it"
    return segment(n_periods, index, fraction, treatment), words[treatment]


def _check_span(chosen: ChosenSeries, event: Event, index: int) -> None:
    if not 0 <= index < chosen.frame.height:
        first, end = chosen.bounds[0], chosen.bounds[-1]
        raise ArgumentError(
            f"event {event.name!r} at {event.at.isoformat()} lies outside the series, which "
            f"runs from {first.isoformat()} to {end.isoformat()}"
        )


def _check_enough(chosen: ChosenSeries, event: Event, before: int, after: int) -> None:
    if min(before, after) < MINIMUM_PERIODS:
        raise NotEnoughDataError(
            f"{chosen.target} in {chosen.source} has {before} periods with articles before and "
            f"{after} after {event.name!r}; at least {MINIMUM_PERIODS} are needed on each side. "
            "Take shorter periods (every=...), a longer span, or sources together (by=None)"
        )
