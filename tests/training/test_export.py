"""The exported graphs give what torch gives, at shapes that the export did not see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from stancelib.scoring.embedded import EmbeddedScorer
from stancelib.training import export

SHAPES = ((1, 6), (2, 9), (7, 20))

pytestmark = [
    # torch's exporter and onnxruntime's quantiser warn about themselves, not about our graph.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture
def graphs(tiny: Any, tmp_path: Path) -> tuple[Path, Path]:
    graph = export.export_float(tiny.model.eval(), tmp_path / "float.onnx")
    return graph, export.quantize(graph, tmp_path / "int8.onnx")


def test_float_and_int8_graphs_follow_torch(tiny: Any, graphs: tuple[Path, Path]) -> None:
    for graph in graphs:
        export.check_graph(graph)
    assert export.largest_difference(tiny.model, graphs[0], SHAPES) < 1e-5
    assert 0 < export.largest_difference(tiny.model, graphs[1], SHAPES) < 0.05


def test_the_written_folder_is_a_scorer(
    tiny: Any, graphs: tuple[Path, Path], tmp_path: Path
) -> None:
    tiny.tokenizer.save(str(tmp_path / "tokenizer.json"))
    export.write_package_model(tmp_path, tmp_path / "model", graphs[1])
    description = json.loads((tmp_path / "model" / "model.json").read_text())
    assert set(description["sha256"]) == {"model.onnx", "tokenizer.json"}
    frame = pl.DataFrame({"text": ["A is good ."], "start": [0], "end": [1], "target": ["A"]})
    scored = EmbeddedScorer(tmp_path / "model").score(frame)
    assert scored.select(pl.sum_horizontal("^p_.*$")).item() == pytest.approx(1)
