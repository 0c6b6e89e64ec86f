"""Samples with known probabilities: allocation, estimates without bias, rounds that grow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stancelib as sl
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError
from stancelib.validation.sample_core import allocate, random_numbers, stratum_spread


@pytest.fixture(scope="module")
def store() -> Iterator[sl.Store]:
    corpus = sl.simulate_corpus(500, seed=3)
    with sl.open_store(":memory:") as filled:
        filled.add_documents(corpus.documents, progress=False)
        filled.score(corpus.scorer(), progress=False)
        yield filled


def size_of(store: sl.Store) -> int:
    return store.scores().height


bounds = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 60), st.floats(0, 10)), min_size=1, max_size=12
)


@given(strata=bounds, share=st.floats(0, 1))
@settings(max_examples=80)
def test_allocation_sums_up_within_its_bounds(strata: Any, share: float) -> None:
    lower = np.array([low for low, _, _ in strata])
    upper = np.array([low + more for low, more, _ in strata])
    weights = np.array([weight for _, _, weight in strata])
    n = int(lower.sum() + round(share * (upper - lower).sum()))
    found = allocate(weights, lower, upper, n)
    assert found.sum() == n
    assert np.all((lower <= found) & (found <= upper))


def test_known_allocations() -> None:
    none, large = np.zeros(3, dtype=np.int64), np.full(3, 1000)
    weights = np.array([100.0, 300.0, 600.0])
    assert allocate(weights, none, large, 50).tolist() == [5, 15, 30]
    assert allocate(np.ones(3), none, large, 50).tolist() == [17, 17, 16]
    # A small stratum that is taken whole leaves more to the others.
    assert allocate(np.ones(3), none, np.array([4, 100, 100]), 50).tolist() == [4, 23, 23]
    assert allocate(np.zeros(3), none, large, 6).tolist() == [2, 2, 2]
    spread = stratum_spread(np.array([0.0, 2, 5, 5]), np.array([0, 0, 1, 1]), 3)
    assert spread == pytest.approx([np.sqrt(2), 0, 0])


def test_probabilities_are_those_of_the_strata(store: sl.Store) -> None:
    sample = sl.draw_sample(store, 120, strata=["source", "target"])
    assert sample.pairs.height == 120
    assert sample.pairs.select("sentence_id", "target").is_unique().all()
    assert sample.strata["n_sample"].sum() == 120
    assert sample.strata["n_sample"].min() >= 2
    assert sample.strata["n_population"].sum() == size_of(store)
    counted = sample.pairs.group_by("stratum").agg(
        pl.len().alias("n"), pl.col("weight").sum(), pl.col("source", "target").n_unique()
    )
    joined = sample.strata.join(counted, on="stratum")
    assert (joined["n"] == joined["n_sample"]).all()
    assert joined["weight"].to_list() == pytest.approx(joined["n_population"].to_list())
    assert joined["source_right"].max() == joined["target_right"].max() == 1
    expected = joined["n_sample"] / joined["n_population"]
    assert joined["inclusion_probability"].to_list() == pytest.approx(expected.to_list())


@pytest.mark.parametrize("allocation", ["proportional", "equal", "neyman"])
def test_weighted_means_are_without_bias(store: sl.Store, allocation: Any) -> None:
    """The mean over many samples is that of the population, however unequal the allocation."""
    scores = store.scores().select("sentence_id", "target", "stance")
    truth = float(scores["stance"].mean())  # type: ignore[arg-type]  # a mean of floats
    estimates = []
    for seed in range(150):
        pairs = sl.draw_sample(
            store, 80, strata=["source", "voice"], allocation=allocation, seed=seed
        ).pairs
        valued = pairs.join(scores, on=["sentence_id", "target"])
        estimates.append((valued["stance"] * valued["weight"]).sum() / size_of(store))
    error = np.std(estimates) / np.sqrt(len(estimates))
    assert error > 0
    assert abs(np.mean(estimates) - truth) < 4 * error


def test_strata_of_the_predicted_class_leave_no_error_of_a_perfect_scorer(store: sl.Store) -> None:
    scores = store.scores().select("sentence_id", "target", "stance")
    pairs = sl.draw_sample(store, 30, strata=["predicted"]).pairs
    valued = pairs.join(scores, on=["sentence_id", "target"])
    estimate = (valued["stance"] * valued["weight"]).sum() / size_of(store)
    assert estimate == pytest.approx(scores["stance"].mean())


def test_every_pair_is_drawn_as_often_as_said(store: sl.Store) -> None:
    counts: dict[tuple[str, str], int] = {}
    runs = 200
    for seed in range(runs):
        pairs = sl.draw_sample(store, size_of(store) // 4, strata=[], seed=seed).pairs
        for key in pairs.select("sentence_id", "target").iter_rows():
            counts[key] = counts.get(key, 0) + 1
    drawn = np.array([*counts.values(), *[0] * (size_of(store) - len(counts))]) / runs
    assert drawn.mean() == pytest.approx(0.25, abs=0.002)
    # A binomial of 200 draws: its standard deviation, and no pair far from it.
    assert drawn.std() == pytest.approx(np.sqrt(0.25 * 0.75 / runs), rel=0.15)
    assert np.abs(drawn - 0.25).max() < 0.17


def test_a_larger_sample_holds_the_smaller_one(store: sl.Store) -> None:
    first = sl.draw_sample(store, 60, seed=5)
    second = sl.draw_sample(store, 120, seed=5, earlier=first.pairs)
    assert second.pairs["earlier"].sum() == 60
    assert second.n_left_earlier == 0
    again = sl.draw_sample(store, 120, seed=5)
    assert again.pairs.drop("earlier").equals(second.pairs.drop("earlier"))
    other = sl.draw_sample(store, 120, seed=6, earlier=first.pairs)
    assert other.n_left_earlier == 60 - other.pairs["earlier"].sum() > 0


def test_neyman_takes_more_where_predictions_scatter(store: sl.Store) -> None:
    sample = sl.draw_sample(store, 150, strata=["target", "voice"], allocation="neyman")
    told = sample.strata.filter(pl.col("n_sample") > 2)
    product = told["n_population"] * told["predicted_sd"]
    share = (product / product.sum()).to_numpy()
    np.testing.assert_allclose(told["n_sample"] / told["n_sample"].sum(), share, atol=0.02)


def test_periods_and_an_event_make_strata(store: sl.Store) -> None:
    published = store.documents()["published_at"]
    event = sl.Event("the middle", published.sort()[len(published) // 2])
    sample = sl.draw_sample(store, 200, strata=["before_after", "period"], event=event, every="1q")
    sides = sample.pairs.with_columns(after=pl.col("published_at") >= event.at)
    joined = sides.join(sample.strata.select("stratum", "before_after"), on="stratum")
    assert (joined["after"] == (joined["before_after"] == "after")).all()
    assert sample.strata["period"].n_unique() >= 4


def test_the_population_can_be_narrowed(store: sl.Store) -> None:
    source = store.documents()["source"][0]
    sample = sl.draw_sample(store, 20, strata=[], target="NATO", source=source)
    assert sample.pairs["target"].unique().to_list() == ["NATO"]
    assert sample.pairs["source"].unique().to_list() == [source]


def test_random_numbers_do_not_depend_on_what_is_beside_them() -> None:
    assert random_numbers(["a", "b"], 1)[1] == random_numbers(["b"], 1)[0]
    assert random_numbers(["a"], 1)[0] != random_numbers(["a"], 2)[0]
    many = random_numbers(map(str, range(4000)), 3)
    assert abs(many.mean() - 0.5) < 0.02
    assert 0 <= many.min() < many.max() < 1


@pytest.mark.parametrize(
    ("n", "options", "error", "message"),
    [
        (0, {}, ArgumentError, "n and fewest must be at least 1; got n=0, fewest=2"),
        (9, {"strata": ["outlet"]}, ArgumentError, "unknown stratum 'outlet'; known strat"),
        (9, {"allocation": "best"}, ArgumentError, "unknown allocation 'best'"),
        (9, {"strata": ["before_after"]}, ArgumentError, "needs event="),
        (9, {"every": "2w"}, ArgumentError, "unknown every '2w'"),
        (10**6, {}, NotEnoughDataError, "the population has [0-9,]+ pairs; n=1,000,000"),
        (9, {}, NotEnoughDataError, "n=9 is too few for 2 pairs in each of"),
        (
            99,
            {"earlier": pl.DataFrame({"sentence_id": ["x"]})},
            DataError,
            r"sentence_id and target; \['target'\] not found",
        ),
    ],
)
def test_refusals(
    store: sl.Store, n: int, options: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        sl.draw_sample(store, n, **options)


def test_times_are_utc(store: sl.Store) -> None:
    pairs = sl.draw_sample(store, 60).pairs
    assert pairs.schema["published_at"] == pl.Datetime("us", "UTC")
    assert pairs["published_at"].max() > datetime(2000, 1, 1, tzinfo=UTC)  # type: ignore[operator]  # a column of times
