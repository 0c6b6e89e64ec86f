"""A frame as an HTML table, by great_tables: numbers of the house, names escaped."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from html import escape

import polars as pl

from stancelib.notebook.cells import Format, frame_cells, has_clock

MOST_ROWS = 20
MOST_COLUMNS = 12
# great_tables writes rules that hold for every table of the page; style.py has ours instead.
_STYLES = re.compile(r"<style>.*?</style>|(?<=<div) id=\"[^\"]*\" style=\"[^\"]*\"", re.DOTALL)


def frame_html(
    frame: pl.DataFrame,
    *,
    formats: Mapping[str, Format] | None = None,
    time_zone: str | None = None,
    most_rows: int = MOST_ROWS,
) -> str:
    """A frame as an HTML table; it has the look of `style_html`, and is plain without it.

    Parameters
    ----------
    frame : polars.DataFrame
        Any columns; the first twelve are shown, and the others named.
    formats : mapping, optional
        How the numbers of a column are written, where its name does not tell.
    time_zone : str, optional
        In which instants are shown; each in its own when not given.
    most_rows : int
        Rows that are shown; the number of the others stands below.

    Returns
    -------
    str
        All text of the frame is escaped. The same frame gives the same bytes.

    Examples
    --------
    >>> html = frame_html(pl.DataFrame({"source": ["<b>"], "stance": [-0.254]}))
    >>> "&lt;b&gt;" in html, "−0.25" in html, "<style" in html
    (True, True, False)
    """
    # Loaded only when something is shown.
    from great_tables import GT  # noqa: PLC0415

    shown = frame[:most_rows, :MOST_COLUMNS]
    cells = frame_cells(shown, formats or {}, time_zone)
    names = [f"c{place}" for place in range(shown.width)]
    texts = pl.DataFrame(
        [list(row.values()) for row in cells], schema=dict.fromkeys(names, pl.String), orient="row"
    )
    heads = dict(zip(names, _heads(shown, time_zone), strict=True))
    table = GT(texts, id=_identifier(heads, cells)).cols_label(heads)  # type: ignore[arg-type]  # invariant dict
    right = [name for name, kind in zip(names, shown.dtypes, strict=True) if kind.is_numeric()]
    table = table.cols_align("right", right) if right else table
    # Not as source notes of great_tables, which are read as Markdown, tags included.
    notes = (f'<p class="sl-note">{escape(note)}</p>' for note in _left_out(frame, shown))
    return scrolling(_STYLES.sub("", table.as_raw_html()), "table") + "".join(notes)


def scrolling(html: str, words: str) -> str:
    """What may be wider than the page, so that the keyboard can scroll it.

    Examples
    --------
    >>> scrolling("<table></table>", "table")
    '<div class="sl-scroll" tabindex="0" role="group" aria-label="table"><table></table></div>'
    """
    return f'<div class="sl-scroll" tabindex="0" role="group" aria-label="{words}">{html}</div>'


def _heads(frame: pl.DataFrame, time_zone: str | None) -> list[str]:
    """Names of columns; those with times of day say in which time zone."""
    return [
        f"{column.name} ({time_zone or column.dtype.time_zone})"
        if isinstance(column.dtype, pl.Datetime)
        and column.dtype.time_zone
        and has_clock(column, time_zone)
        else column.name
        for column in frame.get_columns()
    ]


def _identifier(heads: dict[str, str], cells: list[dict[str, str]]) -> str:
    text = json.dumps([heads, cells], ensure_ascii=False)
    return f"sl-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _left_out(frame: pl.DataFrame, shown: pl.DataFrame) -> list[str]:
    rows, columns = frame.height - shown.height, frame.columns[shown.width :]
    notes = [f"and {rows:,} more row{'' if rows == 1 else 's'}"] if rows else []
    return [*notes, *([f"further columns: {', '.join(columns)}"] if columns else [])]
