"""Fit the calibration of a trained model on parts that it was not trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from stancelib.scoring.calibration_core import Calibration


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
