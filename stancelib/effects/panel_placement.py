"""Where an event stands in a panel, and which sources can be compared across it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.checks import check_choice, check_event
from stancelib.effects.event import Event
from stancelib.effects.interrupted_time_series_core import leave_out, segment
from stancelib.effects.panel import ChosenPanel, choose_panel
from stancelib.effects.panel_errors import Groups
from stancelib.effects.placement import EventPeriod
from stancelib.errors import ArgumentError, NotEnoughDataError

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class PlacedPeriods:
    """The T periods of a panel as an event sees them.

    Attributes
    ----------
    exposure : (T,)
        Share of each period that lies after the event.
    transition : (T,)
        Periods that overlap the anticipation or lag of the event, or its own when that is to be
        left out: neither before nor after.
    relative : (T,)
        Periods since the event's own, which is 0 (or -1 when it counts as before).
    event_period : datetime.datetime
        First instant of the period that contains the event.
    treatment : str
        What is done with it, in words.
    """

    exposure: Array
    transition: Mask
    relative: NDArray[np.int64]
    event_period: datetime
    treatment: str

    @property
    def before(self) -> Mask:
        """Periods wholly before the event."""
        return np.asarray((self.exposure == 0) & ~self.transition)

    @property
    def after(self) -> Mask:
        """Periods wholly after it."""
        return np.asarray((self.exposure == 1) & ~self.transition)


def place_periods(panel: ChosenPanel, event: Event, treatment: EventPeriod) -> PlacedPeriods:
    """Find the event's period and what lies on its sides."""
    _check_event(event, treatment)
    index, fraction = panel.calendar.position(event.at)
    n_periods = len(panel.periods)
    if not 0 <= index < n_periods:
        raise ArgumentError(
            f"event {event.name!r} at {event.at.isoformat()} lies outside the panel, which runs "
            f"from {panel.bounds[0].isoformat()} to {panel.bounds[-1].isoformat()}"
        )
    zero = index + int(treatment == "pre")
    anticipation, lag = event.anticipation or _NO_TIME, event.lag or _NO_TIME
    if anticipation or lag:
        first = panel.calendar.position(event.at - anticipation)[0]
        end, share = panel.calendar.position(event.at + lag)
        # A window that ends with a period does not touch the next one.
        last = end if share > 0 else end - 1
        segments, zero = leave_out(n_periods, max(first, 0), last), index
        words = "periods that overlap the anticipation and lag are neither before nor after"
    else:
        segments = segment(n_periods, index, fraction, treatment)
        words = _words(treatment, fraction)
    return PlacedPeriods(
        exposure=segments.exposure,
        transition=segments.left_out,
        relative=np.arange(n_periods) - zero,
        event_period=panel.periods[index],
        treatment=words,
    )


def _check_event(event: object, treatment: str) -> None:
    check_event(event)
    check_choice("event_period treatment", treatment, get_args(EventPeriod))


def _words(treatment: str, fraction: float) -> str:
    if treatment == "fraction" and fraction == 0:
        return "begins with the event: counts as after it"
    return {
        "fraction": f"split: {1 - fraction:.3f} of it lies after the event",
        "pre": "counts as before the event",
        "post": "counts as after the event",
        "drop": "left out",
    }[treatment]


@dataclass(frozen=True, slots=True, eq=False)
class ComparedSources:
    """A panel with its treated sources.

    Attributes
    ----------
    panel : ChosenPanel
        Treated and control sources only.
    treated : (G,)
        Which of its sources are treated.
    left_out : dict of str to str
        Sources that were asked for and cannot be used, with the reason.
    """

    panel: ChosenPanel
    treated: Mask
    left_out: dict[str, str]

    def names(self, *, treated: bool) -> tuple[str, ...]:
        """Treated sources, or controls."""
        pairs = zip(self.panel.sources, self.treated, strict=True)
        return tuple(name for name, is_treated in pairs if bool(is_treated) == treated)

    def only(self, kept: Mask, reason: str) -> ComparedSources:
        """Without the sources that are not kept (G,), which are named with the reason."""
        gone = {n: reason for n, keep in zip(self.panel.sources, kept, strict=True) if not keep}
        return ComparedSources(
            self.panel.of_sources(np.flatnonzero(kept)),
            self.treated[kept],
            self.left_out | gone,
        )


def compare_sources(
    series: pl.DataFrame,
    *,
    target: str | None,
    treated: Sequence[str] | None,
    controls: Sequence[str] | None,
    every: str | None,
    called: str = "controls",
) -> ComparedSources:
    """Take treated sources and controls (by default all others) out of a frame.

    Without `treated` every source is, and there are no controls. `called` is the argument in
    which the caller names the controls.
    """
    if treated is None:
        if controls is not None:
            raise ArgumentError("'controls' are named, but no 'treated' sources to compare them to")
        panel = choose_panel(series, target=target, sources=None, every=every)
        return ComparedSources(panel, np.ones(len(panel.sources), dtype=np.bool_), {})
    chosen = _names("treated", treated)
    others = None if controls is None else _names(called, controls)
    if both := sorted(set(chosen) & set(others or [])):
        raise ArgumentError(f"{both[0]!r} is named in 'treated' and in {called!r}")
    wanted = None if others is None else [*chosen, *others]
    panel = choose_panel(series, target=target, sources=wanted, every=every)
    for name in chosen:
        if name not in panel.sources:
            raise ArgumentError.unknown("source", name, panel.sources)
    is_treated = np.array([name in chosen for name in panel.sources])
    if is_treated.all():
        raise NotEnoughDataError(
            f"all {len(panel.sources)} sources on {panel.target} are treated: none is left to "
            "compare them to. Name fewer in 'treated', or take event_study without it"
        )
    return ComparedSources(panel, is_treated, {})


def groups_of(compared: ComparedSources, *, compares: bool) -> Groups:
    """How many sources are left on each side; refuses an empty one."""
    n_treated, n_controls = int(compared.treated.sum()), int((~compared.treated).sum())
    if n_treated == 0 or (compares and n_controls == 0):
        side = "treated source" if n_treated == 0 else "control"
        gone = "; ".join(f"{name}: {why}" for name, why in compared.left_out.items())
        raise NotEnoughDataError(f"no {side} can be used ({gone})")
    return Groups(n_treated, n_controls if compares else None)


def _names(argument: str, value: Sequence[str]) -> list[str]:
    names = list(value)
    if isinstance(value, str) or not names:
        raise ArgumentError(
            f"{argument!r} must be a list of one or more sources; got {value!r}. Write for "
            f"instance {argument}=['Beacon Wire']"
        )
    return names
