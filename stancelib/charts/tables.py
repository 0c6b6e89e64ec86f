"""The rows of a chart, kept once and apart from its layers.

Altair copies a chart at each step, with all rows that stand in it: layers here only name their
table, and the tables are put into the finished chart.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import altair as alt
import polars as pl

from stancelib.charts.clock import as_clock
from stancelib.errors import DataError

Rows = list[dict[str, Any]]


def check_columns(frame: pl.DataFrame, needed: Iterable[str]) -> None:
    """Refuse a frame that lacks a column, and say which it has."""
    for column in needed:
        if column not in frame.columns:
            raise DataError.missing_column(column, frame.columns)


@dataclass(slots=True)
class Tables:
    """Tables by name; equal rows have equal names, in every chart."""

    rows: dict[str, Rows] = field(default_factory=dict)

    def add(self, rows: Rows) -> alt.NamedData:
        """Keep rows, and return what a layer says instead of them."""
        text = json.dumps(rows, ensure_ascii=False)
        name = f"rows-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
        self.rows[name] = rows
        return alt.NamedData(name=name)

    def add_frame(self, frame: pl.DataFrame) -> alt.NamedData:
        """Keep a frame: times as wall clocks, numbers to four decimals."""
        times = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
        plain = frame.with_columns(*map(as_clock, times), pl.selectors.float().round(4))
        return self.add(plain.to_dicts())
