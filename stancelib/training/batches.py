"""What one epoch of training reads: examples, the recipe's numbers, and their batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from stancelib.scoring.embedded_core import frame_sentence, length_buckets, mark_mention, pad_batch
from stancelib.scoring.embedded_model import special_tokens
from stancelib.training.augment import with_other_mentions


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every number that a training run depends on.

    ``planned_epochs`` is how long the falling learning rate was planned for, where a run was
    stopped before; null: as long as it ran. ``consistency`` is the weight of R-Drop (Liang et
    al. 2021, NeurIPS, https://arxiv.org/abs/2106.14448): each row is read twice with other
    dropout masks, and the two answers are drawn to each other.
    """

    learning_rate: float = 8e-5
    batch_size: int = 32
    epochs: int = 3
    planned_epochs: int | None = None
    warmup_share: float = 0.06
    weight_decay: float = 0.01
    max_length: int = 128
    checkpoint_every: int = 150
    seed: int = 1
    label_smoothing: float = 0.0
    layer_decay: float = 1.0
    replaced_share: float = 0.0
    sentiment_weight: float = 0.5
    mixed_precision: bool = False
    consistency: float = 0.0


@dataclass(frozen=True, slots=True)
class Examples:
    """What is learned from.

    Attributes
    ----------
    stance : DataFrame
        Columns ``text, start, end, label``, and ``lang`` where mentions are replaced.
    sentiment : DataFrame or None
        Columns ``text, label``: whole sentences.
    names : dict of str to list of str
        Names by language that may take the place of a mention.
    """

    stance: pl.DataFrame
    sentiment: pl.DataFrame | None = None
    names: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """One step: token ids and labels (0, 1, 2) of some rows of one task."""

    inputs: list[tuple[int, ...]]
    labels: Tensor
    is_sentiment: bool


def encode_frame(
    frame: pl.DataFrame, tokenizer: Tokenizer, max_length: int
) -> list[tuple[int, ...]]:
    """Marked token ids of every row of a frame with ``text, start, end``."""
    special = special_tokens(tokenizer)
    encodings = tokenizer.encode_batch(frame["text"].to_list(), add_special_tokens=False)
    return [
        mark_mention(
            encoding.ids, encoding.offsets, start, end, special=special, max_length=max_length
        ).ids
        for encoding, start, end in zip(encodings, frame["start"], frame["end"], strict=True)
    ]


def encode_sentences(
    texts: pl.Series, tokenizer: Tokenizer, max_length: int
) -> list[tuple[int, ...]]:
    """Token ids of whole sentences without a marker, cut at the length limit."""
    special = special_tokens(tokenizer)
    encodings = tokenizer.encode_batch(texts.to_list(), add_special_tokens=False)
    return [
        frame_sentence(item.ids, special=special, max_length=max_length).ids for item in encodings
    ]


def shuffled_batches(
    lengths: Sequence[int], batch_size: int, generator: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Batches of inputs of similar length in random order; ties and batches are shuffled.

    Rows are sorted within blocks of 50 batches only, so that a batch is still a mix.
    """
    order = generator.permutation(len(lengths))
    block = 50 * batch_size
    batches = []
    for i in range(0, len(order), block):
        rows = order[i : i + block]
        sizes = [lengths[row] for row in rows]
        batches += [rows[bucket] for bucket in length_buckets(sizes, batch_size)]
    return [batches[i] for i in generator.permutation(len(batches))]


def padded_batches(
    inputs: Sequence[Sequence[int]], pad: int, batch_size: int
) -> Iterator[tuple[NDArray[np.int64], Tensor, Tensor]]:
    """Row numbers, token ids and attention mask of inputs of similar length, longest first."""
    for rows in length_buckets([len(ids) for ids in inputs], batch_size):
        batch = pad_batch([inputs[row] for row in rows], pad)
        yield rows, torch.from_numpy(batch.input_ids), torch.from_numpy(batch.attention_mask)


def steps_of_an_epoch(examples: Examples, recipe: Recipe) -> int:
    """Number of batches of both tasks."""
    rows = [examples.stance.height, 0 if examples.sentiment is None else examples.sentiment.height]
    return sum(-(-height // recipe.batch_size) for height in rows)


def batches_of_an_epoch(
    examples: Examples, tokenizer: Tokenizer, recipe: Recipe, epoch: int
) -> list[Batch]:
    """Batches of an epoch: both tasks in random order, mentions replaced anew."""
    generator = np.random.default_rng([recipe.seed, epoch])
    frame = examples.stance
    if recipe.replaced_share:
        frame = with_other_mentions(
            frame, examples.names, share=recipe.replaced_share, seed=[recipe.seed, epoch]
        )
    inputs = encode_frame(frame, tokenizer, recipe.max_length)
    batches = _task(inputs, frame["label"], recipe, generator, is_sentiment=False)
    if examples.sentiment is not None:
        texts = encode_sentences(examples.sentiment["text"], tokenizer, recipe.max_length)
        labels = examples.sentiment["label"]
        batches += _task(texts, labels, recipe, generator, is_sentiment=True)
        batches = [batches[i] for i in generator.permutation(len(batches))]
    return batches


def _task(
    inputs: list[tuple[int, ...]],
    labels: pl.Series,
    recipe: Recipe,
    generator: np.random.Generator,
    *,
    is_sentiment: bool,
) -> list[Batch]:
    classes = torch.from_numpy(labels.to_numpy() + 1)
    chosen = shuffled_batches([len(ids) for ids in inputs], recipe.batch_size, generator)
    return [Batch([inputs[row] for row in rows], classes[rows], is_sentiment) for rows in chosen]
