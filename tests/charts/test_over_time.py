"""Stance over time: what stands in the specification, and what Vega draws from it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import altair as alt
import polars as pl
import pytest
import vl_convert

from stancelib import charts
from stancelib.charts.clock import period_name
from stancelib.charts.over_time_core import drawn_frame
from stancelib.charts.theme import DARK, LIGHT
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

MakeSeries = Callable[..., pl.DataFrame]


def rows_of(chart: alt.TopLevelMixin, column: str) -> list[dict[str, Any]]:
    """The rows of the first data set that has a column."""
    datasets = chart.to_dict()["datasets"].values()
    return next(rows for rows in datasets if rows and column in rows[0])


def nodes(value: object) -> Iterator[dict[str, Any]]:
    """Every object of a specification."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def styles(specification: dict[str, Any]) -> list[str]:
    """The named styles of all marks."""
    marks = [node["mark"] for node in nodes(specification) if isinstance(node.get("mark"), dict)]
    return [mark["style"] for mark in marks if "style" in mark]


def drawn(chart: alt.TopLevelMixin) -> str:
    """The chart as SVG."""
    return vl_convert.vegalite_to_svg(chart.to_dict(), vl_version="6.4")


def line_paths(svg: str, color: str) -> list[str]:
    """Paths of lines in a colour."""
    return re.findall(rf'<path[^>]* d="([^"]*)" stroke="{color}"', svg)


def test_week_starts_on_its_day_whatever_the_zone_of_the_viewer(make_series: MakeSeries) -> None:
    chart = charts.stance_over_time(make_series([0.1, 0.2, 0.3], time_zone="Europe/Kyiv"))
    periods = [row["period"] for row in rows_of(chart, "line_run")]
    # Monday 00:00 in Kyiv is Sunday 22:00 in UTC: the wall clock must be what is drawn.
    assert periods == ["2022-01-31T00:00:00Z", "2022-02-07T00:00:00Z", "2022-02-14T00:00:00Z"]
    time_scales = [
        node["x"]["scale"]["type"]
        for node in nodes(chart.to_dict())
        if "scale" in node.get("x", {})
    ]
    assert time_scales
    assert set(time_scales) == {"utc"}


def test_event_stands_on_the_wall_clock_of_the_series(
    make_series: MakeSeries, happening: Callable[..., Any]
) -> None:
    night = happening("night", datetime(2022, 2, 7, 23, 30, tzinfo=UTC))
    chart = charts.stance_over_time(
        make_series([0.1, 0.2, 0.3], time_zone="Europe/Kyiv"), events=[night]
    )
    assert rows_of(chart, "event")[0]["period"] == "2022-02-08T01:30:00Z"


def test_gap_breaks_the_line_and_lone_week_is_a_point(gapped: pl.DataFrame) -> None:
    svg = drawn(charts.stance_over_time(gapped))
    lines = line_paths(svg, LIGHT.categories[0])
    # Three runs, of which the middle one is a single week: two lines, and no line over the gap.
    assert [path.count("L") for path in lines] == [2, 2]
    rows = {
        row["stance"]: row["alone"] for row in rows_of(charts.stance_over_time(gapped), "alone")
    }
    assert [stance for stance, alone in rows.items() if alone] == [0.1]


def test_band_is_1_96_standard_errors_and_absent_without_one(gapped: pl.DataFrame) -> None:
    frame = drawn_frame(gapped)
    assert frame["low"][0] == pytest.approx(-0.3 - 1.96 * 0.1)
    assert frame["high"][0] == pytest.approx(-0.3 + 1.96 * 0.1)
    assert frame.filter(pl.col("se").is_null())["low"].to_list() == [None]
    assert frame["band_alone"].to_list() == [False, False, False, True, False, False, False]


def test_band_ends_at_the_ends_of_the_scale(make_series: MakeSeries) -> None:
    frame = drawn_frame(make_series([-0.95, 0.99], errors=[0.4, 0.4]))
    assert frame["low"][0] == -1
    assert frame["high"][1] == 1


