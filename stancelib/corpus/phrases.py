"""Phrases that may name a speaker, and what they name: pure functions over one string.

A *phrase* is a run of words of these kinds: a name (N, any capitalised word that is none of the
others), an office (O, "president"), a body (B, "ministry"), an institution (I, "Pentagon"), a
nation (D, "Ukrainian", "Kyiv"), a qualifier (Q, "foreign") and, between them, a connector (C, "of
the") or the particle of a name (P, "de"). A phrase with a person's name is that name, without
office and nation; without one it is a body, a capital or the office of a country, as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stancelib.corpus.reporting import Reporting

_UPPER = "".join(c for c in map(chr, range(0x530)) if c.isupper())
_DOUBLE = r"(?:von der|von dem|van der|van den|de la)(?!\w)"
_ELISION = r"(?:dell|all|nell|dall|[LlDd])'(?=\w)"
_WORD = re.compile(rf"{_DOUBLE}|{_ELISION}|(?:[{_UPPER}]\.){{1,3}}|[\w][\w'-]*\w\.?|\w\.?|[^\w\s]")
_PHRASE = re.compile(r"[NOIBDQ](?:P?[NOIBDQ]|(?<=[OIBDQ])[CP]{1,3}[NOIBDQ])*")
_NAME_AND_NATION = re.compile(r"N(?:P?N)*D+")
_NAME = re.compile(r"N(?:P?N)*")
_PARTICLES = frozenset(
    (
        "al",
        "ben",
        "bin",
        "da",
        "de",
        "de la",
        "del",
        "della",
        "di",
        "dos",
        "du",
        "el",
        "ter",
        "van",
        "van den",
        "van der",
        "von",
        "von dem",
        "von der",
    )
)
_LONGEST_SPEAKER = 8
_SHORTEST_ACRONYM = 2


@dataclass(frozen=True)
class Phrase:
    """A run of words that may name a speaker.

    Attributes
    ----------
    start, end
        Place in the clause.
    before
        Words of the clause before it, in lower case.
    words, kinds
        Its words, and a letter of kind for each.
    """

    start: int
    end: int
    before: tuple[str, ...]
    words: tuple[str, ...]
    kinds: str


def whole_speaker(text: str, how: Reporting, *, topics: bool) -> str | None:
    """Name the speaker where a text is nothing else; `topics`: whether a country is one."""
    found = list(find_phrases(text, how))
    if len(found) != 1 or len(found[0].words) > _LONGEST_SPEAKER:
        return None
    phrase = found[0]
    if text[phrase.end :].strip() or set(phrase.before) - how.articles:
        return None
    # "Crise ukrainienne", "Ukraine": what is written about, unless an office stands by it.
    is_topic = "D" in phrase.kinds and not set(phrase.kinds) & set("OIB")
    return None if is_topic and not topics else resolved(phrase)


def is_placed(phrase: Phrase, how: Reporting) -> bool:
    """Whether a preposition makes the phrase a place or an addressee."""
    small = [word for word in phrase.before if word not in how.articles]
    if not small or small[-1] not in how.prepositions:
        return False
    return not (set(phrase.kinds) & set("BI") and small[-1] in how.speaks_from)


def find_phrases(clause: str, how: Reporting) -> Iterator[Phrase]:
    """Yield the runs of words that may name a speaker."""
    words = list(_WORD.finditer(clause))
    kinds = "".join(_kind(match.group(), how) for match in words)
    for run in _PHRASE.finditer(kinds):
        first, last = run.start(), run.end()
        yield Phrase(
            start=words[first].start(),
            end=words[last - 1].end(),
            before=tuple(word.group().lower() for word in words[:first]),
            words=tuple(word.group() for word in words[first:last]),
            kinds=run.group(),
        )


def _kind(word: str, how: Reporting) -> str:
    lower = word.lower().rstrip(".'")
    for kind, pattern in how.kinds:
        if pattern.fullmatch(lower):
            return kind
    if lower in _PARTICLES and word[0].islower():
        return "P"
    if lower in how.connectors and word[0].islower():
        return "C"
    is_name = word[:1].isupper() and lower not in how.roles and lower not in how.pronouns
    return "N" if is_name else "."


def resolved(phrase: Phrase) -> str | None:
    """Say what a phrase names: a person, a body or country, or an office of one; else None."""
    kinds, words = phrase.kinds, phrase.words
    names = list(_NAME.finditer(kinds))
    if names and _NAME_AND_NATION.fullmatch(kinds):
        # "Zdaniem Morawieckiego Rosja ...": the country begins what he says.
        return _joined(words[: names[0].end()])
    if names and _is_person(kinds, names[-1]):
        return _joined(words[names[-1].start() : names[-1].end()])
    if names or set(kinds) & set("DI"):
        return None if kinds == "D" and words[0].islower() else _joined(words)
    if "B" in kinds and ("Q" in kinds or "O" in kinds or any(map(_is_acronym, words))):
        return _joined(words)
    return None


def _is_person(kinds: str, name: re.Match[str]) -> bool:
    before, after = kinds[: name.start()], kinds[name.end() :]
    if set(kinds) & set("BI") and "O" not in before:
        return False
    return not (after or (before.endswith(("C", "P")) and set(before) & set("OBI")))


def _is_acronym(word: str) -> bool:
    return len(word) >= _SHORTEST_ACRONYM and word.isupper()


def _joined(words: tuple[str, ...]) -> str:
    text = " ".join(words).replace("' ", "'")
    return text if re.search(rf"\b[{_UPPER}]\.$", text) else text.rstrip(".")
