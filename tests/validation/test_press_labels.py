"""The labels in `benchmarks/labels`: whole, without text, and those of the sample they name."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import stancelib as sl

LABELS = {"against", "neutral", "favor"}
# doc_id (a hash), number of the sentence, target: nothing of the text.
ITEM = r"^[0-9a-f]{32}#\d+ (Russia|Ukraine)$"


@pytest.fixture(scope="module")
def codings(root_folder: Path) -> pl.DataFrame:
    return pl.read_csv(root_folder / "benchmarks" / "labels" / "press_codings.csv")


@pytest.fixture(scope="module")
def decisions(root_folder: Path) -> pl.DataFrame:
    return pl.read_csv(root_folder / "benchmarks" / "labels" / "press_decisions.csv")


def test_two_passes_over_400_pairs(codings: pl.DataFrame) -> None:
    assert codings.height == 800
    assert codings["item"].n_unique() == 400
    assert dict(codings.group_by("coder").len().iter_rows()) == {"pass_1": 400, "pass_2": 400}
    assert codings.select("item", "coder").is_duplicated().sum() == 0
    targets = codings["item"].unique().str.split(" ").list.last().value_counts()
    assert dict(targets.iter_rows()) == {"Russia": 200, "Ukraine": 200}


def test_nothing_but_ids_and_labels(codings: pl.DataFrame, decisions: pl.DataFrame) -> None:
    assert codings.columns == ["item", "coder", "label"]
    assert decisions.columns == ["item", "label"]
    for frame in (codings, decisions):
        assert set(frame["label"]) <= LABELS
        assert frame["item"].str.contains(ITEM).all()


def test_a_third_reading_decided_what_the_passes_read_differently(
    codings: pl.DataFrame, decisions: pl.DataFrame
) -> None:
    said = sl.agreement(codings, n_resamples=1).disagreements
    assert sorted(said["item"]) == sorted(decisions["item"])
    assert len(decisions) == 11
    labels = sl.adjudicate(codings, decisions=decisions)
    assert labels["label"].null_count() == 0


def test_the_datasheet_says_what_they_are(root_folder: Path) -> None:
    text = (root_folder / "benchmarks" / "labels" / "README.md").read_text(encoding="utf-8")
    plain = " ".join(text.split())
    assert "no human coded them" in plain
    assert "no evidence that the labels are true" in plain
    assert "seed=20221" in plain
