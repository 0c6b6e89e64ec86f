"""How results of this room are shown: a sentence, and the table below it in notebooks."""

from __future__ import annotations

from html import escape

import polars as pl


class Shown:
    """Shows the sentence and the table of a result that has them."""

    __slots__ = ()

    table: pl.DataFrame
    sentence: str

    def __str__(self) -> str:
        return self.sentence

    def _repr_html_(self) -> str:
        """Sentence and table for notebooks, all names escaped (polars does so in its tables)."""
        return f"<p>{escape(self.sentence)}</p>{self.table._repr_html_()}"
