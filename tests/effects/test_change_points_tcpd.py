"""The measures of the benchmark on the Turing Change Point Dataset, and one series of it.

Expected values are those in the documentation of ``metrics.py`` of TCPDBench (van den Burg and
Williams 2020), to all digits.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest


@pytest.fixture(scope="module")
def benchmark(root_folder: Path) -> ModuleType:
    """The script, which no package holds."""
    file = root_folder / "benchmarks" / "change_points_tcpd.py"
    spec = importlib.util.spec_from_file_location("change_points_tcpd", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("annotated", "found", "hits"),
    [
        ({1, 10, 20, 23}, {3, 8, 20}, {1, 10, 20}),
        ({1, 10, 20, 23}, {1, 3, 8, 20}, {1, 10, 20}),
        ({1, 10, 20, 23}, {1, 3, 5, 8, 20}, {1, 10, 20}),
        (set(), {1, 2, 3}, set()),
        ({1, 2, 3}, set(), set()),
    ],
)
def test_each_found_point_is_counted_once(
    benchmark: ModuleType, annotated: set[int], found: set[int], hits: set[int]
) -> None:
    assert benchmark.true_positives(annotated, found) == hits


@pytest.mark.parametrize(
    ("annotations", "found", "expected"),
    [
        ([[10, 20], [11, 20], [10], [0, 5]], [10, 20], 1.0),
        ([[], [10], [50]], [10], 0.9090909090909091),
        ([[], [10], [50]], [], 0.8),
    ],
)
def test_f1_is_that_of_tcpdbench(
    benchmark: ModuleType, annotations: list[list[int]], found: list[int], expected: float
) -> None:
    named = {str(who): points for who, points in enumerate(annotations)}
    assert benchmark.f1(named, found) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("annotations", "found", "expected"),
    [
        ([[10, 20], [10], [0, 5]], [10, 20], 0.7962962962962963),
        ([[], [10], [40]], [10], 0.7954144620811286),
        ([[], [10], [40]], [], 0.8189300411522634),
    ],
)
def test_covering_is_that_of_tcpdbench(
    benchmark: ModuleType, annotations: list[list[int]], found: list[int], expected: float
) -> None:
    named = {str(who): points for who, points in enumerate(annotations)}
    assert benchmark.covering(named, found, 45) == pytest.approx(expected, rel=1e-14)


@pytest.mark.data
def test_nile_of_the_dataset_breaks_after_1898(benchmark: ModuleType, data_folder: Path) -> None:
    folder = data_folder / "reference" / "tcpd"
    flow = benchmark.read_series(folder / "nile.json")
    years = json.loads((folder / "nile.json").read_text(encoding="utf-8"))["time"]["raw"]
    assert [years[at] for at in benchmark.by_stancelib(flow, "pelt")] == ["1899"]
    gone = np.where(np.arange(len(flow)) % 9 == 4, np.nan, flow[:, 0])[:, None]
    assert [years[at] for at in benchmark.by_stancelib(gone, "pelt")] == ["1899"]
