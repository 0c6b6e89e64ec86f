"""Which files are read, and how: by their ending, or as the caller says."""

from __future__ import annotations

import glob
import gzip
import zlib
from collections.abc import Iterable
from pathlib import Path

from stancelib.corpus.feeds import read_feed
from stancelib.corpus.gdelt import read_gkg
from stancelib.corpus.layouts import LAYOUTS
from stancelib.corpus.pages import page_table, read_page_file
from stancelib.corpus.raw import RawTable
from stancelib.corpus.tables import read_csv, read_json, read_jsonl, read_parquet
from stancelib.corpus.warcs import read_warc
from stancelib.errors import ArgumentError, DataError

GKG = "gdelt_gkg"
_KIND_OF_ENDING = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".rss": "feed",
    ".atom": "feed",
    ".xml": "feed",
    ".warc": "warc",
}
_TABLES = ("csv", "jsonl", "json", "parquet")
FORMATS = (*_TABLES, "html", "feed", "warc", *LAYOUTS, GKG)
ENDINGS = tuple(_KIND_OF_ENDING)
# What datasets of Hugging Face keep beside their tables.
_SIDECARS = {"dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json"}
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def check_format(told: str | None) -> None:
    """Refuse a format that is none of `FORMATS`."""
    if told is not None and told not in FORMATS:
        raise ArgumentError.unknown("format", told, FORMATS)


def paths_of(source: str | Path, told: str | None = None) -> list[Path]:
    """Files of a path, a folder (recursively) or a glob, sorted.

    With a format, a folder gives its files with the endings of that format; a single file and
    every match of a glob are taken whatever their ending.
    """
    path = Path(source)
    if path.is_dir():
        kinds = _kinds_read_as(told)
        found = [file for file in path.rglob("*") if file.is_file() and _kind(file) in kinds]
        found = [file for file in found if file.name not in _SIDECARS]
        endings = [ending for ending, kind in _KIND_OF_ENDING.items() if kind in kinds]
        looked_for = f"no file that ends in {', '.join(endings)} (or these with .gz)"
    elif path.is_file():
        if told is None and not _kind(path):
            raise DataError(
                f"cannot tell how to read {str(path)!r}; known endings: {', '.join(ENDINGS)}, "
                f"and these with .gz. Or tell its format: one of {', '.join(FORMATS)}"
            )
        return [path]
    else:
        matches = (Path(match) for match in glob.glob(str(source), recursive=True))  # noqa: PTH207 - pathlib globs from a folder, ours may be absolute
        found = [file for file in matches if file.is_file() and (told or _kind(file))]
        looked_for = "no such file or folder, and no readable file matches it as a glob"
    if not found:
        raise DataError(f"nothing to read at {str(source)!r}: {looked_for}")
    return sorted(found)


def read_file(path: Path, told: str | None = None) -> RawTable:
    """Read one file, by its format or its ending."""
    kind = _kind_read_as(path, told)
    name = str(path)
    if kind == "parquet":
        return read_parquet(path)
    if kind == "warc":
        return read_warc(path)
    if kind in {"html", "feed"}:
        return _read_markup(path, kind)
    data = _utf8(_unpacked(path), name)
    if kind == GKG:
        return read_gkg(data, name)
    if kind == "jsonl":
        return read_jsonl(data, name)
    return read_json(data, name) if kind == "json" else read_csv(data, name)


def _kind(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    return next((kind for end, kind in _KIND_OF_ENDING.items() if name.endswith(end)), "")


def _kinds_read_as(told: str | None) -> Iterable[str]:
    if told is None:
        return set(_KIND_OF_ENDING.values())
    if told in LAYOUTS:
        return _TABLES
    return ("csv",) if told == GKG else (told,)


def _kind_read_as(path: Path, told: str | None) -> str:
    if told is None and ".gkg.csv" in path.name.lower():
        return GKG
    if told is None or told in LAYOUTS:
        kind = _kind(path)
        return kind if told is None or kind in _TABLES else "csv"
    return told


def _read_markup(path: Path, kind: str) -> RawTable:
    """Read one page or feed; a broken one costs itself, not the folder it lies in."""
    try:
        data = _unpacked(path)
    except DataError as error:
        return page_table(str(path), [], [(0, f"broken {kind}: cannot unpack", str(error))])
    return read_page_file(data, str(path)) if kind == "html" else read_feed(data, str(path))


def _unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    if path.name.lower().endswith(".gz"):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(f"cannot unpack {str(path)!r}: {error}") from error
    return data


def _utf8(data: bytes, name: str) -> bytes:
    if data.startswith(_UTF16_MARKS):
        raise DataError(f"{name!r} is UTF-16; save it as UTF-8")
    return data.removeprefix(b"\xef\xbb\xbf")
