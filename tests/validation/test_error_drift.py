"""Drift of the scorer's error: tests worked by other hands, their power, and the sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy import stats

import stancelib as sl
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError
from stancelib.validation.drift import DRIFT_GROUPS, drift_of
from stancelib.validation.drift_core import WeightedMean, difference, equal_means, weighted_mean

Array = NDArray[np.float64]
EVENT = datetime(2022, 3, 1, tzinfo=UTC)
RUNS = 2000


def mean_of(values: Array) -> WeightedMean:
    return weighted_mean(values, np.ones(len(values)), np.arange(len(values)))


def binomial_bound(share: float, runs: int = RUNS) -> float:
    """Four standard errors of a share of independent runs."""
    return 4 * float(np.sqrt(share * (1 - share) / runs))


def test_a_weighted_mean_by_hand() -> None:
    """Articles: one of 1 (weight 3) and -1 (weight 1), one of 0 (weight 4), one of 1 (weight 8)."""
    found = weighted_mean(
        np.array([1.0, -1.0, 0.0, 1.0]), np.array([3.0, 1.0, 4.0, 8.0]), np.array([7, 7, 2, 5])
    )
    # Shares 1/4, 1/4, 1/2 of means 0.5, 0, 1.
    assert found.mean == pytest.approx(0.625)
    squares = (0.125**2 + 0.625**2) / 16 + 0.375**2 / 4
    second, third, fourth = 3 / 8, 5 / 32, 9 / 128
    assert found.variance == pytest.approx(second / (second - 2 * third + second**2) * squares)
    assert found.degrees_of_freedom == pytest.approx(second**2 / fourth - 1)
    assert found.n_articles == 3


def test_single_pairs_of_equal_weight_give_the_usual_mean() -> None:
    values = np.array([0.3, -0.2, 0.9, 0.4, 0.1])
    found = mean_of(values)
    assert found.mean == pytest.approx(values.mean())
    assert found.variance == pytest.approx(values.var(ddof=1) / 5)
    assert found.degrees_of_freedom == pytest.approx(4)
    assert np.isnan(mean_of(values[:1]).variance)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_a_difference_is_that_of_welch(level: float) -> None:
    rng = np.random.default_rng(2)
    before, after = rng.normal(0, 1, 14), rng.normal(0.4, 3, 9)
    found = difference(mean_of(before), mean_of(after), level)
    known = stats.ttest_ind(after, before, equal_var=False)
    assert found.p_value == pytest.approx(known.pvalue)
    assert found.degrees_of_freedom == pytest.approx(known.df)
    assert found.estimate / found.se == pytest.approx(known.statistic)
    ends = known.confidence_interval(level)
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high))


def test_one_article_on_a_side_gives_no_test() -> None:
    found = difference(mean_of(np.array([0.5])), mean_of(np.array([0.1, 0.3])), 0.95)
    assert found.estimate == pytest.approx(-0.3)
    assert np.isnan([found.se, found.low, found.high, found.p_value, found.detectable]).all()


def test_equal_means_is_that_of_welch_in_statsmodels() -> None:
    oneway = pytest.importorskip("statsmodels.stats.oneway", reason="statsmodels is not installed")
    rng = np.random.default_rng(3)
    groups = [rng.normal(mean, sd, n) for mean, sd, n in ((0, 1, 12), (0.5, 2, 7), (1, 0.5, 20))]
    statistic, p_value, freedom = equal_means([mean_of(group) for group in groups])
    known = oneway.anova_oneway(groups, use_var="unequal")
    assert statistic == pytest.approx(known.statistic)
    assert p_value == pytest.approx(known.pvalue)
    assert freedom == pytest.approx(known.df_denom)


def test_two_means_are_compared_as_by_the_difference() -> None:
    rng = np.random.default_rng(4)
    one, other = mean_of(rng.normal(0, 1, 9)), mean_of(rng.normal(0.7, 2, 15))
    statistic, p_value, freedom = equal_means([one, other])
    found = difference(one, other, 0.95)
    assert statistic == pytest.approx((found.estimate / found.se) ** 2)
    assert freedom == pytest.approx(found.degrees_of_freedom)
    assert p_value == pytest.approx(found.p_value)


def of_articles(rng: np.random.Generator, size: int, shift: float) -> WeightedMean:
    """Articles of one to three pairs with unequal weights, in which errors go together."""
    article = np.repeat(np.arange(size), rng.integers(1, 4, size))
    errors = shift + rng.normal(0, 0.3, size)[article] + rng.normal(0, 0.3, len(article))
    return weighted_mean(errors, rng.uniform(1, 3, len(article)), article)


@pytest.mark.parametrize(("level", "sizes"), [(0.95, (40, 60)), (0.9, (30, 30))])
def test_false_alarms_and_power_are_as_promised(level: float, sizes: tuple[int, int]) -> None:
    """Errors are normal with known moments, so that `detectable` can be put in as the truth."""
    rng = np.random.default_rng(5)
    quiet = [
        difference(of_articles(rng, sizes[0], 0), of_articles(rng, sizes[1], 0), level)
        for _ in range(RUNS)
    ]
    alarms = np.mean([one.p_value < 1 - level for one in quiet])
    # Weights that vary by chance cost the approximation up to a hundredth.
    assert abs(alarms - (1 - level)) < binomial_bound(1 - level) + 0.01
    # The mean of what the runs say they could find.
    shift = float(np.mean([one.detectable for one in quiet]))
    loud = [
        difference(of_articles(rng, sizes[0], 0), of_articles(rng, sizes[1], shift), level)
        for _ in range(RUNS)
    ]
    power = np.mean([one.p_value < 1 - level for one in loud])
    assert abs(power - 0.8) < binomial_bound(0.8) + 0.01


def gold(
    drift: float = 0.0, n: int = 120, *, noise: float = 0.2, seed: int = 6, **columns: Any
) -> pl.DataFrame:
    """One pair an article; the second half is published after the event."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(-1, 2, n)
    late = np.arange(n) >= n // 2
    names = np.array(["against", "neutral", "favor"])
    frame = pl.DataFrame(
        {
            "target": ["NATO"] * n,
            "source": np.where(np.arange(n) % 3 > 0, "Dune Courier", "Fjord Daily"),
            "lang": np.where(np.arange(n) % 2 > 0, "en", "fr"),
            "voice": ["author"] * n,
            "doc_id": [str(place) for place in range(n)],
            "published_at": [EVENT + (5 if after else -5) * timedelta(days=1) for after in late],
            "label": names[truth + 1],
            "stance": 0.5 * truth + drift * late + noise * rng.normal(size=n),
            "inclusion_probability": [0.1] * n,
            "n_sentences": [2] * n,
        }
    )
    return frame.with_columns(**columns)


