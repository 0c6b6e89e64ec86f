"""`event_overlaps`: which events are too close to be told apart."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.event import Event
from stancelib.effects.event_overlaps_core import connected, shared_time
from stancelib.effects.presentation import plain_table
from stancelib.errors import ArgumentError
from stancelib.notebook import Shown

_MOST_NAMED = 3
_SECONDS_OF_A_DAY = 86_400.0
_NO_TIME = timedelta(0)


class OverlapWarning(UserWarning):
    """Windows of two events touch, so that their effects cannot be told apart.

    Examples
    --------
    >>> issubclass(OverlapWarning, UserWarning)
    True
    """


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class EventOverlaps(Shown):
    """The overlap graph of a catalogue of events, made by `event_overlaps`.

    Attributes
    ----------
    table : polars.DataFrame
        One row for each pair whose windows touch: ``event`` and ``other`` (in the order of
        time), ``start`` and ``end`` of what they share (UTC), ``days`` that they share; 0: they
        meet at one moment.
    windows : polars.DataFrame
        One row for each event, by time: ``event``, ``start``, ``end`` (UTC), and ``group``,
        the number of its connected component from 0.
    sentence : str
        The same for a reader.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> apart = event_overlaps([Event("Summit", datetime(2023, 7, 11, tzinfo=UTC))])
    >>> apart.groups, str(apart)
    ((('Summit',),), 'The window of the event touches no other.')
    """

    table: pl.DataFrame
    windows: pl.DataFrame
    sentence: str

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Names of the events that hang together, by time; an event alone is its own group."""
        grouped = self.windows.group_by("group", maintain_order=True).agg("event")
        return tuple(tuple(names) for names in grouped["event"].to_list())

    def to_dict(self) -> dict[str, Any]:
        """Plain values that json can write; instants in ISO 8601."""
        return {
            "sentence": self.sentence,
            "table": plain_table(self.table),
            "windows": plain_table(self.windows),
        }

    def _tables(self) -> dict[str, pl.DataFrame]:
        return {"": self.table, "Windows": self.windows}


def event_overlaps(
    events: Sequence[Event],
    *,
    before: timedelta = _NO_TIME,
    after: timedelta = _NO_TIME,
) -> EventOverlaps:
    """Find events whose windows touch, which one model must hold together.

    The window of an event runs from ``at - anticipation - before`` to ``at + lag + after``, or
    to ``until + after`` where the event was over later. Two windows that share time, or meet at
    one moment, are joined; events joined over others form a group.

    Parameters
    ----------
    events : sequence of Event
        A catalogue, for instance from `read_events`; names must differ.
    before, after : datetime.timedelta
        How much of a series on each side is to be used for one event alone.

    Returns
    -------
    EventOverlaps
        ``.table``, ``.windows``, ``.groups``, ``.sentence``, ``.to_dict()``.

    Raises
    ------
    ArgumentError
        When there is no event, two have the same name, or a duration is negative.

    Warns
    -----
    OverlapWarning
        When windows touch. Fit such events in one `interrupted_time_series`, or choose shorter
        windows.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> summit = Event("Summit", datetime(2023, 7, 11, tzinfo=UTC))
    >>> mutiny = Event("Mutiny", datetime(2023, 6, 23, tzinfo=UTC))
    >>> apart = event_overlaps([summit, mutiny], after=timedelta(days=14))
    >>> apart.table.height, apart.groups
    (0, (('Mutiny',), ('Summit',)))
    """
    _check(events, before, after)
    ordered = sorted(events, key=lambda event: event.at)
    starts = [event.at - (event.anticipation or _NO_TIME) - before for event in ordered]
    ends = [_end(event) + after for event in ordered]
    shared = shared_time(*(np.array([t.timestamp() for t in times]) for times in (starts, ends)))
    touching = shared >= 0
    windows = _windows(ordered, starts, ends).with_columns(group=pl.Series(connected(touching)))
    pairs = np.argwhere(np.triu(touching, k=1))
    table = _pairs(windows, pairs, shared)
    overlaps = EventOverlaps(table, windows, _sentence(table, len(ordered)))
    if table.height:
        # Seen at the caller's line.
        warnings.warn(overlaps.sentence, OverlapWarning, stacklevel=2)
    return overlaps


def _check(events: Sequence[Event], before: timedelta, after: timedelta) -> None:
    if not events:
        raise ArgumentError("'events' is empty; name at least one Event")
    names = [event.name for event in events]
    if repeated := [name for name in names if names.count(name) > 1]:
        raise ArgumentError(f"two events have the name {repeated[0]!r}; names must be unique")
    for name, value in {"before": before, "after": after}.items():
        if value < _NO_TIME:
            raise ArgumentError(f"{name!r} must not be negative; got {value}")


def _end(event: Event) -> datetime:
    end = event.at + (event.lag or _NO_TIME)
    return end if event.until is None else max(end, event.until)


def _windows(events: Sequence[Event], starts: list[datetime], ends: list[datetime]) -> pl.DataFrame:
    return pl.DataFrame(
        {"event": [event.name for event in events], "start": starts, "end": ends}
    ).with_columns(pl.col("start", "end").cast(pl.Datetime("us", "UTC")))


def _pairs(
    windows: pl.DataFrame, pairs: NDArray[np.int64], shared: NDArray[np.float64]
) -> pl.DataFrame:
    first, second = windows[pairs[:, 0]], windows[pairs[:, 1]]
    return pl.DataFrame(
        {
            "event": first["event"],
            "other": second["event"],
            "first_end": first["end"],
            "start": second["start"],
            "end": second["end"],
            "first_start": first["start"],
            "days": shared[pairs[:, 0], pairs[:, 1]] / _SECONDS_OF_A_DAY,
        },
        schema_overrides={"days": pl.Float64},
    ).select(
        "event",
        "other",
        start=pl.max_horizontal("start", "first_start"),
        end=pl.min_horizontal("end", "first_end"),
        days="days",
    )


def _sentence(table: pl.DataFrame, n_events: int) -> str:
    if table.is_empty():
        alone = "The window of the event" if n_events == 1 else f"The windows of {n_events} events"
        return f"{alone} touch{'es' if n_events == 1 else ''} no other."
    names = [f"{row['event']} and {row['other']}" for row in table.iter_rows(named=True)]
    more = len(names) - _MOST_NAMED
    shown = "; ".join(names[:_MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
    return (
        f"The windows of {shown} touch: what moved cannot be ascribed to one of them alone. "
        "Fit them in one model, interrupted_time_series(series, [event, other]), or choose "
        "shorter windows."
    )
