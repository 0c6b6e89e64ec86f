"""One look for every picture: fonts, colours and axes, as a Vega-Lite configuration.

The theme is registered with altair as ``stancelib`` and ``stancelib-dark``, but never enabled:
each chart carries its own configuration, so that the user's global theme stays as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import altair as alt

from stancelib.charts.tables import Tables
from stancelib.errors import ArgumentError

ThemeName = Literal["light", "dark"]
AnyChart = TypeVar("AnyChart", alt.Chart, alt.LayerChart, alt.VConcatChart)

# Faces with Latin and Cyrillic; the last is the one that vl-convert carries itself.
FONT = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', Roboto, sans-serif"
FONT_SIZE = 12
LABEL_SIZE = 11
# Widest number beside an axis, in pixels: equal in all panels, so that they stand in line.
AXIS_EXTENT = 36


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a theme, each any CSS colour.

    Attributes
    ----------
    ink, muted, grid, neutral, background
        Text; secondary text; grid lines; the line at stance 0; the paper.
    categories
        Colours of sources, in order, shape (7,): from Okabe and Ito (2008), moved until each has
        a contrast of 3 to the paper and all are far apart for protan and deutan eyes.
    """

    ink: str
    muted: str
    grid: str
    neutral: str
    background: str
    categories: tuple[str, ...]


LIGHT = Palette(
    ink="#1b1f24",
    muted="#56606b",
    grid="#e7e9ec",
    neutral="#7b848e",
    background="#ffffff",
    categories=("#0072b2", "#d08104", "#008d57", "#ce74a0", "#935606", "#2688f3", "#4d4d4d"),
)
DARK = Palette(
    ink="#eceff2",
    muted="#aab4be",
    grid="#2c333b",
    neutral="#8b95a0",
    background="#14181d",
    categories=("#2f9bdb", "#e7612e", "#21c186", "#be4e8c", "#f5ab0d", "#95d5fd", "#ebebeb"),
)
PALETTES: dict[str, Palette] = {"light": LIGHT, "dark": DARK}
MOST_COLOURS = len(LIGHT.categories)


def theme_configuration(palette: Palette) -> dict[str, Any]:
    """A palette as the ``config`` of a Vega-Lite chart.

    Parameters
    ----------
    palette : Palette
        Colours; `LIGHT`, `DARK` or one's own.

    Returns
    -------
    dict
        A Vega-Lite configuration.

    Notes
    -----
    The colours start from those of M. Okabe and K. Ito, "Color Universal Design" (2008); the
    contrasts are those of WCAG 2.2, level AA.

    Examples
    --------
    >>> theme_configuration(DARK)["background"]
    '#14181d'
    """
    return {
        "background": palette.background,
        "font": FONT,
        "padding": 8,
        "view": {"stroke": None},
        "mark": {"color": palette.categories[0]},
        "rule": {"color": palette.categories[0]},
        "range": {"category": list(palette.categories)},
        "axis": _axis(palette),
        "axisX": {"grid": False, "domainColor": palette.neutral, "tickColor": palette.neutral},
        "axisY": {"domain": False, "ticks": False, "minExtent": AXIS_EXTENT},
        "legend": _legend(palette),
        "title": _title(palette),
        "style": _styles(palette),
    }


def themed(chart: AnyChart, theme: ThemeName, tables: Tables) -> AnyChart:
    """The chart with the configuration of a theme and its tables.

    The global theme is not touched. The tables come last, so that nothing copies them.

    Raises
    ------
    ArgumentError
        When the theme is not one of ``light`` and ``dark``.
    """
    if theme not in PALETTES:
        raise ArgumentError.unknown("theme", theme, PALETTES)
    configured: AnyChart = chart.configure(**theme_configuration(PALETTES[theme]))
    configured.datasets = tables.rows
    return configured


def register_themes() -> None:
    """Register both themes with altair, without enabling either."""
    alt.theme.register("stancelib", enable=False)(_light_theme)
    alt.theme.register("stancelib-dark", enable=False)(_dark_theme)


def _light_theme() -> alt.theme.ThemeConfig:
    return alt.theme.ThemeConfig(config=theme_configuration(LIGHT))  # type: ignore[typeddict-item]  # built above


def _dark_theme() -> alt.theme.ThemeConfig:
    return alt.theme.ThemeConfig(config=theme_configuration(DARK))  # type: ignore[typeddict-item]  # built above


def _axis(palette: Palette) -> dict[str, Any]:
    return {
        "gridColor": palette.grid,
        "labelColor": palette.muted,
        "labelFontSize": LABEL_SIZE,
        "labelPadding": 6,
        "titleColor": palette.muted,
        "titleFontSize": LABEL_SIZE,
        "titleFontWeight": "normal",
    }


def _legend(palette: Palette) -> dict[str, Any]:
    return {
        "orient": "top",
        "labelColor": palette.ink,
        "labelFontSize": FONT_SIZE,
        "labelLimit": 260,
        "titleColor": palette.muted,
        "titleFontSize": LABEL_SIZE,
        "titleFontWeight": "normal",
        "symbolOpacity": 1,
        "symbolStrokeWidth": 2.5,
        "columnPadding": 16,
    }


def _title(palette: Palette) -> dict[str, Any]:
    return {
        "anchor": "start",
        "frame": "group",
        "color": palette.ink,
        "fontSize": 15,
        "fontWeight": 600,
        "subtitleColor": palette.muted,
        "subtitleFontSize": LABEL_SIZE,
        "subtitleLineHeight": 15,
        "subtitlePadding": 5,
        "offset": 10,
    }


def _styles(palette: Palette) -> dict[str, Any]:
    """Colours of marks that stand for no source, by the names that the charts give them."""
    return {
        "event-rule": {"color": palette.ink, "strokeWidth": 1, "opacity": 0.7},
        "event-label": {"color": palette.ink, "fontSize": LABEL_SIZE},
        "neutral-rule": {"color": palette.neutral, "strokeWidth": 1.2},
        "observed": {"color": palette.muted, "opacity": 0.5},
    }
