"""`PlaceboTest`: a shift beside the shifts where nothing should have happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from stancelib.effects.event import Event
from stancelib.effects.presentation import plain_table, plain_value
from stancelib.notebook import Shown

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True, slots=True)
class PlaceboDiagnostics:
    """What the test rests on; null where it does not apply.

    Attributes
    ----------
    error : str
        Kind of error: gls or ols.
    n_placebos : int
        Dates, targets, sources or outcomes beside the tested one.
    n_dates : int
        Admissible dates, the event's included; of a family: those that all of it share.
    first_date, last_date : datetime.datetime
        First instants of the periods that hold the first and the last of them.
    smallest_p_value : float
        Below which no p-value of the table can fall.
    rho, sampling_share : float or None
        Autocorrelation that the dates share, and the share of the noise that comes from the
        number of articles (gls only).
    most_conspicuous : str
        Date, target, source or outcome with the largest statistic of the level.
    notes : tuple of str
        Doubts in words; empty when there are none.
    """

    error: str
    n_placebos: int
    n_dates: int
    first_date: datetime
    last_date: datetime
    smallest_p_value: float
    rho: float | None
    sampling_share: float | None
    most_conspicuous: str
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values; the instants in ISO 8601."""
        values = {name: plain_value(getattr(self, name)) for name in self.__slots__}
        return values | {"notes": list(self.notes)}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PlaceboTest(Shown):
    """Whether a shift is more than what moves without an event, made by `placebo_test`.

    Attributes
    ----------
    kind : str
        What the placebos are: date, target, source or outcome.
    table : polars.DataFrame
        Two rows, ``level`` and ``slope``: `term`, `estimate`, `se`, `low`, `high`, `p_value`, `n`,
        in stance units and stance units per period. `p_value` is the rank of the event among the
        placebos; `low` and `high` are the ends of the shifts that the test in date does not
        reject (infinite with too few dates, null for the other kinds); `n` counts fitted periods.
        The noise is the one that all dates share, and `se` rests on the residuals alone, so that
        both differ a little from `interrupted_time_series`.
    placebos : polars.DataFrame
        One row a term and placebo, the event's included (``is_event``), with ``estimate``, ``se``
        and ``statistic``. In date: ``period``, the first instant of the period that holds the
        date, in the time zone of the series. Else: ``placebo``, its name, with ``p_value``, the
        rank of the event's date in that series, and ``p_value_adjusted``, the same corrected for
        the whole family by the step-down maximum.
    sentence : str
        The same for a reader, to be quoted.
    diagnostics : PlaceboDiagnostics
        What the test rests on, and doubts in words.
    event : Event
        The event.
    target, source, every, time_zone : str
        The tested series.
    confidence_level : float
        Of the intervals.

    Examples
    --------
    >>> import stancelib as sl
    >>> simulated = sl.simulate_series(n_periods=80, level=-0.4, rho=0.3, seed=1)
    >>> test = sl.placebo_test(simulated.series, sl.Event("Vilnius summit", simulated.event_at))
    >>> test.placebos.filter(term="level").height, test.target, test.kind
    (65, 'NATO', 'date')
    """

    kind: str
    table: pl.DataFrame
    placebos: pl.DataFrame
    sentence: str
    diagnostics: PlaceboDiagnostics
    event: Event
    target: str
    source: str
    every: str
    time_zone: str
    confidence_level: float

    def chart(self, *, term: str = "level", title: str | None = None) -> alt.LayerChart:
        """Draw the statistics of the placebos with that of the event marked.

        Parameters
        ----------
        term : {"level", "slope"}
            Which of the two.
        title : str, optional
            Above the picture; by default it names target, source and event.

        Returns
        -------
        altair.LayerChart
            Can be changed further.
        """
        # Altair is loaded only when a picture is asked for.
        from stancelib.charts.placebo import placebo_chart  # noqa: PLC0415

        return placebo_chart(
            self.placebos,
            kind=self.kind,
            term=term,
            event_name=self.event.label or self.event.name,
            title=title or f"{self.target} in {self.source}: {self.event.name} among placebos",
            description=self.sentence,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values that json can write; what is infinite or not known is null."""
        finite = pl.selectors.float().replace({float("inf"): None, float("-inf"): None})
        return {
            "method": "placebo_test",
            "kind": self.kind,
            "event": self.event.to_dict(),
            "target": self.target,
            "source": self.source,
            "every": self.every,
            "time_zone": self.time_zone,
            "confidence_level": self.confidence_level,
            "sentence": self.sentence,
            "table": plain_table(self.table.with_columns(finite)),
            "diagnostics": self.diagnostics.to_dict(),
            "placebos": plain_table(self.placebos),
        }

    def __repr__(self) -> str:
        rows = "; ".join(
            f"{row['term']} {row['estimate']:+.4f} (p {row['p_value']:.3g})"
            for row in self.table.iter_rows(named=True)
        )
        return f"PlaceboTest(in {self.kind}, {self.target} in {self.source}, {rows})"
