"""Tables of known makers (Media Cloud, GDELT DOC), recognised by the names of their columns."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from stancelib.corpus.raw import RawTable
from stancelib.errors import DataError

LAYOUTS = ("mediacloud", "gdelt_doc")


def with_layout(table: RawTable, told: str | None) -> RawTable:
    """Say which columns are ours, where the table is one of a known maker.

    Parameters
    ----------
    table
        A table as it was read.
    told
        One of `LAYOUTS`, or None to look at the names of the columns.

    Raises
    ------
    DataError
        When the told layout has none of its dates or titles in the table.
    """
    columns = {column.strip().lower(): column for column in table.frame.columns}
    layout = told if told in LAYOUTS else _recognised(columns)
    if layout is None or table.known:
        return table
    rules = _layouts()[layout]
    known = _known(rules, columns)
    if told is not None and not {"published_at", "title"} <= set(known):
        raise DataError(
            f"{table.name!r} is no table of {told}: it needs the columns "
            f"{' or '.join(rules['published_at'])}, and title; found columns: "
            f"{', '.join(table.frame.columns)}"
        )
    frame = table.frame
    if rules.get("utc"):
        frame = _in_utc(frame, known["published_at"])
    if "lang" in known:
        frame = _with_codes(frame, known["lang"])
    return replace(table, frame=frame, known=known, note=rules.get("note", ""))


@cache
def _layouts() -> dict[str, dict[str, Any]]:
    text = files("stancelib.corpus").joinpath("layouts.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _codes() -> dict[str, str]:
    text = files("stancelib.corpus").joinpath("gdelt_languages.toml").read_text("utf-8")
    return {name: code for code, name in tomllib.loads(text).items()}


def _recognised(columns: Mapping[str, str]) -> str | None:
    for name, rules in _layouts().items():
        if set(rules["recognised_by"]) <= set(columns):
            return str(rules.get("same_as", name))
    return None


def _known(rules: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, str]:
    fields = (field for field, names in rules.items() if isinstance(names, list))
    found = {
        field: next((columns[name] for name in rules[field] if name in columns), None)
        for field in fields
        if field != "recognised_by"
    }
    return {field: column for field, column in found.items() if column is not None}


def _in_utc(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Write the zone that the format has behind dates that do not state it."""
    dtype = frame.schema[column]
    dates = pl.col(column)
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is None:
        return frame.with_columns(dates.dt.replace_time_zone("UTC"))
    if dtype != pl.String:
        return frame
    bare = dates.str.strip_chars().str.contains(r"^\d{4}-?\d{2}-?\d{2}[T ]?\d{2}:?\d{2}:?\d{2}$")
    return frame.with_columns(pl.when(bare).then(dates.str.strip_chars() + "Z").otherwise(dates))


def _with_codes(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Replace names of languages by their codes; what is unknown stays as it is."""
    if frame.schema[column] != pl.String:
        return frame
    folded = pl.col(column).str.to_lowercase().str.replace_all(r"[\s-]", "")
    return frame.with_columns(
        pl.coalesce(
            folded.replace_strict(_codes(), default=None, return_dtype=pl.String), column
        ).alias(column)
    )
