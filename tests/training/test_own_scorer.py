"""A user's labels become a scorer, measured on sentences that it did not see."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import torch

import stancelib as sl
from stancelib.errors import ArgumentError, DataError, EnvironmentProblem, NotEnoughDataError
from stancelib.scoring.calibration_core import Calibration
from stancelib.scoring.embedded_model import load_model
from stancelib.training import export, own_scorer

pytestmark = [
    # torch's exporter and onnxruntime's quantiser warn about themselves, not about our graph.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
CALIBRATION = {"stance": {"*": Calibration(1.5, (0.1, 0.0, -0.1))}, "sentiment": {}}


@pytest.fixture
def base(tiny: Any, tmp_path: Path) -> Path:
    """A model folder of the tiny network."""
    with torch.no_grad():
        for parameter in tiny.model.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    graph = export.export_float(tiny.model.eval(), tmp_path / "float.onnx")
    tiny.tokenizer.save(str(tmp_path / "tokenizer.json"))
    return export.write_model_folder(
        tmp_path / "base",
        export.quantize(graph, tmp_path / "int8.onnx"),
        tmp_path / "tokenizer.json",
        attention_heads=2,
        max_length=32,
        calibration=CALIBRATION,
    )


def gold(height: int = 60) -> pl.DataFrame:
    words = [("good", "favor"), ("bad", "against"), ("plain", "neutral")]
    rows = [
        (f"A is {word} . {'B . ' * (number // 3 % 7)}", 0, 1, "A", label, "en")
        for number in range(height)
        for word, label in [words[number % 3]]
    ]
    columns = ["text", "start", "end", "target", "label", "lang"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def test_labels_become_a_scorer(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_scorer, "LEARNING_RATE", 3e-3)
    tuned = sl.fine_tune(gold(), base, out=tmp_path / "mine", epochs=40, held_out=0.25)
    assert tuned.n_train + tuned.n_held_out == 60
    table = {row["measure"]: row for row in tuned.table.iter_rows(named=True)}
    assert table["accuracy"]["after"] > 0.9 > table["accuracy"]["before"]
    scorer = sl.load_scorer("embedded", model=tuned.path)
    assert scorer.name == tuned.scorer
    said = scorer.score(gold(3))["stance"]
    assert said[0] > 0.3
    assert said[1] < -0.3
    assert load_model(tuned.path).stance_calibration == CALIBRATION["stance"]


def test_nothing_held_out_gives_an_empty_table(base: Path, tmp_path: Path) -> None:
    tuned = sl.fine_tune(gold(), base, out=tmp_path / "mine", epochs=1, held_out=0)
    assert (tuned.n_train, tuned.n_held_out) == (60, 0)
    assert tuned.table.shape == (0, 3)


@pytest.mark.parametrize(
    ("rows", "options", "error", "message"),
    [
        (gold(), {"epochs": 0}, ArgumentError, "'epochs' must be at least 1; got 0"),
        (gold(), {"held_out": 0.7}, ArgumentError, r"must lie in \[0, 0.5\]; got 0.7"),
        (gold(20), {}, NotEnoughDataError, "at least 30 are needed"),
        (
            gold().filter(pl.col("label") != "favor"),
            {},
            NotEnoughDataError,
            "labelled 'favor'; each of against, neutral, favor is needed",
        ),
        (gold().drop("lang"), {}, DataError, "column 'lang' is missing"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(
    rows: pl.DataFrame,
    options: dict[str, Any],
    error: type[Exception],
    message: str,
    tmp_path: Path,
) -> None:
    out = tmp_path / "mine"
    with pytest.raises(error, match=message):
        sl.fine_tune(rows, out=out, **options)
    assert not out.exists()


def test_a_folder_with_files_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ArgumentError, match="exists already; name a new folder"):
        sl.fine_tune(gold(), out=tmp_path)


def test_without_torch_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_scorer, "find_spec", lambda _name: None)
    with pytest.raises(EnvironmentProblem, match=r"pip install 'stancelib\[torch\]'"):
        sl.fine_tune(gold(), out=tmp_path / "mine")


def test_exporters_write_nothing_and_leave_the_logs_as_they_were(
    capfd: pytest.CaptureFixture[str],
) -> None:
    root = logging.getLogger()
    handlers, level, disabled = root.handlers[:], root.level, logging.root.manager.disable
    with own_scorer.quiet():
        # As onnxruntime's quantiser does when it is imported.
        root.addHandler(logging.StreamHandler())
        root.setLevel(logging.INFO)
        root.warning("quantising")
    assert capfd.readouterr().err == ""
    assert (root.handlers, root.level, logging.root.manager.disable) == (handlers, level, disabled)
