"""Panels with values that the test chooses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from stancelib.effects import Event
from stancelib.schemas import Series
from stancelib.simulate.series import of_naming_articles

Array = NDArray[np.float64]
PanelMaker = Callable[..., pl.DataFrame]

START = dt.date(2023, 1, 2)


def panel_frame(
    stance: Array,
    *,
    names: Sequence[str] | None = None,
    n: Array | int = 10,
    se: Array | float = 0.05,
    every: str = "1w",
    time_zone: str = "UTC",
    start: dt.date = START,
) -> pl.DataFrame:
    """A Series frame from stances (G, T); NaN is null."""
    n_sources, n_periods = stance.shape
    sources = names or [f"Outlet {place:02d}" for place in range(n_sources)]
    first = pl.Series([start]).cast(pl.Datetime("us"))
    starts = pl.concat(
        [first.dt.offset_by(f"{i * int(every[:-1])}{every[-1]}") for i in range(n_periods)]
    )
    seen = ~np.isnan(stance)
    counts = np.where(seen, np.broadcast_to(n, stance.shape), 0)
    errors = np.where(seen, np.broadcast_to(se, stance.shape), np.nan)
    values = {
        "target": ["NATO"] * stance.size,
        "source": np.repeat(sources, n_periods).tolist(),
        "stance": stance.ravel(),
        "se": errors.ravel(),
        "n_sentences": counts.ravel().astype(np.int64),
        "n_documents": counts.ravel().astype(np.int64),
        "n_effective": counts.ravel().astype(np.float64),
    }
    period = pl.concat([starts.dt.replace_time_zone(time_zone)] * n_sources)
    frame = (
        pl.DataFrame(values, nan_to_null=True)
        .with_columns(
            period=period,
            share_against=(1 - pl.col("stance")) / 2,
            share_neutral=pl.col("stance") * 0,
            share_favor=(1 + pl.col("stance")) / 2,
            coverage=pl.lit(1.0),
        )
        .pipe(of_naming_articles)
    )
    return Series.validate(frame.select(Series.column_names()))


@pytest.fixture(name="make_panel")
def make_panel_fixture() -> PanelMaker:
    """Build a valid Series frame of several sources."""
    return panel_frame


def instant(period: int, days: float = 0.0) -> dt.datetime:
    """When a week of `panel_frame` begins, and some days later."""
    first = dt.datetime.combine(START, dt.time(), dt.UTC)
    return first + dt.timedelta(weeks=period, days=days)


@pytest.fixture
def tenth() -> Event:
    """An event at the start of the 11th week, which has index 10."""
    return Event("Vilnius summit", instant(10))


def wave(n_sources: int, n_periods: int) -> Array:
    """Stances that look like noise and are the same on every machine."""
    cells = np.arange(n_sources * n_periods, dtype=np.float64).reshape(n_sources, n_periods)
    return np.asarray(0.1 * np.sin(cells * 1.7) + 0.08 * np.cos(cells**1.3))


@pytest.fixture(name="wave")
def wave_fixture() -> Callable[[int, int], Array]:
    """Build stances that look like noise."""
    return wave


@pytest.fixture(name="instant")
def instant_fixture() -> Callable[..., dt.datetime]:
    """When a week begins."""
    return instant
