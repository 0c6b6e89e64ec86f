"""Series frames with values that the test chooses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

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
