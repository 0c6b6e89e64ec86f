"""Where sentences begin and end in a paragraph: pure functions over one string.

sentencex (Wikimedia) proposes the boundaries, on a copy in which quotation marks and line breaks
are spaces, so that long quotations are split as well; the rules here then take back boundaries

- before a dash and a word in lower case, or a dash after a quotation (``«…!» — сказав Кулеба``);
- before a word in lower case or punctuation (``"Go!" he said``);
- inside a quotation of at most `WHOLE_QUOTATION` code points;
- after a title, an initial, an abbreviation that connects, or an ordinal number
  (``M. Macron``, ``В. В. Путин``, ``т.е.``, ``der 3. Weltkrieg``);
- after a year that only begins the sentence (``W 2022 r. Polska ...``).

All offsets are code points of the original text.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

import sentencex

from stancelib.corpus.quotations import Span, is_closed

WHOLE_QUOTATION = 80
_TAIL = 40
_SHORT_BEGINNING = 4
# All double marks, also those that belong to no quotation: sentencex would pair them by itself.
_TO_SPACES = str.maketrans(dict.fromkeys('\n\r\x0b\x0c\x85\u2028\u2029«»“”„‟‹›"＂', " "))
_OPENING = re.compile(r"(?:(?<=\s)|^)[«“„‟‹\"＂](?=\S)")
_ATTRIBUTION = re.compile(r"[—–―-]\s*(\S)")
_INITIAL = re.compile(r"(?:^|[\s(«“„\"'.-])(?:[^\W\d_]|Дж|Ch|Th)\.$")
_ORDINAL = re.compile(r"(?:^|\s)\d{1,2}\.$")
_YEAR = re.compile(r"\d{3,4}(?:\s?[-–]\s?\d{2,4})?\s+(\w{1,2})\.$")
_LAST_WORD = re.compile(r"([\w°-]+)\.$")
_FIRST_WORD = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class Abbreviations:
    """Words of one language with a full stop that does not end a sentence."""

    titles: frozenset[str]
    numbered: frozenset[str]
    years: frozenset[str]
    starters: frozenset[str]
    connected: re.Pattern[str]
    ordinals: bool


@cache
def abbreviations(lang: str) -> Abbreviations:
    """Abbreviations of a language; those of all languages where it has no table."""
    text = files("stancelib.corpus").joinpath("abbreviations.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    common, own = tables["all"], tables.get(lang, {})

    def words(key: str) -> frozenset[str]:
        listed = [*common[key], *own.get(key, [])]
        return frozenset([*listed, *(word[:1].upper() + word[1:] for word in listed)])

    connected = "|".join(map(re.escape, [*common["connected"], *own.get("connected", [])]))
    return Abbreviations(
        titles=words("titles"),
        numbered=words("numbered"),
        years=words("years"),
        starters=words("starters"),
        connected=re.compile(rf"(?:^|[\s(«“„\"'])(?:{connected})\.$", re.IGNORECASE),
        ordinals=own.get("ordinals", common["ordinals"]),
    )


def find_sentences(paragraph: str, quotations: list[Span], lang: str) -> list[Span]:
    """Find the sentences of a paragraph.

    Parameters
    ----------
    paragraph
        One paragraph.
    quotations
        What `find_quotations` found in it.
    lang
        BCP 47 primary subtag.

    Returns
    -------
    list
        (start, end) in code points, without the white space around; together they cover
        everything but white space.

    Examples
    --------
    >>> paragraph = "M. Macron est à Kiev. Il y reste."
    >>> [paragraph[start:end] for start, end in find_sentences(paragraph, [], "fr")]
    ['M. Macron est à Kiev.', 'Il y reste.']
    """
    masked = _mask(paragraph, quotations)
    known = abbreviations(lang)
    cuts = [0]
    for proposed in sentencex.get_sentence_boundaries(lang, masked)[:-1]:
        cut = _place_cut(paragraph, masked, proposed["end_index"], quotations)
        if cuts[-1] < cut < len(paragraph) and _is_boundary(
            paragraph, cuts[-1], cut, quotations, known
        ):
            cuts.append(cut)
    cuts.append(len(paragraph))
    pieces = (_strip(paragraph, *span) for span in pairwise(cuts))
    return [(start, end) for start, end in pieces if start < end]


def _strip(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def _mask(paragraph: str, quotations: list[Span]) -> str:
    masked = paragraph.translate(_TO_SPACES)
    if not quotations:
        return masked
    pieces: list[str] = []
    last = 0
    for place in (place for start, end in quotations for place in (start, end - 1)):
        pieces += [masked[last:place], " "]
        last = place + 1
    pieces.append(masked[last:])
    return "".join(pieces)


def _place_cut(paragraph: str, masked: str, proposed: int, quotations: list[Span]) -> int:
    """Put the cut behind closing and before opening marks."""
    gap_start, gap_end = proposed, proposed
    while gap_start > 0 and masked[gap_start - 1].isspace():
        gap_start -= 1
    while gap_end < len(masked) and masked[gap_end].isspace():
        gap_end += 1
    if paragraph[gap_start:gap_end].isspace():
        return gap_end
    starts = (start for start, _ in quotations if gap_start <= start < gap_end)
    stray = _OPENING.search(paragraph, gap_start, gap_end + 1)
    return next(starts, stray.start() if stray else gap_end)


def _is_boundary(
    paragraph: str, start: int, cut: int, quotations: list[Span], known: Abbreviations
) -> bool:
    if any(
        begin < cut < end <= begin + WHOLE_QUOTATION and is_closed(paragraph, (begin, end))
        for begin, end in quotations
    ):
        return False
    before = paragraph[start:cut].rstrip()
    after = paragraph[cut : cut + _TAIL]
    after_quotation = any(end == start + len(before) for _, end in quotations)
    if _attribution_follows(after, after_quotation=after_quotation):
        return False
    return not (before.endswith(".") and _stop_is_part_of_word(before, after, known))


def _attribution_follows(after: str, *, after_quotation: bool) -> bool:
    first = after[:1]
    if first.islower() or first in ",;)]»”":
        return True
    dash = _ATTRIBUTION.match(after)
    return dash is not None and (after_quotation or dash[1].islower())


def _stop_is_part_of_word(before: str, after: str, known: Abbreviations) -> bool:
    tail = before[-_TAIL:]
    if known.connected.search(tail):
        return True
    last = _LAST_WORD.search(tail)
    word = last[1] if last else ""
    if word in known.titles or (word in known.numbered and after[:1].isdigit()):
        return True
    year = _YEAR.search(tail)
    if year and year[1] in known.years:
        return len(before.split()) <= _SHORT_BEGINNING
    following = _FIRST_WORD.match(after)
    starts_anew = following is None or following[0].lower() in known.starters
    if starts_anew:
        return False
    if _INITIAL.search(tail):
        return word[:1].isupper()
    return known.ordinals and _ORDINAL.search(tail) is not None
