"""`design_supervised_regression`: a regression with a variable that a scorer predicted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from stancelib.errors import ArgumentError, NotEnoughDataError
from stancelib.validation.array_checks import check_level, read_tuning
from stancelib.validation.corrected_tables import (
    CORRECTED,
    LABELS_ONLY,
    RAW,
    Fitted,
    comparison_table,
    term_table,
    told_rows,
)
from stancelib.validation.design_supervised_core import (
    MomentEstimate,
    SplitEstimates,
    estimate_over_splits,
    estimate_weighted,
)
from stancelib.validation.design_supervised_frame import (
    CONSTANT,
    Columns,
    Read,
    only_labelled,
    read_frame,
)
from stancelib.validation.design_supervised_result import DesignSupervised
from stancelib.validation.moments_core import Kind, NoRootError
from stancelib.validation.prediction_powered_assembly import Tuning

_FEWEST_FOLDS = 2


def design_supervised_regression(
    frame: pl.DataFrame,
    *,
    outcome: str,
    terms: Sequence[str],
    prediction: str,
    measured: str | None = None,
    kind: Kind = "linear",
    inclusion_probability: str | None = None,
    covariates: Sequence[str] = (),
    clusters: str | None = None,
    tuning: Tuning = "power",
    n_folds: int = 5,
    n_splits: int = 10,
    confidence_level: float = 0.95,
    seed: int = 0,
) -> DesignSupervised:
    """Estimate a regression in which one variable is predicted for all rows and labelled for some.

    That variable may be the outcome or one of the terms. However wrong the predictions are, the
    estimates are right as long as rows were labelled with known probabilities.

    Parameters
    ----------
    frame : polars.DataFrame
        A row for each unit, labelled or not; all columns that are named here are numbers.
    outcome : str
        Column of the outcome; 0 or 1 (or a share) for a logistic regression.
    terms : sequence of str
        Columns of the regression. A constant is added.
    prediction : str
        Column with the scorer's value of the measured variable, without nulls.
    measured : str, optional
        The column that coders labelled: the outcome, which it is when not given, or one of
        `terms`. Null: not labelled.
    kind : {"linear", "logistic"}
        Least squares, or logit.
    inclusion_probability : str, optional
        Column with the probability of a row to be labelled, in (0, 1]; may be null where a row is
        not labelled. When not given, labelled rows are a simple random sample.
    covariates : sequence of str
        Columns that help to tell the labels from the prediction; none by default, as in the R
        package. They make estimates more precise, and cannot make them wrong.
    clusters : str, optional
        Column with the name of the article (or story) that a row belongs to.
    tuning : "power" or float
        How far predictions count, in [0, 1]; "power": each coefficient has its own, with the
        least variance, so that useless predictions are left out. 1: the estimator of the paper and
        of the R package.
    n_folds, n_splits : int
        Folds of the cross-fitting, and random divisions into folds, over which the median is taken.
    confidence_level : float
        Of the intervals, inside (0, 1).
    seed : int
        Of the divisions.

    Returns
    -------
    DesignSupervised
        ``.table``, ``.comparison``, ``.splits``, ``.explained``, ``.effective_n``, ``.sentence``.

    Raises
    ------
    ArgumentError
        For unknown options or names, fewer than two folds, or no split.
    DataError
        For columns that are missing, not numbers, or have missing values, probabilities that do not
        fit the frame, or a design without full rank.
    NotEnoughDataError
        For no more labels than coefficients, fewer labelled clusters than twice `n_folds`, or
        moments without a root.

    Notes
    -----
    Labels are learnt by ridge regression on the prediction, its square, the covariates and their
    products with the prediction, with folds that keep clusters whole; the R package takes a random
    forest. The moments of a labelled row are corrected by the inverse of its inclusion probability.
    Errors are those of a sandwich; those of G clusters are multiplied by
    ``G / (G - 1) * (n - 1) / n``; they count the spread over splits. They take rows to be labelled
    independently, which is a little cautious for samples of fixed size. Intervals are normal:
    with few clusters they are too short.

    References
    ----------
    Egami, N., Hinck, M., Stewart, B. M. and Wei, H. (2023). Using imperfect surrogates for
    downstream inference: design-based supervised learning for social science applications of large
    language models. NeurIPS 36; (2024) Using large language model annotations for the social
    sciences: a general framework of using predicted variables in downstream analyses.
    Chernozhukov, V. et al. (2018). Double/debiased machine learning for treatment and structural
    parameters. The Econometrics Journal 21(1), C1-C68, for medians over splits.

    Examples
    --------
    >>> import numpy as np
    >>> import polars as pl
    >>> import stancelib as sl
    >>> rng = np.random.default_rng(3)
    >>> after = rng.integers(0, 2, 3_000)
    >>> stance = -0.3 + 0.2 * after + rng.normal(0, 0.5, 3_000)
    >>> frame = pl.DataFrame({
    ...     "after": after,
    ...     "predicted": stance + 0.3 * after + rng.normal(0, 0.3, 3_000),
    ...     "stance": np.where(rng.permutation(3_000) < 400, stance, np.nan),
    ... }).with_columns(pl.col("stance").fill_nan(None))
    >>> result = sl.design_supervised_regression(
    ...     frame, outcome="stance", terms=["after"], prediction="predicted", covariates=["after"]
    ... )
    >>> result.comparison.filter(term="after").select("method", pl.col("estimate").round(2)).rows()
    [('raw', 0.5), ('corrected', 0.21), ('labels only', 0.16)]
    """
    check_level(confidence_level)
    asked = read_tuning(tuning)
    if n_folds < _FEWEST_FOLDS or n_splits < 1:
        raise ArgumentError(
            f"n_folds must be at least {_FEWEST_FOLDS} and n_splits at least 1; got {n_folds} "
            f"and {n_splits}"
        )
    names = Columns(
        outcome=outcome,
        terms=terms,
        measured=outcome if measured is None else measured,
        prediction=prediction,
        covariates=covariates,
        inclusion_probability=inclusion_probability,
        clusters=clusters,
    )
    read = read_frame(frame, names, kind)
    _check_folds(read, n_folds)
    try:
        raw = estimate_weighted(read.predicted, np.ones(frame.height), read.labelling.clusters)
        alone = estimate_weighted(*only_labelled(read))
        splits = estimate_over_splits(
            read.variables,
            read.labelling,
            read.features,
            alone.coefficients,
            tuning=asked,
            n_folds=n_folds,
            n_splits=n_splits,
            seed=seed,
        )
    except (NoRootError, np.linalg.LinAlgError) as error:
        raise NotEnoughDataError(
            f"the regression has no solution ({error}): too few labels for these terms, or a term "
            "that divides outcomes of 0 and 1 without exception"
        ) from error
    return _result(read, raw, alone, splits, [CONSTANT, *terms], level=confidence_level)


def _check_folds(read: Read, n_folds: int) -> None:
    labelling = read.labelling
    n_clusters = len(np.unique(labelling.clusters[labelling.labelled]))
    if n_clusters < 2 * n_folds:
        raise NotEnoughDataError(
            f"{n_clusters} labelled clusters are too few for {n_folds} folds; at least "
            f"{2 * n_folds} are needed"
        )


def _result(
    read: Read,
    raw: MomentEstimate,
    alone: MomentEstimate,
    splits: SplitEstimates,
    terms: list[str],
    *,
    level: float,
) -> DesignSupervised:
    combined, labelling = splits.combined(), read.labelling
    corrected = _fitted(combined)
    n, n_labels = len(labelling.ratio), int(labelling.labelled.sum())
    methods = {RAW: _fitted(raw), CORRECTED: corrected, LABELS_ONLY: _fitted(alone)}
    comparison = comparison_table(methods, terms, level=level)
    n_splits, k = splits.coefficients.shape
    told = terms[max(read.variables.place, 1)]
    explained = float(np.median(splits.explained))
    return DesignSupervised(
        table=term_table(
            corrected, methods[LABELS_ONLY], terms, level=level, n=n, n_labels=n_labels
        ),
        comparison=comparison,
        splits=pl.DataFrame(
            {
                "split": np.repeat(np.arange(n_splits), k),
                "term": terms * n_splits,
                "estimate": splits.coefficients.ravel(),
                "se": splits.errors.ravel(),
            }
        ),
        tuning=dict(zip(terms, combined.tuning.tolist(), strict=True)),
        explained=explained,
        n_labelled=n_labels,
        n_rows=n,
        n_clusters=len(np.unique(labelling.clusters)),
        confidence_level=level,
        sentence=(
            f"{n_labels:,} labels correct the predictions of {n:,} rows, which explain "
            f"{explained:.0%} of the labels' variance. "
            f"{told_rows(comparison, told, level)}"
        ),
    )


def _fitted(estimate: MomentEstimate) -> Fitted:
    return Fitted(estimate.coefficients, estimate.errors)
