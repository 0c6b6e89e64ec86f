"""Accuracy of the embedded model on labelled sets, test parts only.

    python benchmarks/accuracy.py [--check] [--float training_work/float.onnx] [--out FILE]

Reads the sets of the field from STANCELIB_DATA (default ../shared/data), and the domain set from
the package; no text is printed or written. Nothing was trained, stopped or chosen on these parts.
Intervals are 95 % percentile bootstrap over sentences (1,000 draws, seed 0); mentions of one
sentence are drawn together.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnxruntime
import polars as pl
from numpy.typing import NDArray

from stancelib.scoring.calibration_core import calibrated
from stancelib.scoring.embedded import EmbeddedScorer, encode, predict
from stancelib.scoring.embedded_core import softmax
from stancelib.scoring.embedded_model import PACKAGE_MODEL, STANCE_OUTPUT, load_model
from stancelib.training import domain, sets
from stancelib.training.metrics import (
    area_under_curve,
    expected_calibration_error,
    f1_positive_negative,
    macro_f1,
)

Labels = NDArray[np.int64]
Probabilities = NDArray[np.float64]
Figures = dict[str, float]

LABELLED: dict[str, Callable[[], pl.DataFrame]] = {
    "newsmtsc_rw_test": lambda: sets.newsmtsc("rw_test"),
    "newsmtsc_mt_test": lambda: sets.newsmtsc("mt_test"),
    "rusentne_validation": lambda: sets.rusentne("validation"),
    "gerntsa_test": lambda: sets.gerntsa_part("test"),
    "domain_test": lambda: domain.sentences("test"),
    "ruw_val": sets.ruw_tweets,
}
# Columns by whose values a set is reported too.
BROKEN_DOWN = {"domain_test": ("lang", "target"), "ruw_val": ("target",)}
# Sets without a neutral class, on which only the order of the stances is measured.
TWO_SIDED = {"semeval_roles": sets.semeval_roles}
# Floors of version 0: (set, measure, least value).
FLOORS = (
    ("newsmtsc_rw_test", "macro_f1", 0.76),
    ("newsmtsc_mt_test", "macro_f1", 0.75),
    ("rusentne_validation", "f1_positive_negative", 0.57),
)
LARGEST_LOSS_TO_INT8 = 0.01
DRAWS = 1000


def scored_by(scorer: EmbeddedScorer, frame: pl.DataFrame) -> Probabilities:
    """Shape (n, 3): against, neutral, favor."""
    scored = scorer.score(_pairs(frame))
    return scored.select("p_against", "p_neutral", "p_favor").to_numpy()


def scored_by_float_graph(graph: Path, frame: pl.DataFrame) -> Probabilities:
    """The same inputs through the float graph of the same weights."""
    model = load_model(PACKAGE_MODEL)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    inputs = encode(_pairs(frame), model)
    logits = predict(session, [item.ids for item in inputs], 2, STANCE_OUTPUT)
    return softmax(calibrated(logits, frame["lang"].to_list(), model.stance_calibration))


def measured(truth: Labels, scores: Probabilities) -> Figures:
    """Every measure of a sample."""
    said = scores.argmax(axis=1) - 1
    stance = scores[:, 2] - scores[:, 0]
    return {
        "macro_f1": macro_f1(truth, said),
        "f1_positive_negative": f1_positive_negative(truth, said),
        "accuracy": float(np.mean(truth == said)),
        "calibration_error": expected_calibration_error(scores, truth),
        "bias_of_mean": float(stance.mean() - truth.mean()),
    }


def order_measured(truth: Labels, scores: Probabilities) -> Figures:
    """The area under the curve of the stance."""
    return {"area_under_curve": area_under_curve(truth > 0, scores[:, 2] - scores[:, 0])}


def with_intervals(
    frame: pl.DataFrame, scores: Probabilities, measure: Callable[[Labels, Probabilities], Figures]
) -> dict[str, object]:
    """Every figure of a set, with its bootstrap interval over sentences."""
    truth = frame["label"].to_numpy()
    figures = measure(truth, scores)
    drawn = [measure(truth[rows], scores[rows]) for rows in cluster_draws(frame["text"])]
    result: dict[str, object] = {"n": frame.height}
    for name, value in figures.items():
        low, high = np.quantile([draw[name] for draw in drawn], [0.025, 0.975])
        result |= {name: value, f"{name}_interval": [float(low), float(high)]}
    return result


def cluster_draws(texts: pl.Series) -> Iterator[NDArray[np.int64]]:
    """Row numbers of bootstrap samples of whole sentences."""
    codes = texts.rank("dense").to_numpy() - 1
    members = [np.flatnonzero(codes == code) for code in range(codes.max() + 1)]
    generator = np.random.default_rng(0)
    for _ in range(DRAWS):
        chosen = generator.integers(0, len(members), len(members))
        yield np.concatenate([members[i] for i in chosen])


def slices(name: str, frame: pl.DataFrame) -> Iterator[tuple[str, pl.Series]]:
    """A set, then its parts, each as a mask over its rows."""
    yield name, pl.repeat(value=True, n=frame.height, eager=True)
    for column in BROKEN_DOWN.get(name, ()):
        for value in sorted(frame[column].unique()):
            yield f"{name} {value}", frame[column] == value


def all_results(
    scorer: EmbeddedScorer, graph: Path | None
) -> Iterator[tuple[str, dict[str, object]]]:
    """Figures of every set and part."""
    for name, read in LABELLED.items():
        frame = read()
        scores = scored_by(scorer, frame)
        for part, mask in slices(name, frame):
            yield part, with_intervals(frame.filter(mask), scores[mask.to_numpy()], measured)
        if graph is not None:
            exact = scored_by_float_graph(graph, frame)
            yield f"{name} (float)", with_intervals(frame, exact, measured)
    for name, read in TWO_SIDED.items():
        frame = read()
        yield name, with_intervals(frame, scored_by(scorer, frame), order_measured)


def print_line(name: str, row: dict[str, object]) -> None:
    """One line a set: every figure, and the interval of the first."""
    cells = [f"{name:<30}{row['n']:>6}"]
    for measure, value in row.items():
        if f"{measure}_interval" in row:
            low, high = row[f"{measure}_interval"]  # type: ignore[misc]  # a list of two
            cells.append(f"{measure} {value:.3f} ({low:.3f} to {high:.3f})")
    print("  ".join(cells), flush=True)


def kept_results(path: Path, scorer: str) -> dict[str, dict[str, object]]:
    """What an earlier run recorded of the same scorer, such as the float graph's figures."""
    if not path.is_file():
        return {}
    record = json.loads(path.read_text(encoding="utf-8"))
    found: dict[str, dict[str, object]] = record["results"] if record["scorer"] == scorer else {}
    return found


