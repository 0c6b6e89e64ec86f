"""Tables (csv, jsonl, json, parquet) of strings, with the records that cannot be read set aside.

A record is one row of the input: a csv record (blank lines are none), a line of a jsonl file
(blank lines are none), an object of a json file or a row of a parquet file. `row` counts them
from 0.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import polars as pl

from stancelib.corpus.raw import RawTable, from_frame, from_records
from stancelib.corpus.records import csv_records, json_records, shown
from stancelib.errors import DataError


def read_parquet(path: Path) -> RawTable:
    """Read a parquet file; what other libraries keep in its metadata is not looked at."""
    try:
        return from_frame(pl.read_parquet(path), name=str(path))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(f"cannot read {str(path)!r} as parquet: {error}") from error


def read_csv(data: bytes, name: str) -> RawTable:
    """Read csv with a header, separated by comma, semicolon, tab or bar."""
    header, separator = _csv_header(data, name)
    frame = _clean_csv(data, separator, len(header))
    if frame is not None:
        return from_frame(frame, name)
    text = data.decode("utf-8", errors="surrogateescape")
    rows, records, broken = csv_records(text, separator, len(header))
    named = [dict(zip(header, record, strict=True)) for record in records]
    return from_records(name, named, header, broken, rows=rows)


def read_jsonl(data: bytes, name: str) -> RawTable:
    """Read one object a line."""
    try:
        data.decode("utf-8")
        return from_frame(pl.read_ndjson(data, infer_schema_length=None), name)
    except (UnicodeDecodeError, pl.exceptions.PolarsError):
        rows, records, broken = json_records(data)
    names = list(dict.fromkeys(key for record in records for key in record))
    return from_records(name, records, names, broken, rows=rows)


def read_json(data: bytes, name: str) -> RawTable:
    """Read a list of objects, an object whose one list holds them, or one object a line."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return read_jsonl(data, name)
    lists = [value] if isinstance(value, list) else []
    if isinstance(value, dict):
        lists = [item for item in value.values() if _holds_objects(item)]
    if len(lists) != 1:
        found = ", ".join(value) if isinstance(value, dict) else type(value).__name__
        raise DataError(
            f"{name!r} must hold a list of objects, or an object with one such list; found: {found}"
        )
    lines = (json.dumps(item, ensure_ascii=False) for item in lists[0])
    return read_jsonl("\n".join(lines).encode("utf-8", errors="surrogatepass"), name)


def _holds_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _csv_header(data: bytes, name: str) -> tuple[list[str], str]:
    text = data[: 1 << 20].decode("utf-8", errors="surrogateescape")
    first = next(iter(io.StringIO(text)), "").strip("\r\n")
    separator = max(",;\t|", key=lambda mark: (first.count(mark), mark == ","))
    _, records, _ = csv_records(first, separator, None, header=False)
    names = [column.strip() for column in records[0]] if records else []
    if not names or any(shown(column) != column for column in names):
        raise DataError(f"{name!r} has no readable header line; is it UTF-8?")
    repeated = sorted({column for column in names if names.count(column) > 1})
    if repeated:
        raise DataError(f"{name!r} names a column twice: {', '.join(repeated)}")
    return names, separator


def _clean_csv(data: bytes, separator: str, width: int) -> pl.DataFrame | None:
    """Take the fast way, for files without any fault; None when it cannot vouch for that."""
    if width == 1:
        return None
    try:
        data.decode("utf-8")
        frame = pl.read_csv(data, separator=separator, infer_schema=False)
    except (UnicodeDecodeError, pl.exceptions.PolarsError):
        return None
    # A record with too few fields is filled with nulls at its end, as is an empty last field.
    if frame.width != width or frame.to_series(-1).null_count():
        return None
    return frame.rename(str.strip)
