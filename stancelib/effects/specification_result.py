"""`SpecificationCurve`: one effect under every defensible choice of the analyst."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from stancelib.effects.event import Event
from stancelib.effects.presentation import plain_table, plain_value
from stancelib.notebook import Shown

if TYPE_CHECKING:
    import altair as alt

CHOICES = ("window_days", "every", "weights", "error", "event_period")


@dataclass(frozen=True, slots=True, eq=False)
class SpecificationDiagnostics:
    """What the curve rests on.

    Attributes
    ----------
    n_specifications : int
        Specifications that were fitted.
    joint_p_value : float or None
        Share of the admissible dates at which the median statistic over windows, weights and
        errors, in the periods of the series, is at least as far from 0 as at the event; null
        where there is no other date.
    n_dates : int
        Dates in that comparison, the event's included.
    by_choice : polars.DataFrame
        One row an option: ``choice``, ``option``, ``n``, ``median_estimate`` and ``share_clear``,
        the share of its specifications whose interval leaves out 0.
    skipped : tuple of str
        Specifications that could not be fitted, with the reason.
    notes : tuple of str
        Doubts in words; empty when there are none.
    """

    n_specifications: int
    joint_p_value: float | None
    n_dates: int
    by_choice: pl.DataFrame
    skipped: tuple[str, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        values = {name: plain_value(getattr(self, name)) for name in self.__slots__}
        return values | {
            "by_choice": plain_table(self.by_choice),
            "skipped": list(self.skipped),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SpecificationCurve(Shown):
    """A level shift under every combination of choices, made by `specification_curve`.

    Attributes
    ----------
    table : polars.DataFrame
        One row a specification, from the lowest estimate to the highest: ``window_days`` (on each
        side; null: all), ``every``, ``weights``, ``error``, ``event_period``, then `term`
        (``level``), `estimate`, `se`, `low`, `high`, `p_value`, `n`, in stance units.
    sentence : str
        The same for a reader, to be quoted.
    diagnostics : SpecificationDiagnostics
        The joint test, which choice matters, and what could not be fitted.
    event : Event
        The event.
    target, source, time_zone : str
        Which series was fitted.
    confidence_level : float
        Of all intervals.

    Examples
    --------
    >>> import stancelib as sl
    >>> simulated = sl.simulate_series(n_periods=80, level=-0.4, rho=0.3, seed=1)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> curve = sl.specification_curve(simulated.series, event, errors=["gls", "hac"])
    >>> curve.target, bool((curve.table["high"] < 0).all())
    ('NATO', True)
    """

    table: pl.DataFrame
    sentence: str
    diagnostics: SpecificationDiagnostics
    event: Event
    target: str
    source: str
    time_zone: str
    confidence_level: float

    def chart(self, *, title: str | None = None) -> alt.VConcatChart:
        """Draw the estimates in order, with the choices behind each below it.

        Parameters
        ----------
        title : str, optional
            Above the picture; by default it names target, source and event.

        Returns
        -------
        altair.VConcatChart
            Can be changed further.
        """
        # Altair is loaded only when a picture is asked for.
        from stancelib.charts.specification import specification_chart  # noqa: PLC0415

        return specification_chart(
            self.table,
            choices=CHOICES,
            title=title or f"{self.target} in {self.source}: the shift after {self.event.name}",
            description=self.sentence,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values that json can write."""
        return {
            "method": "specification_curve",
            "event": self.event.to_dict(),
            "target": self.target,
            "source": self.source,
            "time_zone": self.time_zone,
            "confidence_level": self.confidence_level,
            "sentence": self.sentence,
            "table": plain_table(self.table),
            "diagnostics": self.diagnostics.to_dict(),
        }

    def __repr__(self) -> str:
        level = self.table["estimate"]
        return (
            f"SpecificationCurve({self.target} in {self.source}, {self.event.name}: "
            f"{len(level)} specifications, level {level[0]:+.4f} to {level[-1]:+.4f})"
        )
