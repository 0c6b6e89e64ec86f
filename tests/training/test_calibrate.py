"""Calibration: recovered where it is known, harmless where there is nothing to mend."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stancelib.scoring.calibration_core import Calibration, calibrated
from stancelib.scoring.embedded_core import softmax
from stancelib.training.calibrate import fit_calibration
from stancelib.training.metrics import expected_calibration_error

SIZE = 20_000


def drawn(logits: NDArray[np.float64], generator: np.random.Generator) -> NDArray[np.int64]:
    """Classes drawn with the probabilities of the logits (the Gumbel trick)."""
    return (logits + generator.gumbel(size=logits.shape)).argmax(axis=1)


def test_temperature_and_bias_that_spoiled_the_logits_are_found() -> None:
    generator = np.random.default_rng(5)
    true = generator.normal(0, 1.5, (SIZE, 3))
    classes = drawn(true, generator)
    bias = np.array([0.6, -0.8, 0.2])
    spoiled = (true - bias) * 2.5
    found = fit_calibration(spoiled, classes)
    assert abs(found.temperature - 2.5) < 0.1
    np.testing.assert_allclose(found.bias, bias, atol=0.08)
    assert abs(sum(found.bias)) < 1e-12
    before = expected_calibration_error(softmax(spoiled), classes - 1)
    mended = calibrated(spoiled, [None] * SIZE, {"*": found})
    after = expected_calibration_error(softmax(mended), classes - 1)
    assert after < 0.015 < before
    stance = softmax(mended)[:, 2] - softmax(mended)[:, 0]
    # The likelihood equations of the biases make the mean of the stance that of the labels.
    assert abs(stance.mean() - (classes - 1).mean()) < 1e-4


def test_calibrated_logits_stay_as_they_are() -> None:
    generator = np.random.default_rng(6)
    logits = generator.normal(0, 1.5, (SIZE, 3))
    found = fit_calibration(logits, drawn(logits, generator))
    assert abs(found.temperature - 1) < 0.04
    np.testing.assert_allclose(found.bias, 0, atol=0.05)


def test_without_a_table_nothing_is_done() -> None:
    logits = np.array([[1.0, 2.0, 3.0]])
    np.testing.assert_array_equal(calibrated(logits, ["en"], {}), logits)
    np.testing.assert_array_equal(calibrated(logits, ["en"], {"uk": Calibration(2.0)}), logits)