def test_a_drift_is_found_and_told() -> None:
    found = drift_of(gold(0.4), EVENT, DRIFT_GROUPS, 0.95)
    row = found.table.filter(group="all").row(0, named=True)
    assert row["low"] < 0.4 < row["high"]
    assert row["p_value"] < 0.01
    assert (row["n_before"], row["n_after"]) == (60, 60)
    assert row["after"] - row["before"] == pytest.approx(row["estimate"])
    low, high = (f"{row[end]:.2f}" for end in ("low", "high"))
    assert found.sentence.startswith("The scorer's error drifted (0.")
    assert f"95 % interval {low} to {high}): the scorer's mean error was" in found.sentence
    assert "before the event and" in found.sentence
    assert repr(found) == f"ErrorDrift({found.sentence})"
    assert "<table" in found._repr_html_()
    # The same errors, one label on the other scale.
    levels = found.table["level"].to_list()
    assert levels == ["all", "NATO", "Dune Courier", "Fjord Daily", "en", "fr", "author"]


def test_the_error_is_prediction_less_label_whatever_the_labels_are() -> None:
    rows = gold(0.0, 40, noise=0.0)
    same = rows.with_columns(
        stance=pl.col("label").replace_strict({"against": -1.0, "neutral": 0.0, "favor": 1.0})
        + pl.when(pl.col("published_at") < EVENT).then(0.25).otherwise(-0.5)
        + pl.int_range(pl.len()) % 2 * 0.01
    )
    row = drift_of(same, EVENT, (), 0.95).table.row(0, named=True)
    assert row["before"] == pytest.approx(0.255)
    assert row["after"] == pytest.approx(-0.495)
    assert row["estimate"] == pytest.approx(-0.75)


