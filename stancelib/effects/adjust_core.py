"""p-values of many hypotheses, corrected for their number.

Holm (1979) and the maximum of the statistics (Westfall and Young 1993) bound the chance of any
false alarm, Benjamini and Hochberg (1995) the expected share of false ones among the alarms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from stancelib.effects.placebo_core import step_down_p_values

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

_HIGHEST_LEVERAGE = 1 - 1e-9
_VALUES_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One coefficient of a whitened regression of n periods and k terms.

    Attributes
    ----------
    rows : (n,)
        Index of each period among all that occur in the family.
    design : (n, k)
        Whitened design.
    residuals : (n,)
        Whitened residuals.
    column : int
        Which coefficient.
    """

    rows: Integers
    design: Array
    residuals: Array
    column: int


def holm(p_values: Array) -> Array:
    """Step-down Bonferroni of Holm (1979), (s,).

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).round(4).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(p_values), 0, -1)
    return _in_order(order, np.maximum.accumulate(p_values[order] * factors))


def benjamini_hochberg(p_values: Array) -> Array:
    """False discovery rate of Benjamini and Hochberg (1995), (s,).

    Examples
    --------
    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03])).round(4).tolist()
    [0.03, 0.04, 0.04]
    """
    order = np.argsort(p_values, kind="stable")
    factors = len(p_values) / np.arange(1, len(p_values) + 1)
    rising = np.minimum.accumulate((p_values[order] * factors)[::-1])[::-1]
    return _in_order(order, rising)


def _in_order(order: Integers, values: Array) -> Array:
    adjusted = np.empty(len(values))
    adjusted[order] = np.minimum(values, 1.0)
    return adjusted


def max_t(
    p_values: Array, hypotheses: Sequence[Hypothesis], runs: int, rng: np.random.Generator
) -> Array:
    """Step-down maximum over statistics that are drawn jointly when nothing happened.

    What is observed enters as the statistic of Student's t that has its p-value, so that the
    uncertainty of the autocorrelation stays in it; no adjusted p-value is below the raw one.

    Parameters
    ----------
    p_values : (s,)
        Raw ones.
    hypotheses : sequence of Hypothesis
        One each.
    runs : int
        Joint draws.
    rng : numpy.random.Generator
        Of the draws.
    """
    freedom = np.array([np.subtract(*one.design.shape) for one in hypotheses], dtype=np.float64)
    observed = np.abs(special.stdtrit(freedom, p_values / 2))
    drawn = joint_statistics(hypotheses, runs, rng)
    adjusted = step_down_p_values(observed, np.column_stack([observed, drawn]))
    return np.maximum(adjusted, p_values)


def joint_statistics(
    hypotheses: Sequence[Hypothesis], runs: int, rng: np.random.Generator
) -> Array:
    """Statistics (s, runs) of series in which nothing happened, drawn jointly.

    Innovations of a period are normal with the correlations that the whitened residuals show;
    each regression is refitted to them. So one statistic alone follows Student's t exactly.
    """
    root = correlation_root(innovation_correlations(hypotheses))
    n_rows = 1 + max(int(one.rows.max()) for one in hypotheses)
    block = max(1, _VALUES_AT_ONCE // (len(hypotheses) * n_rows))
    sizes = [min(block, runs - start) for start in range(0, runs, block)]
    return np.concatenate([_block(hypotheses, root, n_rows, size, rng) for size in sizes], axis=1)


def _block(
    hypotheses: Sequence[Hypothesis],
    root: Array,
    n_rows: int,
    runs: int,
    rng: np.random.Generator,
) -> Array:
    shocks = rng.standard_normal((root.shape[1], n_rows * runs))
    drawn = (root @ shocks).reshape(len(hypotheses), n_rows, runs)
    return np.stack(
        [_statistics(one, values[one.rows]) for one, values in zip(hypotheses, drawn, strict=True)]
    )


def _statistics(one: Hypothesis, drawn: Array) -> Array:
    """Statistics (runs,) of one hypothesis in drawn innovations (n, runs)."""
    q, r = np.linalg.qr(one.design)
    projected = q.T @ drawn
    row = np.linalg.inv(r)[one.column]
    n_periods, n_terms = one.design.shape
    squares = (drawn**2).sum(0) - (projected**2).sum(0)
    error = np.sqrt(squares / (n_periods - n_terms) * float(row @ row))
    return np.asarray(row @ projected / error)


def innovation_correlations(hypotheses: Sequence[Hypothesis]) -> Array:
    """Correlations (s, s) of the whitened residuals, over the periods that two series share.

    Two that share no period have none.
    """
    n_rows = 1 + max(int(one.rows.max()) for one in hypotheses)
    scaled = np.zeros((len(hypotheses), n_rows))
    present = np.zeros((len(hypotheses), n_rows))
    for values, seen, one in zip(scaled, present, hypotheses, strict=True):
        q, _ = np.linalg.qr(one.design)
        leverage = np.minimum((q**2).sum(-1), _HIGHEST_LEVERAGE)
        values[one.rows] = one.residuals / np.sqrt(1 - leverage)
        seen[one.rows] = 1.0
    products = scaled @ scaled.T
    squares = scaled**2 @ present.T
    size = np.sqrt(squares * squares.T)
    correlations = np.where(size > 0, products / np.where(size > 0, size, 1.0), 0.0)
    np.fill_diagonal(correlations, 1.0)
    return np.asarray(correlations)


def correlation_root(correlations: Array) -> Array:
    """A matrix (s, s) whose product with its transpose is the nearest set of correlations.

    Correlations over different periods need not fit together: negative eigenvalues become 0.
    """
    values, vectors = np.linalg.eigh(correlations)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return np.asarray(root / np.linalg.norm(root, axis=1, keepdims=True))
