"""GDELT Global Knowledge Graph 2.1 to articles: 27 columns between tabs, without a header.

After the codebook of GKG 2.1 (http://data.gdeltproject.org/documentation/
GDELT-Global_Knowledge_Graph_Codebook-V2.1.pdf). There are titles and no texts.
"""

from __future__ import annotations

import html
import re

from stancelib.corpus.raw import RawTable, from_records
from stancelib.corpus.records import INVALID_UTF8, shown

GKG_FIELDS = ("doc_id", "source", "published_at", "title", "lang", "url")
NOTE = "GDELT: dates are when GDELT saw the page, in UTC; there are titles and no texts"
NO_PAGE = "no web page: the document identifier is not a web address"
_WIDTH = 27
_ID, _DATE, _COLLECTION, _SITE, _DOCUMENT, _TRANSLATION, _EXTRAS = 0, 1, 2, 3, 4, 25, 26
_WEB = "1"
_TITLE = re.compile(r"<PAGE_TITLE>(.*?)</PAGE_TITLE>", re.DOTALL)
_SOURCE_LANGUAGE = re.compile(r"srclc:([a-z]{2,3})")


def read_gkg(data: bytes, name: str) -> RawTable:
    """Read a file of the GKG.

    Parameters
    ----------
    data
        The bytes of an unpacked ``.gkg.csv`` file.
    name
        The path.

    Returns
    -------
    RawTable
        A row for each line that is not blank. The identifier is the record's, the source the
        domain, the date (when GDELT saw the page) in UTC; the language is that of the
        translation, and English where nothing was translated.
    """
    records: list[dict[str, str | None]] = []
    broken: list[tuple[int, str, str | None]] = []
    lines = (line for line in data.split(b"\n") if line.strip())
    for row, line in enumerate(lines):
        text = line.decode("utf-8", errors="surrogateescape").rstrip("\r")
        fields = text.split("\t")
        fault = _fault(text, fields)
        if fault:
            broken.append((row, fault, shown(text)))
        else:
            records.append(_record(fields))
    known = {field: field for field in GKG_FIELDS}
    return from_records(name, records, GKG_FIELDS, broken, known=known, note=NOTE)


def _fault(text: str, fields: list[str]) -> str:
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return INVALID_UTF8
    if len(fields) != _WIDTH:
        return f"broken line of gdelt_gkg: {len(fields)} fields instead of {_WIDTH}"
    return "" if fields[_COLLECTION] == _WEB else NO_PAGE


def _record(fields: list[str]) -> dict[str, str | None]:
    title = _TITLE.search(fields[_EXTRAS])
    language = _SOURCE_LANGUAGE.search(fields[_TRANSLATION])
    date = fields[_DATE].strip()
    return {
        "doc_id": fields[_ID],
        "source": fields[_SITE] or fields[_DOCUMENT],
        "published_at": f"{date}Z" if date.isdigit() else date,
        "title": " ".join(html.unescape(title[1]).split()) if title else None,
        "lang": language[1] if language else "en",
        "url": fields[_DOCUMENT],
    }
