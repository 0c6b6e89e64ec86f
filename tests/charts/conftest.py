"""Series and fits for pictures, small and known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

Array = NDArray[np.float64]
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.072175],
        [0.0193339, 0.119192, 0.9503041],
    ]
)
WHITE = np.array([0.95047, 1.0, 1.08883])
# Machado, Oliveira and Fernandes (2009), severity 1, on linear sRGB.
BLIND = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
}


def linear(colour: str) -> Array:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(light: Array) -> Array:
    x = TO_XYZ @ light / WHITE
    f = np.where(x > (6 / 29) ** 3, np.cbrt(x), x / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def luminance(lightness: float) -> float:
    f = (lightness + 16) / 116
    return float(f**3 if f > 6 / 29 else 3 * (6 / 29) ** 2 * (f - 4 / 29))


def contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def light_of(colour: str) -> float:
    return luminance(lab(linear(colour))[0])


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


@pytest.fixture(scope="session")
def vision() -> SimpleNamespace:
    """How colours are seen: linear light, CIELAB, WCAG contrast, and colour-blind eyes."""
    return SimpleNamespace(
        blind=BLIND,
        linear=linear,
        lab=lab,
        luminance=luminance,
        contrast=contrast,
        light_of=light_of,
    )
