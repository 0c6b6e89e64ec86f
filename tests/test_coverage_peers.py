"""The peers of the coverage study, written in closed form, are what statsmodels computes."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from coverage_peers import Split, autoregressive_fit, local_level, ordinary_fits, straight_line
from numpy.typing import NDArray

N_PERIODS, EVENT = 60, 36


def split(regressors: NDArray[np.float64], seed: int) -> Split:
    rng = np.random.default_rng(seed)
    walk = 0.3 * np.cumsum(rng.normal(size=(3, N_PERIODS)), axis=1)
    outcome = walk + rng.normal(size=walk.shape)
    times = np.arange(N_PERIODS, dtype=np.float64)
    return Split(outcome, times, times < EVENT, regressors)


def regression() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    time = np.arange(N_PERIODS) / N_PERIODS
    after = (np.arange(N_PERIODS) >= EVENT).astype(np.float64)
    design = np.column_stack([np.ones(N_PERIODS), time, after, time * after])
    return split(np.empty((N_PERIODS, 0)), seed=3).outcome, design


def test_errors_of_least_squares_are_those_of_statsmodels() -> None:
    outcomes, design = regression()
    found = ordinary_fits(outcomes, design)
    for series, outcome in enumerate(outcomes):
        model = sm.OLS(outcome, design)
        expected = (
            model.fit(),
            model.fit(cov_type="HC3", use_t=True),
            model.fit(cov_type="HAC", cov_kwds={"maxlags": 7}, use_t=True),
        )
        for one, fit in zip(found, expected, strict=True):
            np.testing.assert_allclose(one.estimate[series], fit.params, rtol=1e-9)
            np.testing.assert_allclose(one.se[series], fit.bse, rtol=1e-9)
            low = one.estimate[series] - one.of_column(2).multiple * one.se[series]
            np.testing.assert_allclose(low, fit.conf_int()[:, 0], rtol=1e-9)


def test_autoregressive_fit_is_that_of_statsmodels() -> None:
    outcomes, design = regression()
    found = autoregressive_fit(outcomes, design)
    for series, outcome in enumerate(outcomes):
        fit = sm.GLSAR(outcome, design, rho=1).iterative_fit(10)
        # statsmodels stops when the coefficients move by less than 0.0001 of themselves.
        np.testing.assert_allclose(found.estimate[series], fit.params, rtol=2e-3)
        np.testing.assert_allclose(found.se[series], fit.bse, rtol=2e-3)
        assert found.degrees_of_freedom == fit.df_resid


def test_straight_line_is_the_prediction_interval_of_the_mean_line() -> None:
    wave = np.sin(np.arange(N_PERIODS) / 3)[:, None]
    chosen = split(wave, seed=1)
    found = straight_line(chosen)
    design = np.column_stack([np.ones(N_PERIODS), chosen.times, wave])
    for series, outcome in enumerate(chosen.outcome):
        fit = sm.OLS(outcome[:EVENT], design[:EVENT]).fit()
        expected = fit.get_prediction(design[EVENT:].mean(0)[None])
        estimate = outcome[EVENT:].mean() - expected.predicted_mean[0]
        assert found.estimate[series] == pytest.approx(estimate, rel=1e-9)
        assert found.se[series] == pytest.approx(expected.se_mean[0], rel=1e-9)


def test_local_level_forecasts_as_unobserved_components_do() -> None:
    chosen = split(np.empty((N_PERIODS, 0)), seed=2)
    found = local_level(chosen)
    steps = N_PERIODS - EVENT
    for series, outcome in enumerate(chosen.outcome):
        fit = sm.tsa.UnobservedComponents(outcome[:EVENT], "llevel").fit(disp=0)
        forecast = fit.get_forecast(steps)
        estimate = outcome[EVENT:].mean() - np.mean(forecast.predicted_mean)
        # The ratio comes from a grid: the estimate moves little, the variances by a few per cent.
        assert found.estimate[series] == pytest.approx(estimate, abs=0.02)
        noise, step = fit.params
        horizon = np.arange(1, steps + 1)
        state = fit.filter_results.predicted_state_cov[0, 0, -1] - step
        together = state + step * np.minimum(horizon[:, None], horizon)
        variance = together.mean() + noise / steps
        assert found.se[series] == pytest.approx(np.sqrt(variance), rel=0.05)
