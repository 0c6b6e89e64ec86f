"""The pictures of panels: what is drawn, what is cut, what is said."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from stancelib.charts.difference_in_differences import difference_in_differences_chart
from stancelib.charts.differences import difference_domain
from stancelib.charts.event_study import event_study_chart
from stancelib.charts.synthetic_control import synthetic_control_chart
from stancelib.errors import DataError, NotEnoughDataError

EVENT = datetime(2022, 2, 24, 3, tzinfo=UTC)
WEEKS = [datetime(2022, 2, 7, tzinfo=UTC) + timedelta(weeks=i) for i in range(6)]


@pytest.fixture
def study() -> pl.DataFrame:
    """Six weeks: a lead, the reference, the event's own, a gap, a lag, one without ends."""
    return pl.DataFrame(
        {
            "period": WEEKS,
            "relative": [-2, -1, 0, 1, 2, 3],
            "estimate": [0.02, 0.0, -0.2, None, -0.3, -0.28],
            "low": [-0.1, None, -0.3, None, -0.4, None],
            "high": [0.1, None, -0.1, None, -0.2, None],
            "part": ["before", "reference", "transition", "after", "after", "after"],
            "n": [4, 4, 4, 0, 4, 3],
        }
    )


@pytest.fixture
def courses() -> pl.DataFrame:
    """Six weeks of two groups; nobody of the treated published in the second."""
    return pl.DataFrame(
        {
            "period": WEEKS,
            "treated": [0.1, None, 0.12, -0.2, -0.25, -0.2],
            "controls": [0.3, 0.31, 0.3, 0.28, 0.3, 0.33],
            "expected": [0.1, 0.11, 0.1, 0.08, 0.1, 0.13],
            "synthetic": [0.09, None, 0.11, 0.1, 0.08, 0.11],
            "part": ["before"] * 3 + ["after"] * 3,
        }
    )


