"""The parts of the search for copies, one by one."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancelib.corpus import duplicates_core
from stancelib.corpus.alignment_core import (
    covered,
    kept_words,
    longest_passage,
    places_of_runs,
    shared_in_order,
)
from stancelib.corpus.duplicates_core import (
    RunDays,
    candidate_pairs,
    chunks,
    cut_windows,
    hash_runs,
    hash_words,
    read_texts,
)

SEQUENCES = st.lists(st.integers(0, 5), max_size=25)


def longest_common(one: list[int], other: list[int]) -> int:
    table = np.zeros((len(one) + 1, len(other) + 1), dtype=int)
    for i, first in enumerate(one):
        for j, second in enumerate(other):
            table[i + 1, j + 1] = (
                table[i, j] + 1 if first == second else max(table[i, j + 1], table[i + 1, j])
            )
    return int(table[-1, -1])


@given(SEQUENCES, SEQUENCES)
def test_the_chain_is_a_longest_common_subsequence(one: list[int], other: list[int]) -> None:
    chain = shared_in_order(one, places_of_runs(other))
    assert len(chain) == longest_common(one, other)
    assert all(one[place] == other[beside] for place, beside in chain)
    assert [place for place, _ in chain] == sorted({place for place, _ in chain})
    assert [beside for _, beside in chain] == sorted({beside for _, beside in chain})


def test_words_in_runs_and_single_words_in_short_gaps_are_kept() -> None:
    one = [1, 2, 3, 4, 5, 6, 7, 8]
    other = [1, 2, 30, 4, 50, 60, 7, 8]
    chain = [(0, 0), (6, 6)]
    assert kept_words(one, other, chain, 2, 8) == 5
    assert kept_words(one, other, chain, 2, 3) == 4
    assert kept_words(one, other, [], 2, 8) == 0


def test_the_longest_passage_may_stand_at_either_end() -> None:
    assert longest_passage([], 2, 9) == 9
    assert longest_passage([(5, 0), (6, 1)], 2, 9) == 5
    assert longest_passage([(0, 0), (1, 1)], 2, 9) == 6
    assert longest_passage([(0, 0), (1, 1), (5, 40)], 2, 9) == 6


def test_covered_words_are_counted_once() -> None:
    assert covered([0, 1, 2], 2, 10) == 4
    assert covered([8, 9], 2, 9) == 1
    assert covered([], 2, 9) == 0


def test_words_are_folded_and_counted() -> None:
    words = hash_words(pl.Series(["Café “No. 5”", "CAFE\u0301 no 5", "", "北京 5"]))
    assert words.offsets.tolist() == [0, 3, 6, 6, 9]
    assert words.hashes[:3].tolist() == words.hashes[3:6].tolist()
    assert words.figures.tolist() == [False, False, True] * 2 + [False, False, True]
    assert words.unspaced.tolist() == [False, False, False, True]


def test_soft_hyphens_and_full_width_letters_are_folded() -> None:
    words = hash_words(pl.Series(["har\u00adbour ＮＡＴＯ", "harbour nato"]))
    assert words.hashes[:2].tolist() == words.hashes[2:].tolist()


def test_runs_stay_inside_their_text_and_are_longer_without_spaces() -> None:
    words = hash_words(pl.Series(["a b c d", "a", "b c d", "北京北京北京"]))
    runs, offsets = hash_runs(words, 2)
    assert offsets.tolist() == [0, 3, 3, 5, 8]
    assert runs[1:3].tolist() == runs[3:5].tolist()
    assert runs[5] == runs[7]
    assert runs[5] != runs[6]


def test_runs_recur_from_four_days_on_that_lie_apart() -> None:
    runs = np.array([2**60 + 1, 2**61 + 5, 2**62 + 9], dtype=np.uint64)
    days = RunDays(16)
    for day in (0, 1, 2, 9):
        days.add(runs[:1], day)
        days.add(runs[:1], day)
    for day in (0, 1, 2, 3, 4, 7):
        days.add(runs[1:2], day)
    days.add(runs[2:], 0)
    days.add(runs[2:], 9)
    assert days.recurring(runs, span=7).tolist() == [True, False, False]


def test_every_shingle_of_a_long_text_is_in_some_window() -> None:
    for size in (1, 99, 100, 101, 160, 449, 451, 2_000):
        starts, lengths, owner = cut_windows(np.array([7]), np.array([size]))
        inside = {
            place
            for start, length in zip(starts, lengths, strict=True)
            for place in range(start, start + length)
        }
        assert inside == set(range(7, 7 + size))
        assert len(owner) <= 8


@pytest.mark.parametrize("limit", [1, 10, 1_000])
def test_chunks_hold_every_text_once(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates_core, "CHARACTERS_A_CHUNK", limit)
    lengths = np.array([3, 0, 25, 4, 4, 9])
    found = chunks(lengths)
    assert [place for first, end in found for place in range(first, end)] == list(range(6))
    assert chunks(lengths[:0]) == []


def test_chunks_change_no_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(1)
    texts = pl.Series([" ".join(f"w{i}" for i in generator.integers(0, 15, 60)) for _ in range(20)])
    days = np.arange(20) // 3
    found = []
    for limit in (300, 10**6):
        monkeypatch.setattr(duplicates_core, "CHARACTERS_A_CHUNK", limit)
        signatures, recurrence = read_texts(
            texts, days, shingle=3, permutations=16, seed=0, min_words=20
        )
        runs, _ = hash_runs(hash_words(texts), 2)
        found.append((signatures, recurrence.recurring(runs, 3)))
    assert len(found[0][0].slots) > len(found[1][0].slots)
    assert np.array_equal(*(np.concatenate(one.slots, axis=1) for one, _ in found))
    assert np.array_equal(found[0][0].text_of_window, found[1][0].text_of_window)
    assert np.array_equal(found[0][1], found[1][1])
    assert found[0][1].any()


def test_parts_change_no_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(2)
    signatures = duplicates_core.Signatures(
        (generator.integers(0, 40, (16, 60)).astype(np.uint32),), np.arange(60)
    )
    times = np.arange(60)
    found = []
    for parts in (1, 7):
        monkeypatch.setattr(duplicates_core, "_PARTS", parts)
        found.append(candidate_pairs(signatures, times, within=30))
    assert np.array_equal(*found)
    assert (found[0][:, 0] < found[0][:, 1]).all()
    assert (found[0][:, 1] - found[0][:, 0]).max() <= 30
