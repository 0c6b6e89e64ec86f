"""Web archives (WARC, ISO 28500) to articles: the HTML responses in them.

The date of a record says when the page was fetched. It is never taken as the date of publication:
a page that states none is refused, as it is outside an archive.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from stancelib.corpus.pages import page_table, read_page
from stancelib.corpus.raw import RawTable
from stancelib.errors import EnvironmentProblem

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

NOTE = "web archives: the date of capture is not used as the date of publication"
BROKEN_ARCHIVE = "broken web archive: not all of it could be read"
BROKEN_RECORD = "broken record of a web archive"
_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31  # of zlib: the largest window, with a gzip header
_RECORD_END = b"\r\n\r\n"
_OK = "200"
_HTML = re.compile(r"^\s*(?:text/html|application/xhtml\+xml)\b", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_Outcome = tuple[dict[str, str | None], str, str | None]


def read_warc(path: Path) -> RawTable:
    """Read the HTML responses of a ``.warc`` or ``.warc.gz`` file.

    Returns
    -------
    RawTable
        A row for each response that is HTML; other records are none. One whose HTTP status is not
        200 is broken, with its address as the value.

    Raises
    ------
    EnvironmentProblem
        When warcio or trafilatura are not installed.
    """
    records: list[dict[str, str | None]] = []
    broken: list[tuple[int, str, str | None]] = []
    for row, (record, fault, value) in enumerate(_outcomes(path)):
        if fault:
            broken.append((row, fault, value))
        else:
            records.append(record)
    return page_table(str(path), records, broken, NOTE)


def _outcomes(path: Path) -> Iterator[_Outcome]:
    with path.open("rb") as file:
        stream = _Unpacked(file)
        for record in _records(stream):
            if isinstance(record, str):
                yield {}, BROKEN_ARCHIVE, record
            elif _is_page(record):
                yield _outcome(record)


def _records(stream: _Unpacked) -> Iterator[ArcWarcRecord | str]:
    """The records, and at the end what is wrong with the archive, if anything is."""
    try:
        from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise EnvironmentProblem.missing_extra("warcio", "html") from error

    records = ArchiveIterator(stream)
    try:
        yield from records
    except Exception as error:  # noqa: BLE001 - a torn header makes warcio raise any of many
        yield f"{type(error).__name__}: {error}"
    else:
        if not stream.is_whole:
            yield "it is cut off"
        elif records.err_count:
            yield f"records of a wrong length: {records.err_count}"


class _Unpacked:
    """The plain bytes of an archive; tells whether it was cut off, as warcio does not."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        start = file.read(len(_GZIP))
        file.seek(0)
        self._unzip = zlib.decompressobj(_GZIP_WINDOW) if start == _GZIP else None
        self._tail = b""

    def read(self, size: int) -> bytes:
        """Read some bytes; none at the end."""
        data = self._file.read(size) if self._unzip is None else self._unzipped(size)
        self._tail = (self._tail + data)[-len(_RECORD_END) :]
        return data

    @property
    def is_whole(self) -> bool:
        """Whether the last record, and its packing, have their end."""
        packed_whole = self._unzip is None or self._unzip.eof
        return packed_whole and self._tail == _RECORD_END

    def _unzipped(self, size: int) -> bytes:
        data = b""
        while not data and self._unzip is not None:
            packed = self._unzip.unused_data or self._file.read(size)
            if not packed:
                break
            if self._unzip.eof:
                self._unzip = zlib.decompressobj(_GZIP_WINDOW)
            data = self._unzip.decompress(packed)
        return data


def _is_page(record: ArcWarcRecord) -> bool:
    if record.rec_type != "response" or record.http_headers is None:
        return False
    return bool(_HTML.match(record.http_headers.get_header("Content-Type") or ""))


def _outcome(record: ArcWarcRecord) -> _Outcome:
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ") or None
    status = record.http_headers.get_statuscode()
    if status != _OK:
        return {}, f"not a page: HTTP status {status}", url
    try:
        data = record.content_stream().read()
    except (EOFError, OSError, ValueError, zlib.error) as error:
        return {}, f"{BROKEN_RECORD}: {error}", url
    if getattr(record.raw_stream, "limit", 0) > 0:
        return {}, f"{BROKEN_RECORD}: it is cut off", url
    stated = _CHARSET.search(record.http_headers.get_header("Content-Type") or "")
    page, fault = read_page(data, url=url, charset=stated[1] if stated else None)
    return page, fault, url if fault else None
