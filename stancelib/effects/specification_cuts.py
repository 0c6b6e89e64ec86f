"""The series of periods behind a specification curve: each length of period in each window."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta

import polars as pl

from stancelib.effects.checks import check_choices
from stancelib.effects.coarsening import COARSER, coarser
from stancelib.effects.event import Event
from stancelib.effects.interrupted_time_series_core import TERMS
from stancelib.effects.periods import PERIODS, ChosenSeries, choose_series
from stancelib.errors import ArgumentError

DAY = timedelta(days=1)
_USUAL = ("1d", "1w", "1mo")


@dataclass(frozen=True, slots=True)
class Cut:
    """The periods of one length inside one window around the event.

    Attributes
    ----------
    window : datetime.timedelta or None
        Time on each side of the event; None is all.
    every : str
        Length of a period.
    chosen : ChosenSeries
        The series in these periods.
    """

    window: timedelta | None
    every: str
    chosen: ChosenSeries


def chosen_windows(
    chosen: ChosenSeries, event: Event, windows: Sequence[timedelta | None] | None
) -> list[timedelta | None]:
    """The windows that were asked for, or all, a half and a quarter of the longer side."""
    if windows is None:
        longer = max(event.at - chosen.bounds[0], chosen.bounds[-1] - event.at)
        return [None, *(timedelta(days=round(longer / DAY / part)) for part in (2, 4))]
    if not windows:
        raise ArgumentError("'windows' is empty; None in it stands for the whole series")
    for window in windows:
        if window is not None and (not isinstance(window, timedelta) or window <= timedelta(0)):
            raise ArgumentError(
                f"a window must be None or a datetime.timedelta above 0; got {window!r}"
            )
    return list(windows)


def chosen_lengths(chosen: ChosenSeries, every: Sequence[str] | None) -> list[str]:
    """The lengths of periods that were asked for, or the usual ones that are possible."""
    possible = (chosen.every, *COARSER[chosen.every])
    if every is None:
        usual = [length for length in _USUAL if length in possible]
        return usual if chosen.every in usual else [chosen.every, *usual]
    check_choices("every", every, PERIODS)
    return list(every)


def cuts_of(
    chosen: ChosenSeries,
    event: Event,
    windows: Sequence[timedelta | None],
    lengths: Sequence[str],
) -> tuple[list[Cut], list[str]]:
    """Every series of periods that is fitted, and those that are none of their own."""
    cuts: list[Cut] = []
    skipped: list[str] = []
    labels = {"target": pl.lit(chosen.target), "source": pl.lit(chosen.source)}
    frame = chosen.frame.with_columns(**labels)
    for length in lengths:
        whole = frame if length == chosen.every else coarser(frame, chosen.every, length)
        placed = choose_series(whole, target=None, source=None, every=length)
        seen: dict[tuple[object, object], str] = {}
        for window in windows:
            inside = _inside(placed, event, window).with_columns(**labels)
            if inside.height < len(TERMS):
                skipped.append(f"{cut_name(window, length)}: {inside.height} periods lie in it")
                continue
            key = (inside["period"][0], inside["period"][-1])
            if key in seen:
                skipped.append(f"{cut_name(window, length)}: the same periods as {seen[key]}")
                continue
            seen[key] = cut_name(window, length)
            series = choose_series(inside, target=None, source=None, every=length)
            cuts.append(Cut(window, length, series))
    return cuts, skipped


def _inside(chosen: ChosenSeries, event: Event, window: timedelta | None) -> pl.DataFrame:
    """The periods that lie wholly in a window, and the one that contains the event."""
    if window is None:
        return chosen.frame
    at = event.at.astimezone(UTC)
    kept = [
        (start >= at - window and end <= at + window) or start <= at < end
        for start, end in itertools.pairwise(chosen.bounds)
    ]
    return chosen.frame.filter(pl.Series(kept))


def cut_name(window: timedelta | None, every: str) -> str:
    """A window and a length of period in words."""
    size = "all periods" if window is None else f"{window / DAY:g} days on each side"
    return f"{size}, every {every}"
