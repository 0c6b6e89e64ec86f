"""The rhythms that a caller can ask for, as columns of a design on the calendar of a series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.periods import ChosenSeries
from stancelib.effects.season_core import (
    DAYS,
    harmonic_columns,
    harmonic_names,
    weekday_columns,
)
from stancelib.errors import ArgumentError, NotEnoughDataError

Array = NDArray[np.float64]
Rhythm = Literal["weekday", "yearly"]
_PERIODS_OF_A_YEAR = {"1d": 365, "1w": 52, "2w": 26, "1mo": 12, "1q": 4, "1y": 1}


@dataclass(frozen=True, slots=True)
class Season:
    """Columns (N, s) of the rhythms, and their names; s may be 0."""

    columns: Array
    names: tuple[str, ...]


def season_of(
    chosen: ChosenSeries, used: NDArray[np.bool_], rhythms: Sequence[Rhythm], harmonics: int
) -> Season:
    """Build the columns of the rhythms on every period, from what the used ones (N,) can show."""
    _check(chosen, rhythms, harmonics)
    columns, names = [np.empty((chosen.frame.height, 0))], []
    if "weekday" in rhythms:
        weekday = chosen.frame["period"].dt.weekday().cast(pl.Int64).to_numpy() - 1
        # Some outlets never publish on Sunday; their week has six days.
        seen = np.unique(weekday[used])
        columns.append(weekday_columns(weekday, seen))
        names += [DAYS[day] for day in seen[:-1]]
    if "yearly" in rhythms:
        columns.append(harmonic_columns(_phase(chosen), harmonics))
        names += harmonic_names(harmonics)
    return Season(np.column_stack(columns), tuple(names))


def _phase(chosen: ChosenSeries) -> Array:
    """Share of the year that is past; months and quarters are taken for equally long."""
    dates = chosen.frame["period"].dt.date()
    if chosen.every in {"1mo", "1q"}:
        return np.asarray(dates.dt.month().to_numpy() / 12.0, dtype=np.float64)
    days = pl.when(dates.dt.is_leap_year()).then(366.0).otherwise(365.0)
    phase = pl.select((dates.dt.ordinal_day() - 1) / days).to_series()
    return np.asarray(phase.to_numpy(), dtype=np.float64)


def _check(chosen: ChosenSeries, rhythms: Sequence[Rhythm], harmonics: int) -> None:
    if isinstance(rhythms, str):
        raise ArgumentError(
            f"'season' must be a list of rhythms; got {rhythms!r}. Write season=[{rhythms!r}]"
        )
    for rhythm in rhythms:
        if rhythm not in get_args(Rhythm):
            raise ArgumentError.unknown("rhythm", rhythm, get_args(Rhythm))
    if "weekday" in rhythms and chosen.every != "1d":
        raise ArgumentError(
            f"a rhythm of the week can be seen in daily series only; the periods are {chosen.every}"
        )
    if "yearly" not in rhythms:
        return
    a_year = _PERIODS_OF_A_YEAR[chosen.every]
    # At half the periods of a year, the sine is 0 in each of them.
    most = max(1, (a_year - 1) // 2)
    if not 1 <= harmonics <= most:
        raise ArgumentError(
            f"'harmonics' must lie between 1 and {most} for periods of {chosen.every}; "
            f"got {harmonics}"
        )
    if chosen.frame.height < a_year + a_year // 2:
        raise NotEnoughDataError(
            f"the series has {chosen.frame.height} periods of {chosen.every}; a rhythm of the "
            f"year needs at least {a_year + a_year // 2}, a year and a half"
        )
