"""Web archives (WARC, ISO 28500) to articles: the HTML responses in them.

The date of a record says when the page was fetched. It is never taken as the date of publication:
a page that states none is refused, as it is outside an archive.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from stancelib.corpus.pages import page_table, read_page
from stancelib.corpus.raw import RawTable
from stancelib.errors import EnvironmentProblem

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

NOTE = "web archives: the date of capture is not used as the date of publication"
BROKEN_ARCHIVE = "broken web archive: nothing after this can be read"
BROKEN_RECORD = "broken record of a web archive"
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
    try:
        from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415 - an optional extra
        from warcio.exceptions import ArchiveLoadFailed  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise EnvironmentProblem.missing_extra("warcio", "html") from error

    with path.open("rb") as stream:
        try:
            for record in ArchiveIterator(stream):
                if _is_page(record):
                    yield _outcome(record)
        except (ArchiveLoadFailed, EOFError, OSError, ValueError) as error:
            yield {}, BROKEN_ARCHIVE, str(error)


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
    except (EOFError, OSError, ValueError) as error:
        return {}, f"{BROKEN_RECORD}: {error}", url
    stated = _CHARSET.search(record.http_headers.get_header("Content-Type") or "")
    page, fault = read_page(data, url=url, charset=stated[1] if stated else None)
    return page, fault, url if fault else None
