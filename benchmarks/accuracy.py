"""Accuracy of the embedded model on labelled sets, test parts only.

    python benchmarks/accuracy.py [--check] [--float training_work/float.onnx] [--out FILE]

Reads the sets of the field from STANCELIB_DATA (default ../shared/data), and the domain set from
the package; no text is printed or written. Nothing was trained, stopped or chosen on these parts.
Intervals are 95 % percentile bootstrap over sentences (1,000 draws, seed 0); mentions of one
sentence are drawn together. Macro-F1, F1(P,N) and accuracy are of the labels that the scorer names
(`EmbeddedScorer.labels`), calibration error and bias of its probabilities.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime
import polars as pl
from floors import Results, Row, changed, failures, unreached
from numpy.typing import NDArray

from stancelib.scoring.calibration_core import calibrated, decided
from stancelib.scoring.embedded import EmbeddedScorer, encode, predict
from stancelib.scoring.embedded_core import softmax
from stancelib.scoring.embedded_model import PACKAGE_MODEL, STANCE_OUTPUT, load_model
from stancelib.scoring.protocol import PROBABILITY_COLUMNS
from stancelib.scoring.sentiment import SENTIMENT_PROBABILITIES
from stancelib.targets import find_mentions
from stancelib.training import domain, sets
from stancelib.training.gold import LABELS
from stancelib.training.metrics import (
    area_under_curve,
    expected_calibration_error,
    f1_positive_negative,
    macro_f1,
    reliability,
)

Labels = NDArray[np.int64]
Probabilities = NDArray[np.float64]
Figures = dict[str, float]


class Answer(NamedTuple):
    """What a scorer says of some rows: probabilities (n, 3), and labels (n,) in -1, 0, 1."""

    probabilities: Probabilities
    said: Labels

    def rows(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> Answer:
        """The answer for some of the rows."""
        return Answer(self.probabilities[chosen], self.said[chosen])


LABELLED: dict[str, Callable[[], pl.DataFrame]] = {
    "newsmtsc_rw_test": lambda: sets.newsmtsc("rw_test"),
    "newsmtsc_mt_test": lambda: sets.newsmtsc("mt_test"),
    "rusentne_validation": lambda: sets.rusentne("validation"),
    "gerntsa_test": lambda: sets.gerntsa_part("test"),
    "domain_test": lambda: domain.sentences("test"),
    "ruw_val": lambda: placed(sets.ruw_tweets()),
}
# Columns by whose values a set is reported too.
BROKEN_DOWN = {"domain_test": ("lang", "target"), "ruw_val": ("target",)}
# Sets without a neutral class, on which only the order of the stances is measured.
TWO_SIDED = {"semeval_roles": sets.semeval_roles}
MOODS = "domain_test sentiment"
RECORD = Path(__file__).parent / "results" / "accuracy.json"
DRAWS = 1000


def placed(frame: pl.DataFrame) -> pl.DataFrame:
    """The first place where a text names its target; null stays where it does not."""
    number = pl.int_range(pl.len()).cast(pl.String)
    numbered = frame.with_columns(number.alias("sentence_id"), number.alias("doc_id"))
    found = find_mentions(numbered)
    first = found.unique(["sentence_id", "target"], keep="first", maintain_order=True)
    spans = first.select("sentence_id", "target", "start", "end")
    return (
        numbered.drop("start", "end", "doc_id")
        .join(spans, on=["sentence_id", "target"], how="left", maintain_order="left")
        .select(frame.columns)
    )


def scored_by(scorer: EmbeddedScorer, frame: pl.DataFrame) -> Answer:
    """The answer of the scorer that ships."""
    scored = scorer.score(_pairs(frame))
    said = scorer.labels(scored).replace_strict(LABELS, return_dtype=pl.Int64)
    return Answer(scored.select(PROBABILITY_COLUMNS).to_numpy(), said.to_numpy())


def scored_by_float_graph(graph: Path, frame: pl.DataFrame) -> Answer:
    """The same inputs through the float graph of the same weights."""
    model = load_model(PACKAGE_MODEL)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    inputs = encode(_pairs(frame), model)
    logits = predict(session, [item.ids for item in inputs], 2, STANCE_OUTPUT)
    languages, table = frame["lang"].to_list(), model.stance_calibration
    probabilities = softmax(calibrated(logits, languages, table))
    return Answer(probabilities, decided(probabilities, languages, table) - 1)


def moods_by(scorer: EmbeddedScorer, frame: pl.DataFrame) -> Answer:
    """The sentiment of whole sentences."""
    scored = scorer.sentiment(frame.select("text", "lang"))
    probabilities = scored.select(SENTIMENT_PROBABILITIES).to_numpy()
    return Answer(probabilities, probabilities.argmax(axis=1) - 1)


def measured(truth: Labels, answer: Answer) -> Figures:
    """Every measure of a sample."""
    scores, said = answer
    stance = scores[:, 2] - scores[:, 0]
    return {
        "macro_f1": macro_f1(truth, said),
        "f1_positive_negative": f1_positive_negative(truth, said),
        "accuracy": float(np.mean(truth == said)),
        "calibration_error": expected_calibration_error(scores, truth),
        "bias_of_mean": float(stance.mean() - truth.mean()),
    }


def order_measured(truth: Labels, answer: Answer) -> Figures:
    """The area under the curve of the stance."""
    scores = answer.probabilities
    return {"area_under_curve": area_under_curve(truth > 0, scores[:, 2] - scores[:, 0])}


def bins_of(truth: Labels, answer: Answer) -> list[dict[str, float]]:
    """What a reliability diagram shows of a set."""
    found = reliability(answer.probabilities, truth)
    columns = {"n": found.n, "confidence": found.confidence, "accuracy": found.accuracy}
    return pl.DataFrame(columns).to_dicts()


def with_intervals(
    frame: pl.DataFrame, answer: Answer, measure: Callable[[Labels, Answer], Figures]
) -> Row:
    """Every figure of a set, with its bootstrap interval over sentences."""
    truth = frame["label"].to_numpy()
    figures = measure(truth, answer)
    drawn = [measure(truth[rows], answer.rows(rows)) for rows in cluster_draws(frame["text"])]
    result: Row = {"n": frame.height}
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


def all_results(scorer: EmbeddedScorer, graph: Path | None) -> Iterator[tuple[str, Row]]:
    """Figures of every set and part."""
    for name, read in LABELLED.items():
        frame = read()
        answer = scored_by(scorer, frame)
        for part, mask in slices(name, frame):
            rows = mask.to_numpy()
            yield part, with_intervals(frame.filter(mask), answer.rows(rows), measured)
        if graph is not None:
            exact = scored_by_float_graph(graph, frame)
            yield f"{name} (float)", with_intervals(frame, exact, measured)
        yield f"{name} (reliability)", {"bins": bins_of(frame["label"].to_numpy(), answer)}
    for name, read in TWO_SIDED.items():
        frame = read()
        yield name, with_intervals(frame, scored_by(scorer, frame), order_measured)
    if scorer.has_sentiment:
        moods = domain.moods("test")
        yield MOODS, with_intervals(moods, moods_by(scorer, moods), measured)


def print_line(name: str, row: Row) -> None:
    """One line a set: every figure, and the interval of the first."""
    cells = [f"{name:<30}{row['n']:>6}"]
    for measure, value in row.items():
        if f"{measure}_interval" in row:
            low, high = row[f"{measure}_interval"]
            cells.append(f"{measure} {value:.3f} ({low:.3f} to {high:.3f})")
    print("  ".join(cells), flush=True)


def kept_results(path: Path, scorer: str) -> Results:
    """What an earlier run recorded of the same scorer, such as the float graph's figures."""
    if not path.is_file():
        return {}
    record = json.loads(path.read_text(encoding="utf-8"))
    found: Results = record["results"] if record["scorer"] == scorer else {}
    return found


