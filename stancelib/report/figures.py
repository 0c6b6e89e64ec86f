"""Charts as data of the page: one specification for wide and one for narrow screens.

The rows of all charts are kept once, as tables; colours are left to the style sheet, so that the
page follows light, dark and print without drawing again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import altair as alt

from stancelib.charts.theme import MOST_COLOURS, Palette, theme_configuration

WIDE, NARROW = 760, 268
# Bytes of all charts of a page; what does not fit is named on the page instead of drawn.
CHART_BUDGET = 1_600_000

PAGE_PALETTE = Palette(
    ink="var(--ink)",
    muted="var(--muted)",
    grid="var(--grid)",
    neutral="var(--neutral)",
    background="transparent",
    categories=tuple(f"var(--category-{i + 1})" for i in range(MOST_COLOURS)),
)

Draw = Callable[[int], alt.TopLevelMixin]
Specification = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart on the page.

    Attributes
    ----------
    name
        Its ``id`` on the page; null where the page had no room for the chart.
    label
        Alternative text.
    note
        How to read it.
    """

    name: str | None
    label: str
    note: str


class Pictures(Protocol):
    """Where the charts of a report are kept: in a page, or as files beside a text."""

    def add(self, draw: Draw, *, label: str | None = None) -> Figure:
        """Keep a chart, and say under which name."""
        ...


@dataclass(slots=True)
class Album:
    """The charts of a page, added one by one."""

    charts: dict[str, dict[str, Specification]] = field(default_factory=dict)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    size: int = 0

    def add(self, draw: Draw, *, label: str | None = None) -> Figure:
        """Draw a chart in both widths and keep it, where there is room for it.

        Parameters
        ----------
        draw : callable
            Width of the plotting area in pixels in, chart out.
        label : str, optional
            Alternative text; by default the chart's own description.
        """
        both = {"wide": _plain(draw(WIDE)), "narrow": _plain(draw(NARROW))}
        wide = both["wide"]
        note = " ".join(wide.pop("title").get("subtitle", []))
        both["narrow"].pop("title")
        text = label or str(wide.get("description", ""))
        tables = {
            name: rows for spec in both.values() for name, rows in spec.pop("datasets").items()
        }
        new = {name: _table(rows) for name, rows in tables.items() if name not in self.tables}
        added = len(json.dumps([both, new], ensure_ascii=False).encode())
        if self.size + added > CHART_BUDGET:
            return Figure(None, text, note)
        self.size += added
        self.tables |= new
        name = f"chart-{len(self.charts) + 1}"
        self.charts[name] = both
        return Figure(name, text, note)

    def content(self) -> dict[str, Any]:
        """What the script of the page reads."""
        configuration = theme_configuration(PAGE_PALETTE) | {"padding": 2, "aria": False}
        return {"config": configuration, "tables": self.tables, "charts": self.charts}


def _plain(chart: alt.TopLevelMixin) -> Specification:
    """A specification without its theme, which the page brings, and unchecked: we built it."""
    specification: Specification = chart.to_dict(validate=False)
    specification.pop("config", None)
    return specification


def _table(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows with their names said once."""
    columns = list(rows[0]) if rows else []
    return {"columns": columns, "rows": [[row[column] for column in columns] for row in rows]}
