"""Files to tables of strings, with the records that cannot be read set aside.

A record is one row of the input: a csv record (blank lines are none), a line of a jsonl file
(blank lines are none) or a row of a parquet file or frame. `row` counts them from 0.
"""

from __future__ import annotations

import glob
import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from stancelib.corpus.records import csv_records, json_records, shown
from stancelib.errors import DataError

SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
BROKEN = {"row": pl.Int64, "reason": pl.String, "value": pl.String}
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


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
    """

    name: str
    frame: pl.DataFrame
    rows: pl.Series
    broken: pl.DataFrame

    @property
    def n_rows(self) -> int:
        """The number of records, readable or not."""
        return self.frame.height + self.broken.height


def paths_of(source: str | Path) -> list[Path]:
    """Files of a path, a folder (recursively) or a glob, sorted."""
    path = Path(source)
    if path.is_dir():
        found = [file for file in path.rglob("*") if file.is_file() and _kind(file)]
        looked_for = f"no file that ends in {', '.join(SUFFIXES)} (or these with .gz)"
    elif path.is_file():
        if not _kind(path):
            raise DataError(
                f"cannot tell how to read {str(path)!r}; known endings: {', '.join(SUFFIXES)}, "
                "and these with .gz"
            )
        return [path]
    else:
        matches = (Path(match) for match in glob.glob(str(source), recursive=True))  # noqa: PTH207 - pathlib globs from a folder, ours may be absolute
        found = [file for file in matches if file.is_file() and _kind(file)]
        looked_for = "no such file or folder, and no readable file matches it as a glob"
    if not found:
        raise DataError(f"nothing to read at {str(source)!r}: {looked_for}")
    return sorted(found)


def read_file(path: Path) -> RawTable:
    """Read one file, by its ending."""
    kind = _kind(path)
    if kind == ".parquet":
        return from_frame(_read_parquet(path), name=str(path))
    data = _bytes_of(path)
    if kind in {".csv", ".tsv"}:
        return _read_csv(data, str(path))
    return _read_jsonl(data, str(path))


def from_frame(frame: pl.DataFrame, name: str = "frame") -> RawTable:
    """Wrap a polars frame."""
    rows = pl.int_range(frame.height, dtype=pl.Int64, eager=True)
    return RawTable(name, frame, rows, pl.DataFrame(schema=BROKEN))


def _kind(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    return next((suffix for suffix in SUFFIXES if name.endswith(suffix)), "")


def _read_parquet(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(f"cannot read {str(path)!r} as parquet: {error}") from error


def _bytes_of(path: Path) -> bytes:
    data = path.read_bytes()
    if path.name.lower().endswith(".gz"):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(f"cannot unpack {str(path)!r}: {error}") from error
    if data.startswith(_UTF16_MARKS):
        raise DataError(f"{str(path)!r} is UTF-16; save it as UTF-8")
    return data.removeprefix(b"\xef\xbb\xbf")


def _read_csv(data: bytes, name: str) -> RawTable:
    header, separator = _csv_header(data, name)
    frame = _clean_csv(data, separator, len(header))
    if frame is not None:
        return from_frame(frame, name)
    text = data.decode("utf-8", errors="surrogateescape")
    rows, records, broken = csv_records(text, separator, len(header))
    columns = list(zip(*records, strict=True)) if records else [()] * len(header)
    frame = pl.DataFrame(
        {column: list(cells) for column, cells in zip(header, columns, strict=True)},
        schema=dict.fromkeys(header, pl.String),
    )
    return _table(name, frame, rows, broken)


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


def _read_jsonl(data: bytes, name: str) -> RawTable:
    try:
        data.decode("utf-8")
        return from_frame(pl.read_ndjson(data, infer_schema_length=None), name)
    except (UnicodeDecodeError, pl.exceptions.PolarsError):
        rows, records, broken = json_records(data)
    names = list(dict.fromkeys(key for record in records for key in record))
    frame = pl.DataFrame(
        {column: [record.get(column) for record in records] for column in names},
        schema=dict.fromkeys(names, pl.String),
    )
    return _table(name, frame, rows, broken)


def _table(
    name: str, frame: pl.DataFrame, rows: list[int], broken: list[tuple[int, str, str]]
) -> RawTable:
    return RawTable(
        name,
        frame,
        pl.Series("row", rows, dtype=pl.Int64),
        pl.DataFrame(broken, schema=BROKEN, orient="row"),
    )
