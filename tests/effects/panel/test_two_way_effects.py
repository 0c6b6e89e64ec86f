"""The panel regression against dense least squares, statsmodels and pyfixest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray

from stancelib.effects.event_study_core import fit_leads_and_lags
from stancelib.effects.two_way_effects_core import (
    PanelDesign,
    fit_panel,
    identified,
    partial_out,
    small_sample_factor,
    source_clustered_covariance,
    two_way_clustered_covariance,
)

pf = pytest.importorskip("pyfixest", reason="pyfixest is in the extra test")

Array = NDArray[np.float64]
Wave = Callable[[int, int], Array]

# pyfixest 0.60 calls pandas as pandas 3 did.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword:DeprecationWarning")

G, T, EVENT = 12, 20, 11
TREATED = np.arange(G) < 5
AFTER = (np.arange(T) >= EVENT).astype(np.float64)


def weights_with_gaps(*, alike: bool) -> Array:
    cells = np.arange(G * T).reshape(G, T)
    weights = np.ones((G, T)) if alike else 1.5 + np.cos(cells * 0.9)
    return np.where(cells % 7 == 3, 0.0, weights)


def long_frame(outcome: Array, weights: Array) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "y": outcome.ravel(),
            "source": np.repeat(np.arange(G), T),
            "period": np.tile(np.arange(T), G),
            "w": weights.ravel(),
            "treated": np.repeat(TREATED.astype(float), T),
            "d": (TREATED[:, None] * AFTER).ravel(),
        }
    )
    return frame[frame["w"] > 0]


def fixest(formula: str, frame: pd.DataFrame, clusters: str, *, alike: bool) -> Any:
    # pyfixest 0.60 counts effects nested in clusters differently from run to run; with
    # k_fixef="full" the small-sample factor is a known one.
    return pf.feols(
        formula,
        frame,
        weights=None if alike else "w",
        vcov={"CRV1": clusters},
        ssc=pf.ssc(k_fixef="full"),
        demeaner=pf.demeaners.MapDemeaner(fixef_tol=1e-12),
    )


def covariance_of(fit: Any) -> Array:
    return np.asarray(fit._vcov)  # noqa: SLF001 - no public name gives more than its diagonal


@pytest.mark.parametrize("alike", [True, False])
@pytest.mark.parametrize("period_effects", [True, False])
def test_partialled_out_columns_equal_dense_residuals(
    wave: Wave, alike: bool, period_effects: bool
) -> None:
    outcome, weights = wave(G, T), weights_with_gaps(alike=alike)
    left = partial_out(outcome, weights, period_effects=period_effects)
    rows, columns = np.nonzero(weights > 0)
    dummies = [rows[:, None] == np.arange(G)]
    if period_effects:
        dummies.append(columns[:, None] == np.arange(T))
    design = np.hstack(dummies).astype(float)
    root = np.sqrt(weights[rows, columns])
    beta = np.linalg.lstsq(design * root[:, None], outcome[rows, columns] * root)[0]
    expected = outcome[rows, columns] - design @ beta
    np.testing.assert_allclose(left[rows, columns], expected, atol=1e-12)
    assert (left[weights == 0] == 0).all()


@pytest.mark.parametrize("alike", [True, False])
def test_difference_in_differences_equals_pyfixest(wave: Wave, alike: bool) -> None:
    outcome, weights = wave(G, T), weights_with_gaps(alike=alike)
    design = PanelDesign((TREATED[:, None] * AFTER)[None], weights, period_effects=True)
    fit = fit_panel(outcome, design)
    full = small_sample_factor(design, G, nested=False) / small_sample_factor(
        design, G, nested=True
    )
    frame = long_frame(outcome, weights)
    one = fixest("y ~ d | source + period", frame, "source", alike=alike)
    np.testing.assert_allclose(fit.coefficients, one.coef(), rtol=1e-8)
    covariance = source_clustered_covariance(fit, np.eye(1))
    np.testing.assert_allclose(covariance * full, covariance_of(one), rtol=1e-8)
    two = fixest("y ~ d | source + period", frame, "source + period", alike=alike)
    covariance = two_way_clustered_covariance(fit, np.eye(1))
    np.testing.assert_allclose(covariance * full, covariance_of(two), rtol=1e-8)


def test_factor_without_nested_effects_is_that_of_pyfixest(wave: Wave) -> None:
    """With source effects alone its count is stable: they are nested, and one is added back."""
    outcome, weights = wave(G, T), weights_with_gaps(alike=True)
    fit = fit_leads_and_lags(outcome, weights, np.arange(T) - EVENT, np.full(G, True), -1).fit
    study = pf.feols(
        "y ~ i(period, ref=10) | source", long_frame(outcome, weights), vcov={"CRV1": "source"}
    )
    np.testing.assert_allclose(fit.coefficients, study.coef(), rtol=1e-8)
    covariance = source_clustered_covariance(fit, np.eye(T - 1))
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), study.se(), rtol=1e-8)


# Two-way variances of single periods can be negative, of which pyfixest takes the root.
@pytest.mark.filterwarnings("ignore:invalid value encountered in sqrt:RuntimeWarning")
@pytest.mark.parametrize("alike", [True, False])
def test_leads_and_lags_equal_pyfixest(wave: Wave, alike: bool) -> None:
    outcome, weights = wave(G, T), weights_with_gaps(alike=alike)
    found = fit_leads_and_lags(outcome, weights, np.arange(T) - EVENT, TREATED, -1)
    design = found.fit.design
    full = small_sample_factor(design, G, nested=False) / small_sample_factor(
        design, G, nested=True
    )
    frame = long_frame(outcome, weights)
    formula = "y ~ i(period, treated, ref=10) | source + period"
    one = fixest(formula, frame, "source", alike=alike)
    np.testing.assert_allclose(found.fit.coefficients, one.coef(), atol=1e-8)
    covariance = source_clustered_covariance(found.fit, np.eye(T - 1))
    np.testing.assert_allclose(covariance * full, covariance_of(one), atol=1e-8)
    two = fixest(formula, frame, "source + period", alike=alike)
    covariance = two_way_clustered_covariance(found.fit, np.eye(T - 1))
    np.testing.assert_allclose(covariance * full, covariance_of(two), atol=1e-8)


@pytest.mark.parametrize("alike", [True, False])
def test_weighted_panel_equals_statsmodels(wave: Wave, alike: bool) -> None:
    outcome, weights = wave(G, T), weights_with_gaps(alike=alike)
    design = PanelDesign((TREATED[:, None] * AFTER)[None], weights, period_effects=True)
    fit = fit_panel(outcome, design)
    frame = long_frame(outcome, weights)
    dummies = pd.get_dummies(frame[["source", "period"]].astype(str), dtype=float)
    dense = np.column_stack([frame["d"], dummies.drop(columns="period_0")])
    reference = sm.WLS(frame["y"].to_numpy(), dense, weights=frame["w"].to_numpy()).fit(
        cov_type="cluster", cov_kwds={"groups": frame["source"].to_numpy()}
    )
    assert fit.coefficients[0] == pytest.approx(reference.params[0], rel=1e-8)
    full = small_sample_factor(design, G, nested=False) / small_sample_factor(
        design, G, nested=True
    )
    variance = source_clustered_covariance(fit, np.eye(1))[0, 0]
    assert variance * full == pytest.approx(reference.cov_params()[0, 0], rel=1e-8)


def test_direction_times_outcome_is_the_estimate(wave: Wave) -> None:
    outcome, weights = wave(G, T), weights_with_gaps(alike=False)
    found = fit_leads_and_lags(outcome, weights, np.arange(T) - EVENT, TREATED, -1)
    contrast = np.linspace(-1, 1, T - 1)[None]
    direction = found.fit.direction(contrast)[0]
    estimate = float((direction * weights * outcome).sum())
    assert estimate == pytest.approx(float(contrast[0] @ found.fit.coefficients), rel=1e-9)


def test_two_way_variance_of_single_periods_falls_below_the_one_way(wave: Wave) -> None:
    """Why the public functions take the larger: a period of its own has no period noise left."""
    outcome = wave(G, T)
    found = fit_leads_and_lags(outcome, np.ones((G, T)), np.arange(T) - EVENT, TREATED, -1)
    both = np.diag(two_way_clustered_covariance(found.fit, np.eye(T - 1)))
    one = np.diag(source_clustered_covariance(found.fit, np.eye(T - 1)))
    assert (both < one).all()
    assert both.min() < 0


def test_period_without_controls_is_not_told(wave: Wave) -> None:
    weights = np.ones((G, T))
    weights[~TREATED, 15] = 0.0
    weights[TREATED, 4] = 0.0
    found = fit_leads_and_lags(wave(G, T), weights, np.arange(T) - EVENT, TREATED, -1)
    assert found.missing.tolist() == [4 - EVENT, 15 - EVENT]
    assert len(found.relative) == T - 3


def test_disconnected_groups_do_not_tell_an_effect() -> None:
    weights = np.where(TREATED[:, None] == (np.arange(T) % 2 == 0), 1.0, 0.0)
    design = PanelDesign((TREATED[:, None] * AFTER)[None], weights, period_effects=True)
    within = identified(design)
    dense = np.where(TREATED[:, None] == (np.arange(T) < 100), 1.0, 0.0)
    alone = PanelDesign((TREATED[:, None] * AFTER)[None], dense, period_effects=True)
    assert not within.any()
    assert not identified(alone).any()
