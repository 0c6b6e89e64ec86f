"""The Series frame: the mean stance of each outlet toward each target in each period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from stancelib.errors import ArgumentError
from stancelib.schemas import ALIAS_KINDS, PARTS, VOICES, Series
from stancelib.series.time_zones import check_time_zone
from stancelib.store.selection import (
    check_names,
    check_option,
    choose_scorer,
    choose_sources,
    choose_targets,
    instant,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from stancelib.scoring import Scorer
    from stancelib.store.database import Database

Every = Literal["1d", "1w", "1mo", "1q"]

# What DuckDB calls the unit that a period is cut to, and the step to the next period.
_PERIODS: Final[dict[Every, tuple[str, str]]] = {
    "1d": ("day", "1 day"),
    "1w": ("week", "7 days"),
    "1mo": ("month", "1 month"),
    "1q": ("quarter", "3 months"),
}


def stance_series(
    database: Database,
    target: str | Sequence[str] | None = None,
    *,
    every: Every = "1w",
    by: Literal["source"] | None = "source",
    time_zone: str = "UTC",
    source: str | Sequence[str] | None = None,
    voice: Literal["author", "quoted", "headline"] | None = None,
    part: Literal["title", "text"] | None = None,
    kinds: Sequence[str] | None = None,
    scorer: str | Scorer | None = None,
    start: date | datetime | None = None,
    end: date | datetime | None = None,
) -> pl.DataFrame:
    """Aggregate sentence scores to a Series frame; see `stancelib.Store.series`."""
    unit, step = _PERIODS[check_option("every", every, _PERIODS)]
    if by not in {"source", None}:
        raise ArgumentError(f"by={by!r}; allowed are 'source' (a row for each) and None (pooled)")
    zone = check_time_zone(time_zone)
    name = choose_scorer(database, scorer)
    if voice == "headline":
        if part == "text":
            raise ArgumentError("voice='headline' means part='title'; leave out part='text'")
        voice, part = None, "title"
    bounds = {
        "start_at": instant("start", start, zone),
        "end_at": instant("end", end, zone),
    }
    _check_order(bounds["start_at"], bounds["end_at"])
    frame = database.frame(
        "series",
        {
            "scorer": name,
            "targets": choose_targets(database, name, target),
            "sources": choose_sources(database, source),
            "pooled": by is None,
            "time_zone": zone,
            "unit": unit,
            "step": step,
            "voice": None if voice is None else check_option("voice", voice, (*VOICES, "headline")),
            "part": None if part is None else check_option("part", part, PARTS),
            "kinds": None if kinds is None else check_names("kind", kinds, ALIAS_KINDS),
            **bounds,
        },
        room="stancelib.series",
    )
    return Series.validate(frame.with_columns(pl.col("period").dt.convert_time_zone(zone)))


def _check_order(start: datetime | None, end: datetime | None) -> None:
    if start is not None and end is not None and start > end:
        raise ArgumentError(f"start={start.isoformat()} is after end={end.isoformat()}")
