"""`DifferenceInDifferences`: how much further treated outlets moved than controls."""

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
class DifferenceInDifferences(PanelResult):
    """How much further treated outlets moved than controls, made by `difference_in_differences`.

    Attributes
    ----------
    table : polars.DataFrame
        One row, ``effect_on_treated``: `term`, `estimate`, `se`, `low`, `high`, `p_value`, `n`;
        stance units. `n` counts fitted cells. `low` and `high` are null where the test rejects
        nothing on that side, as with too few sources.
    sentence : str
        The same for a reader, to be quoted.
    course : polars.DataFrame
        For pictures: ``period`` (in the time zone of the series), ``treated`` and ``controls``
        (mean stance of the group, sources that come and go taken out; null where nobody
        published), ``expected`` (the controls' course at the treated's level before) and ``part``
        (``before``, ``transition``, ``after``).
    blocks : polars.DataFrame
        Difference of the courses by blocks of periods, against the last block before:
        ``first`` and ``last`` period, ``estimate``, ``low``, ``high`` and ``part``.
    pre_trend : PreTrend or None
        Test that the blocks before do not differ, and its power; null with one block.
    sensitivity : polars.DataFrame
        What is left when trends part: for a ``magnitude`` M the bounds ``lower`` and ``upper`` of
        the effect if the difference of the courses changes from block to block after the event
        by at most M times its largest change before, and ``low`` and ``high``, their interval.
        Empty with one block before.
    breakdown : float or None
        Largest M, up to 10, at which the interval leaves out 0; 0 when it never does, null
        without two blocks before.
    diagnostics : PanelDiagnostics
        Noise, leverage of single sources and periods, what was left out, and doubts in words.
    event : Event
        The event.
    treated, controls : tuple of str
        Sources.
    target, every, time_zone : str
        Which series were fitted.
    block : int
        Periods in a block.
    confidence_level : float
        Of all intervals.
    correction : Correction or None
        What human labels did to the effect; null without ``labels=``.

    Examples
    --------
    >>> import stancelib as sl
    >>> outlets = [f"Outlet {letter}" for letter in "ABCDEFGHIJ"]
    >>> shift = {name: -0.3 if name < "Outlet F" else 0.0 for name in outlets}
    >>> simulated = sl.simulate_series(sources=outlets, n_periods=30, level=shift, seed=1)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> effect = sl.difference_in_differences(
    ...     simulated.series, event, treated=outlets[:5], draws=499
    ... )
    >>> effect.treated[0], effect.pre_trend is not None
    ('Outlet A', True)
    """

    table: pl.DataFrame
    sentence: str
    course: pl.DataFrame
    blocks: pl.DataFrame
    pre_trend: PreTrend | None
    sensitivity: pl.DataFrame
    breakdown: float | None
    diagnostics: PanelDiagnostics
    event: Event
    treated: tuple[str, ...]
    controls: tuple[str, ...]
    target: str
    every: str
    time_zone: str
    block: int
    confidence_level: float
    correction: Correction | None = None

    def chart(self, *, title: str | None = None) -> alt.LayerChart:
        """Draw the courses of treated and controls, and what was expected without the event.

        Parameters
        ----------
        title : str, optional
            Above the picture; by default it names target and event.

        Returns
        -------
        altair.LayerChart
            Can be changed further.
        """
        # Altair is loaded only when a picture is asked for.
        from stancelib.charts.difference_in_differences import (  # noqa: PLC0415
            difference_in_differences_chart,
        )

        return difference_in_differences_chart(
            self.course,
            event_name=self.event.name,
            event_at=self.event.at,
            n_treated=len(self.treated),
            n_controls=len(self.controls),
            title=title or f"{self.target}: treated outlets and controls, {self.event.name}",
            description=self.sentence,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values that json can write."""
        blocks = self.blocks.with_columns(
            pl.col("first", "last").map_elements(lambda at: at.isoformat(), pl.String)
        )
        return {
            "method": "difference_in_differences",
            "event": self.event.to_dict(),
            "target": self.target,
            "treated": list(self.treated),
            "controls": list(self.controls),
            "every": self.every,
            "time_zone": self.time_zone,
            "block": self.block,
            "confidence_level": self.confidence_level,
            "sentence": self.sentence,
            "table": plain_table(self.table),
            "pre_trend": None if self.pre_trend is None else self.pre_trend.to_dict(),
            "sensitivity": plain_table(self.sensitivity),
            "breakdown": self.breakdown,
            "blocks": plain_table(blocks),
            "diagnostics": self.diagnostics.to_dict(),
            "course": plain_table(self.course),
            "correction": self.correction and self.correction.to_dict(),
        }
