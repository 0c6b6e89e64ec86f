"""The effect of every event on every (target, source), or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import polars as pl

from stancelib.effects import Event, InterruptedTimeSeries, interrupted_time_series
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError
from stancelib.report.formats import interval, p_value, signed


@dataclass(frozen=True, slots=True)
class Change:
    """One term of an effect, as the page shows it."""

    estimate: str
    interval: str
    p_value: str
    is_clear: bool
    size: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """The effect of one event on one (target, source).

    Attributes
    ----------
    effect
        Null where it was refused.
    reason
        Why it was refused; empty otherwise.
    """

    event: Event
    target: str
    source: str
    effect: InterruptedTimeSeries | None
    reason: str

    @property
    def sentence(self) -> str:
        """What the effect says, or why there is none."""
        return self.effect.sentence if self.effect else self.reason

    @property
    def level(self) -> Change | None:
        """The jump at the event."""
        return self._term("level")

    @property
    def slope(self) -> Change | None:
        """The change of the trend, per period."""
        return self._term("slope")

    @property
    def periods(self) -> int | None:
        """Periods that the fit used."""
        return int(self.effect.table["n"][0]) if self.effect else None

    def _term(self, name: str) -> Change | None:
        if self.effect is None:
            return None
        rows = self.effect.table.filter(pl.col("term") == name)
        return None if rows.is_empty() else _change(rows.row(0, named=True))


def _change(row: Mapping[str, Any]) -> Change:
    low, high = row["low"], row["high"]
    return Change(
        estimate=signed(row["estimate"]),
        interval=interval(low, high),
        p_value=p_value(row["p_value"]),
        is_clear=low is not None and high is not None and (low > 0 or high < 0),
        size=abs(row["estimate"]),
    )


def estimates(series: pl.DataFrame, events: Sequence[Event]) -> list[Estimate]:
    """Interrupted time series around every event, in the order of events, targets and sources."""
    pairs = series.select("target", "source").unique().sort("target", "source").rows()
    return [_estimate(series, event, *pair) for event, pair in product(events, pairs)]


def _estimate(series: pl.DataFrame, event: Event, target: str, source: str) -> Estimate:
    try:
        effect = interrupted_time_series(series, event, source=source, target=target)
    except (NotEnoughDataError, DataError, ArgumentError) as refusal:
        return Estimate(event, target, source, None, str(refusal))
    return Estimate(event, target, source, effect, "")
