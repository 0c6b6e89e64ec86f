"""The colours of both themes: contrast by WCAG 2.2 AA, and sources apart for all eyes."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
import vl_convert

from stancelib.charts import stance_over_time
from stancelib.charts.theme import FONT_SIZE, LABEL_SIZE, PALETTES


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_have_4_5_and_marks_3_to_1(vision: SimpleNamespace, theme: str) -> None:
    palette = PALETTES[theme]
    paper = vision.light_of(palette.background)
    assert vision.contrast(vision.light_of(palette.ink), paper) >= 4.5
    assert vision.contrast(vision.light_of(palette.muted), paper) >= 4.5
    for colour in (palette.neutral, *palette.categories):
        assert vision.contrast(vision.light_of(colour), paper) >= 3, colour


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("eyes", [None, "protan", "deutan"])
def test_sources_are_apart_for_all_eyes(
    vision: SimpleNamespace, theme: str, eyes: str | None
) -> None:
    matrix = np.eye(3) if eyes is None else np.array(vision.blind[eyes])
    colours = PALETTES[theme].categories
    seen = {colour: vision.lab(np.clip(matrix @ vision.linear(colour), 0, 1)) for colour in colours}
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
