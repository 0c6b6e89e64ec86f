"""Measures of a stance classifier, over labels and predictions in -1, 0, 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
