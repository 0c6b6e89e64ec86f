"""Patterns of reported speech, built from the words of one language in ``reporting.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterable

Words = dict[str, list[str]]

QUOTED = r"“[,.!?…]?”"
_LONGEST_ATTRIBUTION = 160
# What may stand between "it is" and its verb.
_ADVERB = r"(?:(?:\w+(?:ly|ment|mente)|often|souvent|spesso|nous)\s+)?"
_WORD = r"[^\s,.!?;:“”]+"
# French asks and reports with a pronoun behind the verb: "a-t-il déclaré", "explique-t-elle".
_PRONOUN = r"(?:-t)?(?:-(?:il|elle|ils|elles|on))?"


def verb_pattern(words: Words, without: Iterable[str] = ()) -> str:
    """Pattern of every form that reports speech, but those of `without`."""
    left_out = frozenset(without)
    finite = rf"\b(?:{_any(set(words['verbs']) - left_out)}){_PRONOUN}(?![\w-])"
    participles = set(words["participles"]) - left_out
    if not participles:
        return finite
    compound = (
        rf"\b(?:{_any(words['auxiliaries'])}){_PRONOUN}(?:\s+\w+){{0,2}}?"
        rf"\s+(?:{_any(participles)})(?![\w-])"
    )
    return f"(?:{compound}|{finite})"


def around_patterns(words: Words, verb: str) -> dict[str, str]:
    """Patterns of the words beside which a speaker stands, by their name in `Reporting`."""
    own = rf"(?:(?!(?:{_any(words['relatives'])})\b){_WORD}\s+){{1,6}}?"
    return {
        "according": rf"\b(?:{_any(words['according'])})(?!\w)",
        "closing": rf",\s+(?:{_any(words['closing'])})(?=(?:\s+{_WORD}){{1,8}}\.?$)",
        "after_speaker": rf"\b(?:{_any(words['after_speaker'])})\b",
        "views": rf"^\W*(?:{_any(words['views'])})(?=(?:\s+{_WORD}){{1,5}},?\s+“)",
        "judging": (
            rf"(?:^\W*|(?<=,\s)){own}(?P<verb>{_any(words['judging'])})(?=(?:\s+{_WORD}){{0,8}}?\s+“)"
        ),
        "impersonal": _impersonal_pattern(words),
        "inserted": rf"[,!?…]\s*[—–-]?\s*{verb}[^,.!?;:“”«»]{{1,80}}?\s*[,.—–]",
        "lost_close": rf",\s+(?:{_WORD}\s+){{0,6}}?{verb}",
    }


def _impersonal_pattern(words: Words) -> str:
    forms = _any([*words["verbs"], *words["participles"]])
    before = [*words["impersonal"], *words["passive"]]
    branches = [rf"\b(?:{_any(before)})\s+{_ADVERB}(?:{forms})(?![\w-])"] if before else []
    if words["impersonal_after"]:
        # An empty list would cost a search for every verb.
        branches.append(rf"\b(?:{forms})\s+(?:{_any(words['impersonal_after'])})\b")
    if words["hearsay"]:
        branches.append(rf"^\W*(?:{_any(words['hearsay'])})\b")
    return "|".join(branches) or "(?!)"


def direct_patterns(verb: str) -> list[str]:
    """Patterns of a quotation with its attribution, however long that is."""
    return [
        # “...” said Peskov; « ... » a déclaré M. Peskov
        rf"^\W*{QUOTED}\s*{verb}",
        # “...,” Kremlin spokesman Dmitry Peskov said; «...», — заявил Песков
        rf"^\W*(?:“[,.!?…]”|“”\s*[,—–-])[\s,—–-]*(?:[^\s“”]+\s+){{0,8}}?{verb}",
        # “...”: a general tells all
        rf"^\W*{QUOTED}\s*:\s*(?:[^\s“”]+\s+){{0,4}}?{verb}",
        # Peskov said: “...”
        rf"{verb}[^.!?“”]{{0,80}}:\s*“",
    ]


def indirect_patterns(words: Words, verb: str) -> list[str]:
    """Patterns of sentences whose statement is somebody else's."""
    alone = verb_pattern(words, without=words["acts"])
    complementiser = _any(words["complementisers"])
    few_words = r"(?:[\s,]+[^\s,.!?;:“”]+){0,8}?"
    # "Kuleba, the minister, spoke of ..." is no attribution at the end of a statement.
    no_object = "" if words["inverts"] else rf"(?!\s+(?:{_any(words['prepositions'])})\s)"
    patterns = [
        # said on Monday that ...; заявил в среду, что ...
        rf"{verb}{few_words},?\s+(?:{complementiser})(?:\b|(?<='))",
        # ..., said Peskov; ..., заявил он
        (
            rf"(?:\w,|”,?)\s*[—–-]?\s*{alone}{no_object}"
            rf"(?:[^.!?“”;:]|“”){{0,{_LONGEST_ATTRIBUTION}}}[.!?]?\s*$"
        ),
        # Peskov said: ...
        rf"{verb}[^.!?“”]{{0,80}}:\s*\S+\s+\S+",
    ]
    if words["enough"]:
        # "The said treaty" reports nothing.
        patterns.append(rf"(?<!\bthe\s)\b(?:{_any(words['enough'])})\b")
    if "that" in words["complementisers"]:
        # ..., the Kremlin warned.
        # As the President noted, ...
        patterns.append(rf"\bas\s+(?:[^\s,]+\s+){{0,6}}?{verb}")
        patterns.append(rf",”?\s+(?:[^\s,]+\s+){{1,6}}{alone}(?:\s+[^\s,]+){{0,4}}[.!?]?\s*$")
    if words["comma_reports"]:
        patterns.append(rf"{verb}(?:\s+[^\s,.!?;:]+){{0,6}},\s+\w+")
    return patterns


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"
