from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import stats
from scipy.signal import lfilter

import stancelib as sl
from stancelib.effects.counts_core import CountFit, fit_counts, generalized
from stancelib.effects.student_mixture_core import contrasts
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

Maker = Callable[..., pl.DataFrame]
Array = NDArray[np.float64]
SMOKING_BAN = sl.Event("smoking ban", dt.datetime(2005, 1, 1, tzinfo=dt.UTC))


@pytest.fixture
def sicily(data_folder: Path) -> pl.DataFrame:
    """Lopez Bernal, Cummins and Gasparrini (2017): acute coronary episodes of 59 months."""
    rows = pl.read_csv(data_folder / "reference" / "sicily.csv")
    return rows.select(
        pl.lit("coronary").alias("target"),
        pl.lit("Sicily").alias("source"),
        pl.datetime("year", "month", 1, time_zone="UTC").alias("period"),
        pl.lit(0.0).alias("stance"),
        pl.lit(0.1).alias("se"),
        pl.col("aces").alias("n_documents"),
        pl.col("aces").cast(pl.Float64).alias("n_effective"),
        "stdpop",
    )


@pytest.mark.data
@pytest.mark.parametrize(
    ("family", "season", "ratios", "dispersion"),
    [
        ("poisson", [], [0.8944, 0.8647, 0.9251], None),
        ("quasi_poisson", [], [0.8944, 0.8392, 0.9532], 3.559),
        ("quasi_poisson", ["yearly"], [0.8851, 0.8394, 0.9332], 2.262),
    ],
)
def test_sicily_comes_out_as_published(
    sicily: pl.DataFrame,
    family: Any,
    season: Any,
    ratios: list[float],
    dispersion: float | None,
) -> None:
    effect = sl.interrupted_counts(
        sicily,
        sl.Interruption(SMOKING_BAN, slope=False),
        offset="stdpop",
        family=family,
        season=season,
        error="model",
    )
    row = effect.ratios.row(0, named=True)
    assert row["term"] == "level"
    assert [round(row[name], 4) for name in ("ratio", "low", "high")] == ratios
    if dispersion is not None:
        assert round(effect.diagnostics.dispersion, 3) == dispersion
    assert effect.totals["more"][0] < 0


