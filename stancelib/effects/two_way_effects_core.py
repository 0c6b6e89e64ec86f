"""Weighted least squares on a panel with source and period effects.

Cameron and Miller (2015), "A practitioner's guide to cluster-robust inference"; Frisch and Waugh
(1933) for the partialled-out regression. Cells are held as (G, T): sources by periods, with
weight 0 where there is nothing to fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# A column of which less than this share is left beside the others cannot be told from them.
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class PanelDesign:
    """What is regressed on what.

    Attributes
    ----------
    regressors : (k, G, T)
        Without the effects.
    weights : (G, T)
        Inverse variances up to a factor; 0 in cells that are not fitted.
    period_effects : bool
        Whether every period has an effect, besides that of every source.
    """

    regressors: Array
    weights: Array
    period_effects: bool

    @property
    def n_cells(self) -> int:
        """Cells that are fitted."""
        return int((self.weights > 0).sum())

    @property
    def n_terms_beside_sources(self) -> int:
        """Coefficients that are not nested in sources, the constant included."""
        periods = int((self.weights > 0).any(0).sum()) if self.period_effects else 1
        return len(self.regressors) + periods


@dataclass(frozen=True, slots=True)
class PanelFit:
    """A fitted panel.

    Attributes
    ----------
    coefficients : (k,)
        Of the regressors.
    inverse : (k, k)
        Inverse of the cross-product of the partialled-out regressors.
    residuals : (G, T)
        0 in cells that are not fitted.
    partial : (k, G, T)
        The regressors without what the effects explain.
    design : PanelDesign
        What was fitted.
    """

    coefficients: Array
    inverse: Array
    residuals: Array
    partial: Array
    design: PanelDesign

    def direction(self, contrasts: Array) -> Array:
        """Regressors (m, G, T) whose weighted products with the outcome are the contrasts (m, k).

        ``(direction * weights * outcome).sum()`` is the estimate of a contrast.
        """
        return np.asarray(np.tensordot(contrasts @ self.inverse, self.partial, axes=1))


def partial_out(columns: Array, weights: Array, *, period_effects: bool) -> Array:
    """Residuals of columns (..., G, T) on source and, if asked, period effects."""
    fitted = weights > 0
    of_source = weights.sum(1)
    if not period_effects:
        means = (columns * weights).sum(-1) / np.where(of_source > 0, of_source, 1.0)
        return np.where(fitted, columns - means[..., None], 0.0)
    sources, periods = source_and_period_effects(columns, weights)
    return np.where(fitted, columns - sources[..., None] - periods[..., None, :], 0.0)


def source_and_period_effects(columns: Array, weights: Array) -> tuple[Array, Array]:
    """Effects (..., G) and (..., T) whose sums come closest to columns (..., G, T).

    The periods are eliminated first, which leaves one equation for each source.
    """
    of_period = np.where(weights.sum(0) > 0, weights.sum(0), 1.0)
    share = weights / of_period
    weighted = columns * weights
    kernel = np.diag(weights.sum(1)) - share @ weights.T
    right = weighted.sum(-1) - weighted.sum(-2) @ share.T
    # One constant can move from sources to periods: the kernel is singular by construction.
    sources = right @ np.linalg.pinv(kernel, rcond=1e-11, hermitian=True)
    periods = (weighted - sources[..., None] * weights).sum(-2) / of_period
    return sources, periods


def fit_panel(outcome: Array, design: PanelDesign) -> PanelFit:
    """Regress an outcome (G, T) on a design; cells of weight 0 may hold any finite number."""
    columns = np.concatenate([outcome[None], design.regressors])
    left = partial_out(columns, design.weights, period_effects=design.period_effects)
    outcome_left, partial = left[0], left[1:]
    flat = (partial * np.sqrt(design.weights)).reshape(len(partial), -1)
    target = (outcome_left * np.sqrt(design.weights)).ravel()
    q, r = np.linalg.qr(flat.T)
    inverse_root = np.linalg.inv(r)
    coefficients = inverse_root @ (q.T @ target)
    residuals = outcome_left - np.tensordot(coefficients, partial, axes=1)
    return PanelFit(coefficients, inverse_root @ inverse_root.T, residuals, partial, design)


def identified(design: PanelDesign) -> NDArray[np.bool_]:
    """Which regressors (k,) the effects and the regressors before them leave anything of."""
    flat = design.regressors * np.sqrt(design.weights)
    size = np.sqrt((flat**2).sum((1, 2)))
    partial = partial_out(
        design.regressors, design.weights, period_effects=design.period_effects
    ) * np.sqrt(design.weights)
    r = np.linalg.qr(partial.reshape(len(partial), -1).T, mode="r")
    return np.asarray(np.abs(np.diag(r)) > TOLERANCE**0.5 * np.where(size > 0, size, np.inf))


def source_scores(fit: PanelFit, direction: Array, residuals: Array | None = None) -> Array:
    """Sums over periods (m, G) of direction times weight times residual."""
    left = fit.residuals if residuals is None else residuals
    return np.asarray((direction * (fit.design.weights * left)).sum(-1))


def source_clustered_covariance(fit: PanelFit, contrasts: Array) -> Array:
    """Covariance (m, m) of contrasts (m, k) with errors free within sources (CRV1).

    The small-sample factor is ``G / (G - 1) (n - 1) / (n - k)``, where `k` leaves out the source
    effects, which are nested in the clusters.
    """
    scores = source_scores(fit, fit.direction(contrasts))
    n_sources = int((fit.design.weights > 0).any(1).sum())
    return np.asarray(scores @ scores.T) * small_sample_factor(fit.design, n_sources, nested=True)


def two_way_clustered_covariance(fit: PanelFit, contrasts: Array) -> Array:
    """Covariance (m, m) with errors free within sources and within periods.

    Cameron, Gelbach and Miller (2011), "Robust inference with multiway clustering": the sum of
    the two clustered covariances less that of the cells.
    """
    cells = fit.direction(contrasts) * (fit.design.weights * fit.residuals)
    by_source, by_period = cells.sum(2), cells.sum(1)
    flat = cells.reshape(len(cells), -1)
    meat = by_source @ by_source.T + by_period @ by_period.T - flat @ flat.T
    factor = small_sample_factor(fit.design, smaller_dimension(fit.design), nested=True)
    return np.asarray(meat) * factor


def smaller_dimension(design: PanelDesign) -> int:
    """The number of sources or periods with a fitted cell, whichever is smaller."""
    fitted = design.weights > 0
    return min(int(fitted.any(1).sum()), int(fitted.any(0).sum()))


def small_sample_factor(design: PanelDesign, n_clusters: int, *, nested: bool) -> float:
    """``G / (G - 1) (n - 1) / (n - k)``."""
    n_cells = design.n_cells
    terms = design.n_terms_beside_sources + (
        0 if nested else int((design.weights > 0).any(1).sum()) - 1
    )
    return n_clusters / (n_clusters - 1) * (n_cells - 1) / (n_cells - terms)
