"""Accuracy of the embedded model on the labelled test sets of the field.

    python benchmarks/accuracy.py [--check] [--float training_work/float.onnx] [--out FILE]

Reads the sets from STANCELIB_DATA (default ../shared/data); none of their text is printed or
written. Test parts only: nothing was trained, stopped or chosen on them. Intervals are 95 %
percentile bootstrap over sentences (1,000 draws, seed 0); mentions of one sentence are drawn
together.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
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
from stancelib.training import sets
from stancelib.training.metrics import f1_positive_negative, macro_f1

SETS = {
    "newsmtsc_rw_test": lambda: sets.newsmtsc("rw_test"),
    "newsmtsc_mt_test": lambda: sets.newsmtsc("mt_test"),
    "rusentne_validation": lambda: sets.rusentne("validation"),
}
# Floors of version 0: (set, measure, least value).
FLOORS = (
    ("newsmtsc_rw_test", "macro_f1", 0.76),
    ("newsmtsc_mt_test", "macro_f1", 0.75),
    ("rusentne_validation", "f1_positive_negative", 0.57),
)
MEASURES = {
    "accuracy": lambda truth, said: float(np.mean(truth == said)),
    "macro_f1": macro_f1,
    "f1_positive_negative": f1_positive_negative,
}
LARGEST_LOSS_TO_INT8 = 0.01
DRAWS = 1000


def probabilities(frame: pl.DataFrame, scorer: EmbeddedScorer) -> NDArray[np.float64]:
    """Shape (n, 3): against, neutral, favor."""
    pairs = frame.with_columns(pl.lit("target").alias("target"))
    scored = scorer.score(pairs.select("text", "start", "end", "target", "lang"))
    return scored.select("p_against", "p_neutral", "p_favor").to_numpy()


def cluster_draws(texts: pl.Series, draws: int, seed: int) -> list[NDArray[np.int64]]:
    """Row numbers of bootstrap samples of whole sentences."""
    codes = texts.rank("dense").to_numpy() - 1
    members = [np.flatnonzero(codes == code) for code in range(codes.max() + 1)]
    generator = np.random.default_rng(seed)
    return [
        np.concatenate([members[i] for i in generator.integers(0, len(members), len(members))])
        for _ in range(draws)
    ]


def measured(frame: pl.DataFrame, scores: NDArray[np.float64]) -> dict[str, object]:
    """Every measure of one set with its bootstrap interval."""
    truth = frame["label"].to_numpy()
    said = scores.argmax(axis=1) - 1
    stance = scores[:, 2] - scores[:, 0]
    result: dict[str, object] = {
        "n": len(truth),
        "bias_of_mean": float(stance.mean() - truth.mean()),
    }
    draws = cluster_draws(frame["text"], DRAWS, seed=0)
    for name, measure in MEASURES.items():
        drawn = [measure(truth[rows], said[rows]) for rows in draws]
        low, high = np.quantile(drawn, [0.025, 0.975])
        result[name] = measure(truth, said)
        result[f"{name}_interval"] = [float(low), float(high)]
    return result


def float_scores(frame: pl.DataFrame, graph: Path) -> NDArray[np.float64]:
    """The same inputs through the float graph of the same weights."""
    model = load_model(PACKAGE_MODEL)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    inputs = encode(frame.with_columns(pl.lit("target").alias("target")), model)
    logits = predict(session, [item.ids for item in inputs], 2, STANCE_OUTPUT)
    return softmax(calibrated(logits, frame["lang"].to_list(), model.stance_calibration))


def print_table(results: dict[str, dict[str, object]]) -> None:
    """One line a set."""
    print(f"{'set':<30}{'n':>6}  {'macro-F1':<24}{'F1(P,N)':<24}{'accuracy':>8}  {'bias':>6}")
    for name, row in results.items():
        cells = []
        for measure in ("macro_f1", "f1_positive_negative"):
            low, high = row[f"{measure}_interval"]  # type: ignore[misc]  # a list of two
            cells.append(f"{row[measure]:.3f} ({low:.3f} to {high:.3f})")
        print(
            f"{name:<30}{row['n']:>6}  {cells[0]:<24}{cells[1]:<24}{row['accuracy']:>8.3f}"
            f"  {row['bias_of_mean']:>+6.3f}"
        )


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
    arguments = parser.parse_args()
    scorer = EmbeddedScorer()
    results = {}
    for name, read in SETS.items():
        frame = read()
        results[name] = measured(frame, probabilities(frame, scorer))
        if arguments.graph:
            results[f"{name} (float)"] = measured(frame, float_scores(frame, arguments.graph))
    packages = {name: version(name) for name in ("stancelib", "onnxruntime", "tokenizers")}
    print(f"{scorer.name}, Python {platform.python_version()}, {packages}")
    print_table(results)
    if arguments.out:
        record = {"scorer": scorer.name, "packages": packages, "results": results}
        arguments.out.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    missed = failures(results) if arguments.check else []
    print("\n".join(missed) or "", end="\n" if missed else "")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
