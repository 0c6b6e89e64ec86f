"""The frame of a design-based supervised regression, read and checked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.errors import ArgumentError, DataError, NotEnoughDataError
from stancelib.validation.array_checks import check_rank, check_shares
from stancelib.validation.design_supervised_core import Labelling, Variables
from stancelib.validation.moments_core import KINDS, Kind
from stancelib.validation.surrogate_learner_core import surrogate_features

Array = NDArray[np.float64]

CONSTANT: Final = "constant"
_FARTHEST: Final = 2.0


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns of a regression.

    Attributes
    ----------
    outcome, measured, prediction : str
        `measured` is the outcome or one of the terms.
    terms, covariates : sequence of str
        Of the regression, and of the learner beside the prediction.
    inclusion_probability, clusters : str or None
        As the caller gave them.
    """

    outcome: str
    terms: Sequence[str]
    measured: str
    prediction: str
    covariates: Sequence[str]
    inclusion_probability: str | None
    clusters: str | None


@dataclass(frozen=True, slots=True)
class Read:
    """What was read.

    Attributes
    ----------
    variables : Variables
        True values where labelled.
    predicted : Variables
        The scorer's values throughout.
    labelling : Labelling
        Which rows were labelled.
    features : (n, p)
        What labels are learnt from.
    """

    variables: Variables
    predicted: Variables
    labelling: Labelling
    features: Array


def read_frame(frame: pl.DataFrame, names: Columns, kind: Kind) -> Read:
    """Arrays of a frame's columns.

    Raises
    ------
    ArgumentError
        For an unknown kind, terms named twice, or a measured variable that is none of them.
    DataError
        For columns that are missing, not numbers, or have missing values (but labels), inclusion
        probabilities that do not fit, or a design without full rank.
    NotEnoughDataError
        For no more labels than coefficients.
    """
    _check_names(frame, names, kind)
    labelled = frame[names.measured].is_not_null().to_numpy()
    known = {name: _numbers(frame, name) for name in _complete(names)}
    measured = _numbers(frame.filter(labelled), names.measured)
    known[names.measured] = np.zeros(frame.height)
    known[names.measured][labelled] = measured
    place = -1 if names.measured == names.outcome else 1 + list(names.terms).index(names.measured)
    ones = np.ones(frame.height)
    design = np.column_stack([ones, *(known[name] for name in names.terms)])
    variables = Variables(kind, known[names.outcome], design, place)
    predicted = variables.with_measured(known[names.prediction])
    if kind == "logistic":
        check_shares(names.outcome, variables.outcome[labelled])
        check_shares(names.prediction if place < 0 else names.outcome, predicted.outcome)
    check_rank(f"the {int(labelled.sum())} labelled rows of {list(names.terms)}", design[labelled])
    check_rank(f"the terms with {names.prediction}", predicted.design)
    labelling = Labelling(labelled, _ratio(frame, names, labelled), _clusters(frame, names))
    if len(np.unique(labelling.clusters)) <= 1:
        raise NotEnoughDataError(f"all rows have the same {names.clusters!r}; 2 or more are needed")
    covariates = np.column_stack([ones, *(known[name] for name in names.covariates)])[:, 1:]
    features = surrogate_features(known[names.prediction], covariates)
    return Read(variables, predicted, labelling, features)


def only_labelled(read: Read) -> tuple[Variables, Array, NDArray[np.int64]]:
    """The labelled rows, their weights (mean 1) and clusters."""
    rows = read.labelling.labelled
    variables = replace(
        read.variables,
        outcome=read.variables.outcome[rows],
        design=read.variables.design[rows],
    )
    ratio = read.labelling.ratio[rows]
    return variables, ratio / ratio.mean(), read.labelling.clusters[rows]


def _check_names(frame: pl.DataFrame, names: Columns, kind: Kind) -> None:
    if kind not in KINDS:
        raise ArgumentError.unknown("kind", kind, KINDS)
    terms = list(names.terms)
    if not terms or len(set(terms)) < len(terms) or names.outcome in terms or CONSTANT in terms:
        raise ArgumentError(
            f"terms must be different columns, without the outcome {names.outcome!r} and the "
            f"{CONSTANT!r} that is added; got {terms}"
        )
    if names.measured not in (names.outcome, *terms):
        raise ArgumentError.unknown("measured variable", names.measured, [names.outcome, *terms])
    if names.measured in (names.prediction, *names.covariates):
        raise ArgumentError(
            f"{names.measured!r} has the labels; the prediction and the covariates must be "
            "columns that every row has"
        )
    optional = [name for name in (names.inclusion_probability, names.clusters) if name is not None]
    for name in (*_complete(names), names.measured, *optional):
        if name not in frame.columns:
            raise DataError.missing_column(name, frame.columns)


def _complete(names: Columns) -> list[str]:
    """Columns in which no row may miss a value."""
    everything = [names.outcome, *names.terms, names.prediction, *names.covariates]
    return [name for name in dict.fromkeys(everything) if name != names.measured]


def _numbers(frame: pl.DataFrame, name: str) -> Array:
    column = frame[name]
    if not (column.dtype.is_numeric() or column.dtype == pl.Boolean):
        raise DataError(
            f"column {name!r} must be numbers; it is {column.dtype}. Make a column of 0 and 1 for "
            "each category but one"
        )
    found = column.cast(pl.Float64).to_numpy()
    bad = int((~np.isfinite(found)).sum())
    if bad:
        raise DataError(
            f"column {name!r} has {bad:,} missing or infinite values of {len(found):,}; take such "
            "rows out, and say why"
        )
    return np.asarray(found, dtype=np.float64)


def _ratio(frame: pl.DataFrame, names: Columns, labelled: NDArray[np.bool_]) -> Array:
    """Inverse probabilities of labelled rows, with mean 1 over all rows (Hájek)."""
    n = frame.height
    ratio = np.zeros(n)
    if names.inclusion_probability is None:
        ratio[labelled] = n / labelled.sum()
        return ratio
    probability = _numbers(frame.filter(labelled), names.inclusion_probability)
    if probability.min() <= 0 or probability.max() > 1:
        raise DataError(
            f"{names.inclusion_probability!r} must lie in (0, 1]; it runs from "
            f"{probability.min()} to {probability.max()}"
        )
    ratio[labelled] = 1 / probability
    mean = float(ratio.mean())
    if not 1 / _FARTHEST <= mean <= _FARTHEST:
        raise DataError(
            f"inverse inclusion probabilities sum to {ratio.sum():,.0f}, but the frame has {n:,} "
            "rows: hand in the population that the labels were drawn from"
        )
    return ratio / mean


def _clusters(frame: pl.DataFrame, names: Columns) -> NDArray[np.int64]:
    if names.clusters is None:
        return np.arange(frame.height)
    column = frame[names.clusters]
    if column.null_count():
        raise DataError(f"column {names.clusters!r} has {column.null_count():,} missing values")
    return (column.rank("dense") - 1).cast(pl.Int64).to_numpy()
