from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancelib.errors import ArgumentError
from stancelib.schemas import Series
from stancelib.simulate import simulate_series
from stancelib.simulate.series_core import (
    arma_errors,
    article_counts,
    article_stances,
    segmented_line,
)


def test_the_line_is_the_segmented_regression() -> None:
    line = segmented_line(6, 3, baseline=0.1, trend=0.01, level=-0.5, slope=0.1)
    assert line == pytest.approx([0.1, 0.11, 0.12, -0.37, -0.26, -0.15])


@pytest.mark.parametrize(("rho", "theta"), [(0.6, 0.0), (0.0, 0.5), (-0.4, 0.3)])
def test_errors_have_the_autocorrelation_of_an_arma_process(rho: float, theta: float) -> None:
    errors = arma_errors(np.random.default_rng(1), 200_000, rho, theta, sd=0.2)
    # Brockwell and Davis, "Time Series: Theory and Methods", example 3.3.2.
    first = (1 + rho * theta) * (rho + theta) / (1 + 2 * rho * theta + theta**2)
    assert errors.std() == pytest.approx(0.2, rel=0.02)
    assert np.corrcoef(errors[1:], errors[:-1])[0, 1] == pytest.approx(first, abs=0.01)


@given(expected=st.floats(-0.9, 0.9), article_sd=st.floats(0.01, 0.4))
def test_articles_stay_in_range_around_what_is_expected(expected: float, article_sd: float) -> None:
    drawn = article_stances(np.random.default_rng(3), expected, article_sd, 4_000)
    assert np.abs(drawn).max() <= 1
    assert drawn.mean() == pytest.approx(expected, abs=5 * article_sd / np.sqrt(4_000))
    assert drawn.std() == pytest.approx(article_sd, rel=0.15)


def test_missing_periods_are_as_many_as_asked() -> None:
    counts = article_counts(np.random.default_rng(2), 200, mean=50, missing=0.25)
    assert (counts == 0).sum() == 50


def test_same_seed_same_bytes_and_another_seed_other_ones() -> None:
    once, again, other = (simulate_series(seed=seed, rho=0.4) for seed in (5, 5, 6))
    assert once.series.write_csv() == again.series.write_csv()
    assert once.series.write_csv() != other.series.write_csv()


def test_a_pair_stays_the_same_when_others_join() -> None:
    alone = simulate_series(sources=["A"], seed=4).series
    joined = simulate_series(sources=["A", "B"], targets=["NATO", "Russia"], seed=4).series
    assert joined.filter(source="A", target="NATO").equals(alone)


def test_frame_keeps_the_rules_of_the_house() -> None:
    simulated = simulate_series(
        targets=["NATO", "Ukraine"],
        sources=["A", "B", "C"],
        documents_per_period=1.5,
        missing=0.1,
        seed=8,
    )
    series = simulated.series
    Series.validate(series)
    assert series.height == 2 * 3 * 104
    empty = series.filter(n_documents=0)
    assert empty.height > 0
    assert empty["stance"].null_count() == empty["se"].null_count() == empty.height
    single = series.filter(n_documents=1)
    assert single.height > 0
    assert single["se"].null_count() == single.height
    assert single["stance"].null_count() == 0
    filled = series.filter(pl.col("n_documents") > 1)
    balance = (filled["share_favor"] - filled["share_against"] - filled["stance"]).abs()
    assert balance.max() < 1e-12
    total = filled.select(pl.sum_horizontal("share_against", "share_neutral", "share_favor"))
    assert total.to_series().to_list() == pytest.approx([1.0] * filled.height)


def test_standard_errors_tell_how_far_cells_are_from_the_truth() -> None:
    simulated = simulate_series(n_periods=3_000, baseline=0.3, article_sd=0.3, seed=9)
    both = simulated.series.join(simulated.latent, on=["target", "source", "period"])
    z = ((both["stance"] - both["expected_stance"]) / both["se"]).drop_nulls()
    # A t with about 11 degrees of freedom has a standard deviation of sqrt(11 / 9) = 1.106.
    assert z.std() == pytest.approx(1.106, abs=0.06)
    assert z.mean() == pytest.approx(0.0, abs=0.1)


def test_level_change_is_in_the_latent_line_at_the_event() -> None:
    simulated = simulate_series(
        level={"A": 0.4, "B": 0.0}, slope=-0.01, sources=["A", "B"], noise=0.0, event_period=60
    )
    line = simulated.latent.filter(source="A").sort("period")
    after = line.filter(pl.col("period") >= simulated.event_at)["line"]
    assert line["line"][59] == 0
    assert after.to_list() == pytest.approx([0.4 - 0.01 * week for week in range(44)])
    assert simulated.truth.sort("source")["level"].to_list() == [0.4, 0.0]


def test_local_days_begin_at_local_midnight_through_a_change_of_clocks() -> None:
    simulated = simulate_series(
        every="1d", n_periods=10, start=dt.date(2022, 3, 24), time_zone="Europe/Kyiv"
    )
    period = simulated.series["period"]
    assert period.dtype == pl.Datetime("us", "Europe/Kyiv")
    assert period.dt.hour().unique().to_list() == [0]
    assert period.dt.date().to_list() == [
        dt.date(2022, 3, 24) + dt.timedelta(days=day) for day in range(10)
    ]


@pytest.mark.parametrize(
    ("every", "first", "last"),
    [
        ("1w", "2024-02-12", "2024-03-25"),
        ("2w", "2024-02-12", "2024-05-06"),
        ("1mo", "2024-02-01", "2024-08-01"),
        ("1q", "2024-01-01", "2025-07-01"),
    ],
)
def test_periods_begin_where_the_calendar_says(every: str, first: str, last: str) -> None:
    series = simulate_series(every=every, n_periods=7, start=dt.date(2024, 2, 15)).series
    periods = series["period"].dt.to_string("%Y-%m-%d")
    assert (periods[0], periods[-1]) == (first, last)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"every": "1y"}, "unknown period '1y'; known periods: 1d, 1w"),
        ({"time_zone": "Kiev"}, "unknown time zone 'Kiev'"),
        ({"event_period": 104}, "1 to 103; got 104"),
        ({"rho": 1.0}, "'rho' must lie inside"),
        ({"noise": -0.1}, "'noise' must not be negative"),
        ({"missing": 1.0}, "'missing' must lie in"),
        ({"documents_per_period": 0.0}, "must be positive; got 0"),
        ({"sentences_per_article": 0.5}, "at least 1; got 0.5"),
        ({"level": 1.1}, "outside"),
        ({"baseline": 0.8, "article_sd": 0.7}, "'article_sd' 0.7 is too large"),
        ({"level": {"Other": 0.1}}, "no value for source 'Beacon Wire'; it has"),
    ],
)
def test_what_cannot_be_done_is_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        simulate_series(**arguments)  # type: ignore[arg-type]  # wrong on purpose
