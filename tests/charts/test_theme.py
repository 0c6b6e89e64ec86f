"""The colours of both themes: contrast by WCAG 2.2 AA, and sources apart for all eyes."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
import vl_convert
from numpy.typing import NDArray

from stancelib.charts import stance_over_time
from stancelib.charts.theme import FONT_SIZE, LABEL_SIZE, PALETTES

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


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_have_4_5_and_marks_3_to_1(theme: str) -> None:
    palette = PALETTES[theme]
    paper = light_of(palette.background)
    assert contrast(light_of(palette.ink), paper) >= 4.5
    assert contrast(light_of(palette.muted), paper) >= 4.5
    for colour in (palette.neutral, *palette.categories):
        assert contrast(light_of(colour), paper) >= 3, colour


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("eyes", [None, "protan", "deutan"])
def test_sources_are_apart_for_all_eyes(theme: str, eyes: str | None) -> None:
    matrix = np.eye(3) if eyes is None else np.array(BLIND[eyes])
    colours = PALETTES[theme].categories
    seen = {colour: lab(np.clip(matrix @ linear(colour), 0, 1)) for colour in colours}
    for one, other in itertools.combinations(colours, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > 20, (one, other)


def test_no_text_is_below_eleven_pixels() -> None:
    assert min(FONT_SIZE, LABEL_SIZE) >= 11


@pytest.mark.parametrize("width", [340, 560, 840])
def test_a_legend_of_seven_long_names_does_not_widen_the_picture(width: int) -> None:
    names = [f"Вечірній вісник {i} і сусіди" for i in range(7)]
    at = [datetime(2022, 2, day, tzinfo=UTC) for day in (7, 14)]
    series = pl.concat(
        [
            pl.DataFrame({"target": "NATO", "source": name, "period": at}).with_columns(
                stance=0.1, se=0.1, n_documents=3
            )
            for name in names
        ]
    )
    svg = vl_convert.vegalite_to_svg(
        stance_over_time(series, width=width).to_dict(), vl_version="6.4"
    )
    found = re.search(r'viewBox="0 0 (\d+)', svg)
    assert found is not None
    assert int(found.group(1)) <= width + 110
