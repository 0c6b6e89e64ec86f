from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from stancelib.corpus.quotations import find_quotations
from stancelib.corpus.reporting import reporting
from stancelib.corpus.turns import close_quotations, spoken_paragraphs

Split = Callable[..., pl.DataFrame]


def spoken(paragraphs: list[str], lang: str) -> dict[int, list[str]]:
    found = spoken_paragraphs(paragraphs, lang)
    return {i: [paragraphs[i][a:b].strip() for a, b in spans] for i, spans in found.items()}


@pytest.mark.parametrize(
    ("paragraph", "lang", "speech"),
    [
        ("Jane Doe (Con): I beg to move.", "en", "I beg to move."),
        ("The Prime Minister: I thank her.", "en", "I thank her."),
        ("M. Paul Blanc. Je demande la parole.", "fr", "Je demande la parole."),
        ("PRESIDENTE. La seduta è aperta.", "it", "La seduta è aperta."),
        ("Frau Dr. Weiß (SPD): Wir stimmen zu.", "de", "Wir stimmen zu."),
        ("ШЕВЧУК І. П. Прошу голосувати.", "uk", "Прошу голосувати."),
    ],
)
def test_a_turn_begins_behind_its_speaker(paragraph: str, lang: str, speech: str) -> None:
    assert spoken([paragraph], lang) == {0: [speech]}


@pytest.mark.parametrize(
    ("paragraph", "lang"),
    [
        ("Mme Le Pen a parlé. Le public riait.", "fr"),
        ("Ukraine: a year of war.", "en"),
        ("NATO. The word says it all.", "en"),
        ("Three things are needed: shells, men and time.", "en"),
        ("Jane Doe (Con): “I beg to move.”", "en"),
    ],
)
def test_what_only_looks_like_a_turn(paragraph: str, lang: str) -> None:
    assert spoken([paragraph], lang) == {}


def test_paragraphs_of_a_transcript_belong_to_the_speaker_before_them() -> None:
    paragraphs = ["They met.", "Ann Lee: Hello.", "We begin.", "Bob Ray: Good.", "Ann Lee: Now."]
    assert set(spoken(paragraphs, "en")) == {1, 2, 3, 4}


def test_an_interview_has_two_questions_or_more() -> None:
    paragraphs = ["Will it last?", "It will.", "And then?", "We rebuild."]
    assert set(spoken(paragraphs, "en")) == {1, 3}
    assert spoken(paragraphs[:2], "en") == {}


def test_what_follows_an_attribution_without_a_dash_is_told() -> None:
    paragraphs = ["— Мы остаёмся, — сказал Ткач. Он закрыл дверь."]
    assert spoken(paragraphs, "ru") == {0: ["Мы остаёмся,"]}


@pytest.mark.parametrize(
    ("paragraph", "end"),
    [
        ("“We stay, Kuleba said. Snow fell.", len("“We stay,")),
        ("“We stay. Snow fell.", len("“We stay. Snow fell.")),
        ("“We stay,” Kuleba said. Snow fell.", len("“We stay,”")),
    ],
)
def test_a_lost_closing_mark_is_found_by_the_words_of_the_speaker(paragraph: str, end: int) -> None:
    closed = close_quotations(paragraph, find_quotations(paragraph), reporting("en"))
    assert closed == [(0, end)]


def test_a_transcript_names_who_has_the_floor(split: Split) -> None:
    text = "Ann Lee: We begin. It is late.\n\nBob Ray: Good.\n\nAnn Lee: Then vote."
    found = split(text)
    assert found["voice"].unique().to_list() == ["quoted"]
    assert found["speaker"].to_list() == ["Ann Lee", None, "Bob Ray", "Ann Lee"]