def failures(results: dict[str, dict[str, object]]) -> list[str]:
    """Every floor that was missed, as a line."""
    missed = [
        f"{name} {measure} {results[name][measure]:.3f} is below {floor}"
        for name, measure, floor in FLOORS
        if results[name][measure] < floor  # type: ignore[operator]  # a float
    ]
    for name, measure, _ in FLOORS:
        exact = results.get(f"{name} (float)")
        if exact and abs(exact[measure] - results[name][measure]) > LARGEST_LOSS_TO_INT8:  # type: ignore[operator]  # floats
            missed.append(f"{name}: int8 differs from float by more than {LARGEST_LOSS_TO_INT8}")
    return missed


def main() -> int:
    """Measure, print, write, and check the floors where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail when a floor is missed")
    parser.add_argument("--float", type=Path, dest="graph", help="float graph of the same weights")
    parser.add_argument("--out", type=Path, help="write the figures as json")
    parser.add_argument("--model", type=Path, help="a model folder; default: the one that ships")
    arguments = parser.parse_args()
    scorer = EmbeddedScorer(arguments.model)
    packages = {name: version(name) for name in ("stancelib", "onnxruntime", "tokenizers")}
    print(f"{scorer.name}, Python {platform.python_version()}, {packages}")
    results = {}
    for name, row in all_results(scorer, arguments.graph):
        results[name] = row
        print_line(name, row)
    if arguments.out:
        kept = kept_results(arguments.out, scorer.name) | results
        record = {"scorer": scorer.name, "packages": packages, "results": kept}
        arguments.out.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    missed = failures(results) if arguments.check else []
    print("\n".join(missed) or "", end="\n" if missed else "")
    return 1 if missed else 0


def _pairs(frame: pl.DataFrame) -> pl.DataFrame:
    named = frame if "target" in frame.columns else frame.with_columns(target=pl.lit("target"))
    return named.select("text", "start", "end", "target", "lang")


if __name__ == "__main__":
    sys.exit(main())
