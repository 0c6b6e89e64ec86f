"""What articles say without their text: days on which none was collected, and copies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from typing import Any

import polars as pl

from stancelib.charts.clock import date_words
from stancelib.report.formats import share
from stancelib.store import Store

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gaps:
    """Days of one source, from its first article to its last.

    Attributes
    ----------
    days, without
        All of them, and those without any article of the source.
    longest
        The longest run of days without one, with its first and last day; empty without a gap.
    """

    days: int
    without: int
    longest: str

    @property
    def words(self) -> str:
        """``12 of 365 (3 %)``."""
        return f"{self.without:,} of {self.days:,} ({share(self.without / self.days)})"


@dataclass(frozen=True, slots=True)
class Copies:
    """Articles that are copies, of one source.

    Attributes
    ----------
    own, foreign
        Copies of articles of the same source, and of other sources.
    """

    source: str
    articles: int
    own: int
    foreign: int

    @property
    def share(self) -> str:
        """Copies among the articles of the source."""
        return share((self.own + self.foreign) / self.articles)


@dataclass(frozen=True, slots=True)
class CopiesPart:
    """All copies.

    Attributes
    ----------
    was_searched
        Whether a step of the manifest looked for them, or they came marked.
    sentence
        What was found, with the rule by which it was.
    """

    was_searched: bool
    sentence: str
    sources: tuple[Copies, ...]

    @property
    def count(self) -> str:
        """All copies, for the key figures."""
        found = sum(one.own + one.foreign for one in self.sources)
        return f"{found:,}" if self.was_searched else "not looked for"


def articles_of(store: Store) -> pl.DataFrame:
    """One row an article, without its text."""
    query = (files("stancelib.report") / "queries" / "articles.sql").read_text(encoding="utf-8")
    return store.sql(query)


def gaps_part(articles: pl.DataFrame, time_zone: str) -> dict[str, Gaps]:
    """The days of every source, in the calendar of a time zone."""
    clock = pl.col("published_at").dt.convert_time_zone(time_zone).dt.replace_time_zone(None)
    days = articles.select("source", day=clock.dt.truncate("1d")).unique().sort("source", "day")
    return {
        str(source): _gaps(own["day"].to_list())
        for (source,), own in days.group_by("source", maintain_order=True)
    }


def _gaps(days: list[datetime]) -> Gaps:
    """From the sorted days on which there was an article."""
    span = (days[-1] - days[0]).days + 1
    runs = [(b - a, a, b) for a, b in pairwise(days) if b - a > ONE_DAY]
    longest = ""
    if runs:
        step, before, after = max(runs, key=lambda run: run[0])
        first, last, count = before + ONE_DAY, after - ONE_DAY, step.days - 1
        words = date_words(first) if count == 1 else f"{date_words(first)} to {date_words(last)}"
        longest = f"{count:,} day{'s' * (count != 1)}: {words}"
    return Gaps(span, span - len(days), longest)


def copies_part(articles: pl.DataFrame, manifest: pl.DataFrame) -> CopiesPart:
    """Copies by source, and how they were looked for."""
    marked = articles.filter("is_copy")
    steps = manifest.filter(
        (pl.col("name") == "mark_duplicates") & pl.col("finished_at").is_not_null()
    ).sort("step")
    arguments = json.loads(steps["arguments"][-1]) if steps.height else {}
    if not steps.height and marked.is_empty():
        sentence = (
            "Copies were not looked for: if agencies' texts or reprints are among the articles, "
            "errors are too small. `store.mark_duplicates()` looks for them."
        )
        return CopiesPart(was_searched=False, sentence=sentence, sources=())
    is_own = pl.col("is_copy") & (pl.col("source") == pl.col("original_source"))
    counts = (
        articles.group_by("source")
        .agg(
            articles=pl.len(), own=is_own.fill_null(value=False).sum(), all=pl.col("is_copy").sum()
        )
        .sort("source")
    )
    sources = tuple(
        Copies(row["source"], row["articles"], row["own"], row["all"] - row["own"])
        for row in counts.iter_rows(named=True)
    )
    return CopiesPart(True, _told(marked.height, articles.height, sources, arguments), sources)


def _told(
    marked: int, articles: int, sources: tuple[Copies, ...], arguments: Mapping[str, Any]
) -> str:
    foreign = sum(one.foreign for one in sources)
    found = (
        f"{marked:,} of {articles:,} articles ({share(marked / articles)}) are near-copies of an "
        f"earlier one, {foreign:,} of them of another source's. They count for their outlet, and "
        "the error counts the story once."
    )
    if not arguments:
        return f"{found} They came marked."
    return (
        f"{found} A copy follows its original within {arguments['within_days']} days, and the "
        f"longer of the two keeps at least {share(arguments['threshold'])} of the words of the "
        f"shorter, in order; texts of fewer than {arguments['min_words']} words are not compared."
    )
