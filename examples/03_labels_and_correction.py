"""From 400 labelled sentences to effects that hold where the scorer is wrong.

The press releases of the first example. Two hundred sentences of the Kremlin on Ukraine and two
hundred of the Ukrainian president on Russia were drawn at random and read twice (by a language
model, not by people: benchmarks/labels/README.md); their labels correct the effects of the
invasion. Run it with

    python examples/03_labels_and_correction.py

The files are taken from STANCELIB_DATA, else from the cache, else from their public address. It
goes on with the store of the first example, examples/output/kremlin_and_kyiv.duckdb, and makes it
where it is missing.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import polars as pl

import stancelib as sl

ROOT = Path(__file__).resolve().parents[1]
LABELS = ROOT / "benchmarks" / "labels"
OUTPUT = Path(__file__).resolve().parent / "output"
QUESTIONS = {"Kremlin": "Ukraine", "President of Ukraine": "Russia"}

# 04:00 in Kyiv, as in the first example.
INVASION = sl.Event(
    "invasion",
    dt.datetime(2022, 2, 24, 2, 0, tzinfo=dt.UTC),
    label="Russia invades Ukraine",
)


def main() -> int:
    """Read labels and the sample that they belong to, correct the effects."""
    codings = sl.read_codings(LABELS / "press_codings.csv")
    print(codings.summary())
    labels = agreed_labels(codings.accepted)
    samples = pl.read_csv(LABELS / "press_sample.csv")
    OUTPUT.mkdir(exist_ok=True)
    with sl.open_store(OUTPUT / "kremlin_and_kyiv.duckdb") as store:
        fill(store)
        for source, target in QUESTIONS.items():
            print(f"\n{source} on {target}")
            sample = samples.filter(sample=f"{source} on {target}")
            changed = sample.join(store.sentences(), on="sentence_id", how="anti")
            if not changed.is_empty():
                print(advice(changed))
                return 1
            show_effect(store, sample, labels, source, target)
    return 0


def agreed_labels(codings: pl.DataFrame) -> pl.DataFrame:
    """Print how far the passes agree, and make one label a sentence."""
    # An item is the id of an article, a sentence and a target.
    named = codings.with_columns(
        doc_id=pl.col("item").str.split("#").list.first(),
        target=pl.col("item").str.split(" ").list.last(),
    )
    agreement = sl.agreement(named, by="target", cluster="doc_id")
    print(agreement.sentence)
    print("The passes share one mind: agreement says that it is steady, not that it is right.")
    print(agreement.table.filter(coefficient="alpha_ordinal"))
    decisions = pl.read_csv(LABELS / "press_decisions.csv")
    labels = sl.adjudicate(codings, decisions=decisions)
    by_hand = (labels["decided"] == "adjudicator").sum()
    print(f"decided by a third reading: {by_hand} of {labels.height}")
    print(labels["label"].value_counts(sort=True))
    return labels


def fill(store: sl.Store) -> None:
    """Add what the first example has not added, score what it has not scored."""
    ingest = sl.read_documents(sl.datasets.load("putin_zelenskyy_press"))
    print(store.add_documents(ingest))
    print(store.score(targets=sorted(QUESTIONS.values())))


def advice(changed: pl.DataFrame) -> str:
    """What to do about labelled sentences that the store does not have."""
    return (
        f"{changed.height} labelled sentences are not in the store, such as "
        f"{changed['sentence_id'][0]!r}: this version of the library cuts sentences otherwise. "
        "Draw a sample with sl.draw_sample and code it: sl.write_coding_sheet(store, sample, "
        "'sheet.html')"
    )


def show_effect(
    store: sl.Store, sample: pl.DataFrame, labels: pl.DataFrame, source: str, target: str
) -> None:
    """Print how the scorer errs, and the effect without labels, corrected, and by labels alone."""
    item = pl.format("{} {}", "sentence_id", "target")
    drawn = labels.join(sample.select(item=item), on="item", how="semi")
    gold = sl.gold_labels(store, sample, drawn)
    accuracy = sl.accuracy(store, gold, by="before_after", event=INVASION)
    print(accuracy.sentence)
    shown = accuracy.table.filter(pl.col("measure").is_in(["accuracy", "macro_f1", "bias"]))
    print(shown.select("group", "measure", "estimate", "low", "high"))
    drift = sl.error_drift(store, gold, INVASION, by=["voice"])
    print(drift.sentence)
    print(drift.table.select("group", "level", "before", "after", "estimate", "low", "high"))
    series = store.series(target, every="1w", by="source", source=source)
    effect = sl.interrupted_time_series(series, INVASION, labels=gold)
    correction = effect.correction
    if correction is None:
        raise AssertionError("an effect with labels has a correction")
    print(correction.table.select("method", "term", "estimate", "low", "high", "p_value"))
    print(
        f"predictions count {correction.tuning:.2f} times; {correction.n_labels} labels of "
        f"{correction.n_articles} articles measure the weeks as well as "
        f"{correction.effective_labels:.0f} without the scorer"
    )
    raw = sl.interrupted_time_series(series, INVASION)
    print(f"Without labels: {raw.sentence}")
    print(f"With labels: {effect.sentence}")
    print("The library takes labels for human; these are a language model's, and no expert gold.")


if __name__ == "__main__":
    sys.exit(main())
