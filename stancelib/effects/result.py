"""`InterruptedTimeSeries`: the level and slope change of one series after one event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from stancelib.effects.correction import Correction
from stancelib.effects.diagnostics import Diagnostics
from stancelib.effects.interruption import Interruption, InterruptionResult
from stancelib.effects.presentation import plain_table
from stancelib.effects.whitened import WhitenedRegression

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class InterruptedTimeSeries(InterruptionResult):
    """What moved after an event, made by `interrupted_time_series`.

    Attributes
    ----------
    table : polars.DataFrame
        Two rows, ``level`` and ``slope``: `term`, `estimate`, `se`, `low`, `high`, `p_value`,
        `n`. Level in stance units, slope in stance units per period; `n` counts fitted periods.
        With several events their terms are ``level: NAME`` and ``slope: NAME``; an effect that
        does not stay at its full size has a level only.
    sentence : str
        The same for a reader, to be quoted.
    effects : polars.DataFrame
        One row for each event and each period since its effect began: ``event``, ``period``,
        ``horizon`` (periods since then, from 0), ``estimate``, ``se``, ``low``, ``high`` in
        stance units; ``joint_low`` and ``joint_high`` hold for all periods of the event at once.
    totals : polars.DataFrame
        Two rows for each event: ``average`` (stance units) and ``cumulative`` (stance units
        times periods) effect over the ``n`` periods from its beginning to the end of the series,
        or of a temporary effect, periods without articles included; the columns of `table`.
    fitted : polars.DataFrame
        One row for each period between the first and the last: ``period`` (in the time zone of
        the series), ``stance`` (null: no articles), ``fitted`` with the ends ``low`` and
        ``high`` of the band of the fitted mean (null in periods that were left out),
        ``counterfactual`` with ``counterfactual_low`` and ``counterfactual_high`` (the course
        before, continued; null before the event), ``n_documents``, and ``used``: whether the
        period's stance entered the fit.
    diagnostics : Diagnostics
        Autocorrelation, changing noise, leverage of single periods, missing periods, the
        treatment of the event's period, and doubts in words.
    coefficients : polars.DataFrame
        The columns of `table` for all terms: ``start`` (stance at the first event, on the course
        before), ``trend`` (per period, before that event), those of the events, and those of the
        rhythms, in stance units.
    interruptions : tuple of Interruption
        The events in the order of time, and the courses that their effects were given.
    target, source, every, time_zone : str
        Which series was fitted.
    confidence_level : float
        Of all intervals.
    whitened : WhitenedRegression or None
        The regression as independent values, for `adjust`; not among the plain values.
    correction : Correction or None
        What human labels did to the effect; null without ``labels=``.

    Examples
    --------
    >>> import stancelib as sl
    >>> simulated = sl.simulate_series(n_periods=80, level=-0.3, rho=0.3, seed=1)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> effect = sl.interrupted_time_series(simulated.series, event)
    >>> effect.coefficients["term"].to_list(), effect.target, effect.confidence_level
    (['start', 'trend', 'level', 'slope'], 'NATO', 0.95)
    """

    table: pl.DataFrame
    sentence: str
    effects: pl.DataFrame
    totals: pl.DataFrame
    fitted: pl.DataFrame
    diagnostics: Diagnostics
    coefficients: pl.DataFrame
    interruptions: tuple[Interruption, ...]
    target: str
    source: str
    every: str
    time_zone: str
    confidence_level: float
    whitened: WhitenedRegression | None = None
    correction: Correction | None = None

    def chart(self, *, title: str | None = None) -> alt.LayerChart:
        """Draw the observed stance, the fit, and the course expected without the event.

        Parameters
        ----------
        title : str, optional
            Above the picture; by default it names target, source and event.

        Returns
        -------
        altair.LayerChart
            Can be changed further.
        """
        # Altair is loaded only when a picture is asked for.
        from stancelib.charts import interrupted_time_series_chart  # noqa: PLC0415

        return interrupted_time_series_chart(
            self.fitted,
            event_name=self.event.name,
            event_at=self.event.at,
            further_events=self.events[1:],
            confidence_level=self.confidence_level,
            title=title or f"{self.target} in {self.source}, before and after {self.event_names}",
            description=self.sentence,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values that json can write: table, sentence, fit, diagnostics and event."""
        return {
            "method": "interrupted_time_series",
            "event": self.event.to_dict(),
            "interruptions": [one.to_dict() for one in self.interruptions],
            "target": self.target,
            "source": self.source,
            "every": self.every,
            "time_zone": self.time_zone,
            "confidence_level": self.confidence_level,
            "sentence": self.sentence,
            "table": plain_table(self.table),
            "coefficients": plain_table(self.coefficients),
            "effects": plain_table(self.effects),
            "totals": plain_table(self.totals),
            "diagnostics": self.diagnostics.to_dict(),
            "fitted": plain_table(self.fitted),
            "correction": self.correction and self.correction.to_dict(),
        }

    def __repr__(self) -> str:
        rows = "; ".join(
            f"{row['term']} {row['estimate']:+.4f} ({row['low']:+.4f} to {row['high']:+.4f})"
            for row in self.table.iter_rows(named=True)
        )
        return f"InterruptedTimeSeries({self.target} in {self.source}, {self.event_names}: {rows})"
