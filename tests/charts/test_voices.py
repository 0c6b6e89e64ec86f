"""Both voices: what stands in the specification, and what Vega draws from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import vl_convert

from stancelib import charts
from stancelib.charts.theme import LIGHT
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

MakeSeries = Callable[..., pl.DataFrame]


def nodes(value: object) -> Iterator[dict[str, Any]]:
    """Every object of a specification."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def rows_of(chart: Any) -> list[dict[str, Any]]:
    datasets = chart.to_dict()["datasets"].values()
    return [row for rows in datasets for row in rows if "stance" in row]


@pytest.fixture
def both(make_series: MakeSeries) -> dict[str, pl.DataFrame]:
    author = make_series([-0.1, -0.2, None, -0.3, -0.2])
    quoted = make_series([-0.5, -0.4, -0.6, -0.5, None])
    return {"author": author, "quoted": quoted}


def test_each_voice_has_its_line_its_band_and_its_gap(both: dict[str, pl.DataFrame]) -> None:
    rows = rows_of(charts.stance_by_voice(both))
    by_voice = {name: [row for row in rows if row["source"] == name] for name in voices_of(rows)}
    assert {name: [row["stance"] for row in own] for name, own in by_voice.items()} == {
        "outlet's own words": [-0.1, -0.2, -0.3, -0.2],
        "quoted": [-0.5, -0.4, -0.6, -0.5],
    }
    assert len({row["line_run"] for row in by_voice["outlet's own words"]}) == 2
    assert len({row["line_run"] for row in by_voice["quoted"]}) == 1
    first = by_voice["quoted"][0]
    assert (first["low"], first["high"]) == pytest.approx((-0.5 - 0.196, -0.5 + 0.196))


def voices_of(rows: list[dict[str, Any]]) -> set[str]:
    return {row["source"] for row in rows}


def test_colours_and_dashes_tell_the_voices_apart(both: dict[str, pl.DataFrame]) -> None:
    specification = charts.stance_by_voice(both).to_dict()
    dashes = [node["strokeDash"]["scale"] for node in nodes(specification) if "strokeDash" in node]
    assert dashes[0]["domain"] == ["outlet's own words", "quoted"]
    assert dashes[0]["range"] == [[1, 0], [7, 4]]
    svg = vl_convert.vegalite_to_svg(specification, vl_version="6.4")
    own, quoted = LIGHT.categories[:2]
    # The own words' line is broken by its silent week, the quoted line is dashed and whole.
    assert len(re.findall(rf'<path[^>]*d="M[^"]*L[^"]*" stroke="{own}"', svg)) >= 2
    assert re.search(rf'stroke="{quoted}"[^>]*stroke-dasharray="7,4"', svg)


def test_articles_are_not_added_over_voices(both: dict[str, pl.DataFrame]) -> None:
    specification = charts.stance_by_voice(both).to_dict()
    fields = [node["field"] for node in nodes(specification) if node.get("field") == "n_documents"]
    assert fields
    assert not [node for node in nodes(specification) if node.get("aggregate") == "sum"]


def test_one_panel_a_target_and_source(make_series: MakeSeries) -> None:
    def of(level: float) -> pl.DataFrame:
        parts = [
            make_series([level, level], target=target, source=source)
            for target in ("NATO", "Russia")
            for source in ("Gazette", "Courier")
        ]
        return pl.concat(parts)

    specification = charts.stance_by_voice({"author": of(0.1), "quoted": of(0.2)}).to_dict()
    headings = [panel["title"]["text"] for panel in specification["vconcat"]]
    assert headings == ["NATO · Courier", "NATO · Gazette", "Russia · Courier", "Russia · Gazette"]
    assert specification["title"]["text"] == ["Stance by voice"]


def test_headlines_are_a_third_voice_with_event_marks(
    both: dict[str, pl.DataFrame], invasion: Any, tmp_path: Path
) -> None:
    chart = charts.stance_by_voice(
        {**both, "headline": both["author"]}, events=[invasion], theme="dark"
    )
    assert voices_of(rows_of(chart)) == {"outlet's own words", "quoted", "headlines"}
    assert "Full-scale invasion" in str(chart.to_dict())
    assert charts.save(chart, tmp_path / "voices.png").stat().st_size > 10_000


def test_what_cannot_be_drawn_is_refused(both: dict[str, pl.DataFrame]) -> None:
    with pytest.raises(ArgumentError, match=r"unknown voice 'quote'.*Did you mean 'quoted'"):
        charts.stance_by_voice({"author": both["author"], "quote": both["quoted"]})
    with pytest.raises(ArgumentError, match="1 voices; give at least two"):
        charts.stance_by_voice({"author": both["author"]})
    with pytest.raises(DataError, match="se"):
        charts.stance_by_voice({**both, "quoted": both["quoted"].drop("se")})
    kyiv = both["quoted"].with_columns(pl.col("period").dt.convert_time_zone("Europe/Kyiv"))
    with pytest.raises(ArgumentError, match="ask for all in one time_zone"):
        charts.stance_by_voice({**both, "quoted": kyiv})
    silent = pl.lit(None, dtype=pl.Float64)
    empty = {voice: frame.with_columns(stance=silent) for voice, frame in both.items()}
    with pytest.raises(NotEnoughDataError, match="nothing to draw"):
        charts.stance_by_voice(empty)
