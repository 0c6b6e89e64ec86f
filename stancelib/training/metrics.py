"""Measures of a stance classifier, over labels and predictions in -1, 0, 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

CLASSES = (-1, 0, 1)


def f1_by_class(truth: NDArray[np.int64], predicted: NDArray[np.int64]) -> NDArray[np.float64]:
    """F1 of against, neutral, favor, shape (3,); 0 where a class was neither true nor said.

    Examples
    --------
    >>> f1_by_class(np.array([-1, 0, 1, 1]), np.array([-1, 0, 0, 1])).round(3).tolist()
    [1.0, 0.667, 0.667]
    """
    scores = []
    for label in CLASSES:
        hits = np.sum((truth == label) & (predicted == label))
        claims = np.sum(truth == label) + np.sum(predicted == label)
        scores.append(2 * hits / claims if claims else 0.0)
    return np.array(scores)


def macro_f1(truth: NDArray[np.int64], predicted: NDArray[np.int64]) -> float:
    """Mean F1 over the three classes (as NewsMTSC reports it)."""
    return float(f1_by_class(truth, predicted).mean())


def f1_positive_negative(truth: NDArray[np.int64], predicted: NDArray[np.int64]) -> float:
    """Mean F1 over against and favor only (as RuSentNE-2023 reports it)."""
    return float(f1_by_class(truth, predicted)[[0, 2]].mean())


def expected_calibration_error(
    probabilities: NDArray[np.float64], truth: NDArray[np.int64], bins: int = 10
) -> float:
    """Mean distance of confidence and accuracy over bins of equal width, weighted by their rows.

    Guo, Pleiss, Sun and Weinberger (2017), *On calibration of modern neural networks*, ICML,
    https://proceedings.mlr.press/v70/guo17a.html. It is biased upward in small samples: chance
    alone puts confidence and accuracy of a bin apart.

    Parameters
    ----------
    probabilities : (n, 3)
        Of against, neutral, favor.
    truth : (n,)
        In -1, 0, 1.
    bins : int
        Number of intervals of the confidence, which is the largest of the three probabilities.

    Examples
    --------
    >>> sure = np.array([[0.0, 0.2, 0.8]] * 4)
    >>> round(expected_calibration_error(sure, np.array([1, 1, 1, 0])), 3)
    0.05
    """
    found = reliability(probabilities, truth, bins)
    gaps = np.abs(found.confidence - found.accuracy)
    return float((gaps * found.n).sum() / found.n.sum())


@dataclass(frozen=True, slots=True)
class Reliability:
    """Bins of confidence that hold a row, in rising order.

    Attributes
    ----------
    n : (k,)
        Rows in a bin.
    confidence, accuracy : (k,)
        Mean of the largest probability, and share of rows whose most probable class is true.
    """

    n: NDArray[np.int64]
    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]


def reliability(
    probabilities: NDArray[np.float64], truth: NDArray[np.int64], bins: int = 10
) -> Reliability:
    """What a reliability diagram shows, over bins of equal width.

    Parameters
    ----------
    probabilities : (n, 3)
        Of against, neutral, favor.
    truth : (n,)
        In -1, 0, 1.
    bins : int
        Number of intervals of [0, 1].

    Examples
    --------
    >>> sure = np.array([[0.0, 0.2, 0.8]] * 4)
    >>> found = reliability(sure, np.array([1, 1, 1, 0]))
    >>> found.n.tolist(), found.accuracy.tolist()
    ([4], [0.75])
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) - 1 == truth
    bin_of = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    rows = np.bincount(bin_of, minlength=bins)
    held = np.flatnonzero(rows)
    stated = np.bincount(bin_of, weights=confidence, minlength=bins)
    came_true = np.bincount(bin_of, weights=right, minlength=bins)
    return Reliability(rows[held], stated[held] / rows[held], came_true[held] / rows[held])


def area_under_curve(positive: NDArray[np.bool_], scores: NDArray[np.float64]) -> float:
    """Probability that a positive row scores above a negative one, ties counted half.

    The Mann-Whitney statistic; NaN where one side is empty.

    Examples
    --------
    >>> area_under_curve(np.array([True, True, False]), np.array([0.9, 0.1, 0.1]))
    0.75
    """
    above, below = scores[positive], scores[~positive]
    if not len(above) or not len(below):
        return float("nan")
    ranks = rankdata(scores)
    wins = ranks[positive].sum() - len(above) * (len(above) + 1) / 2
    return float(wins / (len(above) * len(below)))
