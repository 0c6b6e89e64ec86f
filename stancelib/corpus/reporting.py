"""Who speaks in a sentence, from the words that report speech: pure functions over one string.

The words are in ``reporting.toml``, by language. They are read in the *narration* of a
sentence: what stands outside its quotations. Of each quotation only “ and ” stay, and between
them the mark that it ends with: ``“We stay,” he said.`` is narrated as ``“,” he said.``
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from stancelib.corpus.reporting_patterns import (
    QUOTED,
    around_patterns,
    direct_patterns,
    indirect_patterns,
    verb_pattern,
)

# Kinds of words in a phrase that names a speaker, the first that fits; see `speakers`.
_KINDS = {"Q": "qualifiers", "D": "nations", "I": "institutions", "B": "bodies", "O": "offices"}
_CUES = ("verbs", "participles", "according", "after_speaker", "enough")


@dataclass(frozen=True)
class Reporting:
    """How one language reports speech.

    Attributes
    ----------
    cues
        Words in lower case, one of which stands in every sentence that reports speech
        without a quotation or a colon.
    verb, according
        Patterns of a reporting verb, and of a phrase that names the speaker after it.
    closing, after_speaker, views
        Patterns of other words beside which the speaker stands, as ``reporting.toml`` says.
    judging
        Pattern of a verb and the quotation with which it judges.
    impersonal
        Pattern of a verb that is nobody's.
    inserted
        Pattern of an attribution inside a quotation: ``“We stay, said Kuleba, and fight”``.
    lost_close
        Pattern of an attribution whose quotation was never closed.
    direct
        Patterns of a quotation with its attribution, however long that is.
    indirect
        Patterns of sentences whose statement is somebody else's.
    kinds
        Patterns of the words of a speaker's phrase, by the letter of their kind.
    pronouns, prepositions, roles, speaks_from, connectors
        Words in lower case, as ``reporting.toml`` says.
    articles
        Roles that are no prepositions.
    inverts, comma_reports, colon_quotes, dash_dialogue
        As ``reporting.toml`` says.
    """

    cues: tuple[str, ...]
    verb: re.Pattern[str]
    according: re.Pattern[str]
    closing: re.Pattern[str]
    after_speaker: re.Pattern[str]
    views: re.Pattern[str]
    judging: re.Pattern[str]
    impersonal: re.Pattern[str]
    inserted: re.Pattern[str]
    lost_close: re.Pattern[str]
    direct: tuple[re.Pattern[str], ...]
    indirect: tuple[re.Pattern[str], ...]
    kinds: tuple[tuple[str, re.Pattern[str]], ...]
    pronouns: frozenset[str]
    prepositions: frozenset[str]
    roles: frozenset[str]
    speaks_from: frozenset[str]
    connectors: frozenset[str]
    articles: frozenset[str]
    inverts: bool
    comma_reports: bool
    colon_quotes: bool
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
    verb = verb_pattern(words)
    roles, prepositions = frozenset(words["roles"]), frozenset(words["prepositions"])
    around = around_patterns(words, verb)
    return Reporting(
        cues=(
            *(word for key in _CUES for word in words[key]),
            *(f", {word} " for word in words["closing"]),
        ),
        verb=_compile(verb),
        **{name: _compile(pattern) for name, pattern in around.items()},
        direct=tuple(map(_compile, direct_patterns(verb))),
        indirect=tuple(map(_compile, [*indirect_patterns(words, verb), around["according"]])),
        kinds=tuple((kind, _stems(words[key])) for kind, key in _KINDS.items()),
        pronouns=frozenset(words["pronouns"]),
        prepositions=prepositions,
        roles=roles,
        speaks_from=frozenset(words["speaks_from"]),
        connectors=frozenset(words["connectors"]),
        articles=roles - prepositions,
        inverts=bool(words["inverts"]),
        comma_reports=bool(words["comma_reports"]),
        colon_quotes=bool(words["colon_quotes"]),
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
    owned = how.impersonal.sub(" ", narration)
    patterns = (*how.indirect, how.judging, how.closing, how.after_speaker)
    return any(pattern.search(owned) for pattern in patterns)


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


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _stems(words: Iterable[str]) -> re.Pattern[str]:
    return _compile(
        "|".join(re.escape(word).replace(r"\*", r"\w{0,16}") for word in words) or "(?!)"
    )
