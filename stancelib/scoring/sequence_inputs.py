"""Sentences and mentions as inputs of a transformers model: fit, batch, and run.

`ClassifierScorer` and `EntailmentScorer` share this: each says which inputs one sentence gives,
and reads the logits that come back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.errors import ArgumentError, DataError, EnvironmentProblem
from stancelib.scoring.embedded_core import length_buckets
from stancelib.scoring.sequence_core import window_of_tokens
from stancelib.scoring.sequence_model import SequenceModel, import_torch

Encoded = dict[str, list[int]]

# Rows that are held as tokens at one time.
_CHUNK: Final = 4096


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence and the target in it; `start` and `end` are null where it is not named."""

    text: str
    start: int | None
    end: int | None
    target: str
    lang: str | None

    @property
    def mention(self) -> str:
        """The words that name the target, or its name where the sentence does not."""
        return self.target if self.start is None else self.text[self.start : self.end]


# One passage gives one or more inputs; an input is one text, or a text and its pair.
BuildInputs = Callable[[Passage], tuple[tuple[str, ...], ...]]


def check_batch_size(batch_size: int) -> None:
    """Refuse a batch size below 1."""
    if batch_size < 1:
        raise ArgumentError(f"batch_size={batch_size} must be at least 1")


def passages_of(pairs: pl.DataFrame) -> list[Passage]:
    """The rows of a checked frame, in order."""
    return [Passage(*row) for row in pairs.select("text", "start", "end", "target", "lang").rows()]


def run(
    model: SequenceModel, passages: Sequence[Passage], build: BuildInputs, batch_size: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Logits of every input of every passage.

    Returns
    -------
    logits : ndarray
        Shape (n_passages, inputs per passage, n_labels).
    truncated : ndarray of bool
        Shape (n_passages,): part of the sentence did not fit.
    """
    logits, truncated = [], []
    for i in range(0, len(passages), _CHUNK):
        encoded, cut = _encode_passages(model, passages[i : i + _CHUNK], build)
        flat = _logits(model, [one for inputs in encoded for one in inputs], batch_size)
        logits.append(flat.reshape(len(encoded), -1, len(model.labels)))
        truncated.append(cut)
    return np.concatenate(logits), np.concatenate(truncated)


def fit_passage(model: SequenceModel, passage: Passage, build: BuildInputs) -> list[Encoded]:
    """Inputs from the largest window around the mention of which every input fits into the model.

    The window is cut out of the text and tokenised anew, since a tokenizer may read the first
    word of a text otherwise than a word inside it; while an input is too long, the room for the
    text shrinks by the excess, at most by half.
    """
    offsets = model.tokenizer(
        passage.text, add_special_tokens=False, return_offsets_mapping=True, verbose=False
    )["offset_mapping"]
    room = model.max_length
    while room > 0:
        encoded = _encode(model, build(_cut(passage, offsets, room)))
        excess = max(len(one["input_ids"]) for one in encoded) - model.max_length
        if excess <= 0:
            return encoded
        room -= max(1, min(excess, room // 2))
    raise DataError(
        f"target={passage.target!r} leaves no room for the sentence in {model.max_length} tokens"
    )


def _cut(passage: Passage, offsets: Sequence[tuple[int, int]], room: int) -> Passage:
    start, end = passage.start or 0, passage.end or 0
    window = window_of_tokens(offsets, start, end, len(passage.text), room)
    text = passage.text[window.left : window.right]
    if passage.start is None:
        return Passage(text, None, None, passage.target, passage.lang)
    span = window.start - window.left, window.end - window.left
    return Passage(text, *span, passage.target, passage.lang)


def _encode_passages(
    model: SequenceModel, passages: Sequence[Passage], build: BuildInputs
) -> tuple[list[list[Encoded]], NDArray[np.bool_]]:
    built = [build(passage) for passage in passages]
    flat = iter(_encode(model, [one for inputs in built for one in inputs]))
    encoded = [[next(flat) for _ in inputs] for inputs in built]
    truncated = np.zeros(len(passages), dtype=np.bool_)
    for i, inputs in enumerate(encoded):
        if max(len(one["input_ids"]) for one in inputs) > model.max_length:
            encoded[i] = fit_passage(model, passages[i], build)
            truncated[i] = True
    return encoded, truncated


def _encode(model: SequenceModel, inputs: Sequence[tuple[str, ...]]) -> list[Encoded]:
    columns = [list(column) for column in zip(*inputs, strict=True)]
    encoded = model.tokenizer(*columns, padding=False, truncation=False, verbose=False)
    return [{key: encoded[key][i] for key in encoded} for i in range(len(inputs))]


def _logits(
    model: SequenceModel, encoded: Sequence[Encoded], batch_size: int
) -> NDArray[np.float64]:
    torch = import_torch()
    logits = np.empty((len(encoded), len(model.labels)))
    for rows in length_buckets([len(one["input_ids"]) for one in encoded], batch_size):
        batch = model.tokenizer.pad(
            [encoded[row] for row in rows], return_tensors="pt", verbose=False
        ).to(model.device)
        with torch.inference_mode():
            logits[rows] = model.model(**batch).logits.float().cpu().numpy()
    if not np.isfinite(logits).all():
        raise EnvironmentProblem(
            f"the model {model.short_name!r} gave numbers that are not finite; "
            "its weights may be damaged, or need dtype='float32'"
        )
    return logits
