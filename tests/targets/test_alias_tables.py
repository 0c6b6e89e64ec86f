"""What must hold for each form of the tables that ship."""

from __future__ import annotations

import polars as pl
import pytest

import stancelib as sl
from stancelib.targets.fold import fold

# Endings of a declined surname, by how its basic form ends.
_CASES = {
    "ru": {
        ("ов", "ев", "ин"): ("", "а", "у", "ым", "е"),
        ("берг", "ман"): ("", "а", "у", "ом", "е"),
    },
    "uk": {
        ("ов", "єв", "ев", "ін"): ("", "а", "у", "им", "і"),
        ("берг", "ман"): ("", "а", "у", "ові", "ом", "і"),
    },
    "pl": {("ow", "ew", "in"): ("", "a", "owi", "em", "ie"), ("ski",): ("", "ego", "emu", "m")},
    "cs": {("ov", "ev", "in", "ěv"): ("", "a", "ovi", "em")},
}
LANGUAGES = ("en", "fr", "de", "es", "it", "pt", "pl", "ru", "uk", "bg", "cs", "ro")
# Some forms ask for an article before them.
_ARTICLES = {
    "en": ("", "the "),
    "fr": ("", "l'", "la "),
    "de": ("", "das ", "des ", "die "),
    "es": ("", "la "),
    "it": ("", "l'"),
    "pt": ("", "a "),
}


@pytest.mark.parametrize("name", list(sl.TARGETS))
def test_each_form_finds_itself_and_nothing_else(name: str) -> None:
    aliases = [
        (alias, alias.language or "en")
        for alias in sl.TARGETS[name].aliases
        if alias.language is None or alias.language in LANGUAGES
    ]
    rows = []
    for number, (alias, lang) in enumerate(aliases):
        before, named, after = alias.parts
        rows.append((f"{number}#0", str(number), f"; {before}{named}{after} ;", lang))
        if alias.short_form:
            rows.append((f"{number}#1", str(number), "NATO, Russia, Ukraine", lang))
    sentences = pl.DataFrame(rows, schema=["sentence_id", "doc_id", "text", "lang"], orient="row")
    found: dict[str, list[tuple[str, int, int]]] = {}
    for sentence_id, target, start, end, *_ in sl.find_mentions(sentences).rows():
        found.setdefault(sentence_id, []).append((target, start, end))
    missed = []
    for number, (alias, lang) in enumerate(aliases):
        before, named, _ = alias.parts
        start = 2 + len(before)
        if found.get(f"{number}#0") != [(name, start, start + len(named))]:
            missed.append((lang, alias.form, found.get(f"{number}#0")))
    assert missed == []


@pytest.mark.parametrize("name", list(sl.TARGETS))
def test_every_language_has_names_demonyms_capitals_and_persons(name: str) -> None:
    kinds = {
        lang: {alias.kind for alias in sl.TARGETS[name].aliases if alias.language in (lang, None)}
        for lang in LANGUAGES
    }
    needed = {"name", "institution", "person"}
    if name != "NATO":
        needed |= {"capital", "demonym"}
    assert {lang: needed - found for lang, found in kinds.items() if needed - found} == {}


def test_languages_are_the_twelve() -> None:
    for target in sl.TARGETS.values():
        languages = {alias.language for alias in target.aliases} - {None}
        assert languages == set(LANGUAGES)


def test_no_letter_of_another_script_has_slipped_in() -> None:
    mixed = []
    for target in sl.TARGETS.values():
        forms = [*(alias.form for alias in target.aliases), *(e.phrase for e in target.exclusions)]
        for form in forms:
            for word in form.replace("-", " ").split():
                cyrillic = any("\u0400" <= letter <= "\u04ff" for letter in word)
                latin = any(letter.isalpha() and letter < "\u0250" for letter in word)
                if cyrillic and latin:
                    mixed.append(word)
    assert mixed == []


def test_cyrillic_forms_use_the_letters_of_their_language() -> None:
    foreign = {"ru": "іїєґў", "uk": "ыэъё", "bg": "ыэёіїєґ"}
    russian_in_ukrainian = {"русский мир", "русского мира", "русскій мір"}
    wrong = [
        (alias.language, alias.form)
        for target in sl.TARGETS.values()
        for alias in target.aliases
        for letter in foreign.get(alias.language or "", "")
        if letter in alias.form.lower() and alias.form not in russian_in_ukrainian
    ]
    assert wrong == []


def test_no_form_is_listed_twice_under_two_kinds() -> None:
    for target in sl.TARGETS.values():
        kinds: dict[tuple[str | None, str], set[str]] = {}
        for alias in target.aliases:
            kinds.setdefault((alias.language, fold(alias.form).text), set()).add(alias.kind)
        assert {form: found for form, found in kinds.items() if len(found) > 1} == {}


@pytest.mark.parametrize("lang", list(_CASES))
def test_surnames_have_all_their_cases(lang: str) -> None:
    missing = []
    for target in sl.TARGETS.values():
        forms = {a.form for a in target.aliases if a.language == lang and a.kind == "person"}
        for form in forms:
            for endings, cases in _CASES[lang].items():
                if form.endswith(endings):
                    missing += [form + case for case in cases if form + case not in forms]
    assert missing == []


@pytest.mark.parametrize("name", list(sl.TARGETS))
def test_an_exclusion_holds_a_form(name: str) -> None:
    """A phrase without any form of its target excludes nothing, and is a slip of the pen."""
    target = sl.TARGETS[name]
    rows = []
    for number, exclusion in enumerate(target.exclusions):
        lang = exclusion.language or "en"
        phrase = exclusion.phrase.removeprefix("^")
        writings = [phrase, phrase.capitalize(), phrase.title(), phrase.upper()]
        texts = [
            article + written for article in _ARTICLES.get(lang, ("",)) for written in writings
        ]
        rows.append((f"{number}#0", str(number), " ; ".join(texts), lang))
        rows.append((f"{number}#1", str(number), name, lang))
    sentences = pl.DataFrame(rows, schema=["sentence_id", "doc_id", "text", "lang"], orient="row")
    bare = target.model_copy(update={"exclusions": ()})
    found = set(sl.find_mentions(sentences, {name: bare})["sentence_id"])
    idle = [
        (exclusion.language, exclusion.phrase)
        for number, exclusion in enumerate(target.exclusions)
        if f"{number}#0" not in found
    ]
    assert idle == []
