"""What the results of all methods on panels share: how they are shown."""

from __future__ import annotations

from html import escape

import polars as pl


class PanelResult:
    """Shows the sentence and the table of a result that has them."""

    __slots__ = ()

    table: pl.DataFrame
    sentence: str

    def __str__(self) -> str:
        return self.sentence

    def __repr__(self) -> str:
        row = self.table.row(-1, named=True)
        ends = " to ".join("unbounded" if row[e] is None else f"{row[e]:+.4f}" for e in _ENDS)
        return f"{type(self).__name__}({row['term']} {row['estimate']:+.4f} ({ends}))"

    def _repr_html_(self) -> str:
        """Sentence and table for notebooks, all names escaped."""
        head = "".join(f"<th>{escape(name)}</th>" for name in self.table.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>"
            for row in self.table.iter_rows()
        )
        return (
            f"<p>{escape(self.sentence)}</p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


_ENDS = ("low", "high")


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else escape(str(value))