def test_band_is_the_interval_that_the_frame_brings(gapped: pl.DataFrame) -> None:
    own = gapped.with_columns(
        low=pl.when(pl.col("se").is_not_null()).then(pl.col("stance") - 0.3),
        high=pl.when(pl.col("se").is_not_null()).then(pl.col("stance") + 0.2),
    )
    frame = drawn_frame(own)
    known = frame.filter(pl.col("se").is_not_null())
    assert (known["stance"] - known["low"]).to_list() == pytest.approx([0.3] * known.height)
    assert (known["high"] - known["stance"]).to_list() == pytest.approx([0.2] * known.height)
    note = " ".join(charts.stance_over_time(own).to_dict()["title"]["subtitle"])
    assert "interval of that mean (that of the series, 95 % if not asked otherwise" in note


def test_axis_neutral_line_and_band_are_explained(gapped: pl.DataFrame) -> None:
    specification = charts.stance_over_time(gapped).to_dict()
    titles = {
        node["axis"].get("title")
        for node in nodes(specification)
        if isinstance(node.get("axis"), dict)
    }
    assert {"Stance (−1 against … +1 in favor)", "articles"} <= titles
    assert "neutral-rule" in styles(specification)
    note = " ".join(specification["title"]["subtitle"])
    assert "Band: interval of that mean (95 %, ± 1.96 standard errors" in note
    assert "Gaps: no article" in note
    assert "a week's articles" in note
    assert "UTC" in note


def test_one_panel_a_target_with_one_legend(make_series: MakeSeries, tmp_path: Path) -> None:
    parts = [
        make_series([0.1, 0.2], target=target, source=source)
        for target in ("NATO", "Russia", "Ukraine")
        for source in ("Example Post", "Приклад")
    ]
    specification = charts.stance_over_time(pl.concat(parts)).to_dict()
    headings = [panel["title"]["text"] for panel in specification["vconcat"]]
    assert headings == ["NATO", "Russia", "Ukraine"]
    legends = [
        {
            bool(node["color"]["legend"])
            for node in nodes(panel)
            if "legend" in node.get("color", {})
        }
        for panel in specification["vconcat"]
    ]
    # One scale and one legend, which every part must name alike: else Vega-Lite warns.
    assert legends == [{True}, {True}, {True}]
    assert "resolve" not in specification
    drawn = charts.save(charts.stance_over_time(pl.concat(parts)), tmp_path / "drawn.svg")
    assert drawn.read_text("utf-8").count("role-legend-label") == 2


def test_more_sources_than_colours_become_small_multiples(
    make_series: MakeSeries, invasion: object
) -> None:
    parts = [make_series([0.1, 0.2, 0.1, 0.0], source=f"outlet {i}") for i in range(9)]
    chart = charts.stance_over_time(pl.concat(parts), events=[invasion], width=700)
    specification = chart.to_dict()
    panels = [panel for row in specification["vconcat"] for panel in row["hconcat"]]
    assert [panel["title"]["text"] for panel in panels] == [f"outlet {i}" for i in range(9)]
    assert not [node for node in nodes(specification) if "color" in node.get("encoding", {})]
    # The labels once, above the first row of two; the rules in each panel.
    marks = styles(specification)
    assert marks.count("event-label") == 2
    assert marks.count("event-rule") == 9


def test_sources_without_articles_on_a_target_keep_their_colour(make_series: MakeSeries) -> None:
    both = pl.concat(
        [
            make_series([0.1, 0.2], source="A"),
            make_series([0.1, 0.2], source="B"),
            make_series([None, None], source="A", target="Russia"),
            make_series([0.1, 0.2], source="B", target="Russia"),
        ]
    )
    domains = [
        node["color"]["scale"]["domain"]
        for node in nodes(charts.stance_over_time(both).to_dict())
        if "color" in node and "scale" in node["color"]
    ]
    assert domains
    assert all(domain == ["A", "B"] for domain in domains)


def test_event_outside_the_picture_is_named(
    make_series: MakeSeries, happening: Callable[..., Any]
) -> None:
    later = happening("a later event", datetime(2030, 1, 1, tzinfo=UTC))
    specification = charts.stance_over_time(make_series([0.1, 0.2]), events=[later]).to_dict()
    assert "Outside the picture: a later event." in " ".join(specification["title"]["subtitle"])
    assert "event-rule" not in styles(specification)


