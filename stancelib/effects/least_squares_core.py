"""Weighted least squares with ordinary or heteroskedasticity- and autocorrelation-robust errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.student_mixture_core import StudentMixture

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LeastSquaresFit:
    """A weighted regression.

    Attributes
    ----------
    coefficients : (k,)
        Of the columns of the design.
    covariance : (k, k)
        Of the coefficients.
    degrees_of_freedom : float
        Of the reference distribution of Student's t.
    """

    coefficients: Array
    covariance: Array
    degrees_of_freedom: float

    @property
    def mixture(self) -> StudentMixture:
        """The same as a mixture with one component."""
        return StudentMixture(
            np.ones(1),
            self.coefficients[None],
            self.covariance[None],
            self.degrees_of_freedom,
        )


def fit_ordinary(outcome: Array, design: Array, weights: Array) -> LeastSquaresFit:
    """Least squares with errors that take the periods for independent.

    Parameters
    ----------
    outcome, weights : (n,)
        Weights are inverse variances, up to a factor.
    design : (n, k)
        With a constant.
    """
    root = np.sqrt(weights)
    white = design * root[:, None]
    coefficients, inverse = _solve(outcome * root, white)
    residuals = outcome * root - white @ coefficients
    freedom = len(outcome) - design.shape[1]
    covariance = inverse * float(residuals @ residuals) / freedom
    return LeastSquaresFit(coefficients, covariance, float(freedom))


def fit_robust(
    outcome: Array, design: Array, weights: Array, times: Array, maximum_lags: int
) -> LeastSquaresFit:
    """Least squares with the errors of Newey and West (1987) over elapsed time.

    The Bartlett weight of two periods is ``1 - lag / (maximum_lags + 1)`` with `lag` the periods
    between them, so that a gap counts as time; n / (n - k) corrects for the coefficients. The
    reference distribution has the degrees of freedom of the long-run variance, about
    ``1.5 n / (maximum_lags + 1)`` (Tukey 1949; Lazarus et al. 2018), at most ``n - k``.

    Parameters
    ----------
    outcome, weights, times : (n,)
        `times` counts periods from any origin.
    design : (n, k)
        With a constant.
    maximum_lags : int
        Longest distance, in periods, at which errors are allowed to be correlated.
    """
    root = np.sqrt(weights)
    white = design * root[:, None]
    coefficients, inverse = _solve(outcome * root, white)
    scores = white * (outcome * root - white @ coefficients)[:, None]
    covariance = sandwich(scores, inverse, times, maximum_lags)
    freedom = robust_freedom(len(design), design.shape[1], maximum_lags)
    return LeastSquaresFit(coefficients, covariance, freedom)


def sandwich(scores: Array, inverse: Array, times: Array, maximum_lags: int) -> Array:
    """Newey-West covariance (k, k) of an estimate over elapsed time, n / (n - k) included.

    Parameters
    ----------
    scores : (n, k)
        Derivatives of each period's contribution to what is maximized.
    inverse : (k, k)
        Inverse of the information.
    times : (n,)
        Periods from any origin.
    maximum_lags : int
        Longest distance, in periods, at which errors are allowed to be correlated.
    """
    lags = np.abs(times[:, None] - times[None, :])
    kernel = np.maximum(1 - lags / (maximum_lags + 1), 0.0)
    n_periods, n_terms = scores.shape
    correction = n_periods / (n_periods - n_terms)
    middle = scores.T @ kernel @ scores
    return np.asarray(inverse @ middle @ inverse * correction, dtype=np.float64)


def robust_freedom(n_periods: int, n_terms: int, maximum_lags: int) -> float:
    """Degrees of freedom of the long-run variance, at most those of the residuals."""
    return float(min(n_periods - n_terms, 1.5 * n_periods / (maximum_lags + 1)))


def default_lags(n_periods: int) -> int:
    """``1.3 sqrt(n)``, rounded up: the rule of Lazarus, Lewis, Stock and Watson (2018).

    Examples
    --------
    >>> default_lags(100)
    13
    """
    return int(np.ceil(1.3 * np.sqrt(n_periods)))


def _solve(outcome: Array, design: Array) -> tuple[Array, Array]:
    """Coefficients (k,) and the inverse of the cross-product (k, k), by QR."""
    q, r = np.linalg.qr(design)
    inverse_root = np.linalg.inv(r)
    return inverse_root @ (q.T @ outcome), inverse_root @ inverse_root.T
