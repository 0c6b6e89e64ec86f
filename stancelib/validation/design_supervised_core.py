"""Design-based supervised learning (Egami, Hinck, Stewart and Wei 2023, 2024), over arrays.

One variable, the outcome or a column of the design, is known for labelled rows and expected for
all. Moments of a row are those with the expected value, plus, for a labelled row, the inverse of
its probability to be labelled times the difference that the true value makes. Moments with the
expected value are multiplied by `tuning`, in [0, 1], in both places: at 0 they are left out.
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
    root_of,
    scores,
    sizes_of,
)
from stancelib.validation.surrogate_learner_core import Flags, cross_fitted, deal_folds

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Variables:
    """A regression on n rows.

    Attributes
    ----------
    kind : {"linear", "logistic"}
        Of the regression.
    outcome : (n,)
        Whatever where it is the measured variable and the row has no label.
    design : (n, k)
        Likewise, for the column `place`.
    place : int
        Column of the measured variable; -1 for the outcome.
    """

    kind: Kind
    outcome: Array
    design: Array
    place: int

    @property
    def measured(self) -> Array:
        """Values (n,) of the measured variable."""
        return self.outcome if self.place < 0 else self.design[:, self.place]

    def with_measured(self, values: Array) -> Variables:
        """The same with other values (n,) of the measured variable."""
        if self.place < 0:
            return replace(self, outcome=values)
        design = self.design.copy()
        design[:, self.place] = values
        return replace(self, design=design)

    def scores(self, at: Array) -> Array:
        """Moments (n, k)."""
        return scores(self.kind, self.design, self.outcome, np.ones(len(self.outcome)), at)

    def information(self, weights: Array, at: Array) -> Array:
        """Weighted sum over rows of the derivatives (k, k) of the moments."""
        return information(self.kind, self.design, weights, at)


@dataclass(frozen=True, slots=True)
class Labelling:
    """Which rows were labelled.

    Attributes
    ----------
    labelled : (n,)
        Whether a row has a label.
    ratio : (n,)
        Inverse inclusion probability of labelled rows, 0 for others; the mean is 1.
    clusters : (n,)
        Numbers from 0.
    """

    labelled: Flags
    ratio: Array
    clusters: Integers


@dataclass(frozen=True, slots=True)
class MomentEstimate:
    """Roots of the moments.

    Attributes
    ----------
    coefficients, errors, tuning : (k,)
        Of each term; `tuning` is 1 where nothing was tuned.
    """

    coefficients: Array
    errors: Array
    tuning: Array


@dataclass(frozen=True, slots=True)
class SplitEstimates:
    """What each of s splits gives.

    Attributes
    ----------
    coefficients, errors, tuning : (s, k)
        Of each split.
    explained : (s,)
        Share of the labels' variance that cross-fitted expectations explain; below 0 where they
        are worse than the labels' mean.
    """

    coefficients: Array
    errors: Array
    tuning: Array
    explained: Array

    def combined(self) -> MomentEstimate:
        """Medians over splits; errors count the spread of the splits (Chernozhukov et al. 2018)."""
        middle = np.median(self.coefficients, axis=0)
        spread = (self.coefficients - middle) ** 2
        errors = np.sqrt(np.median(self.errors**2 + spread, axis=0))
        return MomentEstimate(middle, errors, np.median(self.tuning, axis=0))


def estimate_over_splits(
    variables: Variables,
    labelling: Labelling,
    features: Array,
    start: Array,
    *,
    tuning: float | None,
    n_folds: int,
    n_splits: int,
    seed: int,
) -> SplitEstimates:
    """Estimates with `n_splits` random divisions into folds; features (n, p) tell the labels."""
    found, explained = [], []
    known = labelling.labelled
    truth = variables.measured
    for split in range(n_splits):
        generator = np.random.default_rng([seed, split])
        folds = deal_folds(labelling.clusters, known, n_folds, generator)
        guess = cross_fitted(truth, known, features, folds)
        found.append(estimate_with_guess(variables, labelling, guess, start, tuning))
        variance = float(truth[known].var())
        missed = float(((truth - guess)[known] ** 2).mean())
        explained.append(1 - missed / variance if variance else np.nan)
    return SplitEstimates(
        np.array([one.coefficients for one in found]),
        np.array([one.errors for one in found]),
        np.array([one.tuning for one in found]),
        np.array(explained),
    )


def estimate_with_guess(
    variables: Variables,
    labelling: Labelling,
    guess: Array,
    start: Array,
    tuning: float | None,
) -> MomentEstimate:
    """Root of the corrected moments, with expected values (n,) of the measured variable.

    `start` (k,) is where to look for it: the estimate from labels alone, of the same limit. With
    tuning None each coefficient has its own, the best there (`best_tuning`).
    """
    true = variables.with_measured(np.where(labelling.labelled, variables.measured, 0.0))
    expected = variables.with_measured(guess)

    if tuning is None:
        scales = best_tuning(true, expected, labelling, start)
    else:
        scales = np.full(len(start), tuning)
    roots = {scale: _root(true, expected, labelling, start, scale) for scale in set(scales)}
    return MomentEstimate(
        np.array([roots[scale].coefficients[term] for term, scale in enumerate(scales)]),
        np.array([roots[scale].errors[term] for term, scale in enumerate(scales)]),
        scales,
    )


def best_tuning(true: Variables, expected: Variables, labelling: Labelling, at: Array) -> Array:
    """Tuning (k,) in [0, 1] with the least variance of each coefficient, near `at` (k,).

    As in PPI++ (Angelopoulos, Duchi and Zrnic 2023), each variance is a parabola in its tuning.
    """
    ratio, clusters = labelling.ratio, labelling.clusters
    inverse = np.linalg.inv(true.information(ratio, at))
    n_clusters = int(clusters.max()) + 1
    kept = cluster_sums(ratio[:, None] * true.scores(at) @ inverse, clusters, n_clusters)
    taken = cluster_sums((ratio - 1)[:, None] * expected.scores(at) @ inverse, clusters, n_clusters)
    size = (taken**2).sum(0)
    slope = (kept * taken).sum(0)
    best = np.divide(slope, size, out=np.zeros_like(size), where=size > 0)
    return np.asarray(np.clip(best, 0, 1), dtype=np.float64)


def _root(
    true: Variables, expected: Variables, labelling: Labelling, start: Array, scale: float
) -> MomentEstimate:
    ratio = labelling.ratio

    def moments(at: Array) -> Array:
        guessed = (scale * (1 - ratio))[:, None] * expected.scores(at)
        return np.asarray(guessed + ratio[:, None] * true.scores(at))

    def derivative(at: Array) -> Array:
        total = expected.information(scale * (1 - ratio), at) + true.information(ratio, at)
        return np.asarray(total / len(ratio), dtype=np.float64)

    sizes = sizes_of(expected.design)
    at = root_of(lambda at: np.asarray(moments(at).mean(0)), derivative, start, sizes)
    return _with_errors(at, moments(at), derivative(at), labelling.clusters)


def estimate_weighted(variables: Variables, weights: Array, clusters: Integers) -> MomentEstimate:
    """The same regression with weights (n,), without correction."""
    n = len(weights)

    def moments(at: Array) -> Array:
        return np.asarray(weights[:, None] * variables.scores(at))

    def derivative(at: Array) -> Array:
        return np.asarray(variables.information(weights, at) / n, dtype=np.float64)

    sizes = sizes_of(variables.design)
    at = root_of(lambda at: np.asarray(moments(at).mean(0)), derivative, 0 * sizes, sizes)
    return _with_errors(at, moments(at), derivative(at), clusters)


def _with_errors(
    at: Array, moments: Array, derivative: Array, clusters: Integers
) -> MomentEstimate:
    """Sandwich of cluster sums, times ``G / (G - 1) * (n - 1) / n``: 1 without clusters."""
    n = len(moments)
    sums = cluster_sums(moments, clusters, int(clusters.max()) + 1) / n
    spread = np.linalg.solve(derivative, sums.T)
    factor = cluster_factor(clusters) * (n - 1) / n
    return MomentEstimate(at, np.sqrt(factor * (spread**2).sum(1)), np.ones(len(at)))
