"""A series above its sentences: what stands behind points, the table, and a drag in a browser."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import vl_convert

from stancelib.charts import save, series_with_sentences
from stancelib.charts.brushed_core import cut_lines, sentences_of, with_telling
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

# Only against a hang: no test is timed.
PATIENCE = 60_000
# The plotting area of the series: the widest that is as high as asked.
PLOT = """() => [...document.querySelectorAll('svg.marks .background')]
  .map((one) => one.getBoundingClientRect())
  .find((one) => one.width === 600 && one.height === 220)
  .toJSON()"""
WEEKS = [datetime(2022, 2, day, tzinfo=UTC) for day in (7, 14, 21, 28)]
SERIES = pl.DataFrame(
    {
        "target": "NATO",
        "source": ["Beacon Wire"] * 4 + ["Вечірній вісник"] * 4,
        "period": pl.Series(WEEKS * 2, dtype=pl.Datetime("us", "UTC")),
        "stance": [-0.4, -0.3, None, 0.1, 0.2, 0.3, 0.3, 0.5],
        "se": [0.1, 0.1, None, 0.1, 0.1, 0.1, None, 0.1],
        "n_documents": [5, 4, 0, 6, 3, 3, 1, 9],
    }
)
SAID = pl.DataFrame(
    {
        "text": [
            "NATO has broken every promise it made.",
            "Without NATO the port would be lost.",
            "Альянс дотримав слова, каже мер.",
            "The new barracks helps nobody.",
            "Somebody else wrote this.",
        ],
        "stance": [-0.9, 0.7, 0.95, -0.3, 1.0],
        "source": ["Beacon Wire", "Beacon Wire", "Вечірній вісник", "Beacon Wire", "Tageblitz"],
        "published_at": pl.Series(
            [datetime(2022, month, day, 9, tzinfo=UTC) for month, day in [(2, 8), (2, 9), (3, 2)]]
            + [datetime(2022, 3, 3, tzinfo=UTC), datetime(2022, 2, 8, tzinfo=UTC)],
            dtype=pl.Datetime("us", "UTC"),
        ),
        "voice": ["author", "quoted", "quoted", "author", "author"],
        "speaker": [None, None, "мер", None, None],
    }
)


def drawn(chart: Any) -> str:
    svg: str = vl_convert.vegalite_to_svg(chart.to_dict(), vl_version="6.4")
    return svg


def test_points_tell_the_strongest_sentence_of_each_side_behind_them() -> None:
    said = sentences_of(SAID, SERIES, "NATO")
    frame = with_telling(SERIES, said)
    told = {
        (row["source"], row["period"].day): (row["most_against"], row["most_in_favor"])
        for row in frame.iter_rows(named=True)
    }
    assert told["Beacon Wire", 7] == (SAID["text"][0], SAID["text"][1])
    assert told["Beacon Wire", 28] == (SAID["text"][3], "none given")
    assert told["Beacon Wire", 14] == ("none given", "none given")
    assert told["Вечірній вісник", 28] == ("none given", SAID["text"][2])
    # Pooled, every source stands behind the one line.
    pooled = SERIES.head(4).with_columns(source=pl.lit("all"))
    frame = with_telling(pooled, sentences_of(SAID, pooled, "NATO"))
    assert frame["most_in_favor"].to_list()[0] == "Somebody else wrote this."


def test_without_a_drag_the_table_has_the_strongest_of_both_sides() -> None:
    chart = series_with_sentences(SERIES, SAID, most=2, title="A picture")
    svg = drawn(chart)
    assert "Most telling sentences, all periods (of 4)" in svg
    assert svg.index("NATO has broken every promise") < svg.index("Альянс дотримав слова")
    assert ">Without NATO" not in svg
    assert "Beacon Wire · 8 Feb 2022 · own words" in svg
    assert "Вечірній вісник · 2 Mar 2022 · quotes мер" in svg
    note = " ".join(chart.title.subtitle)
    assert "Left out: 1 sentences of other sources or targets." in note
    assert "A table below has 4 sentences." in chart.description


def test_one_side_alone_fills_the_table() -> None:
    against = SAID.with_columns(stance=-pl.col("stance").abs())
    svg = drawn(series_with_sentences(SERIES, against, most=4))
    assert all(text.split()[0] in svg for text in SAID["text"].head(4))


def test_dates_are_those_of_the_time_zone_of_the_series() -> None:
    kyiv = SERIES.with_columns(pl.col("period").dt.replace_time_zone("Europe/Kyiv"))
    late = SAID.head(1).with_columns(
        published_at=pl.lit(datetime(2022, 2, 13, 23, tzinfo=UTC)).cast(pl.Datetime("us", "UTC"))
    )
    frame = with_telling(kyiv, sentences_of(late, kyiv, "NATO"))
    assert frame["most_against"].to_list()[1] == SAID["text"][0]
    assert "14 Feb 2022" in drawn(series_with_sentences(kyiv, late))


def test_texts_are_cut_to_two_lines() -> None:
    assert cut_lines("one two three", 400, 11) == "one two three"
    lines = cut_lines("слово " * 60, 200, 11).split("\n")
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert cut_lines("a" * 100, 60, 10).endswith("…")
    assert cut_lines("", 60, 10) == ""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 830])
def test_it_is_drawn(theme: Any, width: int, tmp_path: Path) -> None:
    chart = series_with_sentences(SERIES, SAID, theme=theme, width=width)
    assert save(chart, tmp_path / "series.png").stat().st_size > 20_000


@pytest.mark.browser
def test_a_drag_over_a_period_changes_the_table(chromium: Any, tmp_path: Path) -> None:
    hostile = SAID.with_columns(
        text=pl.when(pl.col("stance") == -0.9)
        .then(pl.lit("</script><script>window.broken = true</script> NATO lied."))
        .otherwise("text")
    )
    chart = series_with_sentences(SERIES, hostile, width=600)
    # As SVG, so that the texts can be read.
    chart.usermeta = {"embedOptions": {"renderer": "svg"}}
    place = save(chart, tmp_path / "series.html")
    page = chromium.new_page(viewport={"width": 900, "height": 1000})
    page.set_default_timeout(PATIENCE)
    requests: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.goto(place.as_uri())
    page.wait_for_selector("svg.marks")
    assert "all periods (of 4)" in page.text_content("svg.marks")
    assert "NATO lied." in page.text_content("svg.marks")

    back = page.evaluate(PLOT)
    left, middle, right = back["x"] + 3, back["x"] + back["width"] * 0.5, back["x"] + back["width"]
    down = back["y"] + back["height"] / 2
    page.mouse.move(middle + 60, down)
    page.mouse.down()
    page.mouse.move(right - 5, down, steps=8)
    page.mouse.up()
    page.wait_for_function(
        "() => document.querySelector('svg.marks').textContent.includes('(of 2)')"
    )
    said = page.text_content("svg.marks")
    assert "The new barracks helps nobody." in said
    assert "Альянс дотримав слова" in said
    assert "NATO lied." not in said

    # A click beside the brush shows all again.
    page.mouse.click(left, down)
    page.wait_for_function(
        "() => document.querySelector('svg.marks').textContent.includes('all periods (of 4)')"
    )
    assert page.evaluate("() => window.broken") is None
    assert errors == []
    assert requests == [place.as_uri()]
    page.close()


def test_refusals() -> None:
    with pytest.raises(DataError, match="published_at"):
        series_with_sentences(SERIES, SAID.drop("published_at"))
    naive = SAID.with_columns(pl.col("published_at").dt.replace_time_zone(None))
    with pytest.raises(DataError, match="with a time zone"):
        series_with_sentences(SERIES, naive)
    with pytest.raises(DataError, match="null or outside"):
        series_with_sentences(SERIES, SAID.with_columns(stance=pl.lit(None, pl.Float64)))
    with pytest.raises(NotEnoughDataError, match="none of 5 sentences is on NATO"):
        series_with_sentences(SERIES, SAID.with_columns(source=pl.lit("Nobody")))
    both = pl.concat([SERIES, SERIES.with_columns(target=pl.lit("Russia"))])
    with pytest.raises(ArgumentError, match="has 2 targets"):
        series_with_sentences(both, SAID)
    with pytest.raises(ArgumentError, match="unknown target 'NAT'"):
        series_with_sentences(both, SAID, target="NAT")
    with pytest.raises(ArgumentError, match="most must be at least 1"):
        series_with_sentences(SERIES, SAID, most=0)
    many = pl.concat([SERIES.head(4).with_columns(source=pl.lit(f"Outlet {i}")) for i in range(8)])
    with pytest.raises(ArgumentError, match="8 sources are more than the 7 colours"):
        series_with_sentences(many, SAID)
    with pytest.raises(ArgumentError, match="unknown theme 'sepia'"):
        series_with_sentences(SERIES, SAID, theme="sepia")  # type: ignore[arg-type]  # wrong on purpose
