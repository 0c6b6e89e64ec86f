"""Who speaks: the speaker of a narration, by the words that report speech; pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stancelib.corpus.phrases import find_phrases, is_placed, resolved, whole_speaker
from stancelib.corpus.reporting import Reporting
from stancelib.corpus.reporting_patterns import QUOTED

_CLAUSE_END = re.compile(r"[,;:!?()—―–“”\[\]]|\.$|\s-\s")
_CLAUSE_START = re.compile(r"[;:!?()—―–“”\[\]]|\s-\s")
_APPOSITION = re.compile(r"^([^,“”]+),([^“”]*),$")
_APPOSED = re.compile(r",\s*([^,.;:!?“”]+)")
_CONJUNCTION = re.compile(r"(?:and|et|und|y|e|i|а|и|та|й|a|și)", re.IGNORECASE)
_NEAR = 3


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
    return bool(found) and set(found[-1].kinds) <= set("OCPQ") and not is_placed(found[-1], how)


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
        if not is_placed(phrase, how):
            return resolved(phrase)
    return None


def _first(clause: str, how: Reporting) -> str | None:
    return next(_speakers(clause, how), None)


def _last(clause: str, how: Reporting) -> str | None:
    named = list(_speakers(clause, how))
    return named[-1] if named else None


def _speakers(clause: str, how: Reporting) -> Iterator[str]:
    for phrase in find_phrases(clause, how):
        named = None if is_placed(phrase, how) else resolved(phrase)
        if named is not None:
            yield named


def _beside_quotation(narration: str, how: Reporting) -> str | None:
    """Name the speaker of ``“…” — Kuleba``."""
    beside = re.fullmatch(rf"{QUOTED}[.,]?\s*[—–-]\s*(.+?)\.?", narration.strip())
    return None if beside is None else whole_speaker(beside[1], how, topics=True)
