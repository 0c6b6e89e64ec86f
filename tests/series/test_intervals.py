"""Intervals of cells: known values, identities, and how often they hold the truth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

import stancelib as sl
from stancelib.errors import ArgumentError, DataError
from stancelib.series.intervals_core import bootstrap_interval, wilson_interval

SeriesOf = Callable[..., pl.DataFrame]
Make = Callable[..., Any]

REPLICATES = 1200


def many_cells(
    article: Make, sentence: Make, *, stories: int, copies: bool, seed: int
) -> list[Any]:
    """As many sources as replicates, each with a few stories around a stance of 0.1."""
    rng = np.random.default_rng(seed)
    articles: list[Any] = []
    for source in range(REPLICATES):
        for story in range(stories):
            stance = float(np.clip(rng.normal(0.1, 0.2), -1, 1))
            given = [sentence((1 - stance) / 2, (1 + stance) / 2)]
            first = f"{source}-{story}"
            articles.append(article(first, f"s{source:04}", sentences=given))
            articles.extend(
                article(f"{first}-{copy}", f"s{source:04}", sentences=given, duplicate_of=first)
                for copy in range(int(rng.integers(0, 4)) if copies else 0)
            )
    return articles


def share_that_hold(frame: pl.DataFrame, truth: float) -> float:
    return float(frame.select(pl.lit(truth).is_between("low", "high").mean()).item())


@pytest.mark.parametrize("copies", [False, True])
@pytest.mark.parametrize("stories", [3, 6])
def test_intervals_hold_the_truth_in_small_samples(
    series_of: SeriesOf, article: Make, sentence: Make, stories: int, copies: bool
) -> None:
    articles = many_cells(article, sentence, stories=stories, copies=copies, seed=stories)
    frame = series_of(articles)
    low, high = stats.binom.ppf([0.0005, 0.9995], REPLICATES, 0.95) / REPLICATES
    assert low <= share_that_hold(frame, 0.1) <= high


def test_copies_taken_for_articles_hold_it_less_often(
    series_of: SeriesOf, article: Make, sentence: Make
) -> None:
    articles = many_cells(article, sentence, stories=6, copies=True, seed=6)
    assert share_that_hold(series_of(articles, duplicates="keep"), 0.1) < 0.9


def test_without_weights_or_copies_it_is_the_t_interval(
    series_of: SeriesOf, article: Make, sentence: Make
) -> None:
    values = [0.5, -0.25, 0.0, 0.125]
    articles = [
        article(f"a{i}", sentences=[sentence((1 - value) / 2, (1 + value) / 2)])
        for i, value in enumerate(values)
    ]
    cell = series_of(articles, confidence_level=0.9).row(0, named=True)
    expected = stats.t.interval(0.9, 3, np.mean(values), stats.sem(values))
    assert (cell["low"], cell["high"]) == pytest.approx(expected)
    assert cell["degrees_of_freedom"] == pytest.approx(3)


def test_one_story_has_no_interval(series_of: SeriesOf, article: Make) -> None:
    for interval in ("satterthwaite", "bootstrap"):
        cell = series_of([article("a")], interval=interval).row(0, named=True)
        assert (cell["low"], cell["high"], cell["degrees_of_freedom"]) == (None, None, None)


def test_equal_outlets_with_one_article_each_are_the_case_without_outlets(
    series_of: SeriesOf, article: Make, sentence: Make
) -> None:
    articles = [article(f"a{i}", f"s{i}", sentences=[sentence(i / 8, 0.25)]) for i in range(5)]
    weighted = series_of(articles, by=None, source_weights="equal").row(0, named=True)
    pooled = series_of(articles, by=None).row(0, named=True)
    for name in ("stance", "se", "degrees_of_freedom", "n_effective", "low", "high"):
        assert weighted[name] == pytest.approx(pooled[name]), name


def test_a_story_that_all_outlets_print_is_counted_once(
    series_of: SeriesOf, article: Make, sentence: Make
) -> None:
    """Forty copies of two stories are two stories, whatever the outlets count."""
    articles = [
        article(
            f"{story}-{outlet}",
            f"s{outlet:02}",
            sentences=[sentence(0.0, stance)],
            duplicate_of=f"{story}-0" if outlet else None,
        )
        for story, stance in (("x", 0.75), ("y", 0.25))
        for outlet in range(40)
    ]
    for weights in ("equal", "volume"):
        cell = series_of(articles, by=None, source_weights=weights).row(0, named=True)
        assert cell["se"] == pytest.approx(stats.sem([0.75, 0.25])), weights
        assert cell["n_effective"] == pytest.approx(2), weights


def test_bootstrap_is_near_the_t_interval_where_articles_are_many(
    series_of: SeriesOf, article: Make, sentence: Make
) -> None:
    rng = np.random.default_rng(3)
    articles = [
        article(f"a{i}", f"s{i % 3}", sentences=[sentence(float(p), float(1 - p))])
        for i, p in enumerate(rng.uniform(0, 1, 300))
    ]
    for weights in ("volume", "equal"):
        options = {"by": None, "source_weights": weights}
        student = series_of(articles, **options).row(0, named=True)
        again = [
            series_of(articles, **options, interval="bootstrap", n_resamples=4000, seed=seed)
            for seed in (1, 1, 2)
        ]
        cell = again[0].row(0, named=True)
        width = student["high"] - student["low"]
        assert cell["high"] - cell["low"] == pytest.approx(width, rel=0.08)
        assert cell["low"] == pytest.approx(student["low"], abs=0.1 * width)
        assert again[0].equals(again[1])
        assert not again[0].equals(again[2])
        assert cell["se"] == student["se"]


def test_bootstrap_of_two_stories_has_three_resamples() -> None:
    story = np.array([0, 1, 1])
    low, high = bootstrap_interval(
        np.array([1.0, 0.0, 0.0]),
        np.ones(3),
        (story, np.zeros(3, dtype=np.int64)),
        np.ones(1),
        level=0.99,
        n_resamples=2000,
        generator=np.random.default_rng(1),
    )
    # Twice the first story, or twice the second.
    assert (low, high) == (0.0, 1.0)


def test_wilson_equals_statsmodels() -> None:
    for share, n, level in ((0.2, 35, 0.95), (0.0, 8, 0.9), (1.0, 120, 0.99)):
        found = wilson_interval(np.array([share]), np.array([float(n)]), level)
        expected = proportion_confint(share * n, n, 1 - level, method="wilson")
        assert (found[0][0], found[1][0]) == pytest.approx(expected, abs=1e-12)


def test_share_intervals_lie_around_the_shares_and_are_null_without_articles(
    series_of: SeriesOf, article: Make, sentence: Make
) -> None:
    from datetime import UTC, datetime

    articles = [
        article("a", sentences=[sentence(0.5, 0.25)]),
        article("b", sentences=[sentence(0.0, 1.0)]),
        article("c", published_at=datetime(2022, 3, 15, tzinfo=UTC)),
    ]
    frame = sl.share_intervals(series_of(articles))
    assert frame["share_favor_low"][1] is None
    first = frame.row(0, named=True)
    for name in ("share_against", "share_neutral", "share_favor"):
        assert first[f"{name}_low"] <= first[name] <= first[f"{name}_high"]
    expected = proportion_confint(0.625 * 2, 2, 0.05, method="wilson")
    assert (first["share_favor_low"], first["share_favor_high"]) == pytest.approx(expected)


def test_share_intervals_refuse() -> None:
    with pytest.raises(ArgumentError, match=r"inside \(0, 1\); got 95"):
        sl.share_intervals(pl.DataFrame(), confidence_level=95)
    with pytest.raises(DataError, match="has the columns share_against, share_neutral"):
        sl.share_intervals(pl.DataFrame({"stance": [0.1]}))


def test_salience_and_volume_stand_beside_the_stance(
    series_of: SeriesOf, article: Make, sentence: Make
) -> None:
    other = sentence(target=None)
    articles = [
        article("a", sentences=[sentence(0.0, 0.5), other]),
        article("b", sentences=[other]),
        article("c", sentences=[sentence(0.0, 0.5, voice="quoted")]),
        article("d", source="Courier", sentences=[other]),
    ]
    frame = series_of(articles)
    columns = ("source", "n_published", "n_documents", "salience", "stance")
    assert frame.select(columns).rows() == [
        ("Courier", 1, 0, 0.0, None),
        ("Gazette", 3, 2, pytest.approx(2 / 3), 0.5),
    ]
    assert series_of(articles, voice="author", by=None).select(columns).rows() == [
        ("all", 4, 1, 0.25, 0.5)
    ]
