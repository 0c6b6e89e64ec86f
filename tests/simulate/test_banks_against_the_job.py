"""The banks say what the other rooms must find in them: targets, sentences, languages."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

import stancelib as sl
from stancelib.simulate.bank import load_bank

LANGUAGES = ("en", "fr", "de", "ru", "uk")


@pytest.fixture(scope="module")
def bank_sentences() -> pl.DataFrame:
    """Every bank sentence as a document of its own, cut by the library."""
    rows = []
    for lang in LANGUAGES:
        bank = load_bank(lang)
        known = [(text, target) for (target, _), texts in bank.sentences.items() for text in texts]
        known += [(text, None) for text in (*bank.filler, *bank.filler_title)]
        rows += [(f"{lang}-{number}", lang, *pair) for number, pair in enumerate(known)]
    columns = ["doc_id", "lang", "text", "about"]
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        pl.lit("Bank").alias("source"),
        pl.lit(dt.datetime(2024, 7, 1, tzinfo=dt.UTC)).alias("published_at"),
    )


def test_every_sentence_is_one_sentence(bank_sentences: pl.DataFrame) -> None:
    ingest = sl.read_documents(bank_sentences.drop("about"))
    sentences = sl.split_sentences(ingest.accepted)
    assert sentences["text"].to_list() == bank_sentences["text"].to_list()


def test_every_sentence_ends_where_the_next_begins(bank_sentences: pl.DataFrame) -> None:
    lines = bank_sentences.filter(pl.col("text").str.contains(r"[.!?»“\"]$"))
    paired = lines.with_columns(
        (
            pl.col("text") + " " + pl.col("text").shift(-1).over("lang").fill_null("")
        ).str.strip_chars()
    )
    sentences = sl.split_sentences(sl.read_documents(paired.drop("about")).accepted)
    found = sentences.filter(position=0).select("doc_id", first="text")
    both = lines.join(found, on="doc_id")
    wrong = both.filter(pl.col("text") != pl.col("first"))
    assert both.height == lines.height
    assert wrong.is_empty(), wrong["first"].to_list()


def test_every_sentence_names_its_target_and_no_other(bank_sentences: pl.DataFrame) -> None:
    ingest = sl.read_documents(bank_sentences.drop("about"))
    sentences = sl.split_sentences(ingest.accepted)
    named = (
        sl.find_mentions(sentences)
        .join(sentences.select("sentence_id", "doc_id"), on="sentence_id")
        .group_by("doc_id")
        .agg(pl.col("target").unique().sort())
    )
    found = bank_sentences.join(named, on="doc_id", how="left").select(
        "text",
        pl.concat_list(pl.col("about")).list.drop_nulls().alias("about"),
        pl.col("target").fill_null([]),
    )
    wrong = found.filter(pl.col("about") != pl.col("target"))
    assert wrong.is_empty(), wrong.rows()
