"""The members of a placebo test, refitted at their dates, as frames and intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.interrupted_time_series_core import segmented_design
from stancelib.effects.placebo_core import (
    SharedNoise,
    pieces_of,
    rank_p_value,
    refit,
    shared_noise,
    shifts_not_rejected,
    step_down_p_values,
)
from stancelib.effects.placebo_members import Member
from stancelib.effects.segmented_refit_core import N_TERMS, Refits
from stancelib.errors import NotEnoughDataError

Array = NDArray[np.float64]

TERMS = ("level", "slope")
# In the design of four columns.
_FIRST_TERM = 2


@dataclass(frozen=True, slots=True)
class Refitted:
    """A member, refitted at its m dates.

    Attributes
    ----------
    member : Member
        The series.
    shared : SharedNoise
        The noise that its dates share.
    refits : Refits
        Of the outcome alone, q = 1.
    """

    member: Member
    shared: SharedNoise
    refits: Refits

    @property
    def statistics(self) -> Array:
        """Level and slope over their errors, (m, 2)."""
        return np.asarray(self.refits.statistic[0], dtype=np.float64)

    @property
    def n_periods(self) -> int:
        """Periods that are fitted at the event."""
        return int(self.refits.freedom[self.member.event]) + N_TERMS


def refit_members(
    members: Sequence[Member], kind: str, error: str, window: int | None
) -> list[Refitted]:
    """Refit every member at its dates; a family at the dates that all of it share."""
    compared = list(members) if kind == "date" else _on_common_dates(members)
    return [_refitted(one, error, window) for one in compared]


def _refitted(one: Member, error: str, window: int | None) -> Refitted:
    shared = shared_noise(one.observed, one.dates, window, error)
    refits = refit(one.observed.values[None], one.observed, shared, one.dates, window)
    return Refitted(one, shared, refits)


def _on_common_dates(members: Sequence[Member]) -> list[Member]:
    common = set(members[0].starts).intersection(*(one.starts for one in members[1:]))
    if len(common) == 1:
        raise NotEnoughDataError(
            f"{', '.join(one.name for one in members)} share no other admissible date than the "
            "event's; compare fewer of them (placebos=[...]), or take a longer span"
        )
    return [
        one.at(np.array([i for i, start in enumerate(one.starts) if start in common]))
        for one in members
    ]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the event's statistics are ranked among.

    Attributes
    ----------
    fits : list of Refitted
        The tested series first.
    kind : str
        date, target, source or outcome.
    statistics : (c, 2)
        Level and slope over their errors, of c dates or c series at the event.
    position : int
        Which of them is the event's.
    rows : polars.DataFrame
        The same as a frame, one row a term and date or series.
    """

    fits: list[Refitted]
    kind: str
    statistics: Array
    position: int
    rows: pl.DataFrame

    @property
    def p_values(self) -> list[float]:
        """Ranks of level and slope."""
        return [rank_p_value(column, self.position) for column in self.statistics.T]

    @property
    def most_conspicuous(self) -> int:
        """Position of the largest statistic of the level."""
        return int(np.argmax(np.abs(self.statistics[:, 0])))

    @property
    def most_conspicuous_name(self) -> str:
        """Its date or name."""
        row = self.rows.filter(term=TERMS[0]).row(self.most_conspicuous, named=True)
        return f"{row['period']:%Y-%m-%d}" if self.kind == "date" else str(row["placebo"])


def compare(fits: list[Refitted], kind: str) -> Comparison:
    """Put the dates of one series, or the series of a family, beside each other."""
    if kind == "date":
        (one,) = fits
        return Comparison(fits, kind, one.statistics, one.member.event, date_rows(one))
    return Comparison(fits, kind, at_event(fits), 0, family_rows(fits))


def at_event(fits: Sequence[Refitted]) -> Array:
    """Statistics (s, 2) of the members of a family at the event."""
    return np.stack([fit.statistics[fit.member.event] for fit in fits])


def date_interval(
    fit: Refitted, term: int, window: int | None, level: float
) -> tuple[float, float]:
    """Shifts of a term that the test in date does not reject."""
    member = fit.member
    course = segmented_design(member.placed.segments)[:, _FIRST_TERM + term]
    outcomes = np.stack([member.observed.values, course, member.observed.values + course])
    refits = refit(outcomes, member.observed, fit.shared, member.dates, window)
    return shifts_not_rejected(pieces_of(refits, term), member.event, level)


def date_rows(fit: Refitted) -> pl.DataFrame:
    """One row a term and date."""
    zone = fit.member.chosen.time_zone
    periods = pl.Series(fit.member.starts, dtype=pl.Datetime("us", "UTC"))
    return pl.concat(
        pl.DataFrame(
            {
                "period": periods.dt.convert_time_zone(zone),
                "is_event": np.arange(len(periods)) == fit.member.event,
                "term": [name] * len(periods),
                **_numbers(fit, term),
            }
        )
        for term, name in enumerate(TERMS)
    )


def _numbers(fit: Refitted, term: int) -> dict[str, Array]:
    return {
        "estimate": fit.refits.estimate[0, :, term],
        "se": fit.refits.standard_error[0, :, term],
        "statistic": fit.statistics[:, term],
    }


def family_rows(fits: Sequence[Refitted]) -> pl.DataFrame:
    """One row a term and member, with the p-values in date, raw and corrected."""
    frames = []
    for term, name in enumerate(TERMS):
        reference = np.stack([fit.statistics[:, term] for fit in fits])
        adjusted = step_down_p_values(at_event(fits)[:, term], reference)
        numbers = {
            key: [float(_numbers(fit, term)[key][fit.member.event]) for fit in fits]
            for key in ("estimate", "se", "statistic")
        }
        ranks = [rank_p_value(fit.statistics[:, term], fit.member.event) for fit in fits]
        frames.append(
            pl.DataFrame(
                {
                    "placebo": [fit.member.name for fit in fits],
                    "is_event": np.arange(len(fits)) == 0,
                    "term": [name] * len(fits),
                    **numbers,
                    "p_value": ranks,
                    "p_value_adjusted": adjusted,
                    "n": [fit.n_periods for fit in fits],
                }
            )
        )
    return pl.concat(frames)
