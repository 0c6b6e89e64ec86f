"""What a report says about a store: counts, and the most telling sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stancelib.errors import ArgumentError
from stancelib.notebook import View
from stancelib.schemas import VOICES
from stancelib.store.selection import (
    check_option,
    choose_scorer,
    choose_sources,
    choose_targets,
    instant,
)
from stancelib.store.summaries import StoreSummary

if TYPE_CHECKING:
    from datetime import date, datetime

    import polars as pl

    from stancelib.scoring import Scorer
    from stancelib.store.database import Database


def summary(database: Database) -> StoreSummary:
    """Count what is in the store."""
    counts = database.frame("counts").row(0, named=True)
    return StoreSummary(
        documents=counts["documents"],
        sentences=counts["sentences"],
        mentions=counts["mentions"],
        rejected=counts["rejected"],
        sources=database.rows("source_names"),
        languages=database.rows("language_names"),
        targets=database.rows("target_names"),
        scorers=database.rows("scorer_names"),
        first_published=counts["first_published"],
        last_published=counts["last_published"],
        documents_by_source=database.frame("documents_by_source"),
        rejected_by_reason=database.frame("rejected_by_reason"),
        scores_by_target=database.frame("scores_by_target"),
    )


def store_view(database: Database) -> View:
    """What a notebook shows of a store: how much of what, from where and when."""
    if database.is_closed:
        return View(f"Store {database.path}, which is closed.")
    counts = summary(database)
    first, last = counts["first_published"], counts["last_published"]
    dates = f" from {first:%Y-%m-%d} to {last:%Y-%m-%d} (UTC)" if first and last else ""
    names = {"targets": counts["targets"], "scorers": counts["scorers"]}
    told = "; ".join(f"{what}: {', '.join(found) or 'none yet'}" for what, found in names.items())
    return View(
        f"Store {database.path} with {counts['documents']:,} articles "
        f"of {len(counts['sources']):,} "
        f"sources{dates}, {counts['sentences']:,} sentences, {counts['mentions']:,} mentions, "
        f"{counts['rejected']:,} rejected rows\n{told}",
        {
            "Articles": counts["documents_by_source"],
            "Scores": counts["scores_by_target"],
            "Rejected": counts["rejected_by_reason"],
        },
    )


def telling_sentences(
    database: Database,
    target: str,
    n: int,
    *,
    source: str | None,
    voice: str | None,
    start: date | datetime | None,
    end: date | datetime | None,
    scorer: str | Scorer | None,
) -> pl.DataFrame:
    """Return the strongest sentences of each side; see `stancelib.Store.telling_sentences`."""
    if n < 1:
        raise ArgumentError(f"n={n}; it must be at least 1")
    name = choose_scorer(database, scorer)
    (chosen,) = choose_targets(database, name, target)
    choose_sources(database, source)
    return database.frame(
        "telling_sentences",
        {
            "scorer": name,
            "target": chosen,
            "source": source,
            "voice": None if voice is None else check_option("voice", voice, VOICES),
            "start_at": instant("start", start, "UTC"),
            "end_at": instant("end", end, "UTC"),
            "n": n,
        },
    )
