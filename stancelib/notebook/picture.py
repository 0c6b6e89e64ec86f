"""A chart as a picture that needs no JavaScript: two SVGs, one for light and one for dark."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from stancelib.notebook.table import scrolling

if TYPE_CHECKING:
    import altair as alt

# A notebook with larger pictures is slow to open.
LARGEST = 3_000_000


def picture_html(draw: Callable[[], alt.TopLevelMixin], words: str) -> str:
    """A chart as an image; where it cannot be drawn, a line that says why.

    Parameters
    ----------
    draw : callable
        Makes the chart.
    words : str
        What the picture shows, for readers who do not see it.

    Returns
    -------
    str
        A ``picture`` of two SVGs as data. As images, their scripts cannot run, and equal
        identifiers in several of them do not meet.
    """
    try:
        light, dark = (_svg_data(spec) for spec in _specifications(draw()))
    except Exception as problem:  # noqa: BLE001 - what cannot be drawn must not hide the rest
        reason = " ".join(str(problem).split()) or type(problem).__name__
        return f'<p class="sl-note">No picture: {escape(reason)}</p>'
    if len(light) + len(dark) > LARGEST:
        return '<p class="sl-note">The picture is too large for a cell: call .chart().</p>'
    return scrolling(
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="{dark}">'
        f'<img alt="{escape(words)}" src="{light}"></picture>',
        "picture",
    )


def _specifications(chart: alt.TopLevelMixin) -> tuple[dict[str, Any], dict[str, Any]]:
    spec: dict[str, Any] = chart.to_dict()
    rest = {name: part for name, part in spec.items() if name != "datasets"}
    return spec, {**_darkened(rest), "datasets": spec.get("datasets", {})}


def _darkened(part: Any) -> Any:
    """A specification whose colours of the light theme are those of the dark one."""
    from stancelib.charts.theme import DARK, LIGHT  # noqa: PLC0415

    pairs = {getattr(LIGHT, name): getattr(DARK, name) for name in _ONE_COLOUR}
    pairs |= dict(zip(LIGHT.categories, DARK.categories, strict=True))

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: walk(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [walk(inner) for inner in value]
        return pairs.get(value, value) if isinstance(value, str) else value

    return walk(part)


_ONE_COLOUR = ("ink", "muted", "grid", "neutral", "background")


def _svg_data(spec: dict[str, Any]) -> str:
    import altair as alt  # noqa: PLC0415 - loaded only when something is shown
    import vl_convert  # noqa: PLC0415 - as above

    # Altair's own version of Vega-Lite, as "6.1" of "v6.1.0".
    version = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    svg = _renumbered(vl_convert.vegalite_to_svg(spec, vl_version=version))
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _renumbered(svg: str) -> str:
    """Vega numbers what it refers to through all pictures of a process; here from 0 in each.

    Examples
    --------
    >>> _renumbered('<clipPath id="clip7"/><g clip-path="url(#clip7)"/>')
    '<clipPath id="clip0"/><g clip-path="url(#clip0)"/>'
    """
    names = dict.fromkeys(re.findall(r'(?<=id=")(?:clip|gradient_)\d+(?=")', svg))
    numbers = {name: f"{name.rstrip('0123456789')}{place}" for place, name in enumerate(names)}
    return re.sub(r'(?<=[#"])(?:clip|gradient_)\d+(?=[")])', lambda found: numbers[found[0]], svg)
