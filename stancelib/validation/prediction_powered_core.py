"""PPI++ (Angelopoulos, Duchi and Zrnic 2023): means and regressions, over arrays.

Labels and predictions of n rows are set against predictions of N further rows. `tuning` (lambda in
the paper, inside [0, 1]) says how far predictions count: 0 is the estimate from labels alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stancelib.validation.moments_core import (
    Kind,
    cluster_factor,
    cluster_sums,
    information,
    least_squares,
    root_of,
    scores,
    sizes_of,
)

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one kind, labelled or not.

    Attributes
    ----------
    design : (n, k)
        A column of ones for a mean.
    predictions : (n,)
        What stands in for labels.
    weights : (n,)
        With mean 1.
    clusters : (n,)
        Numbers from 0, which labelled and unlabelled rows may share.
    """

    design: Array
    predictions: Array
    weights: Array
    clusters: Integers

    def __len__(self) -> int:
        return len(self.predictions)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be estimated.

    Attributes
    ----------
    kind : {"linear", "logistic"}
        Of the regression.
    labels : (n,)
        Of the labelled rows.
    labelled, unlabelled : Rows
        `unlabelled` may have no rows.
    """

    kind: Kind
    labels: Array
    labelled: Rows
    unlabelled: Rows


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate of k coefficients.

    Attributes
    ----------
    coefficients : (k,)
        A mean is one coefficient.
    covariance : (k, k)
        Of the coefficients.
    tuning : float
        How far predictions counted.
    """

    coefficients: Array
    covariance: Array
    tuning: float


def estimate_mean(problem: Problem, tuning: float | None) -> Estimate:
    """Mean of the labels; best tuning when it is None."""
    problem = replace(problem, kind="linear")
    if tuning is None:
        tuning = power_tuning(problem, _mean(problem, 1.0))
    known, other = problem.labelled, problem.unlabelled
    residual = problem.labels - tuning * known.predictions
    scaled = tuning * other.predictions
    influence = known.weights * (residual - np.average(residual, weights=known.weights))
    further = np.zeros(len(other))
    if tuning:
        further = other.weights * (scaled - np.average(scaled, weights=other.weights))
    # The variances of the paper's mean divide by n, and those of its regressions by n - 1.
    sizes = (1 - 1 / len(known), 1 - 1 / max(len(other), 2))
    covariance = _covariance(problem, influence[:, None], further[:, None], sizes)
    return Estimate(_mean(problem, tuning), covariance, tuning)


def estimate_regression(problem: Problem, tuning: float | None) -> Estimate:
    """Coefficients of a regression; best tuning, found twice as in ppi-python, when it is None."""
    if tuning is None:
        first = power_tuning(problem, _regression(problem, 1.0))
        tuning = power_tuning(problem, _regression(problem, first))
    at = _regression(problem, tuning)
    true, guessed, further = _three_scores(problem, at)
    inverse = _inverse_information(problem, at, tuning)
    covariance = _covariance(
        problem, (true - tuning * guessed) @ inverse, tuning * further @ inverse, (1.0, 1.0)
    )
    return Estimate(at, covariance, tuning)


def power_tuning(problem: Problem, at: Array) -> float:
    """Tuning in [0, 1] with the least total variance: example 6.1 of the paper, summed over terms.

    Clusters enter by sums of scores within them: the covariance of labelled scores with scores
    of predictions is that of sums, and the variance of predictions grows by the ratio of the
    variance of sums to that of rows. With one-item clusters both are those of rows.
    """
    known, other = problem.labelled, problem.unlabelled
    if not len(other):
        return 0.0
    inverse = _inverse_information(problem, at, 1.0)
    true, guessed, further = (_centred(s) @ inverse for s in _three_scores(problem, at))
    n, n_other = len(known), len(other)
    n_clusters = 1 + max(int(known.clusters.max()), int(other.clusters.max()))
    sums = cluster_sums(true, known.clusters, n_clusters) / n
    difference = (
        cluster_sums(guessed, known.clusters, n_clusters) / n
        - cluster_sums(further, other.clusters, n_clusters) / n_other
    )
    by_row = float((guessed**2).sum() / n**2 + (further**2).sum() / n_other**2)
    raw = np.concatenate([s @ inverse for s in _three_scores(problem, at)[1:]])
    variance = float(raw.var(0, ddof=1).sum()) * (1 / n + 1 / n_other)
    if by_row == 0 or variance == 0:
        return 0.0
    growth = float((difference**2).sum()) / by_row
    if growth == 0:
        return 0.0
    return float(np.clip((sums * difference).sum() / (variance * growth), 0, 1))


def _mean(problem: Problem, tuning: float) -> Array:
    known, other = problem.labelled, problem.unlabelled
    at = np.average(problem.labels - tuning * known.predictions, weights=known.weights)
    if tuning and len(other):
        at += tuning * np.average(other.predictions, weights=other.weights)
    return np.array([at], dtype=np.float64)


def _regression(problem: Problem, tuning: float) -> Array:
    known, other = problem.labelled, problem.unlabelled
    tuning = tuning if len(other) else 0.0
    if problem.kind == "linear":
        residual = problem.labels - tuning * known.predictions
        at = least_squares(known.design, residual, known.weights)
        if not tuning:
            return at
        return at + least_squares(other.design, tuning * other.predictions, other.weights)

    def moment(at: Array) -> Array:
        true, guessed, further = _three_scores(problem, at)
        rectified = (true - tuning * guessed).mean(0)
        return np.asarray(rectified + tuning * further.mean(0) if tuning else rectified)

    def derivative(at: Array) -> Array:
        near = information("logistic", known.design, known.weights, at) / len(known)
        if not tuning:
            return near
        far = information("logistic", other.design, other.weights, at) / len(other)
        return (1 - tuning) * near + tuning * far

    sizes = sizes_of(np.concatenate([known.design, other.design]))
    return root_of(moment, derivative, np.zeros(len(sizes)), sizes)


def _three_scores(problem: Problem, at: Array) -> tuple[Array, Array, Array]:
    """Scores of labels, of their predictions, and of the predictions of unlabelled rows."""
    kind, known, other = problem.kind, problem.labelled, problem.unlabelled
    return (
        scores(kind, known.design, problem.labels, known.weights, at),
        scores(kind, known.design, known.predictions, known.weights, at),
        scores(kind, other.design, other.predictions, other.weights, at),
    )


def _inverse_information(problem: Problem, at: Array, tuning: float) -> Array:
    known, other = problem.labelled, problem.unlabelled
    total, n = information(problem.kind, known.design, known.weights, at), len(known)
    if tuning and len(other):
        total = total + information(problem.kind, other.design, other.weights, at)
        n += len(other)
    return np.asarray(np.linalg.inv(total / n), dtype=np.float64)


def _centred(values: Array) -> Array:
    return np.asarray(values - values.mean(0), dtype=np.float64)


def _covariance(
    problem: Problem, influence: Array, further: Array, sizes: tuple[float, float]
) -> Array:
    """Covariance (k, k) of sums of influences over clusters, each kind with its own factor."""
    known, other = problem.labelled, problem.unlabelled
    factor = np.sqrt(cluster_factor(known.clusters) * sizes[0])
    parts, clusters = [factor * _centred(influence) / len(known)], [known.clusters]
    if further.any():
        factor = np.sqrt(cluster_factor(other.clusters) * sizes[1])
        parts.append(factor * _centred(further) / len(other))
        clusters.append(other.clusters)
    together = np.concatenate(clusters)
    sums = cluster_sums(np.concatenate(parts), together, int(together.max()) + 1)
    return np.asarray(sums.T @ sums, dtype=np.float64)