def test_event_label_is_used_where_there_is_one(
    make_series: MakeSeries, happening: Callable[..., Any]
) -> None:
    event = happening("a long name", datetime(2022, 2, 8, tzinfo=UTC), "short")
    chart = charts.stance_over_time(make_series([0.1, 0.2, 0.3]), events=[event])
    assert rows_of(chart, "event")[0]["text"] == "short"


def test_description_is_an_alternative_text(gapped: pl.DataFrame) -> None:
    description = charts.stance_over_time(gapped).to_dict()["description"]
    assert description.startswith("Stance by week, 31 Jan 2022 to 28 Mar 2022.")
    assert "NATO in Example Post: mean +0.01, between −0.30 (31 Jan 2022)" in description


def test_global_theme_stays_and_both_themes_are_registered(gapped: pl.DataFrame) -> None:
    active = alt.theme.active
    dark = charts.stance_over_time(gapped, theme="dark").to_dict()
    assert alt.theme.active == active
    assert dark["config"]["background"] == DARK.background
    assert {"stancelib", "stancelib-dark"} <= set(alt.theme.names())
    with alt.theme.enable("stancelib-dark"):
        plain = alt.Chart(alt.InlineData(values=[{"x": 1}])).mark_point().encode(x="x:Q").to_dict()
    assert plain["config"]["background"] == DARK.background


def test_a_chart_can_be_changed_further(gapped: pl.DataFrame) -> None:
    chart = charts.stance_over_time(gapped).properties(title="mine")
    assert "mine" in drawn(chart)


def test_cyrillic_is_drawn(make_series: MakeSeries) -> None:
    svg = drawn(charts.stance_over_time(make_series([0.1, 0.2], source="Київські вісті")))
    assert "Київські вісті" in svg


@pytest.mark.parametrize("column", ["target", "source", "period", "stance", "se", "n_documents"])
def test_missing_column_is_named(gapped: pl.DataFrame, column: str) -> None:
    with pytest.raises(DataError, match=f"'{column}' is missing"):
        charts.stance_over_time(gapped.drop(column))


def test_period_without_zone_is_refused(gapped: pl.DataFrame) -> None:
    naive = gapped.with_columns(pl.col("period").dt.replace_time_zone(None))
    with pytest.raises(DataError, match="with a time zone"):
        charts.stance_over_time(naive)


def test_event_without_zone_is_refused(gapped: pl.DataFrame, happening: Callable[..., Any]) -> None:
    with pytest.raises(DataError, match="no time zone"):
        charts.stance_over_time(gapped, events=[happening("x", datetime(2022, 2, 1))])  # noqa: DTZ001


@pytest.mark.parametrize("stances", [[None, None], []])
def test_nothing_to_draw_is_said(make_series: MakeSeries, stances: list[None]) -> None:
    with pytest.raises(NotEnoughDataError, match="nothing to draw"):
        charts.stance_over_time(make_series(stances))


def test_unknown_theme_names_the_known(gapped: pl.DataFrame) -> None:
    with pytest.raises(ArgumentError, match="known themes: light, dark"):
        charts.stance_over_time(gapped, theme="drak")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("every", "name"),
    [
        ("1d", "day"),
        ("1w", "week"),
        ("2w", "two weeks"),
        ("1mo", "month"),
        ("1q", "quarter"),
        ("5d", "period"),
    ],
)
def test_periods_have_names(every: str, name: str) -> None:
    first, last = datetime(2021, 10, 1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC)
    periods = pl.datetime_range(first, last, every, time_zone="Europe/Kyiv", eager=True)
    assert period_name(pl.DataFrame({"period": periods})) == name


@pytest.mark.parametrize("name", charts.__all__)
def test_public_functions_take_no_loose_keywords(name: str) -> None:
    parameters = inspect.signature(getattr(charts, name)).parameters.values()
    assert parameters
    assert all(p.kind is not p.VAR_KEYWORD and p.annotation is not p.empty for p in parameters)
