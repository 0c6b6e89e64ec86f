"""Bias-reduced errors against the formula in dense matrices."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from stancelib.effects.bias_reduced_core import adjustments, bias_reduced_covariance
from stancelib.effects.two_way_effects_core import PanelDesign, fit_panel

Array = NDArray[np.float64]
Wave = Callable[[int, int], Array]

G, T = 7, 9
TREATED = np.arange(G) < 3
REGRESSORS = np.stack([TREATED[:, None] * (np.arange(T) >= t) for t in (4, 7)]).astype(np.float64)
CONTRASTS = np.array([[1.0, 0.0], [0.0, 1.0], [0.4, -1.0]])


def weights_of(*, alike: bool) -> Array:
    cells = np.arange(G * T).reshape(G, T)
    weights = np.ones((G, T)) if alike else 1.5 + np.cos(cells * 0.9)
    return np.where(cells % 8 == 3, 0.0, weights)


def dense(outcome: Array, weights: Array, *, period_effects: bool) -> tuple[Array, Array]:
    """Pustejovsky and Tipton (2018), equations 4 to 6, one large matrix each."""
    rows, columns = np.nonzero(weights > 0)
    root = np.sqrt(weights[rows, columns])
    dummies = [rows[:, None] == np.arange(G)]
    if period_effects:
        dummies.append(columns[:, None] == np.arange(1, T))
    design = np.hstack([REGRESSORS[:, rows, columns].T, *dummies]) * root[:, None]
    inverse = np.linalg.inv(design.T @ design)
    maker = np.eye(len(root)) - design @ inverse @ design.T
    residuals = maker @ (outcome[rows, columns] * root)
    parts, scores = [], []
    for source in range(G):
        own = np.flatnonzero(rows == source)
        values, vectors = np.linalg.eigh(maker[np.ix_(own, own)])
        powers = np.where(values > 1e-8, np.maximum(values, 1e-8) ** -0.5, 0.0)
        adjusted = (vectors * powers) @ vectors.T @ design[own] @ inverse[:, :2] @ CONTRASTS.T
        scores.append(residuals[own] @ adjusted)
        parts.append(maker[:, own] @ adjusted)
    products = np.einsum("gnm,hnm->mgh", np.stack(parts), np.stack(parts))
    freedom = np.trace(products, axis1=1, axis2=2) ** 2 / (products**2).sum((1, 2))
    return np.array(scores).T @ np.array(scores), freedom


@pytest.mark.parametrize("alike", [True, False])
@pytest.mark.parametrize("period_effects", [True, False])
def test_covariance_and_degrees_of_freedom_equal_dense_formula(
    wave: Wave, alike: bool, period_effects: bool
) -> None:
    outcome, weights = wave(G, T), weights_of(alike=alike)
    fit = fit_panel(outcome, PanelDesign(REGRESSORS, weights, period_effects))
    covariance, freedom = dense(outcome, weights, period_effects=period_effects)
    found = bias_reduced_covariance(fit, CONTRASTS)
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-8)
    np.testing.assert_allclose(found.degrees_of_freedom, freedom, rtol=1e-8)
    again = bias_reduced_covariance(fit, CONTRASTS, adjustments(fit))
    np.testing.assert_array_equal(again.covariance, found.covariance)


def test_variance_is_unbiased_when_cells_are_alike(wave: Wave) -> None:
    """The point of the adjustment, in closed form: the mean over all unit outcomes."""
    weights = weights_of(alike=True)
    total = np.zeros((3, 3))
    for cell in np.flatnonzero(weights.ravel()):
        outcome = np.zeros(G * T)
        outcome[cell] = 1.0
        fit = fit_panel(outcome.reshape(G, T), PanelDesign(REGRESSORS, weights, True))
        total += bias_reduced_covariance(fit, CONTRASTS).covariance
    fit = fit_panel(wave(G, T), PanelDesign(REGRESSORS, weights, True))
    np.testing.assert_allclose(total, CONTRASTS @ fit.inverse @ CONTRASTS.T, rtol=1e-8)
