from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stancelib as sl
from stancelib.corpus.language import LANGUAGES
from stancelib.corpus.paragraphs import find_paragraphs
from stancelib.errors import DataError
from stancelib.schemas import Sentences

Split = Callable[..., pl.DataFrame]

# Sentences are divided by " | ", which is taken out before splitting.
WHOLE = {
    "en": [
        "Mr. Smith met Gen. Jones. | They talked.",
        "The U.S. President spoke in the U.S. | The minister did not.",
        "President George W. Bush left. | J. R. Biden stayed.",
        "No. 10 answered. | It took 2.5 hours.",
        '"We stay," he said. | Nobody left.',
        '"Go!" he said. | They went.',
        "Oil, gas, etc. were sold. | Prices rose.",
    ],
    "fr": [
        "M. Macron a parlé. | Mme Le Pen aussi.",
        "« Jamais ! » a-t-il dit. | Il est parti.",
        "« Nous resterons », a déclaré M. Peskov. | Kiev a répondu.",
        "Il a dit oui ! | Vraiment ?",
    ],
    "de": [
        "Das ist z. B. in Kiew so. | Der 3. Weltkrieg droht.",
        "Am 24. Februar begann der Krieg. | Er wurde 40. | Die Partei feierte.",
        "„Wir bleiben!“, sagte er. | Dann ging er.",
    ],
    "es": [
        "El Sr. Sánchez habló. | La Sra. Robles también.",
        "¿Quién lo dijo? | ¡Nadie!",
        "—No vamos —dijo Pedro—. | Nadie respondió.",
    ],
    "it": ["Il sig. Rossi è a Kiev. | Il dott. Bianchi no.", "«Mai!», ha detto. | È partito."],
    "pt": ["O Sr. Costa falou. | A Dra. Silva também.", "“Nunca!”, disse ele. | Saiu."],
    "pl": [
        "W 2022 r. Polska pomogła Ukrainie. | Wojna trwa.",
        "To było w lutym tego 2022 r. | Polska pomogła.",
        "Gen. Załużny, tzw. żelazny, odszedł. | Na ul. Długiej jest cicho.",
    ],
    "ru": [
        "В 2022 г. Россия начала операцию. | Это война.",
        "Альянс, т.е. НАТО, ответил. | Альянс, т. е. НАТО, молчит.",
        "В. В. Путин приехал. | Д.С. Песков подтвердил.",
        "«Мы готовы!» — заявил Песков. | Москва ждёт.",
        "— Мы готовы! — сказал он. | — Когда?",
    ],
    "uk": [
        "«Ми не здамося!» — сказав Кулеба. | Війна триває.",
        "Він у м. Київ на вул. Банковій. | Т. Шевченко писав.",
        "Університет ім. Шевченка відкрили. | Це було у 2022 р. в Києві.",
    ],
    "bg": [
        "През 2022 г. Русия нападна. | Т.е. има война.",
        "Ген. Петров говори. | Проф. Иванов мълчи.",
    ],
    "cs": [
        "Dne 24. února 2022 začala válka. | Ing. Novák, tj. ministr, mluvil.",
        "Je zde např. NATO. | Mluvil.",
    ],
    "ro": ["Dl. Popescu a vorbit. | Dna. Ionescu a tăcut.", "„Nu!”, a spus el. | A plecat."],
}  # fmt: skip
CASES = [(lang, text) for lang, texts in WHOLE.items() for text in texts]


@pytest.mark.parametrize(("lang", "text"), CASES)
def test_sentences_end_where_they_should(split: Split, lang: str, text: str) -> None:
    expected = text.split(" | ")
    assert split(" ".join(expected), lang)["text"].to_list() == expected


def test_all_twelve_languages_are_tested() -> None:
    assert set(WHOLE) == set(LANGUAGES)


def test_a_long_quotation_is_split_and_a_short_one_is_not(split: Split) -> None:
    long = (
        "“Nobody here will ever leave this city of our fathers. We are many, and we stay,” he said."
    )
    assert split(long)["text"].to_list() == [
        "“Nobody here will ever leave this city of our fathers.",
        "We are many, and we stay,” he said.",
    ]
    assert split("He read “Stop! Go! Now” twice.").height == 1


def test_marks_stay_with_their_quotation(split: Split) -> None:
    text = "“One is here and stays for very long.” “Two is here and goes nowhere at all.” Three."
    assert split(text)["text"].to_list() == [
        "“One is here and stays for very long.”",
        "“Two is here and goes nowhere at all.”",
        "Three.",
    ]


