"""Pure functions of the classifier: the form of its inputs, and labels to stance classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stancelib.errors import ArgumentError
from stancelib.scoring.embedded_core import softmax
from stancelib.scoring.protocol import STANCES
from stancelib.scoring.sequence_core import folded_label

_RECOGNISED: Final[Mapping[str, frozenset[str]]] = {
    "against": frozenset({
        "against", "anti", "con", "neg", "negative", "oppose", "opposed", "opposes",
        "strongly against", "unfavorable", "unfavourable", "very negative",
    }),
    "neutral": frozenset({"neither", "neu", "neutral", "no stance", "none"}),
    "favor": frozenset({
        "favor", "favorable", "favour", "favourable", "in favor", "in favour", "pos", "positive",
        "pro", "strongly favor", "support", "supportive", "supports", "very positive",
    }),
}  # fmt: skip
_NLI_LABELS: Final = ("entailment", "contradiction")


def stance_of_labels(
    model_labels: Sequence[str], labels: Mapping[str, str] | None
) -> NDArray[np.float64]:
    """Which stance class each of the model's labels belongs to.

    Parameters
    ----------
    model_labels : sequence of str
        The names in the order of the model's logits, shape (n_labels,).
    labels : mapping, optional
        From each of the model's labels to ``"against"``, ``"neutral"`` or ``"favor"``. Null: by
        name, where all three classes are recognised.

    Returns
    -------
    ndarray
        Shape (n_labels, 3), one 1 a row: probabilities of labels, times this matrix, are
        probabilities of stance classes. Several labels of one class add up.

    Raises
    ------
    ArgumentError
        If the labels are not understood, or the mapping does not name each of them once.

    Examples
    --------
    >>> stance_of_labels(["positive", "neutral", "negative"], None).argmax(axis=1).tolist()
    [2, 1, 0]
    """
    mapped = _recognised(model_labels) if labels is None else _given(model_labels, labels)
    matrix = np.zeros((len(model_labels), len(STANCES)))
    for row, label in enumerate(model_labels):
        matrix[row, STANCES.index(mapped[label])] = 1.0
    return matrix


def stance_probabilities(
    logits: NDArray[np.float64], stance_of: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Probabilities of against, neutral, favor, shape (n, 3).

    ``logits`` has the shape (n, n_labels), ``stance_of`` (n_labels, 3).
    """
    probabilities: NDArray[np.float64] = softmax(logits) @ stance_of
    return probabilities


def marked_text(text: str, start: int, end: int, markers: tuple[str, str]) -> str:
    """The text with a marker on either side of ``[start, end)``.

    >>> marked_text("The Alliance agreed.", 4, 12, ("[T]", "[/T]"))
    'The [T]Alliance[/T] agreed.'
    """
    return f"{text[:start]}{markers[0]}{text[start:end]}{markers[1]}{text[end:]}"


def _recognised(model_labels: Sequence[str]) -> dict[str, str]:
    mapped = {
        label: stance
        for label in model_labels
        for stance, names in _RECOGNISED.items()
        if folded_label(label) in names
    }
    if len(mapped) == len(model_labels) and set(mapped.values()) == set(STANCES):
        return mapped
    hint = ""
    if any(folded_label(label) in _NLI_LABELS for label in model_labels):
        hint = "; these are labels of a natural language inference model: use scorer 'entailment'"
    elif len(mapped) == len(model_labels):
        hint = "; without a neutral label, p_neutral is 0 everywhere: say so by mapping both labels"
    raise ArgumentError(
        f"the model's labels {_listed(model_labels)} are not against, neutral and favor; pass "
        f'labels={{"{model_labels[0]}": "against", ...}}{hint}'
    )


def _given(model_labels: Sequence[str], labels: Mapping[str, str]) -> dict[str, str]:
    if set(labels) != set(model_labels):
        raise ArgumentError(
            f"labels= names {_listed(labels)}; the model's labels are {_listed(model_labels)}"
        )
    for stance in labels.values():
        if stance not in STANCES:
            raise ArgumentError.unknown("stance", stance, STANCES)
    if missing := {"against", "favor"} - set(labels.values()):
        raise ArgumentError(f"labels= maps no label to {_listed(sorted(missing))}")
    return dict(labels)


def _listed(labels: Sequence[str] | Mapping[str, str]) -> str:
    return ", ".join(repr(label) for label in labels)
