"""What an effect amounts to, period by period and in sum, with intervals that hold together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.fitted_lines import term_table
from stancelib.effects.joint_band_core import joint_multiple
from stancelib.effects.placement import PlacedEvents
from stancelib.effects.student_mixture_core import StudentMixture, contrasts, thinned

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Horizons:
    """Effects over time, as frames; see `InterruptedTimeSeries`."""

    effects: pl.DataFrame
    totals: pl.DataFrame


def effects_over_time(
    periods: pl.Series,
    placed: PlacedEvents,
    *,
    design: Array,
    columns: tuple[slice, ...],
    mixture: StudentMixture,
    level: float,
    seed: int,
) -> Horizons:
    """Effect of each event in each period since it began, its average and its sum.

    Parameters
    ----------
    periods : Series
        First instants of all N periods.
    placed : PlacedEvents
        The E events.
    design : (N, k)
        Of all periods.
    columns : tuple of slice
        Which columns belong to which event.
    mixture : StudentMixture
        Of the k coefficients.
    level : float
        Of the intervals.
    seed : int
        Of the draws behind the joint intervals.
    """
    rng = np.random.default_rng(seed)
    light = thinned(mixture)
    effects, totals = [], []
    for event, own in zip(placed.events, columns, strict=True):
        feels = np.zeros_like(design)
        feels[:, own] = design[:, own]
        rows = np.flatnonzero(event.lasting > 0)
        effects.append(
            _path(
                periods,
                event.counts.event,
                rows=rows,
                feels=feels[rows],
                mixture=light,
                level=level,
                rng=rng,
            )
        )
        totals.append(_totals(event.counts.event, event.lasting, feels, mixture, level))
    return Horizons(pl.concat(effects), pl.concat(totals))


def _path(
    periods: pl.Series,
    name: str,
    *,
    rows: NDArray[np.int64],
    feels: Array,
    mixture: StudentMixture,
    level: float,
    rng: np.random.Generator,
) -> pl.DataFrame:
    summary = contrasts(mixture, feels, level)
    multiple = joint_multiple(mixture, feels, summary, level, rng)
    half = multiple * summary.se
    return pl.DataFrame(
        {
            "event": [name] * len(rows),
            "period": periods[rows],
            "horizon": rows - rows[0],
            "estimate": summary.estimate,
            "se": summary.se,
            "low": summary.low,
            "high": summary.high,
            # A joint interval is never narrower than the one of its period alone.
            "joint_low": np.minimum(summary.estimate - half, summary.low),
            "joint_high": np.maximum(summary.estimate + half, summary.high),
        }
    )


def _totals(
    name: str, lasting: Array, feels: Array, mixture: StudentMixture, level: float
) -> pl.DataFrame:
    summed = feels.sum(0)
    summary = contrasts(mixture, np.stack([summed / lasting.sum(), summed]), level)
    table = term_table(("average", "cumulative"), summary, int((lasting > 0).sum()))
    return table.select(pl.lit(name).alias("event"), pl.all())
