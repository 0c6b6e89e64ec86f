"""The exported graphs give what torch gives, at shapes that the export did not see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import polars as pl
import pytest
import torch
from numpy.typing import NDArray

from stancelib.errors import EnvironmentProblem
from stancelib.scoring.calibration_core import Calibration
from stancelib.scoring.embedded import EmbeddedScorer
from stancelib.scoring.protocol import PROBABILITY_COLUMNS
from stancelib.scoring.sentiment import SENTIMENT_COLUMNS, SENTIMENT_PROBABILITIES
from stancelib.training import export
from stancelib.training.batches import encode_sentences
from stancelib.training.restore import restore

SHAPES = ((1, 6), (2, 9), (7, 20))

pytestmark = [
    # torch's exporter and onnxruntime's quantiser warn about themselves, not about our graph.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture
def graphs(tiny: Any, tmp_path: Path) -> tuple[Path, Path]:
    with torch.no_grad():
        for parameter in tiny.model.parameters():
            # The exporter merges equal weights, such as biases that are all 0 before training.
            parameter.add_(0.02 * torch.randn_like(parameter))
    graph = export.export_float(tiny.model.eval(), tmp_path / "float.onnx")
    return graph, export.quantize(graph, tmp_path / "int8.onnx")


def test_float_and_int8_graphs_follow_torch(tiny: Any, graphs: tuple[Path, Path]) -> None:
    for graph in graphs:
        export.check_graph(graph)
    assert export.largest_difference(tiny.model, graphs[0], SHAPES) < 1e-5
    assert 0 < export.largest_difference(tiny.model, graphs[1], SHAPES) < 0.05


def written(folder: Path, graph: Path, tokenizer: Path) -> Path:
    # The tiny encoder has 32 positions.
    return export.write_model_folder(folder, graph, tokenizer, max_length=32, attention_heads=2)


@pytest.fixture
def folder(tiny: Any, graphs: tuple[Path, Path], tmp_path: Path) -> Path:
    tiny.tokenizer.save(str(tmp_path / "tokenizer.json"))
    tokenizer = tmp_path / "tokenizer.json"
    # The tiny encoder has 32 positions.
    return export.write_model_folder(
        tmp_path / "model", graphs[1], tokenizer, max_length=32, attention_heads=2
    )


def test_the_written_folder_is_a_scorer(folder: Path) -> None:
    description = json.loads((folder / "model.json").read_text())
    assert set(description["sha256"]) == {"model.onnx", "tokenizer.json"}
    frame = pl.DataFrame({"text": ["A is good ."], "start": [0], "end": [1], "target": ["A"]})
    scored = EmbeddedScorer(folder).score(frame)
    assert scored.select(pl.sum_horizontal("^p_.*$")).item() == pytest.approx(1)


def test_sentiment_is_the_second_output(tiny: Any, folder: Path) -> None:
    frame = pl.DataFrame({"text": ["A is good .", "A is bad . " * 60], "n": [1, 2]})
    scored = EmbeddedScorer(folder).sentiment(frame)
    assert scored.columns == ["text", "n", *SENTIMENT_COLUMNS]
    assert scored["truncated"].to_list() == [False, True]
    assert scored.select(pl.sum_horizontal("^p_.*$")).to_series().to_list() == pytest.approx([1, 1])
    assert (scored["p_positive"] - scored["p_negative"]).equals(scored["sentiment"])
    (ids,) = encode_sentences(frame["text"].head(1), tiny.tokenizer, 128)
    with torch.inference_mode():
        logits = tiny.model.eval().sentiment(torch.tensor([ids]), torch.ones(1, len(ids)))
    wanted = torch.softmax(logits, dim=1)[0].tolist()
    assert scored.select(SENTIMENT_PROBABILITIES).row(0) == pytest.approx(wanted, abs=0.01)


def test_calibration_is_applied_by_language_and_part_of_the_name(
    graphs: tuple[Path, Path], folder: Path, tmp_path: Path
) -> None:
    certain = Calibration(0.5, (3.0, 0.0, -3.0))
    other = export.write_model_folder(
        tmp_path / "calibrated",
        graphs[1],
        tmp_path / "tokenizer.json",
        attention_heads=2,
        calibration={"stance": {"uk": certain}, "sentiment": {"*": certain}},
    )
    rows = {"text": ["A is good ."] * 2, "start": 0, "end": 1, "target": "A", "lang": ["en", "uk"]}
    raw, scaled = EmbeddedScorer(folder), EmbeddedScorer(other)
    assert raw.name != scaled.name
    before = raw.score(pl.DataFrame(rows)).select(PROBABILITY_COLUMNS).to_numpy()
    after = scaled.score(pl.DataFrame(rows)).select(PROBABILITY_COLUMNS).to_numpy()
    np.testing.assert_array_equal(after[0], before[0])
    np.testing.assert_allclose(after[1], rescaled(before[1], certain), atol=1e-6)
    sentence = pl.DataFrame({"text": ["A is good ."]})
    moods = [scorer.sentiment(sentence).select(SENTIMENT_PROBABILITIES) for scorer in (raw, scaled)]
    wanted = rescaled(moods[0].to_numpy()[0], certain)
    np.testing.assert_allclose(moods[1].to_numpy()[0], wanted, atol=1e-6)


def rescaled(probabilities: NDArray[np.float64], how: Calibration) -> NDArray[np.float64]:
    odds = np.log(probabilities) / how.temperature + np.array(how.bias)
    return np.exp(odds) / np.exp(odds).sum()


def test_a_model_without_sentiment_says_so(folder: Path) -> None:
    graph = onnx.load(folder / "model.onnx")
    del graph.graph.output[1]
    onnx.save(graph, folder / "old.onnx")
    tokenizer = folder / "tokenizer.json"
    old = export.write_model_folder(
        folder / "old", folder / "old.onnx", tokenizer, attention_heads=2
    )
    with pytest.raises(EnvironmentProblem, match="has no sentiment; it scores stance"):
        EmbeddedScorer(old).sentiment(pl.DataFrame({"text": ["A is good ."]}))


def test_the_network_is_restored_from_the_graph(tiny: Any, folder: Path, tmp_path: Path) -> None:
    restored = restore(folder)
    # What was rounded once is rounded to the same values again.
    graph = export.export_float(restored.eval(), tmp_path / "again.onnx")
    tokenizer = folder / "tokenizer.json"
    quantized = export.quantize(graph, tmp_path / "again8.onnx")
    again = written(tmp_path / "again", quantized, tokenizer)
    twice = restore(again).state_dict()
    for name, weights in restored.state_dict().items():
        torch.testing.assert_close(twice[name], weights, atol=1e-6, rtol=1e-5)
        trained = tiny.model.state_dict()[name]
        assert float((weights - trained).abs().max()) <= 0.01 * float(trained.abs().max() + 1e-9)


def test_a_foreign_graph_is_not_restored(folder: Path) -> None:
    graph = onnx.load(folder / "model.onnx")
    kept = [item for item in graph.graph.initializer if not item.name.endswith("head.1.bias")]
    del graph.graph.initializer[:]
    graph.graph.initializer.extend(kept)
    onnx.save(graph, folder / "foreign.onnx")
    tokenizer = folder / "tokenizer.json"
    foreign = written(folder / "foreign", folder / "foreign.onnx", tokenizer)
    with pytest.raises(EnvironmentProblem, match=r"holds no head\.1\.bias"):
        restore(foreign)
