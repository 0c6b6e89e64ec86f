from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancelib.corpus.quotations import LONGEST_UNCLOSED, dialogue_spans, find_quotations


def quoted(paragraph: str) -> list[str]:
    return [paragraph[start:end] for start, end in find_quotations(paragraph)]


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("Он сказал: «Да».", ["«Да»"]),
        ("Il a dit : « Oui ! », puis « non ».", ["« Oui ! »", "« non »"]),
        ("Er sagte: „Ja“ und »nein«.", ["„Ja“", "»nein«"]),
        ("Powiedział: „Tak” i „nie”.", ["„Tak”", "„nie”"]),
        ("He said “yes” and “no”.", ["“yes”", "“no”"]),
        ('He said "yes" and "no".', ['"yes"', '"no"']),
        ("He said ‘yes’ and it’s ‘no’.", ["‘yes’", "‘no’"]),
        ("Er sagte ‚ja‘ dazu.", ["‚ja‘"]),
        ("He said 'yes' and didn't go.", ["'yes'"]),
        ("“He said ‘no’ to us,” she said.", ["“He said ‘no’ to us,”"]),
        ("«Он сказал „нет“ нам», — сказала она.", ["«Он сказал „нет“ нам»"]),
        ('"The club "Lions" won," he said.', ['"The club "Lions" won,"']),
        ("«ООО «Газ» рядом» стоит.", ["«ООО «Газ» рядом»"]),
        ("Компания «ООО «Газ» и «Нефть».", ["«ООО «Газ»", "«Нефть»"]),
        ("the boys' and girls' d’Azov l'OTAN м’ята rock 'n' roll", ["'n'"]),
        ("in the ’90s and ‘tis", []),
        ('5" screen, it’s fine', []),
        ("» stray « open", ["« open"]),
        ("no marks", []),
    ],
)  # fmt: skip
def test_marks_of_all_the_languages(paragraph: str, expected: list[str]) -> None:
    assert quoted(paragraph) == expected


def test_an_unclosed_quotation_ends_with_its_paragraph_or_at_the_limit() -> None:
    assert quoted("“One. Two.  ") == ["“One. Two."]
    assert quoted("“One. “Two. “Three.” Four.") == ["“One. “Two. “Three.”"]
    assert len(quoted("“" + "word " * 1_000)[0]) == LONGEST_UNCLOSED


def test_dialogue() -> None:
    def is_attribution(piece: str) -> bool:
        return "сказал" in piece

    paragraph = "— Мы готовы, — сказал он. — И ждём."
    spans = dialogue_spans(paragraph, is_attribution)
    assert [paragraph[start:end].strip() for start, end in spans] == ["Мы готовы,", "И ждём."]
    assert dialogue_spans("— Первый пункт — важный.", is_attribution) == []
    assert dialogue_spans("Он — как сказал он — тут.", is_attribution) == []


@given(st.text(alphabet="aБ .,!?—\"'«»“”„‘’‚‹›\n", max_size=60))
def test_quotations_are_in_order_and_apart(paragraph: str) -> None:
    place = 0
    for start, end in find_quotations(paragraph):
        assert place <= start < end <= len(paragraph)
        place = end
