"""Who speaks in a sentence, from the words that report speech: pure functions over one string.

The words are in ``reporting.toml``, by language. They are read in the *narration* of a
sentence: what stands outside its quotations. Of each quotation only “ and ” stay, and between
them the mark that it ends with: ``“We stay,” he said.`` is narrated as ``“,” he said.``
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

QUOTED = r"“[,.!?…]?”"
_LONGEST_ATTRIBUTION = 160
_LONGEST_NAME = 3
_ELISION = re.compile("[LD]'", re.IGNORECASE)
_UPPER = "".join(c for c in map(chr, range(0x530)) if c.isupper())
_NAME = rf"(?:(?:[{_UPPER}]\.){{1,3}}|[{_UPPER}][\w'-]*\w|[{_UPPER}])"
_PARTICLE = r"(?:de|del|della|di|da|dos|du|van|von|der|den|la|al|el|bin|ben|ter)"
# A title before a name keeps its full stop: "M. Macron", "Gen. Milley".
_RUN = re.compile(
    rf"(?<![\w-])(?:{_NAME}\.?(?=\s)\s+(?:{_PARTICLE}\s+){{0,2}}){{0,6}}{_NAME}(?![\w])"
)
_CLAUSE_END = re.compile(r"[,;:!?()—―–“”\[\]]|\.$|\s-\s")
_CLAUSE_START = re.compile(r"[;:!?()—―–“”\[\]]|\s-\s")


@dataclass(frozen=True)
class Reporting:
    """How one language reports speech.

    Attributes
    ----------
    cues
        Words in lower case, one of which stands in every sentence that reports speech.
    verb, according
        Patterns of a reporting verb, and of a phrase that names the speaker after it.
    direct
        Patterns of a quotation with its attribution, however long that is.
    indirect
        Patterns of sentences whose statement is somebody else's.
    pronouns, prepositions, roles
        Words in lower case, as ``reporting.toml`` says.
    inverts, dash_dialogue
        As ``reporting.toml`` says.
    """

    cues: tuple[str, ...]
    verb: re.Pattern[str]
    according: re.Pattern[str]
    direct: tuple[re.Pattern[str], ...]
    indirect: tuple[re.Pattern[str], ...]
    pronouns: frozenset[str]
    prepositions: frozenset[str]
    roles: frozenset[str]
    inverts: bool
    dash_dialogue: bool


@cache
def tables() -> dict[str, dict[str, list[str]]]:
    """Return the words of ``reporting.toml``, by language."""
    text = files("stancelib.corpus").joinpath("reporting.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def reporting(lang: str) -> Reporting | None:
    """How a language reports speech; None where there is no table."""
    if lang not in tables():
        return None
    words = tables()[lang]
    verb = _verb_pattern(words)
    according = rf"\b(?:{_any(words['according'])})(?!\w)"
    return Reporting(
        cues=(*words["verbs"], *words["participles"], *words["according"]),
        verb=re.compile(verb, re.IGNORECASE),
        according=re.compile(according, re.IGNORECASE),
        direct=_compiled(_direct_patterns(verb)),
        indirect=_compiled([*_indirect_patterns(words, verb), according]),
        pronouns=frozenset(words["pronouns"]),
        prepositions=frozenset(words["prepositions"]),
        roles=frozenset(words["roles"]),
        inverts=bool(words["inverts"]),
        dash_dialogue=bool(words["dash_dialogue"]),
    )


def is_indirect(narration: str, how: Reporting) -> bool:
    """Whether the sentence states what somebody else says or thinks.

    Examples
    --------
    >>> is_indirect("Peskov said that talks go on.", reporting("en"))
    True
    >>> is_indirect("The talks that Peskov leads go on.", reporting("en"))
    False
    """
    return any(pattern.search(narration) for pattern in how.indirect)


def is_direct(narration: str, how: Reporting) -> bool:
    """Whether the sentence is a quotation and the words that say who speaks.

    Examples
    --------
    >>> is_direct("“,” said a spokesman for the ministry on Monday.", reporting("en"))
    True
    >>> is_direct("“” is what Moscow calls the war.", reporting("en"))
    False
    """
    return any(pattern.search(narration) for pattern in how.direct)


def is_headline_quotation(narration: str) -> bool:
    """Whether the sentence is a topic or name, a colon and a quotation."""
    return re.search(rf":\s*{QUOTED}\W*$", narration) is not None


def is_attributed(narration: str, how: Reporting) -> bool:
    """Whether words around a quotation say that somebody speaks."""
    return bool(how.verb.search(narration) or how.according.search(narration))


def find_speaker(narration: str, how: Reporting | None) -> str | None:
    """Name the speaker as the sentence does; None where it names none.

    Examples
    --------
    >>> find_speaker("“”, a déclaré le ministre Sergueï Lavrov à Moscou.", reporting("fr"))
    'Sergueï Lavrov'
    >>> find_speaker("“”, he said.", reporting("en")) is None
    True
    """
    if how is None:
        return None
    for verb in how.verb.finditer(narration):
        return _around_verb(narration, verb, how)
    for phrase in how.according.finditer(narration):
        return _first_name(_clause_after(narration, phrase.end()), how)
    return _beside_quotation(narration, how)


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"


def _compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


def _direct_patterns(verb: str) -> list[str]:
    return [
        # “...” said Peskov; « ... » a déclaré M. Peskov
        rf"^\W*{QUOTED}\s*{verb}",
        # “...,” Kremlin spokesman Dmitry Peskov said; «...», — заявил Песков
        rf"^\W*(?:“[,.!?…]”|“”\s*[,—–-])[\s,—–-]*(?:[^\s“”]+\s+){{0,8}}?{verb}",
        # Peskov said: “...”
        rf"{verb}[^.!?“”]{{0,80}}:\s*“",
    ]


def _verb_pattern(words: dict[str, list[str]]) -> str:
    # French asks and reports with a pronoun behind the verb: "a-t-il déclaré", "explique-t-elle".
    pronoun = r"(?:-t)?(?:-(?:il|elle|ils|elles|on))?"
    finite = rf"\b(?:{_any(words['verbs'])}){pronoun}(?![\w-])"
    if not words["participles"]:
        return finite
    compound = (
        rf"\b(?:{_any(words['auxiliaries'])}){pronoun}(?:\s+\w+){{0,2}}?"
        rf"\s+(?:{_any(words['participles'])})(?![\w-])"
    )
    return f"(?:{compound}|{finite})"


def _indirect_patterns(words: dict[str, list[str]], verb: str) -> list[str]:
    complementiser = _any(words["complementisers"])
    few_words = r"(?:[\s,]+[^\s,.!?;:“”]+){0,8}?"
    # "Kuleba, the minister, spoke of ..." is no attribution at the end of a statement.
    no_object = "" if words["inverts"] else rf"(?!\s+(?:{_any(words['prepositions'])})\s)"
    patterns = [
        # said on Monday that ...; заявил в среду, что ...
        rf"{verb}{few_words},?\s+(?:{complementiser})(?:\b|(?<='))",
        # ..., said Peskov; ..., заявил он
        (
            rf"(?:\w,|”,?)\s*[—–-]?\s*{verb}{no_object}"
            rf"(?:[^.!?“”;:]|“”){{0,{_LONGEST_ATTRIBUTION}}}[.!?]?\s*$"
        ),
        # Peskov said: ...
        rf"{verb}[^.!?“”]{{0,80}}:\s*\S+\s+\S+",
    ]
    if words["enough"]:
        patterns.append(rf"\b(?:{_any(words['enough'])})\b")
        # ..., the Kremlin warned.
        # As the President noted, ...
        patterns.append(rf"\bas\s+(?:[^\s,]+\s+){{0,6}}?{verb}")
        patterns.append(rf",”?\s+(?:[^\s,]+\s+){{1,6}}{verb}(?:\s+[^\s,]+){{0,4}}[.!?]?\s*$")
    if words["comma_reports"]:
        patterns.append(rf"{verb}(?:\s+[^\s,.!?;:]+){{0,6}},\s+\w+")
    return patterns


def _around_verb(narration: str, verb: re.Match[str], how: Reporting) -> str | None:
    before = _clause_before(narration, verb.start())
    after = _clause_after(narration, verb.end())
    last = before.rsplit(",", 1)[-1].strip()
    if not last:
        # "..., said Peskov" or "Peskov, the spokesman, said ..."
        return _subject_behind(after, how) or _before_comma(before, how)
    if last.split()[-1].lower() in how.pronouns or _begins_with_pronoun(last, how):
        return None
    named = _last_name(last, how)
    return _subject_behind(after, how) if named is None and how.inverts else named


def _subject_behind(clause: str, how: Reporting) -> str | None:
    """Name the subject behind its verb: an object would be followed by more of its clause."""
    if _begins_with_pronoun(clause, how):
        return None
    for place, named in _names(clause, how):
        following = clause[place.end() :].split(maxsplit=1)
        if how.inverts or not following or following[0].lower() in how.prepositions:
            return named
    return None


def _before_comma(clause: str, how: Reporting) -> str | None:
    """Name what stands before an apposition: "Peskov, the spokesman, "."""
    named = [name for place, name in _names(clause, how) if clause[place.end() :][:1] == ","]
    return named[-1] if named else None


def _begins_with_pronoun(clause: str, how: Reporting) -> bool:
    words = clause.split(maxsplit=1)
    return bool(words) and words[0].strip(".,").lower() in how.pronouns


def _clause_before(narration: str, place: int) -> str:
    starts = [match.end() for match in _CLAUSE_START.finditer(narration, 0, place)]
    return narration[starts[-1] if starts else 0 : place].strip(" -—–")


def _clause_after(narration: str, place: int) -> str:
    end = _CLAUSE_END.search(narration, place)
    return narration[place : end.start() if end else len(narration)]


def _first_name(clause: str, how: Reporting) -> str | None:
    return next((named for _, named in _names(clause, how)), None)


def _last_name(clause: str, how: Reporting) -> str | None:
    named = [named for _, named in _names(clause, how)]
    return named[-1] if named else None


def _names(clause: str, how: Reporting) -> Iterator[tuple[re.Match[str], str]]:
    """Yield runs of capitalised words that may be a speaker."""
    for run in _RUN.finditer(clause):
        before = clause[: run.start()].lower().replace("'", " ").split()
        while before and before[-1] in how.roles - how.prepositions:
            before.pop()
        if before and before[-1] in how.prepositions:
            continue
        named = _without_roles(run.group().split(), how)
        if named:
            yield run, " ".join(named)


def _without_roles(words: list[str], how: Reporting) -> list[str]:
    while words and words[-1].lower() in how.roles:
        words = words[:-1]
    last_role = max((i for i, word in enumerate(words) if word.lower() in how.roles), default=-1)
    words = words[last_role + 1 :]
    if len(words) == 1 and words[0].lower() in how.pronouns:
        return []
    if words and _ELISION.match(words[0]):
        # "L'Elysée" is named Elysée; "L'idée" is no name.
        words = [words[0][2:], *words[1:]] if words[0][2:3].isupper() else []
    capitals = [place for place, word in enumerate(words) if word[:1].isupper()]
    return words[capitals[-2] :] if len(capitals) > _LONGEST_NAME else words


def _beside_quotation(narration: str, how: Reporting) -> str | None:
    """Name the speaker of ``“…” — Kuleba`` and ``Kuleba: “…”``."""
    rest = narration.strip()
    beside = re.fullmatch(rf"{QUOTED}[.,]?\s*[—–-]\s*(.+?)\.?", rest) or re.fullmatch(
        rf"(.+?)\s*:\s*{QUOTED}\.?", rest
    )
    if beside is None or not _RUN.fullmatch(beside[1]):
        return None
    return _first_name(beside[1], how)
