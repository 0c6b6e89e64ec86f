"""`SimulatedSeries`: a Series frame and what was put into it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from stancelib.notebook import View, Viewed


@dataclass(frozen=True, repr=False)
class SimulatedSeries(Viewed):
    """A Series frame and what was put into it.

    Attributes
    ----------
    series : polars.DataFrame
        Satisfies `stancelib.schemas.Series`; sorted by target, source and period.
    truth : polars.DataFrame
        One row a (target, source): `baseline`, `trend`, `level`, `slope`, `rho`, `theta`,
        `noise`, `article_sd`; stance units, `trend` and `slope` per period.
    latent : polars.DataFrame
        One row a (target, source, period): `expected_stance`, the mean that the articles were
        drawn around (line and errors), and `line`, without the errors.
    event_at : datetime.datetime
        First instant of the first period after the event, in the time zone of the series.
    seed : int
        The seed that makes the same bytes again.
    """

    series: pl.DataFrame
    truth: pl.DataFrame
    latent: pl.DataFrame
    event_at: dt.datetime
    seed: int

    def _view(self) -> View:
        return View(
            f"{self.series.height:,} periods of {self.truth.height:,} series, drawn with seed "
            f"{self.seed}; the event is at {self.event_at.isoformat(' ', 'minutes')}.",
            {"What was put in": self.truth, "Series": self.series},
        )
