"""The frames of a `ChangePoints`, from what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.change_point_dates_core import DatedChange
from stancelib.effects.change_point_events import joined_words, nearest_event
from stancelib.effects.event import Event
from stancelib.effects.observed_span import ObservedSpan
from stancelib.effects.student_mixture_core import Contrasts, contrasts

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FoundChanges:
    """What the search and the tests of dates found.

    Attributes
    ----------
    rows : (k,)
        Rows, among the periods with articles, that begin a new level.
    p_values : (k,)
        Share of series without a change that show one as strong.
    dated : list of DatedChange
        One a change.
    confidence_level : float
        Of intervals and sets.
    """

    rows: Indices
    p_values: Array
    dated: list[DatedChange]
    confidence_level: float


def table_frame(span: ObservedSpan, found: FoundChanges) -> pl.DataFrame:
    """The shifts, one row a change."""
    shifts = [contrasts(dated.shift, np.eye(1), found.confidence_level) for dated in found.dated]
    schema = {
        "term": pl.String,
        "estimate": pl.Float64,
        "se": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "p_value": pl.Float64,
        "n": pl.Int64,
    }
    columns = {
        "term": [f"{span.instant(period):%Y-%m-%d}" for period in _periods(span, found.rows)],
        **{
            name: [float(getattr(shift, name)[0]) for shift in shifts]
            for name in ("estimate", "se", "low", "high")
        },
        "p_value": found.p_values,
        "n": [len(span.rows)] * len(found.dated),
    }
    return pl.DataFrame(columns, schema=schema)


def dates_frame(span: ObservedSpan, found: FoundChanges, events: Sequence[Event]) -> pl.DataFrame:
    """The dates with their confidence sets and nearest events, one row a change."""
    zone = span.chosen.time_zone
    instant = pl.Datetime("us", zone)
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "change": instant,
        "low": instant,
        "high": instant,
        "allowed": pl.List(instant),
        "event": pl.String,
        "event_at": instant,
        "days": pl.Int64,
        "in_set": pl.Boolean,
        "words": pl.String,
    }
    rows = [
        _date_row(span, period, dated, events, found.confidence_level)
        for period, dated in zip(_periods(span, found.rows), found.dated, strict=True)
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _date_row(
    span: ObservedSpan, period: int, dated: DatedChange, events: Sequence[Event], level: float
) -> dict[str, object]:
    allowed = allowed_periods(span, dated, level)
    instants = [span.instant(index) for index in allowed]
    every = span.chosen.every
    near = nearest_event(
        span.chosen, span.first + period, [span.first + index for index in allowed], events
    )
    return {
        "change": span.instant(period),
        "low": instants[0],
        "high": instants[-1],
        "allowed": instants,
        "event": near.event.name if near else None,
        "event_at": near.event.at.astimezone(instants[0].tzinfo) if near else None,
        "days": near.days if near else None,
        "in_set": near.in_set if near else None,
        "words": joined_words(near, every, instants[0], instants[-1]),
    }


def allowed_periods(span: ObservedSpan, dated: DatedChange, level: float) -> list[int]:
    """Periods of the confidence set; a gap before a row of it may hold the change, too."""
    times = span.rows
    kept = dated.rows[dated.p_values > 1 - level]
    return [int(x) for row in kept for x in range(times[row - 1] + 1, times[row] + 1)]


def segment_numbers(span: ObservedSpan, changes: Indices) -> Indices:
    """Segment (N,) of every period, from 0 on."""
    starts = span.rows[changes]
    return np.searchsorted(starts, np.arange(span.frame.height), side="right").astype(np.int64)


def fitted_frame(span: ObservedSpan, changes: Indices, levels: Contrasts) -> pl.DataFrame:
    """Stance and level of every period."""
    segment = segment_numbers(span, changes)
    return span.frame.select(
        "period",
        "stance",
        pl.Series("fitted", levels.estimate[segment]),
        pl.Series("low", levels.low[segment]),
        pl.Series("high", levels.high[segment]),
        pl.Series("segment", segment),
        "n_documents",
    )


def segments_frame(span: ObservedSpan, changes: Indices, levels: Contrasts) -> pl.DataFrame:
    """One row a segment."""
    edges = [0, *_periods(span, changes), span.frame.height]
    segment = pl.Series("segment", segment_numbers(span, changes))
    counts = (
        span.frame.with_columns(segment)
        .group_by("segment")
        .agg(pl.col("stance").count().alias("n"), pl.col("n_documents").sum())
        .sort("segment")
    )
    instants = [span.instant(edge) for edge in edges]
    return pl.DataFrame(
        {
            "start": instants[:-1],
            "end": instants[1:],
            "level": levels.estimate,
            "se": levels.se,
            "low": levels.low,
            "high": levels.high,
            "n": counts["n"].cast(pl.Int64),
            "n_documents": counts["n_documents"],
        }
    )


def _periods(span: ObservedSpan, rows: Indices) -> list[int]:
    return [int(period) for period in span.rows[rows]]
