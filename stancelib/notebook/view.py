"""What classes inherit to be shown: one description, from which text and HTML are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl

from stancelib.notebook.cells import Format, cell
from stancelib.notebook.picture import picture_html
from stancelib.notebook.style import FRAME, style_html
from stancelib.notebook.table import frame_html

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True, slots=True)
class View:
    """What is shown of an object.

    Attributes
    ----------
    sentence : str
        One line or several.
    tables : mapping of str to polars.DataFrame
        Under their captions; an empty caption is not written, and an empty table is not shown.
    notes : tuple of str
        Doubts in words.
    chart : callable or None
        Draws it.
    formats : mapping
        How numbers of columns are written, where their names do not tell.
    time_zone : str or None
        In which instants are shown; null: each in its own.
    """

    sentence: str
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    chart: Callable[[], alt.TopLevelMixin] | None = None
    formats: Mapping[str, Format] = field(default_factory=dict)
    time_zone: str | None = None


class Viewed:
    """Shows what `_view` describes: in one line as text, in full in a notebook."""

    __slots__ = ()

    def _view(self) -> View:
        raise NotImplementedError

    def __str__(self) -> str:
        return self._view().sentence

    def __repr__(self) -> str:
        first = self._view().sentence.partition("\n")[0]
        return f"{type(self).__name__}({first})"

    def _repr_html_(self) -> str:
        """Sentence, tables and picture for notebooks; all names escaped, and never an error."""
        try:
            return view_html(self._view())
        except Exception as problem:  # noqa: BLE001 - a cell must show the result, whatever fails
            reason = f"{type(problem).__name__}: {problem}"
            return f"<pre>{escape(_plain(self))}</pre><p>Not shown in full: {escape(reason)}</p>"


class Shown(Viewed):
    """A result with a table and a sentence; its chart and its doubts are shown where it has any."""

    __slots__ = ()

    _formats: ClassVar[Mapping[str, Format]] = {}

    table: pl.DataFrame
    sentence: str

    def _tables(self) -> Mapping[str, pl.DataFrame]:
        return {"": self.table}

    def _view(self) -> View:
        return View(
            sentence=self.sentence,
            tables=self._tables(),
            notes=tuple(getattr(getattr(self, "diagnostics", None), "notes", ())),
            chart=getattr(self, "chart", None),
            formats=self._formats,
            time_zone=getattr(self, "time_zone", None),
        )


def view_html(view: View) -> str:
    """Sentence, tables, picture and notes as HTML, all names escaped.

    Examples
    --------
    >>> "<p>A &lt; B</p>" in view_html(View("A < B"))
    True
    """
    parts = [f"<p>{'<br>'.join(map(escape, view.sentence.splitlines()))}</p>"]
    if view.chart is not None:
        parts.append(picture_html(view.chart, view.sentence))
    for caption, table in view.tables.items():
        if table.is_empty():
            continue
        parts.extend([f'<p class="sl-note">{escape(caption)}</p>'] if caption else [])
        parts.append(frame_html(table, formats=view.formats, time_zone=view.time_zone))
    parts.extend(f'<p class="sl-note">{escape(note)}</p>' for note in view.notes)
    return f'{style_html()}<div class="{FRAME}">{"".join(parts)}</div>'


def fields_of(thing: Any, *, without: tuple[str, ...] = ()) -> pl.DataFrame:
    """The fields of a dataclass that are there and no frames, as a table of names and texts.

    Examples
    --------
    >>> fields_of(View("One line.")).rows()
    [('sentence', 'One line.')]
    """
    found = {one.name: getattr(thing, one.name) for one in fields(thing) if one.name not in without}
    kept = {
        name: _field(value)
        for name, value in found.items()
        if value is not None and value != () and not isinstance(value, pl.DataFrame | Mapping)
    }
    return pl.DataFrame(
        list(kept.items()), schema={"field": pl.String, "value": pl.String}, orient="row"
    )


def _field(value: object) -> str:
    zone = f" ({value.tzinfo})" if isinstance(value, datetime) and value.tzinfo else ""
    return f"{cell(value)}{zone}"


def _plain(thing: object) -> str:
    try:
        return repr(thing)
    except Exception:  # noqa: BLE001 - as above
        return type(thing).__name__