def test_articles_count_once_and_pairs_by_their_probability() -> None:
    rows = gold(0.1, 60)
    base = drift_of(rows, EVENT, (), 0.95).table
    # All pairs twice as likely, or all articles longer: only proportions matter.
    scaled = rows.with_columns(pl.col("inclusion_probability") * 2, pl.col("n_sentences") * 3)
    assert base["estimate"][0] == pytest.approx(
        drift_of(scaled, EVENT, (), 0.95).table["estimate"][0]
    )
    # The two halves of an article with the same error are one article.
    halves = pl.concat([rows, rows])
    other = drift_of(halves, EVENT, (), 0.95).table
    for name in ("estimate", "se", "p_value", "n_before"):
        assert other[name][0] == pytest.approx(base[name][0])


def test_no_drift_says_what_would_have_been_found() -> None:
    found = drift_of(gold(0.0), EVENT, ["source"], 0.9)
    row = found.table.row(0, named=True)
    assert found.sentence.startswith("No drift of the scorer's error was found (")
    assert "90 % interval" in found.sentence
    assert found.sentence.endswith(
        f"these labels would find one of {row['detectable']:.2f} with a probability of 80 %."
    )


def test_treated_sources_beside_controls() -> None:
    """Both drift by 0.4, the treated by 0.3 more: only that biases a difference of the two."""
    early = pl.col("published_at") < EVENT
    further = pl.when(source=pl.lit("Fjord Daily")).then(0.3).otherwise(0.0)
    rows = gold(0.4).with_columns(stance=pl.col("stance") + pl.when(~early).then(further))
    rows = rows.with_columns(pl.col("stance").fill_null(gold(0.4)["stance"]))
    found = drift_of(rows, EVENT, (), 0.95, treated=["Fjord Daily"])
    names = ["treated", "controls", "difference"]
    table = found.table.filter(group="compared")
    assert table["level"].to_list() == names
    treated, controls, apart = table.rows(named=True)
    assert apart["estimate"] == pytest.approx(treated["estimate"] - controls["estimate"])
    assert apart["se"] == pytest.approx(np.hypot(treated["se"], controls["se"]))
    assert apart["before"] == pytest.approx(treated["before"] - controls["before"])
    assert apart["after"] - apart["before"] == pytest.approx(apart["estimate"])
    assert (apart["n_before"], apart["n_after"]) == (60, 60)
    assert apart["low"] < 0.3 < apart["high"]
    assert "mean error in treated sources less that in controls was" in found.sentence
    plain = drift_of(rows.filter(source="Fjord Daily"), EVENT, (), 0.95).table.row(0, named=True)
    assert all(treated[name] == plain[name] for name in ("estimate", "low", "p_value"))
    with pytest.raises(NotEnoughDataError, match="labels of treated are of 0 articles before"):
        drift_of(rows, EVENT, (), 0.95, treated=["Nobody"])


def test_the_event_itself_is_after_it() -> None:
    at = gold()["published_at"].max()
    assert isinstance(at, datetime)
    assert drift_of(gold(), at, (), 0.95).table["n_after"].to_list() == [60]
    with pytest.raises(NotEnoughDataError, match="of 120 articles before the event and 0 after"):
        drift_of(gold(), at + timedelta(microseconds=1), (), 0.95)


