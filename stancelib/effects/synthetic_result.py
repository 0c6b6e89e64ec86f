"""`SyntheticControl` and `SyntheticDifferenceInDifferences`: one outlet beside its like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl

from stancelib.effects.event import Event
from stancelib.effects.panel_result import PanelResult
from stancelib.effects.presentation import plain_table, plain_value

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticDiagnostics:
    """Checks of a synthetic comparison; null where one cannot be computed.

    Attributes
    ----------
    error_before : float
        Root mean squared gap before the event, in stance units.
    spread_before : float
        Standard deviation of the treated source before the event: an `error_before` near it
        says that the comparison does not follow the source.
    error_ratio_p_value : float or None
        Rank among placebos of the ratio of the errors after and before, the statistic of
        Abadie, Diamond and Hainmueller; null for synthetic difference in differences.
    smallest_p_value : float
        The smallest that so many placebos can give.
    gap_autocorrelation : float or None
        Correlation of the gap before from one period to the next.
    n_donors, n_before, n_after : int
        Donors and periods that are used.
    n_left_out : int
        Periods that are not: without articles of the treated source, or around the event.
    donors_left_out : dict of str to str
        Donors that could not be used, and why.
    event_period : datetime.datetime
        First instant of the period that contains the event, in the time zone of the series.
    event_period_treatment : str
        What was done with it, in words.
    periods : polars.DataFrame
        ``period`` and ``change``: the estimate less the one without that period.
    notes : tuple of str
        Doubts in words; empty when there are none.
    """

    error_before: float
    spread_before: float
    error_ratio_p_value: float | None
    smallest_p_value: float
    gap_autocorrelation: float | None
    n_donors: int
    n_before: int
    n_after: int
    n_left_out: int
    donors_left_out: dict[str, str]
    event_period: datetime
    event_period_treatment: str
    periods: pl.DataFrame
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values; the instants in ISO 8601."""
        values = {name: plain_value(getattr(self, name)) for name in self.__slots__}
        return values | {
            "event_period": self.event_period.isoformat(),
            "periods": plain_table(self.periods),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SyntheticControl(PanelResult):
    """One treated outlet beside a weighted average of others, made by `synthetic_control`.

    Attributes
    ----------
    table : polars.DataFrame
        One row, ``effect_on_treated``: `term`, `estimate`, `se`, `low`, `high`, `p_value`, `n`;
        stance units. `se` is the root mean square of the placebo effects, the p-value a rank
        among them, and the interval the constant effects that the ranks do not reject: null
        where there is no end, as with fewer than 19 donors at 95 %. `n` counts periods.
    sentence : str
        The same for a reader, to be quoted.
    course : polars.DataFrame
        ``period`` (in the time zone of the series), ``treated``, ``synthetic`` and ``gap``
        (stances; null where the treated source has no articles, or the period is not used) and
        ``part`` (``before``, ``transition``, ``after``).
    donors : polars.DataFrame
        ``source``, ``weight`` (they sum to 1), and ``change``: the estimate less the one without
        that donor.
    placebos : polars.DataFrame
        ``source``, ``effect`` as if it were treated, and its ``error_before``.
    diagnostics : SyntheticDiagnostics
        Fit before the event, what was left out, leverage of single periods, doubts in words.
    event : Event
        The event.
    source, target, every, time_zone : str
        Which series was compared.
    confidence_level : float
        Of the interval.

    Examples
    --------
    >>> import stancelib as sl
    >>> outlets = [f"Outlet {letter}" for letter in "ABCDEFGHIJ"]
    >>> simulated = sl.simulate_series(sources=outlets, n_periods=40, seed=1)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> effect = sl.synthetic_control(simulated.series, event, treated="Outlet A")
    >>> round(effect.donors["weight"].sum(), 6), effect.placebos.height
    (1.0, 9)
    """

    # Whether the twin is moved to the outlet's level, which the picture says.
    _PARALLEL: ClassVar[bool] = False

    table: pl.DataFrame
    sentence: str
    course: pl.DataFrame
    donors: pl.DataFrame
    placebos: pl.DataFrame
    diagnostics: SyntheticDiagnostics
    event: Event
    source: str
    target: str
    every: str
    time_zone: str
    confidence_level: float

    def chart(self, *, title: str | None = None) -> alt.LayerChart:
        """Draw the outlet and its synthetic course.

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
        from stancelib.charts.synthetic_control import synthetic_control_chart  # noqa: PLC0415

        return synthetic_control_chart(
            self.course,
            event_name=self.event.name,
            event_at=self.event.at,
            source=self.source,
            parallel=self._PARALLEL,
            title=title or f"{self.target} in {self.source}, and in a synthetic twin of it",
            description=self.sentence,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values that json can write."""
        return {
            "method": "synthetic_control",
            "event": self.event.to_dict(),
            "target": self.target,
            "source": self.source,
            "every": self.every,
            "time_zone": self.time_zone,
            "confidence_level": self.confidence_level,
            "sentence": self.sentence,
            "table": plain_table(self.table),
            "donors": plain_table(self.donors),
            "placebos": plain_table(self.placebos),
            "diagnostics": self.diagnostics.to_dict(),
            "course": plain_table(self.course),
        }


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SyntheticDifferenceInDifferences(SyntheticControl):
    """One treated outlet beside others, made by `synthetic_difference_in_differences`.

    Attributes
    ----------
    period_weights : polars.DataFrame
        ``period`` and ``weight`` of the periods before the event; they sum to 1.

    Notes
    -----
    The other attributes are those of `SyntheticControl`; ``synthetic`` in `course` is moved to
    the level of the outlet in the weighted periods before, and `error_before` in `placebos` is
    null, because the p-value ranks the effects as they are.

    Examples
    --------
    >>> import stancelib as sl
    >>> outlets = [f"Outlet {letter}" for letter in "ABCDEFGHIJ"]
    >>> simulated = sl.simulate_series(sources=outlets, n_periods=40, seed=1)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> effect = sl.synthetic_difference_in_differences(
    ...     simulated.series, event, treated="Outlet A"
    ... )
    >>> round(effect.period_weights["weight"].sum(), 6)
    1.0
    """

    _PARALLEL: ClassVar[bool] = True

    period_weights: pl.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Plain values that json can write."""
        return SyntheticControl.to_dict(self) | {
            "method": "synthetic_difference_in_differences",
            "period_weights": plain_table(self.period_weights),
        }
