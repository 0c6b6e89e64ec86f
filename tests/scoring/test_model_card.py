"""The figures of the model card are those of the recorded benchmark of the shipped model."""

from __future__ import annotations

import json
from pathlib import Path

from stancelib.scoring.embedded import EmbeddedScorer
from stancelib.scoring.embedded_model import PACKAGE_MODEL

ROOT = Path(__file__).parent.parent.parent
CARD = (PACKAGE_MODEL / "MODEL_CARD.md").read_text(encoding="utf-8")
RECORD = json.loads((ROOT / "benchmarks/results/accuracy.json").read_text(encoding="utf-8"))


def test_the_record_is_of_the_shipped_model() -> None:
    assert EmbeddedScorer().name == RECORD["scorer"]
    assert RECORD["scorer"] in CARD


def test_every_recorded_figure_stands_in_the_card() -> None:
    for name, row in RECORD["results"].items():
        line = next(line for line in CARD.splitlines() if line.startswith(f"| {name} |"))
        figures = [value for value in row.values() if isinstance(value, float)]
        assert figures
        assert all(f" {value:.3f}" in line for value in figures)
