"""A scorer of cue words and small frames, so that these tests need no model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

import stancelib as sl
from stancelib.store import Store


class CueWords:
    """Stance from a few words; counts what it was shown."""

    def __init__(self, name: str = "cues@1") -> None:
        self.name = name
        self.shown: list[tuple[str, int, int, str]] = []

    def score(self, frame: pl.DataFrame) -> pl.DataFrame:
        self.shown += frame.select("text", "start", "end", "target").rows()
        against = pl.when(pl.col("text").str.contains("bad")).then(0.75).otherwise(0.125)
        good = pl.col("text").str.contains("good") & ~pl.col("text").str.contains("bad")
        favor = pl.when(good).then(0.625).otherwise(0.125)
        return frame.with_columns(p_against=against, p_favor=favor).with_columns(
            p_neutral=1 - pl.col("p_against") - pl.col("p_favor"),
            stance=pl.col("p_favor") - pl.col("p_against"),
            truncated=pl.lit(value=False),
        )


@pytest.fixture
def cue_words() -> Callable[..., CueWords]:
    return CueWords


@pytest.fixture
def make_documents() -> Callable[..., pl.DataFrame]:
    """Documents from (doc_id, source, day of March 2022, text), with more columns by name."""

    def make(rows: list[tuple[str, str, int, str]], **columns: Any) -> pl.DataFrame:
        frame = pl.DataFrame(
            {
                "doc_id": [row[0] for row in rows],
                "source": [row[1] for row in rows],
                "published_at": [
                    datetime(2022, 3, 1, 12, tzinfo=UTC) + timedelta(days=row[2] - 1)
                    for row in rows
                ],
                "title": pl.Series([None] * len(rows), dtype=pl.String),
                "text": [row[3] for row in rows],
                "lang": ["en"] * len(rows),
                "lang_margin": pl.Series([None] * len(rows), dtype=pl.Float64),
                "url": [f"https://news.example/{row[0]}" for row in rows],
                "duplicate_of": pl.Series([None] * len(rows), dtype=pl.String),
            }
        )
        return frame.with_columns(**{key: pl.Series(key, value) for key, value in columns.items()})

    return make


@pytest.fixture
def articles(make_documents: Callable[..., pl.DataFrame]) -> pl.DataFrame:
    return make_documents(
        [
            ("a1", "Gazette", 1, "NATO is good. It rained. Russia is bad."),
            ("a2", "Gazette", 2, "NATO is bad. Ukraine is good."),
            ("b1", "Courier", 2, "NATO met in Madrid. Russia is bad."),
            ("b2", "Courier", 9, "It rained all day."),
        ]
    )


@pytest.fixture
def store() -> Iterator[Store]:
    with sl.open_store(":memory:") as opened:
        yield opened


@pytest.fixture
def scored_store(store: Store, articles: pl.DataFrame) -> Store:
    store.add_documents(articles, progress=False)
    store.score(CueWords(), progress=False)
    return store
