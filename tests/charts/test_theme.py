"""The colours of both themes: contrast by WCAG 2.2 AA, and sources apart for all eyes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from stancelib.charts.theme import FONT_SIZE, LABEL_SIZE, PALETTES
from tests.charts.test_diverging import BLIND, contrast, lab, linear, luminance


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
