"""What must hold for every corpus."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

SeriesOf = Callable[..., pl.DataFrame]
Make = Callable[..., Any]

# Eighths are exact in floating point, so that the examples test the formulas, not rounding.
eighths = st.integers(0, 8)
probabilities = st.tuples(eighths, eighths).filter(lambda pair: sum(pair) <= 8)
corpora = st.lists(st.lists(probabilities, min_size=1, max_size=3), min_size=1, max_size=6)


@pytest.fixture(scope="session")
def articles_of(article: Make, sentence: Make) -> Make:
    def build(corpus: list[list[tuple[int, int]]]) -> list[Any]:
        return [
            article(
                f"a{i}", sentences=[sentence(against / 8, favor / 8) for against, favor in rows]
            )
            for i, rows in enumerate(corpus)
        ]

    return build


@given(corpus=corpora)
@settings(max_examples=25)
def test_shares_sum_to_one_and_their_difference_is_the_stance(
    series_of: SeriesOf, articles_of: Make, corpus: Any
) -> None:
    cell = series_of(articles_of(corpus)).row(0, named=True)
    shares = cell["share_against"], cell["share_neutral"], cell["share_favor"]
    assert sum(shares) == pytest.approx(1, abs=1e-12)
    assert cell["stance"] == pytest.approx(shares[2] - shares[0], abs=1e-12)


@given(corpus=corpora, copies=st.integers(1, 4))
@settings(max_examples=25)
def test_copies_of_every_article_change_no_mean_and_no_error(
    series_of: SeriesOf, articles_of: Make, corpus: Any, copies: int
) -> None:
    singles = articles_of(corpus)
    doubled = singles + [
        replace(one, doc_id=f"{one.doc_id}-{copy}", duplicate_of=one.doc_id)
        for one in singles
        for copy in range(copies)
    ]
    before = series_of(singles).row(0, named=True)
    after = series_of(doubled).row(0, named=True)
    assert after["stance"] == pytest.approx(before["stance"], abs=1e-12)
    assert after["se"] == (None if before["se"] is None else pytest.approx(before["se"], abs=1e-12))
    assert after["n_effective"] == before["n_effective"]
    assert after["n_documents"] == (copies + 1) * before["n_documents"]


@given(corpus=corpora)
@settings(max_examples=25)
def test_an_article_with_the_mean_of_the_cell_leaves_the_mean(
    series_of: SeriesOf, articles_of: Make, article: Make, sentence: Make, corpus: Any
) -> None:
    articles = articles_of(corpus)
    before = series_of(articles).row(0, named=True)
    average = sentence(before["share_against"], before["share_favor"])
    after = series_of([*articles, article("mean", sentences=[average])]).row(0, named=True)
    assert after["stance"] == pytest.approx(before["stance"], abs=1e-12)
    if before["se"] is not None:
        assert after["se"] <= before["se"] + 1e-12


@given(corpus=corpora, order=st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_the_order_of_the_articles_changes_no_byte(
    series_of: SeriesOf, articles_of: Make, corpus: Any, order: random.Random
) -> None:
    articles = articles_of(corpus)
    shuffled = list(articles)
    order.shuffle(shuffled)
    assert series_of(articles).equals(series_of(shuffled))
