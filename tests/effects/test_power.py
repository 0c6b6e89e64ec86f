"""`power`: against the noncentral t, and against what the fits themselves say."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import altair as alt
import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy import stats

import stancelib as sl
from stancelib.effects.generalized_least_squares_core import Regression, fit_generalized
from stancelib.effects.interrupted_time_series_core import segment, segmented_design
from stancelib.effects.power import power
from stancelib.effects.power_core import (
    ENDLESS,
    Detection,
    NoisePosterior,
    detection,
    factor_for,
    learn_noise,
    simulate,
    wilson,
)
from stancelib.effects.student_mixture_core import contrasts
from stancelib.errors import ArgumentError, NotEnoughDataError

Array = NDArray[np.float64]
Maker = Callable[..., pl.DataFrame]
N_PERIODS = 40


def regression(variances: Array | None = None, freedom: float = 0.0) -> Regression:
    design = segmented_design(segment(N_PERIODS, N_PERIODS // 2, 0.0, "fraction"))
    design[:, [1, 3]] /= N_PERIODS
    values = np.ones(N_PERIODS) if variances is None else variances
    rng = np.random.default_rng(1)
    outcome = rng.normal(size=N_PERIODS) * np.sqrt(values)
    elapsed = np.ones(N_PERIODS)
    return Regression(outcome[None], design, values[None], freedom, elapsed)


def known_noise(rho: float, share: float, scale: float) -> NoisePosterior:
    """Nothing about the noise is uncertain."""
    one = np.ones(1)
    return NoisePosterior(one, rho * one, share * one, scale * one, 1e9)


# ---- simulation ---- #


def test_white_noise_gives_the_power_of_the_noncentral_t() -> None:
    runs, deviation = 2_000, 0.1
    own = regression()
    drawn = simulate(own, known_noise(0.0, 0.5, deviation**2), 1.0, runs, np.random.default_rng(2))
    found = detection(drawn, np.arange(N_PERIODS) * 1.0, "ols", None, 0.95)
    inverse = np.linalg.inv(own.design.T @ own.design)
    se, freedom = deviation * np.sqrt(inverse[2, 2]), N_PERIODS - 4
    critical = stats.t.ppf(0.975, freedom)
    assert stats.binom.ppf(0.001, runs, 0.05) <= found.size * runs
    assert found.size * runs <= stats.binom.ppf(0.999, runs, 0.05)
    for shift in (0.05, 0.1, 0.2):
        expected = stats.nct.sf(critical, freedom, shift / se)
        spread = 4 * np.sqrt(expected * (1 - expected) / runs)
        assert found.power(np.array([shift]))[0] == pytest.approx(expected, abs=spread)
    smallest, low, high = found.smallest_shift(0.8)
    assert low < smallest < high
    assert (
        stats.nct.sf(critical, freedom, low / se) < 0.8 < stats.nct.sf(critical, freedom, high / se)
    )


def test_drawn_series_have_the_noise_that_was_asked_for() -> None:
    variances = np.where(np.arange(N_PERIODS) % 2 == 0, 0.5, 2.0)
    own = regression(variances)
    drawn = simulate(own, known_noise(0.7, 0.6, 0.04), 1.0, 4_000, np.random.default_rng(3)).outcome
    ratios = variances / np.median(variances)
    expected = 0.04 * (0.6 + 0.4 * ratios)
    np.testing.assert_allclose(drawn.var(axis=0), expected, rtol=0.15)
    lagged = np.mean(drawn[:, 1:] * drawn[:, :-1])
    assert lagged == pytest.approx(0.04 * 0.6 * 0.7, rel=0.1)
    assert np.abs(drawn.mean()) < 0.005


def test_gaps_count_as_time_in_drawn_series() -> None:
    own = regression()
    gapped = Regression(own.outcome, own.design, own.variances, 0.0, np.full(N_PERIODS, 3.0))
    drawn = simulate(gapped, known_noise(0.8, 1.0, 1.0), 1.0, 4_000, np.random.default_rng(4))
    products = np.mean(drawn.outcome[:, 1:] * drawn.outcome[:, :-1])
    assert products == pytest.approx(0.8**3, rel=0.1)


def test_more_articles_take_away_sampling_noise_only() -> None:
    own = regression(freedom=160.0)
    noise = known_noise(0.5, 0.25, 0.04)
    plain = simulate(own, noise, 1.0, 2_000, np.random.default_rng(5))
    more = simulate(own, noise, 4.0, 2_000, np.random.default_rng(5))
    endless = simulate(own, noise, ENDLESS, 2_000, np.random.default_rng(5))
    assert plain.outcome.var() == pytest.approx(0.04, rel=0.05)
    assert more.outcome.var() == pytest.approx(0.01 + 0.03 / 4, rel=0.05)
    assert endless.outcome.var() == pytest.approx(0.01, rel=0.05)
    assert more.freedom == 4 * (160 + N_PERIODS) - N_PERIODS
    assert np.median(more.variances) == pytest.approx(0.03 / 4, rel=0.1)


def test_noise_is_learnt_with_its_scale() -> None:
    """The scale is that of the innovations' variance; a long series pins it down."""
    n_periods = 400
    design = segmented_design(segment(n_periods, 200, 0.0, "fraction"))
    design /= np.abs(design).max(0)
    outcome = np.random.default_rng(6).normal(0, 0.3, n_periods)
    own = Regression(outcome[None], design, np.ones((1, n_periods)), 0.0, np.ones(n_periods))
    found = learn_noise(own)
    assert found.weights.sum() == pytest.approx(1)
    assert found.weights @ found.scale == pytest.approx(0.09, rel=0.15)
    assert abs(found.weights @ (found.share * found.rho)) < 0.15


