"""The colours of a stance: a true neutral, equal ends, kept apart by colour-blind readers."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from stancelib.charts.diverging import (
    DIVERGING,
    check_limit,
    stance_color,
    stance_limit,
    text_on_color,
)
from stancelib.charts.theme import PALETTES
from stancelib.errors import ArgumentError


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_middle_is_grey_and_the_sides_weigh_the_same(
    vision: SimpleNamespace, theme: str
) -> None:
    colours = DIVERGING[theme]
    assert len({colours[2][i : i + 2] for i in (1, 3, 5)}) == 1
    lightness = [vision.lab(vision.linear(colour))[0] for colour in colours]
    assert lightness[0] == pytest.approx(lightness[4], abs=2)
    assert lightness[1] == pytest.approx(lightness[3], abs=2)
    paper = vision.luminance(vision.lab(vision.linear(PALETTES[theme].background))[0])
    # Stronger stances stand out more from the paper, and neutral is not the paper itself.
    away = [vision.contrast(vision.luminance(value), paper) for value in lightness]
    assert away[0] > away[1] > away[2] > 1.4
    assert away[4] > away[3] > away[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("eyes", [None, "protan", "deutan"])
def test_against_favor_and_neutral_differ_for_all_eyes(
    vision: SimpleNamespace, theme: str, eyes: str | None
) -> None:
    matrix = np.eye(3) if eyes is None else np.array(vision.blind[eyes])
    seen = [
        vision.lab(np.clip(matrix @ vision.linear(colour), 0, 1)) for colour in DIVERGING[theme]
    ]
    for one, other in itertools.combinations(seen, 2):
        assert np.linalg.norm(one - other) > 15


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_numbers_on_all_colours_have_the_contrast_of_wcag_aa(
    vision: SimpleNamespace, theme: Any
) -> None:
    channel = text_on_color("stance", 1.0, theme=theme)
    turn = float(channel["condition"]["test"].split(">")[1])
    texts = {False: channel["value"], True: channel["condition"]["value"]}
    places = np.linspace(-1, 1, 201)
    shades = np.array([vision.lab(vision.linear(colour)) for colour in DIVERGING[theme]])
    for place in places:
        shade = np.interp(place, [-1, -0.5, 0, 0.5, 1], shades[:, 0])
        text = vision.luminance(vision.lab(vision.linear(texts[abs(place) > turn]))[0])
        assert vision.contrast(vision.luminance(shade), text) >= 4.5


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