def study_specification(frame: pl.DataFrame, **options: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = {"event_name": "invasion", "event_at": EVENT, "compared": True}
    return event_study_chart(frame, **(arguments | options)).to_dict()


def difference_specification(frame: pl.DataFrame, **options: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = {"event_name": "invasion", "event_at": EVENT}
    sizes = {"n_treated": 4, "n_controls": 9}
    return difference_in_differences_chart(frame, **(arguments | sizes | options)).to_dict()


def twin_specification(frame: pl.DataFrame, **options: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = {"event_name": "invasion", "event_at": EVENT, "source": "Post"}
    return synthetic_control_chart(frame, **(arguments | options)).to_dict()


def rows_with(found: dict[str, Any], *columns: str) -> list[dict[str, Any]]:
    tables = found["datasets"].values()
    return [row for rows in tables for row in rows if all(column in row for column in columns)]


def note_of(found: dict[str, Any]) -> str:
    return " ".join(found["title"]["subtitle"])


# ---- event study ---- #


def test_gap_cuts_the_band_and_the_reference_joins_it(study: pl.DataFrame) -> None:
    rows = rows_with(study_specification(study), "run", "low")
    banded = {row["relative"]: row["run"] for row in rows if row["low"] is not None}
    assert sorted(banded) == [-2, -1, 0, 2]
    assert banded[-2] == banded[-1] == banded[0] != banded[2]
    reference = next(row for row in rows if row["relative"] == -1)
    assert reference["low"] == reference["high"] == reference["estimate"] == 0


def test_notes_of_an_event_study_name_what_is_drawn(study: pl.DataFrame) -> None:
    note = note_of(study_specification(study, confidence_level=0.9))
    assert "90 % intervals, each for its own week" in note
    assert "Hollow point: the reference week, 14 Feb 2022." in note
    assert "Points without a bar have no bounded interval." in note
    assert "Event: 24 Feb 2022. Times in UTC." in note
    closed = note_of(study_specification(study.filter(pl.col("relative") < 3)))
    assert "bounded" not in closed


def test_axis_says_whether_there_are_controls(study: pl.DataFrame) -> None:
    titles = [json.dumps(study_specification(study, compared=c)) for c in (True, False)]
    assert ["less that of the controls" in title for title in titles] == [True, False]


@pytest.mark.parametrize("column", ["period", "estimate", "part", "n"])
def test_missing_column_of_an_event_study_is_named(study: pl.DataFrame, column: str) -> None:
    with pytest.raises(DataError, match=f"column '{column}' is missing; found columns"):
        study_specification(study.drop(column))


def test_event_study_without_estimates_is_refused(study: pl.DataFrame) -> None:
    nothing = study.with_columns(estimate=pl.when(pl.col("part") == "reference").then(0.0))
    with pytest.raises(NotEnoughDataError, match="none of 6 periods has an estimate"):
        study_specification(nothing)


# ---- courses ---- #


def test_expected_course_is_drawn_after_the_event_only_and_dashed(courses: pl.DataFrame) -> None:
    found = difference_specification(courses)
    rows = rows_with(found, "line", "value")
    expected = [row["period"] for row in rows if row["line"].startswith("treated, expected")]
    assert min(expected) == "2022-02-28T00:00:00Z"
    assert len(expected) == 3
    svg = vl_convert.vegalite_to_svg(found, vl_version="6.4")
    assert svg.count('stroke-dasharray="5,4"') >= 1


def test_null_stance_cuts_the_line(courses: pl.DataFrame) -> None:
    rows = rows_with(difference_specification(courses), "line", "run")
    runs = {label: {r["run"] for r in rows if r["line"] == label} for label in ("treated (4)",)}
    assert len(runs["treated (4)"]) == 2
    assert len({r["run"] for r in rows if r["line"] == "controls (9)"}) == 1


def test_twin_is_named_after_its_outlet(courses: pl.DataFrame) -> None:
    found = twin_specification(courses, description="It fell.")
    assert {row["line"] for row in rows_with(found, "line")} == {"Post", "synthetic Post"}
    assert found["title"]["text"] == ["Post and its synthetic twin"]
    assert found["description"] == "It fell."
    assert "Times in UTC." in note_of(found)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures_render(study: pl.DataFrame, courses: pl.DataFrame, theme: str) -> None:
    for found in (
        study_specification(study, theme=theme),
        difference_specification(courses, theme=theme),
        twin_specification(courses, theme=theme),
    ):
        svg = vl_convert.vegalite_to_svg(found, vl_version="6.4")
        assert "invasion" in svg


def test_corrected_courses_beyond_the_scale_are_shown(courses: pl.DataFrame) -> None:
    wide = courses.with_columns(treated=pl.when(treated=-0.25).then(-1.3).otherwise("treated"))
    spec = difference_specification(wide)
    domains = [
        layer["encoding"]["y"]["scale"]["domain"]
        for layer in spec["layer"]
        if "scale" in layer.get("encoding", {}).get("y", {})
    ]
    assert domains
    assert all(low <= -1.3 for low, _ in domains)


def test_courses_that_cannot_be_drawn_are_refused(courses: pl.DataFrame) -> None:
    with pytest.raises(DataError, match="column 'expected' is missing"):
        difference_specification(courses.drop("expected"))
    with pytest.raises(DataError, match="column 'synthetic' is missing"):
        twin_specification(courses.drop("synthetic"))
    with pytest.raises(DataError, match="time zone"):
        twin_specification(courses.with_columns(pl.col("period").dt.replace_time_zone(None)))
    empty = courses.with_columns(treated=pl.lit(None, pl.Float64), synthetic=pl.lit(None))
    with pytest.raises(NotEnoughDataError, match="none of 6 periods has a stance"):
        twin_specification(empty.with_columns(pl.col("synthetic").cast(pl.Float64)))


@given(st.lists(st.floats(-2, 2), min_size=1, max_size=8))
def test_axis_of_differences_holds_all_values_and_zero(values: list[float]) -> None:
    low, high = difference_domain(pl.Series(values))
    assert -2.5 <= low < 0 < high <= 2.5
    assert low <= min(values) + 0.01
    assert max(values) <= high + 0.01
