"""`prediction_powered_mean` and `prediction_powered_regression`: many predictions, few labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from stancelib.errors import ArgumentError
from stancelib.validation import array_checks as checks
from stancelib.validation.corrected_tables import Reference
from stancelib.validation.moments_core import KINDS, Kind
from stancelib.validation.prediction_powered_assembly import (
    Tuning,
    powered_result,
    read_problem,
)
from stancelib.validation.prediction_powered_core import estimate_mean, estimate_regression
from stancelib.validation.prediction_powered_result import PredictionPowered


def prediction_powered_mean(
    labels: ArrayLike,
    predictions: ArrayLike,
    unlabelled_predictions: ArrayLike,
    *,
    tuning: Tuning = "power",
    clusters: ArrayLike | None = None,
    unlabelled_clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    unlabelled_weights: ArrayLike | None = None,
    confidence_level: float = 0.95,
    reference: Reference = "normal",
) -> PredictionPowered:
    """Estimate a mean from many predictions, corrected by labels of a random part of them.

    A share is the mean of an indicator: hand in 1 and 0 for labels, and probabilities (or 1 and 0)
    for predictions. See the second example.

    Parameters
    ----------
    labels : array_like of shape (n,)
        What human coders said, as numbers: -1, 0, 1 for a stance.
    predictions : array_like of shape (n,)
        What the scorer says of the same rows, in the same unit.
    unlabelled_predictions : array_like of shape (N,)
        What it says of further rows of the same population; may be empty, and then the estimate
        is that of the labels alone.
    tuning : "power" or float
        How far predictions count, in [0, 1]; "power": with the least variance, so that useless
        predictions are left out.
    clusters, unlabelled_clusters : array_like of shape (n,) and (N,), optional
        Names of articles (or stories) that rows belong to. One name in both is one cluster.
    weights, unlabelled_weights : array_like of shape (n,) and (N,), optional
        At least 0, such as inverse inclusion probabilities; each is divided by its mean. Ones when
        not given.
    confidence_level : float
        Of the intervals, inside (0, 1).
    reference : {"normal", "t"}
        Distribution of the intervals. "t" has the number of labelled clusters less one for its
        degrees of freedom: take it with fewer than about 50 clusters.

    Returns
    -------
    PredictionPowered
        ``.table`` (term "mean"), ``.comparison``, ``.tuning``, ``.effective_n``, ``.sentence``.

    Raises
    ------
    ArgumentError
        For an unknown option, or clusters of one kind of rows alone.
    DataError
        For lengths that differ, or numbers that are missing.
    NotEnoughDataError
        For fewer than two labelled clusters.

    Notes
    -----
    Labelled rows must be drawn at random (with probabilities in proportion to the inverse of
    `weights`). Variances of single rows divide by n, as in the paper; those of G clusters are
    multiplied by ``G / (G - 1) * (n - 1) / n``, which is 1 for clusters of one row. With weights,
    errors count that their sum is random.

    References
    ----------
    Angelopoulos, A. N., Duchi, J. C. and Zrnic, T. (2023). PPI++: efficient prediction-powered
    inference. arXiv:2311.01453. Liang, K.-Y. and Zeger, S. L. (1986). Longitudinal data analysis
    using generalized linear models. Biometrika 73(1), 13-22, for clusters.

    Examples
    --------
    >>> import numpy as np
    >>> import polars as pl
    >>> import stancelib as sl
    >>> rng = np.random.default_rng(1)
    >>> stance = rng.choice([-1, 0, 1], size=2_000, p=[0.5, 0.3, 0.2])
    >>> predicted = 0.8 * stance + 0.2 + rng.normal(0, 0.2, 2_000)
    >>> result = sl.prediction_powered_mean(stance[:200], predicted[:200], predicted[200:])
    >>> result.comparison.select("method", pl.col("estimate").round(2)).rows()
    [('raw', -0.04), ('corrected', -0.31), ('labels only', -0.3)]

    The share of sentences against:

    >>> against = sl.prediction_powered_mean(
    ...     stance[:200] == -1, predicted[:200] < -0.3, predicted[200:] < -0.3
    ... )
    >>> against.table.select(pl.col("estimate", "se").round(3)).row(0)
    (0.509, 0.017)
    """
    known = checks.read_vector("labels", labels)
    further = checks.read_vector("unlabelled_predictions", unlabelled_predictions)
    problem = read_problem(
        "linear",
        known,
        checks.read_vector("predictions", predictions, len(known)),
        further,
        designs=(np.ones((len(known), 1)), np.ones((len(further), 1))),
        clusters=(clusters, unlabelled_clusters),
        weights=(weights, unlabelled_weights),
    )
    return powered_result(
        problem, estimate_mean, ["mean"], tuning, reference=reference, level=confidence_level
    )


def prediction_powered_regression(
    design: ArrayLike,
    labels: ArrayLike,
    predictions: ArrayLike,
    unlabelled_design: ArrayLike,
    unlabelled_predictions: ArrayLike,
    *,
    kind: Kind = "linear",
    tuning: Tuning = "power",
    clusters: ArrayLike | None = None,
    unlabelled_clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    unlabelled_weights: ArrayLike | None = None,
    terms: Sequence[str] | None = None,
    confidence_level: float = 0.95,
    reference: Reference = "normal",
) -> PredictionPowered:
    """Estimate a regression of many predictions, corrected by labels of a random part of them.

    Parameters
    ----------
    design : array_like of shape (n, k)
        Of the labelled rows, with a column of ones if there is to be a constant.
    labels, predictions : array_like of shape (n,)
        The outcome, by human coders and by the scorer. Logistic: in [0, 1].
    unlabelled_design : array_like of shape (N, k)
        Of further rows; may be empty.
    unlabelled_predictions : array_like of shape (N,)
        Of the same rows.
    kind : {"linear", "logistic"}
        Ordinary (with weights: weighted) least squares, or logit.
    tuning : "power" or float
        How far predictions count, in [0, 1]; "power": with the least sum of variances.
    clusters, unlabelled_clusters : array_like of shape (n,) and (N,), optional
        Names of articles (or stories) that rows belong to. One name in both is one cluster.
    weights, unlabelled_weights : array_like of shape (n,) and (N,), optional
        At least 0; each is divided by its mean. Ones when not given.
    terms : sequence of str, optional
        Names of the k columns; x0, x1 and so on when not given.
    confidence_level : float
        Of the intervals, inside (0, 1).
    reference : {"normal", "t"}
        Distribution of the intervals. "t" has the number of labelled clusters less one for its
        degrees of freedom: take it with fewer than about 50 clusters.

    Returns
    -------
    PredictionPowered
        ``.table``, ``.comparison``, ``.tuning``, ``.effective_n``, ``.sentence``.

    Raises
    ------
    ArgumentError
        For an unknown option, terms of another number, or clusters of one kind of rows alone.
    DataError
        For shapes that do not fit, missing numbers, or a design without full rank.
    NotEnoughDataError
        For fewer than two labelled clusters, no more labels than columns, or a logit without a
        solution.

    Notes
    -----
    Errors are those of a sandwich, robust to heteroskedasticity, with n / (n - 1) for labelled and
    N / (N - 1) for unlabelled rows, or G / (G - 1) for clusters. The estimates and intervals are
    those of the authors' ppi-python: a linear regression adds the fit of the scorer's errors to
    that of predictions, a logistic one solves the corrected moments.

    References
    ----------
    Angelopoulos, A. N., Duchi, J. C. and Zrnic, T. (2023). PPI++: efficient prediction-powered
    inference. arXiv:2311.01453.

    Examples
    --------
    >>> import numpy as np
    >>> import polars as pl
    >>> import stancelib as sl
    >>> rng = np.random.default_rng(1)
    >>> after = np.repeat([0, 1], 500)[rng.permutation(1_000)]
    >>> stance = -0.2 + 0.1 * after + rng.normal(0, 0.4, 1_000)
    >>> predicted = stance + 0.2 * after + rng.normal(0, 0.2, 1_000)  # errs more after the event
    >>> design = np.column_stack([np.ones(1_000), after])
    >>> result = sl.prediction_powered_regression(
    ...     design[:300], stance[:300], predicted[:300], design[300:], predicted[300:],
    ...     terms=["constant", "after"],
    ... )
    >>> result.comparison.filter(term="after").select("method", pl.col("estimate").round(2)).rows()
    [('raw', 0.31), ('corrected', 0.14), ('labels only', 0.08)]
    """
    if kind not in KINDS:
        raise ArgumentError.unknown("kind", kind, KINDS)
    near = checks.read_design("design", design)
    far = checks.read_design("unlabelled_design", unlabelled_design, near.shape[1])
    names = [f"x{place}" for place in range(near.shape[1])] if terms is None else list(terms)
    if len(names) != near.shape[1] or len(set(names)) < len(names):
        raise ArgumentError(f"terms must be {near.shape[1]} different names; got {names}")
    problem = read_problem(
        kind,
        checks.read_vector("labels", labels, len(near)),
        checks.read_vector("predictions", predictions, len(near)),
        checks.read_vector("unlabelled_predictions", unlabelled_predictions, len(far)),
        designs=(near, far),
        clusters=(clusters, unlabelled_clusters),
        weights=(weights, unlabelled_weights),
    )
    return powered_result(
        problem, estimate_regression, names, tuning, reference=reference, level=confidence_level
    )
