"""The whole job on files: articles to stance, series, effects and a report."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import polars as pl

import stancelib as sl
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError
from stancelib.notebook import progress_bar

if TYPE_CHECKING:
    from stancelib.scoring import Scorer

_EFFECTS = {
    "event": pl.String,
    "target": pl.String,
    "source": pl.String,
    "term": pl.String,
    "estimate": pl.Float64,
    "se": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "p_value": pl.Float64,
    "n": pl.Int64,
    "not_estimated": pl.String,
}


@dataclass(frozen=True, slots=True)
class Job:
    """Everything that a run needs to know.

    Attributes
    ----------
    articles, events
        What `read_documents` and `read_events` read.
    out
        Folder that is written to; it is made when it is not there.
    scorer
        A name for `load_scorer`, or a scorer.
    every, time_zone
        Periods of the series; the zone is also that of times that state none.
    targets
        File with the user's own targets; None for NATO, Russia and Ukraine.
    columns, source
        As in `read_documents`.
    title
        Title of the report.
    robustness
        Checks of each effect in the report.
    markdown, pdf
        Whether the report is also written in these formats.
    """

    articles: str | Path
    events: Path
    out: Path
    scorer: Scorer
    every: Literal["1d", "1w", "1mo", "1q"] = "1w"
    time_zone: str = "UTC"
    targets: Path | None = None
    columns: Mapping[str, str] | None = None
    source: str | None = None
    title: str | None = None
    robustness: tuple[Literal["placebo", "specification"], ...] = ("placebo",)
    markdown: bool = False
    pdf: bool = False


def work(job: Job) -> tuple[pl.DataFrame, Path]:
    """Do the job and return the effects and the path of the report.

    What an earlier run on the same folder did is not done again; the effects frame has one row
    an event, target, source and term, or one with `not_estimated` where data are too few.
    """
    targets = None if job.targets is None else sl.load_targets(job.targets)
    names = None if targets is None else list(targets)
    events = sl.read_events(job.events, time_zone=job.time_zone)
    ingest = sl.read_documents(
        job.articles, columns=job.columns, source=job.source, time_zone=job.time_zone
    )
    print(ingest.summary())
    print("\n".join(_about(event) for event in events), end="\n\n")
    job.out.mkdir(parents=True, exist_ok=True)
    with sl.open_store(job.out / "stance.duckdb") as store:
        with _timed("reading sentences"):
            print(store.add_documents(ingest))
        with _timed("looking for copies"):
            print(store.mark_duplicates())
        with _timed("scoring"):
            print(store.score(job.scorer, targets))
        series = store.series(names, every=job.every, time_zone=job.time_zone, scorer=job.scorer)
        _write(series, job.out / "series.csv")
        with _timed("effects"):
            effects = estimate(series, events)
        _write(effects, job.out / "effects.csv")
        with _timed("report"):
            page = _write_report(store, events, job, names)
    return effects, page


def _write_report(
    store: sl.Store, events: Sequence[sl.Event], job: Job, names: Sequence[str] | None
) -> Path:
    """Write the report in every format that was asked for, and return the page."""
    page = job.out / "report.html"
    for place in (page, page.with_suffix(".md"))[: 1 + job.markdown]:
        sl.report(
            store,
            events,
            place,
            every=job.every,
            time_zone=job.time_zone,
            targets=names,
            title=job.title,
            robustness=job.robustness,
        )
    if job.pdf:
        sl.report_pdf(page)
    return page


def estimate(series: pl.DataFrame, events: Sequence[sl.Event]) -> pl.DataFrame:
    """Interrupted time series of every (target, source) around every event."""
    pairs = list(series.select("target", "source").unique(maintain_order=True).iter_rows())
    todo = list(product(events, pairs))
    rows: list[dict[str, object]] = []
    with progress_bar("effects", total=len(todo), unit="series", shown=None) as advance:
        for event, (target, source) in todo:
            rows.extend(_effect_rows(series, event, target, source))
            advance(1)
    return pl.DataFrame(rows, schema=_EFFECTS)


def _effect_rows(
    series: pl.DataFrame, event: sl.Event, target: str, source: str
) -> list[dict[str, object]]:
    about = {"event": event.name, "target": target, "source": source}
    try:
        effect = sl.interrupted_time_series(series, event, source=source, target=target)
    except (NotEnoughDataError, DataError, ArgumentError) as error:
        # Such as an event of a longer list that lies outside this series.
        return [{**about, "not_estimated": str(error)}]
    return [{**about, **row} for row in effect.table.iter_rows(named=True)]


def _about(event: sl.Event) -> str:
    note = f" ({event.note})" if event.note else ""
    return f"event: {event.name}, {event.at.isoformat()}{note}"


def _write(frame: pl.DataFrame, path: Path) -> None:
    """Write times with their offset, so that the file says what they mean."""
    frame.write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%S%:z")


@contextmanager
def _timed(step: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    print(f"{step}: {time.monotonic() - began:.0f} s")
