"""Names in a sentence: putting one into a slot, and exchanging one for another in the same form."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

FOLDER: Final = files("stancelib.validation").joinpath("audit_items")
PLACEHOLDER: Final = "placeholder"
LETTER: Final = "X"
_SLOT: Final = re.compile(r"\{(\w+):(\w+)\}")
_MARKED: Final = re.compile(r"([^\[\]]*)\[([^\[\]]+)\]([^\[\]]*)")


@dataclass(frozen=True)
class Names:
    """How a language writes the targets and the placeholder.

    Attributes
    ----------
    forms : mapping
        By form (nominative, genitive and so on, or what the language has instead), then by name:
        the written words, with square brackets around the mention, as ``"de la [Russie]"``.
    agreement : tuple of frozenset
        Names that fit the same sentence, because verbs and articles agree with all of them alike.
    not_after : frozenset of str
        Words in lower case that stand before one name and not before another, as ru "на Украине".
    others : tuple of str
        Further names in their basic form, marked in the same way.
    """

    forms: Mapping[str, Mapping[str, str]]
    agreement: tuple[frozenset[str], ...]
    not_after: frozenset[str]
    others: tuple[str, ...]


@dataclass(frozen=True)
class Marked:
    """A sentence and one mention in it, half-open, in code points."""

    text: str
    start: int
    end: int

    @property
    def mention(self) -> str:
        """The words of the mention."""
        return self.text[self.start : self.end]


@cache
def names_by_language() -> Mapping[str, Names]:
    """Return the table of names of each language."""
    table = json.loads(FOLDER.joinpath("names.json").read_text(encoding="utf-8"))
    return {
        lang: Names(
            forms=entry["forms"],
            agreement=tuple(map(frozenset, entry["agreement"])),
            not_after=frozenset(entry["not_after"]),
            others=tuple(entry["others"]),
        )
        for lang, entry in table.items()
    }


def marked(text: str) -> Marked:
    """Read a sentence with square brackets around its mention.

    Examples
    --------
    >>> marked("Who trusts [NATO]?")
    Marked(text='Who trusts NATO?', start=11, end=15)
    """
    match = _MARKED.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} must hold one pair of square brackets")
    before, mention, after = match.groups()
    return Marked(before + mention + after, len(before), len(before) + len(mention))


def fill(frame: str, written: Mapping[str, str | Mapping[str, str]]) -> dict[str, Marked]:
    """Put names into the slots of a frame.

    Parameters
    ----------
    frame : str
        With slots such as ``{x:genitive}``.
    written : mapping
        For each slot the marked words of each form, or of all forms.

    Returns
    -------
    dict of str to Marked
        The sentence at the mention of each slot.

    Examples
    --------
    >>> fill("{a:plain} trusts {b:plain}.", {"a": "the [mayor]", "b": "[Ann]"})["b"]
    Marked(text='The mayor trusts Ann.', start=17, end=20)
    """
    text, spans, done = "", {}, 0
    for slot in _SLOT.finditer(frame):
        name, form = slot.groups()
        forms = written[name]
        words = marked(forms if isinstance(forms, str) else forms[form])
        text += frame[done : slot.start()]
        spans[name] = (len(text) + words.start, len(text) + words.end)
        text += words.text if text else _capitalised(words.text)
        done = slot.end()
    text += frame[done:]
    return {name: Marked(text, *span) for name, span in spans.items()}


def exchange(sentence: Marked, name: str, other: str, lang: str) -> Marked | str:
    """Exchange a name for another in the same form, where that is sure to be good grammar.

    Parameters
    ----------
    sentence : Marked
        At a mention of `name`.
    name, other : str
        A target, or ``"placeholder"``.
    lang : str
        One of the languages of `names_by_language`.

    Returns
    -------
    Marked or str
        The new sentence, or the reason why there is none.

    Examples
    --------
    >>> exchange(marked("Le plan de la [Russie] échoue."), "Russia", "NATO", "fr")
    Marked(text="Le plan de l'OTAN échoue.", start=13, end=17)
    >>> exchange(marked("Мы знаем о [России]."), "Russia", "Ukraine", "ru")
    'the form may be genitive, dative or locative'
    """
    names = names_by_language()[lang]
    if not any({name, other} <= group for group in names.agreement):
        return f"{other} does not agree with the same words as {name}"
    found = _forms_at(sentence, name, names)
    if not found:
        return "the mention is not a name alone"
    if _word_before(sentence.text[: found[0][1]]) in names.not_after:
        return "the word before may not fit another name"
    fitting = {form: names.forms[form][other] for form, _, _ in found if other in names.forms[form]}
    if not fitting:
        return f"{other} has no form like this one"
    if len(set(fitting.values())) > 1:
        *first, last = fitting
        return f"the form may be {', '.join(first)} or {last}"
    _, start, end = found[0]
    return _replaced(sentence.text, start, end, next(iter(fitting.values())))


def with_letter(sentence: Marked, name: str, lang: str) -> Marked | str:
    """Write the letter X for a mention that is a name alone, whatever its form."""
    if not _forms_at(sentence, name, names_by_language()[lang]):
        return "the mention is not a name alone"
    return _replaced(sentence.text, sentence.start, sentence.end, f"[{LETTER}]")


def _forms_at(sentence: Marked, name: str, names: Names) -> list[tuple[str, int, int]]:
    """Forms that stand at the mention, with their span: those with most words around it."""
    text, found = _plain(sentence.text), []
    for form, table in names.forms.items():
        if name not in table:
            continue
        words = marked(table[name])
        start, end = sentence.start - words.start, sentence.end + len(words.text) - words.end
        if start >= 0 and text[start:end] == _plain(words.text) and _stands_alone(text, start, end):
            found.append((form, start, end))
    longest = max((end - start for _, start, end in found), default=0)
    return [place for place in found if place[2] - place[1] == longest]


def _plain(text: str) -> str:
    """The text with one apostrophe and in lower case, as long as before."""
    lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    return lowered.replace("’", "'")


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[:start][-1:], text[end:][:1]
    return not (before.isalnum() or before in {"'", "-"} or after.isalnum() or after == "-")


def _word_before(text: str) -> str:
    words = re.findall(r"\w+", text.lower())
    return words[-1] if words and text.endswith(" ") else ""


def _replaced(text: str, start: int, end: int, written: str) -> Marked:
    words = marked(written.replace("'", "’") if "’" in text else written)
    shown = _capitalised(words.text) if text[start].isupper() and start == 0 else words.text
    return Marked(text[:start] + shown + text[end:], start + words.start, start + words.end)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
