"""A small store with a scorer of cue words, and a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

import stancelib as sl

FIRST = datetime(2022, 1, 3, 9, tzinfo=UTC)
WEEKS = 24
EVENT_WEEK = 12
# Welcoming articles of the steady source, of four a week.
WELCOMES = (2, 3, 1, 2, 1, 2, 3)
GOOD, BAD = "NATO is a welcome partner.", "NATO is a dishonest partner."


class CueWords:
    """Welcome is in favor, dishonest is against, everything else neutral."""

    name = "cue-words@1"

    def score(self, frame: pl.DataFrame) -> pl.DataFrame:
        favor = pl.when(pl.col("text").str.contains("welcome")).then(0.8).otherwise(0.1)
        against = pl.when(pl.col("text").str.contains("dishonest")).then(0.8).otherwise(0.1)
        return frame.with_columns(p_favor=favor, p_against=against).with_columns(
            p_neutral=1 - pl.col("p_favor") - pl.col("p_against"),
            stance=pl.col("p_favor") - pl.col("p_against"),
            truncated=pl.lit(False),
        )


def article(number: int, source: str, week: int, text: str, url: str | None) -> dict[str, object]:
    """One row of the input."""
    return {
        "doc_id": f"{source}-{week}-{number}",
        "source": source,
        "published_at": FIRST + timedelta(weeks=week, hours=3 * number),
        "title": None,
        "text": text,
        "lang": "en",
        "url": url,
    }


def corpus() -> pl.DataFrame:
    """Two sources, of which the first turns against NATO at the event; two bad rows."""
    rows = []
    for week in range(WEEKS):
        for number in range(4):
            turned = week >= EVENT_WEEK and number != week % 4
            text = BAD if turned or number == 3 - week % 3 else GOOD
            steady = GOOD if number < WELCOMES[week % len(WELCOMES)] else BAD
            link = f"https://example.org/{week}/{number}"
            rows.append(article(number, "Beacon Wire", week, f"{text} It rained.", link))
            if week not in {3, 4}:
                rows.append(article(number, "Газета Приклад", week, f"{steady} Ok.", None))
    rows.append(article(8, "Beacon Wire", 1, "", None))
    rows.append(article(9, "Beacon Wire", 1, " ", None))
    return pl.DataFrame(rows)


def filled_store(documents: pl.DataFrame) -> sl.Store:
    """A store in memory, read and scored."""
    store = sl.open_store(":memory:")
    store.add_documents(documents, progress=False)
    store.score(CueWords(), targets=["NATO"], progress=False)
    return store


@pytest.fixture(scope="session")
def store() -> Iterator[sl.Store]:
    """A store with scores, closed in the end."""
    with filled_store(corpus()) as filled:
        yield filled


@pytest.fixture(scope="session")
def fill_store() -> Callable[[pl.DataFrame], sl.Store]:
    """Make a scored store of articles."""
    return filled_store


@pytest.fixture(scope="session")
def make_article() -> Callable[[int, str, int, str, str | None], dict[str, object]]:
    """Make a row of the input."""
    return article


@pytest.fixture(scope="session")
def summit() -> sl.Event:
    """The event at which the first source turns."""
    at = FIRST + timedelta(weeks=EVENT_WEEK) - timedelta(hours=9)
    return sl.Event("Beacon summit", at, url="https://example.org/summit")


@pytest.fixture(scope="session")
def late_event() -> sl.Event:
    """An event after the last article, whose effect must be refused."""
    return sl.Event("Later summit", datetime(2030, 1, 1, tzinfo=UTC))
