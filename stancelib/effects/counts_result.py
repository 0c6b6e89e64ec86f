"""`InterruptedCounts`: the change in the number of articles after an event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from stancelib.effects.interruption import Interruption, InterruptionResult
from stancelib.effects.presentation import plain_table, plain_value

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True, slots=True)
class CountDiagnostics:
    """Checks of an interrupted series of counts.

    Attributes
    ----------
    family, error : str
        As asked for.
    maximum_lags : int or None
        Longest distance at which hac allows correlation.
    dispersion : float
        How many times as much the counts vary as chance alone has it.
    alpha : float or None
        Overdispersion of the negative binomial.
    residual_autocorrelation, ljung_box_p_value : float
        Of the Pearson residuals, from one period to the next and over `ljung_box_lags`.
    n_before, n_after, n_zero : int
        Periods before the first event and after the last, and periods without articles.
    event_period : datetime.datetime
        First instant of the period that contains the (first) event, in the series' time zone.
    event_period_treatment : str
        What was done with it, in words.
    notes : tuple of str
        Doubts in words; empty when there are none.
    """

    family: str
    error: str
    maximum_lags: int | None
    dispersion: float
    alpha: float | None
    residual_autocorrelation: float
    ljung_box_p_value: float
    ljung_box_lags: int
    n_before: int
    n_after: int
    n_zero: int
    event_period: datetime
    event_period_treatment: str
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values; the instant in ISO 8601."""
        values = {name: plain_value(getattr(self, name)) for name in self.__slots__}
        return values | {"notes": list(self.notes)}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class InterruptedCounts(InterruptionResult):
    """How the number of articles moved after an event, made by `interrupted_counts`.

    Attributes
    ----------
    table : polars.DataFrame
        Rows ``level`` and ``slope`` (of several events ``level: NAME``): `term`, `estimate`,
        `se`, `low`, `high`, `p_value`, `n`; logarithms of factors, the slope's per period.
    ratios : polars.DataFrame
        The same as factors: `term`, `ratio`, `low`, `high`, `p_value`, `n`.
    totals : polars.DataFrame
        One row an event: `event`, `more` (articles more than expected without it, below 0:
        fewer), `low`, `high`, `n` periods that feel it.
    fitted : polars.DataFrame
        One row a period: ``period``, ``count``, ``fitted`` with ``low`` and ``high``,
        ``counterfactual`` with ``counterfactual_low`` and ``counterfactual_high`` (null before
        the event), and ``used``; all are counts.
    coefficients : polars.DataFrame
        The columns of `table` for all terms.
    sentence : str
        The same for a reader.
    diagnostics : CountDiagnostics
        Dispersion, autocorrelation, and doubts in words.
    interruptions : tuple of Interruption
        The events, and the courses of their effects.
    outcome, offset, family, target, source, every, time_zone : str
        What was fitted; `offset` null: none.
    confidence_level : float
        Of all intervals.

    Examples
    --------
    >>> import stancelib as sl
    >>> simulated = sl.simulate_series(n_periods=80, seed=1)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> effect = sl.interrupted_counts(simulated.series, event, family="negative_binomial")
    >>> effect.table["term"].to_list(), effect.family
    (['level', 'slope'], 'negative_binomial')
    """

    table: pl.DataFrame
    ratios: pl.DataFrame
    totals: pl.DataFrame
    fitted: pl.DataFrame
    coefficients: pl.DataFrame
    sentence: str
    diagnostics: CountDiagnostics
    interruptions: tuple[Interruption, ...]
    outcome: str
    offset: str | None
    family: str
    target: str
    source: str
    every: str
    time_zone: str
    confidence_level: float

    def chart(self, *, title: str | None = None) -> alt.LayerChart:
        """Draw the counts, the fit, and what was expected without the event.

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
        from stancelib.charts import interrupted_counts_chart  # noqa: PLC0415

        return interrupted_counts_chart(
            self.fitted,
            self.events,
            outcome=self.outcome,
            confidence_level=self.confidence_level,
            title=title or f"{self.target} in {self.source}: coverage around {self.event_names}",
            description=self.sentence,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values that json can write."""
        return {
            "method": "interrupted_counts",
            "interruptions": [one.to_dict() for one in self.interruptions],
            "outcome": self.outcome,
            "offset": self.offset,
            "family": self.family,
            "target": self.target,
            "source": self.source,
            "every": self.every,
            "time_zone": self.time_zone,
            "confidence_level": self.confidence_level,
            "sentence": self.sentence,
            "table": plain_table(self.table),
            "ratios": plain_table(self.ratios),
            "totals": plain_table(self.totals),
            "coefficients": plain_table(self.coefficients),
            "diagnostics": self.diagnostics.to_dict(),
            "fitted": plain_table(self.fitted),
        }

    def __repr__(self) -> str:
        rows = "; ".join(
            f"{row['term']} x {row['ratio']:.3f} ({row['low']:.3f} to {row['high']:.3f})"
            for row in self.ratios.iter_rows(named=True)
        )
        return f"InterruptedCounts({self.target} in {self.source}, {self.event_names}: {rows})"

    _formats = dict.fromkeys(("ratio", "low", "high"), "plain")

    def _tables(self) -> dict[str, pl.DataFrame]:
        return {"": self.ratios}
