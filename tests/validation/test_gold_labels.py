"""Labels beside predictions: joined by pair, with the probability of being drawn."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest

import stancelib as sl
from stancelib.errors import ArgumentError, DataError


@pytest.fixture(scope="module")
def store() -> Iterator[sl.Store]:
    corpus = sl.simulate_corpus(300, seed=5)
    with sl.open_store(":memory:") as filled:
        filled.add_documents(corpus.documents, progress=False)
        filled.score(corpus.scorer(), progress=False)
        yield filled


@pytest.fixture(scope="module")
def sample(store: sl.Store) -> sl.Sample:
    return sl.draw_sample(store, 60, strata=["source"], seed=2)


def coded_as(sample: sl.Sample, label: str = "favor") -> pl.DataFrame:
    return sample.pairs.select("item", label=pl.lit(label))


def test_predictions_and_design_stand_beside_the_labels(store: sl.Store, sample: sl.Sample) -> None:
    gold = sl.gold_labels(store, sample, coded_as(sample))
    assert gold.height == sample.pairs.height
    both = gold.join(store.scores(), on=["sentence_id", "target"], suffix="_of_store")
    assert both.height == gold.height
    assert both["p_favor"].equals(both["p_favor_of_store"])
    assert gold["stance"].to_list() == pytest.approx(
        (gold["p_favor"] - gold["p_against"]).to_list()
    )
    design = sample.pairs.select("item", probability="inclusion_probability")
    joined = gold.join(design, on="item")
    assert joined["inclusion_probability"].to_list() == joined["probability"].to_list()
    counts = store.scores().with_columns(doc_id=pl.col("sentence_id").str.replace(r"#\d+$", ""))
    counted = counts.group_by("doc_id", "target").len()
    against = gold.join(counted, on=["doc_id", "target"])
    assert against["n_sentences"].to_list() == against["len"].to_list()


def test_items_and_pairs_are_two_names_of_one_key(store: sl.Store, sample: sl.Sample) -> None:
    by_pair = sample.pairs.select("sentence_id", "target", label=pl.lit("favor"))
    assert sl.gold_labels(store, sample.pairs, by_pair).equals(
        sl.gold_labels(store, sample, coded_as(sample))
    )


def test_missing_labels_are_refused_or_weighed_for(store: sl.Store, sample: sl.Sample) -> None:
    coded = coded_as(sample).with_columns(
        label=pl.when(pl.int_range(pl.len()) % 3 > 0).then("label")
    )
    with pytest.raises(DataError, match=r"of 60 pairs of the sample have no label"):
        sl.gold_labels(store, sample, coded)
    gold = sl.gold_labels(store, sample, coded, undecided="leave_out")
    assert gold.height == coded["label"].count()
    # The labels of a stratum still stand for all its pairs.
    stood_for = gold.group_by("stratum").agg(
        total=(1 / pl.col("inclusion_probability")).sum(), population=pl.col("n_population").first()
    )
    assert stood_for["total"].to_list() == pytest.approx(stood_for["population"].to_list())


def test_one_voice(store: sl.Store, sample: sl.Sample) -> None:
    gold = sl.gold_labels(store, sample, coded_as(sample), voice="author")
    assert set(gold["voice"]) == {"author"}


def test_what_cannot_be_joined_is_refused(store: sl.Store, sample: sl.Sample) -> None:
    coded = coded_as(sample)
    for broken, problem in (
        (coded.drop("label"), "column 'label' is missing"),
        (coded.drop("item"), "column 'item' is missing"),
        (coded.with_columns(label=pl.lit("positive")), "has the label 'positive'; known labels"),
        (pl.concat([coded, coded]), "has 2 labels"),
        (coded.with_columns(pl.col("item") + "x"), "pairs that the sample does not hold"),
    ):
        with pytest.raises(DataError, match=problem):
            sl.gold_labels(store, sample, broken)
    with pytest.raises(DataError, match="column 'stratum' is missing"):
        sl.gold_labels(store, sample.pairs.drop("stratum"), coded)
    with pytest.raises(ArgumentError, match="unknown treatment of undecided pairs 'drop'"):
        sl.gold_labels(store, sample, coded, undecided="drop")  # type: ignore[arg-type]  # wrong on purpose
    one = sample.pairs["stratum"][0]
    of_one = sample.pairs.filter(pl.col("stratum") != one).select("item", label=pl.lit("favor"))
    with pytest.raises(ArgumentError, match=f"stratum {one} has no label at all"):
        sl.gold_labels(store, sample, of_one, undecided="leave_out")
    with sl.open_store(":memory:") as other:
        corpus = sl.simulate_corpus(20, seed=9)
        other.add_documents(corpus.documents, progress=False)
        other.score(corpus.scorer(), progress=False)
        with pytest.raises(DataError, match="is it the store of the sample"):
            sl.gold_labels(other, sample.pairs, coded)
