"""Records of faulty csv and jsonl files, one by one: the good ones kept, the others named."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

INVALID_UTF8 = "invalid UTF-8"
BROKEN_CSV = "broken csv record"
BROKEN_JSON = "broken json line"
_UNDECODABLE = re.compile("[\ud800-\udfff]")
_SHOWN = 200

Broken = list[tuple[int, str, str]]


def shown(value: str) -> str:
    r"""Shorten a value to what a person needs to find it; bad bytes as ``\xff``."""
    raw = value[:_SHOWN].encode("utf-8", errors="surrogateescape" if _bytes(value) else "replace")
    return raw.decode("utf-8", errors="backslashreplace")


def csv_records(
    text: str, separator: str, width: int | None, *, header: bool = True
) -> tuple[list[int], list[list[str]], Broken]:
    """Split csv text into records of `width` fields.

    Parameters
    ----------
    text
        Decoded with surrogateescape, so that bad bytes show as lone surrogates.
    separator
        Between two fields.
    width
        The number of fields that a record must have; None takes any.
    header
        Whether the first record is a header and is to be left out.

    Returns
    -------
    tuple
        The numbers of the good records, these records, and (row, reason, value) of the others.
    """
    lines = list(io.StringIO(text, newline=""))
    good: list[int] = []
    records: list[list[str]] = []
    broken: Broken = []
    row = -1 if header else 0
    for line, record in _parsed(lines, separator):
        if record == []:
            continue
        fault = _csv_fault(record, width)
        if row >= 0 and fault:
            broken.append((row, fault, shown(separator.join(record) if record else line)))
        elif row >= 0 and record:
            good.append(row)
            records.append(record)
        row += 1
    return good, records, broken


def json_records(data: bytes) -> tuple[list[int], list[dict[str, str | None]], Broken]:
    """Split jsonl bytes into objects; values become strings, lists and objects json."""
    good: list[int] = []
    records: list[dict[str, str | None]] = []
    broken: Broken = []
    lines = (line for line in data.split(b"\n") if line.strip())
    for row, line in enumerate(lines):
        text = line.decode("utf-8", errors="surrogateescape")
        record, fault = _json_object(text)
        if fault:
            broken.append((row, fault, shown(text)))
        else:
            good.append(row)
            records.append(record)
    return good, records, broken


def _bytes(value: str) -> bool:
    return all("\udc80" <= lone <= "\udcff" for lone in _UNDECODABLE.findall(value))


def _csv_fault(record: list[str] | None, width: int | None) -> str:
    if record is None:
        return f"{BROKEN_CSV}: quotation marks do not match"
    if any(map(_UNDECODABLE.search, record)):
        return INVALID_UTF8
    if width is not None and len(record) != width:
        return f"{BROKEN_CSV}: {len(record)} fields instead of {width}"
    return ""


def _parsed(lines: list[str], separator: str) -> Iterator[tuple[str, list[str] | None]]:
    """Yield (first line, record); None for a record whose quotation marks do not match.

    After such a record the next line is read as a new one, so that a mark that is never
    closed costs one record and not the rest of the file.
    """
    start = 0
    with _long_fields():
        while start < len(lines):
            reader = csv.reader(islice(lines, start, None), delimiter=separator, strict=True)
            begun = offset = start
            start = len(lines)
            try:
                for record in reader:
                    yield lines[begun], record
                    begun = offset + reader.line_num
            except csv.Error:
                yield lines[begun], None
                start = begun + 1


@contextmanager
def _long_fields() -> Iterator[None]:
    before = csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _json_object(text: str) -> tuple[dict[str, str | None], str]:
    if _UNDECODABLE.search(text):
        return {}, INVALID_UTF8
    try:
        record = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return {}, BROKEN_JSON
    if not isinstance(record, dict):
        return {}, f"{BROKEN_JSON}: not an object"
    strings = {key: _as_string(value) for key, value in record.items()}
    cells = (*strings, *strings.values())
    if any(cell is not None and _UNDECODABLE.search(cell) for cell in cells):
        return {}, INVALID_UTF8
    return strings, ""


def _as_string(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
