"""Feeds (RSS 2.0, RSS 1.0, Atom) to articles.

The parser is that of the standard library, which fetches nothing. A feed that declares a document
type or an entity is refused before anything in it is expanded: no feed needs one, and a few lines
of nested entities fill the memory (https://docs.python.org/3/library/xml.html#xml-security).
"""

from __future__ import annotations

import html
import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.parsers import expat

from stancelib.corpus.markup import fragment_text
from stancelib.corpus.raw import RawTable, from_records

FEED_FIELDS = ("doc_id", "source", "published_at", "title", "text", "lang", "url")
DOCUMENT_TYPE = "refused feed: it declares a document type (DTD), which may hold entities"
NO_FEED = "not a feed: its root is neither rss, RDF nor feed"
BROKEN_FEED = "broken feed: nothing after this can be read"
_ROOTS = {"rss", "RDF", "feed"}
_ITEMS = {"item", "entry"}
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DC = "{http://purl.org/dc/elements/1.1/}"
_RSS1 = "{http://purl.org/rss/1.0/}"
_ATOM = "{http://www.w3.org/2005/Atom}"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_Record = dict[str, str | None]


def read_feed(data: bytes, name: str) -> RawTable:
    """Read the items of a feed.

    Parameters
    ----------
    data
        The bytes of the file.
    name
        The path.

    Returns
    -------
    RawTable
        A row for each item. Items before a fault are kept; the fault is a broken row.
    """
    known = {field: field for field in FEED_FIELDS}
    if _declares_document_type(data):
        return from_records(name, [], FEED_FIELDS, [(0, DOCUMENT_TYPE, None)], known=known)
    parsed = _parse(data)
    records = [_record(item, parsed.root) for item in parsed.items]
    broken = [(len(records), parsed.fault, parsed.value)] if parsed.fault else []
    return from_records(name, records, FEED_FIELDS, broken, known=known)


class _DocumentTypeError(Exception):
    pass


def _refuse(*_: object) -> None:
    raise _DocumentTypeError


def _declares_document_type(data: bytes) -> bool:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(data, True)
    except _DocumentTypeError:
        return True
    except (expat.ExpatError, LookupError, ValueError):
        return False
    return False


@dataclass
class _Parsed:
    root: ET.Element = field(default_factory=lambda: ET.Element("none"))
    items: list[ET.Element] = field(default_factory=list)
    fault: str = ""
    value: str | None = None


def _parse(data: bytes) -> _Parsed:
    parsed = _Parsed()
    try:
        for event, element in ET.iterparse(io.BytesIO(data), events=("start", "end")):  # noqa: S314 - no document type gets here
            if parsed.root.tag == "none":
                parsed.root = element
            if event == "end" and _local(element.tag) in _ITEMS:
                parsed.items.append(element)
    except ET.ParseError as error:
        parsed.fault, parsed.value = BROKEN_FEED, str(error)
    except (LookupError, ValueError) as error:
        parsed.fault, parsed.value = f"{BROKEN_FEED}: unknown encoding", str(error)
    if not parsed.fault and _local(parsed.root.tag) not in _ROOTS:
        return _Parsed(fault=NO_FEED, value=f"<{_local(parsed.root.tag)}>")
    return parsed


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _children(element: ET.Element, *names: str) -> Iterator[ET.Element]:
    """Children by name in the order of `names`; a name without a namespace takes any feed's."""
    for name in names:
        bare = {name, f"{_ATOM}{name}", f"{_RSS1}{name}"}
        wanted = {name} if name.startswith("{") else bare
        yield from (child for child in element if child.tag in wanted)


def _text(element: ET.Element, *names: str) -> str | None:
    texts = ("".join(child.itertext()).strip() for child in _children(element, *names))
    return next(filter(None, texts), None)


def _record(item: ET.Element, root: ET.Element) -> _Record:
    channel = next(_children(root, "channel"), root)
    site = _link(channel)
    return {
        "doc_id": _identifier(item, site),
        "source": _source(item) or _text(channel, "title") or site,
        "published_at": _text(item, "pubDate", "published", f"{_DC}date", "updated"),
        "title": _plain(next(_children(item, "title"), None)),
        "text": next(filter(None, map(_plain, _bodies(item))), None),
        "lang": item.get(_LANG)
        or _text(item, f"{_DC}language")
        or root.get(_LANG)
        or _text(channel, "language", f"{_DC}language"),
        "url": _link(item),
    }


def _bodies(item: ET.Element) -> Iterator[ET.Element]:
    return _children(item, _CONTENT, "content", "description", "summary")


def _plain(element: ET.Element | None) -> str | None:
    """The text of an element that holds HTML, escaped or as elements, or plain text."""
    if element is None:
        return None
    if element.get("type") == "text":
        return "".join(element.itertext()).strip() or None
    for inner in element.iter():
        inner.tag = _local(inner.tag)
    inside = "".join(ET.tostring(child, "unicode", "html") for child in element)
    before = element.text or ""
    return fragment_text(html.escape(before) + inside if inside else before) or None


def _link(element: ET.Element) -> str | None:
    for link in _children(element, "link"):
        address = link.get("href") or (link.text or "").strip()
        if address and link.get("rel", "alternate") == "alternate":
            return address
    return None


def _source(item: ET.Element) -> str | None:
    """The outlet that an aggregator names for an item."""
    source = next(_children(item, "source"), None)
    if source is None:
        return None
    return _text(source, "title") or (source.text or "").strip() or source.get("url")


def _identifier(item: ET.Element, site: str | None) -> str | None:
    """The identifier of an item; one that is only unique in its feed gets the host before it."""
    written = _text(item, "guid", "id") or item.get(_ABOUT)
    if written is None or ":" in written:
        return written
    host = urlsplit(site or "").hostname
    return f"{host}#{written}" if host else None
