"""Series and fits for pictures, small and known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest


@dataclass(frozen=True)
class Happening:
    """An event as the charts see it."""

    name: str
    at: datetime
    label: str | None = None


def weeks(count: int, time_zone: str) -> list[datetime]:
    """Mondays from 31 January 2022 in a time zone."""
    first = datetime(2022, 1, 31, tzinfo=ZoneInfo(time_zone))
    return [first + timedelta(weeks=i) for i in range(count)]


def one_source(
    stances: list[float | None],
    *,
    target: str = "NATO",
    source: str = "Example Post",
    time_zone: str = "UTC",
    errors: list[float | None] | None = None,
) -> pl.DataFrame:
    """A weekly series; a stance without an error has one article."""
    spread = errors or [None if value is None else 0.1 for value in stances]
    return pl.DataFrame(
        {
            "target": [target] * len(stances),
            "source": [source] * len(stances),
            "period": pl.Series(weeks(len(stances), time_zone), dtype=pl.Datetime("us", time_zone)),
            "stance": pl.Series(stances, dtype=pl.Float64),
            "se": pl.Series(spread, dtype=pl.Float64),
            "n_documents": [0 if value is None else 5 for value in stances],
        }
    )


@pytest.fixture(scope="session")
def make_series() -> Callable[..., pl.DataFrame]:
    """Build a weekly series of one source."""
    return one_source


@pytest.fixture(scope="session")
def gapped() -> pl.DataFrame:
    """Two runs, a lone week, and one week whose error is unknown."""
    return one_source(
        [-0.3, -0.2, -0.25, None, 0.1, None, 0.2, 0.3, 0.25],
        errors=[0.1, 0.1, None, None, 0.1, None, 0.1, 0.05, 0.1],
    )


@pytest.fixture(scope="session")
def invasion() -> Happening:
    return Happening("Full-scale invasion", datetime(2022, 2, 24, 3, tzinfo=UTC))


@pytest.fixture(scope="session")
def happening() -> type[Happening]:
    """Make an event."""
    return Happening


@pytest.fixture(scope="session")
def fitted() -> pl.DataFrame:
    """Eight weeks with a jump in the fifth."""
    frame = one_source([-0.3, -0.2, -0.25, -0.3, 0.1, None, 0.2, 0.15], time_zone="Europe/Kyiv")
    after = pl.int_range(pl.len()) >= 4
    level = pl.when(after).then(0.15).otherwise(-0.26)
    expected = pl.when(after).then(-0.26)
    return frame.select(
        "period",
        "stance",
        "n_documents",
        fitted=level,
        low=level - 0.1,
        high=level + 0.1,
        counterfactual=expected,
        counterfactual_low=expected - 0.2,
        counterfactual_high=expected + 0.2,
    )
