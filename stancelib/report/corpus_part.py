"""What the page says about the corpus: key figures, rejects, how columns were read, coverage."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import polars as pl

from stancelib.charts.clock import period_name
from stancelib.report.articles_part import CopiesPart, Gaps
from stancelib.report.formats import Moment, cut, moment

EXAMPLES_A_REASON = 3


class Described(Protocol):
    """The part of a store that describes its corpus."""

    def summary(self) -> Mapping[str, Any]:
        """Counts."""
        ...

    def rejected(self) -> pl.DataFrame:
        """Rows that were refused."""
        ...


@dataclass(frozen=True, slots=True)
class Reject:
    """A reason for refusing rows, how often it came up, and a few of the rows."""

    reason: str
    rows: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """One source: what was collected, and in how many periods it names each target.

    Attributes
    ----------
    days
        Share of the days with an article, averaged over the periods, in per cent; null where it
        is not known.
    periods
        For each target the number of periods with an article on it, and of all periods.
    gaps
        Days without any article, from the first article of the source to its last.
    """

    source: str
    documents: int
    sentences: int
    languages: str
    first: Moment
    last: Moment
    days: str | None
    periods: tuple[str, ...]
    gaps: Gaps


@dataclass(frozen=True, slots=True)
class Reading:
    """How a batch of articles was read: its files, columns and time zone."""

    documents: str
    columns: tuple[tuple[str, str], ...]
    time_zone: str | None


@dataclass(frozen=True, slots=True)
class CorpusPart:
    """Everything of the section on the corpus."""

    figures: tuple[tuple[str, str], ...]
    rejects: tuple[Reject, ...]
    readings: tuple[Reading, ...]
    coverage: tuple[Coverage, ...]
    targets: tuple[str, ...]
    period: str


def corpus_part(
    store: Described,
    series: pl.DataFrame,
    manifest: pl.DataFrame,
    time_zone: str,
    *,
    gaps: Mapping[str, Gaps],
    copies: CopiesPart,
) -> CorpusPart:
    """Gather the section from the store, its series and its manifest."""
    summary = store.summary()
    targets = tuple(series["target"].unique().sort().to_list())
    return CorpusPart(
        figures=_figures(summary, targets, copies),
        rejects=_rejects(summary["rejected_by_reason"], store.rejected()),
        readings=_readings(manifest),
        coverage=_coverage(summary["documents_by_source"], series, targets, time_zone, gaps),
        targets=targets,
        period=period_name(series),
    )


def _figures(
    summary: Mapping[str, Any], targets: tuple[str, ...], copies: CopiesPart
) -> tuple[tuple[str, str], ...]:
    scored = summary["scores_by_target"].filter(pl.col("target").is_in(targets))
    pairs, truncated = int(scored["pairs"].sum()), int(scored["truncated"].sum())
    figures = [
        ("articles", f"{summary['documents']:,}"),
        ("sources", f"{len(summary['sources']):,}"),
        ("sentences", f"{summary['sentences']:,}"),
        ("scored sentence and target pairs", f"{pairs:,}"),
        ("rows rejected", f"{summary['rejected']:,}"),
        ("copies", copies.count),
        ("languages", ", ".join(summary["languages"])),
    ]
    if truncated:
        figures.append(("long sentences scored in a window", f"{truncated:,}"))
    return tuple(figures)


def _rejects(by_reason: pl.DataFrame, rejected: pl.DataFrame) -> tuple[Reject, ...]:
    return tuple(
        Reject(
            reason=row["reason"],
            rows=row["rows"],
            examples=tuple(
                _reject_words(example)
                for example in rejected.filter(pl.col("reason") == row["reason"])
                .head(EXAMPLES_A_REASON)
                .iter_rows(named=True)
            ),
        )
        for row in by_reason.iter_rows(named=True)
    )


def _reject_words(row: Mapping[str, Any]) -> str:
    parts = [f"row {row['row']}"]
    parts += [cut(row[name], 60) for name in ("source", "doc_id", "title") if row[name]]
    value = f": {cut(row['value'], 80)!r}" if row["value"] else ""
    return " · ".join(parts) + value


def _readings(manifest: pl.DataFrame) -> tuple[Reading, ...]:
    """What the manifest says about each time that articles were added."""
    steps = manifest.filter(pl.col("name") == "add_documents")["arguments"].to_list()
    return tuple(_reading(json.loads(arguments)) for arguments in steps)


def _reading(arguments: Mapping[str, Any]) -> Reading:
    documents = arguments.get("documents", "")
    names = documents if isinstance(documents, list) else [documents]
    return Reading(
        documents=cut(", ".join(map(str, names))),
        columns=tuple((ours, str(theirs)) for ours, theirs in arguments.get("columns", {}).items()),
        time_zone=arguments.get("time_zone"),
    )


def _coverage(
    by_source: pl.DataFrame,
    series: pl.DataFrame,
    targets: tuple[str, ...],
    time_zone: str,
    gaps: Mapping[str, Gaps],
) -> tuple[Coverage, ...]:
    totals = (
        by_source.sort("documents", descending=True)
        .group_by("source", maintain_order=True)
        .agg(
            pl.col("lang").str.join(", "),
            pl.col("documents", "sentences").sum(),
            pl.col("first_published").min(),
            pl.col("last_published").max(),
        )
        .sort("source")
    )
    return tuple(
        _source(row, series, targets, time_zone, gaps[row["source"]])
        for row in totals.iter_rows(named=True)
    )


def _source(
    row: Mapping[str, Any],
    series: pl.DataFrame,
    targets: tuple[str, ...],
    time_zone: str,
    gaps: Gaps,
) -> Coverage:
    own = series.filter(pl.col("source") == row["source"])
    first: datetime = row["first_published"]
    last: datetime = row["last_published"]
    return Coverage(
        source=row["source"],
        documents=row["documents"],
        sentences=row["sentences"],
        languages=row["lang"],
        first=moment(first, time_zone),
        last=moment(last, time_zone),
        days=_days(own),
        periods=tuple(_periods(own.filter(pl.col("target") == target)) for target in targets),
        gaps=gaps,
    )


def _days(own: pl.DataFrame) -> str | None:
    shares: list[float] = own["coverage"].drop_nulls().to_list()
    return f"{sum(shares) / len(shares):.0%}".replace("%", " %") if shares else None


def _periods(part: pl.DataFrame) -> str:
    return f"{part['stance'].count()} of {part.height}"
