"""Files of codings to raw rows: one mapping a coding, as the file has it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

from stancelib.errors import ArgumentError, DataError
from stancelib.validation.sheet_tables import read_csv, read_xlsx
from stancelib.validation.sheet_tools import of_doccano, of_label_studio

Paths = str | Path | Sequence[str | Path] | Mapping[str, str | Path]

NOT_JSON: Final = "broken json"
FIELDS: Final = ("item", "coder", "label", "note", "seconds", "coded_at")
RAW: Final = pl.Schema(
    {"row": pl.Int64(), "file": pl.String(), "problem": pl.String()}
    | dict.fromkeys(FIELDS, pl.String())
)


def raw_rows(paths: Paths) -> pl.DataFrame:
    """Return all rows of all files as strings (columns `RAW`); `row` counts from 0 through all.

    Raises
    ------
    ArgumentError
        Without a path, or for an ending that is not read.
    DataError
        When a file is missing, or cannot be read at all.
    """
    rows: list[dict[str, object]] = []
    for path, coder in _with_coders(paths):
        for found in _rows_of(path):
            fields = {name: _text(name, found.get(name)) for name in FIELDS}
            fields["coder"] = fields["coder"] or coder
            problem = found.get("problem") or _doubt(found.get("label"))
            rows.append({"row": len(rows), "file": str(path), "problem": problem, **fields})
    return pl.DataFrame(rows, schema=RAW, orient="row")


def _with_coders(paths: Paths) -> list[tuple[Path, str | None]]:
    if isinstance(paths, str | Path):
        return [(Path(paths), None)]
    if isinstance(paths, Mapping):
        found: list[tuple[Path, str | None]] = [(Path(path), who) for who, path in paths.items()]
    else:
        found = [(Path(path), None) for path in paths]
    if not found:
        raise ArgumentError("there is no path; pass one, several, or {coder: path}")
    return found


def _rows_of(path: Path) -> Iterator[Mapping[str, Any]]:
    readers: dict[str, Callable[[Path], Any]] = {
        ".csv": read_csv,
        ".tsv": read_csv,
        ".xlsx": read_xlsx,
        ".json": _read_json,
        ".jsonl": _read_lines,
    }
    if path.suffix.lower() not in readers:
        raise ArgumentError.unknown("ending", path.suffix.lower(), readers)
    if not path.is_file():
        raise DataError(f"there is no file '{path}'")
    yield from readers[path.suffix.lower()](path)


def _read_json(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        tasks = json.loads(_read(path))
    except json.JSONDecodeError as problem:
        raise DataError(f"'{path}' is no json: {problem}") from problem
    if not isinstance(tasks, list):
        raise DataError(f"'{path}' is no list of Label Studio tasks")
    for task in tasks:
        if isinstance(task, dict):
            yield from of_label_studio(task)
        else:
            yield {"problem": "no task", "label": str(task)}


def _read_lines(path: Path) -> Iterator[Mapping[str, Any]]:
    # Only line feeds end a record; texts may hold other separators.
    for line in _read(path).split("\n"):
        if line.strip():
            yield _record(line)


def _record(line: str) -> Mapping[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError:
        return {"problem": NOT_JSON, "label": line[:200]}
    if not isinstance(record, dict):
        return {"problem": NOT_JSON, "label": line[:200]}
    return of_doccano(record)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        raise DataError(f"'{path}' is not in UTF-8: {problem}") from problem


def _text(name: str, value: object) -> str | None:
    """One value as a string without blanks around it; the item as it is."""
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    text = "" if value is None else str(value)
    return (text if name in {"item", "note"} else text.strip()) or None


def _doubt(label: object) -> str | None:
    return "several labels" if isinstance(label, list) and len(label) > 1 else None