def test_a_shift_of_the_series_shifts_its_interval() -> None:
    """Why one set of series gives the power at every shift."""
    own = regression(freedom=120.0)
    drawn = simulate(own, known_noise(0.4, 0.5, 0.04), 1.0, 6, np.random.default_rng(7))
    moved = Regression(
        drawn.outcome + 0.37 * drawn.design[:, 2],
        drawn.design,
        drawn.variances,
        drawn.freedom,
        drawn.elapsed,
    )
    level = np.eye(4)[[2]]
    plain = contrasts(fit_generalized(drawn).mixture, level)
    shifted = contrasts(fit_generalized(moved).mixture, level)
    np.testing.assert_allclose(shifted.low, plain.low + 0.37, atol=1e-6)
    np.testing.assert_allclose(shifted.high, plain.high + 0.37, atol=1e-6)


# ---- arithmetic ---- #


def test_smallest_shift_is_where_the_power_is_reached() -> None:
    found = Detection(np.arange(1, 201) / 100, 0.05)
    smallest = found.smallest_shift(0.8)[0]
    assert smallest == pytest.approx(1.6)
    assert found.power(np.array([smallest + 1e-9, -smallest - 1e-9, 0.0])).tolist() == [0.8, 0.8, 0]


def test_factor_solves_the_two_parts_of_the_variance() -> None:
    def smallest(factor: float) -> float:
        return float(np.sqrt(0.01 + 0.08 / factor))

    factor = factor_for(0.2, (1.0, smallest(1.0)), (50.0, smallest(50.0)))
    assert factor is not None
    assert smallest(factor) == pytest.approx(0.2)
    assert factor_for(0.05, (1.0, smallest(1.0)), (50.0, smallest(50.0))) is None
    assert factor_for(0.2, (1.0, 0.3), (1.0, 0.3)) is None


def test_wilson_equals_statsmodels() -> None:
    from statsmodels.stats.proportion import proportion_confint

    np.testing.assert_allclose(wilson(0.3, 50), proportion_confint(15, 50, method="wilson"))


# ---- the public function ---- #


@pytest.fixture(scope="module")
def weeks() -> pl.DataFrame:
    return sl.simulate_series(
        n_periods=50, level=-0.3, rho=0.3, documents_per_period=5, missing=0.1, seed=2
    ).series


EVENT = sl.Event("Vilnius summit", datetime(2023, 6, 26, tzinfo=UTC))


def estimates(found: Any) -> dict[str, float]:
    return dict(found.table.select("term", "estimate").iter_rows())


def test_articles_help_until_only_the_outlet_is_left(weeks: pl.DataFrame) -> None:
    found = power(weeks, EVENT, shift=-0.2, runs=120, seed=3)
    rows = estimates(found)
    assert list(rows) == [
        "smallest_shift",
        "smallest_shift_endless_articles",
        "power",
        "articles_per_period",
    ]
    assert rows["smallest_shift_endless_articles"] < 0.2 < rows["smallest_shift"]
    assert 0 < rows["power"] < 0.8
    assert rows["articles_per_period"] > found.diagnostics.articles_per_period
    assert found.diagnostics.articles_factor > 1
    assert found.table["se"].is_null().all()
    assert (found.table["low"] <= found.table["estimate"]).drop_nulls().all()
    assert "for 80 % it needs about" in found.sentence
    assert found.curve.group_by("articles").len()["len"].to_list() == [41, 41]
    for _, line in found.curve.group_by("articles"):
        assert line["power"].is_sorted()
    again = power(weeks, EVENT, shift=0.2, runs=120, seed=3)
    assert again.table.equals(found.table)


