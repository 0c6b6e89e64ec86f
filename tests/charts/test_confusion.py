"""The confusion matrix: shares of each label, panels by group, gaps, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from stancelib.charts import confusion_chart, save
from stancelib.charts.confusion import SHADES, TEXT
from stancelib.charts.confusion_core import matrices_of
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

COUNTS = pl.DataFrame(
    {
        "label": ["favor", "favor", "against", "against", "neutral"],
        "predicted": ["favor", "against", "against", "neutral", "neutral"],
        "n": [15, 5, 30, 10, 8],
    }
)
CLASSES = ["against", "neutral", "favor"]


def grouped() -> pl.DataFrame:
    """As `sl.accuracy` has it: all, and two languages, of which one has no favor label."""
    parts = [
        COUNTS.select(pl.lit("all").alias("by"), pl.lit("all").alias("group"), pl.all()),
        COUNTS.select(pl.lit("lang").alias("by"), pl.lit("uk").alias("group"), pl.all()),
        COUNTS.filter(pl.col("label") != "favor").select(
            pl.lit("lang").alias("by"), pl.lit("мова").alias("group"), pl.all()
        ),
    ]
    return pl.concat(parts)


def shares(frame: pl.DataFrame) -> dict[tuple[str, str], float | None]:
    return {(row["label"], row["predicted"]): row["share"] for row in frame.iter_rows(named=True)}


def test_shares_are_of_the_label_and_pairs_without_a_row_have_none() -> None:
    (matrix,) = matrices_of(COUNTS, None)
    assert matrix.classes == CLASSES
    found = shares(matrix.frame)
    assert len(found) == 9
    assert found["favor", "favor"] == 0.75
    assert found["against", "neutral"] == 0.25
    assert found["against", "favor"] == 0.0
    totals = dict(matrix.frame.select("label", "total").iter_rows())
    assert totals == {"against": 40, "neutral": 8, "favor": 20}


def test_the_weighted_shares_of_a_frame_are_not_recounted() -> None:
    weighted = COUNTS.with_columns(share_of_label=pl.Series([0.6, 0.4, 0.9, 0.1, 1.0]))
    found = shares(matrices_of(weighted, None)[0].frame)
    assert found["favor", "favor"] == 0.6
    assert found["favor", "neutral"] == 0.0
    note = " ".join(confusion_chart(weighted).title.subtitle)
    assert "weighted for how they were drawn" in note
    assert "weighted" not in " ".join(confusion_chart(COUNTS).title.subtitle)


def test_an_unknown_count_and_a_missing_label_are_gaps() -> None:
    unknown = COUNTS.with_columns(n=pl.Series([15, None, 30, 10, 8]))
    found = shares(matrices_of(unknown, None)[0].frame)
    assert found["favor", "favor"] is None
    assert found["against", "against"] == 0.75
    (matrix,) = matrices_of(COUNTS.filter(label="against"), ["against", "neutral", "favor"])
    assert shares(matrix.frame)["favor", "favor"] is None
    chart = confusion_chart(COUNTS.filter(label="against"), classes=CLASSES)
    assert "–: no such label" in " ".join(chart.title.subtitle)
    assert "–" not in " ".join(confusion_chart(COUNTS).title.subtitle)


def test_groups_are_panels_in_rows() -> None:
    chart = confusion_chart(grouped(), columns=2)
    rows = chart.to_dict()["vconcat"]
    titles = [[panel["title"]["text"] for panel in row["hconcat"]] for row in rows]
    assert titles == [["all", "lang: uk"], ["lang: мова"]]
    assert chart.description.endswith("lang: мова, right: against 75 % of 40, neutral 100 % of 8.")
    panel = rows[0]["hconcat"][0]
    assert [layer["mark"]["type"] for layer in panel["layer"]] == [
        "rect",
        "rect",
        "text",
        "text",
        "text",
    ]
    # Only the diagonal has an outline.
    assert panel["layer"][1]["transform"][-1]["filter"] == "datum.label === datum.predicted"
    assert "title" not in confusion_chart(COUNTS).to_dict()["vconcat"][0]["hconcat"][0]
    only_group = confusion_chart(grouped().filter(by="lang").drop("by")).to_dict()
    assert only_group["vconcat"][0]["hconcat"][0]["title"]["text"] == "uk"


def test_classes_that_are_no_stances_stand_as_they_come() -> None:
    other = COUNTS.with_columns(pl.col("label", "predicted").replace("favor", "за"))
    assert matrices_of(other, None)[0].classes == ["за", "against", "neutral"]
    assert matrices_of(other, ["against", "neutral", "за"])[0].classes[-1] == "за"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_numbers_have_the_contrast_of_wcag_aa(theme: str) -> None:
    weak, strong, turn = TEXT[theme]
    ends = np.array([lightness(colour) for colour in SHADES[theme]])
    for share in np.linspace(0, 1, 101):
        shade = luminance(float(np.interp(share, [0, 1], ends)))
        text = 1.0 if (strong if share > turn else weak) == "#ffffff" else 0.0
        assert (max(shade, text) + 0.05) / (min(shade, text) + 0.05) >= 4.5


def lightness(colour: str) -> float:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    light = float(linear @ [0.2126729, 0.7151522, 0.072175])
    return 116 * light ** (1 / 3) - 16 if light > 0.008856 else 903.3 * light


def luminance(level: float) -> float:
    return ((level + 16) / 116) ** 3 if level > 8 else level / 903.3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_drawn(theme: Any, tmp_path: Path) -> None:
    long = grouped().with_columns(
        group=pl.col("group") + " Незалежний вісник Слобожанщини та Криму"
    )
    for frame in (COUNTS, COUNTS.head(1), long):
        chart = confusion_chart(frame, theme=theme, columns=2)
        assert save(chart, tmp_path / "confusion.png").stat().st_size > 5_000


def test_refusals() -> None:
    with pytest.raises(DataError, match="'predicted' is missing"):
        confusion_chart(COUNTS.drop("predicted"))
    with pytest.raises(DataError, match="a class in 'label' is null"):
        confusion_chart(COUNTS.with_columns(label=pl.lit(None, dtype=pl.String)))
    with pytest.raises(DataError, match="negative: -3"):
        confusion_chart(COUNTS.with_columns(n=pl.lit(-3)))
    with pytest.raises(DataError, match=r"must lie in \[0, 1\]; got 75"):
        confusion_chart(COUNTS.with_columns(share_of_label=pl.lit(75.0)))
    with pytest.raises(DataError, match=r"two rows.*a column 'group'"):
        confusion_chart(grouped().drop("by", "group"))
    with pytest.raises(ArgumentError, match=r"unknown class 'favor'.*against, neutral, favour"):
        confusion_chart(COUNTS, classes=["against", "neutral", "favour"])
    with pytest.raises(ArgumentError, match="columns must be at least 1"):
        confusion_chart(COUNTS, columns=0)
    with pytest.raises(ArgumentError, match="unknown theme 'sepia'"):
        confusion_chart(COUNTS, theme="sepia")  # type: ignore[arg-type]  # wrong on purpose
    for empty in (COUNTS.clear(), COUNTS.with_columns(n=pl.lit(0))):
        with pytest.raises(NotEnoughDataError, match="nothing to draw"):
            confusion_chart(empty)
