from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import stancelib as sl


@pytest.mark.data
def test_two_offices_are_read_whole_and_named_by_their_site(data_folder: Path) -> None:
    folder = data_folder / "putin_zelenskyy_press"
    ingest = sl.read_documents(folder, columns={"source": "link"})
    assert ingest.accepted.height == ingest.n_rows == 1_796
    assert dict(ingest.accepted.group_by("source").len().iter_rows()) == {
        "en.kremlin.ru": 816,
        "president.gov.ua": 980,
    }
    assert ingest.accepted["lang"].unique().to_list() == ["en"]
    sample = ingest.accepted.sample(40, seed=1)
    sentences = sl.split_sentences(sample)
    assert sentences["text"].str.len_chars().max() < 1_500  # type: ignore[operator] # numbers here
    texts = sample.select("doc_id", parent="text")
    sliced = sentences.filter(part="text").join(texts, on="doc_id")
    back = pl.col("parent").str.slice("start", pl.col("end") - pl.col("start"))
    assert sliced.filter(back != pl.col("text")).is_empty()
