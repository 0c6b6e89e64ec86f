"""The interrupted time series picture: its parts, its gap, its zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
import vl_convert

from stancelib.charts import interrupted_time_series_chart
from stancelib.charts.interrupted import EXPECTED, FITTED
from stancelib.charts.theme import LIGHT
from stancelib.errors import DataError, NotEnoughDataError

EVENT = datetime(2022, 2, 24, 3, tzinfo=UTC)


def specification(frame: pl.DataFrame, **options: Any) -> dict[str, Any]:
    chart = interrupted_time_series_chart(frame, event_name="invasion", event_at=EVENT, **options)
    return chart.to_dict()


def rows_with(found: dict[str, Any], column: str) -> list[dict[str, Any]]:
    return next(rows for rows in found["datasets"].values() if rows and column in rows[0])


def test_fit_is_cut_at_the_event(fitted: pl.DataFrame) -> None:
    runs = {row["run"] for row in rows_with(specification(fitted), "line") if row["line"] == FITTED}
    assert len(runs) == 2


def test_counterfactual_begins_after_the_event_and_is_dashed(fitted: pl.DataFrame) -> None:
    found = specification(fitted)
    expected = [row for row in rows_with(found, "line") if row["line"] == EXPECTED]
    assert min(row["period"] for row in expected) == "2022-02-28T00:00:00Z"
    svg = vl_convert.vegalite_to_svg(found, vl_version="6.4")
    assert f'stroke="{LIGHT.categories[1]}" stroke-width="2.2" stroke-dasharray="5,4"' in svg


def test_counterfactual_of_the_whole_time_is_drawn_from_the_event_on(fitted: pl.DataFrame) -> None:
    everywhere = fitted.with_columns(
        counterfactual=-0.26, counterfactual_low=-0.4, counterfactual_high=-0.1
    )
    expected = [
        row for row in rows_with(specification(everywhere), "line") if row["line"] == EXPECTED
    ]
    assert min(row["period"] for row in expected) == "2022-02-28T00:00:00Z"


def test_points_are_the_observed_stances_sized_by_articles(fitted: pl.DataFrame) -> None:
    found = specification(fitted)
    seen = rows_with(found, "n_documents")
    assert [row["stance"] for row in seen] == fitted["stance"].drop_nulls().to_list()
    sizes = [
        layer["encoding"]["size"]["field"]
        for layer in found["layer"]
        if "size" in layer.get("encoding", {})
    ]
    assert sizes == ["n_documents"]


def test_event_and_reading_are_stated(fitted: pl.DataFrame) -> None:
    found = specification(fitted, title="Example Post on NATO", description="It rose.")
    assert found["title"]["text"] == ["Example Post on NATO"]
    note = " ".join(found["title"]["subtitle"])
    assert "Event: 24 Feb 2022. Times in Europe/Kyiv." in note
    assert "95 % intervals" in note
    assert "(5 to 5)" in note
    assert found["description"] == "It rose."
    assert rows_with(found, "event")[0]["period"] == "2022-02-24T05:00:00Z"


def test_event_outside_the_picture_is_said(fitted: pl.DataFrame) -> None:
    chart = interrupted_time_series_chart(
        fitted, event_name="later", event_at=datetime(2024, 1, 1, tzinfo=UTC)
    )
    assert "It lies outside the picture." in " ".join(chart.to_dict()["title"]["subtitle"])


def test_missing_column_is_named(fitted: pl.DataFrame) -> None:
    with pytest.raises(DataError, match="'counterfactual_low' is missing"):
        specification(fitted.drop("counterfactual_low"))


def test_nothing_fitted_is_said(fitted: pl.DataFrame) -> None:
    empty = fitted.with_columns(fitted=pl.lit(None, pl.Float64))
    with pytest.raises(NotEnoughDataError, match="none of 8 periods is fitted"):
        specification(empty)
