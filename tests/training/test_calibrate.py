"""Calibration: recovered where it is known, harmless where there is nothing to mend."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stancelib.scoring.calibration_core import Calibration, calibrated, decided
from stancelib.scoring.embedded_core import softmax
from stancelib.training.calibrate import Sample, fit_calibration, fit_decision
from stancelib.training.metrics import expected_calibration_error, macro_f1

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


def test_a_decision_serves_macro_f1_and_leaves_probabilities_alone() -> None:
    generator = np.random.default_rng(7)
    logits = generator.normal(0, 1, (SIZE, 3)) + np.array([-1.0, 1.5, -1.0])
    classes = drawn(logits, generator)
    probabilities = softmax(logits)
    offsets = fit_decision([Sample(probabilities, classes)])
    assert offsets[0] > 0.3
    assert offsets[2] > 0.3
    table = {"*": Calibration(decision=offsets)}
    said = decided(probabilities, [None] * SIZE, table) - 1
    gain = macro_f1(classes - 1, said) - macro_f1(classes - 1, probabilities.argmax(axis=1) - 1)
    assert gain > 0.02
    np.testing.assert_array_equal(calibrated(logits, [None] * SIZE, table), logits)


def test_where_nothing_is_gained_the_most_probable_class_is_named() -> None:
    generator = np.random.default_rng(8)
    logits = generator.normal(0, 3, (SIZE, 3))
    probabilities = softmax(logits)
    assert fit_decision([Sample(probabilities, drawn(logits, generator))]) == (0.0, 0.0, 0.0)


def test_without_offsets_a_decision_is_the_most_probable_class() -> None:
    probabilities = np.array([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [0.0, 0.0, 1.0]])
    np.testing.assert_array_equal(decided(probabilities, ["en", None, "uk"], {}), [1, 0, 2])


def test_no_sample_pays_for_another() -> None:
    """What would help the first sample ruins the second."""
    first = np.array([[0.3, 0.6, 0.1]] * 30 + [[0.1, 0.8, 0.1]] * 30 + [[0.1, 0.2, 0.7]] * 30)
    classes = np.array([0] * 30 + [1] * 30 + [2] * 30)
    second = np.array([[0.35, 0.55, 0.1]] * 30 + [[0.8, 0.1, 0.1]] * 30 + [[0.1, 0.2, 0.7]] * 30)
    truth = np.array([1] * 30 + [0] * 30 + [2] * 30)
    assert fit_decision([Sample(first, classes)])[0] > 0.5
    assert fit_decision([Sample(first, classes), Sample(second, truth)]) == (0.0, 0.0, 0.0)
