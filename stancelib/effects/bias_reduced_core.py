"""Cluster-robust errors for few clusters: bias reduction and Satterthwaite degrees of freedom.

Bell and McCaffrey (2002), "Bias reduction in standard errors for linear regression with
multi-stage samples"; Imbens and Kolesar (2016), "Robust standard errors in small samples: some
practical advice"; Pustejovsky and Tipton (2018), "Small-sample methods for cluster-robust
variance estimation and hypothesis testing in fixed effects models". In a balanced panel of
treated and controls the variance is that of Welch's test of the sources' changes, and the degrees
of freedom are those that it has when both groups vary alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.two_way_effects_core import PanelDesign, PanelFit, partial_out

Array = NDArray[np.float64]

# Directions of which the fit leaves less than this share are fitted exactly.
_EXACT = 1e-8


@dataclass(frozen=True, slots=True)
class BiasReduced:
    """Errors of m contrasts.

    Attributes
    ----------
    covariance : (m, m)
        Unbiased if cells were independent with variances ``1 / weight``.
    degrees_of_freedom : (m,)
        Of Student's t, by matching the variance of the variance.
    """

    covariance: Array
    degrees_of_freedom: Array


def bias_reduced_covariance(
    fit: PanelFit, contrasts: Array, roots: Array | None = None
) -> BiasReduced:
    """CR2 covariance of contrasts (m, k) and the degrees of freedom of each.

    `roots` are the `adjustments` of the fit, computed when not given.
    """
    design = fit.design
    root = np.sqrt(design.weights)
    direction = fit.direction(contrasts) * root
    matrices = adjustments(fit) if roots is None else roots
    adjusted = matrices @ direction.transpose(1, 2, 0)
    scores = np.einsum("gtm,gt->mg", adjusted, fit.residuals * root)
    products = np.stack([_products(fit, adjusted[..., one]) for one in range(len(contrasts))])
    diagonal = np.trace(products, axis1=1, axis2=2)
    return BiasReduced(scores @ scores.T, diagonal**2 / (products**2).sum((1, 2)))


def adjustments(fit: PanelFit) -> Array:
    """Inverse symmetric roots (G, T, T) of the sources' blocks of the residual maker."""
    values, vectors = np.linalg.eigh(_blocks(fit))
    kept = values > _EXACT
    powers = np.where(kept, np.where(kept, values, 1.0) ** -0.5, 0.0)
    return np.asarray((vectors * powers[:, None, :]) @ vectors.swapaxes(1, 2))


def _blocks(fit: PanelFit) -> Array:
    """Blocks (G, T, T) of the residual maker of weighted cells, the source effects first."""
    design = fit.design
    root = np.sqrt(design.weights)
    n_sources, n_periods = root.shape
    columns = design.regressors
    if design.period_effects:
        dummies = np.broadcast_to(np.eye(n_periods)[:, None], (n_periods, n_sources, n_periods))
        columns = np.concatenate([dummies, columns])
    left = partial_out(columns, design.weights, period_effects=False) * root
    flat = left.reshape(len(left), -1)
    # Demeaned dummies of all periods sum to 0.
    inverse = np.linalg.pinv(flat @ flat.T, rcond=1e-11, hermitian=True)
    size = design.weights.sum(1)[:, None, None]
    own = left.swapaxes(0, 1)
    explained = own.swapaxes(1, 2) @ inverse @ own
    explained += root[:, :, None] * root[:, None, :] / np.where(size > 0, size, 1.0)
    fitted = (root > 0)[:, :, None] * np.eye(n_periods)
    return np.asarray(fitted - (explained + explained.swapaxes(1, 2)) / 2)


def _products(fit: PanelFit, adjusted: Array) -> Array:
    """Inner products (G, G) of what the residual maker leaves of each source's part (G, T)."""
    alone = np.eye(len(adjusted))[:, :, None] * adjusted
    left = make_residuals(fit, alone).reshape(len(adjusted), -1)
    return np.asarray(left @ left.T)


def make_residuals(fit: PanelFit, columns: Array) -> Array:
    """Residuals of weighted columns (..., G, T), each the root of a weight times a cell."""
    design: PanelDesign = fit.design
    root = np.sqrt(design.weights)
    plain = np.where(root > 0, columns / np.where(root > 0, root, 1.0), 0.0)
    left = partial_out(plain, design.weights, period_effects=design.period_effects)
    flat = fit.partial * design.weights
    products = np.tensordot(left, flat, axes=((-2, -1), (-2, -1)))
    left = left - np.tensordot(products @ fit.inverse, fit.partial, axes=1)
    return np.asarray(left * root)
