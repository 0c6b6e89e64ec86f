"""The colours of a stance: a true neutral, equal ends, kept apart by colour-blind readers."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from stancelib.charts.diverging import (
    DIVERGING,
    check_limit,
    stance_color,
    stance_limit,
    text_on_color,
)
from stancelib.charts.theme import PALETTES
from stancelib.errors import ArgumentError

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


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_middle_is_grey_and_the_sides_weigh_the_same(theme: str) -> None:
    colours = DIVERGING[theme]
    assert len({colours[2][i : i + 2] for i in (1, 3, 5)}) == 1
    lightness = [lab(linear(colour))[0] for colour in colours]
    assert lightness[0] == pytest.approx(lightness[4], abs=2)
    assert lightness[1] == pytest.approx(lightness[3], abs=2)
    paper = luminance(lab(linear(PALETTES[theme].background))[0])
    # Stronger stances stand out more from the paper, and neutral is not the paper itself.
    away = [contrast(luminance(value), paper) for value in lightness]
    assert away[0] > away[1] > away[2] > 1.4
    assert away[4] > away[3] > away[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("eyes", [None, "protan", "deutan"])
def test_against_favor_and_neutral_differ_for_all_eyes(theme: str, eyes: str | None) -> None:
    matrix = np.eye(3) if eyes is None else np.array(BLIND[eyes])
    seen = [lab(np.clip(matrix @ linear(colour), 0, 1)) for colour in DIVERGING[theme]]
    for one, other in itertools.combinations(seen, 2):
        assert np.linalg.norm(one - other) > 15


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_numbers_on_all_colours_have_the_contrast_of_wcag_aa(theme: Any) -> None:
    channel = text_on_color("stance", 1.0, theme=theme)
    turn = float(channel["condition"]["test"].split(">")[1])
    texts = {False: channel["value"], True: channel["condition"]["value"]}
    places = np.linspace(-1, 1, 201)
    shades = np.array([lab(linear(colour)) for colour in DIVERGING[theme]])
    for place in places:
        shade = np.interp(place, [-1, -0.5, 0, 0.5, 1], shades[:, 0])
        text = luminance(lab(linear(texts[abs(place) > turn]))[0])
        assert contrast(luminance(shade), text) >= 4.5


def test_the_scale_is_symmetric_and_its_ends_are_named() -> None:
    channel = stance_color("stance", 0.5, theme="dark", width=200).to_dict()
    assert channel["scale"]["domain"] == [-0.5, -0.25, 0, 0.25, 0.5]
    assert channel["scale"]["range"] == list(DIVERGING["dark"])
    assert channel["legend"]["values"] == [-0.5, 0, 0.5]
    assert "−0.5 against" in channel["legend"]["labelExpr"]
    assert "+0.5 in favor" in channel["legend"]["labelExpr"]


def test_limits() -> None:
    assert stance_limit([0.1, -0.26]) == 0.5
    assert stance_limit([-1.0]) == 1.0
    assert check_limit(0.3) == 0.3
    for bad in (0.0, 1.2, float("nan")):
        with pytest.raises(ArgumentError, match="limit must be above 0 and at most 1"):
            check_limit(bad)
