"""The model of an interrupted time series: its events, its design and the names of its terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.event import Event
from stancelib.effects.interrupted_time_series_core import (
    COURSE,
    design_of,
    event_slices,
    event_terms,
)
from stancelib.effects.interruption import Interruption
from stancelib.effects.periods import ChosenSeries
from stancelib.effects.placement import PlacedEvents
from stancelib.effects.season import Rhythm, season_of
from stancelib.errors import ArgumentError, NotEnoughDataError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Model:
    """The design of all N periods, and what its k columns are.

    Attributes
    ----------
    design : (N, k)
        Start and trend, then the events, then the rhythms.
    terms : tuple of str
        Names of the columns.
    events : tuple of slice
        Which columns belong to which event.
    """

    design: Array
    terms: tuple[str, ...]
    events: tuple[slice, ...]

    @property
    def all_events(self) -> slice:
        """Columns of all events together."""
        return slice(self.events[0].start, self.events[-1].stop)


def read_interruptions(event: object) -> tuple[Interruption, ...]:
    """The events in the order of time, each with the course of its effect."""
    given = list(event) if isinstance(event, Sequence) and not isinstance(event, str) else [event]
    if not given:
        raise ArgumentError("'event' is an empty list; name at least one Event")
    found = [_as_interruption(one) for one in given]
    names = [one.event.name for one in found]
    if repeated := [name for name in names if names.count(name) > 1]:
        raise ArgumentError(f"two events have the name {repeated[0]!r}; names must be unique")
    return tuple(sorted(found, key=lambda one: one.event.at))


def _as_interruption(one: object) -> Interruption:
    if isinstance(one, Interruption):
        return one
    if isinstance(one, Event):
        return Interruption(one)
    raise ArgumentError(
        f"'event' must be an Event, an Interruption, or a list of them; got "
        f"{type(one).__name__}. Write Event(name, at), or take one from read_events(path)"
    )


def model_of(
    chosen: ChosenSeries,
    placed: PlacedEvents,
    interruptions: Sequence[Interruption],
    rhythms: Sequence[Rhythm],
    harmonics: int,
) -> Model:
    """Build the design on all periods, and refuse one whose terms cannot be told apart."""
    season = season_of(chosen, placed.used, rhythms, harmonics)
    slopes = [one.has_slope for one in interruptions]
    design = design_of([event.segments for event in placed.events], slopes, season.columns)
    names = event_terms([one.event.name for one in interruptions], slopes)
    terms = (*COURSE, *names, *season.names)
    check_rank(design[placed.used], terms)
    return Model(design, terms, event_slices(slopes))


def check_rank(design: Array, terms: tuple[str, ...]) -> None:
    """Refuse columns that are sums of others, whose coefficients would be arbitrary."""
    n_periods, n_terms = design.shape
    if n_periods <= n_terms + 1:
        raise NotEnoughDataError(
            f"{n_periods} periods with articles cannot carry {n_terms} terms: {', '.join(terms)}"
        )
    scaled = design / np.maximum(np.abs(design).max(0), np.finfo(np.float64).tiny)
    if np.linalg.matrix_rank(scaled) < n_terms:
        raise ArgumentError(
            f"in the periods with articles the terms {', '.join(terms)} cannot be told apart; "
            "leave out an event, its slope, or a rhythm"
        )
