"""Voices and speakers of the labelled set in `benchmarks/voice`; see `benchmarks/voice.py`."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
import voice
from voice import FLOORS, figures, judged, labelled, read_passages

from stancelib.corpus.language import LANGUAGES

RECORD = Path(__file__).parents[2] / "benchmarks" / "results" / "voice.json"
FEWEST_SENTENCES = 26


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return judged(read_passages())


def test_the_half_that_no_rule_was_chosen_on_keeps_its_floors(rows: pl.DataFrame) -> None:
    found = figures(rows.filter(half="test"))
    assert {name: found[name] for name in FLOORS if found[name] < floor(name)} == {}


def floor(name: str) -> float:
    return FLOORS[name]


def test_the_record_is_what_the_rules_do(rows: pl.DataFrame) -> None:
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))
    for half in voice.HALVES:
        assert figures(rows.filter(half=half)) == pytest.approx(recorded[half]["all"])


def test_every_language_has_sentences_of_both_voices_and_a_place_for_each_speaker() -> None:
    sentences = labelled(read_passages())
    counts = sentences.group_by("lang").agg(pl.len(), voices=pl.col("voice").n_unique())
    assert set(counts["lang"]) == set(LANGUAGES)
    assert counts.filter((pl.col("len") < FEWEST_SENTENCES) | (pl.col("voices") != 2)).is_empty()
    named = sentences.filter(pl.col("speaker").is_not_null())
    assert named["voice"].unique().to_list() == ["quoted"]
    assert named.filter(~pl.col("text").str.contains(pl.col("speaker"), literal=True)).is_empty()


def test_a_wrong_voice_and_a_wrong_speaker_are_counted() -> None:
    rows = pl.DataFrame(
        {
            "voice": ["quoted", "quoted", "author", "quoted"],
            "found_voice": ["quoted", "author", "author", "quoted"],
            "speaker": ["Peskov", "Kuleba", None, None],
            "found_speaker": ["Peskov", None, None, "Kyiv"],
        }
    )
    assert figures(rows) == {
        "sentences": 4,
        "voice_accuracy": 0.75,
        "speakers": 2,
        "speaker_exact": 0.5,
        "speaker_missing": 1,
        "false_speakers": 1,
    }
