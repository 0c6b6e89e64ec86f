"""Series frames with values that the test chooses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from stancelib.effects import Event
from stancelib.schemas import Series
from stancelib.simulate.series import of_naming_articles

SeriesMaker = Callable[..., pl.DataFrame]


def make_series(
    stance: Sequence[float | None],
    *,
    se: Sequence[float | None] | float | None = 0.05,
    n: Sequence[int] | int = 10,
    start: dt.date = dt.date(2023, 1, 2),
    every: str = "1w",
    time_zone: str = "UTC",
    target: str = "NATO",
    source: str = "Beacon Wire",
) -> pl.DataFrame:
    size = len(stance)
    step = "3mo" if every == "1q" else every
    first = pl.Series([start]).cast(pl.Datetime("us"))
    starts = pl.concat([first.dt.offset_by(f"{i * int(step[0])}{step[1:]}") for i in range(size)])
    missing = np.array([value is None for value in stance])
    counts = np.where(missing, 0, np.broadcast_to(n, size))
    errors = list(se) if isinstance(se, Sequence) else [se] * size
    frame = (
        pl.DataFrame(
            {
                "target": [target] * size,
                "source": [source] * size,
                "period": starts.dt.replace_time_zone(time_zone),
                "stance": pl.Series(stance, dtype=pl.Float64),
                "se": pl.Series(
                    [None if gone else e for gone, e in zip(missing, errors, strict=True)],
                    dtype=pl.Float64,
                ),
                "n_sentences": counts.astype(np.int64),
                "n_documents": counts.astype(np.int64),
                "n_effective": counts.astype(np.float64),
            }
        )
        .with_columns(
            share_against=pl.when(pl.col("stance").is_not_null()).then((1 - pl.col("stance")) / 2),
            share_neutral=pl.when(pl.col("stance").is_not_null()).then(0.0),
            share_favor=pl.when(pl.col("stance").is_not_null()).then((1 + pl.col("stance")) / 2),
            coverage=pl.lit(1.0),
        )
        .pipe(of_naming_articles)
    )
    return Series.validate(frame.select(Series.column_names()))


@pytest.fixture(name="make_series")
def make_series_fixture() -> SeriesMaker:
    """Build a valid Series frame of one target and source."""
    return make_series


@pytest.fixture
def summit() -> Event:
    """An event at the start of the 31st week of `make_series`."""
    return Event("Vilnius summit", dt.datetime(2023, 7, 31, tzinfo=dt.UTC))


@pytest.fixture
def noisy() -> list[float]:
    """Sixty weeks of noise around 0.1, with a shift of -0.3 at the 31st."""
    rng = np.random.default_rng(3)
    return [float(x) for x in 0.1 + rng.normal(0, 0.05, 60) - 0.3 * (np.arange(60) >= 30)]


@dataclass(frozen=True)
class LabelledCorpus:
    """Sentences with their truth and their prediction, and the frames that come of them."""

    pairs: pl.DataFrame
    event: Event

    def series(self, column: str = "stance") -> pl.DataFrame:
        """The Series frame of predictions, or of the truth."""
        cell = ["target", "source", "week"]
        return (
            self.pairs.group_by(*cell, "doc_id", maintain_order=True)
            .agg(pl.col(column).mean().alias("stance"))
            .group_by(cell, maintain_order=True)
            .agg(
                pl.col("stance").mean(),
                se=pl.col("stance").std() / pl.len().sqrt(),
                n_documents=pl.len().cast(pl.Int64),
                n_effective=pl.len().cast(pl.Float64),
            )
            .with_columns(period=pl.lit(FIRST_WEEK) + pl.duration(weeks=pl.col("week")))
            .drop("week")
        )

    def gold(self, n: int | None = None, seed: int = 1) -> pl.DataFrame:
        """A simple random sample of labels; of all pairs when `n` is not given."""
        size = self.pairs.height if n is None else n
        rows = np.random.default_rng(seed).choice(self.pairs.height, size, replace=False)
        names = {-1.0: "against", 0.0: "neutral", 1.0: "favor"}
        return self.pairs[np.sort(rows)].with_columns(
            inclusion_probability=pl.lit(size / self.pairs.height),
            label=pl.col("truth").replace_strict(names, return_dtype=pl.String),
        )


FIRST_WEEK = dt.datetime(2022, 1, 3, tzinfo=dt.UTC)


def draw_corpus(
    *,
    seed: int = 1,
    weeks: int = 40,
    outlets: int = 1,
    articles: int = 12,
    shift: float = -0.1,
    jump: float = 0.0,
    follows: float = 0.45,
    blur: float = 0.3,
) -> LabelledCorpus:
    """Articles of one to several sentences, whose scorer's error jumps at the event.

    `shift` and `jump` touch all outlets, or the first half of several. A prediction is `follows`
    times the label, plus the error, plus uniform noise up to `blur`.
    """
    rng = np.random.default_rng(seed)
    cells = np.repeat(
        np.arange(outlets * weeks), np.maximum(rng.poisson(articles, outlets * weeks), 2)
    )
    article = np.repeat(np.arange(len(cells)), 1 + rng.poisson(1.0, len(cells)))
    outlet, week = np.divmod(cells[article], weeks)
    touched = (week >= weeks // 2) & ((outlets == 1) | (outlet < outlets // 2))
    leaning = 0.1 * rng.normal(size=len(cells))[article]
    weekly = 0.03 * rng.normal(size=outlets * weeks)[cells[article]]
    mean = np.clip(leaning + weekly + shift * touched, -0.3, 0.3)
    chance = rng.random(len(article))
    truth = np.select([chance < 0.15 + mean / 2, chance > 0.85 + mean / 2], [1.0, -1.0], 0.0)
    noise = blur * rng.uniform(-1, 1, len(article))
    pairs = pl.DataFrame(
        {
            "target": pl.repeat("NATO", len(article), eager=True),
            "source": pl.Series(outlet).cast(pl.String).str.zfill(2),
            "week": week,
            "doc_id": pl.Series(article).cast(pl.String),
            "truth": truth,
            "stance": follows * truth + jump * (touched - 0.5) + noise,
            "n_sentences": np.bincount(article)[article],
            "lang": pl.repeat("en", len(article), eager=True),
            "voice": pl.Series(np.where(chance < 0.7, "author", "quoted")),
            "published_at": pl.Series(
                [FIRST_WEEK + dt.timedelta(weeks=int(w), hours=9) for w in week]
            ),
        }
    )
    return LabelledCorpus(
        pairs, Event("Riga pledge", FIRST_WEEK + weeks // 2 * dt.timedelta(weeks=1))
    )


@pytest.fixture(name="draw_corpus", scope="session")
def draw_corpus_fixture() -> Callable[..., LabelledCorpus]:
    """Draw a corpus whose truth is known."""
    return draw_corpus
