"""Queries of the analyst: they can read every table of the store and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import duckdb
import polars as pl

from stancelib.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stancelib.store.database import Database

_ALLOWED: Final = "allowed is one SELECT, WITH, DESCRIBE, SHOW or SUMMARIZE"


def read_only_query(
    database: Database, query: str, parameters: Sequence[object] | Mapping[str, object] | None
) -> pl.DataFrame:
    """Run one reading statement.

    Three walls: the statement must be of the type SELECT; it runs in a transaction that DuckDB
    itself opened as read-only; and the connection has no access to files or Python variables.
    """
    _check_statement(query)
    connection = database.connection
    connection.execute("begin transaction read only")
    try:
        return _plain(database.frame_of(query, parameters))
    except duckdb.Error as problem:
        raise ArgumentError(f"the query failed: {problem}") from problem
    finally:
        connection.rollback()


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Sums of integers come from DuckDB as decimals, and its categories as a type of their own."""
    return frame.cast(
        {
            name: pl.Int64 if isinstance(kind, pl.Decimal) else pl.String
            for name, kind in frame.schema.items()
            if (isinstance(kind, pl.Decimal) and kind.scale == 0)
            or isinstance(kind, pl.Categorical | pl.Enum)
        }
    )


def _check_statement(query: str) -> None:
    try:
        statements = duckdb.extract_statements(query)
    except duckdb.ParserException as problem:
        raise ArgumentError(f"the query is no SQL: {problem}") from problem
    if len(statements) != 1:
        raise ArgumentError(f"the query has {len(statements)} statements; {_ALLOWED}")
    kind = statements[0].type
    if kind != duckdb.StatementType.SELECT:
        raise ArgumentError(f"the query is a {kind.name} statement; {_ALLOWED}")
