"""What a web page says of itself: date, title, outlet, language, address.

The date is the publisher's own stamp, as it is written, so that its time zone is kept. It is
looked for in JSON-LD (``datePublished``), ``article:published_time``, ``itemprop``, other usual
``meta`` names and ``<time datetime>``, in this order. The first that states a time zone is taken,
else the first that states a time of day, else the first. Dates in running text, in the address, in
a header, an aside or a footer are no dates of the article, and `dateModified` is none either.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ARTICLE_TYPES = re.compile(r"(?:Article|Posting|Report)$")
_DATE_NAMES = (
    *("article:published_time", "og:article:published_time", "og:published_time"),
    *("datepublished", "date_published", "published_time", "publish_date", "publish-date"),
    *("publishdate", "pubdate", "publication_date", "sailthru.date", "parsely-pub-date"),
    *("cxenseparse:recs:publishtime", "dc.date.issued", "dcterms.created", "dcterms.date"),
    *("dc.date.created", "dc.date", "dcterms.issued", "article.published", "date"),
)
_TIME_TAG = (
    "//time[@datetime][not(ancestor::aside or ancestor::footer or ancestor::nav)]"
    "[ancestor::article or ancestor::main or not(ancestor::header)]"
)
_ZONE = re.compile(
    r"\d{1,2}:\d{2}.*?(?:[Zz]|[+-]\d{2}:?\d{2}|[+-]\d{2}|\b[A-Z]{3,4})\s*(?:\(.*\))?$"
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_COMPACT_ZONE = re.compile(r"^\d{8}T\d{6}(?:Z|[+-]\d{2}:?\d{2})$")


def page_metadata(tree: HtmlElement, url: str | None) -> dict[str, str | None]:
    """Read what a page says of itself.

    Parameters
    ----------
    tree
        The page.
    url
        The address it was fetched from, where that is known; it goes before the page's own.

    Returns
    -------
    dict
        source, published_at (as it is written), title, lang, url; null where the page is silent.
    """
    metas = _metas(tree)
    nodes = list(_article_nodes(tree))
    address = url or _address(tree, metas)
    site = metas.get("og:site_name") or _host(address)
    return {
        "source": site,
        "published_at": _choose_stamp(list(_stamps(tree, metas, nodes))),
        "title": _title(tree, metas, nodes, site),
        "lang": _language(tree, metas),
        "url": address,
    }


def _metas(tree: HtmlElement) -> dict[str, str]:
    """The content of each meta element by its name in lower case; the first one stands."""
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        content = (meta.get("content") or "").strip()
        for key in ("property", "name", "itemprop", "http-equiv"):
            name = (meta.get(key) or "").strip().lower()
            if name and content:
                metas.setdefault(name, content)
    return metas


# ---- JSON-LD ---- #


def _article_nodes(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """The nodes of JSON-LD that describe the page: articles first, then web pages."""
    nodes = [
        node
        for script in tree.xpath("//script[contains(@type, 'ld+json')]")
        for node in _top_nodes(_json(script.text_content()))
    ]
    yield from (node for node in nodes if any(map(_ARTICLE_TYPES.search, _types(node))))
    yield from (node for node in nodes if "WebPage" in _types(node))


def _json(text: str) -> object:
    bare = re.sub(r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[)|(?://\]\]>|\]\]>|-->)\s*$", "", text)
    try:
        return json.loads(bare.strip().rstrip(";"), strict=False)
    except (json.JSONDecodeError, RecursionError):
        return None


def _top_nodes(value: object) -> Iterator[dict[str, Any]]:
    """Nodes on the first level and in ``@graph``; lists of other articles are not entered."""
    if isinstance(value, list):
        for item in value:
            yield from _top_nodes(item)
    elif isinstance(value, dict):
        yield value
        yield from _top_nodes(value.get("@graph"))


def _types(node: dict[str, Any]) -> list[str]:
    kinds = node.get("@type")
    return [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])]


def _string(value: object) -> str | None:
    if isinstance(value, list) and value:
        return _string(value[0])
    return html.unescape(value).strip() or None if isinstance(value, str) else None


# ---- the date ---- #


def _stamps(
    tree: HtmlElement, metas: dict[str, str], nodes: list[dict[str, Any]]
) -> Iterator[str | None]:
    for node in nodes:
        yield _string(node.get("datePublished"))
    yield metas.get("article:published_time")
    for element in tree.xpath("//*[@itemprop='datePublished']"):
        yield element.get("content") or element.get("datetime") or element.text_content()
        break
    for name in _DATE_NAMES:
        yield metas.get(name)
    for element in tree.xpath(_TIME_TAG):
        yield element.get("datetime")
        break


def _choose_stamp(stamps: list[str | None]) -> str | None:
    written = [stamp.strip() for stamp in stamps if stamp and stamp.strip()]
    for form in (_states_zone, _CLOCK.search):
        chosen = next((stamp for stamp in written if form(stamp)), None)
        if chosen is not None:
            return chosen
    return next(iter(written), None)


def _states_zone(stamp: str) -> bool:
    return bool(_ZONE.search(stamp) or _COMPACT_ZONE.search(stamp))


# ---- the rest ---- #


def _address(tree: HtmlElement, metas: dict[str, str]) -> str | None:
    links = tree.xpath("//link[@rel='canonical']/@href")
    candidates = (*(str(link).strip() for link in links), metas.get("og:url", ""))
    return next((one for one in candidates if _host(one)), None)


def _host(address: str | None) -> str | None:
    try:
        host = urlsplit(address or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host and (address or "").startswith("http") else None


def _language(tree: HtmlElement, metas: dict[str, str]) -> str | None:
    root = tree.getroottree().getroot()
    stated = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    stated = stated or root.get("xml:lang")
    return stated or metas.get("og:locale") or metas.get("content-language")


def _title(
    tree: HtmlElement, metas: dict[str, str], nodes: list[dict[str, Any]], site: str | None
) -> str | None:
    headlines = (_string(node.get("headline")) for node in nodes)
    headings = [element.text_content() for element in tree.xpath("//h1")]
    titles = [element.text_content() for element in tree.xpath("//head/title")]
    candidates = (
        next(filter(None, headlines), None),
        metas.get("og:title"),
        headings[0] if len(headings) == 1 else None,
        *titles[:1],
    )
    written = (" ".join(title.split()) for title in candidates if title)
    title = next(filter(None, written), None)
    return _without_site(title, site) if title else None


def _without_site(title: str, site: str | None) -> str:
    if not site:
        return title
    return re.sub(rf"\s+[-–—|:•]\s+{re.escape(site)}$", "", title, flags=re.IGNORECASE) or title
