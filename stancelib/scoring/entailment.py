"""Zero-shot stance by natural language inference, with hypotheses in the sentence's language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from stancelib.errors import ArgumentError
from stancelib.scoring.entailment_core import (
    Names,
    Templates,
    check_templates,
    entailment_index,
    hypotheses_of,
    stance_from_entailment,
)
from stancelib.scoring.protocol import attach_scores, check_pairs, scorer_name
from stancelib.scoring.sequence_inputs import Passage, check_batch_size, passages_of, run
from stancelib.scoring.sequence_model import Precision, load_sequence_model

_OTHER_LANGUAGES: Final = "en"


class EntailmentScorer:
    """A natural language inference model as a scorer, without training for stance.

    For each sentence and target the model reads three hypotheses, for example "This text
    criticizes Russia.", "This text is neutral toward Russia." and "This text supports Russia.";
    the probabilities of their being entailed, scaled to sum to 1, are the stance probabilities.

    Parameters
    ----------
    model : str or pathlib.Path
        The folder of a saved model, which never touches the network, or an id on the Hugging
        Face hub. Weights are read from safetensors alone; code from the hub is never run.
    hypotheses : mapping, optional
        Your own sentences: language to ``{"against": ..., "neutral": ..., "favor": ...}``, each
        naming the target as ``{target}``, ``{accusative}``, ``{genitive}`` or ``{dative}``. They
        replace those of their language, or add a language.
    hypothesis_language : str, optional
        Take the hypotheses of this language for every sentence, for models that read hypotheses
        in one language best. Null: the language of the sentence (column ``lang``), and English
        where it is null or has no hypotheses.
    entailment_label : str, optional
        The model's label that means entailment. Null: by its name.
    device : str, optional
        Null: the GPU if there is one, else the CPU.
    dtype : {"float32", "bfloat16"}
        ``"bfloat16"`` is for GPUs.
    max_length : int, optional
        The most tokens of one input. Longer sentences are cut to a window around the mention,
        the same for the three hypotheses, and ``truncated`` says so.
    batch_size : int
        Inputs per call of the model; changes no number beyond floating-point rounding.
    revision : str
        Branch, tag or commit on the hub.

    Attributes
    ----------
    name : str
        ``entailment:<model>@<hash>``; the hash covers weights, tokenizer, configuration,
        hypotheses and every option but ``device``, ``batch_size`` and ``revision``.

    Raises
    ------
    ArgumentError
        If no label of the model means entailment, or an option is not allowed.
    EnvironmentProblem
        If torch is not installed, or the model cannot be read.

    References
    ----------
    Yin, Hay and Roth (2019), *Benchmarking Zero-shot Text Classification: Datasets, Evaluation
    and Entailment Approach*, EMNLP, https://aclanthology.org/D19-1404.

    Examples
    --------
    >>> EntailmentScorer("./no/such/folder")
    Traceback (most recent call last):
    ...
    stancelib.errors.ArgumentError: model='./no/such/folder' is not a folder with a saved
    transformers model
    """

    name: str

    def __init__(
        self,
        model: str | Path,
        *,
        hypotheses: Mapping[str, Templates] | None = None,
        hypothesis_language: str | None = None,
        entailment_label: str | None = None,
        device: str | None = None,
        dtype: Precision = "float32",
        max_length: int | None = None,
        batch_size: int = 32,
        revision: str = "main",
    ) -> None:
        check_batch_size(batch_size)
        self._templates, self._names = _merged(hypotheses)
        if hypothesis_language is not None and hypothesis_language not in self._templates:
            raise ArgumentError.unknown(
                "hypothesis_language", hypothesis_language, sorted(self._templates)
            )
        self._language = hypothesis_language
        self._model = load_sequence_model(
            model, device=device, dtype=dtype, max_length=max_length, revision=revision
        )
        self._entailment = entailment_index(self._model.labels, entailment_label)
        self._batch_size = batch_size
        parts = {
            "weights": self._model.fingerprint,
            "max_length": self._model.max_length,
            "entailment": self._entailment,
            "language": hypothesis_language,
            "templates": sorted((k, sorted(v.items())) for k, v in self._templates.items()),
            "names": sorted((k, repr(v)) for k, v in self._names.items()),
        }
        self.name = scorer_name("entailment", self._model.short_name, parts)

    def score(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Score each row; see `Scorer.score`."""
        passages = passages_of(check_pairs(frame))
        if not passages:
            return attach_scores(frame, np.empty((0, 3)), np.empty(0, dtype=np.bool_))
        logits, truncated = run(self._model, passages, self._inputs, self._batch_size)
        return attach_scores(frame, stance_from_entailment(logits, self._entailment), truncated)

    def _inputs(self, passage: Passage) -> tuple[tuple[str, ...], ...]:
        language = self._language or passage.lang
        if language is None or language not in self._templates:
            language = _OTHER_LANGUAGES
        hypotheses = hypotheses_of(
            self._templates[language], self._names.get(language, {}), passage.target
        )
        return tuple((passage.text, hypothesis) for hypothesis in hypotheses)


@cache
def shipped_hypotheses() -> tuple[Mapping[str, Templates], Mapping[str, Names]]:
    """The hypotheses that the package ships, and the names in them, both by language.

    Examples
    --------
    >>> templates, names = shipped_hypotheses()
    >>> templates["uk"]["favor"].format_map(names["uk"]["Ukraine"])
    'Цей текст підтримує Україну.'
    """
    text = files("stancelib.scoring").joinpath("hypotheses.toml").read_text(encoding="utf-8")
    languages = tomllib.loads(text)
    names = {language: table.pop("names") for language, table in languages.items()}
    return languages, names


def _merged(
    own: Mapping[str, Templates] | None,
) -> tuple[Mapping[str, Templates], Mapping[str, Names]]:
    templates, names = shipped_hypotheses()
    for language, three in (own or {}).items():
        check_templates(language, three)
    return {**templates, **(own or {})}, names
