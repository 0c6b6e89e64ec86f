"""Small inputs that the tests of this room share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
import pytest

import stancelib as sl

NOW = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture
def articles() -> pl.DataFrame:
    """Three good articles in three languages, with names of columns that are guessed."""
    return pl.DataFrame(
        {
            "id": ["a", "b", "c"],
            "outlet": ["Daily", "Le Quotidien", "Газета"],
            "date": ["2022-02-24T05:00:00Z", "2022-02-25", "2022-02-26 10:00"],
            "headline": ["War begins", None, "Война; день третий"],
            "body": [
                'He said: "We stay, and we fight."',
                "La guerre a commencé.\nKiev résiste, et le monde regarde.",
                "Идёт третий день войны, и конца ей не видно.",
            ],
        }
    )


@pytest.fixture
def read() -> Callable[..., sl.Ingest]:
    """Read a frame of strings, as of the first day of 2024."""

    def read_columns(columns: dict[str, list[str | None]], **options: object) -> sl.Ingest:
        rows = len(next(iter(columns.values())))
        filled: dict[str, list[str | None]] = {
            "source": ["Daily"] * rows,
            "date": ["2022-02-24"] * rows,
            "text": [f"This is the news number {row}." for row in range(rows)],
        }
        frame = pl.DataFrame({**filled, **columns})
        return sl.read_documents(frame, now=NOW, **options)  # type: ignore[arg-type] # passed through

    return read_columns


@pytest.fixture
def split() -> Callable[..., pl.DataFrame]:
    """Split one text into sentences."""

    def split_text(text: str, lang: str = "en", title: str | None = None) -> pl.DataFrame:
        document = pl.DataFrame(
            {"doc_id": ["d"], "title": [title], "text": [text], "lang": [lang]},
            schema_overrides={"title": pl.String},
        )
        return sl.split_sentences(document)

    return split_text
