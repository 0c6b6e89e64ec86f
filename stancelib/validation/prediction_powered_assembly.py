"""From arrays to a `PredictionPowered`: what a mean and a regression share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stancelib.errors import ArgumentError, NotEnoughDataError
from stancelib.validation import array_checks as checks
from stancelib.validation.corrected_tables import (
    CORRECTED,
    LABELS_ONLY,
    RAW,
    REFERENCES,
    Fitted,
    Reference,
    comparison_table,
    term_table,
    told_rows,
)
from stancelib.validation.moments_core import Kind, NoRootError
from stancelib.validation.prediction_powered_core import Estimate, Problem, Rows
from stancelib.validation.prediction_powered_result import PredictionPowered

Array = NDArray[np.float64]
Tuning = Literal["power"] | float
Estimator = Callable[[Problem, float | None], Estimate]


def read_problem(
    kind: Kind,
    labels: Array,
    predictions: Array,
    further: Array,
    *,
    designs: tuple[Array, Array],
    clusters: tuple[ArrayLike | None, ArrayLike | None],
    weights: tuple[ArrayLike | None, ArrayLike | None],
) -> Problem:
    """Labels, predictions and designs as one problem, checked."""
    if kind == "logistic":
        for name, values in (
            ("labels", labels),
            ("predictions", predictions),
            ("unlabelled_predictions", further),
        ):
            checks.check_shares(name, values)
    near, far = checks.read_clusters(*clusters, len(labels), len(further))
    near_weights = checks.read_weights("weights", weights[0], len(labels))
    far_weights = checks.read_weights("unlabelled_weights", weights[1], len(further))
    return Problem(
        kind,
        labels,
        Rows(designs[0], predictions, near_weights, near),
        Rows(designs[1], further, far_weights, far),
    )


def powered_result(
    problem: Problem,
    estimator: Estimator,
    terms: list[str],
    tuning: Tuning,
    *,
    reference: Reference,
    level: float,
) -> PredictionPowered:
    """The estimate beside those from predictions and from labels alone."""
    checks.check_level(level)
    if reference not in REFERENCES:
        raise ArgumentError.unknown("reference", reference, REFERENCES)
    asked = checks.read_tuning(tuning) if len(problem.unlabelled) else 0.0
    everything = _predictions_as_labels(problem)
    try:
        estimate = estimator(problem, asked)
        alone = _fitted(estimator(problem, 0.0), problem, reference)
        raw = _fitted(estimator(everything, 0.0), everything, reference)
    except (NoRootError, np.linalg.LinAlgError) as error:
        raise NotEnoughDataError(
            f"the logit has no solution ({error}): perhaps a column divides labels of 0 and 1 "
            "without exception; take fewer columns, or more labels"
        ) from error
    corrected = _fitted(estimate, problem, reference)
    comparison = comparison_table(
        {RAW: raw, CORRECTED: corrected, LABELS_ONLY: alone}, terms, level=level
    )
    n, n_other = len(problem.labelled), len(problem.unlabelled)
    return PredictionPowered(
        table=term_table(corrected, alone, terms, level=level, n=n + n_other, n_labels=n),
        comparison=comparison,
        tuning=estimate.tuning,
        n_labelled=n,
        n_unlabelled=n_other,
        n_clusters=len(np.unique(problem.labelled.clusters)),
        confidence_level=level,
        sentence=(
            f"{n:,} labels correct the predictions of {n + n_other:,} rows (tuning "
            f"{estimate.tuning:.2f}). {told_rows(comparison, terms[-1], level)}"
        ),
    )


def _predictions_as_labels(problem: Problem) -> Problem:
    """All rows, as if the scorer made no errors."""
    near, far = problem.labelled, problem.unlabelled
    rows = Rows(
        np.concatenate([near.design, far.design]),
        np.concatenate([near.predictions, far.predictions]),
        np.concatenate([near.weights, far.weights]),
        np.concatenate([near.clusters, far.clusters]),
    )
    nobody = Rows(far.design[:0], far.predictions[:0], far.weights[:0], far.clusters[:0])
    return replace(problem, labels=rows.predictions, labelled=rows, unlabelled=nobody)


def _fitted(estimate: Estimate, problem: Problem, reference: Reference) -> Fitted:
    freedom = np.inf
    if reference == "t":
        freedom = len(np.unique(problem.labelled.clusters)) - 1.0
    errors = np.sqrt(np.diag(estimate.covariance))
    return Fitted(estimate.coefficients, np.asarray(errors, dtype=np.float64), freedom)
