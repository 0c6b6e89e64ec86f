"""Fit the calibration of a trained model on parts that it was not trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from stancelib.scoring.calibration_core import Calibration
from stancelib.training.metrics import macro_f1

# Offsets of the two outer classes that are tried.
OFFSETS = np.arange(-6, 13) / 10
HALF = 0.5


def fit_calibration(logits: NDArray[np.float64], classes: NDArray[np.int64]) -> Calibration:
    """The temperature and bias of the largest likelihood.

    Parameters
    ----------
    logits : (n, 3)
        Of rows that the model was not trained on.
    classes : (n,)
        The true class, 0, 1 or 2.

    Examples
    --------
    >>> generator = np.random.default_rng(0)
    >>> logits = generator.normal(0, 1, (20_000, 3))
    >>> classes = (logits + generator.gumbel(size=logits.shape)).argmax(axis=1)
    >>> fitted = fit_calibration(3 * logits, classes)
    >>> bool(abs(fitted.temperature - 3) < 0.1), bool(np.abs(fitted.bias).max() < 0.05)
    (True, True)
    """
    rows = np.arange(len(classes))

    def loss(values: NDArray[np.float64]) -> float:
        # The bias of the middle class is 0: only differences of biases count.
        scaled = logits * np.exp(-values[0]) + np.array([values[1], 0.0, values[2]])
        return float(np.mean(logsumexp(scaled, axis=1) - scaled[rows, classes]))

    found = minimize(loss, np.zeros(3), method="BFGS")
    against, favor = float(found.x[1]), float(found.x[2])
    middle = (against + favor) / 3
    return Calibration(float(np.exp(found.x[0])), (against - middle, -middle, favor - middle))


@dataclass(frozen=True, slots=True)
class Sample:
    """A dev part.

    Attributes
    ----------
    probabilities : (n, 3)
        Calibrated.
    classes : (n,)
        The true class, 0, 1 or 2.
    measure : callable
        Of truth and label, both (n,) in -1, 0, 1: how the set is measured by those who made it.
    """

    probabilities: NDArray[np.float64]
    classes: NDArray[np.int64]
    measure: Callable[[NDArray[np.int64], NDArray[np.int64]], float] = macro_f1


def fit_decision(samples: Sequence[Sample]) -> tuple[float, float, float]:
    """The offsets that gain most over some samples against the most probable class; neutral has 0.

    A gain counts in sampling errors of its sample, so that a small one does not decide by chance.
    No sample may lose more than half an error, so that one kind of text does not pay for another.
    Of offsets that are within half an error of the best, the smallest are taken: a grid finds
    more in a small sample than there is.

    Parameters
    ----------
    samples : sequence of Sample
        Each dev part by itself, so that a large one does not decide alone.

    Examples
    --------
    >>> probabilities = np.array([[0.3, 0.6, 0.1], [0.1, 0.8, 0.1], [0.1, 0.3, 0.6]] * 20)
    >>> fit_decision([Sample(probabilities, np.array([0, 1, 2] * 20))])
    (0.7, 0.0, 0.0)
    """
    tried = [(float(a), 0.0, float(b)) for a, b in product(OFFSETS, OFFSETS)]
    scores = np.array([[_score(sample, offsets) for sample in samples] for offsets in tried])
    most_probable = scores[tried.index((0.0, 0.0, 0.0))]
    rows = np.array([len(sample.classes) for sample in samples])
    error = np.sqrt(np.maximum(most_probable * (1 - most_probable), 1 / rows) / rows)
    gains = (scores - most_probable) / error
    harmless = (gains >= -HALF).all(axis=1)
    total = np.where(harmless, gains.sum(axis=1), -np.inf)
    good = [tried[i] for i in np.flatnonzero(total >= total.max() - HALF)]
    return min(good, key=lambda offsets: (abs(offsets[0]) + abs(offsets[2]), offsets))


def _score(sample: Sample, offsets: tuple[float, float, float]) -> float:
    said = (sample.probabilities * np.exp(np.array(offsets))).argmax(axis=1)
    return sample.measure(sample.classes - 1, said - 1)
