"""Fold text for matching, and find the way back to the offsets of the original.

Folding removes what does not tell two names apart: case, the shape of apostrophes, quotation
marks, hyphens and spaces, composed and decomposed accents, stress marks of Cyrillic, soft
hyphens and other characters of no width, `ё` beside `е`, the cedillas of old Romanian fonts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# Characters that take one place before and after; keyed by code point for str.translate.
_SAME_WIDTH = str.maketrans(
    {
        **dict.fromkeys("’‘‛ʼʹ′`´＇", "'"),
        **dict.fromkeys("«»“”„‟‹›″＂", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-"),
        **dict.fromkeys(
            "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000", " "
        ),
        **dict.fromkeys([chr(point) for point in range(0x2000, 0x200B)], " "),
        "ё": "е",
        "ş": "ș",
        "ţ": "ț",
    }
)
# The acute and the grave accent on a Cyrillic vowel only mark stress.
_STRESS_MARKS = "\u0300\u0301"
# Text made of these alone folds one character to one: nothing to compose and nothing to drop.
_PLAIN = re.compile(r"(?!.*\s\s)[\w\s!-/:-@\[-`{-~«»“”„‹›’‘…\u2010-\u2015№€£°§·•]*", re.DOTALL)
_NOT_PLAIN_ASCII = re.compile(r"[\x00-\x1f`]|  ")
_MODIFIER_LETTERS = re.compile("[ʼʹ]")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text folded for matching.

    Attributes
    ----------
    text : str
        The folded text, `n` characters.
    starts : Sequence[int]
        Shape (n,). Where the source of each folded character begins in the original.
    ends : Sequence[int]
        Shape (n,). Where it ends, combining marks included.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def fold(text: str) -> Folded:
    """Fold a text and keep the place of each character in the original.

    Parameters
    ----------
    text : str
        Any text, in any normal form.

    Returns
    -------
    Folded
        The folded text with the original offsets, in code points.

    Examples
    --------
    >>> folded = fold("L’OTAN")
    >>> folded.text
    "l'otan"
    >>> fold("GROẞ").text, list(fold("GROẞ").starts)
    ('gross', [0, 1, 2, 3, 3])
    """
    if text.isascii() and not _NOT_PLAIN_ASCII.search(text):
        return Folded(text.lower(), range(len(text)), range(1, len(text) + 1))
    folded = text.casefold()
    # Some single characters, such as the sign of Kelvin, have another one as their normal form.
    composed = unicodedata.is_normalized("NFC", text)
    if composed and len(folded) == len(text) and _PLAIN.fullmatch(text):
        size = len(text)
        return Folded(folded.translate(_SAME_WIDTH), range(size), range(1, size + 1))
    return _fold_clusters(text)


def _fold_clusters(text: str) -> Folded:
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _cluster_spans(text):
        folded = _fold_cluster(text[start:end])
        if folded == " " and characters and characters[-1] == " ":
            ends[-1] = end
            continue
        characters.extend(folded)
        starts.extend([start] * len(folded))
        ends.extend([end] * len(folded))
    return Folded("".join(characters), starts, ends)


def _cluster_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of each base character with the combining marks that follow it."""
    spans: list[tuple[int, int]] = []
    for place, character in enumerate(text):
        if spans and _is_mark(character) and spans[-1][1] == place:
            spans[-1] = (spans[-1][0], place + 1)
        else:
            spans.append((place, place + 1))
    return spans


@lru_cache(maxsize=65_536)
def _fold_cluster(cluster: str) -> str:
    base = cluster[0]
    if _is_mark(base) or unicodedata.category(base) == "Cf":
        return ""
    if not is_word_character(base):
        # An emoji with a variation selector, say: the mark makes no word of it.
        return base.casefold().translate(_SAME_WIDTH)
    if len(cluster) > 1 and "\u0400" <= base <= "\u04ff":
        cluster = cluster.translate(dict.fromkeys(map(ord, _STRESS_MARKS)))
    return unicodedata.normalize("NFC", cluster).casefold().translate(_SAME_WIDTH)


@lru_cache(maxsize=65_536)
def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def is_word_character(character: str) -> bool:
    """Tell whether a character belongs to a word: a letter, digit, underscore or mark.

    Examples
    --------
    >>> [is_word_character(character) for character in "я7_-’"]
    [True, True, True, False, False]
    """
    return (
        (character.isalnum() and not _MODIFIER_LETTERS.match(character))
        or character == "_"
        or _is_mark(character)
    )
