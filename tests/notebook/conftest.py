"""One result of every public function that returns an object to look at, made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import stancelib as sl
from stancelib.scoring import attach_scores
from stancelib.store.summaries import ScoredSentences
from stancelib.training.own_scorer import FineTuned

SUMMIT = "Summit <script>alert(1)</script>"
OUTLETS = ("Beacon Wire", "Dawn Courier", "Gulf Mirror", "Hill Post", "<script>alert(2)</script>")


class Undecided:
    """A scorer that knows nothing, and so fails every negation."""

    name = "undecided@000000000000"

    def score(self, frame: pl.DataFrame) -> pl.DataFrame:
        n = frame.height
        return attach_scores(frame, np.full((n, 3), 1 / 3), np.zeros(n, dtype=bool))


@pytest.fixture(scope="session")
def corpus() -> Any:
    return sl.simulate_corpus(200, seed=5)


@pytest.fixture(scope="session")
def store(corpus: Any) -> Iterator[sl.Store]:
    with sl.open_store(":memory:") as filled:
        filled.add_documents(corpus.documents, progress=False)
        filled.score(corpus.scorer(), progress=False)
        yield filled


@pytest.fixture(scope="session")
def effects() -> dict[str, Any]:
    """Results of methods on series and panels."""
    simulated = sl.simulate_series(n_periods=60, level=-0.4, rho=0.3, seed=1)
    event = sl.Event(SUMMIT, simulated.event_at)
    levels = dict(zip(OUTLETS, (-0.4, -0.3, 0.0, 0.0, 0.0), strict=True))
    panel = sl.simulate_series(sources=list(OUTLETS), n_periods=40, level=levels, seed=2)
    there = sl.Event(SUMMIT, panel.event_at)
    treated = list(OUTLETS[:2])
    series, outlets = simulated.series, panel.series
    effect = sl.interrupted_time_series(series, event)
    one = {"treated": OUTLETS[0]}
    return {
        "interrupted_time_series": effect,
        "interrupted_counts": sl.interrupted_counts(series, event),
        "change_points": sl.change_points(series, n_simulations=99),
        "placebo_test": sl.placebo_test(series, event),
        "power": sl.power(series, event, runs=100),
        "specification_curve": sl.specification_curve(series, event, errors=["gls", "hac"]),
        "counterfactual": sl.counterfactual(series, event),
        "adjust": sl.adjust([effect]),
        "event_overlaps": sl.event_overlaps([event]),
        "event_study": sl.event_study(outlets, there, treated=treated, window=(-4, 4)),
        "difference_in_differences": sl.difference_in_differences(outlets, there, treated=treated),
        "synthetic_control": sl.synthetic_control(outlets, there, **one),
        "synthetic_difference_in_differences": sl.synthetic_difference_in_differences(
            outlets, there, **one
        ),
        "decompose_change": sl.decompose_change(outlets, there),
        "simulate_series": simulated,
        "event": event,
        "interruption": sl.Interruption(event),
        "kernel": sl.Kernel.moving_average(4),
        "local_regression": sl.LocalRegression(9),
    }


@pytest.fixture(scope="session")
def validations(
    corpus: Any, store: sl.Store, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Results of methods on labels."""
    sample = sl.draw_sample(store, 300, seed=1)
    drawn = np.random.default_rng(1).choice(["against", "neutral", "favor"], (2, 300))
    labels = sample.pairs.select("item", label=pl.Series(drawn[0]))
    others = labels.with_columns(label=pl.Series(np.where(drawn[1] == "favor", "favor", drawn[0])))
    gold = sl.gold_labels(store, sample, labels)
    event = sl.Event(corpus.event_name, corpus.event_at)
    coded = pl.concat(
        [labels.with_columns(coder=pl.lit("Ann")), others.with_columns(coder=pl.lit("<b>Bo"))]
    )
    sheet = tmp_path_factory.mktemp("sheets") / "sheet.csv"
    coded.head(5).vstack(coded.head(1).with_columns(label=pl.lit("maybe"))).write_csv(sheet)
    series = store.series("Russia", by=None)
    corrected = sl.interrupted_time_series(series, event, labels=gold.filter(target="Russia"))
    after = np.repeat([0, 1], 200)
    frame = pl.DataFrame(
        {
            "after": after,
            "predicted": 0.3 * after + np.tile([0.1, -0.1, 0.3, -0.3], 100),
            "stance": [0.2 * (place % 3) if place % 2 else None for place in range(400)],
        }
    )
    return {
        "design_supervised_regression": sl.design_supervised_regression(
            frame, outcome="stance", terms=["after"], prediction="predicted", covariates=["after"]
        ),
        "audit_scorer": sl.audit_scorer(Undecided(), audits=["negation"], languages="en"),
        "draw_sample": sample,
        "accuracy": sl.accuracy(store, gold),
        "error_drift": sl.error_drift(store, gold, event),
        "agreement": sl.agreement(coded, n_resamples=99),
        "read_codings": sl.read_codings(sheet),
        "labels_for_budget": sl.labels_for_budget(0.8, budget=1000.0, cost_prediction=0.01),
        "labels_needed": sl.labels_needed(0.2, pilot=gold, event=event, n_resamples=99),
        "prediction_powered_mean": sl.prediction_powered_mean(
            [1, 0, 1, 1], [1, 0, 1, 0], [1, 0] * 20
        ),
        "correction": corrected.correction,
        "corrected": corrected,
    }


@pytest.fixture(scope="session")
def rooms(corpus: Any, store: sl.Store) -> dict[str, Any]:
    """What reading, storing, simulating and training return."""
    good = {
        "source": OUTLETS[-1],
        "date": "2023-07-11",
        "text": "NATO met in Vilnius.",
        "lang": "en",
    }
    read = sl.read_documents(pl.DataFrame([good, good | {"date": "<i>soon</i>", "text": "Later."}]))
    with sl.open_store(":memory:") as other:
        steps = {
            "add_documents": other.add_documents(read, progress=False),
            "find_mentions": other.find_mentions(progress=False),
            "mark_duplicates": other.mark_duplicates(),
            "score": other.score(Undecided(), progress=False),
        }
    measures = pl.DataFrame({"measure": ["accuracy"], "before": [0.61], "after": [0.7]})
    return {
        **steps,
        "read_documents": read,
        "open_store": store,
        "closed_store": other,
        "score_sentiment": ScoredSentences("moods@1", 5, 1, 4, 4),
        "simulate_corpus": corpus,
        "fine_tune": FineTuned(Path("model"), "embedded@1", 80, 20, measures),
    }


@pytest.fixture(scope="session")
def results(
    effects: dict[str, Any], validations: dict[str, Any], rooms: dict[str, Any]
) -> dict[str, Any]:
    """All of them, by the function that made them."""
    return {**effects, **validations, **rooms}
