from __future__ import annotations

import polars as pl
import pytest

import stancelib as sl
from stancelib.corpus.descriptions import description_of
from stancelib.store.speakers import speaker_sides

# Language, sentence, side of its speaker.
SIDES = [
    ("en", "“No,” said Kremlin spokesman Dmitry Peskov.", "Russia"),
    ("en", "Peace is only a pause, the Ukrainian president warned.", "Ukraine"),
    ("en", "Ihor Bondar, the Ukrainian envoy, said he knew nothing.", "Ukraine"),
    ("en", "“We are ready,” said NATO official Ann Lee.", "NATO"),
    ("en", "“We are ready,” said Ann Lee, a baker.", None),
    ("en", "“Moscow lies,” said Ann Lee.", None),
    ("en", "“We are ready,” he said in Moscow.", None),
    ("ru", "Мира не будет, заявил украинский президент.", "Ukraine"),
    ("ru", "По словам Пескова, переговоры отложены.", "Russia"),
    ("ru", "В Кремле заявили, что предложений не было.", "Russia"),
    ("uk", "«Ми чекаємо», — сказав Зеленський.", "Ukraine"),
    ("fr", "« Non », a déclaré le porte-parole du Kremlin.", "Russia"),
    ("fr", "Selon Kiev, le pont a été touché.", "Ukraine"),
    ("de", "Die NATO sei wachsam, sagte Stoltenberg.", "NATO"),
    ("es", "El presidente ucraniano dijo que no cederá.", "Ukraine"),
    ("pl", "Kreml twierdzi, że trafiono w skład.", "Russia"),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "text", "side"), SIDES)
def test_on_whose_side_a_speaker_is(lang: str, text: str, side: str | None) -> None:
    documents = pl.DataFrame(
        {"doc_id": ["a"], "title": [None], "text": [text], "lang": [lang]},
        schema_overrides={"title": pl.String},
    )
    sentences = sl.split_sentences(documents)
    assert sentences["voice"].to_list() == ["quoted"]
    assert sentences["speaker_side"].to_list() == [None]
    assert speaker_sides(sentences).to_list() == [side]


def test_sides_keep_the_order_and_the_gaps_of_the_sentences() -> None:
    sentences = pl.DataFrame(
        {
            "text": ["It rained.", "“No,” said Peskov.", "Snow.", "“Yes,” said Zelensky."],
            "speaker": [None, "Peskov", None, "Zelensky"],
            "lang": ["en"] * 4,
        }
    )
    assert speaker_sides(sentences).to_list() == [None, "Russia", None, "Ukraine"]
    assert speaker_sides(sentences.head(1)).to_list() == [None]
    assert speaker_sides(sentences.clear()).to_list() == []


def test_a_speaker_that_the_sentence_does_not_hold_is_described_by_himself() -> None:
    assert description_of("Nobody spoke.", "Peskov", "en") == "Peskov"
    assert description_of("Peskov konuştu.", "Peskov", "tr") == "Peskov"
