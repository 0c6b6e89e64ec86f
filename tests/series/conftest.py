"""Stores that are filled with chosen probabilities, past splitter, matcher and scorer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

import stancelib as sl
from stancelib.store import Store

SCORER = "given@1"


@dataclass(frozen=True)
class GivenSentence:
    """One sentence on one target; a target of null stands for a sentence that names none."""

    p_against: float = 0.25
    p_favor: float = 0.25
    target: str | None = "NATO"
    voice: str = "author"
    part: str = "text"
    kind: str = "name"

    @property
    def stance(self) -> float:
        return self.p_favor - self.p_against


@dataclass(frozen=True)
class GivenArticle:
    """One article with its sentences."""

    doc_id: str
    source: str = "Gazette"
    published_at: datetime = datetime(2022, 3, 1, 12, tzinfo=UTC)
    sentences: Sequence[GivenSentence] = field(default=(GivenSentence(),))
    duplicate_of: str | None = None


def _fill(store: Store, articles: Sequence[GivenArticle], targets: Sequence[str]) -> None:
    documents = pl.DataFrame(
        {
            "doc_id": [a.doc_id for a in articles],
            "source": [a.source for a in articles],
            "published_at": [a.published_at.astimezone(UTC) for a in articles],
            "duplicate_of": pl.Series([a.duplicate_of for a in articles], dtype=pl.String),
        }
    )
    rows: list[dict[str, Any]] = [
        {
            "doc_id": a.doc_id,
            "position": position,
            "target": s.target,
            "voice": s.voice,
            "part": s.part,
            "kind": s.kind,
            "p_against": s.p_against,
            "p_neutral": 1 - s.p_against - s.p_favor,
            "p_favor": s.p_favor,
        }
        for a in articles
        for position, s in enumerate(a.sentences)
    ]
    given = pl.DataFrame(rows, schema_overrides={"target": pl.String})
    connection = store.database.connection
    with store.database.tables(given_documents=documents, given=given):
        connection.execute(
            "insert into documents select doc_id, source, published_at, null, 'text', 'en', null,"
            " null, duplicate_of from given_documents"
        )
        connection.execute(
            'insert into sentences (doc_id, position, part, text, start, "end", lang, voice)'
            " select doc_id, position, part, doc_id || ' says ' || position, 0, 1, 'en', voice"
            " from given"
        )
        connection.execute(
            'insert into mentions (doc_id, position, target, start, "end", alias, kind)'
            " select doc_id, position, target, 0, 1, target, kind from given"
            " where target is not null"
        )
        connection.execute(
            'insert into scores (doc_id, position, target, scorer, start, "end", p_against,'
            " p_neutral, p_favor, truncated) select doc_id, position, target, $1, 0, 1, p_against,"
            " p_neutral, p_favor, false from given where target is not null",
            [SCORER],
        )
        connection.execute(
            "insert into searches select doc_id, unnest($1::varchar[]), 'x' from given_documents",
            [list(targets)],
        )


@pytest.fixture(scope="session")
def sentence() -> type[GivenSentence]:
    return GivenSentence


@pytest.fixture(scope="session")
def article() -> type[GivenArticle]:
    return GivenArticle


@pytest.fixture(scope="session")
def series_of() -> Callable[..., pl.DataFrame]:
    """The series of the given articles."""

    def series(
        articles: Sequence[GivenArticle], targets: Sequence[str] = ("NATO",), **options: Any
    ) -> pl.DataFrame:
        with sl.open_store(":memory:") as store:
            _fill(store, articles, targets)
            return store.series(**options)

    return series


@pytest.fixture(scope="session")
def fill() -> Callable[..., None]:
    return _fill
