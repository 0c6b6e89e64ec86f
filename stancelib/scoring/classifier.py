"""Stance by any transformers sequence-classification model for (sentence, target)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import polars as pl

from stancelib.errors import ArgumentError
from stancelib.scoring.classifier_core import marked_text, stance_of_labels, stance_probabilities
from stancelib.scoring.protocol import attach_scores, check_pairs, scorer_name
from stancelib.scoring.sequence_inputs import Passage, check_batch_size, passages_of, run
from stancelib.scoring.sequence_model import Precision, SequenceModel, load_sequence_model

Form = Literal["pair", "marked"]
TargetText = Literal["mention", "name"]


class ClassifierScorer:
    """A transformers sequence-classification model as a scorer.

    Parameters
    ----------
    model : str or pathlib.Path
        The folder of a saved model, which never touches the network, or an id on the Hugging
        Face hub. Weights are read from safetensors alone; code from the hub is never run.
    form : {"pair", "marked"}
        What the model reads. ``"pair"``: the sentence, and the target as its second segment.
        ``"marked"``: the sentence alone, with ``markers`` around the mention; where a sentence
        has no mention, the marked name and a colon stand before it.
    target_text : {"mention", "name"}
        The second segment of a pair: the words of the mention (the target's name where there
        is none), or always the target's name.
    markers : tuple of str, optional
        The opening and the closing marker that the model was trained with; for ``"marked"``.
    labels : mapping, optional
        From each of the model's labels to ``"against"``, ``"neutral"`` or ``"favor"``. Null:
        from their names (negative, neutral, positive; against, none, favor; ...). A model
        without a neutral label is refused unless this says so; its ``p_neutral`` is 0.
    device : str, optional
        Null: the GPU if there is one, else the CPU.
    dtype : {"float32", "bfloat16"}
        ``"bfloat16"`` is for GPUs.
    max_length : int, optional
        The most tokens of one input. Longer sentences are cut to a window around the mention,
        and ``truncated`` says so. Null: what the model was made for.
    batch_size : int
        Inputs per call of the model; changes no number beyond floating-point rounding.
    revision : str
        Branch, tag or commit on the hub.

    Attributes
    ----------
    name : str
        ``classifier:<model>@<hash>``; the hash covers weights, tokenizer, configuration and
        every option but ``device``, ``batch_size`` and ``revision``.

    Raises
    ------
    ArgumentError
        If the labels are not understood, an option is not allowed, or the model has no trained
        classification head.
    EnvironmentProblem
        If torch is not installed, or the model cannot be read.

    Examples
    --------
    >>> ClassifierScorer("./no/such/folder")
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
        form: Form = "pair",
        target_text: TargetText = "mention",
        markers: tuple[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        device: str | None = None,
        dtype: Precision = "float32",
        max_length: int | None = None,
        batch_size: int = 32,
        revision: str = "main",
    ) -> None:
        _check_form(form, target_text, markers)
        check_batch_size(batch_size)
        self._model = load_sequence_model(
            model, device=device, dtype=dtype, max_length=max_length, revision=revision
        )
        _check_head(self._model)
        self._stance_of = stance_of_labels(self._model.labels, labels)
        self._form, self._target_text, self._markers = form, target_text, markers
        self._batch_size = batch_size
        self.name = scorer_name(
            "classifier",
            self._model.short_name,
            {
                "weights": self._model.fingerprint,
                "max_length": self._model.max_length,
                "form": form,
                "target_text": target_text if form == "pair" else None,
                "markers": None if markers is None else tuple(markers),
                "labels": self._stance_of.tolist(),
            },
        )

    def score(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Score each row; see `Scorer.score`."""
        passages = passages_of(check_pairs(frame))
        if not passages:
            return attach_scores(frame, np.empty((0, 3)), np.empty(0, dtype=np.bool_))
        logits, truncated = run(self._model, passages, self._inputs, self._batch_size)
        return attach_scores(frame, stance_probabilities(logits[:, 0], self._stance_of), truncated)

    def _inputs(self, passage: Passage) -> tuple[tuple[str, ...], ...]:
        if self._markers is None:
            named = passage.target if self._target_text == "name" else passage.mention
            return ((passage.text, named),)
        if passage.start is None or passage.end is None:
            named = f"{passage.target}: {passage.text}"
            return ((marked_text(named, 0, len(passage.target), self._markers),),)
        return ((marked_text(passage.text, passage.start, passage.end, self._markers),),)


def _check_form(form: str, target_text: str, markers: tuple[str, str] | None) -> None:
    if form not in get_args(Form):
        raise ArgumentError.unknown("form", form, get_args(Form))
    if target_text not in get_args(TargetText):
        raise ArgumentError.unknown("target_text", target_text, get_args(TargetText))
    if form == "pair" and markers is not None:
        raise ArgumentError(f"markers={markers!r} are for form='marked'; got form='pair'")
    if form == "marked" and (
        markers is None or isinstance(markers, str) or len(markers) != 2 or not all(markers)  # noqa: PLR2004  (a pair)
    ):
        raise ArgumentError(
            "form='marked' needs markers=(opening, closing), those that the model was trained "
            f"with; got {markers!r}"
        )


def _check_head(model: SequenceModel) -> None:
    kind = getattr(model.model.config, "problem_type", None)
    if kind in {"regression", "multi_label_classification"} or len(model.labels) < 2:  # noqa: PLR2004  (one label is a regression)
        raise ArgumentError(
            f"the model {model.short_name!r} does not choose one of several labels "
            f"(problem_type={kind!r}, labels: {', '.join(model.labels)})"
        )