def main() -> int:
    """Measure, print, write, and check the floors where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check",
        action="store_true",
        help="fail when a floor is missed, or a recorded figure no longer comes out",
    )
    parser.add_argument("--float", type=Path, dest="graph", help="float graph of the same weights")
    parser.add_argument("--out", type=Path, help="write the figures as json")
    parser.add_argument("--model", type=Path, help="a model folder; default: the one that ships")
    arguments = parser.parse_args()
    scorer = EmbeddedScorer(arguments.model)
    packages = {name: version(name) for name in ("stancelib", "onnxruntime", "tokenizers")}
    print(f"{scorer.name}, Python {platform.python_version()}, {packages}")
    results: Results = {}
    for name, row in all_results(scorer, arguments.graph):
        results[name] = row
        if "n" in row:
            print_line(name, row)
    if arguments.out:
        kept = kept_results(arguments.out, scorer.name) | results
        record = {"scorer": scorer.name, "packages": packages, "results": kept}
        arguments.out.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    if not arguments.check:
        return 0
    for line in unreached(results):
        print(f"NOT REACHED: {line}")
    missed = failures(results) + changed(results, kept_results(RECORD, scorer.name))
    for line in missed:
        print(f"FAILED: {line}")
    return 1 if missed else 0


def _pairs(frame: pl.DataFrame) -> pl.DataFrame:
    named = frame if "target" in frame.columns else frame.with_columns(target=pl.lit("target"))
    return named.select("text", "start", "end", "target", "lang")


if __name__ == "__main__":
    sys.exit(main())
