"""The periods with articles of a chosen series, and the calendar that they stand in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.error_model import Weights, sampling_of
from stancelib.effects.noise_points_core import Observed
from stancelib.effects.periods import ChosenSeries
from stancelib.errors import NotEnoughDataError

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ObservedSpan:
    """A series from its first to its last period with articles.

    Attributes
    ----------
    chosen : ChosenSeries
        The series that it is part of.
    first : int
        Period of `chosen` that the span begins with.
    frame : polars.DataFrame
        Its N periods, those without articles included.
    observed : Observed
        The n periods with articles.
    """

    chosen: ChosenSeries
    first: int
    frame: pl.DataFrame
    observed: Observed

    @property
    def rows(self) -> Indices:
        """Calendar index (n,) of the periods with articles."""
        return self.observed.times.astype(np.int64)

    def on_calendar(self, values: Array) -> Array:
        """Values (..., n) of the periods with articles, on all N periods; 0 elsewhere."""
        full = np.zeros((*values.shape[:-1], self.frame.height))
        full[..., self.rows] = values
        return full

    def instant(self, period: int) -> datetime:
        """First instant of a period of the span, or the end of the last, in local time."""
        bound = self.chosen.bounds[self.first + period]
        return bound.astimezone(ZoneInfo(self.chosen.time_zone))


def observed_span(
    chosen: ChosenSeries, weights: Weights, minimum_segment: int, minimum_periods: int
) -> ObservedSpan:
    """Cut a series to the periods with articles, and measure how precise these are."""
    seen = np.flatnonzero(chosen.frame["stance"].is_not_null().to_numpy())
    needed = max(2 * minimum_segment, minimum_periods)
    name = f"{chosen.target} in {chosen.source}"
    if len(seen) < needed:
        raise NotEnoughDataError(
            f"{name} has {len(seen)} periods with articles; change points need {needed}. Take "
            "shorter periods (every=...), a longer span, or sources together (by=None)"
        )
    first, last = int(seen[0]), int(seen[-1])
    used = chosen.frame[seen.tolist()]
    stance = used["stance"].to_numpy()
    if np.ptp(stance) == 0:
        raise NotEnoughDataError(
            f"the stance toward {name} is the same in all {len(seen)} periods; without variation "
            "no change can be found"
        )
    sampling = sampling_of(used, weights)
    times = (seen - first).astype(np.float64)
    observed = Observed(stance, sampling.variances, sampling.degrees_of_freedom, times)
    return ObservedSpan(chosen, first, chosen.frame[first : last + 1], observed)
