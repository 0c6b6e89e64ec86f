"""One simulated corpus, step by step; every step has a random stream of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from stancelib.simulate.articles import Line, compose, text_of
from stancelib.simulate.bank import TARGETS, Outlet, World, load_bank
from stancelib.simulate.corpus_core import Mood, class_shares, daily_weights, mood
from stancelib.simulate.defects import DEFECTS, Row, address, defective_rows, wire_copy

_MOOD, _VOLUME, _ARTICLES, _COPIES, _DEFECTS = range(5)  # random streams
_FIRST_MINUTE, _LAST_MINUTE = 5 * 60, 21 * 60  # articles appear from 05:00 to 21:00 UTC
_VALUE = {"against": -1, "neutral": 0, "favor": 1, None: None}
_ROW = dict.fromkeys(("doc_id", "source", "published_at", "title", "text", "url"), pl.String)


@dataclass(frozen=True, slots=True)
class Draw:
    """Arguments of `simulate_corpus`, checked; `event_day` counts from `start`, from 0."""

    seed: int
    start: dt.date
    n_days: int
    event_day: int
    effect: float
    rho: float
    noise: float
    concentration: float
    copies: float
    defects_each: int

    def stream(self, *step: int) -> np.random.Generator:
        """Random numbers of one step."""
        return np.random.default_rng([self.seed, *step])


@dataclass(frozen=True, slots=True)
class CorpusFrames:
    """The frames of a `SimulatedCorpus`, as described there."""

    documents: pl.DataFrame
    truth: pl.DataFrame
    labels: pl.DataFrame
    copies: pl.DataFrame
    defects: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Article:
    """One article before it is written into a frame."""

    row: Row
    outlet: Outlet
    published_at: dt.datetime
    lines: list[Line]


def draw_corpus(world: World, draw: Draw, n_documents: int) -> CorpusFrames:
    """Moods, then dates, then articles, then copies and defective rows."""
    moods = _moods(world, draw)
    articles = _articles(world, draw, moods, n_documents)
    copied, copies = _copies(world, draw, articles)
    documents, defects = _rows(draw, articles + copied)
    return CorpusFrames(
        documents=documents,
        truth=_truth(draw, moods),
        labels=_labels(articles + copied),
        copies=copies,
        defects=defects,
    )


def _moods(world: World, draw: Draw) -> dict[tuple[str, str], Mood]:
    moods = {}
    for index, outlet in enumerate(world.outlets):
        for target_index, target in enumerate(TARGETS):
            path = outlet.paths[target]
            moods[target, outlet.name] = mood(
                draw.stream(_MOOD, index, target_index),
                draw.n_days,
                draw.event_day,
                stance=path.stance,
                level=draw.effect * path.level,
                slope=draw.effect * path.slope,
                rho=draw.rho,
                noise=draw.noise,
            )
    return moods


def _articles(
    world: World, draw: Draw, moods: Mapping[tuple[str, str], Mood], n_documents: int
) -> list[Article]:
    shares = np.array([outlet.share for outlet in world.outlets])
    counts = draw.stream(_VOLUME).multinomial(n_documents, shares / shares.sum())
    articles: list[Article] = []
    for index, (outlet, count) in enumerate(zip(world.outlets, counts, strict=True)):
        volume = draw.stream(_VOLUME, index)
        weights = daily_weights(volume, draw.n_days, draw.start.weekday(), draw.event_day)
        days = np.sort(volume.choice(draw.n_days, size=count, p=weights))
        rng = draw.stream(_ARTICLES, index)
        articles.extend(
            _article(rng, outlet, draw, moods, day=int(day), number=number)
            for number, day in enumerate(days, start=1)
        )
    return articles


def _article(
    rng: np.random.Generator,
    outlet: Outlet,
    draw: Draw,
    moods: Mapping[tuple[str, str], Mood],
    *,
    day: int,
    number: int,
) -> Article:
    shares = {
        target: class_shares(moods[target, outlet.name].expected[day], outlet.neutral)
        for target in TARGETS
    }
    lines = compose(rng, load_bank(outlet.lang), shares, draw.concentration)
    midnight = dt.datetime.combine(draw.start, dt.time(), dt.UTC) + dt.timedelta(days=day)
    minute = int(rng.integers(_FIRST_MINUTE, _LAST_MINUTE))
    published_at = midnight + dt.timedelta(minutes=minute)
    doc_id = f"{outlet.slug}-{number:05d}"
    row: Row = {
        "doc_id": doc_id,
        "source": outlet.name,
        "published_at": published_at.astimezone(ZoneInfo(outlet.time_zone)).isoformat(),
        "title": lines[0].text,
        "text": text_of(lines),
        "url": address(outlet, published_at, doc_id),
    }
    return Article(row, outlet, published_at, lines)


def _copies(
    world: World, draw: Draw, articles: list[Article]
) -> tuple[list[Article], pl.DataFrame]:
    rng = draw.stream(_COPIES)
    chosen = np.sort(rng.permutation(len(articles))[: round(draw.copies * len(articles))])
    copied, known = [], []
    for number, index in enumerate(chosen, start=1):
        first = articles[index]
        copy = wire_copy(
            rng,
            first.row,
            published_at=first.published_at,
            outlet=first.outlet,
            outlets=world.outlets,
            doc_id=f"copy-{number:05d}",
        )
        edit = str(copy.row["text"])[len(str(first.row["text"])) + 1 :]
        lines = [*first.lines, Line("text", edit, None, None)]
        copied.append(Article(copy.row, copy.outlet, copy.published_at, lines))
        known.append((copy.row["doc_id"], copy.copy_of, copy.kind))
    names = dict.fromkeys(("doc_id", "copy_of", "kind"), pl.String)
    return copied, pl.DataFrame(known, schema=names, orient="row")


def _rows(draw: Draw, articles: list[Article]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Input rows in the order of publication, defective ones last."""
    ordered = sorted(articles, key=lambda article: (article.published_at, article.row["doc_id"]))
    good = [article.row for article in ordered]
    bad = defective_rows(draw.stream(_DEFECTS), good, draw.defects_each)
    names = [defect for defect in DEFECTS for _ in range(draw.defects_each)]
    defects = pl.DataFrame(
        {
            "row": range(len(good), len(good) + len(bad)),
            "doc_id": [row["doc_id"] for row in bad],
            "defect": names,
        },
        schema={"row": pl.Int64, "doc_id": pl.String, "defect": pl.String},
    )
    return pl.DataFrame(good + bad, schema=_ROW, orient="row"), defects


def _truth(draw: Draw, moods: Mapping[tuple[str, str], Mood]) -> pl.DataFrame:
    dates = [draw.start + dt.timedelta(days=day) for day in range(draw.n_days)]
    return pl.concat(
        pl.DataFrame({"date": dates, "expected_stance": found.expected, "line": found.line}).select(
            pl.lit(target).alias("target"), pl.lit(source).alias("source"), pl.all()
        )
        for (target, source), found in moods.items()
    ).sort("target", "source", "date")


def _labels(articles: list[Article]) -> pl.DataFrame:
    rows = [
        (
            article.row["doc_id"],
            article.row["source"],
            article.published_at,
            line.part,
            order,
            line.text,
            line.target,
            line.label,
            _VALUE[line.label],
        )
        for article in articles
        for order, line in enumerate(article.lines)
    ]
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "doc_id": pl.String,
        "source": pl.String,
        "published_at": pl.Datetime("us", "UTC"),
        "part": pl.String,
        "order": pl.Int64,
        "text": pl.String,
        "target": pl.String,
        "label": pl.String,
        "value": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
