"""The parts of an `InterruptedCounts`: checked counts, tables, totals and fitted lines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.counts_core import CountFit
from stancelib.effects.fitted_lines import fitted_lines
from stancelib.effects.interrupted_time_series_core import without_event
from stancelib.effects.joint_band_core import DRAWS, draw_coefficients
from stancelib.effects.periods import ChosenSeries
from stancelib.effects.placement import PlacedEvents
from stancelib.effects.segmented_model import Model
from stancelib.errors import DataError, NotEnoughDataError

Array = NDArray[np.float64]


def counted(
    series: pl.DataFrame, chosen: ChosenSeries, outcome: str, offset: str | None
) -> tuple[ChosenSeries, Array]:
    """The series with its counts in the place of the stance, and what they are a rate of, (N,)."""
    wanted = [outcome] if offset is None else [outcome, offset]
    for column in wanted:
        if column not in series.columns:
            raise DataError.missing_column(column, series.columns)
    rows = series.filter(target=chosen.target, source=chosen.source).select(
        pl.col("period").dt.cast_time_unit("us"),
        count=pl.col(outcome).cast(pl.Float64),
        exposure=pl.lit(1.0) if offset is None else pl.col(offset).cast(pl.Float64),
    )
    frame = chosen.frame.join(rows, "period", how="left").sort("period")
    counts = frame["count"].fill_null(0.0)
    whole = counts.is_finite() & (counts >= 0) & (counts == counts.round())
    if not whole.all():
        bad = frame.filter(~whole).row(0, named=True)
        raise DataError(
            f"{outcome!r} must hold whole numbers of at least 0; it is {bad['count']} in the "
            f"period {bad['period'].isoformat()}"
        )
    exposure = frame["exposure"].fill_null(1.0 if offset is None else 0.0)
    if not (exposure.is_finite() & (exposure > 0)).all():
        bad = frame.filter(~(exposure > 0)).row(0, named=True)
        raise DataError(
            f"{offset!r} must be above 0 in every period between the first and the last; it is "
            f"{bad['exposure']} in the period {bad['period'].isoformat()}"
        )
    if counts.n_unique() == 1:
        raise NotEnoughDataError(f"{outcome!r} is {counts[0]:g} in all {len(counts)} periods")
    return replace(chosen, frame=chosen.frame.with_columns(stance=counts)), exposure.to_numpy()


def check_sides(placed: PlacedEvents, counts: Array, outcome: str) -> None:
    """A side without any article has no rate, and no finite ratio."""
    for event in placed.events:
        for side, rows in {"before": event.before, "after": event.after}.items():
            if not counts[rows].any():
                raise NotEnoughDataError(
                    f"{outcome!r} is 0 in all periods {side} {event.counts.event!r}; a factor "
                    "between nothing and something is not finite"
                )


def ratios_of(table: pl.DataFrame) -> pl.DataFrame:
    """The same as factors."""
    return table.select(
        "term",
        ratio=pl.col("estimate").exp(),
        low=pl.col("low").exp(),
        high=pl.col("high").exp(),
        p_value="p_value",
        n="n",
    )


def totals_of(
    fit: CountFit,
    model: Model,
    placed: PlacedEvents,
    *,
    exposure: Array,
    level: float,
    seed: int,
) -> pl.DataFrame:
    """Articles more (or fewer) than without each event, in sum over the periods that feel it."""
    draws = draw_coefficients(fit.mixture, DRAWS, np.random.default_rng(seed))
    rows = []
    tail = (1 - level) / 2
    for event, own in zip(placed.events, model.events, strict=True):
        felt = event.lasting > 0
        design, absent = model.design[felt], without_event(model.design[felt], own)
        at = _excess(fit.coefficients[None], design, absent, exposure[felt])[0]
        drawn = _excess(draws, design, absent, exposure[felt])
        low, high = np.quantile(drawn, [tail, 1 - tail])
        rows.append((event.counts.event, float(at), float(low), float(high), int(felt.sum())))
    return pl.DataFrame(rows, schema=["event", "more", "low", "high", "n"], orient="row")


def _excess(coefficients: Array, design: Array, absent: Array, exposure: Array) -> Array:
    """Expected counts less those without the event, summed, for coefficients (d, k)."""
    with_event = np.exp(np.minimum(coefficients @ design.T, 700.0))
    without = np.exp(np.minimum(coefficients @ absent.T, 700.0))
    return np.asarray(((with_event - without) * exposure).sum(-1), dtype=np.float64)


def fitted_of(
    chosen: ChosenSeries,
    placed: PlacedEvents,
    model: Model,
    fit: CountFit,
    *,
    exposure: Array,
    level: float,
) -> pl.DataFrame:
    """Counts, the fit, and what was expected without the events, one row a period."""
    lines = fitted_lines(placed, model, fit.mixture, level)
    counts = {name: np.exp(line) * exposure for name, line in lines.items()}
    return pl.concat(
        [
            chosen.frame.select("period", count="stance"),
            pl.DataFrame(counts, nan_to_null=True),
        ],
        how="horizontal",
    ).with_columns(used=pl.Series(placed.used))
