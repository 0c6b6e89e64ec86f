"""The written items: complete, marked where the library marks them, and new."""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

import stancelib as sl
from stancelib.validation.audit_core import EXPECTATIONS
from stancelib.validation.audit_names import FOLDER, names_by_language
from stancelib.validation.audit_readings import TARGETS, pairs_of_audit, written_items

LANGUAGES = sorted(names_by_language())
ROWS = {
    "frame": 12,
    "neutral frame": 10,
    "negation": 12,
    "quote": 12,
    "mood": 12,
    "role": 8,
    "translation": 27,
}
TRAINING = Path(str(files("stancelib.training").joinpath("data")))
CLOSEST = 0.65


def test_twelve_languages_and_a_datasheet() -> None:
    assert LANGUAGES == ["bg", "cs", "de", "en", "es", "fr", "it", "pl", "pt", "ro", "ru", "uk"]
    assert "large language model" in FOLDER.joinpath("DATASHEET.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_rows_of_a_language(lang: str) -> None:
    rows = written_items(lang)
    assert Counter(row["audit"] for row in rows) == ROWS
    assert len({row["id"] for row in rows}) == len(rows)
    assert len({row["text"] for row in rows}) == len(rows)
    flips = [(row["label"], row["label_b"]) for row in rows if row["audit"] == "negation"]
    assert Counter(flips) == {("favor", "against"): 7, ("against", "favor"): 5}


def test_translation_groups_have_one_target_and_label_in_all_languages() -> None:
    groups = [
        (row["id"], row["target"], row["label"])
        for lang in LANGUAGES
        for row in written_items(lang)
        if row["audit"] == "translation"
    ]
    assert set(Counter(groups).values()) == {12}
    assert Counter(label for _, _, label in set(groups)) == {"against": 9, "favor": 9, "neutral": 9}
    assert Counter(target for _, target, _ in set(groups)) == dict.fromkeys(TARGETS, 9)


@pytest.mark.parametrize("audit", sorted(EXPECTATIONS))
def test_the_matcher_finds_every_mention_of_a_target_where_it_is_marked(audit: str) -> None:
    pairs = pairs_of_audit(audit, LANGUAGES)
    sides = [
        pairs.select(
            text=f"text_{side}",
            start=f"start_{side}",
            end=f"end_{side}",
            target=f"target_{side}",
            lang=f"lang_{side}",
        )
        for side in "ab"
    ]
    marks = pl.concat(sides).drop_nulls("text").unique(maintain_order=True)
    marks = marks.filter(pl.col("target").is_in(TARGETS)).with_row_index("sentence_id")
    sentences = marks.select(pl.col("sentence_id").cast(pl.String), "text", "lang")
    found = sl.find_mentions(sentences.with_columns(doc_id="sentence_id"))
    missed = marks.with_columns(pl.col("sentence_id").cast(pl.String)).join(
        found, on=["sentence_id", "target", "start", "end"], how="anti"
    )
    assert missed.rows() == []


def shingles(text: str) -> set[str]:
    plain = re.sub(r"\W+", " ", text.lower())
    return {plain[place : place + 5] for place in range(len(plain) - 4)}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_item_is_close_to_a_training_sentence(lang: str) -> None:
    known = [
        shingles(json.loads(line)["text"])
        for name in ("domain", "further")
        for line in (TRAINING / f"{name}_{lang}.jsonl").read_text("utf-8").splitlines()
    ]
    texts = [row[key] for row in written_items(lang) for key in ("text", "text_b") if key in row]
    for text in texts:
        own = shingles(re.sub(r"[\[\]]", "", text))
        assert max(len(own & other) for other in known) / len(own) < CLOSEST, text


def test_names_that_agree_fit_the_frames_of_every_language() -> None:
    for lang in LANGUAGES:
        pairs = pairs_of_audit("target_swap", [lang])
        assert pairs.height == 12 * 3
        assert not pairs["text_a"].str.contains(r"[{}\[\]]").any()
