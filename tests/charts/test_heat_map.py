"""The heat map: a tile a cell, low tiles for noise, dots for nothing, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from stancelib.charts import save, stance_heat_map
from stancelib.charts.diverging import DIVERGING
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

MakeSeries = Callable[..., pl.DataFrame]
LONG = "Незалежний громадський вісник Слобожанщини та Приазов’я"


@pytest.fixture
def panel(make_series: MakeSeries) -> pl.DataFrame:
    """Three outlets; the second has few articles in its last week, and none in its second."""
    parts = [
        make_series([-0.3, -0.2, 0.0], source="Beacon Wire"),
        make_series([0.4, None, 0.9], source=LONG),
        make_series([-0.1, 0.1, 0.1], source="Courrier"),
    ]
    return pl.concat(parts).with_columns(
        n_effective=pl.when(pl.col("stance") == 0.9)
        .then(1.5)
        .otherwise(pl.col("n_documents") * 1.0)
    )


def rows_of(chart: Any) -> list[dict[str, Any]]:
    datasets = chart.to_dict()["datasets"].values()
    return [row for rows in datasets for row in rows if "stance_words" in row]


def layer_of(chart: Any, mark: str) -> list[dict[str, Any]]:
    return [layer for layer in chart.to_dict()["layer"] if layer["mark"]["type"] == mark]


def test_every_source_has_a_cell_in_every_period(panel: pl.DataFrame) -> None:
    # A row that is not there is a cell without articles, too.
    chart = stance_heat_map(
        panel.filter(~((pl.col("source") == "Courrier") & (pl.col("stance") < 0)))
    )
    rows = rows_of(chart)
    assert len(rows) == 9
    empty = [(row["source"], row["period"][:10]) for row in rows if row["stance"] is None]
    assert empty == [(LONG, "2022-02-07"), ("Courrier", "2022-01-31")]
    assert {row["stance_words"] for row in rows if row["stance"] is None} == {"none: no article"}
    first = rows[0]
    assert (first["period"], first["end"]) == ("2022-01-31T00:00:00Z", "2022-02-07T00:00:00Z")
    assert (first["period_words"], first["interval"]) == ("week from 31 Jan 2022", "−0.50 to −0.10")
    assert first["n_effective"] == 5.0
    dots = layer_of(chart, "point")[0]
    assert dots["transform"] == [{"filter": "!isValid(datum.stance)"}]


def test_few_articles_make_a_low_tile_that_does_not_stretch_the_colours(
    panel: pl.DataFrame,
) -> None:
    chart = stance_heat_map(panel)
    assert [row["stance"] for row in rows_of(chart) if row["few"]] == [0.9]
    firm, low = layer_of(chart, "rect")
    assert "height" not in firm["mark"]
    assert low["mark"]["height"]["band"] < 0.5
    assert firm["encoding"]["color"]["scale"]["domain"] == [-0.5, -0.25, 0, 0.25, 0.5]
    note = " ".join(chart.title.subtitle)
    assert "Low tiles: fewer than 5 effective articles" in note
    assert "A dot: no article, which is not neutral." in note
    assert "1 tile is beyond the colours' ends." in note
    assert chart.description.endswith("Of 9 cells, 1 have no article and 1 have few.")
    plain = stance_heat_map(panel, fewest=1, limit=0.9)
    assert not [row for row in rows_of(plain) if row["few"]]
    assert "Low tiles" not in " ".join(plain.title.subtitle)


def test_colours_are_symmetric_in_both_themes(panel: pl.DataFrame) -> None:
    for theme in ("light", "dark"):
        chart = stance_heat_map(panel, limit=0.4, theme=theme)
        scale = layer_of(chart, "rect")[0]["encoding"]["color"]["scale"]
        assert scale["domain"] == [-0.4, -0.2, 0, 0.2, 0.4]
        assert scale["range"] == list(DIVERGING[theme])
        assert scale["clamp"] is True


def test_rows_stand_as_given_or_by_mean(panel: pl.DataFrame) -> None:
    silent = panel.filter(source="Courrier").with_columns(
        source=pl.lit("Silent Post"), stance=pl.lit(None, dtype=pl.Float64), n_documents=pl.lit(0)
    )
    both = pl.concat([silent, panel], how="vertical_relaxed")
    given = layer_of(stance_heat_map(both), "rect")[0]["encoding"]["y"]["sort"]
    assert given == ["Silent Post", "Beacon Wire", LONG, "Courrier"]
    by_mean = layer_of(stance_heat_map(both, order="mean"), "rect")[0]["encoding"]["y"]["sort"]
    assert by_mean == [LONG, "Courrier", "Beacon Wire", "Silent Post"]


def test_wide_tiles_hold_numbers_and_are_dated_by_their_own_days(panel: pl.DataFrame) -> None:
    wide = stance_heat_map(panel, width=640)
    assert layer_of(wide, "text")[0]["encoding"]["text"]["field"] == "stance_words"
    values = layer_of(wide, "rect")[0]["encoding"]["x"]["axis"]["values"]
    assert [(value["month"], value["date"]) for value in values] == [(1, 31), (2, 7), (2, 14)]
    assert not layer_of(stance_heat_map(panel, width=90), "text")


def test_months_end_where_the_next_begins_and_gaps_stay_open() -> None:
    months = [datetime(2022, month, 1, tzinfo=UTC) for month in (1, 2, 3, 7)]
    frame = pl.DataFrame(
        {
            "target": "NATO",
            "source": "Beacon Wire",
            "period": months,
            "stance": [0.1, 0.2, 0.3, 0.4],
        }
    ).with_columns(n_documents=pl.lit(9))
    rows = rows_of(stance_heat_map(frame))
    # March has no next month in the frame, hence the usual length.
    assert [row["end"][:10] for row in rows][:2] == ["2022-02-01", "2022-03-01"]
    assert rows[2]["end"][:10] < "2022-05-01"
    assert {row["interval"] for row in rows} == {"none"}


def test_events_are_marked(panel: pl.DataFrame, happening: Any) -> None:
    inside = happening("Summit", datetime(2022, 2, 8, 12, tzinfo=UTC))
    outside = happening("Treaty", datetime(2025, 2, 8, tzinfo=UTC))
    chart = stance_heat_map(panel, events=[inside, outside])
    assert [layer["mark"]["style"] for layer in layer_of(chart, "rule")] == ["event-rule"]
    assert "Outside the picture: Treaty." in " ".join(chart.title.subtitle)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_one_cell_and_many_are_drawn(panel: pl.DataFrame, theme: Any, tmp_path: Path) -> None:
    start = datetime(2020, 1, 6, tzinfo=UTC)
    many = pl.DataFrame(
        [
            ("NATO", f"Видання {i}", start + timedelta(weeks=j), (i - j % 30) / 40, 7)
            for i in range(30)
            for j in range(150)
        ],
        schema=["target", "source", "period", "stance", "n_documents"],
        orient="row",
    )
    for frame in (panel, panel.head(1), many):
        place = save(stance_heat_map(frame, theme=theme, width=320), tmp_path / "map.png")
        assert place.stat().st_size > 5_000
    assert stance_heat_map(many).to_dict()["height"] < 30 * 22


def test_refusals(panel: pl.DataFrame) -> None:
    two = pl.concat([panel, panel.with_columns(target=pl.lit("Russia"))])
    with pytest.raises(ArgumentError, match=r"holds 2 targets.*target=: NATO, Russia"):
        stance_heat_map(two)
    assert stance_heat_map(two, target="Russia").title.text == ["Stance toward Russia"]
    with pytest.raises(ArgumentError, match=r"unknown target 'Nato'.*Did you mean 'NATO'"):
        stance_heat_map(two, target="Nato")
    with pytest.raises(ArgumentError, match=r"unknown order 'means'.*'mean'"):
        stance_heat_map(panel, order="means")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(ArgumentError, match="fewest must not be negative"):
        stance_heat_map(panel, fewest=-1)
    with pytest.raises(ArgumentError, match="unknown theme 'sepia'"):
        stance_heat_map(panel, theme="sepia")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(DataError, match="'n_documents' is missing"):
        stance_heat_map(panel.drop("n_documents"))
    with pytest.raises(DataError, match="'Beacon Wire' has two rows for 2022-01-31"):
        stance_heat_map(pl.concat([panel, panel.head(1)]))
    naive = panel.with_columns(pl.col("period").dt.replace_time_zone(None))
    with pytest.raises(DataError, match="with a time zone"):
        stance_heat_map(naive)
    for empty in (panel.clear(), panel.with_columns(stance=pl.lit(None, dtype=pl.Float64))):
        with pytest.raises(NotEnoughDataError, match="nothing to draw"):
            stance_heat_map(empty)
