"""`Power`: the smallest level shift that a series could have shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from stancelib.effects.event import Event
from stancelib.effects.presentation import plain_table, plain_value
from stancelib.notebook import Shown

if TYPE_CHECKING:
    import altair as alt

AS_COLLECTED, ENDLESS_ARTICLES = "as collected", "with endless articles"


@dataclass(frozen=True, slots=True)
class PowerDiagnostics:
    """What the simulation rests on.

    Attributes
    ----------
    error : str
        Kind of error of the analysis: gls, hac or ols.
    runs : int
        Simulated series for every number of articles.
    size : float
        Share of them that show a shift although there is none; near 0.05 where errors are right.
    rho : float
        Autocorrelation of the noise, averaged over what the series says.
    sampling_share : float
        Share of the noise, in a period of median precision, that comes from the number of
        articles.
    noise : float
        Standard deviation of the noise in such a period, in stance units.
    articles_per_period : float
        Mean of the fitted periods.
    articles_factor : float or None
        How many times as many the asked shift needs; null without one, or where none is enough.
    n_before, n_after, n_missing : int
        Fitted periods on each side, and periods without articles.
    notes : tuple of str
        Doubts in words; empty when there are none.
    """

    error: str
    runs: int
    size: float
    rho: float
    sampling_share: float
    noise: float
    articles_per_period: float
    articles_factor: float | None
    n_before: int
    n_after: int
    n_missing: int
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        values = {name: plain_value(getattr(self, name)) for name in self.__slots__}
        return values | {"notes": list(self.notes)}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Power(Shown):
    """What a series could have shown, made by `power`.

    Attributes
    ----------
    table : polars.DataFrame
        `term`, `estimate`, `se`, `low`, `high`, `p_value`, `n`: rows ``smallest_shift`` and
        ``smallest_shift_endless_articles``, in stance units, and, when a shift was asked for,
        ``power`` (its chance, 0 to 1) and ``articles_per_period`` (the mean number of articles
        that it needs; null where no number is enough). `low` and `high` are the 95 % interval of
        the simulation; `se` and `p_value` are null; `n` counts fitted periods.
    curve : polars.DataFrame
        ``articles`` (as collected, or with endless articles), ``shift`` in stance units, and
        ``power``, the chance to show it.
    sentence : str
        The same for a reader, to be quoted.
    diagnostics : PowerDiagnostics
        What the simulation rests on, and doubts in words.
    event : Event
        The event.
    target, source, every, time_zone : str
        Which series was simulated.
    confidence_level, wanted : float
        Of the intervals of the analysis, and the power that counts as enough.

    Examples
    --------
    >>> import stancelib as sl
    >>> simulated = sl.simulate_series(n_periods=60, seed=1)
    >>> found = sl.power(simulated.series, sl.Event("Summit", simulated.event_at), runs=100)
    >>> found.curve["articles"].unique(maintain_order=True).to_list()
    ['as collected', 'with endless articles']
    """

    _formats = dict.fromkeys(("estimate", "low", "high"), "plain")

    table: pl.DataFrame
    curve: pl.DataFrame
    sentence: str
    diagnostics: PowerDiagnostics
    event: Event
    target: str
    source: str
    every: str
    time_zone: str
    confidence_level: float
    wanted: float

    def chart(self, *, title: str | None = None) -> alt.LayerChart:
        """Draw the chance to show a shift over its size.

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
        from stancelib.charts.power import power_chart  # noqa: PLC0415

        return power_chart(
            self.curve,
            wanted=self.wanted,
            title=title or f"What {self.source} could have shown on {self.target}",
            description=self.sentence,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values that json can write."""
        return {
            "method": "power",
            "event": self.event.to_dict(),
            "target": self.target,
            "source": self.source,
            "every": self.every,
            "time_zone": self.time_zone,
            "confidence_level": self.confidence_level,
            "wanted": self.wanted,
            "sentence": self.sentence,
            "table": plain_table(self.table),
            "diagnostics": self.diagnostics.to_dict(),
            "curve": plain_table(self.curve),
        }

    def __repr__(self) -> str:
        return (
            f"Power({self.target} in {self.source}, {self.event.name}: smallest shift "
            f"{self.table['estimate'][0]:.4f} at power {self.wanted:g})"
        )
