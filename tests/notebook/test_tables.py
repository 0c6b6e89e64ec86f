"""Cells and tables: the numbers of the house, times in their zone, names escaped, sizes."""

from __future__ import annotations

import datetime as dt
import re

import polars as pl
import pytest

from stancelib.notebook import fields_of, frame_html
from stancelib.notebook.cells import Format, cell, frame_cells
from stancelib.notebook.style import style_html
from stancelib.store.summaries import AddedDocuments


@pytest.mark.parametrize(
    ("value", "form", "words"),
    [
        (0.254, "signed", "+0.25"),
        (-0.254, "signed", "−0.25"),
        (-0.0, "signed", "0.00"),
        (0.0031, "signed", "+0.0031"),
        (-0.0000001, "signed", "0.000000"),
        (12.34, "plain", "12.3"),
        (-1234.5, "plain", "−1,234"),
        (float("inf"), "signed", "∞"),
        (float("-inf"), "plain", "−∞"),
        (float("nan"), "signed", "–"),
        (0.0, "share", "0%"),
        (1.0, "share", "100%"),
        (0.0132, "share", "1.3%"),
        (0.0002, "share", "< 0.1%"),
        (0.0004, "p", "< 0.001"),
        (0.0431, "p", "0.043"),
        (-12, "plain", "−12"),
        (True, "plain", "yes"),
        (None, "signed", "–"),
        (dt.timedelta(hours=12), "plain", "12 hours"),
        (dt.timedelta(days=1), "plain", "1 day"),
        (dt.timedelta(days=2.5), "plain", "2.50 days"),
    ],
)
def test_cell(value: object, form: Format, words: str) -> None:
    assert cell(value, form) == words


def test_long_texts_are_cut_to_one_line() -> None:
    assert cell("word\n" * 50) == ("word " * 12).strip()[:59] + "…"
    assert len(cell(["name"] * 50)) <= 60


def test_interval_and_error_have_the_decimals_of_the_largest() -> None:
    frame = pl.DataFrame(
        {
            "estimate": [-0.0031, 0.5],
            "low": [-0.0102, 0.0],
            "high": [0.004, None],
            "se": [0.0036, 0.1],
        }
    )
    first, second = frame_cells(frame, {}, None)
    assert list(first.values()) == ["−0.003", "−0.010", "+0.004", "0.004"]
    assert list(second.values()) == ["+0.50", "0.00", "–", "0.10"]


def test_stances_of_a_column_have_equal_decimals() -> None:
    cells = frame_cells(pl.DataFrame({"stance": [-0.022, 0.37, None]}), {}, None)
    assert [row["stance"] for row in cells] == ["−0.02", "+0.37", "–"]


def test_times_are_local_and_say_their_zone() -> None:
    at = dt.datetime(2022, 2, 23, 23, 30, tzinfo=dt.UTC)
    frame = pl.DataFrame({"at": [at]})
    assert "24 Feb 2022, 01:30" in frame_html(frame, time_zone="Europe/Kyiv")
    assert "at (Europe/Kyiv)" in frame_html(frame, time_zone="Europe/Kyiv")
    assert "23 Feb 2022, 23:30" in frame_html(frame)
    assert "at (UTC)" in frame_html(frame)


def test_midnights_of_a_zone_are_dates() -> None:
    at = dt.datetime(2022, 2, 23, 22, tzinfo=dt.UTC)
    html = frame_html(pl.DataFrame({"period": [at]}), time_zone="Europe/Kyiv")
    assert ">24 Feb 2022<" in html
    assert ">period<" in html


def test_names_and_values_are_escaped() -> None:
    name = "<script>alert(1)</script>"
    html = frame_html(pl.DataFrame({name: [name, '"><img onerror=x>']}))
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2


def test_markdown_and_html_of_great_tables_stay_text() -> None:
    html = frame_html(pl.DataFrame({"**bold**": ["{{<b>}}", "**x**", "\\(y\\)"]}))
    assert "**bold**" in html
    assert "<strong>" not in html
    assert "<b>" not in html


def test_long_and_wide_frames_say_what_is_left_out() -> None:
    frame = pl.DataFrame({f"c{place}": range(1254) for place in range(14)})
    html = frame_html(frame)
    assert "and 1,234 more rows" in html
    assert "further columns: c12, c13" in html
    assert html.count("<tr") == 1 + 20
    assert "and 1 more row<" in frame_html(frame[:3, :2], most_rows=2)
    assert "more row" not in frame_html(frame[:2, :2], most_rows=2)


def test_names_of_columns_that_are_left_out_are_escaped() -> None:
    names = [*"abcdefghijkl", "<script>alert(1)</script>", "**bold**"]
    html = frame_html(pl.DataFrame(dict.fromkeys(names, 1)))
    assert "further columns: &lt;script&gt;alert(1)&lt;/script&gt;, **bold**<" in html
    assert "<script" not in html


def test_rules_touch_nothing_else_on_the_page() -> None:
    """great_tables writes ``tr { ... }`` for the whole page; our rules name our class first."""
    assert "<style" not in frame_html(pl.DataFrame({"a": [1]}))
    rules = style_html().removeprefix("<style>\n").removesuffix("</style>")
    for line in rules.strip().splitlines():
        inner = line.removeprefix("@media (prefers-color-scheme:dark){")
        selectors = inner.partition("{")[0].split(",")
        assert all(selector.startswith(".stancelib-shown") for selector in selectors), line


def test_equal_frames_are_equal_bytes_and_others_have_other_names() -> None:
    one, other = pl.DataFrame({"a": [1]}), pl.DataFrame({"a": [2]})
    assert frame_html(one) == frame_html(one.clone())
    names = [set(re.findall(r'id="([^"]+)"', frame_html(frame))) for frame in (one, other)]
    assert len(names[0]) == len(names[1]) == 1
    assert names[0] != names[1]


def test_fields() -> None:
    found = fields_of(AddedDocuments(12_000, 1, 2, 3), without=("rejected",))
    assert found.rows() == [("added", "12,000"), ("unchanged", "1"), ("sentences", "3")]
