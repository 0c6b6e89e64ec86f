"""HTML fragments, such as those in feeds, to plain text: paragraphs, one a line."""

from __future__ import annotations

from html.parser import HTMLParser

from stancelib.corpus.related_links import Line, lines_to_drop

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_UNREAD = frozenset({"script", "style", "template", "noscript"})


def fragment_text(fragment: str) -> str:
    """Take the text of a fragment.

    Parameters
    ----------
    fragment
        HTML, or plain text without any.

    Returns
    -------
    str
        One line a paragraph, without scripts and without lines that only lead to other articles.

    Examples
    --------
    >>> fragment_text("<p>NATO met &amp; agreed.</p><p>Read also: <a href='/x'>Why</a></p>")
    'NATO met & agreed.'
    """
    parser = _Paragraphs()
    parser.feed(fragment)
    parser.close()
    parser.end_line()
    kept = zip(parser.texts, lines_to_drop(parser.lines), strict=True)
    return "\n".join(text for text, drop in kept if not drop)


class _Paragraphs(HTMLParser):
    """Collects the text of each line, whole and parted by whether it is in a link."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.lines: list[Line] = []
        self._pieces: list[tuple[bool, str]] = []
        self._links = 0
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the signature of HTMLParser
        if tag in _BLOCKS:
            self.end_line()
        self._links += tag == "a"
        self._unread += tag in _UNREAD

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.end_line()
        self._links = max(0, self._links - (tag == "a"))
        self._unread = max(0, self._unread - (tag in _UNREAD))

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self._pieces.append((self._links > 0, data))

    def end_line(self) -> None:
        text = " ".join("".join(piece for _, piece in self._pieces).split())
        if text:
            self.texts.append(text)
            own = "".join(piece for linked, piece in self._pieces if not linked)
            self.lines.append((own, "".join(piece for linked, piece in self._pieces if linked)))
        self._pieces = []
