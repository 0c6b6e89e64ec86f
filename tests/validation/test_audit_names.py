"""Names in slots and in sentences: known forms, refusals, and the table itself."""

from __future__ import annotations

import pytest

from stancelib.validation.audit_names import (
    PLACEHOLDER,
    Marked,
    exchange,
    fill,
    marked,
    names_by_language,
    with_letter,
)

EXCHANGED = [
    ("en", "[Russia]'s plan failed.", "Russia", "NATO", "[NATO]'s plan failed."),
    ("fr", "La [Russie] ment.", "Russia", "Ukraine", "L'[Ukraine] ment."),
    ("fr", "Le plan de l’[OTAN].", "NATO", "Russia", "Le plan de la [Russie]."),
    ("fr", "Le train va en [Russie].", "Russia", "Ukraine", "Le train va en [Ukraine]."),
    ("de", "Die Pläne der [Nato].", "NATO", "Ukraine", "Die Pläne der [Ukraine]."),
    ("es", "El plan de [Rusia].", "Russia", "NATO", "El plan de la [OTAN]."),
    ("it", "Il piano dell'[Ucraina].", "Ukraine", "Russia", "Il piano della [Russia]."),
    ("pt", "O plano da [Ucrânia].", "Ukraine", "NATO", "O plano da [NATO]."),
    ("ro", "Planul [Rusiei].", "Russia", "Ukraine", "Planul [Ucrainei]."),
    ("pl", "Wierzymy [Ukrainie].", "Ukraine", "Russia", "Wierzymy [Rosji]."),
    ("cs", "Plán [Ruska] selhal.", "Russia", "NATO", "Plán [NATO] selhal."),
    ("ru", "[Россия] лжёт.", "Russia", "Ukraine", "[Украина] лжёт."),
    ("ru", "[Россия] лжёт.", "Russia", PLACEHOLDER, "Эта [организация] лжёт."),
    ("uk", "Ми бачимо [Росію].", "Russia", "Ukraine", "Ми бачимо [Україну]."),
    ("bg", "Планът на [Русия].", "Russia", "Ukraine", "Планът на [Украйна]."),
]
REFUSED = [
    ("ru", "План [России] провалился.", "Russia", "Ukraine", "genitive, dative or locative"),
    ("ru", "[НАТО] заявило о плане.", "NATO", "Russia", "does not agree"),
    ("ru", "Мы живём на [Украине].", "Ukraine", "Russia", "word before"),
    ("en", "Every [Russian] knows.", "Russia", "Ukraine", "not a name alone"),
    ("en", "At the [NATO] summit.", "NATO", "Russia", "word before"),
    ("fr", "Il va en [Russie].", "Russia", "NATO", "no form like this"),
    ("fr", "Vive la très vieille [Russie].", "Russia", "Ukraine", "not a name alone"),
    ("it", "Il [Nato] vertice.", "NATO", "Russia", "not a name alone"),
    ("de", "Wir kennen [Russland].", "Russia", "Ukraine", "does not agree"),
]


@pytest.mark.parametrize(("lang", "before", "name", "other", "after"), EXCHANGED)
def test_exchange(lang: str, before: str, name: str, other: str, after: str) -> None:
    assert exchange(marked(before), name, other, lang) == marked(after)


@pytest.mark.parametrize(("lang", "text", "name", "other", "reason"), REFUSED)
def test_exchange_refuses_what_may_be_bad_grammar(
    lang: str, text: str, name: str, other: str, reason: str
) -> None:
    found = exchange(marked(text), name, other, lang)
    assert isinstance(found, str)
    assert reason in found


def test_exchange_keeps_the_apostrophe_of_the_text() -> None:
    text = "Aujourd’hui, la [Russie] ment."
    assert exchange(marked(text), "Russia", "NATO", "fr") == marked("Aujourd’hui, l’[OTAN] ment.")


def test_letter_fits_every_form() -> None:
    assert with_letter(marked("План [России] провалился."), "Russia", "ru") == marked(
        "План [X] провалился."
    )
    assert isinstance(with_letter(marked("[Russian] troops."), "Russia", "en"), str)


def test_fill_marks_each_slot() -> None:
    both = fill("{a:of}, {b:plain} und {a:of}.", {"a": {"of": "des [X]"}, "b": "[Y]"})
    assert both["b"] == Marked("Des X, Y und des X.", 7, 8)
    assert both["b"].mention == "Y"


def test_two_brackets_are_refused() -> None:
    with pytest.raises(ValueError, match="one pair"):
        marked("[a] and [b]")


@pytest.mark.parametrize("lang", sorted(names_by_language()))
def test_every_name_stands_in_every_first_form(lang: str) -> None:
    names = names_by_language()[lang]
    everyone = {"NATO", "Russia", "Ukraine", PLACEHOLDER}
    assert set(next(iter(names.forms.values()))) == everyone
    assert set().union(*names.agreement) <= everyone
    assert len(names.others) == len(set(names.others)) == 12
    for table in names.forms.values():
        assert all(marked(words).mention for words in table.values())
