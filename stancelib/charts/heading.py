"""Titles that wrap at the width of their picture."""

from __future__ import annotations

import textwrap

import altair as alt

_LETTER, _TITLE_LETTER = 5.6, 8.2
_AXIS = 40


def heading(title: str, notes: str, *, width: int) -> alt.TitleParams:
    """A title with a note on how to read the picture below it, both wrapped.

    Examples
    --------
    >>> heading("A title", "and a note", width=200).subtitle
    ['and a note']
    """
    room = width + _AXIS
    return alt.TitleParams(
        text=textwrap.wrap(title, max(12, int(room / _TITLE_LETTER))),
        subtitle=textwrap.wrap(notes, max(16, int(room / _LETTER))),
    )
