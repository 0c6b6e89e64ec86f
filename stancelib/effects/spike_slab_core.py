"""Which controls a series follows: a spike at 0 and a slab for each, all subsets in turn.

George and McCulloch (1997); Scott and Varian (2014). With few controls no sampler is needed: the
likelihood of every subset is known in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

SLAB_WEIGHT = 0.01
DIAGONAL_SHRINKAGE = 0.5


@dataclass(frozen=True, slots=True)
class Slab:
    """Prior of the coefficients of p controls, and of which of them are in.

    Attributes
    ----------
    precision : (p, p)
        Inverse covariance of the coefficients, times the variance of the noise.
    subsets : (S, p)
        Which controls are in.
    log_prior : (S,)
        Logarithm of each subset's probability.
    log_volume : (S,)
        Half the logarithm of the determinant of the subset's `precision`.
    """

    precision: Array
    subsets: Mask
    log_prior: Array
    log_volume: Array


def slab_of(controls: Array, expected: float) -> Slab:
    """Slab worth a hundredth of a period, spikes so that `expected` controls are in.

    Parameters
    ----------
    controls : (n, p)
        Standardized, where they were seen.
    expected : float
        Controls that are thought to matter, beforehand. As in bsts the level counts as one more
        to choose from: with one or two controls and `expected` 3 all of them are in.
    """
    n_periods, n_controls = controls.shape
    cross = controls.T @ controls / max(n_periods, 1)
    shrunk = (1 - DIAGONAL_SHRINKAGE) * cross + DIAGONAL_SHRINKAGE * np.diag(np.diag(cross))
    precision = SLAB_WEIGHT * shrunk
    inclusion = min(1.0, expected / (n_controls + 1))
    numbers = np.arange(2**n_controls)[:, None]
    subsets = (numbers >> np.arange(n_controls)) % 2 == 1
    if inclusion == 1:
        subsets = subsets[-1:]
    n_in = subsets.sum(-1)
    out = (n_controls - n_in) * np.log1p(-inclusion) if inclusion < 1 else 0.0
    log_volume, _ = _volume_and_gain(precision[None], np.zeros((1, n_controls)), len(subsets))
    return Slab(precision, subsets, n_in * np.log(inclusion) + out, log_volume[0])


def subset_log_weights(products: Array, slab: Slab, noise_variance: Array) -> Array:
    """Logarithm of likelihood times prior of each subset, (G, S).

    Parameters
    ----------
    products : (G, 1 + p, 1 + p)
        Cross-products of outcome and controls, whitened to independent values of variance 1.
    slab : Slab
        Prior.
    noise_variance : (G,)
        Of the noise in a period of median precision; the slab is wide in proportion.
    """
    information = products[:, 1:, 1:] + slab.precision / noise_variance[:, None, None]
    n_in = slab.subsets.sum(-1)
    prior_volume = slab.log_volume - 0.5 * n_in * np.log(noise_variance)[:, None]
    log_volume, gain = _volume_and_gain(information, products[:, 1:, 0], len(slab.subsets))
    fit = 0.5 * (gain - products[:, 0, :1])
    return np.asarray(slab.log_prior + prior_volume - log_volume + fit, dtype=np.float64)


def _volume_and_gain(information: Array, moments: Array, n_subsets: int) -> tuple[Array, Array]:
    """Half the log determinant, and what the fit gains, of each subset (G, S).

    One control after the other is swept out of the matrices of all subsets so far, or left out of
    them: each subset costs a step, where its own decomposition would cost p.
    """
    left = np.concatenate([information, moments[:, None]], axis=1)
    column = np.concatenate([moments, np.zeros((len(moments), 1))], axis=1)
    left = np.concatenate([left, column[..., None]], axis=2)[:, None]
    log_volume = np.zeros(left.shape[:2])
    while left.shape[-1] > 1:
        pivot, rest = left[..., 0, 0], left[..., 1:, 1:]
        row = left[..., 0, 1:] / pivot[..., None]
        swept = rest - left[..., 1:, 0, None] * row[..., None, :]
        volume = log_volume + 0.5 * np.log(pivot)
        all_in = n_subsets == 1
        left = swept if all_in else np.concatenate([rest, swept], axis=1)
        log_volume = volume if all_in else np.concatenate([log_volume, volume], axis=1)
    return log_volume, -left[..., 0, 0]


def coefficients_of(
    products: Array, slab: Slab, noise_variance: Array, inside: Mask
) -> tuple[Array, Array]:
    """Expected coefficients (D, p), and square roots (D, p, p) of their covariances.

    Parameters
    ----------
    products, noise_variance : (D, 1 + p, 1 + p), (D,)
        As above.
    slab : Slab
        Prior.
    inside : (D, p)
        Which controls are in; the others have coefficients of 0.
    """
    both = inside[:, :, None] & inside[:, None, :]
    information = products[:, 1:, 1:] + slab.precision / noise_variance[:, None, None]
    # A control that is out keeps a row of the identity, so that all have one shape.
    information = np.where(both, information, np.eye(inside.shape[1]))
    roots = np.swapaxes(np.linalg.inv(np.linalg.cholesky(information)), -1, -2)
    moments = np.where(inside, products[:, 1:, 0], 0.0)
    half = np.einsum("dij,di->dj", roots, moments)
    centres = np.einsum("dij,dj->di", roots, half)
    return centres, np.where(inside[:, :, None], roots, 0.0)
