"""`Counterfactual`: a series after events, against its course without them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.counterfactual_diagnostics import CounterfactualDiagnostics
from stancelib.effects.event import Event
from stancelib.effects.presentation import plain_table
from stancelib.notebook import Shown

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Counterfactual(Shown):
    """What moved after one event or several, made by `counterfactual`.

    Attributes
    ----------
    table : polars.DataFrame
        `term`, `estimate`, `se`, `low`, `high`, `p_value`, `n`. ``average effect``: observed less
        expected stance, mean over the periods after the first event; ``cumulative effect``: its
        sum, in stance units times periods; with several events the same two in each window, such
        as ``average effect after Vilnius summit``. Estimate and se are mean and standard
        deviation of the posterior draws, low and high their equal-tailed quantiles, p_value twice
        the smaller tail beyond 0; `n` counts the periods with articles behind a row.
    sentence : str
        The same for a reader, to be quoted.
    course : polars.DataFrame
        One row for each period between the first and the last: ``period`` (in the time zone of
        the series), ``stance`` (null: no articles), ``expected`` with ``expected_low`` and
        ``expected_high`` (before the first event the forecast one period ahead, with the
        coefficients of the whole time before; from then on the course without events), ``effect``
        with ``effect_low`` and ``effect_high`` (null before, in periods without articles and in
        those that are left out), ``cumulative`` with ``cumulative_low`` and ``cumulative_high``
        (the effects summed so far; null outside the windows), ``n_documents``, ``window`` (name of
        the event whose window holds the period, or most of it; null: none), and ``used``:
        whether the period's stance entered the result.
    diagnostics : CounterfactualDiagnostics
        Errors of forecasts before the event, single periods, controls, and doubts in words.
    draws : numpy.ndarray
        Posterior draws of the effect, (draws, periods from the first event on): rows of `course`
        from the end; NaN where ``effect`` is null for want of articles. For statements about
        several periods at once.
    events : tuple of Event
        In the order of time.
    controls : tuple of str
        Names of the control series.
    target, source, every, time_zone : str
        Which series was fitted.
    confidence_level : float
        Of all intervals.
    seed : int
        That makes the same draws again.

    Examples
    --------
    >>> import stancelib as sl
    >>> simulated = sl.simulate_series(n_periods=60, level=-0.3, rho=0.3, seed=1)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> effect = sl.counterfactual(simulated.series, event)
    >>> effect.table["term"].to_list(), effect.target, effect.draws.shape
    (['average effect', 'cumulative effect'], 'NATO', (4000, 30))
    """

    table: pl.DataFrame
    sentence: str
    course: pl.DataFrame
    diagnostics: CounterfactualDiagnostics
    draws: NDArray[np.float64]
    events: tuple[Event, ...]
    controls: tuple[str, ...]
    target: str
    source: str
    every: str
    time_zone: str
    confidence_level: float
    seed: int

    def chart(self, *, title: str | None = None) -> alt.VConcatChart:
        """Draw the observed and expected stance, the effect, and its sum.

        Parameters
        ----------
        title : str, optional
            Above the picture; by default it names target, source and events.

        Returns
        -------
        altair.VConcatChart
            Can be changed further.
        """
        # Altair is loaded only when a picture is asked for.
        from stancelib.charts import counterfactual_chart  # noqa: PLC0415

        names = ", ".join(event.name for event in self.events)
        return counterfactual_chart(
            self.course,
            events=self.events,
            confidence_level=self.confidence_level,
            title=title or f"{self.target} in {self.source}, with and without {names}",
            description=self.sentence,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values that json can write, without the draws."""
        return {
            "method": "counterfactual",
            "events": [event.to_dict() for event in self.events],
            "controls": list(self.controls),
            "target": self.target,
            "source": self.source,
            "every": self.every,
            "time_zone": self.time_zone,
            "confidence_level": self.confidence_level,
            "seed": self.seed,
            "sentence": self.sentence,
            "table": plain_table(self.table),
            "diagnostics": self.diagnostics.to_dict(),
            "course": plain_table(self.course),
        }

    def __repr__(self) -> str:
        rows = "; ".join(
            f"{row['term']} {row['estimate']:+.4f} ({row['low']:+.4f} to {row['high']:+.4f})"
            for row in self.table.iter_rows(named=True)
        )
        return f"Counterfactual({self.target} in {self.source}: {rows})"
