"""Moments of linear and logistic regression: scores, information, roots and clustered errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Kind = Literal["linear", "logistic"]

KINDS: Final[tuple[Kind, ...]] = ("linear", "logistic")
# Where a column divides the outcome, each step adds about 1 to the line, without an end.
_STEPS: Final = 34
_HALVINGS: Final = 40
_ROUNDING: Final = 1e-9


class NoRootError(ArithmeticError):
    """The moments have no root that Newton's method finds."""


def expected(kind: Kind, design: Array, coefficients: Array) -> Array:
    """Expected outcome (n,) of rows of a design (n, k)."""
    line = design @ coefficients
    return line if kind == "linear" else np.asarray(expit(line), dtype=np.float64)


def scores(kind: Kind, design: Array, outcome: Array, weights: Array, at: Array) -> Array:
    """Gradient (n, k) of each row's loss at coefficients (k,)."""
    return np.asarray((weights * (expected(kind, design, at) - outcome))[:, None] * design)


def information(kind: Kind, design: Array, weights: Array, at: Array) -> Array:
    """Sum over rows of the second derivative (k, k) of the loss."""
    if kind == "logistic":
        share = expected(kind, design, at)
        weights = weights * share * (1 - share)
    return np.asarray(design.T @ (weights[:, None] * design), dtype=np.float64)


def least_squares(design: Array, outcome: Array, weights: Array) -> Array:
    """Coefficients (k,) of weighted least squares; weights may be 0."""
    root = np.sqrt(weights)
    return np.asarray(np.linalg.lstsq(design * root[:, None], outcome * root)[0], dtype=np.float64)


def sizes_of(design: Array) -> Array:
    """Root mean square (k,) of the columns of a design; 1 where that is 0."""
    found = np.sqrt((design**2).mean(0))
    return np.where(found > 0, found, 1.0)


def root_of(
    moment: Callable[[Array], Array],
    derivative: Callable[[Array], Array],
    start: Array,
    sizes: Array,
) -> Array:
    """Root (k,) of a moment by Newton's method, with steps halved until the moment shrinks.

    `sizes` (k,) are those of the columns of the design, so that units do not matter.

    Raises
    ------
    NoRootError
        When the derivative is singular, the moment stops to shrink, or no step ends the search.
    """
    at, value = start, moment(start)
    for _ in range(_STEPS):
        size = _largest(value / sizes)
        step = _newton_step(derivative(at), value)
        if _largest(step * sizes) <= _ROUNDING * (1 + _largest(at * sizes)):
            return at - step
        for halving in range(_HALVINGS):
            following = at - step / 2**halving
            next_value = moment(following)
            if _largest(next_value / sizes) < size:
                break
        else:
            raise NoRootError("the moments do not come near 0")
        at, value = following, next_value
    raise NoRootError("Newton's method did not end")


def _newton_step(derivative: Array, value: Array) -> Array:
    try:
        return np.asarray(np.linalg.solve(derivative, value), dtype=np.float64)
    except np.linalg.LinAlgError as error:
        raise NoRootError("the derivative of the moments is singular") from error


def _largest(values: Array) -> float:
    return float(np.abs(values).max())


def cluster_sums(values: Array, clusters: Integers, n_clusters: int) -> Array:
    """Sums (G, k) of rows (n, k) over clusters that are numbered from 0."""
    found = np.zeros((n_clusters, values.shape[1]))
    np.add.at(found, clusters, values)
    return found


def cluster_factor(clusters: Integers) -> float:
    """G / (G - 1) for G clusters (Liang and Zeger 1986); n / (n - 1) for one-item clusters."""
    n_clusters = len(np.unique(clusters))
    return n_clusters / (n_clusters - 1)
