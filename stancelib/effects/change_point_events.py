"""Change points beside a catalogue of events: the nearest one, and whether it is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from stancelib.effects.event import Event
from stancelib.effects.periods import ChosenSeries
from stancelib.effects.words import PERIOD_NAMES, date_words
from stancelib.errors import ArgumentError

_NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


@dataclass(frozen=True, slots=True)
class NearestEvent:
    """The event nearest to a change point.

    Attributes
    ----------
    event : Event
        The event.
    days : int
        Days from the event to the first day of the change, both in the time zone of the series;
        negative when the change came before.
    same_period : bool
        Whether the event lies in the first period of the new level.
    in_set : bool
        Whether the confidence set allows that the change began with the event.
    """

    event: Event
    days: int
    same_period: bool
    in_set: bool


def check_events(events: object) -> tuple[Event, ...]:
    """The events of a caller, who may give none."""
    if events is None:
        return ()
    if isinstance(events, Event):
        return (events,)
    if not isinstance(events, Sequence) or not all(isinstance(event, Event) for event in events):
        raise ArgumentError(
            f"'events' must be a list of Event; got {type(events).__name__}. Write "
            "[Event(name, at), ...], or take them from read_events(path)"
        )
    return tuple(events)


def split_by_span(
    chosen: ChosenSeries, events: Sequence[Event]
) -> tuple[tuple[Event, ...], tuple[Event, ...]]:
    """Events inside the span of the series, and outside it."""
    height = chosen.frame.height
    inside = [0 <= chosen.position(event.at)[0] < height for event in events]
    pairs = list(zip(events, inside, strict=True))
    return tuple(e for e, held in pairs if held), tuple(e for e, held in pairs if not held)


def nearest_event(
    chosen: ChosenSeries, change: int, allowed: Sequence[int], events: Sequence[Event]
) -> NearestEvent | None:
    """The event nearest to the period `change`, whose confidence set is the periods `allowed`.

    An event inside a period moves the mean of that period in part: the new level begins with
    that period or with the next, and the event is in the set when one of both is.
    """
    zone = ZoneInfo(chosen.time_zone)
    start = _local_day(chosen.bounds[change], zone)

    def joined(event: Event) -> NearestEvent:
        index, share = chosen.position(event.at)
        days = (start - _local_day(event.at, zone)).days
        begins = {index} if share == 0 else {index, index + 1}
        return NearestEvent(event, days, index == change, bool(begins & set(allowed)))

    found = [joined(event) for event in events]
    return min(found, key=lambda near: (not near.same_period, abs(near.days)), default=None)


def _local_day(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def distance_words(near: NearestEvent, every: str) -> str:
    """How far the change is from the event.

    Examples
    --------
    >>> from datetime import UTC
    >>> summit = Event("the summit", datetime(2023, 7, 11, tzinfo=UTC))
    >>> distance_words(NearestEvent(summit, -2, False, True), "1d")
    'two days before the summit'
    """
    if near.same_period:
        link = "on the day of" if every == "1d" else f"in the {PERIOD_NAMES[every].one} of"
        return f"{link} {near.event.name}"
    count = abs(near.days)
    number = _NUMBERS[count] if count < len(_NUMBERS) else f"{count:,}"
    unit = "day" if count == 1 else "days"
    return f"{number} {unit} {'before' if near.days < 0 else 'after'} {near.event.name}"


def set_words(low: datetime, high: datetime) -> str:
    """First and last date of a confidence set.

    Examples
    --------
    >>> set_words(datetime(2022, 2, 22), datetime(2022, 3, 1))
    'interval from 22 February 2022 to 1 March 2022'
    >>> set_words(datetime(2022, 2, 24), datetime(2022, 2, 24))
    'interval of 24 February 2022 alone'
    """
    if low == high:
        return f"interval of {date_words(low)} alone"
    return f"interval from {date_words(low)} to {date_words(high)}"


def joined_words(near: NearestEvent | None, every: str, low: datetime, high: datetime) -> str:
    """Distance to the nearest event, the interval, and whether the interval holds the event."""
    interval = set_words(low, high)
    if near is None:
        return interval
    held = "holds" if near.in_set else "leaves out"
    return f"{distance_words(near, every)}, {interval}, which {held} the event"
