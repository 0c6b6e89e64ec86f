"""Where events stand in a series: their periods, what is left out, and what remains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.diagnostics import Placement
from stancelib.effects.event import Event
from stancelib.effects.exposure_core import (
    Integral,
    halving_every,
    lasting,
    lasting_until,
    mean_exposure,
    rising_over,
)
from stancelib.effects.interrupted_time_series_core import Segments, leave_out, segment
from stancelib.effects.interruption import Interruption
from stancelib.effects.periods import ChosenSeries
from stancelib.errors import ArgumentError, NotEnoughDataError

EventPeriod = Literal["fraction", "pre", "post", "drop"]
Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

MINIMUM_PERIODS = 8
# Without a trend of its own, a level needs fewer.
MINIMUM_PERIODS_OF_A_LEVEL = 3
_NO_TIME = timedelta(0)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PlacedEvent:
    """An event in a series of N periods.

    Attributes
    ----------
    segments : Segments
        Exposure of each period.
    lasting : (N,)
        Share of each period between the beginning of the effect and its end, whatever its size.
    used, before, after : (N,)
        Periods that are fitted; of these, the ones that do not feel the event, and the ones
        wholly after it (for an effect that does not stay at its full size: that feel it at all).
    counts : Placement
        The same in numbers and words.
    """

    segments: Segments
    lasting: Array
    used: Mask
    before: Mask
    after: Mask
    counts: Placement


@dataclass(frozen=True, slots=True)
class PlacedEvents:
    """Several events in one series; the first of them leads `counts`.

    Attributes
    ----------
    events : tuple of PlacedEvent
        In the order of time; their `used` is that of the whole model.
    used, before, after, left_out : (N,)
        Periods that are fitted; of these, the ones before the first event and the ones wholly
        after the last; and the ones that are left out.
    """

    events: tuple[PlacedEvent, ...]
    used: Mask
    before: Mask
    after: Mask
    left_out: Mask


def place_events(
    chosen: ChosenSeries, interruptions: Sequence[Interruption], treatment: EventPeriod
) -> PlacedEvents:
    """Place each event, leave out what any of them leaves out, and count the sides again."""
    segments = [_segments_of(chosen, one, treatment) for one in interruptions]
    left_out = np.logical_or.reduce([found.left_out for found, _, _ in segments])
    used = chosen.frame["stance"].is_not_null().to_numpy() & ~left_out
    events = tuple(
        _placed(chosen, one, parts, used, left_out)
        for one, parts in zip(interruptions, segments, strict=True)
    )
    _check_variation(chosen, used)
    _check_between(interruptions, events, used)
    first, last = events[0], events[-1]
    return PlacedEvents(events, used, first.before, last.after, left_out)


def place_event(chosen: ChosenSeries, event: Event, treatment: EventPeriod) -> PlacedEvent:
    """Place one event whose effect stays."""
    return place_events(chosen, [Interruption(event, shape="persistent")], treatment).events[0]


def _placed(
    chosen: ChosenSeries,
    one: Interruption,
    parts: tuple[Segments, Array, str],
    used: Mask,
    left_out: Mask,
) -> PlacedEvent:
    segments, lasting_share, words = parts
    index = chosen.position(one.event.at)[0]
    seen = chosen.frame["stance"].is_not_null().to_numpy()
    # What follows a temporary effect is as much a comparison as what came before it.
    before = used & (segments.exposure == 0)
    felt = segments.exposure == 1 if one.course == "persistent" else segments.exposure > 0
    _check_enough(chosen, one, int(before.sum()), int((used & felt).sum()))
    counts = Placement(
        event=one.event.name,
        course=one.words,
        n_before=int(before.sum()),
        n_after=int((used & felt).sum()),
        n_missing=int((~seen).sum()),
        n_left_out=int((seen & left_out).sum()),
        event_period=chosen.frame["period"][index],
        event_period_treatment=words,
    )
    return PlacedEvent(segments, lasting_share, used, before, used & felt, counts)


def _segments_of(
    chosen: ChosenSeries, one: Interruption, treatment: EventPeriod
) -> tuple[Segments, Array, str]:
    """Exposure, the share of each period that the effect lasts, and the treatment in words."""
    begins = one.event.at + (one.delay or _NO_TIME)
    index, fraction = chosen.position(begins)
    for inside in (chosen.position(one.event.at)[0], index):
        check_span(chosen, one.event, inside)
    segments, words = segments_of(chosen, one.event, treatment, index, fraction)
    if one.course == "persistent":
        return segments, segments.exposure, words
    # The treatment of the event's period moves the beginning of the course.
    shifted = _beginning(chosen, segments, index, begins)
    bounds = np.array([(bound - chosen.bounds[0]) / _DAY for bound in chosen.bounds])
    start = (shifted - chosen.bounds[0]) / _DAY
    exposure = mean_exposure(bounds, start, _integral(one, shifted))
    end = lasting() if one.course != "temporary" else _integral(one, shifted)
    placed = Segments(exposure, segments.origin, segments.left_out)
    return placed, mean_exposure(bounds, start, end), words


def _beginning(chosen: ChosenSeries, segments: Segments, index: int, begins: datetime) -> datetime:
    inside = 0 < segments.exposure[index] < 1
    first = int(np.argmax(segments.exposure > 0))
    return begins if inside else chosen.bounds[first]


def _integral(one: Interruption, start: datetime) -> Integral:
    if one.course == "temporary" and one.event.until is not None:
        return lasting_until(max((one.event.until - start) / _DAY, 0.0))
    if one.course == "decaying" and one.half_life is not None:
        return halving_every(one.half_life / _DAY)
    if one.course == "ramp" and one.ramp is not None:
        return rising_over(one.ramp / _DAY)
    return lasting()


def segments_of(
    chosen: ChosenSeries, event: Event, treatment: EventPeriod, index: int, fraction: float
) -> tuple[Segments, str]:
    """Exposure to an effect that stays, and what was done with the event's period, in words."""
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


