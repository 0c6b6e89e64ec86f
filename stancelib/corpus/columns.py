"""Which column of the input is which of ours: told by the caller, or guessed by its name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from importlib.resources import files

import polars as pl

from stancelib.corpus.raw import RawTable
from stancelib.errors import ArgumentError, DataError

FIELDS = ("doc_id", "source", "published_at", "title", "text", "lang", "url")
_TEMPORAL = (pl.Date, pl.Datetime)


@cache
def known_names() -> dict[str, list[str]]:
    """Return the names under which each field is commonly found, best first."""
    text = files("stancelib.corpus").joinpath("columns.toml").read_text("utf-8")
    return tomllib.loads(text)


def map_columns(table: RawTable, told: Mapping[str, str | None]) -> dict[str, str]:
    """Map our fields to the columns of one table; what nobody tells is guessed.

    Parameters
    ----------
    table
        The input as it was read. Where its format is known, nothing is guessed.
    told
        Our field to their column; None says that the input has no such column.

    Returns
    -------
    dict
        Our field to their column, without the fields that have none.

    Raises
    ------
    DataError
        When a told column is not there, or no column holds a date, or none a text or title.
    """
    available = table.frame.columns
    for column in told.values():
        if column is not None and column not in available:
            raise DataError(f"{table.name!r}: {DataError.missing_column(column, available)}")
    mapping = {field: column for field, column in told.items() if column is not None}
    if table.known:
        mapping = {**{f: c for f, c in table.known.items() if f not in told}, **mapping}
        _require(table, mapping)
        return {field: mapping[field] for field in FIELDS if field in mapping}
    taken: set[str | None] = set(mapping.values())
    for field in FIELDS:
        # A web address may give both the source (its host) and the url.
        shared: set[str | None] = {mapping.get("source")} if field == "url" else set()
        guess = _guess(field, available, taken - shared) if field not in told else None
        if guess is not None:
            mapping[field] = guess
            taken.add(guess)
    _require(table, mapping)
    return {field: mapping[field] for field in FIELDS if field in mapping}


def check_fields(told: Mapping[str, str | None]) -> None:
    """Refuse fields that we do not have."""
    for field in told:
        if field not in FIELDS:
            raise ArgumentError.unknown("column", field, FIELDS)


def take_fields(table: RawTable, mapping: Mapping[str, str]) -> pl.DataFrame:
    """Take the mapped columns under our names, as strings; dates and times stay as they are."""
    columns = [
        _as_strings(table, mapping[field]).alias(field)
        if field in mapping
        else pl.Series(field, [None] * table.frame.height, dtype=pl.String)
        for field in FIELDS
    ]
    return pl.DataFrame([table.rows.alias("row"), *columns])


def _guess(field: str, available: Iterable[str], taken: AbstractSet[str | None]) -> str | None:
    folded: dict[str, str] = {}
    for column in available:
        if column not in taken:
            folded.setdefault(re.sub(r"[\s.\-]+", "_", column.strip().lower()), column)
    return next((folded[name] for name in known_names()[field] if name in folded), None)


def _require(table: RawTable, mapping: Mapping[str, str]) -> None:
    found = ", ".join(table.frame.columns)
    if "published_at" not in mapping:
        raise DataError(
            f"{table.name!r} has no column that is known to hold a date; found columns: {found}. "
            "Name it: columns={'published_at': ...}"
        )
    if "text" not in mapping and "title" not in mapping:
        raise DataError(
            f"{table.name!r} has no column that is known to hold a text or a title; "
            f"found columns: {found}. Name it: columns={{'text': ...}}"
        )


def _as_strings(table: RawTable, column: str) -> pl.Series:
    values = table.frame.get_column(column)
    if isinstance(values.dtype, _TEMPORAL):
        return values
    if values.dtype.is_nested() or values.dtype in {pl.Object, pl.Binary}:
        raise DataError(
            f"{table.name!r}: column {column!r} holds {values.dtype}; "
            "it must hold strings, numbers or dates"
        )
    return values.cast(pl.String)
