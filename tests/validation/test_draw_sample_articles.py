"""Articles drawn as one, whole or in two stages: probabilities, estimates, growth, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stancelib as sl
from stancelib.errors import ArgumentError, NotEnoughDataError
from stancelib.validation.sample_core import allocate

PAIR = ["sentence_id", "target"]


@pytest.fixture(scope="module")
def store() -> Iterator[sl.Store]:
    corpus = sl.simulate_corpus(150, seed=8)
    with sl.open_store(":memory:") as filled:
        filled.add_documents(corpus.documents, progress=False)
        filled.score(corpus.scorer(), progress=False)
        yield filled


@pytest.fixture(scope="module")
def population(store: sl.Store) -> pl.DataFrame:
    """Every pair with its article and its stance."""
    doc_id = pl.col("sentence_id").str.replace(r"#\d+$", "")
    return store.scores().select(*PAIR, "stance", doc_id=doc_id)


@pytest.mark.parametrize("strata", [["source", "target"], ["source"], []])
def test_an_article_gives_all_its_pairs_in_the_stratum(
    store: sl.Store, population: pl.DataFrame, strata: list[str]
) -> None:
    sample = sl.draw_sample(store, 50, strata=strata, cluster="article", seed=2)
    unit = ["doc_id", "target"] if "target" in strata else ["doc_id"]
    assert sample.pairs.select(unit).n_unique() == 50 == sample.strata["n_clusters"].sum()
    whole = population.join(sample.pairs.select(unit).unique(), on=unit, how="semi")
    assert whole.height == sample.pairs.height == sample.strata["n_sample"].sum()
    assert (sample.pairs["cluster"] == sample.pairs["doc_id"]).all()
    assert sample.strata["n_clusters_population"].sum() == population.select(unit).n_unique()
    assert sample.strata["n_population"].sum() == population.height


def test_probabilities_are_those_of_the_articles(store: sl.Store) -> None:
    sample = sl.draw_sample(store, 60, cluster="article")
    assert sample.pairs["inclusion_probability"].equals(
        sample.pairs["cluster_probability"].alias("inclusion_probability")
    )
    articles = sample.pairs.unique(["stratum", "cluster"])
    stood_for = articles.group_by("stratum").agg(total=(1 / pl.col("cluster_probability")).sum())
    joined = sample.strata.join(stood_for, on="stratum")
    assert joined["total"].to_list() == pytest.approx(joined["n_clusters_population"].to_list())


def test_two_stages_multiply_their_probabilities(store: sl.Store, population: pl.DataFrame) -> None:
    sample = sl.draw_sample(store, 30, strata=["source"], cluster="article", per_article=2)
    sizes = population.group_by("doc_id").agg(size=pl.len())
    pairs = sample.pairs.join(sizes, on="doc_id")
    assert pairs.group_by("doc_id").len()["len"].max() == 2
    assert pairs["size"].max() > 2  # type: ignore[operator]  # a column of numbers
    second = (2 / pairs["size"]).clip(upper_bound=1)
    expected = pairs["cluster_probability"] * second
    assert pairs["inclusion_probability"].to_list() == pytest.approx(expected.to_list())
    # What an article's pairs stand for in it is the article's size.
    of_article = pairs.group_by("doc_id").agg(
        found=(pl.col("cluster_probability") / pl.col("inclusion_probability")).sum(),
        size=pl.col("size").first(),
    )
    assert of_article["found"].to_list() == pytest.approx(of_article["size"].to_list())


@pytest.mark.parametrize("per_article", [None, 1])
@pytest.mark.parametrize("allocation", ["proportional", "neyman"])
def test_totals_are_without_bias(
    store: sl.Store, population: pl.DataFrame, per_article: int | None, allocation: Any
) -> None:
    """Horvitz and Thompson: the mean over draws is the total of the store, and its size."""
    totals, sizes = [], []
    for seed in range(120):
        pairs = sl.draw_sample(
            store,
            24,
            strata=["source"],
            cluster="article",
            per_article=per_article,
            allocation=allocation,
            seed=seed,
        ).pairs.join(population, on=PAIR)
        totals.append((pairs["stance"] * pairs["weight"]).sum())
        sizes.append(pairs["weight"].sum())
    for found, truth in ((totals, population["stance"].sum()), (sizes, population.height)):
        error = np.std(found) / np.sqrt(len(found))
        assert error > 0
        assert abs(np.mean(found) - truth) < 4 * error


def test_every_pair_is_drawn_as_often_as_said(store: sl.Store, population: pl.DataFrame) -> None:
    runs, counts = 150, np.zeros(population.height)
    place = {key: number for number, key in enumerate(population.select(PAIR).iter_rows())}
    said = np.zeros(population.height)
    for seed in range(runs):
        pairs = sl.draw_sample(
            store, 40, strata=[], cluster="article", per_article=1, seed=seed
        ).pairs
        for *key, probability in pairs.select(*PAIR, "inclusion_probability").iter_rows():
            number = place[tuple(key)]
            counts[number] += 1
            said[number] = probability
    seen = counts > 0
    z = (counts[seen] / runs - said[seen]) / np.sqrt(said[seen] * (1 - said[seen]) / runs)
    # Pairs that were never drawn are those with small probabilities.
    assert seen.mean() > 0.9
    assert abs(z.std() - 1) < 0.2
    assert np.abs(z).max() < 5


def test_a_larger_sample_holds_the_smaller_one(store: sl.Store) -> None:
    def draw(n: int, per_article: int | None, earlier: pl.DataFrame | None = None) -> sl.Sample:
        return sl.draw_sample(
            store, n, cluster="article", per_article=per_article, earlier=earlier, seed=4
        )

    first = draw(50, 1)
    for larger in (draw(51, 1, first.pairs), draw(90, 1, first.pairs), draw(90, 2, first.pairs)):
        assert larger.n_left_earlier == 0
        assert larger.pairs["earlier"].sum() == first.pairs.height
    assert draw(90, None, first.pairs).n_left_earlier == 0


weights = st.lists(st.floats(0, 10), min_size=1, max_size=10)


@given(weights=weights, n=st.integers(0, 60))
@settings(max_examples=80)
def test_no_stratum_loses_to_a_larger_sample(weights: list[float], n: int) -> None:
    """Largest remainders would: Alabama had 8 seats of 299 and 7 of 300."""
    given_weights, lower = np.array(weights), np.zeros(len(weights), dtype=np.int64)
    upper = np.full(len(weights), 100)
    one, more = (allocate(given_weights, lower, upper, size) for size in (n, n + 1))
    assert np.all(one <= more)


def test_pairs_by_themselves_are_their_own_clusters(store: sl.Store) -> None:
    sample = sl.draw_sample(store, 60)
    assert (sample.pairs["cluster"] == sample.pairs["item"]).all()
    assert sample.strata["n_clusters"].equals(sample.strata["n_sample"].alias("n_clusters"))


@pytest.mark.parametrize("cluster", [None, "article"])
def test_labels_keep_the_clusters(store: sl.Store, cluster: Any) -> None:
    sample = sl.draw_sample(store, 60, cluster=cluster)
    coded = sample.pairs.select("item", label=pl.lit("favor"))
    gold = sl.gold_labels(store, sample, coded).join(
        sample.pairs.select("item", drawn="cluster"), on="item"
    )
    assert gold.height == sample.pairs.height
    assert (gold["cluster"] == gold["drawn"]).all()
    assert (gold["cluster_probability"] == gold["inclusion_probability"]).all()
    older = sl.gold_labels(store, sample.pairs.drop("cluster", "cluster_probability"), coded)
    assert (older["cluster"] == older["item"]).all()


def test_left_out_pairs_leave_the_total_as_it_is(store: sl.Store) -> None:
    """Two stages weigh pairs differently, so that shares of labels are weighted, too."""
    sample = sl.draw_sample(store, 40, strata=["source"], cluster="article", per_article=2)
    some = sample.pairs.select("item", label=pl.lit("favor")).gather_every(2)
    gold = sl.gold_labels(store, sample, some, undecided="leave_out")
    before = sample.pairs.group_by("stratum").agg(total=pl.col("weight").sum())
    after = gold.group_by("stratum").agg(found=(1 / pl.col("inclusion_probability")).sum())
    joined = before.join(after, on="stratum")
    assert joined["found"].to_list() == pytest.approx(joined["total"].to_list())


@pytest.mark.parametrize(
    ("n", "options", "error", "message"),
    [
        (9, {"cluster": "doc_id"}, ArgumentError, "unknown cluster 'doc_id'; known clusters: art"),
        (9, {"per_article": 2}, ArgumentError, 'per_article needs cluster="article"'),
        (
            9,
            {"cluster": "article", "per_article": 0},
            ArgumentError,
            "per_article must be at least 1; got 0",
        ),
        (
            9,
            {"cluster": "article", "strata": ["source", "voice"]},
            ArgumentError,
            "the stratum 'voice' differs within an article, .* source, target, lang, period, befor",
        ),
        (
            9,
            {"cluster": "article", "strata": ["part"]},
            ArgumentError,
            "the stratum 'part' differs",
        ),
        (10**6, {"cluster": "article"}, NotEnoughDataError, "the population has [0-9,]+ articles"),
        (9, {"cluster": "article"}, NotEnoughDataError, "n=9 is too few for 2 articles in each of"),
    ],
)
def test_refusals(
    store: sl.Store, n: int, options: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        sl.draw_sample(store, n, **options)
