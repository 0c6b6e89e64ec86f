"""`EventStudy`: the leads and lags of an event in a panel of outlets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from stancelib.effects.correction import Correction
from stancelib.effects.event import Event
from stancelib.effects.panel_diagnostics import PanelDiagnostics
from stancelib.effects.panel_result import PanelResult
from stancelib.effects.pre_trend import PreTrend
from stancelib.effects.presentation import plain_table

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class EventStudy(PanelResult):
    """What moved around an event, made by `event_study`.

    Attributes
    ----------
    table : polars.DataFrame
        `term`, `estimate`, `se`, `low`, `high`, `p_value`, `n`; stance units. One row for each
        period of the window but the reference, ``lead_2`` (two periods before the event's own)
        or ``lag_0`` (the event's own), and ``average_after`` over the periods wholly after the
        event. `n` counts the treated sources with articles. All null but `n` where nobody who
        could tell published; `low` and `high` null where the test rejects nothing on that side.
    sentence : str
        The same for a reader, to be quoted.
    course : polars.DataFrame
        For pictures: ``period`` (in the time zone of the series), ``relative``, ``estimate``,
        ``low``, ``high``, ``part`` (``before``, ``reference``, ``transition``, ``after``) and
        ``n``; the reference with estimate 0 and without ends.
    pre_trend : PreTrend or None
        Test of the leads and its power; null without leads.
    diagnostics : PanelDiagnostics
        Noise, leverage of single sources and periods, what was left out, and doubts in words.
    event : Event
        The event.
    treated, controls : tuple of str
        Sources; no controls where all are treated.
    target, every, time_zone : str
        Which series were fitted.
    reference : int
        Relative period that all others are measured from.
    confidence_level : float
        Of all intervals.
    correction : Correction or None
        What human labels did to the effect; null without ``labels=``.

    Examples
    --------
    >>> import stancelib as sl
    >>> outlets = [f"Outlet {letter}" for letter in "ABCDEFGHIJ"]
    >>> simulated = sl.simulate_series(sources=outlets, n_periods=30, seed=1)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> effect = sl.event_study(simulated.series, event, treated=outlets[:5], draws=499)
    >>> effect.table["term"][0], effect.reference
    ('lead_8', -1)
    """

    table: pl.DataFrame
    sentence: str
    course: pl.DataFrame
    pre_trend: PreTrend | None
    diagnostics: PanelDiagnostics
    event: Event
    treated: tuple[str, ...]
    controls: tuple[str, ...]
    target: str
    every: str
    time_zone: str
    reference: int
    confidence_level: float
    correction: Correction | None = None

    def chart(self, *, title: str | None = None) -> alt.LayerChart:
        """Draw the leads and lags with their intervals, the reference and the event.

        Parameters
        ----------
        title : str, optional
            Above the picture; by default it names target, sources and event.

        Returns
        -------
        altair.LayerChart
            Can be changed further.
        """
        # Altair is loaded only when a picture is asked for.
        from stancelib.charts.event_study import event_study_chart  # noqa: PLC0415

        return event_study_chart(
            self.course,
            event_name=self.event.name,
            event_at=self.event.at,
            compared=bool(self.controls),
            confidence_level=self.confidence_level,
            title=title or f"{self.target} around {self.event.name}",
            description=self.sentence,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values that json can write."""
        return {
            "method": "event_study",
            "event": self.event.to_dict(),
            "target": self.target,
            "treated": list(self.treated),
            "controls": list(self.controls),
            "every": self.every,
            "time_zone": self.time_zone,
            "reference": self.reference,
            "confidence_level": self.confidence_level,
            "sentence": self.sentence,
            "table": plain_table(self.table),
            "pre_trend": None if self.pre_trend is None else self.pre_trend.to_dict(),
            "diagnostics": self.diagnostics.to_dict(),
            "course": plain_table(self.course),
            "correction": self.correction and self.correction.to_dict(),
        }
