"""Where paragraphs begin and end in a text: pure functions over one string.

A blank line always separates. A single line break separates as well, so that a heading without
a full stop is a paragraph of its own, with two exceptions:

- the next line begins in lower case and this one does not end like a sentence: a line torn in
  mid-sentence is joined;
- the whole text is wrapped by hand: at least three lines, none longer than 100 code points, the
  longest of at least 40, and two or more of them torn in mid-sentence. There a break is only a
  wrap where the next line's first word would not have fitted, and a paragraph's end elsewhere.
"""

from __future__ import annotations

import re
from itertools import pairwise

from stancelib.corpus.quotations import Span

_BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_ENDS_LIKE_A_SENTENCE = re.compile(r"[.!?…:;][\"'»”“’)\]]*$")
_WIDEST = 100
_NARROWEST = 40
_FEWEST_LINES = 3
_FEWEST_TORN = 2


def find_paragraphs(text: str) -> list[Span]:
    r"""Find the paragraphs of a text.

    Returns
    -------
    list
        (start, end) in code points, without the white space around; together they cover
        everything but white space.

    Examples
    --------
    >>> text = "Kyiv under fire\nThe capital was\nattacked at dawn.\n\nMore follows."
    >>> [text[start:end] for start, end in find_paragraphs(text)]
    ['Kyiv under fire', 'The capital was\nattacked at dawn.', 'More follows.']
    """
    lines = _lines(text)
    if not any(lines):
        return []
    width = _wrap_width(text, lines)
    paragraphs: list[Span] = []
    last: Span | None = None
    for line in lines:
        if line is not None and last is not None and _goes_on(text, last, line, width):
            paragraphs[-1] = (paragraphs[-1][0], line[1])
        elif line is not None:
            paragraphs.append(line)
        last = line
    return paragraphs


def _lines(text: str) -> list[Span | None]:
    """Lines without the white space around them; None for a blank line."""
    lines: list[Span | None] = []
    begin = 0
    for end, after in [*((m.start(), m.end()) for m in _BREAK.finditer(text)), (len(text), 0)]:
        stripped = text[begin:end].strip()
        if stripped:
            start = begin + len(text[begin:end]) - len(text[begin:end].lstrip())
            lines.append((start, start + len(stripped)))
        else:
            lines.append(None)
        begin = after
    return lines


def _is_torn(text: str, line: Span, following: Span) -> bool:
    end = text[max(line[0], line[1] - 5) : line[1]]
    return text[following[0]].islower() and not _ENDS_LIKE_A_SENTENCE.search(end)


def _wrap_width(text: str, lines: list[Span | None]) -> int | None:
    written = [line for line in lines if line is not None]
    widest = max(end - start for start, end in written)
    if len(written) < _FEWEST_LINES or not _NARROWEST <= widest <= _WIDEST:
        return None
    pairs = pairwise(lines)
    torn = sum(1 for a, b in pairs if a is not None and b is not None and _is_torn(text, a, b))
    return widest if torn >= _FEWEST_TORN else None


def _goes_on(text: str, line: Span, following: Span, width: int | None) -> bool:
    if _is_torn(text, line, following):
        return True
    if width is None:
        return False
    first_word = text[following[0] : following[1]].split(maxsplit=1)[0]
    return line[1] - line[0] + 1 + len(first_word) > width