def counts_of(
    rng: np.random.Generator, n: int = 120
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    design = np.column_stack([np.ones(n), np.arange(n) / n, np.arange(n) >= n // 2])
    mean = np.exp(design @ [2.0, 0.5, -0.4])
    return rng.poisson(mean).astype(np.float64), design


def test_errors_equal_those_of_statsmodels() -> None:
    counts, design = counts_of(np.random.default_rng(3))
    offset = np.linspace(0, 0.3, len(counts))
    model = sm.GLM(counts, design, family=sm.families.Poisson(), offset=offset)
    plain = fit_counts(counts, design, offset, family="poisson", error="model", maximum_lags=0)
    expected = model.fit(tol=1e-12)
    np.testing.assert_allclose(plain.coefficients, expected.params, rtol=1e-8)
    np.testing.assert_allclose(np.sqrt(np.diag(covariance(plain))), expected.bse, rtol=1e-8)
    robust = fit_counts(counts, design, offset, family="poisson", error="hac", maximum_lags=6)
    hac = model.fit(tol=1e-12, cov_type="HAC", cov_kwds={"maxlags": 6, "use_correction": True})
    np.testing.assert_allclose(np.sqrt(np.diag(covariance(robust))), hac.bse, rtol=1e-8)


def test_negative_binomial_equals_that_of_statsmodels() -> None:
    rng = np.random.default_rng(5)
    _, design = counts_of(rng, 400)
    mean = np.exp(design @ [2.5, 0.3, -0.5])
    counts = rng.poisson(mean * rng.gamma(2.0, 0.5, len(mean))).astype(np.float64)
    fit = fit_counts(
        counts,
        design,
        np.zeros(len(mean)),
        family="negative_binomial",
        error="model",
        maximum_lags=0,
    )
    expected = sm.NegativeBinomial(counts, design).fit(method="newton", disp=False)
    np.testing.assert_allclose(fit.coefficients, expected.params[:3], atol=1e-4)
    assert fit.alpha == pytest.approx(expected.params[3], rel=1e-3)
    assert fit.dispersion > 3


def test_counts_without_overdispersion_have_the_errors_of_poisson() -> None:
    counts, design = counts_of(np.random.default_rng(8))
    even = np.round(np.exp(design @ [2.0, 0.5, -0.4]))
    offset = np.zeros(len(even))
    nb = fit_counts(even, design, offset, family="negative_binomial", error="model", maximum_lags=0)
    poisson = fit_counts(even, design, offset, family="poisson", error="model", maximum_lags=0)
    assert nb.alpha == 0
    np.testing.assert_array_equal(covariance(nb), covariance(poisson))
    assert poisson.dispersion < 1
    assert counts.sum() > 0


def covariance(fit: CountFit) -> Array:
    return fit.mixture.scales[0]


def weekly(make_series: Maker, counts: list[int]) -> pl.DataFrame:
    """Periods without articles are null in stance, and 0 here."""
    stance = [None if n == 0 else 0.1 for n in counts]
    frame = make_series(stance, n=[max(n, 1) for n in counts])
    return frame.with_columns(n_documents=pl.Series(counts, dtype=pl.Int64))


def test_period_without_articles_is_a_count_of_0(make_series: Maker, summit: sl.Event) -> None:
    rng = np.random.default_rng(2)
    counts = rng.poisson(8 * np.where(np.arange(60) < 30, 1.0, 0.15)).tolist()
    assert counts.count(0) > 1
    series = weekly(make_series, counts)
    effect = sl.interrupted_counts(series, sl.Interruption(summit, slope=False))
    row = effect.ratios.row(0, named=True)
    assert row["low"] < 0.15 < row["high"] < 1
    assert row["n"] == 60
    assert effect.diagnostics.n_zero == counts.count(0)
    absent = sl.interrupted_counts(
        series.filter(pl.col("stance").is_not_null()),
        sl.Interruption(summit, slope=False),
        every="1w",
    )
    assert absent.ratios.equals(effect.ratios)
    assert "the number of articles of Beacon Wire on NATO fell: a change of −" in effect.sentence
    assert effect.totals["high"][0] < 0
    fewer = abs(round(effect.totals["more"][0]))
    assert f"In sum that is {fewer} articles fewer than expected without it" in effect.sentence


def test_totals_are_the_gap_between_fit_and_counterfactual(
    make_series: Maker, summit: sl.Event
) -> None:
    counts = np.random.default_rng(4).poisson(20, 60).tolist()
    effect = sl.interrupted_counts(weekly(make_series, counts), summit)
    gap = effect.fitted.select((pl.col("fitted") - pl.col("counterfactual")).sum()).item()
    row = effect.totals.row(0, named=True)
    assert row["more"] == pytest.approx(gap)
    assert row["low"] < row["more"] < row["high"]
    assert row["n"] == 30


def test_offset_makes_a_rate(make_series: Maker, summit: sl.Event) -> None:
    rng = np.random.default_rng(6)
    everything = np.where(np.arange(60) < 30, 100, 300)
    counts = rng.poisson(0.2 * everything).tolist()
    series = weekly(make_series, counts).with_columns(everything=pl.Series(everything))
    shape = sl.Interruption(summit, slope=False)
    plain = sl.interrupted_counts(series, shape).ratios["ratio"][0]
    rate = sl.interrupted_counts(series, shape, offset="everything")
    assert plain > 2.5
    assert rate.ratios["low"][0] < 1 < rate.ratios["high"][0]
    assert "(in proportion to everything)" in rate.sentence


@pytest.mark.parametrize(("rho", "spread"), [(0.0, 0.0), (0.0, 0.5), (0.6, 0.4)])
def test_default_error_covers_under_uneven_and_autocorrelated_counts(
    rho: float, spread: float
) -> None:
    """Seeded Monte Carlo over the core; the rate of a period is log-normal around its line."""
    runs, n = 300, 120
    rng = np.random.default_rng(11)
    design = np.column_stack([np.ones(n), np.arange(n) - 60.0, np.arange(n) >= 60]).astype(float)
    truth = np.array([2.5, 0.002, -0.3])
    shocks = rng.normal(size=(runs, n + 200)) * np.sqrt(1 - rho**2)
    latent = spread * np.asarray(lfilter([1.0], [1.0, -rho], shocks))[:, 200:]
    counts = rng.poisson(np.exp(design @ truth + latent)).astype(np.float64)
    mixture = generalized(counts, design, np.zeros(n), np.tile(truth, (runs, 1)), 0.0)
    found = contrasts(mixture, np.eye(3)[2:])
    held = int(((found.low <= truth[2]) & (truth[2] <= found.high)).sum())
    assert stats.binom.ppf(0.001, runs, 0.93) <= held <= stats.binom.ppf(0.999, runs, 0.97)


def test_default_estimate_does_not_hang_on_where_it_began() -> None:
    counts, design = counts_of(np.random.default_rng(3))
    offset = np.zeros(len(counts))
    starts = [np.array([[2.0, 0.5, -0.4]]), np.array([[2.6, 0.0, 0.0]])]
    found = [generalized(counts[None], design, offset, start, 0.0) for start in starts]
    first, second = (np.einsum("bg,bgk->bk", one.weights, one.centres) for one in found)
    np.testing.assert_allclose(first, second, atol=1e-4)


def test_picture_plain_values_and_doubts(make_series: Maker, summit: sl.Event) -> None:
    rng = np.random.default_rng(9)
    counts = rng.poisson(20 * rng.gamma(2, 0.5, 60)).tolist()
    series = weekly(make_series, counts)
    effect = sl.interrupted_counts(series, summit, family="poisson", error="model")
    assert any("times as much as chance has it" in note for note in effect.diagnostics.notes)
    plain = json.loads(json.dumps(effect.to_dict(), allow_nan=False))
    assert plain["method"] == "interrupted_counts"
    assert isinstance(effect.chart(), alt.LayerChart)
    assert "Articles" in json.dumps(effect.chart().to_dict())
    assert "level x " in repr(effect)
    assert "<table" in effect._repr_html_()
    assert str(effect) == effect.sentence


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"family": "normal"}, ArgumentError, "unknown family 'normal'"),
        ({"error": "ols"}, ArgumentError, "unknown error 'ols'; known errors: gls, hac, model"),
        ({"outcome": "words"}, DataError, "column 'words' is missing"),
        ({"outcome": "se"}, DataError, "'se' must hold whole numbers"),
        ({"offset": "nothing"}, DataError, "'nothing' must be above 0 in every period"),
        ({"outcome": "constant"}, NotEnoughDataError, "'constant' is 3 in all 60 periods"),
        ({"outcome": "late"}, NotEnoughDataError, "'late' is 0 in all periods before"),
    ],
)
def test_what_is_refused(
    make_series: Maker,
    summit: sl.Event,
    options: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    counts = np.random.default_rng(1).poisson(9, 60).tolist()
    series = weekly(make_series, counts).with_columns(
        nothing=pl.lit(0),
        constant=pl.lit(3),
        late=pl.Series([0] * 30 + [2] * 30),
    )
    with pytest.raises(error, match=message):
        sl.interrupted_counts(series, summit, **options)
