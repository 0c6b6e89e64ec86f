"""What a coder reads of each pair, in an order that follows no stratum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from stancelib.errors import DataError
from stancelib.validation.sample_core import random_numbers

if TYPE_CHECKING:
    from stancelib.store import Store

MARK: Final = "**"
RIGHT_TO_LEFT: Final = (
    "ar",
    "arc",
    "ckb",
    "dv",
    "fa",
    "he",
    "nqo",
    "ps",
    "sd",
    "syr",
    "ug",
    "ur",
    "yi",
)
_PAIR: Final = ("sentence_id", "target")
# Other keys than those that samples are drawn by, whose order would tell the stratum.
_ORDER_OF_SHEET: Final = "order of a coding sheet\x1f"


def sheet_rows(
    store: Store, pairs: pl.DataFrame, *, context: int, seed: int, scorer: str | None
) -> pl.DataFrame:
    """Return a row for each pair, in random order: what `coding_sheet.sql` selects, and `item`.

    Raises
    ------
    DataError
        When a column is missing, no pair is there, a pair comes twice, or the store lacks one.
    """
    wanted = _wanted(pairs)
    with store.database.tables(wanted=wanted):
        found = store.database.frame(
            "coding_sheet", {"context": context, "scorer": scorer}, room="stancelib.validation"
        )
    lost = wanted.join(found, on=_PAIR, how="anti")
    if not lost.is_empty():
        raise DataError(
            f"{lost.height:,} of {wanted.height:,} pairs are not in the store, such as "
            f"{lost['sentence_id'][0]!r} on {lost['target'][0]!r}; draw the sample from this store"
        )
    items = found.with_columns(item=item_of())
    keys = (_ORDER_OF_SHEET + items["item"]).to_list()
    return (
        items.with_columns(number=pl.Series(random_numbers(keys, seed)))
        .sort("number", "item")
        .select("item", pl.exclude("item", "number"))
    )


def item_of() -> pl.Expr:
    """The key of a pair for coders, from `sentence_id` and `target`."""
    return pl.concat_str(*_PAIR, separator=" ")


def marked_sentence() -> pl.Expr:
    """The sentence with two asterisks on each side of the mention.

    Examples
    --------
    >>> frame = pl.DataFrame({"text": ["Then NATO met."], "start": [5], "end": [9]})
    >>> frame.select(marked_sentence()).item()
    'Then **NATO** met.'
    """
    text, start, end = pl.col("text"), pl.col("start"), pl.col("end")
    pieces = text.str.slice(0, start), text.str.slice(start, end - start), text.str.slice(end)
    return pl.concat_str(pieces[0], pl.lit(MARK), pieces[1], pl.lit(MARK), pieces[2])


def _wanted(pairs: pl.DataFrame) -> pl.DataFrame:
    for name in _PAIR:
        if name not in pairs.columns:
            raise DataError.missing_column(name, pairs.columns)
    if pairs.is_empty():
        raise DataError("there is no pair to code; the sample is empty")
    rows = pairs.select(pl.col(name).cast(pl.String) for name in _PAIR)
    twice = rows.filter(rows.is_duplicated())
    if not twice.is_empty():
        raise DataError(f"pair {twice['sentence_id'][0]!r} on {twice['target'][0]!r} comes twice")
    # A document's identifier may hold "#" as well; the last one is before the position.
    parts = pl.col("sentence_id").str.extract_groups(r"(?s)^(.*)#(\d+)$")
    split = rows.with_columns(doc_id=parts.struct[0], position=parts.struct[1].cast(pl.Int64))
    # Without a position it is no sentence of a store, and comes back as one that the store lacks.
    return split.with_columns(pl.col("position").fill_null(-1), pl.col("doc_id").fill_null(""))
