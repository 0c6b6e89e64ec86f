"""Least squares with weights that are not negative and sum to 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

Array = NDArray[np.float64]


def simplex_weights(columns: Array, wanted: Array, ridge: float, *, intercept: bool) -> Array:
    """Weights (J,) that bring ``columns @ weights`` closest to what is wanted.

    As the weights sum to 1, the residual is ``(columns - wanted) @ weights``: the point of a
    convex hull that is closest to 0. Without the sum, but with ``(sum - 1)^2`` added, the
    solution is a multiple of it (minimize over the multiple first), so that the active-set
    method for nonnegative least squares finds it exactly.

    Parameters
    ----------
    columns : (n, J)
        What is to be combined.
    wanted : (n,)
        What is to be reached.
    ridge : float
        Added: ``ridge^2`` times the sum of squared weights, to the mean squared residual.
    intercept : bool
        Whether a constant may be added to the combination.
    """
    n_rows, n_columns = columns.shape
    left = columns - wanted[:, None]
    if intercept:
        left = left - left.mean(0)
    penalty = ridge * np.sqrt(n_rows) * np.eye(n_columns)
    system = np.vstack([left, penalty])
    size = np.sqrt((system**2).mean()) or 1.0
    augmented = np.vstack([system / size, np.ones(n_columns)])
    target = np.zeros(len(augmented))
    target[-1] = 1.0
    weights = nnls(augmented, target, maxiter=30 * n_columns + 100)[0]
    return np.asarray(weights / weights.sum())
