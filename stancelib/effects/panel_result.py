"""What the results of all methods on panels share: how they are shown."""

from __future__ import annotations

from stancelib.notebook import Shown

_ENDS = ("low", "high")


class PanelResult(Shown):
    """A result whose last row of the table is its answer; unbounded ends are said."""

    __slots__ = ()

    def __repr__(self) -> str:
        row = self.table.row(-1, named=True)
        ends = " to ".join("unbounded" if row[e] is None else f"{row[e]:+.4f}" for e in _ENDS)
        return f"{type(self).__name__}({row['term']} {row['estimate']:+.4f} ({ends}))"
