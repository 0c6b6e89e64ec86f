"""Charts as files."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from stancelib.charts import save, stance_over_time
from stancelib.errors import ArgumentError

BEGINNINGS = {"png": b"\x89PNG", "svg": b"<svg", "pdf": b"%PDF"}


@pytest.mark.parametrize("kind", BEGINNINGS)
def test_chart_is_saved(gapped: pl.DataFrame, tmp_path: Path, kind: str) -> None:
    path = save(stance_over_time(gapped), tmp_path / "new" / f"chart.{kind}")
    assert path.read_bytes().startswith(BEGINNINGS[kind])


def test_html_needs_no_network(gapped: pl.DataFrame, tmp_path: Path) -> None:
    page = save(stance_over_time(gapped), tmp_path / "chart.html").read_text(encoding="utf-8")
    assert re.findall(r"<(?:script|link)[^>]+(?:src|href)=", page) == []
    assert len(page) > 500_000


def test_no_text_can_end_the_script_of_a_page(gapped: pl.DataFrame, tmp_path: Path) -> None:
    hostile = gapped.with_columns(source=pl.lit("</script><script>alert(1)</script><!--"))
    page = save(stance_over_time(hostile), tmp_path / "chart.html").read_text(encoding="utf-8")
    assert "alert(1)" in page
    assert "<script>alert(1)" not in page
    assert "\\u003c/script>\\u003cscript>alert(1)" in page


def test_unknown_ending_names_the_known(gapped: pl.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"known file endings: \.png, \.svg, \.pdf, \.html"):
        save(stance_over_time(gapped), tmp_path / "chart.jpeg")
