"""`AdjustedEffects`: many effects with raw and corrected p-values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from stancelib.effects.presentation import plain_table, plain_value
from stancelib.notebook import Shown

if TYPE_CHECKING:
    import altair as alt

METHOD_NAMES = {
    "holm": "Holm's method",
    "bh": "the method of Benjamini and Hochberg",
    "max_t": "the maximum of jointly resampled statistics",
}


@dataclass(frozen=True, slots=True)
class AdjustDiagnostics:
    """What the correction rests on.

    Attributes
    ----------
    method : str
        holm, bh or max_t.
    n_effects : int
        Hypotheses that were corrected for.
    n_raw, n_adjusted : int
        Effects that hold before and after correction.
    runs : int or None
        Joint draws (max_t only).
    notes : tuple of str
        Doubts in words; empty when there are none.
    """

    method: str
    n_effects: int
    n_raw: int
    n_adjusted: int
    runs: int | None
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        values = {name: plain_value(getattr(self, name)) for name in self.__slots__}
        return values | {"notes": list(self.notes)}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AdjustedEffects(Shown):
    """Effects with p-values corrected for their number, made by `adjust`.

    Attributes
    ----------
    method : str
        holm, bh or max_t.
    table : polars.DataFrame
        One row an effect and term, in the order they were handed in: ``target``, ``source``,
        ``event`` (names; null where an effect has none), `term`, `estimate`, `se`, `low`, `high`,
        `p_value`, ``p_value_adjusted``, `n`. The intervals are those of the single effects.
    sentence : str
        The same for a reader, to be quoted.
    diagnostics : AdjustDiagnostics
        Counts, and doubts in words.
    confidence_level : float
        1 less the level at which an effect is said to hold.

    Examples
    --------
    >>> import stancelib as sl
    >>> simulated = sl.simulate_series(level=-0.4)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> adjusted = sl.adjust([sl.interrupted_time_series(simulated.series, event)])
    >>> adjusted.method, adjusted.diagnostics.n_effects
    ('holm', 1)
    """

    method: str
    table: pl.DataFrame
    sentence: str
    diagnostics: AdjustDiagnostics
    confidence_level: float

    def chart(self, *, title: str | None = None) -> alt.LayerChart:
        """Draw every effect with its interval; those that hold after correction stand out.

        Parameters
        ----------
        title : str, optional
            Above the picture.

        Returns
        -------
        altair.LayerChart
            Can be changed further.
        """
        # Altair is loaded only when a picture is asked for.
        from stancelib.charts.adjusted import adjusted_chart  # noqa: PLC0415

        return adjusted_chart(
            self.table,
            level=1 - self.confidence_level,
            method=METHOD_NAMES[self.method],
            title=title or "Effects, and which of them hold after correction",
            description=self.sentence,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values that json can write."""
        return {
            "method": "adjust",
            "correction": self.method,
            "confidence_level": self.confidence_level,
            "sentence": self.sentence,
            "table": plain_table(self.table),
            "diagnostics": self.diagnostics.to_dict(),
        }

    def __repr__(self) -> str:
        counts = self.diagnostics
        return (
            f"AdjustedEffects({counts.n_effects} effects by {self.method}: {counts.n_raw} hold "
            f"alone, {counts.n_adjusted} after correction)"
        )