def test_groups_with_another_error_are_told_apart() -> None:
    rows = gold(0.0, stance=pl.col("stance") + pl.when(lang=pl.lit("fr")).then(0.5).otherwise(0))
    found = drift_of(rows, EVENT, ["lang", "source", "voice"], 0.95)
    assert found.between["group"].to_list() == ["lang", "source"]
    row = found.between.row(0, named=True)
    assert row["p_value"] < 0.001
    assert row["n_levels"] == 2
    assert row["largest"] - row["smallest"] > 0.3
    assert found.between["p_value"][1] > 0.01
    assert found.table.filter(group="lang")["p_value"].min() > 0.001


def test_a_level_with_one_article_on_a_side_has_null_values() -> None:
    lone = pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("uk")).otherwise("lang")
    found = drift_of(gold(lang=lone), EVENT, ["lang"], 0.95)
    row = found.table.filter(level="uk").row(0, named=True)
    assert row["before"] is not None
    assert [row[name] for name in ("after", "estimate", "se", "p_value")] == [None] * 4
    assert (row["n_before"], row["n_after"]) == (1, 0)


def test_errors_that_do_not_scatter_allow_no_test() -> None:
    found = drift_of(gold(stance=pl.lit(0.25), label=pl.lit("neutral")), EVENT, DRIFT_GROUPS, 0.95)
    assert found.sentence == (
        "On the labels, the scorer's mean error was 0.25 before the event and 0.25 after it; they "
        "do not scatter, so that no test is possible."
    )
    assert found.table["p_value"].null_count() == found.table.height
    assert found.between.is_empty()


@pytest.fixture(scope="module")
def coded() -> tuple[sl.Store, pl.DataFrame]:
    corpus = sl.simulate_corpus(200, seed=3)
    store = sl.open_store(":memory:")
    store.add_documents(corpus.documents, progress=False)
    store.score(corpus.scorer(), "Russia", progress=False)
    sample = sl.draw_sample(store, 60, seed=1)
    labels = sample.pairs.select("item", label=pl.lit("neutral"))
    return store, sl.gold_labels(store, sample, labels)


def test_predictions_are_read_from_the_store(coded: tuple[sl.Store, pl.DataFrame]) -> None:
    store, frame = coded
    event = sl.Event("middle", sorted(frame["published_at"])[30])
    found = sl.error_drift(store, frame, event)
    stale = frame.with_columns(stance=pl.lit(0.0))
    assert sl.error_drift(store, stale, event).table.equals(found.table)
    assert found.table["level"][0] == "all"
    weight = 1 / (frame["inclusion_probability"] * frame["n_sentences"])
    late = frame["published_at"] >= event.at
    expected = np.average(frame["stance"].filter(late), weights=weight.filter(late))
    assert found.table["after"][0] == pytest.approx(expected)


def test_what_cannot_be_asked_is_refused(coded: tuple[sl.Store, pl.DataFrame]) -> None:
    store, frame = coded
    event = sl.Event("middle", sorted(frame["published_at"])[30])
    with pytest.raises(ArgumentError, match="unknown group 'part'"):
        sl.error_drift(store, frame, event, by=["part"])
    with pytest.raises(ArgumentError, match="unknown treated source 'Nobody'"):
        sl.error_drift(store, frame, event, treated=["Nobody"])
    with pytest.raises(ArgumentError, match="confidence_level must lie inside"):
        sl.error_drift(store, frame, event, confidence_level=95)
    with pytest.raises(DataError, match="column 'label' is missing"):
        sl.error_drift(store, frame.drop("label"), event)
    with pytest.raises(NotEnoughDataError, match="0 after; a drift needs at least 2"):
        sl.error_drift(store, frame, sl.Event("late", datetime(2040, 1, 1, tzinfo=UTC)))