def test_a_mark_that_is_never_closed_glues_nothing(split: Split) -> None:
    text = '"It said "peace first" and no more. We wait. They wait, it said.'
    assert split(text).height == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Heading\nBody here.", ["Heading", "Body here."]),
        ("Heading\r\nBody here.", ["Heading", "Body here."]),
        ("One.\n\n\n two words", ["One.", "two words"]),
        ("A line that was\ntorn apart.", ["A line that was\ntorn apart."]),
        ("- First\n- Second", ["- First", "- Second"]),
        ("It asks:\nwhy?", ["It asks:", "why?"]),
    ],
)
def test_line_breaks(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in find_paragraphs(text)] == expected


def test_text_wrapped_by_hand_is_joined_and_its_headings_are_not() -> None:
    text = (
        "The war\n"
        "The ministers of defence met in Brussels on Wednesday, and the\n"
        "Secretary General of the alliance spoke about what is to come in\n"
        "the next months, while the government of the country asked for\n"
        "Patriot batteries, for shells, and for the money to pay for all\n"
        "of this.\n"
        "The end\n"
        "Nobody knows."
    )
    paragraphs = [text[start:end] for start, end in find_paragraphs(text)]
    assert [paragraph[:12] for paragraph in paragraphs] == [
        "The war",
        "The minister",
        "The end",
        "Nobody knows",
    ]
    assert paragraphs[1].endswith("of this.")


def test_titles(split: Split) -> None:
    found = split("Body. More.", title="  A title! With two parts ")
    assert found.select("position", "part", "text", "start", "end").rows() == [
        (0, "title", "A title! With two parts", 2, 25),
        (1, "text", "Body.", 0, 5),
        (2, "text", "More.", 6, 11),
    ]
    assert found["sentence_id"].to_list() == ["d#0", "d#1", "d#2"]
    assert split("A title\nBody.", title="A title")["part"].to_list() == ["text", "text"]
    assert split("Body.", title=" ")["part"].to_list() == ["text"]


def test_unknown_languages_are_split_too(split: Split) -> None:
    assert split("Bir cümle. İki cümle.", "tr").height == 2
    assert split("One here. Two here.", "und").height == 2


def test_no_documents_give_no_sentences() -> None:
    empty = pl.DataFrame(schema=dict.fromkeys(["doc_id", "title", "text", "lang"], pl.String))
    assert Sentences.is_valid(sl.split_sentences(empty))


def test_what_is_no_documents_frame_is_refused() -> None:
    with pytest.raises(DataError, match="'lang' is missing"):
        sl.split_sentences(pl.DataFrame({"doc_id": ["a"], "title": ["t"], "text": ["x"]}))
    twice = pl.DataFrame({"doc_id": ["a"] * 2, "title": ["t"] * 2, "text": ["x"] * 2})
    with pytest.raises(DataError, match="stands twice"):
        sl.split_sentences(twice.with_columns(lang=pl.lit("en")))


WORDS = ["word", "Word", "НАТО", "т.е.", "г.", "M.", "2022", "U.S.", "said", "сказал", "😀"]
STOPS = [". ", "! ", "? ", "… ", ", ", ": ", " — ", "—", " - ", "(", ")", "'", "’", "‘", "’s "]
MARKS = ["«", "»", "“", "”", "„", '"', " «", "» ", " “", "” ", ' "', '" ']
BLANKS = ["\n", "\n\n", "\r\n", "\r", " ", "  ", "\t", "\xa0", "\u202f", "\u2028", "\ufeff"]
RARE = ["é", "е\u0301", "\u200b", "\x00", "\x1c", "\x85"]
PIECES = st.sampled_from([*WORDS, *STOPS, *MARKS, *BLANKS, *RARE])
TEXTS = st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=80)


@given(TEXTS, TEXTS, st.sampled_from(["en", "fr", "de", "ru", "uk", "pl", "es", "tr", "und"]))
def test_sentences_slice_back_in_order_and_cover_the_text(text: str, title: str, lang: str) -> None:
    documents = pl.DataFrame({"doc_id": ["d"], "title": [title], "text": [text], "lang": [lang]})
    sentences = sl.split_sentences(documents)
    assert Sentences.is_valid(sentences)
    assert sentences["position"].to_list() == list(range(sentences.height))
    place = 0
    for row in sentences.filter(part="text").iter_rows(named=True):
        assert text[row["start"] : row["end"]] == row["text"]
        assert text[place : row["start"]].strip() == ""
        assert row["text"] == row["text"].strip()
        place = row["end"]
    assert text[place:].strip() == ""
    for row in sentences.filter(part="title").iter_rows(named=True):
        assert title[row["start"] : row["end"]] == row["text"] == title.strip()
