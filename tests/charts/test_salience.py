"""Salience against stance: points, bars, paths, silent sources, names apart, what it refuses."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from stancelib.charts import salience_against_stance, save
from stancelib.charts.point_labels import place_point_labels
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

OUTLETS = pl.DataFrame(
    {
        "target": ["NATO"] * 4,
        "source": ["Beacon Wire", "Вільний причал", "Tageblitz", "Daily Pier"],
        "stance": [-0.3, 0.2, 0.0, None],
        "salience": [0.4, 0.1, 0.12, 0.0],
        "n_documents": [120, 30, 1, 0],
        "se": [0.05, 0.1, None, None],
    }
)
PATHS = pl.concat(
    [
        OUTLETS.with_columns(when=pl.lit("before")),
        OUTLETS.with_columns(when=pl.lit("after"), stance=pl.col("stance") - 0.1),
    ]
)


def table(chart: Any, field: str) -> list[dict[str, Any]]:
    tables = chart.to_dict()["datasets"].values()
    return next(rows for rows in tables if rows and field in rows[0])


def test_a_point_a_source_with_its_bar_and_none_without_a_stance() -> None:
    chart = salience_against_stance(OUTLETS)
    rows = {row["source"]: row for row in table(chart, "salience")}
    assert set(rows) == {"Beacon Wire", "Вільний причал", "Tageblitz"}
    assert (rows["Beacon Wire"]["low"], rows["Beacon Wire"]["high"]) == (-0.398, -0.202)
    assert (rows["Tageblitz"]["low"], rows["Tageblitz"]["interval"]) == (None, "none")
    note = " ".join(chart.title.subtitle)
    assert "No article names NATO in Daily Pier." in note
    assert "larger with more articles (1 to 120)" in note
    assert chart.description == (
        "NATO: how much outlets speak of it, and how. Beacon Wire: −0.30 in 40 % of its articles. "
        "Tageblitz: 0.00 in 12 % of its articles. Вільний причал: +0.20 in 10 % of its articles."
    )


def test_own_bounds_win_over_errors_and_no_bars_no_words() -> None:
    own = OUTLETS.with_columns(low=pl.col("stance") - 0.5, high=pl.col("stance") + 0.4)
    rows = {row["source"]: row for row in table(salience_against_stance(own), "salience")}
    assert (rows["Beacon Wire"]["low"], rows["Beacon Wire"]["high"]) == (-0.8, 0.1)
    bare = salience_against_stance(OUTLETS.drop("se"))
    assert "Bars" not in " ".join(bare.title.subtitle)


def test_paths_go_from_hollow_to_filled_in_the_order_given() -> None:
    chart = salience_against_stance(PATHS, path="when")
    rows = table(chart, "salience")
    steps = {(row["source"], row["step_name"]): (row["step"], row["last"]) for row in rows}
    assert steps["Beacon Wire", "before"] == (0, False)
    assert steps["Beacon Wire", "after"] == (1, True)
    assert "Hollow to filled: before to after." in " ".join(chart.title.subtitle)
    assert "Beacon Wire: −0.30 in 40 % of its articles to −0.40" in chart.description
    assert [row["text"] for row in table(chart, "led")].count("Beacon Wire") == 1
    lines = [layer for layer in chart.to_dict()["layer"] if layer["mark"]["type"] == "line"]
    assert lines[0]["encoding"]["order"]["field"] == "step"
    # Dates go in their own order, however the rows stand.
    dates = [datetime(2022, 3, 1, tzinfo=UTC), datetime(2022, 2, 1, tzinfo=UTC)]
    dated = pl.concat([OUTLETS.head(1).with_columns(period=pl.lit(at)) for at in dates])
    rows = table(salience_against_stance(dated, path="period"), "salience")
    assert [row["step_name"] for row in rows] == ["2022-02-01", "2022-03-01"]


def test_a_source_that_falls_silent_ends_at_its_last_point() -> None:
    before = pl.col("when") == "before"
    frame = PATHS.with_columns(
        stance=pl.when(before | (pl.col("source") != "Tageblitz")).then("stance")
    )
    rows = table(salience_against_stance(frame, path="when"), "salience")
    own = [row for row in rows if row["source"] == "Tageblitz"]
    assert [(row["step_name"], row["last"]) for row in own] == [("before", True)]


def test_names_do_not_cover_each_other_or_leave_the_picture() -> None:
    random = np.random.default_rng(2)
    points = [(float(x), float(y)) for x, y in random.uniform((20, 20), (380, 280), (20, 2))]
    texts = [f"Outlet {'x' * (i % 9)}" for i in range(20)]
    labels = place_point_labels(texts, points, radii=[6] * 20, size=(400, 300), font_size=11)
    for one, other in itertools.combinations(labels, 2):
        apart = one.box[2] <= other.box[0] or other.box[2] <= one.box[0]
        assert apart or one.box[3] <= other.box[1] or other.box[3] <= one.box[1]
    for label in labels:
        assert label.box[0] >= 0
        assert label.box[2] <= 400
        assert 0 <= label.box[1] < label.box[3] <= 300
    (alone,) = place_point_labels(["Post"], [(50, 50)], radii=[6], size=(400, 300), font_size=11)
    assert (alone.x, alone.y, alone.led) == (61, 50, False)
    blocked = place_point_labels(
        ["Post"], [(50, 50)], radii=[6], taken=[(0, 0, 75, 90)], size=(400, 300), font_size=11
    )
    assert blocked[0].box[0] >= 75
    assert blocked[0].led


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 830])
def test_it_is_drawn(theme: Any, width: int, tmp_path: Path) -> None:
    chart = salience_against_stance(PATHS, path="when", theme=theme, width=width)
    assert save(chart, tmp_path / "salience.png").stat().st_size > 10_000


def test_many_sources_share_a_colour_and_one_stands_alone() -> None:
    many = pl.concat([OUTLETS.head(1).with_columns(source=pl.lit(f"Outlet {i}")) for i in range(9)])
    assert "color" not in salience_against_stance(many).to_dict()["layer"][2]["encoding"]
    assert salience_against_stance(OUTLETS.head(1)).to_dict()["width"] == 560


def test_refusals() -> None:
    with pytest.raises(DataError, match="salience"):
        salience_against_stance(OUTLETS.drop("salience"))
    with pytest.raises(DataError, match="'Beacon Wire' has 2 rows; give one row a source"):
        salience_against_stance(PATHS)
    with pytest.raises(DataError, match="outside"):
        salience_against_stance(OUTLETS.with_columns(salience=pl.lit(40.0)))
    with pytest.raises(DataError, match="'when' is null in a row"):
        salience_against_stance(
            PATHS.with_columns(when=pl.lit(None, pl.String)).head(1), path="when"
        )
    with pytest.raises(NotEnoughDataError, match="none of 1 rows"):
        salience_against_stance(OUTLETS.tail(1))
    with pytest.raises(NotEnoughDataError, match="there is no row"):
        salience_against_stance(OUTLETS.clear())
    both = pl.concat([OUTLETS, OUTLETS.with_columns(target=pl.lit("Russia"))])
    with pytest.raises(ArgumentError, match="has 2 targets"):
        salience_against_stance(both)
    with pytest.raises(ArgumentError, match="unknown target 'NAT'"):
        salience_against_stance(both, target="NAT")
    with pytest.raises(ArgumentError, match="unknown theme 'sepia'"):
        salience_against_stance(OUTLETS, theme="sepia")  # type: ignore[arg-type]  # wrong on purpose
