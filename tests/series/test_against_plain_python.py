"""Every number of a series, computed again from sentences and articles without the library."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

import stancelib as sl

SeriesOf = Callable[..., pl.DataFrame]
Make = Callable[..., Any]

ZONE = ZoneInfo("Europe/Kyiv")


def week_of(at: datetime) -> datetime:
    day = at.astimezone(ZONE).date()
    return datetime.combine(day - timedelta(days=day.weekday()), datetime.min.time(), tzinfo=ZONE)


def mean(values: list[float]) -> float:
    return math.fsum(values) / len(values)


def expected_cell(articles: list[Any]) -> dict[str, float | int | None]:
    by_article = {
        a.doc_id: [
            mean([getattr(s, name) for s in a.sentences if s.target == "NATO"])
            for name in ("p_against", "p_favor", "stance")
        ]
        for a in articles
    }
    stance = mean([values[2] for values in by_article.values()])
    stories: dict[str, list[float]] = defaultdict(list)
    for a in articles:
        stories[a.duplicate_of or a.doc_id].append(by_article[a.doc_id][2] - stance)
    g = len(stories)
    squares = math.fsum(math.fsum(deviations) ** 2 for deviations in stories.values())
    against = mean([values[0] for values in by_article.values()])
    favor = mean([values[1] for values in by_article.values()])
    return {
        "stance": stance,
        "se": math.sqrt(g / (g - 1) * squares) / len(articles) if g > 1 else None,
        "n_sentences": sum(s.target == "NATO" for a in articles for s in a.sentences),
        "n_documents": len(articles),
        "n_effective": g,
        "share_against": against,
        "share_neutral": 1 - against - favor,
        "share_favor": favor,
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_cell(fill: Make, article: Make, sentence: Make, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311  (a test corpus, no secret)
    articles = []
    for i in range(120):
        sentences = []
        for _ in range(draw.randint(1, 4)):
            against = draw.random()
            favor = (1 - against) * draw.random()
            sentences.append(sentence(against, favor, draw.choice(["NATO", "NATO", "Russia"])))
        at = datetime(2022, 3, 10, tzinfo=UTC) + timedelta(minutes=draw.randrange(60 * 24 * 30))
        copy_of = f"a{draw.randrange(i)}" if i and draw.random() < 0.3 else None
        articles.append(
            article(f"a{i}", draw.choice(["Gazette", "Courier"]), at, sentences, copy_of)
        )
    with sl.open_store(":memory:") as store:
        fill(store, articles, ["NATO", "Russia"])
        found = store.series("NATO", time_zone="Europe/Kyiv")
    cells: dict[Any, list[Any]] = defaultdict(list)
    for a in articles:
        if any(s.target == "NATO" for s in a.sentences):
            cells[a.source, week_of(a.published_at)].append(a)
    filled = found.filter(found["n_documents"] > 0)
    assert {(row["source"], row["period"]) for row in filled.to_dicts()} == set(cells)
    for row in filled.to_dicts():
        for name, value in expected_cell(cells[row["source"], row["period"]]).items():
            assert row[name] == (None if value is None else pytest.approx(value, abs=1e-12)), name
