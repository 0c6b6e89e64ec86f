"""`ChangePoints`: when the level of one series changed, and which dates the data allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from stancelib.effects.change_points_core import SearchMethod
from stancelib.effects.change_points_diagnostics import ChangePointDiagnostics
from stancelib.effects.event import Event
from stancelib.effects.presentation import plain_table
from stancelib.notebook import Shown

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ChangePoints(Shown):
    """The change points of one series, made by `change_points`.

    Attributes
    ----------
    table : polars.DataFrame
        One row a change, in order: `term` (its first period, ISO date), `estimate` (new level
        less old one, in stance units), `se`, `low`, `high` (over the dates that it may have and
        over the noise; too far from 0 on average where a change is so weak that it is seldom
        found), `p_value` (share of series without a change that show one as strong somewhere),
        `n` (periods with articles in the whole series). No rows: no change.
    dates : polars.DataFrame
        One row a change: ``change`` (first instant of the first period of the new level),
        ``low`` and ``high`` (first and last period of the confidence set), ``allowed`` (all
        periods of it), all in the time zone of the series; ``event`` (name of the nearest event,
        null without one), ``event_at``, ``days`` (from the event to the first day of the change,
        negative when the change came before), ``in_set`` (whether the confidence set allows
        that the new level began with the event) and ``words``.
    segments : polars.DataFrame
        One row a segment: ``start`` (its first period), ``end`` (the instant after its last),
        ``level`` with ``se``, ``low`` and ``high`` (the dates held), ``n`` (periods with
        articles) and ``n_documents``.
    sentence : str
        The same for a reader, to be quoted.
    fitted : polars.DataFrame
        One row for each period between the first and the last with articles: ``period``,
        ``stance`` (null: no articles), ``fitted`` with ``low`` and ``high`` (level of its
        segment), ``segment`` (from 0 on) and ``n_documents``.
    diagnostics : ChangePointDiagnostics
        Autocorrelation, penalty, strongest candidate, what the segments leave, missing periods,
        and doubts in words.
    events : tuple of Event
        The catalogue that was joined.
    method, target, source, every, time_zone : str
        How and which series was searched.
    minimum_segment : int
        Shortest segment, in periods.
    false_alarm_rate, confidence_level : float
        As asked for.

    Examples
    --------
    >>> import stancelib as sl
    >>> simulated = sl.simulate_series(n_periods=60, level=-0.5, seed=1)
    >>> found = sl.change_points(simulated.series, n_simulations=99)
    >>> found.dates["change"].to_list() == [simulated.event_at]
    True
    """

    table: pl.DataFrame
    dates: pl.DataFrame
    segments: pl.DataFrame
    sentence: str
    fitted: pl.DataFrame
    diagnostics: ChangePointDiagnostics
    events: tuple[Event, ...]
    method: SearchMethod
    target: str
    source: str
    every: str
    time_zone: str
    minimum_segment: int
    false_alarm_rate: float
    confidence_level: float

    def chart(self, *, title: str | None = None) -> alt.LayerChart:
        """Draw the observed stance, the levels, and the confidence sets of the dates.

        Parameters
        ----------
        title : str, optional
            Above the picture; by default it names target and source.

        Returns
        -------
        altair.LayerChart
            Can be changed further.
        """
        found = "no clear change of level" if self.dates.is_empty() else "when its level changed"
        # Altair is loaded only when a picture is asked for.
        from stancelib.charts.change_points import change_points_chart  # noqa: PLC0415

        return change_points_chart(
            self.fitted,
            self.dates,
            events=self.events,
            confidence_level=self.confidence_level,
            title=title or f"{self.target} in {self.source}: {found}",
            description=self.sentence,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values that json can write; instants in ISO 8601."""
        return {
            "method": "change_points",
            "search": self.method,
            "target": self.target,
            "source": self.source,
            "every": self.every,
            "time_zone": self.time_zone,
            "minimum_segment": self.minimum_segment,
            "false_alarm_rate": self.false_alarm_rate,
            "confidence_level": self.confidence_level,
            "sentence": self.sentence,
            "table": plain_table(self.table),
            "dates": plain_table(self.dates),
            "segments": plain_table(self.segments),
            "fitted": plain_table(self.fitted),
            "diagnostics": self.diagnostics.to_dict(),
            "events": [event.to_dict() for event in self.events],
        }

    def __repr__(self) -> str:
        rows = "; ".join(
            f"{row['term']} {row['estimate']:+.4f} ({row['low']:+.4f} to {row['high']:+.4f})"
            for row in self.table.iter_rows(named=True)
        )
        return f"ChangePoints({self.target} in {self.source}: {rows or 'none'})"

    def _tables(self) -> dict[str, pl.DataFrame]:
        return {"": self.table.with_columns(date=self.dates["words"])}
