from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

import stancelib as sl
from stancelib.corpus.columns import FIELDS, known_names
from stancelib.corpus.dates import _names
from stancelib.corpus.language import LANGUAGES, detect_languages, normalise_codes
from stancelib.errors import ArgumentError, DataError

Read = Callable[..., sl.Ingest]
BASE = {"outlet": ["Daily"], "published": ["2022-02-24"], "content": ["Some news today."]}


def test_guesses_are_reported() -> None:
    ingest = sl.read_documents(pl.DataFrame({**BASE, "Link": ["https://x.org/1"], "tag": ["t"]}))
    assert ingest.mapping == {
        "source": "outlet",
        "published_at": "published",
        "text": "content",
        "url": "Link",
    }
    assert "text = content (guessed)" in ingest.summary()
    assert "columns not used: tag" in ingest.summary()


def test_what_is_told_wins_over_a_guess() -> None:
    frame = pl.DataFrame({**BASE, "lead": ["Another text."], "text": ["Yet another."]})
    ingest = sl.read_documents(frame, columns={"text": "lead", "url": None})
    assert ingest.accepted["text"].to_list() == ["Another text."]
    assert "text = lead\n" in ingest.summary()
    assert "text" not in ingest.guessed


def test_the_best_name_is_guessed_whatever_its_case() -> None:
    frame = pl.DataFrame({**BASE, "Full-Text": ["Full."], "BODY": ["Body."]})
    mapping = sl.read_documents(frame.drop("content")).mapping
    assert mapping["text"] == "BODY"


def test_a_web_address_as_source_is_its_host() -> None:
    frame = pl.DataFrame(
        {
            "link": ["https://www.Example.org:443/a?b", "http://en.kremlin.ru/x"],
            "date": ["2022-02-24"] * 2,
            "text": ["One.", "Two."],
        }
    )
    ingest = sl.read_documents(frame, columns={"source": "link"})
    assert ingest.accepted["source"].to_list() == ["example.org", "en.kremlin.ru"]
    assert ingest.accepted["url"].to_list() == frame["link"].to_list()


def test_unknown_fields_and_columns_name_the_known() -> None:
    frame = pl.DataFrame(BASE)
    with pytest.raises(ArgumentError, match="Did you mean 'text'"):
        sl.read_documents(frame, columns={"texts": "content"})
    with pytest.raises(DataError, match="'contents' is missing; found columns: outlet"):
        sl.read_documents(frame, columns={"text": "contents"})
    with pytest.raises(ArgumentError, match="Give one of the two"):
        sl.read_documents(frame, source="Daily", columns={"source": "outlet"})
    with pytest.raises(ArgumentError, match="at least 1"):
        sl.read_documents(frame, max_characters=0)


def test_no_name_is_guessed_for_two_fields() -> None:
    names = [name for field in FIELDS for name in known_names()[field]]
    assert len(names) == len(set(names))


def test_no_month_name_has_two_meanings() -> None:
    months = _names()["months"]
    names = [name for listed in months.values() if isinstance(listed, list) for name in listed]
    assert len(names) == len(set(names))


SENTENCES = {
    "en": "The defence ministers of the alliance met in Brussels on Wednesday.",
    "fr": "Les ministres de la défense se sont réunis mercredi à Bruxelles.",
    "de": "Die Verteidigungsminister trafen sich am Mittwoch in Brüssel.",
    "es": "Los ministros de Defensa se reunieron el miércoles en Bruselas.",
    "it": "I ministri della Difesa si sono riuniti mercoledì a Bruxelles.",
    "pt": "Os ministros da Defesa reuniram-se na quarta-feira em Bruxelas.",
    "pl": "Ministrowie obrony spotkali się w środę w Brukseli.",
    "ru": "Министры обороны встретились в среду в Брюсселе, чтобы обсудить помощь.",
    "uk": "Міністри оборони зустрілися в середу в Брюсселі, щоб обговорити допомогу.",
    "bg": "Министрите на отбраната се срещнаха в сряда в Брюксел, за да обсъдят помощта.",
    "cs": "Ministři obrany se ve středu sešli v Bruselu, aby jednali o pomoci.",
    "ro": "Miniștrii apărării s-au întâlnit miercuri la Bruxelles.",
}


def test_each_language_is_detected_with_a_margin() -> None:
    detected = detect_languages(list(SENTENCES.values()), LANGUAGES)
    assert detected["lang"].to_list() == list(SENTENCES) == list(LANGUAGES)
    assert detected["lang_margin"].is_between(0.05, 1).all()


def test_a_text_without_letters_is_undetermined() -> None:
    assert detect_languages(["1 2 3"], LANGUAGES).row(0) == ("und", 0.0)
    assert detect_languages([], LANGUAGES).height == 0


def test_the_set_restricts_the_answer() -> None:
    assert detect_languages([SENTENCES["uk"]], ("ru", "bg"))["lang"][0] in {"ru", "bg"}


def test_a_language_column_wins_and_is_normalised(read: Read) -> None:
    told = ["en-US", "FR_fr", "eng", "Русский", "ua", "cz", "tr", "zh-Hans"]
    ingest = read({"lang": list(told)})
    assert ingest.accepted["lang"].to_list() == ["en", "fr", "en", "ru", "uk", "cs", "tr", "zh"]
    assert ingest.accepted["lang_margin"].null_count() == len(told)
    assert "outside the twelve languages: tr 1, zh 1" in ingest.summary()


def test_a_language_that_nobody_knows_is_detected(read: Read) -> None:
    ingest = read({"language": [None, "", "und", "n/a", "?"], "text": [SENTENCES["de"]] * 5})
    assert ingest.accepted["lang"].to_list() == ["de"]
    assert ingest.accepted["lang_margin"].null_count() == 0
    assert ingest.n_repeats == 4


def test_codes_that_are_none_become_null() -> None:
    assert normalise_codes(pl.Series(["unknown", "x", "12", "en"])).to_list() == [
        None,
        None,
        None,
        "en",
    ]


def test_unknown_languages_are_refused() -> None:
    with pytest.raises(ArgumentError, match="unknown language 'klingon'"):
        sl.read_documents(pl.DataFrame(BASE), languages=["klingon"])
    with pytest.raises(ArgumentError, match="non-empty sequence"):
        sl.read_documents(pl.DataFrame(BASE), languages="en")