def test_needed_articles_are_enough_when_they_are_collected(weeks: pl.DataFrame) -> None:
    """The corpus with that many articles, simulated anew, has the power that was wanted."""
    from stancelib.effects.error_model import ErrorModel
    from stancelib.effects.periods import choose_series
    from stancelib.effects.placement import place_event
    from stancelib.effects.power_setting import Setting, regression_of

    found = power(weeks, EVENT, shift=0.2, runs=150, seed=3)
    chosen = choose_series(weeks, target=None, source=None, every=None)
    own, times = regression_of(chosen, place_event(chosen, EVENT, "fraction"))
    model = ErrorModel("gls", "precision", None)
    fresh = Setting(own, times, learn_noise(own), model, 0.95, 150, 99)
    assert found.diagnostics.articles_factor is not None
    reached = fresh.detect(found.diagnostics.articles_factor).power(np.array([0.2]))[0]
    assert reached == pytest.approx(0.8, abs=4 * np.sqrt(2 * 0.16 / 150))


def test_shift_that_no_number_of_articles_shows(weeks: pl.DataFrame) -> None:
    found = power(weeks, EVENT, shift=0.01, runs=100)
    assert estimates(found)["articles_per_period"] is None
    assert found.diagnostics.articles_factor is None
    assert "no number of articles would make it 80 %, only more weeks" in found.sentence


def test_true_shift_is_not_taken_for_noise(make_series: Maker) -> None:
    stance = np.random.default_rng(5).normal(0, 0.05, 40)
    event = sl.Event("Summit", datetime(2023, 5, 22, tzinfo=UTC))
    shifted = stance + 0.6 * (np.arange(40) >= 20)
    plain = power(make_series([float(x) for x in stance]), event, runs=100)
    other = power(make_series([float(x) for x in shifted]), event, runs=100)
    np.testing.assert_allclose(other.table["estimate"][:2], plain.table["estimate"][:2], rtol=1e-6)


def test_narrow_errors_are_told(make_series: Maker) -> None:
    errors = [0.0]
    for shock in np.random.default_rng(6).normal(0, 0.05, 119):
        errors.append(0.8 * errors[-1] + float(shock))
    event = sl.Event("Summit", datetime(2024, 2, 26, tzinfo=UTC))
    found = power(make_series(errors, se=0.005), event, error="ols", runs=100)
    assert found.diagnostics.size > 0.15
    assert "the power is overstated" in found.diagnostics.notes[0]
    assert found.diagnostics.rho == pytest.approx(0.8, abs=0.2)


def test_what_lies_beyond_the_scale_is_told(make_series: Maker) -> None:
    stance = np.random.default_rng(7).choice([-0.95, 0.95], 18)
    event = sl.Event("Summit", datetime(2023, 3, 6, tzinfo=UTC))
    found = power(make_series([float(x) for x in stance], n=1, se=None), event, runs=100)
    assert estimates(found)["smallest_shift"] > 2
    assert "no shift on the scale from −1 to 1" in found.sentence
    assert "lies beyond the scale" in found.diagnostics.notes[-1]


def test_plain_values_html_and_chart(weeks: pl.DataFrame) -> None:
    found = power(weeks, sl.Event("<b>Summit</b>", EVENT.at), error="hac", weights="none", runs=100)
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["method"] == "power"
    assert len(plain["curve"]) == 82
    assert "<b>" not in found._repr_html_()
    assert str(found) == found.sentence
    assert repr(found).startswith("Power(NATO in Beacon Wire, <b>Summit</b>: smallest shift 0.")
    assert isinstance(found.chart(), alt.LayerChart)
    assert found.table.height == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"event": "Summit"}, "'event' must be one Event; got str"),
        ({"error": "hc3"}, "unknown error 'hc3'"),
        ({"weights": "se"}, "unknown weighting 'se'"),
        ({"event_period": "after"}, "unknown event_period treatment 'after'"),
        ({"shift": 0}, r"'shift' must lie in \[-2, 2\].*got 0"),
        ({"shift": 20}, r"'shift' must lie in \[-2, 2\].*got 20"),
        ({"wanted": 80}, r"'wanted' must lie inside \(0, 1\); got 80"),
        ({"runs": 10}, "'runs' must be a whole number, 100 or more"),
        ({"seed": 0.5}, "'seed' must be a whole number"),
    ],
)
def test_what_is_refused(weeks: pl.DataFrame, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        power(**{"series": weeks, "event": EVENT} | options)


def test_too_few_periods_are_refused(make_series: Maker) -> None:
    event = sl.Event("Summit", datetime(2023, 2, 6, tzinfo=UTC))
    series = make_series([float(x) for x in np.random.default_rng(8).normal(0, 0.1, 40)])
    with pytest.raises(NotEnoughDataError, match="at least 8 are needed on each side"):
        power(series, event)
