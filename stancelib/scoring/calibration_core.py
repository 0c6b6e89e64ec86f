"""Calibrated probabilities from logits: bias-corrected temperature scaling.

Alexandari, Kundaje and Shrikumar (2020), *Maximum likelihood with bias-corrected calibration is
hard-to-beat at label shift adaptation*, ICML, https://proceedings.mlr.press/v119/alexandari20a.html.
With a bias of zeros it is the temperature scaling of Guo et al. (2017).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Group of the languages that have no group of their own.
EVERY_LANGUAGE = "*"


@dataclass(frozen=True, slots=True)
class Calibration:
    """What logits go through before they become probabilities.

    Attributes
    ----------
    temperature : float
        Above 0; logits are divided by it.
    bias : tuple of three floats
        Added to the divided logits.
    decision : tuple of three floats
        Added to the logarithms of the probabilities where one class has to be named; the
        probabilities stay as they are.
    """

    temperature: float = 1.0
    bias: tuple[float, float, float] = (0.0, 0.0, 0.0)
    decision: tuple[float, float, float] = (0.0, 0.0, 0.0)


def calibrated(
    logits: NDArray[np.float64],
    languages: Sequence[str | None],
    table: Mapping[str, Calibration],
) -> NDArray[np.float64]:
    """Logits of shape (n, 3) on the scale of their language's group.

    A language without a group, and null, take the group ``*``; without that, nothing is done.

    Examples
    --------
    >>> table = {"*": Calibration(2.0), "en": Calibration(1.0, (1.0, 0.0, 0.0))}
    >>> calibrated(np.array([[2.0, 0.0, 4.0]] * 2), ["en", "uk"], table).tolist()
    [[3.0, 0.0, 4.0], [1.0, 0.0, 2.0]]
    """
    groups = _groups(languages, table)
    temperatures = np.array([group.temperature for group in groups]).reshape(-1, 1)
    biases = np.array([group.bias for group in groups]).reshape(-1, 3)
    scaled: NDArray[np.float64] = logits / temperatures + biases
    return scaled


def decided(
    probabilities: NDArray[np.float64],
    languages: Sequence[str | None],
    table: Mapping[str, Calibration],
) -> NDArray[np.int64]:
    """Class 0, 1 or 2 of each row of probabilities of shape (n, 3).

    The most probable class is the best guess for accuracy. Where classes are uneven and each of
    them counts the same, as in macro-F1, a rare class should be named sooner: Lewis (1995),
    *Evaluating and optimizing autonomous text classification systems*, SIGIR.

    Examples
    --------
    >>> table = {"ru": Calibration(decision=(0.5, -0.5, 0.5))}
    >>> decided(np.array([[0.3, 0.6, 0.1]] * 2), ["ru", "en"], table).tolist()
    [0, 1]
    """
    offsets = np.array([group.decision for group in _groups(languages, table)]).reshape(-1, 3)
    weighted = probabilities * np.exp(offsets)
    classes: NDArray[np.int64] = weighted.argmax(axis=1)
    return classes


def _groups(languages: Sequence[str | None], table: Mapping[str, Calibration]) -> list[Calibration]:
    default = table.get(EVERY_LANGUAGE, Calibration())
    return [table.get(lang, default) if lang else default for lang in languages]
