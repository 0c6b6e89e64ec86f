"""Who speaks: names and descriptions of speakers in a narration, as pure functions.

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
from stancelib.corpus.reporting_patterns import QUOTED

_UPPER = "".join(c for c in map(chr, range(0x530)) if c.isupper())
_DOUBLE = r"(?:von der|von dem|van der|van den|de la)(?!\w)"
_ELISION = r"(?:dell|all|nell|dall|[LlDd])'(?=\w)"
_WORD = re.compile(rf"{_DOUBLE}|{_ELISION}|(?:[{_UPPER}]\.){{1,3}}|[\w][\w'-]*\w\.?|\w\.?|[^\w\s]")
_PHRASE = re.compile(r"[NOIBDQ](?:P?[NOIBDQ]|(?<=[OIBDQ])[CP]{1,3}[NOIBDQ])*")
_NAME = re.compile(r"N(?:P?N)*")
_NAME_AND_NATION = re.compile(r"N(?:P?N)*D+")
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
_CLAUSE_END = re.compile(r"[,;:!?()—―–“”\[\]]|\.$|\s-\s")
_CLAUSE_START = re.compile(r"[;:!?()—―–“”\[\]]|\s-\s")
_APPOSITION = re.compile(r"^([^,“”]+),([^“”]*),$")
_APPOSED = re.compile(r",\s*([^,.;:!?“”]+)")
_CONJUNCTION = re.compile(r"(?:and|et|und|y|e|i|а|и|та|й|a|și)", re.IGNORECASE)
_NEAR = 3
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


def find_speaker(narration: str, how: Reporting | None) -> str | None:
    """Name the speaker as the sentence does; None where it names none.

    Examples
    --------
    >>> from stancelib.corpus.reporting import reporting
    >>> find_speaker("“”, a déclaré le ministre Sergueï Lavrov à Moscou.", reporting("fr"))
    'Sergueï Lavrov'
    >>> find_speaker("Peace is a pause, the Ukrainian president warned.", reporting("en"))
    'Ukrainian president'
    >>> find_speaker("“”, he said.", reporting("en")) is None
    True
    """
    if how is None:
        return None
    narration = how.impersonal.sub(" ", narration)
    named = speaker_before_colon(narration, how)
    verb = _verb_place(narration, how)
    if named is not None or verb is not None:
        return named or (verb and _around_verb(narration, verb, how))
    for pattern in (how.according, how.closing, how.views):
        phrase = pattern.search(narration)
        if phrase:
            return _near(_clause_after(narration, phrase.end()), how)
    phrase = how.after_speaker.search(narration)
    if phrase:
        return _last(_clause_before(narration, phrase.start()), how)
    return _beside_quotation(narration, how)


def _verb_place(narration: str, how: Reporting) -> tuple[int, int] | None:
    verb = how.verb.search(narration)
    if verb:
        return verb.span()
    judgement = how.judging.search(narration)
    return judgement.span("verb") if judgement else None


def speaker_before_colon(narration: str, how: Reporting) -> str | None:
    """Name who speaks in ``Kuleba: we stay``; None for a topic, such as a country.

    Examples
    --------
    >>> from stancelib.corpus.reporting import reporting
    >>> speaker_before_colon("Kuleba: we will stay.", reporting("en"))
    'Kuleba'
    >>> speaker_before_colon("Ukraine: a year of war.", reporting("en")) is None
    True
    """
    head = re.match(r"^[^\w“”]*([^:“”,]{2,90}?)(?:\s*\([^)]*\))?:\s*(?:“|\w+\s+\w+)", narration)
    if head is None or (how.colon_quotes and not head.group().endswith("“")):
        return None
    return whole_speaker(head[1], how, topics=False)


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
    return None if is_topic and not topics else _resolved(phrase)


def _around_verb(narration: str, verb: tuple[int, int], how: Reporting) -> str | None:
    before = _clause_before(narration, verb[0])
    after = _clause_after(narration, verb[1])
    last = before.rsplit(",", 1)[-1].strip()
    if not last:
        return _in_apposition(before, how) or _behind(after, how, narration[verb[1] :])
    if last.split()[-1].lower() in how.pronouns or _begins_with_pronoun(last, how):
        return None
    if _CONJUNCTION.fullmatch(last):
        return _near(narration, how)
    front = whole_speaker(last, how, topics=True)
    if front is not None or _is_nameless(last, how):
        return front
    behind = _near(after, how) if how.comma_reports else None
    named = behind or _last(last, how)
    return _behind(after, how, narration[verb[1] :]) if named is None and how.inverts else named


def _is_nameless(clause: str, how: Reporting) -> bool:
    """Whether the subject is a person without a name: "a general"."""
    found = list(find_phrases(clause, how))
    return bool(found) and set(found[-1].kinds) <= set("OCPQ") and not _is_placed(found[-1], how)


def _in_apposition(before: str, how: Reporting) -> str | None:
    """Name the person of "Peskov, the spokesman," and of "the spokesman, Peskov,"."""
    apposition = _APPOSITION.match(before)
    if apposition is None:
        return None
    first = whole_speaker(apposition[1], how, topics=True)
    second = whole_speaker(apposition[2], how, topics=False)
    is_office = any("O" in phrase.kinds for phrase in find_phrases(apposition[1], how))
    return second if is_office and second and "O" not in _kinds(apposition[2], how) else first


def _kinds(text: str, how: Reporting) -> str:
    return "".join(phrase.kinds for phrase in find_phrases(text, how))


def _behind(clause: str, how: Reporting, rest: str) -> str | None:
    """Name the subject behind its verb: right there, or anywhere where the language inverts."""
    if _begins_with_pronoun(clause, how):
        return None
    following = _APPOSED.match(rest[len(clause) :]) if rest.startswith(clause) else None
    if following and "O" in _kinds(clause, how) and "N" not in _kinds(clause, how):
        # "..., said the spokesman, Dmitry Peskov."
        name = whole_speaker(following[1], how, topics=False)
        if name is not None:
            return name
    near = _near(clause, how)
    return _first(clause, how) if near is None and how.inverts else near


def _begins_with_pronoun(clause: str, how: Reporting) -> bool:
    words = clause.split(maxsplit=1)
    return bool(words) and words[0].strip(".,").lower() in how.pronouns - how.articles


def _clause_before(narration: str, place: int) -> str:
    starts = [match.end() for match in _CLAUSE_START.finditer(narration, 0, place)]
    return narration[starts[-1] if starts else 0 : place].strip(" -—–")


def _clause_after(narration: str, place: int) -> str:
    end = _CLAUSE_END.search(narration, place)
    return narration[place : end.start() if end else len(narration)]


def _near(clause: str, how: Reporting) -> str | None:
    """Name the speaker that a clause begins with, after a few small words."""
    for phrase in find_phrases(clause, how):
        if len(phrase.before) >= _NEAR:
            return None
        if not _is_placed(phrase, how):
            return _resolved(phrase)
    return None


def _first(clause: str, how: Reporting) -> str | None:
    return next(_speakers(clause, how), None)


def _last(clause: str, how: Reporting) -> str | None:
    named = list(_speakers(clause, how))
    return named[-1] if named else None


def _speakers(clause: str, how: Reporting) -> Iterator[str]:
    for phrase in find_phrases(clause, how):
        named = None if _is_placed(phrase, how) else _resolved(phrase)
        if named is not None:
            yield named


def _is_placed(phrase: Phrase, how: Reporting) -> bool:
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


def _resolved(phrase: Phrase) -> str | None:
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


def _beside_quotation(narration: str, how: Reporting) -> str | None:
    """Name the speaker of ``“…” — Kuleba``."""
    beside = re.fullmatch(rf"{QUOTED}[.,]?\s*[—–-]\s*(.+?)\.?", narration.strip())
    return None if beside is None else whole_speaker(beside[1], how, topics=True)
