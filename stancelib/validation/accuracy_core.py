"""Measures of a scorer, weighted, with the influence that each row has on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from stancelib.validation.coded import LABELS

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Kind = Literal["share", "correlation", "plain", "without"]

_ENDS: Final = (0, 2)


@dataclass(frozen=True, slots=True)
class Rows:
    """Labelled rows, n of them.

    Attributes
    ----------
    label, predicted : (n,)
        0, 1, 2 for against, neutral, favor.
    probabilities : (n, 3)
        Of the three.
    weights : (n,)
        Inverse probabilities of being drawn; 0 for rows outside the group in question.
    """

    label: Integers
    predicted: Integers
    probabilities: Array
    weights: Array

    @property
    def stance(self) -> Array:
        """What the scorer says, in [-1, 1]."""
        return np.asarray(self.probabilities[:, 2] - self.probabilities[:, 0])

    @property
    def value(self) -> Array:
        """What the coders say: -1, 0, 1."""
        return np.asarray(self.label - 1, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Measure:
    """One estimate.

    Attributes
    ----------
    name : str
        As in the table.
    estimate : float
        NaN where it is not defined.
    influence : (n,)
        Of each row on the estimate, weight included.
    rows : (n,)
        Which rows the estimate is about.
    kind : str
        Which interval fits it.
    """

    name: str
    estimate: float
    influence: Array
    rows: Booleans
    kind: Kind


def ratio(name: str, numerator: Array, denominator: Array, weights: Array, kind: Kind) -> Measure:
    """Weighted sum over weighted sum; NaN where the lower one is 0."""
    total = float((weights * denominator).sum())
    rows = (denominator > 0) & (weights > 0)
    if total == 0:
        return Measure(name, np.nan, np.zeros(len(weights)), rows, kind)
    estimate = float((weights * numerator).sum()) / total
    influence = weights * (numerator - estimate * denominator) / total
    return Measure(name, estimate, influence, rows, kind)


def measures_of(rows: Rows, n_bins: int) -> list[Measure]:
    """All measures of the table, in its order."""
    weights, ones = rows.weights, np.ones(len(rows.weights))
    right = (rows.label == rows.predicted).astype(np.float64)
    classes = list(_of_classes(rows, right))
    f1 = [measure for measure in classes if measure.name.startswith("f1_")]
    error = rows.stance - rows.value
    return [
        ratio("accuracy", right, ones, weights, "share"),
        _mean_of("macro_f1", f1),
        _mean_of("f1_against_favor", [f1[place] for place in _ENDS]),
        *classes,
        ratio("bias", error, ones, weights, "plain"),
        ratio("mean_absolute_error", np.abs(error), ones, weights, "plain"),
        correlation(rows),
        calibration_error(rows, right, n_bins),
    ]


def _of_classes(rows: Rows, right: Array) -> Iterator[Measure]:
    for place, name in enumerate(LABELS):
        said = (rows.predicted == place).astype(np.float64)
        true = (rows.label == place).astype(np.float64)
        hit = right * said
        yield ratio(f"precision_{name}", hit, said, rows.weights, "share")
        yield ratio(f"recall_{name}", hit, true, rows.weights, "share")
        # Van Rijsbergen's F: a ratio of sums, too, whose error needs no further step.
        yield ratio(f"f1_{name}", hit, (said + true) / 2, rows.weights, "share")


def _mean_of(name: str, parts: list[Measure]) -> Measure:
    """NaN where one of the parts is not defined."""
    return Measure(
        name,
        float(np.mean([part.estimate for part in parts])),
        np.mean([part.influence for part in parts], axis=0),
        np.any([part.rows for part in parts], axis=0),
        "share",
    )


def correlation(rows: Rows) -> Measure:
    """Pearson's, of the predicted stance with the labels; NaN where one of them is constant."""
    weights, kept = rows.weights, rows.weights > 0
    share = weights / weights.sum()
    x, y = (value - (share * value).sum() for value in (rows.stance, rows.value))
    spread_x, spread_y = (float(np.sqrt((share * value**2).sum())) for value in (x, y))
    if min(spread_x, spread_y) < np.finfo(np.float64).eps:
        return Measure("correlation", np.nan, np.zeros(len(weights)), kept, "correlation")
    x, y = x / spread_x, y / spread_y
    estimate = float((share * x * y).sum())
    influence = share * (x * y - estimate * (x**2 + y**2) / 2)
    return Measure("correlation", estimate, influence, kept, "correlation")


def calibration_error(rows: Rows, right: Array, n_bins: int) -> Measure:
    """Mean distance of confidence and accuracy over bins of equal width (Guo et al. 2017).

    Without an interval: chance alone puts confidence and accuracy of a bin apart, so that the
    estimate is biased upward, and its error is not that of a smooth function of sums.
    """
    confidence = rows.probabilities.max(1)
    of_bin = bin_of(confidence, n_bins)
    gaps = np.bincount(of_bin, rows.weights * (confidence - right), n_bins)
    estimate = float(np.abs(gaps).sum() / rows.weights.sum())
    nothing = np.zeros(len(rows.weights))
    return Measure("expected_calibration_error", estimate, nothing, rows.weights > 0, "without")


def bin_of(probability: Array, n_bins: int) -> Integers:
    """Number of the interval of [0, 1], from 0; the last one holds 1."""
    return np.asarray(np.minimum((probability * n_bins).astype(np.int64), n_bins - 1))


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows to which a probability in an interval was given.

    Attributes
    ----------
    of : str
        The class whose probability it is; "predicted" for that of the class that is named.
    number : int
        From 0.
    probability : float
        Mean of what was given.
    observed : Measure
        Share of the rows for which it came true.
    """

    of: str
    number: int
    probability: float
    observed: Measure


def bins_of(rows: Rows, n_bins: int) -> Iterator[Bin]:
    """Bins that hold a row, for each class and for the class that is named."""
    places = np.arange(len(rows.label))
    given = {name: rows.probabilities[:, place] for place, name in enumerate(LABELS)}
    true = {name: rows.label == place for place, name in enumerate(LABELS)}
    given["predicted"] = rows.probabilities[places, rows.predicted]
    true["predicted"] = rows.label == rows.predicted
    for name, probability in given.items():
        of_bin = bin_of(probability, n_bins)
        for number in np.unique(of_bin[rows.weights > 0]):
            inside = (of_bin == number).astype(np.float64)
            mean = ratio(name, probability * inside, inside, rows.weights, "plain")
            observed = ratio("observed", true[name] * inside, inside, rows.weights, "share")
            yield Bin(name, int(number), mean.estimate, observed)
