"""Accuracy: by hand, against unweighted measures, as functions of the weights, and refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy import stats

import stancelib as sl
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError
from stancelib.training import metrics
from stancelib.validation.accuracy_core import Measure, Rows, measures_of

CLASSES = ["against", "neutral", "favor"]


@pytest.fixture(scope="module")
def store() -> Iterator[sl.Store]:
    corpus = sl.simulate_corpus(60, seed=5)
    with sl.open_store(":memory:") as filled:
        filled.add_documents(corpus.documents, progress=False)
        filled.score(corpus.scorer(), progress=False)
        yield filled


@pytest.fixture(scope="module")
def scorer(store: sl.Store) -> str:
    return str(store.scores()["scorer"][0])


def frame(scorer: str, labels: str, predicted: str, **columns: Any) -> pl.DataFrame:
    """Pairs of one letter each (a, n, f), predicted with 0.8; one in four was drawn."""
    names = {name[0]: name for name in CLASSES}
    given = [names[letter] for letter in predicted]
    number = len(labels)
    design = {
        "doc_id": [str(place) for place in range(number)],
        "target": ["NATO"] * number,
        "stratum": [0] * number,
        "inclusion_probability": [0.25] * number,
        "scorer": [scorer] * number,
    }
    return pl.DataFrame(
        {
            "label": [names[letter] for letter in labels],
            **{f"p_{name}": [0.8 if one == name else 0.1 for one in given] for name in CLASSES},
            **(design | columns),
        }
    )


def row(found: sl.Accuracy, measure: str, group: str = "all") -> dict[str, Any]:
    return found.table.filter(measure=measure, group=group).row(0, named=True)


def test_a_simple_random_sample_by_hand(store: sl.Store, scorer: str) -> None:
    gold = frame(scorer, "aaannnfffn", "aanannffan")
    found = sl.accuracy(store, gold)
    right = row(found, "accuracy")
    assert right["estimate"] == pytest.approx(0.7)
    error = np.sqrt(0.75 * 0.7 * 0.3 / 9)
    assert right["se"] == pytest.approx(error)
    assert (right["degrees_of_freedom"], right["n_labels"], right["n_clusters"]) == (9, 10, 10)
    assert right["n_effective"] == pytest.approx(10 / 0.75)
    half = stats.t.ppf(0.975, 9) * error / 0.21
    assert right["low"] == pytest.approx(1 / (1 + np.exp(-np.log(7 / 3) + half)))
    assert right["reason"] is None
    assert row(found, "precision_against")["estimate"] == pytest.approx(2 / 4)
    assert row(found, "recall_against")["estimate"] == pytest.approx(2 / 3)
    assert row(found, "f1_against")["estimate"] == pytest.approx(4 / 7)
    # Predicted stance is 0.7 of the class; the sums are -2.8 + 1.4 and -3 + 3.
    assert row(found, "bias")["estimate"] == pytest.approx(-0.14)
    counts = found.confusion.filter(label="neutral").select("predicted", "n", "share_of_label")
    assert counts.rows() == [("against", 1, 0.25), ("neutral", 3, 0.75), ("favor", 0, 0.0)]
    assert found.sentence.startswith("By 10 labels, weighted for how they were drawn, the scorer ")
    assert "says what coders say in 70% of the pairs" in found.sentence
    assert "0.140 more hostile than" in found.sentence
    assert json.loads(json.dumps(found.to_dict()))["n_lonely_strata"] == 0
    assert str(found) == found.sentence
    assert "<table" in found._repr_html_()


def test_weights_are_those_of_strata(store: sl.Store, scorer: str) -> None:
    """Right in 1 of 2 among 20 pairs, in 2 of 2 among 80."""
    gold = frame(
        scorer,
        "aaff",
        "anff",
        stratum=[0, 0, 1, 1],
        inclusion_probability=[0.1, 0.1, 0.025, 0.025],
    )
    right = row(sl.accuracy(store, gold), "accuracy")
    assert right["estimate"] == pytest.approx(0.9)
    assert right["se"] == pytest.approx(0.2 * np.sqrt(0.9 * 0.5 / 2))


def random_rows(seed: int, n: int = 80) -> Rows:
    generator = np.random.default_rng(seed)
    probabilities = generator.dirichlet([1, 1.5, 1], n)
    label = np.array([generator.choice(3, p=one) for one in probabilities])
    predicted = probabilities.argmax(1)
    return Rows(label, predicted, probabilities, np.exp(generator.normal(0, 0.5, n)))


def with_weights(rows: Rows, weights: Any) -> dict[str, Measure]:
    changed = Rows(rows.label, rows.predicted, rows.probabilities, weights)
    return {measure.name: measure for measure in measures_of(changed, 10)}


def test_equal_weights_give_the_measures_of_training() -> None:
    rows = random_rows(1)
    found = {n: m.estimate for n, m in with_weights(rows, np.ones(80)).items()}
    truth, said = rows.label - 1, rows.predicted - 1
    assert found["macro_f1"] == pytest.approx(metrics.macro_f1(truth, said))
    assert found["f1_against_favor"] == pytest.approx(metrics.f1_positive_negative(truth, said))
    error = metrics.expected_calibration_error(rows.probabilities, truth)
    assert found["expected_calibration_error"] == pytest.approx(error)
    assert found["correlation"] == pytest.approx(np.corrcoef(rows.stance, truth)[0, 1])


@given(seed=st.integers(0, 10**6))
@settings(max_examples=15)
def test_influence_is_the_derivative_by_the_weight(seed: int) -> None:
    """And influences sum to 0, because a common factor of the weights changes nothing."""
    rows = random_rows(seed)
    base = with_weights(rows, rows.weights)
    for place in (0, 17):
        step = 1e-6 * rows.weights[place]
        ends = []
        for sign in (1, -1):
            weights = rows.weights.copy()
            weights[place] += sign * step
            ends.append(with_weights(rows, weights))
        for name, measure in base.items():
            if measure.kind == "without":
                continue
            slope = (ends[0][name].estimate - ends[1][name].estimate) / (2 * step)
            by_hand = slope * rows.weights[place]
            assert measure.influence[place] == pytest.approx(by_hand, abs=1e-7)
            assert measure.influence.sum() == pytest.approx(0, abs=1e-9)


def test_a_group_is_as_if_alone_but_for_its_random_size(store: sl.Store, scorer: str) -> None:
    both = frame(scorer, "aanffnaf" * 4, "anaffnff" * 4).with_columns(
        source=pl.Series(["North", "South"] * 16)
    )
    found = sl.accuracy(store, both, by=["source"])
    alone = sl.accuracy(store, both.filter(source="North"))
    kept = ["measure", "estimate", "n_labels", "n_clusters"]
    assert found.table.filter(group="North").select(kept).equals(alone.table.select(kept))
    errors = row(found, "accuracy", "North")["se"], row(alone, "accuracy")["se"]
    # Sums over 32 clusters of which 16 are 0: 32 / 31 in place of 16 / 15.
    assert errors[0] == pytest.approx(errors[1] * np.sqrt(32 / 31 / (16 / 15)))
    assert row(found, "accuracy", "North")["degrees_of_freedom"] == 15


def test_an_article_is_one_cluster(store: sl.Store, scorer: str) -> None:
    """Copies of each pair within its article tell nothing new."""
    once = frame(scorer, "aanffnafnn", "anaffnffna")
    twice = pl.concat([once, once])
    single = sl.accuracy(store, once).table
    double = sl.accuracy(store, twice).table
    kept = ["measure", "estimate", "se", "low", "high", "n_clusters", "degrees_of_freedom"]
    assert_frame_equal(single.select(kept), double.select(kept))
    by_pair = twice.with_columns(cluster=pl.int_range(20).cast(pl.String))
    assert row(sl.accuracy(store, by_pair), "accuracy")["n_clusters"] == 20


def test_labels_of_all_pairs_leave_no_error(store: sl.Store, scorer: str) -> None:
    gold = frame(scorer, "anfanf", "annanf", inclusion_probability=[1.0] * 6)
    right = row(sl.accuracy(store, gold), "accuracy")
    assert right["se"] == 0
    assert right["low"] == right["high"] == right["estimate"] == pytest.approx(5 / 6)


def test_what_cannot_be_said_is_null_with_its_reason(store: sl.Store, scorer: str) -> None:
    found = sl.accuracy(store, frame(scorer, "aaaaaaaaaa", "aaaaaaaaaa"))
    right = row(found, "accuracy")
    assert (right["estimate"], right["se"], right["high"]) == (1, None, 1)
    assert right["low"] == pytest.approx(0.6915, abs=5e-5)
    for name, reason in (
        ("macro_f1", "not defined: a class, or any spread, is missing among these labels"),
        ("recall_favor", "not defined: a class, or any spread, is missing among these labels"),
        ("correlation", "not defined: a class, or any spread, is missing among these labels"),
        ("f1_against", "the labels show no spread"),
        ("bias", "the labels show no spread"),
        ("expected_calibration_error", "biased upward in small samples, and no smooth function"),
    ):
        assert row(found, name)["reason"].startswith(reason)
        assert row(found, name)["low"] is None
    assert "Macro-F1 is not defined" in found.sentence
    one = sl.accuracy(store, frame(scorer, "af", "aa", doc_id=["1", "1"]))
    assert row(one, "accuracy")["reason"] == "one cluster does not show how clusters differ"


def test_calibration_by_hand(store: sl.Store, scorer: str) -> None:
    found = sl.accuracy(store, frame(scorer, "aaannnfffn", "aanannffan")).calibration
    named = found.filter(of="predicted").row(0, named=True)
    assert (named["from"], named["to"], named["n_labels"]) == (0.8, 0.9, 10)
    assert (named["probability"], named["observed"]) == pytest.approx((0.8, 0.7))
    against = found.filter(of="against").select("from", "probability", "observed", "n_labels")
    assert against["from"].to_list() == [0.1, 0.8]
    assert against["observed"].to_list() == pytest.approx([1 / 6, 2 / 4])
    assert named["low"] < 0.7 < named["high"]


def test_groups_by_time(store: sl.Store, scorer: str) -> None:
    at = pl.datetime_range(
        pl.datetime(2024, 1, 31, 22), pl.datetime(2024, 2, 1, 7), "1h", time_zone="UTC", eager=True
    )
    gold = frame(scorer, "aaannnfffn", "aanannffan", published_at=at)

    def sizes(by: str, **options: Any) -> dict[str, int]:
        table = sl.accuracy(store, gold, by=by, **options).table.filter(measure="accuracy", by=by)
        return dict(zip(table["group"], table["n_labels"], strict=True))

    assert sizes("period") == {"2024-01-01": 2, "2024-02-01": 8}
    assert sizes("period", time_zone="Europe/Kyiv") == {"2024-02-01": 10}
    assert sizes("period", every="1d") == {"2024-01-31": 2, "2024-02-01": 8}
    event = sl.Event("a speech", at[4])
    assert sizes("before_after", event=event) == {"after": 6, "before": 4}


def test_a_scorer_may_name_classes_by_its_own_decision(store: sl.Store, scorer: str) -> None:
    gold = frame(scorer, "aaannnfffn", "aanannffan")

    def as_coders(rows: pl.DataFrame) -> pl.Series:
        return rows["label"]

    found = sl.accuracy(store, gold, decide=as_coders)
    assert row(found, "accuracy")["estimate"] == 1
    assert row(found, "bias")["estimate"] == pytest.approx(-0.14)
    with pytest.raises(ArgumentError, match="decide must name one of against, neutral, favor"):
        sl.accuracy(store, gold, decide=lambda rows: rows["doc_id"])


@pytest.mark.parametrize("cluster", [None, "article"])
def test_a_perfect_scorer_from_store_to_measure(store: sl.Store, cluster: Any) -> None:
    sample = sl.draw_sample(store, 30, strata=["source"], cluster=cluster, seed=1)
    said = store.scores().select("sentence_id", "target", "p_against", "p_neutral", "p_favor")
    coded = sample.pairs.join(said, on=["sentence_id", "target"]).select(
        "item",
        label=pl.when(pl.col("p_favor") > 0.5)
        .then(pl.lit("favor"))
        .when(pl.col("p_against") > 0.5)
        .then(pl.lit("against"))
        .otherwise(pl.lit("neutral")),
    )
    found = sl.accuracy(store, sl.gold_labels(store, sample, coded), by=["target", "voice"])
    assert found.table.filter(measure="accuracy")["estimate"].to_list() == pytest.approx([1] * 6)


@pytest.mark.parametrize(
    ("change", "options", "error", "message"),
    [
        ({}, {"by": "outlet"}, ArgumentError, "unknown group 'outlet'; known groups: target, lang"),
        ({}, {"by": "before_after"}, ArgumentError, "needs event="),
        ({}, {"every": "2w"}, ArgumentError, "unknown every '2w'"),
        ({}, {"time_zone": "Kyiv"}, ArgumentError, "unknown time_zone 'Kyiv'"),
        ({}, {"n_bins": 0}, ArgumentError, "n_bins must be at least 1; got 0"),
        ({}, {"confidence_level": 1}, ArgumentError, r"inside \(0, 1\); got 1"),
        ({}, {"by": "lang"}, DataError, "column 'lang' is missing"),
        ({"label": "for"}, {}, DataError, "unknown label 'for'; known labels: against, neutral"),
        ({"label": None}, {}, DataError, "2 rows of the gold frame have no label"),
        ({"inclusion_probability": 0.0}, {}, DataError, "2 rows have an inclusion_probability out"),
        ({"p_favor": 0.7}, {}, DataError, "in 2 rows p_against, p_neutral, p_favor are no prob"),
        ({"scorer": "other@1"}, {}, ArgumentError, "unknown scorer 'other@1'"),
    ],
)
def test_refusals(  # noqa: PLR0917 - pytest passes all by name
    store: sl.Store,
    scorer: str,
    change: dict[str, Any],
    options: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    changed = {
        name: pl.lit(value, None if value else pl.String) if value is None else pl.lit(value)
        for name, value in change.items()
    }
    gold = frame(scorer, "af", "an").with_columns(**changed)
    with pytest.raises(error, match=message):
        sl.accuracy(store, gold, **options)


def test_no_labels(store: sl.Store, scorer: str) -> None:
    with pytest.raises(NotEnoughDataError, match="the gold frame has no label"):
        sl.accuracy(store, frame(scorer, "a", "a").clear())
