"""Where quotations stand in a paragraph: pure functions over one string.

Quotation marks of the twelve languages are read: ``« »``, ``» «``, ``“ ”``, ``„ “``, ``„ ”``,
``‹ ›``, ``‘ ’``, ``‚ ‘``, and the straight ``"`` and ``'``; a nested quotation belongs to the
outer one. A quotation ends with its paragraph at the latest: an opening mark that is never
closed holds to the end of its paragraph, or for `LONGEST_UNCLOSED` code points, whichever is
nearer (English prose leaves a quotation open at the end of each paragraph but the last). Single
marks are also apostrophes, so that an unclosed one is no quotation at all.

A paragraph that begins with a dash may be dialogue (``— Мы готовы, — сказал он.``): see
`dialogue_spans`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Span = tuple[int, int]

LONGEST_UNCLOSED = 1_500
_MARK = re.compile("[«»“”„‟‹›‘’‚‛\"'＂]")
_CLOSERS = {
    "«": "»",
    "»": "«",
    "“": '”“"',
    "„": '“”"‟',
    "”": "”",
    "‟": "”",
    "‹": "›",
    "›": "‹",
    "‘": "’",
    "‚": "‘’",
    '"': '"”',
    "'": "'",
    "＂": "＂",
}
_SINGLE = frozenset("‘‚'")
# These only ever open; the others open where they touch the word after them.
_ALWAYS_OPENS = frozenset("«„‚‘")
DIALOGUE_START = re.compile(r"\s*[—―–]\s*(?=[¿¡«“\"]?[^\W\d_])")
_DASH = re.compile(r"(?<=[\s,.!?…])[—―–]\s*|\s[—―–](?=\w)")


def find_quotations(paragraph: str) -> list[Span]:
    """Find the outermost quotations of a paragraph, with their marks.

    Returns
    -------
    list
        (start, end) in code points, in order, not overlapping.

    Examples
    --------
    >>> find_quotations('He said: "We stay." It’s “over”.')
    [(9, 19), (25, 31)]
    """
    spans: list[Span] = []
    opened, depth = -1, 0
    nests = _balanced(paragraph)
    for match in _MARK.finditer(paragraph):
        place, mark = match.start(), match.group()
        if opened < 0:
            if _opens(paragraph, place, mark):
                opened = place
        elif mark in _CLOSERS[paragraph[opened]] and _closes(paragraph, place, mark):
            if depth == 0:
                spans.append((opened, place + 1))
                opened = -1
            else:
                depth -= 1
        elif mark == paragraph[opened] and mark in nests:
            depth += 1
    if opened >= 0:
        spans.append((opened, min(len(paragraph.rstrip()), opened + LONGEST_UNCLOSED)))
    return spans


def is_closed(paragraph: str, span: Span) -> bool:
    """Whether a quotation ends with a mark, not with its paragraph or at the limit."""
    start, end = span
    return end - start > 1 and paragraph[end - 1] in _CLOSERS[paragraph[start]]


def dialogue_spans(paragraph: str, is_attribution: Callable[[str], bool]) -> list[Span]:
    """Find the speech of a paragraph that begins with a dash.

    Parameters
    ----------
    paragraph
        One paragraph.
    is_attribution
        Says whether a piece between two dashes (``сказал он.``) names who speaks.

    Returns
    -------
    list
        (start, end) of what is spoken, the dashes left out; empty when no piece is an
        attribution, because a list of points also begins with dashes.
    """
    start = DIALOGUE_START.match(paragraph)
    if not start:
        return []
    edges = [start.end()]
    spans: list[Span] = []
    attributed = False
    for dash in _DASH.finditer(paragraph, start.end()):
        edges += [dash.start(), dash.end()]
    edges.append(len(paragraph))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        piece = paragraph[begin:end]
        if begin > start.end() and piece[:1].islower() and is_attribution(piece):
            # What follows the attribution without a dash is told, not spoken.
            attributed = True
        elif piece.strip():
            spans.append((begin, end))
    return spans if attributed else []


def _opens(paragraph: str, place: int, mark: str) -> bool:
    before = paragraph[place - 1 : place]
    after = paragraph[place + 1 : place + 2]
    if not after or mark == "’":
        return False
    if mark in _SINGLE:
        # An apostrophe looks the same: only with a closing mark is it a quotation.
        return not _is_word(before) and after.isalpha() and _single_closes(paragraph, place)
    if mark in _ALWAYS_OPENS:
        return True
    return not after.isspace() and after not in ".,;:!?)" and not _is_word(before)


def _closes(paragraph: str, place: int, mark: str) -> bool:
    before = paragraph[place - 1 : place]
    after = paragraph[place + 1 : place + 2]
    if mark in "’'‘":
        return not _is_word(after) and not before.isspace()
    if mark in '"“«':
        # A mark that touches only the word after it opens: the one before was never closed.
        return not (before.isspace() and _is_word(after))
    return True


def _balanced(paragraph: str) -> str:
    """Marks that stand for a quotation inside one of the same kind, where each is closed.

    Where they do not balance (``«ООО «Газпром»``, or a mark at the head of each paragraph),
    the first closing mark ends the quotation.
    """
    balanced = "«" if 1 < paragraph.count("«") == paragraph.count("»") else ""
    straight = [match.start() for match in re.finditer('"', paragraph)]
    opening = sum(1 for place in straight if _opens(paragraph, place, '"'))
    return balanced + ('"' if 1 < opening == len(straight) - opening else "")


def _single_closes(paragraph: str, place: int) -> bool:
    closers = _CLOSERS[paragraph[place]]
    return any(
        match.group() in closers and _closes(paragraph, match.start(), match.group())
        for match in _MARK.finditer(paragraph, place + 1)
    )


def _is_word(character: str) -> bool:
    return character.isalnum()
