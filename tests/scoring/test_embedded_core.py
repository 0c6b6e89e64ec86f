"""Marking, windows and padding of the embedded scorer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancelib.scoring.embedded_core import (
    SpecialTokens,
    length_buckets,
    mark_mention,
    mention_token_span,
    pad_batch,
    softmax,
    window_around,
)

SPECIAL = SpecialTokens(first=0, pad=1, last=2, open_marker=90, close_marker=91)


def word_offsets(n_tokens: int) -> list[tuple[int, int]]:
    """Tokens of three code points, one beside the other."""
    return [(3 * i, 3 * i + 3) for i in range(n_tokens)]


def test_the_mention_stands_between_the_markers() -> None:
    marked = mark_mention([10, 11, 12], word_offsets(3), 3, 6, special=SPECIAL, max_length=16)
    assert marked.ids == (0, 10, 90, 11, 91, 12, 2)
    assert not marked.truncated


def test_a_mention_that_cuts_a_token_takes_the_whole_token() -> None:
    assert mention_token_span(word_offsets(4), 4, 7) == (1, 3)


def test_a_mention_after_the_last_token_gives_an_empty_span_at_the_end() -> None:
    assert mention_token_span(word_offsets(2), 8, 9) == (2, 2)


@pytest.mark.parametrize(
    ("first", "last", "length", "room", "expected"),
    [
        (0, 1, 5, 9, (0, 5)),
        (5, 6, 11, 5, (3, 8)),
        (0, 1, 11, 5, (0, 5)),
        (10, 11, 11, 5, (6, 11)),
    ],
)
def test_window_known_values(
    first: int, last: int, length: int, room: int, expected: tuple[int, int]
) -> None:
    assert window_around(first, last, length, room) == expected


@given(st.data())
def test_the_window_holds_the_mention_and_fills_its_room(data: st.DataObject) -> None:
    length = data.draw(st.integers(1, 300))
    first = data.draw(st.integers(0, length - 1))
    last = data.draw(st.integers(first + 1, length))
    room = data.draw(st.integers(last - first, 300))
    left, right = window_around(first, last, length, room)
    assert left <= first
    assert last <= right
    assert right - left == min(room, length)


@given(st.data())
def test_marked_inputs_respect_the_limit_and_keep_the_order(data: st.DataObject) -> None:
    n_tokens = data.draw(st.integers(1, 60))
    start = data.draw(st.integers(0, 3 * n_tokens - 1))
    end = data.draw(st.integers(start + 1, 3 * n_tokens))
    limit = data.draw(st.integers(8, 64))
    ids = list(range(100, 100 + n_tokens))
    marked = mark_mention(
        ids, word_offsets(n_tokens), start, end, special=SPECIAL, max_length=limit
    )
    assert len(marked.ids) <= limit
    assert marked.ids.count(90) == marked.ids.count(91) == 1
    kept = [i for i in marked.ids if i >= 100]
    assert kept == list(range(kept[0], kept[-1] + 1))
    assert marked.truncated == (len(kept) < n_tokens)


def test_padding_is_masked() -> None:
    batch = pad_batch([(5, 6, 7), (8,)], pad=1)
    assert batch.input_ids.tolist() == [[5, 6, 7], [8, 1, 1]]
    assert batch.attention_mask.tolist() == [[1, 1, 1], [1, 0, 0]]


@given(st.lists(st.integers(1, 100), min_size=1, max_size=50), st.integers(1, 8))
def test_buckets_hold_every_row_once_and_fall_in_length(lengths: list[int], size: int) -> None:
    buckets = length_buckets(lengths, size)
    rows = np.concatenate(buckets)
    assert sorted(rows.tolist()) == list(range(len(lengths)))
    assert all(np.diff([lengths[row] for row in rows]) <= 0)
    assert all(len(bucket) <= size for bucket in buckets)


def test_softmax_known_values_and_large_logits() -> None:
    probabilities = softmax(np.array([[0.0, np.log(2.0), np.log(5.0)], [1000.0, 0.0, 0.0]]))
    np.testing.assert_allclose(probabilities, [[1 / 8, 2 / 8, 5 / 8], [1, 0, 0]], atol=1e-12)
