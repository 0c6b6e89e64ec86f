"""Colours from against to in favor, around a true neutral."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

import altair as alt

from stancelib.charts.theme import ThemeName
from stancelib.errors import ArgumentError

# From against over neutral to in favor. The ends of a theme are equally light, the middle is a
# grey that differs from the paper; strong is dark on light paper, and bright on dark.
DIVERGING: Final[dict[str, tuple[str, str, str, str, str]]] = {
    "light": ("#a34a00", "#dd9a5e", "#d2d2d2", "#7cacd8", "#1464b0"),
    "dark": ("#ff9f52", "#b0692f", "#4b4b4b", "#3f7fb5", "#6bbcff"),
}
# Text on the colours, on weak ones and on strong ones, and the part of the scale where it changes:
# so the contrast is at least 4.5 everywhere.
_TEXT: Final = {"light": ("#000000", "#ffffff", 0.86), "dark": ("#ffffff", "#000000", 0.45)}
GRADIENT_HEIGHT = 10
_STEP, _LONGEST = 0.25, 260


def stance_limit(values: Iterable[float]) -> float:
    """The quarter that holds all values on both sides of 0, at most 1.

    Examples
    --------
    >>> stance_limit([-0.3, 0.1]), stance_limit([])
    (0.5, 0.25)
    """
    most = max((abs(value) for value in values), default=0.0)
    return min(1.0, max(_STEP, math.ceil(most / _STEP) * _STEP))


def check_limit(limit: float) -> float:
    """Refuse an end of the scale that is no stance."""
    if not 0 < limit <= 1:
        raise ArgumentError(f"limit must be above 0 and at most 1; got {limit:g}")
    return limit


def stance_color(
    field: str,
    limit: float,
    *,
    theme: ThemeName,
    width: float,
    title: str = "Stance",
    below: bool = False,
) -> alt.Color:
    """The colour channel of a stance, from -limit to +limit, with a legend that names the ends.

    It stands `below` where names of events stand above.
    """
    legend = alt.Legend(
        title=title,
        orient="bottom" if below else "top",
        type="gradient",
        direction="horizontal",
        gradientLength=min(_LONGEST, width),
        gradientThickness=GRADIENT_HEIGHT,
        values=[-limit, 0, limit],
        labelExpr=_labels(limit),
        labelOverlap=False,
    )
    colours = DIVERGING.get(theme, DIVERGING["light"])
    domain = [-limit, -limit / 2, 0, limit / 2, limit]
    scale = alt.Scale(domain=domain, range=list(colours), clamp=True, interpolate="lab")
    return alt.Color(f"{field}:Q", scale=scale, legend=legend)


def text_on_color(field: str, limit: float, *, theme: ThemeName) -> Any:
    """The colour channel of a text that stands on a tile of that stance."""
    weak, strong, share = _TEXT.get(theme, _TEXT["light"])
    return alt.condition(
        f"abs(datum.{field}) > {share * limit:g}", alt.value(strong), alt.value(weak)
    )


def _labels(limit: float) -> str:
    return (
        f"datum.value < 0 ? '−{limit:g} against' : "
        f"datum.value > 0 ? '+{limit:g} in favor' : '0 neutral'"
    )
