"""A small notebook, run by a kernel: what its cells show, and that no bar is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

MAKE_EFFECT = """
import stancelib as sl
made = sl.simulate_series(n_periods=60, level=-0.4, seed=1)
sl.interrupted_time_series(made.series, sl.Event("Summit", made.event_at))
"""
MAKE_STORE = """
corpus = sl.simulate_corpus(20, seed=1)
store = sl.open_store(":memory:")
store.add_documents(corpus.documents)
"""
SCORE = """
store.score(corpus.scorer())
store
"""


@pytest.fixture(scope="module")
def outputs(root_folder: Path) -> list[list[Any]]:
    nbclient = pytest.importorskip("nbclient", reason="nbclient comes with the extra docs")
    nbformat = pytest.importorskip("nbformat", reason="nbformat comes with the extra docs")
    pytest.importorskip("ipykernel", reason="ipykernel comes with the extra docs")
    v4 = nbformat.v4
    book = v4.new_notebook(
        cells=[v4.new_code_cell(text) for text in (MAKE_EFFECT, MAKE_STORE, SCORE)]
    )
    client = nbclient.NotebookClient(
        book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(root_folder)}}
    )
    client.execute()
    return [cell.outputs for cell in book.cells]


def test_effect_is_shown_with_picture_and_table(outputs: list[list[Any]]) -> None:
    (shown,) = outputs[0]
    html = shown["data"]["text/html"]
    assert "image/svg+xml" in html
    assert "gt_table" in html
    assert shown["data"]["text/plain"].startswith("InterruptedTimeSeries(NATO in Beacon Wire")


def test_store_is_shown_and_no_bar_is_left(outputs: list[list[Any]]) -> None:
    for cell in outputs[1:]:
        streams = "".join(one["text"] for one in cell if one["output_type"] == "stream")
        assert streams.rsplit("\r", 2)[-1].strip() == ""
    assert "articles of" in outputs[2][-1]["data"]["text/html"]
    assert outputs[2][-1]["data"]["text/plain"] == "Store(':memory:')"
