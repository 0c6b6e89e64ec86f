"""Web pages (HTML) to articles.

The text is found by trafilatura (Barbaresi 2021, "Trafilatura: a web scraping library and
command-line tool for text discovery and extraction", ACL demonstrations, 122-131), with its
deduplication off: that keeps a memory between pages, so that the same page may come back empty.
Its date is not used: it is a day without a time zone, and it may be that of a clock in the header.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from stancelib.corpus.page_metadata import page_metadata
from stancelib.corpus.raw import RawTable, from_records
from stancelib.corpus.records import INVALID_UTF8
from stancelib.corpus.related_links import lines_to_drop
from stancelib.errors import EnvironmentProblem

if TYPE_CHECKING:
    from lxml.html import HtmlElement

PAGE_FIELDS = ("source", "published_at", "title", "text", "lang", "url")
NO_HTML = "not a page: no HTML in it"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]*encoding=[\"']([\w.-]+)",
    re.IGNORECASE,
)
_HEAD = 8_192
# As browsers do: https://encoding.spec.whatwg.org/#names-and-labels
_AS_BROWSERS = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
}
_LINES = (
    "//p | //li | //h2 | //h3 | //h4 | //h5 | //h6 | //blockquote[not(.//p)]"
    " | //div[not(.//p or .//div or .//li or .//ul or .//h2 or .//h3 or .//table)]"
)


def read_page_file(data: bytes, name: str) -> RawTable:
    """Make a table of one row, or of one broken row, from the bytes of a page."""
    record, fault = read_page(data)
    return page_table(name, [], [(0, fault, None)]) if fault else page_table(name, [record], [])


def page_table(
    name: str,
    records: list[dict[str, str | None]],
    broken: list[tuple[int, str, str | None]],
    note: str = "",
) -> RawTable:
    """Make a table of pages."""
    known = {field: field for field in PAGE_FIELDS}
    return from_records(name, records, PAGE_FIELDS, broken, known=known, note=note)


def read_page(
    data: bytes, *, url: str | None = None, charset: str | None = None
) -> tuple[dict[str, str | None], str]:
    """Read one page.

    Parameters
    ----------
    data
        The bytes of the page.
    url
        The address it was fetched from; None takes the one that the page states.
    charset
        What the server said of the encoding. UTF-8 is tried first, then this, then what the page
        says.

    Returns
    -------
    tuple
        A record with `PAGE_FIELDS`, and the reason why there is none, empty where there is one.

    Raises
    ------
    EnvironmentProblem
        When trafilatura is not installed.
    """
    try:
        from trafilatura import bare_extraction, load_html  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise EnvironmentProblem.missing_extra("trafilatura", "html") from error

    written = decode_page(data, charset)
    if written is None:
        return {}, INVALID_UTF8
    if not written.strip():
        return {}, NO_HTML
    tree = load_html(re.sub(r"^\s*<\?xml[^>]*\?>", "", written.replace("\x00", "")))
    if tree is None:
        return {}, NO_HTML
    record = page_metadata(tree, url)
    _drop_related(tree)
    found = bare_extraction(tree, include_comments=False, deduplicate=False, with_metadata=False)
    text = getattr(found, "text", None)
    return {**record, "text": _without_title(text, record["title"]) if text else None}, ""


def decode_page(data: bytes, charset: str | None = None) -> str | None:
    """Decode a page; None where it is neither UTF-8 nor what server or page say it is."""
    mark = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    declared = _DECLARED.search(data[:_HEAD])
    in_page = (declared[1] or declared[2]).decode("ascii", "replace") if declared else None
    for name in (mark, "utf-8", charset, in_page):
        label = (name or "").strip().lower()
        try:
            return data.decode(_AS_BROWSERS.get(label, label)).removeprefix("\ufeff")
        except (LookupError, UnicodeError, ValueError):
            continue
    return None


def _drop_related(tree: HtmlElement) -> None:
    elements = tree.xpath(_LINES)
    lines = [
        (
            "".join(element.xpath(".//text()[not(ancestor::a)]")),
            " ".join(element.xpath(".//text()[ancestor::a]")),
        )
        for element in elements
    ]
    for element, drop in zip(elements, lines_to_drop(lines), strict=True):
        if drop and element.getparent() is not None:
            element.drop_tree()


def _without_title(text: str, title: str | None) -> str:
    """Leave out a first line that repeats the title: it would count twice."""
    first, _, rest = text.partition("\n")
    same = " ".join(first.split()).casefold() == (title or "").casefold()
    return rest.strip() if same and rest.strip() else text
