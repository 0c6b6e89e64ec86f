"""The Series frame: the mean stance of each outlet toward each target in each period."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import polars as pl

from stancelib.errors import ArgumentError, DataError
from stancelib.schemas import ALIAS_KINDS, PARTS, VOICES, Series
from stancelib.series.intervals import (
    check_level,
    with_bootstrap_intervals,
    with_student_intervals,
)
from stancelib.series.time_zones import check_time_zone
from stancelib.series.weights import (
    ArticleWeights,
    DocumentWeights,
    SentenceWeights,
    SourceWeights,
    article_weights,
    check_every_article_weighs,
    check_sentence_weights,
    outlet_shares,
)
from stancelib.store.selection import (
    check_names,
    check_option,
    choose_scorer,
    choose_sources,
    choose_targets,
    instant,
    is_completed,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from stancelib.scoring import Scorer
    from stancelib.store.database import Database

Every = Literal["1d", "1w", "1mo", "1q"]
Duplicates = Literal["cluster", "drop", "keep"]
Interval = Literal["satterthwaite", "bootstrap"]

# What DuckDB calls the unit that a period is cut to, and the step to the next period.
_PERIODS: Final[dict[Every, tuple[str, str]]] = {
    "1d": ("day", "1 day"),
    "1w": ("week", "7 days"),
    "1mo": ("month", "1 month"),
    "1q": ("quarter", "3 months"),
}
_ROOM: Final = "stancelib.series"
_DUPLICATES: Final[tuple[Duplicates, ...]] = ("cluster", "drop", "keep")
_INTERVALS: Final[tuple[Interval, ...]] = ("satterthwaite", "bootstrap")
_SENTENCE_OPTIONS: Final = ("voice", "part", "kinds")


@dataclass(frozen=True, slots=True)
class _Question:
    """What the queries are asked, and the frames that they join."""

    parameters: dict[str, Any]
    articles: ArticleWeights
    shares: pl.DataFrame
    by_sentence: bool


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
    duplicates: Duplicates = "cluster",
    sentence_weights: SentenceWeights = "uniform",
    headline_share: float | None = None,
    document_weights: DocumentWeights = "equal",
    source_weights: SourceWeights = "volume",
    interval: Interval = "satterthwaite",
    confidence_level: float = 0.95,
    n_resamples: int = 999,
    seed: int = 0,
    scorer: str | Scorer | None = None,
    start: date | datetime | None = None,
    end: date | datetime | None = None,
) -> pl.DataFrame:
    """Aggregate sentence scores to a Series frame; see `stancelib.Store.series`."""
    check_option("interval", interval, _INTERVALS)
    check_level(confidence_level)
    if n_resamples < 1:
        raise ArgumentError(f"n_resamples must be at least 1; got {n_resamples}")
    if by not in {"source", None}:
        raise ArgumentError(f"by={by!r}; allowed are 'source' (a row for each) and None (pooled)")
    name = choose_scorer(database, scorer)
    _check_duplicates(database, check_option("duplicates", duplicates, _DUPLICATES))
    sources = choose_sources(database, source)
    targets = choose_targets(database, name, target)
    chosen = _chosen_sentences(voice, part, kinds)
    shares = outlet_shares(
        source_weights, sources or database.rows("source_names"), pooled=by is None
    )
    question = _Question(
        parameters={
            "scorer": name,
            "targets": targets,
            "sources": sources,
            "pooled": by is None,
            "by_outlet": source_weights != "volume",
            "duplicates": duplicates,
            "sentence_weights": sentence_weights,
            "headline_share": check_sentence_weights(sentence_weights, headline_share),
            **chosen,
            **_calendar(every, time_zone, start, end),
        },
        articles=article_weights(document_weights),
        shares=shares,
        by_sentence=sentence_weights != "uniform"
        or any(value is not None for value in chosen.values())
        or not is_completed(database, name, targets),
    )
    zone = question.parameters["time_zone"]
    cells, stories = _aggregate(database, question, with_stories=interval == "bootstrap")
    if stories is None:
        frame = with_student_intervals(cells, confidence_level)
    else:
        frame = with_bootstrap_intervals(
            cells,
            stories,
            confidence_level=confidence_level,
            n_resamples=n_resamples,
            seed=seed,
        )
    return Series.validate(
        frame.select(Series.column_names()).with_columns(
            pl.col("period").dt.convert_time_zone(zone)
        )
    )


def _chosen_sentences(
    voice: str | None, part: str | None, kinds: Sequence[str] | None
) -> dict[str, Any]:
    """Which sentences count; a headline is a title, whoever speaks in it."""
    if voice == "headline":
        if part == "text":
            raise ArgumentError("voice='headline' means part='title'; leave out part='text'")
        voice, part = None, "title"
    return {
        "voice": None if voice is None else check_option("voice", voice, (*VOICES, "headline")),
        "part": None if part is None else check_option("part", part, PARTS),
        "kinds": None if kinds is None else check_names("kind", kinds, ALIAS_KINDS),
    }


def _check_duplicates(database: Database, duplicates: Duplicates) -> None:
    """Refuse marks that are out of date, and to drop copies that nobody looked for."""
    if duplicates == "keep":
        return
    state = database.frame("state_of_duplicates", room=_ROOM).row(0, named=True)
    if duplicates == "drop" and state["marked"] is None and not state["any_marked"]:
        raise DataError("copies were never looked for; run store.mark_duplicates() first")
    if state["marked"] is not None and (state["added"] or 0) > state["marked"]:
        raise DataError(
            "articles were added since copies were marked; run store.mark_duplicates() again, or "
            'take duplicates="keep"'
        )


def _calendar(
    every: Every, time_zone: str, start: date | datetime | None, end: date | datetime | None
) -> dict[str, Any]:
    unit, step = _PERIODS[check_option("every", every, _PERIODS)]
    zone = check_time_zone(time_zone)
    start_at, end_at = instant("start", start, zone), instant("end", end, zone)
    if start_at is not None and end_at is not None and start_at > end_at:
        raise ArgumentError(f"start={start_at.isoformat()} is after end={end_at.isoformat()}")
    return {"time_zone": zone, "unit": unit, "step": step, "start_at": start_at, "end_at": end_at}


def _aggregate(
    database: Database, question: _Question, *, with_stories: bool
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Run the steps one by one: articles, stories, strata, cells, series."""
    given = question.parameters

    def step(query: str, *names: str) -> None:
        database.execute(query, {name: given[name] for name in names} or None, room=_ROOM)

    with ExitStack() as stack:
        stack.enter_context(
            database.tables(**question.articles.tables, outlet_shares=question.shares)
        )
        stack.callback(lambda: database.execute("forget_steps", room=_ROOM))
        step("fixed_point")
        step("first_instant")
        if question.articles.by_length:
            step("document_lengths")
        if question.articles.given:
            check_every_article_weighs(database, given["sources"])
        step("articles", "duplicates", "pooled", "by_outlet", "time_zone", "unit", "sources")
        if question.by_sentence:
            weights = ("sentence_weights", "headline_share")
            step("article_scores_of_sentences", "scorer", "targets", *_SENTENCE_OPTIONS, *weights)
        else:
            step("article_scores", "scorer", "targets")
        step("places")
        step("strata_keys", "targets")
        for query in ("stories", "strata", "cells"):
            step(query)
        names = ("targets", "pooled", "time_zone", "unit", "step", "start_at", "end_at")
        cells = database.frame("series", {name: given[name] for name in names}, room=_ROOM)
        if not with_stories:
            return cells, None
        return cells, database.frame(
            "stories_of_cells", {"time_zone": given["time_zone"]}, room=_ROOM
        )
