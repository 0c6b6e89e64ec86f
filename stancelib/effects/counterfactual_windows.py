"""Where several events stand in a series: what lies before, and the window of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.event import Event
from stancelib.effects.interrupted_time_series_core import Segments
from stancelib.effects.periods import ChosenSeries
from stancelib.effects.placement import EventPeriod, check_span, segments_of
from stancelib.errors import ArgumentError

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Windows:
    """`E` events in a series of N periods.

    Attributes
    ----------
    events : tuple of Event
        In the order of time.
    before : (N,)
        Periods before every event.
    exposure : (E, N)
        Share of a period that lies in the window of each event.
    share : (E, N)
        Share of a period's effect that is counted in the window of each event: all of the
        period that the first event splits, because none of it comes from before.
    left_out : (N,)
        Periods that are neither before nor in a window.
    event_periods : tuple of datetime.datetime
        First instants of the periods that contain the events.
    treatments : tuple of str
        What was done with these periods, in words.
    """

    events: tuple[Event, ...]
    before: Mask
    exposure: Array
    share: Array
    left_out: Mask
    event_periods: tuple[datetime, ...]
    treatments: tuple[str, ...]

    @property
    def n_before(self) -> int:
        """Where the forecast begins: the number of periods up to the last one before."""
        return int(np.flatnonzero(self.before)[-1]) + 1 if self.before.any() else 0


def checked_events(event: Event | Sequence[Event]) -> tuple[Event, ...]:
    """One event or several of different names, in the order of time."""
    events = (event,) if isinstance(event, Event) else event
    if not isinstance(events, Sequence) or not all(isinstance(one, Event) for one in events):
        raise ArgumentError(
            f"'event' must be one Event or a list of them; got {type(event).__name__}. Write "
            "Event(name, at), or take some from read_events(path)"
        )
    if not events:
        raise ArgumentError("'event' is an empty list; name at least one event")
    names = [one.name for one in events]
    if repeated := next((name for name in names if names.count(name) > 1), None):
        raise ArgumentError(
            f"two events are called {repeated!r}; give each a name of its own, by which the "
            "table can tell them apart"
        )
    return tuple(sorted(events, key=lambda one: one.at))


def place_windows(
    chosen: ChosenSeries,
    events: tuple[Event, ...],
    treatment: EventPeriod,
    periods_after: int | None,
) -> Windows:
    """Cut the time after the first event into one window for each, from it to the next.

    Parameters
    ----------
    chosen : ChosenSeries
        The series.
    events : tuple of Event
        In the order of time.
    treatment : {"fraction", "pre", "post", "drop"}
        What becomes of the period that contains an event.
    periods_after : int or None
        Longest window, in periods.
    """
    placed = [_placed(chosen, event, treatment) for event in events]
    segments = [one for one, _, _ in placed]
    left_out = np.any([one.left_out for one in segments], axis=0)
    after = np.stack([one.exposure for one in segments])
    exposure = after * np.vstack([1 - after[1:], np.ones(after.shape[1])])
    share = exposure.copy()
    share[0] = np.where(after[0] > 0, exposure[0] / np.maximum(after[0], 1e-12), 0.0)
    inside = ~left_out & _not_too_late(share, periods_after)
    before = (after[0] == 0) & ~left_out
    return Windows(
        events=events,
        before=before,
        exposure=exposure * inside,
        share=share * inside,
        left_out=~before & ~(share * inside).any(0),
        event_periods=tuple(chosen.frame["period"][index] for _, _, index in placed),
        treatments=tuple(words for _, words, _ in placed),
    )


def _placed(
    chosen: ChosenSeries, event: Event, treatment: EventPeriod
) -> tuple[Segments, str, int]:
    index, fraction = chosen.position(event.at)
    check_span(chosen, event, index)
    segments, words = segments_of(chosen, event, treatment, index, fraction)
    return segments, words, index


def _not_too_late(share: Array, periods_after: int | None) -> Mask:
    """Whether each period (E, N) lies among the first of its window."""
    if periods_after is None:
        return np.ones(share.shape, dtype=np.bool_)
    first = np.argmax(share > 0, axis=1)[:, None]
    return np.asarray(np.arange(share.shape[1]) < first + periods_after, dtype=np.bool_)
