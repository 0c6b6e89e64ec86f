"""The forest plot: rows in order, intervals, a known truth, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from stancelib.charts import forest_plot, save
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

ROWS = pl.DataFrame(
    {
        "label": ["Вечірній вісник", "Beacon Wire", "Beacon Wire"],
        "estimate": [-0.2, 0.05, 0.4],
        "low": [-0.3, -0.1, None],
        "high": [-0.1, 0.2, None],
    }
)


def layers(chart: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = chart.to_dict()["layer"]
    return found


def marks(chart: Any) -> list[str]:
    return [layer["mark"]["type"] for layer in layers(chart)]


def test_rows_keep_their_order_and_namesakes_stay_apart() -> None:
    chart = forest_plot(ROWS, title="After the summit")
    assert marks(chart) == ["rule", "rule", "point"]
    order = layers(chart)[-1]["encoding"]["y"]["sort"]
    assert order == ["0|Вечірній вісник", "1|Beacon Wire", "2|Beacon Wire"]
    assert chart.description == (
        "After the summit: Вечірній вісник −0.20 (−0.30 to −0.10); "
        "Beacon Wire +0.05 (−0.10 to +0.20); Beacon Wire +0.40"
    )
    assert "A point alone: no ends are known." in chart.title.subtitle[-1]


def test_truth_groups_and_joint_ends_have_their_marks_and_words() -> None:
    wide = ROWS.head(2).with_columns(
        joint_low=pl.col("low") - 0.1, joint_high=pl.col("high") + 0.1, group=pl.lit("NATO")
    )
    chart = forest_plot(wide, truth=-0.1)
    assert marks(chart) == ["rule", "rule", "rule", "rule", "point"]
    assert layers(chart)[1]["mark"]["strokeDash"] == [4, 3]
    assert layers(chart)[2]["encoding"]["x"]["field"] == "joint_low"
    assert layers(chart)[-1]["encoding"]["color"]["scale"]["domain"] == ["NATO"]
    note = " ".join(chart.title.subtitle)
    assert "for all rows at once (thin). Dashed: the true value." in note
    # Where each row is a group of its own, its name already says which.
    own = forest_plot(wide.with_columns(group="label"))
    assert layers(own)[-1]["encoding"]["color"]["legend"] is None


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_drawn(theme: Any, tmp_path: Path) -> None:
    place = tmp_path / "forest.png"
    save(forest_plot(ROWS, theme=theme, width=300), place)
    assert place.stat().st_size > 5_000


def test_refusals() -> None:
    with pytest.raises(DataError, match="low"):
        forest_plot(ROWS.drop("low"))
    with pytest.raises(DataError, match="'estimate' of 'Beacon Wire' is null"):
        forest_plot(ROWS.with_columns(estimate=pl.Series([0.1, None, 0.2])))
    with pytest.raises(NotEnoughDataError, match="nothing to draw"):
        forest_plot(ROWS.clear())
    with pytest.raises(ArgumentError, match="unknown theme 'sepia'"):
        forest_plot(ROWS, theme="sepia")  # type: ignore[arg-type]  # wrong on purpose
