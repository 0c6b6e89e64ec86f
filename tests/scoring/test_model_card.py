"""The figures of the model card are those of the recorded benchmark of the shipped model."""

from __future__ import annotations

import json
from pathlib import Path

from stancelib.scoring.embedded import EmbeddedScorer
from stancelib.scoring.embedded_model import PACKAGE_MODEL

ROOT = Path(__file__).parent.parent.parent
CARD = (PACKAGE_MODEL / "MODEL_CARD.md").read_text(encoding="utf-8")
RECORDS = {
    name: json.loads((ROOT / f"benchmarks/results/{name}.json").read_text(encoding="utf-8"))
    for name in ("accuracy", "name_prior", "footprint")
}
RECORD = RECORDS["accuracy"]


def test_the_records_are_of_the_shipped_model() -> None:
    assert {record["scorer"] for record in RECORDS.values()} == {EmbeddedScorer().name}
    assert RECORD["scorer"] in CARD


def test_the_card_tells_what_names_are_worth() -> None:
    for row in RECORDS["name_prior"]["table"]:
        line = next(line for line in CARD.splitlines() if line.startswith(f"| {row['lang']} |"))
        assert all(f" {row[target]:+.3f} " in line for target in ("NATO", "Russia", "Ukraine"))


def test_the_wheel_is_small_enough() -> None:
    assert RECORDS["footprint"]["wheel_megabytes"] < 60
    assert max(RECORDS["footprint"]["unknown_token_rate"].values()) < 0.001


def test_every_recorded_figure_stands_in_the_card() -> None:
    for name, row in RECORD["results"].items():
        if "n" not in row:
            continue
        line = next(line for line in CARD.splitlines() if line.startswith(f"| {name} |"))
        figures = [value for value in row.values() if isinstance(value, float)]
        assert figures
        assert all(f" {value:.3f}" in line for value in figures)
