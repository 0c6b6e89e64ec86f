"""Pure functions of the embedded scorer: tokens with markers in, probabilities out.

The mention is wrapped in two marker tokens, as in the "entity markers" of Baldini Soares et
al. (2019), *Matching the Blanks*, ACL, https://aclanthology.org/P19-1279. Training and
inference share these functions, so that the model sees the same input in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OPEN_MARKER = "<mention>"
CLOSE_MARKER = "</mention>"


@dataclass(frozen=True, slots=True)
class SpecialTokens:
    """Ids of the tokens that frame every input."""

    first: int
    pad: int
    last: int
    open_marker: int
    close_marker: int


@dataclass(frozen=True, slots=True)
class MarkedInput:
    """One (sentence, mention) as the model reads it.

    Attributes
    ----------
    ids : tuple of int
        Token ids, shape (n_tokens,), from the first to the last special token.
    truncated : bool
        Whether tokens were left out on either side to respect the length limit.
    """

    ids: tuple[int, ...]
    truncated: bool


@dataclass(frozen=True, slots=True)
class PaddedBatch:
    """Arrays for one model call, both of shape (n_inputs, longest input)."""

    input_ids: NDArray[np.int64]
    attention_mask: NDArray[np.int64]


def mention_token_span(offsets: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """Half-open span of the tokens that overlap the code points ``[start, end)``.

    A mention of which no token remains (for example zero-width characters only) gives an
    empty span where it would have stood.
    """
    first = next((i for i, (_, right) in enumerate(offsets) if right > start), len(offsets))
    last = first
    while last < len(offsets) and offsets[last][0] < end:
        last += 1
    return first, last


def mark_mention(
    ids: Sequence[int],
    offsets: Sequence[tuple[int, int]],
    start: int,
    end: int,
    *,
    special: SpecialTokens,
    max_length: int,
) -> MarkedInput:
    """Insert the markers around a mention and cut a window of ``max_length`` tokens.

    The window is centred on the mention; what one side does not need, the other side gets.
    """
    first, last = mention_token_span(offsets, start, end)
    room = max_length - 4
    last = min(last, first + room)
    left, right = window_around(first, last, len(ids), room)
    marked = (
        special.first,
        *ids[left:first],
        special.open_marker,
        *ids[first:last],
        special.close_marker,
        *ids[last:right],
        special.last,
    )
    return MarkedInput(marked, truncated=right - left < len(ids))


def frame_sentence(ids: Sequence[int], *, special: SpecialTokens, max_length: int) -> MarkedInput:
    """The tokens of a sentence without a marker, those past ``max_length`` left out."""
    room = max_length - 2
    return MarkedInput((special.first, *ids[:room], special.last), truncated=len(ids) > room)


def window_around(first: int, last: int, length: int, room: int) -> tuple[int, int]:
    """Half-open window of at most ``room`` positions that holds ``[first, last)``."""
    if length <= room:
        return 0, length
    spare = room - (last - first)
    left = max(0, first - spare // 2)
    right = min(length, left + room)
    return max(0, right - room), right


def pad_batch(inputs: Sequence[Sequence[int]], pad: int) -> PaddedBatch:
    """Pad token ids to the longest input of the batch."""
    width = max(len(ids) for ids in inputs)
    input_ids = np.full((len(inputs), width), pad, dtype=np.int64)
    attention_mask = np.zeros((len(inputs), width), dtype=np.int64)
    for row, ids in enumerate(inputs):
        input_ids[row, : len(ids)] = ids
        attention_mask[row, : len(ids)] = 1
    return PaddedBatch(input_ids, attention_mask)


def length_buckets(lengths: Sequence[int], batch_size: int) -> list[NDArray[np.int64]]:
    """Row numbers in batches of inputs of similar length, longest first.

    Sorting is stable, so that equal inputs always fall into the same batches.
    """
    order = np.argsort(-np.asarray(lengths), kind="stable")
    return [order[i : i + batch_size] for i in range(0, len(order), batch_size)]


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Row-wise softmax of logits of shape (n, 3)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    probabilities: NDArray[np.float64] = exponentials / exponentials.sum(axis=1, keepdims=True)
    return probabilities
