"""On press releases of the Kremlin and of the Ukrainian president."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import stancelib as sl


@pytest.mark.data
@pytest.mark.parametrize(("file", "target"), [("putin", "Russia"), ("zelenskyy", "Ukraine")])
def test_a_president_names_his_country(data_folder: Path, file: str, target: str) -> None:
    path = data_folder / "putin_zelenskyy_press" / f"{file}.csv"
    releases = pl.read_csv(path).filter(pl.col("body").str.len_chars() > 2_000).head(200)
    documents = releases.select(
        sentence_id="link", doc_id="link", text="body", lang=pl.lit("en")
    ).unique("doc_id", maintain_order=True)
    mentions = sl.find_mentions(documents)
    naming = mentions.filter(target=target)["sentence_id"].n_unique()
    assert naming >= 0.95 * len(documents)
