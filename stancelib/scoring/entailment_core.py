"""Pure functions of the zero-shot scorer: hypotheses in, stance probabilities out.

Stance as textual entailment follows Yin, Hay and Roth (2019), *Benchmarking Zero-shot Text
Classification: Datasets, Evaluation and Entailment Approach*, EMNLP,
https://aclanthology.org/D19-1404: the sentence is the premise, each class is a hypothesis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Formatter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stancelib.errors import ArgumentError
from stancelib.scoring.embedded_core import softmax
from stancelib.scoring.protocol import STANCES
from stancelib.scoring.sequence_core import folded_label

FORMS: Final = ("target", "accusative", "genitive", "dative")
_ENTAILMENT_NAMES: Final = ("entailment", "entails", "entailed")

# One language: the three templates by stance class, and forms of names by target.
Templates = Mapping[str, str]
Names = Mapping[str, Mapping[str, str]]


def entailment_index(model_labels: Sequence[str], entailment_label: str | None) -> int:
    """The place of the entailment label among the model's labels.

    Raises
    ------
    ArgumentError
        If no label, or more than one, is recognised as entailment; names the labels.

    Examples
    --------
    >>> entailment_index(["entailment", "not_entailment"], None)
    0
    """
    if entailment_label is not None:
        if entailment_label not in model_labels:
            raise ArgumentError.unknown("label", entailment_label, model_labels)
        return list(model_labels).index(entailment_label)
    found = [i for i, one in enumerate(model_labels) if folded_label(one) in _ENTAILMENT_NAMES]
    if len(found) != 1:
        raise ArgumentError(
            f"the model's labels {', '.join(map(repr, model_labels))} do not name one as "
            f"entailment; pass entailment_label=, for example {model_labels[0]!r}"
        )
    return found[0]


def stance_from_entailment(logits: NDArray[np.float64], entailment: int) -> NDArray[np.float64]:
    """Probabilities of against, neutral, favor from the logits of their hypotheses.

    Each hypothesis gives the probability that the sentence entails it (softmax over the
    model's labels); the three are then scaled to sum to 1, which is a softmax over the
    entailment log-probabilities. Raw entailment logits are not compared across hypotheses:
    a model's logits are only known up to a constant of each input.

    Parameters
    ----------
    logits : ndarray
        Shape (n, 3, n_labels), hypotheses in the order against, neutral, favor.
    entailment : int
        Index of the entailment label.

    Returns
    -------
    ndarray
        Shape (n, 3).

    Examples
    --------
    >>> logits = np.log([[[0.2, 0.8], [0.2, 0.8], [0.6, 0.4]]])
    >>> stance_from_entailment(logits, 0).round(6).tolist()
    [[0.2, 0.2, 0.6]]
    """
    shifted = logits - logits.max(axis=2, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    return softmax(log_probabilities[:, :, entailment])


def hypotheses_of(templates: Templates, names: Names, target: str) -> tuple[str, str, str]:
    """Three sentences about a target, in the order against, neutral, favor.

    A target without an entry in ``names`` stands as it is; a form that an entry does not have
    is its form ``target``.

    >>> templates = {"against": "No {target}.", "neutral": "{target}.", "favor": "Yes {target}."}
    >>> hypotheses_of(templates, {}, "Malta")
    ('No Malta.', 'Malta.', 'Yes Malta.')
    """
    known = names.get(target, {})
    base = known.get("target", target)
    forms = {form: known.get(form, base) for form in FORMS}
    against, neutral, favor = (templates[label].format_map(forms) for label in STANCES)
    return against, neutral, favor


def check_templates(language: str, templates: Templates) -> None:
    """Refuse templates that are not three, or that do not name the target.

    Raises
    ------
    ArgumentError
        Names the language, the template and what it may hold.
    """
    if set(templates) != set(STANCES):
        raise ArgumentError(
            f"hypotheses of {language!r} are {', '.join(map(repr, templates))}; "
            f"they must be {', '.join(map(repr, STANCES))}"
        )
    for label, template in templates.items():
        try:
            fields = [part[1:] for part in Formatter().parse(template) if part[1] is not None]
        except ValueError as error:
            raise ArgumentError(f"hypothesis {language}.{label}={template!r}: {error}") from None
        if not fields or any(name not in FORMS or spec or how for name, spec, how in fields):
            raise ArgumentError(
                f"hypothesis {language}.{label}={template!r} must name the target as "
                f"{' or '.join(f'{{{form}}}' for form in FORMS)}, and hold no other braces"
            )
    if len(set(templates.values())) < len(STANCES):
        raise ArgumentError(f"hypotheses of {language!r} must differ from each other")