def check_span(chosen: ChosenSeries, event: Event, index: int) -> None:
    """Refuse an event whose period `index` is not in the series."""
    if not 0 <= index < chosen.frame.height:
        first, end = chosen.bounds[0], chosen.bounds[-1]
        raise ArgumentError(
            f"event {event.name!r} at {event.at.isoformat()} lies outside the series, which "
            f"runs from {first.isoformat()} to {end.isoformat()}"
        )


def _check_enough(chosen: ChosenSeries, one: Interruption, before: int, after: int) -> None:
    needed = MINIMUM_PERIODS if one.has_slope else MINIMUM_PERIODS_OF_A_LEVEL
    if before < MINIMUM_PERIODS or after < needed:
        where = f"{before} periods with articles before and {after} after {one.event.name!r}"
        if one.course == "temporary":
            where = f"{after} periods with articles in {one.event.name!r} and {before} outside"
        each = (
            f"at least {MINIMUM_PERIODS} are needed on each side"
            if needed == MINIMUM_PERIODS
            else f"at least {MINIMUM_PERIODS} and {needed} are needed"
        )
        raise NotEnoughDataError(
            f"{chosen.target} in {chosen.source} has {where}; {each}. "
            "Take shorter periods (every=...), a longer span, or sources together (by=None)"
        )


def _check_between(
    interruptions: Sequence[Interruption], events: Sequence[PlacedEvent], used: Mask
) -> None:
    """Two events need periods between them that feel the first and not yet the second."""
    for i in range(len(events) - 1):
        begun = np.cumsum(events[i].segments.exposure) > 0
        between = used & begun & (np.cumsum(events[i + 1].segments.exposure) == 0)
        one, other = interruptions[i], interruptions[i + 1]
        needed = MINIMUM_PERIODS if one.has_slope else MINIMUM_PERIODS_OF_A_LEVEL
        if between.sum() < needed:
            raise NotEnoughDataError(
                f"{int(between.sum())} periods with articles lie between {one.event.name!r} and "
                f"{other.event.name!r}; at least {needed} are needed to tell them apart. Take "
                "shorter periods (every=...), or one event for both"
            )


def _check_variation(chosen: ChosenSeries, used: Mask) -> None:
    if np.ptp(chosen.frame["stance"].fill_null(0.0).to_numpy()[used]) == 0:
        raise NotEnoughDataError(
            f"the stance toward {chosen.target} in {chosen.source} is the same in all "
            f"{int(used.sum())} periods; without variation no error can be estimated"
        )
