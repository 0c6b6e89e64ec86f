"""The floors of the mention benchmark hold on the sentences that are in the project."""

from __future__ import annotations

import mentions
import polars as pl
import pytest

LEAST_SENTENCES = {"en": 110, "ru": 110, "fr": 110, "uk": 110, "de": 110}
OTHERS = ("es", "it", "pl", "bg", "cs", "ro", "pt")
OTHERS_FLOOR = 0.9


@pytest.fixture(scope="module")
def labelled() -> tuple[pl.DataFrame, pl.DataFrame]:
    return mentions.read_labels()


@pytest.fixture(scope="module")
def compared(labelled: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    return mentions.compare(*labelled).filter(pl.col("half") == "test")


def test_recall_and_precision_hold_the_floors(compared: pl.DataFrame) -> None:
    assert mentions.below_floor(mentions.figures(compared, "lang")) == []


@pytest.mark.parametrize("lang", OTHERS)
def test_the_other_languages_do_not_fall_far(compared: pl.DataFrame, lang: str) -> None:
    (row,) = mentions.figures(compared.filter(pl.col("lang") == lang), "lang").to_dicts()
    assert min(row["recall"], row["precision"]) >= OTHERS_FLOOR


def test_every_kind_is_found_with_its_kind(compared: pl.DataFrame) -> None:
    right = compared.filter(pl.col("outcome") == "right")
    assert set(right["kind"]) == {"name", "demonym", "capital", "institution", "person"}
    same = right.select((pl.col("kind") == pl.col("found_kind")).mean()).item()
    assert same >= mentions.FLOOR


def test_there_are_sentences_enough_and_traps(
    labelled: tuple[pl.DataFrame, pl.DataFrame],
) -> None:
    sentences, labels = labelled
    counts = dict(sentences.group_by("lang").len().rows())
    assert counts.keys() == {*LEAST_SENTENCES, *OTHERS}
    assert all(counts[lang] >= LEAST_SENTENCES.get(lang, 30) for lang in counts)
    traps = sentences.filter(pl.col("register") == "trap")
    assert set(traps["lang"]) == set(counts)
    assert traps.join(labels, on="sentence_id").is_empty()
    assert sentences["text"].is_unique().all()


def test_figures_count_by_hand() -> None:
    sentences = pl.DataFrame(
        {
            "sentence_id": ["a", "b"],
            "doc_id": ["a", "b"],
            "text": ["NATO met in Oslo.", "Moscow waited."],
            "lang": ["en", "en"],
            "register": ["wire", "wire"],
            "half": ["test", "test"],
        }
    )
    labels = pl.DataFrame(
        [("a", "NATO", 0, "NATO", "name"), ("a", "NATO", 12, "Oslo", "capital")],
        schema=[*mentions.KEYS, "kind"],
        orient="row",
    )
    compared = mentions.compare(sentences, labels)
    assert sorted(compared["outcome"]) == ["missed", "right", "wrong"]
    (row,) = mentions.figures(compared, "lang").to_dicts()
    assert (row["recall"], row["precision"]) == (0.5, 0.5)
    assert mentions.figures(compared, "kind").select("kind", "right", "missed", "wrong").rows() == [
        ("capital", 0, 1, 1),
        ("name", 1, 0, 0),
    ]
