"""Days put together to weeks and months, as the store would."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from stancelib.effects.coarsening import COARSER, coarser
from stancelib.errors import ArgumentError

Maker = Callable[..., pl.DataFrame]


def series_of(articles: pl.DataFrame, every: str) -> pl.DataFrame:
    """Mean and error of the articles of each period, as the store computes them."""
    size = pl.len().cast(pl.Int64)
    return (
        articles.with_columns(pl.col("period").dt.truncate(every))
        .group_by("period")
        .agg(
            pl.lit("NATO").alias("target"),
            pl.lit("Beacon Wire").alias("source"),
            pl.col("stance").mean(),
            se=pl.when(size > 1).then(pl.col("stance").std() / size.sqrt()),
            n_documents=size,
            n_effective=pl.len().cast(pl.Float64),
        )
        .sort("period")
    )


@pytest.fixture(scope="module")
def articles() -> pl.DataFrame:
    rng = np.random.default_rng(1)
    day = rng.integers(0, 120, 600)
    first = dt.datetime(2024, 1, 1)  # noqa: DTZ001 - the zone is added below
    times = pl.Series([first + dt.timedelta(days=int(x)) for x in day])
    return pl.DataFrame(
        {
            "period": times.dt.replace_time_zone("Europe/Kyiv"),
            "stance": rng.normal(0.1, 0.3, 600).clip(-1, 1),
        }
    )


@pytest.mark.parametrize("longer", ["1w", "1mo", "1q"])
def test_mean_and_counts_are_those_of_the_articles(articles: pl.DataFrame, longer: str) -> None:
    found = coarser(series_of(articles, "1d"), "1d", longer)
    expected = series_of(articles, longer)
    assert found["period"].to_list() == expected["period"].to_list()
    np.testing.assert_allclose(found["stance"], expected["stance"], rtol=1e-12)
    assert found["n_documents"].to_list() == expected["n_documents"].to_list()
    assert found["n_effective"].to_list() == expected["n_effective"].to_list()
    # The error leaves out the scatter of days; without any, both estimate the same.
    np.testing.assert_allclose(found["se"], expected["se"], rtol=0.6)
    assert (found["se"] / expected["se"]).mean() == pytest.approx(1, abs=0.1)


def test_months_follow_from_days_as_from_weeks_of_days(articles: pl.DataFrame) -> None:
    days = series_of(articles, "1d")
    quarters = coarser(days, "1d", "1q")
    by_months = coarser(coarser(days, "1d", "1mo"), "1mo", "1q")
    np.testing.assert_allclose(by_months["stance"], quarters["stance"], rtol=1e-12)
    assert by_months["n_documents"].to_list() == quarters["n_documents"].to_list()


def test_periods_without_articles_stay_null(make_series: Maker) -> None:
    days = make_series(
        [0.2, 0.4, None] + [None] * 7 + [0.1], every="1d", start=dt.date(2024, 1, 1), se=0.1
    )
    weeks = coarser(days, "1d", "1w")
    assert weeks["stance"].to_list() == [pytest.approx(0.3), pytest.approx(0.1)]
    assert weeks["n_documents"].to_list() == [20, 10]
    empty = coarser(
        make_series([None] * 7 + [0.1], every="1d", start=dt.date(2024, 1, 1)), "1d", "1w"
    )
    assert empty["stance"].to_list() == [None, 0.1]
    assert empty["se"][0] is None


def test_single_articles_get_the_pooled_variance(make_series: Maker) -> None:
    days = make_series([0.2, 0.4, 0.0], every="1d", n=[1, 4, 1], se=[None, 0.1, None])
    week = coarser(days, "1d", "1w")
    # Variance between articles 4 * 0.1^2 = 0.04; weights 1/6, 4/6, 1/6.
    assert week["se"][0] == pytest.approx(np.sqrt((0.04 + 16 * 0.01 + 0.04) / 36))
    lonely = make_series([0.2, 0.4, 0.0], every="1d", n=1, se=None)
    assert coarser(lonely, "1d", "1w")["se"].to_list() == [None]


def test_periods_that_would_be_cut_are_refused(make_series: Maker) -> None:
    with pytest.raises(ArgumentError, match="periods of 1w cannot be put together to 1mo"):
        coarser(make_series([0.1, 0.2]), "1w", "1mo")
    assert all(every not in longer for every, longer in COARSER.items())
