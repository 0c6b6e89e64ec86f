"""One input as it was read: its records, and those that could not be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

BROKEN = {"row": pl.Int64, "reason": pl.String, "value": pl.String}


@dataclass(frozen=True)
class RawTable:
    """One input as it was read.

    Attributes
    ----------
    name
        The path, or "frame".
    frame
        The readable records, with the columns of the input.
    rows
        The number of each readable record, as long as `frame`.
    broken
        Columns row, reason, value: the records that could not be read.
    known
        Our field to their column, where the format says so; empty where it is to be guessed.
    note
        What a reader of the summary must know of the format; empty for nothing.
    """

    name: str
    frame: pl.DataFrame
    rows: pl.Series
    broken: pl.DataFrame
    known: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def n_rows(self) -> int:
        """The number of records, readable or not."""
        return self.frame.height + self.broken.height


def from_frame(frame: pl.DataFrame, name: str = "frame") -> RawTable:
    """Wrap a polars frame."""
    rows = pl.int_range(frame.height, dtype=pl.Int64, eager=True)
    return RawTable(name, frame, rows, pl.DataFrame(schema=BROKEN))


def from_records(
    name: str,
    records: Sequence[Mapping[str, str | None]],
    columns: Sequence[str],
    broken: Sequence[tuple[int, str, str | None]] = (),
    *,
    rows: Sequence[int] | None = None,
    known: Mapping[str, str] | None = None,
    note: str = "",
) -> RawTable:
    """Make a table of strings.

    Parameters
    ----------
    name
        The path.
    records
        The readable records; a missing key is null.
    columns
        The columns of the table.
    broken
        (row, reason, value) of the others.
    rows
        The number of each readable record; None gives them the numbers that `broken` leaves.
    known, note
        As in `RawTable`.
    """
    if rows is None:
        taken = {row for row, _, _ in broken}
        total = len(records) + len(broken)
        rows = [row for row in range(total) if row not in taken]
    frame = pl.DataFrame(
        {column: [record.get(column) for record in records] for column in columns},
        schema=dict.fromkeys(columns, pl.String),
    )
    return RawTable(
        name,
        frame,
        pl.Series("row", rows, dtype=pl.Int64),
        pl.DataFrame(list(broken), schema=BROKEN, orient="row"),
        known or {},
        note,
    )
