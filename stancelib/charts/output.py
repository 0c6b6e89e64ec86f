"""Charts as files, without a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import altair as alt

from stancelib.errors import ArgumentError

Format = Literal["png", "svg", "pdf", "html"]
FORMATS: dict[str, Format] = {".png": "png", ".svg": "svg", ".pdf": "pdf", ".html": "html"}


class _PageEncoder(json.JSONEncoder):
    """JSON that may stand in a script of a page: no text of an article can end the script."""

    def encode(self, o: Any) -> str:
        """The JSON of a value, every ``<`` written as its code."""
        return super().encode(o).replace("<", "\\u003c")


def save(chart: alt.TopLevelMixin, path: str | Path, *, scale: float = 2.0) -> Path:
    """Write a chart as a picture or as a page that needs no network.

    Parameters
    ----------
    chart : altair chart
        Any chart, not only of this library.
    path : str or Path
        Ends in ``.png``, ``.svg``, ``.pdf`` or ``.html``.
    scale : float
        Pixels of a PNG for each pixel of the chart; other formats have no use for it.

    Returns
    -------
    Path
        Where the file is.

    Raises
    ------
    ArgumentError
        When the ending is not one of the four.

    Examples
    --------
    >>> import tempfile
    >>> data = alt.InlineData(values=[{"x": 1}])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(alt.Chart(data).mark_point().encode(x="x:Q"), f"{folder}/point.svg").name
    'point.svg'
    """
    place = Path(path)
    kind = FORMATS.get(place.suffix.lower())
    if kind is None:
        raise ArgumentError.unknown("file ending", place.suffix, FORMATS)
    place.parent.mkdir(parents=True, exist_ok=True)
    # Inline: the page carries Vega itself instead of fetching it.
    factor = scale if kind == "png" else 1.0
    options = {"cls": _PageEncoder} if kind == "html" else {}
    chart.save(place, format=kind, scale_factor=factor, inline=kind == "html", json_kwds=options)
    return place
