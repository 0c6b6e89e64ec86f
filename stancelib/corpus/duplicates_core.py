"""Near-copies among texts: words, signatures of windows, candidate pairs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray
from rensa import RMinHash

# Scripts that put no spaces between words: each character counts as a word.
_UNSPACED: Final = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_WORD: Final = rf"[{_UNSPACED}]|[\w--[{_UNSPACED}]]+"
_INVISIBLE: Final = r"[\u{ad}\u{200b}-\u{200f}\u{2060}\u{feff}]"
# Characters carry less than words, so that runs of them are this much longer.
UNSPACED_FACTOR: Final = 2
CHARACTERS_A_CHUNK: Final = 4_000_000
# A window is a hundred words unless the text is long: a signature is kept for at most eight.
_WINDOW: Final = 100
_MOST_WINDOWS: Final = 8
# In a bucket, a text is compared with this many texts before it.
_NEIGHBOURS: Final = 2
_FEWEST_EQUAL_SLOTS: Final = 2
# Pairs are counted part by part, so that they need not be sorted all at once.
_PARTS: Final = 8

# Words in a run that two texts must share for its words to count as shared.
RUN: Final = 2
# A run that stands in texts of so many days says nothing on who copied whom.
_FEWEST_DAYS: Final = 4
_MANY_DAYS: Final = 100
_CHARACTERS_A_WORD: Final = 6
_FEWEST_BITS: Final = 12
_MOST_BITS: Final = 26

MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(29)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of n texts, one text after the other.

    Attributes
    ----------
    hashes
        Shape (number of words,), unsigned 64 bits: one hash a word.
    offsets
        Shape (n + 1,): text i has the words from ``offsets[i]`` up to ``offsets[i + 1]``.
    unspaced
        Shape (n,): whether most of the words are single characters of an unspaced script.
    figures
        Shape (number of words,): whether the word is a number in digits.
    """

    hashes: NDArray[np.uint64]
    offsets: NDArray[np.int64]
    unspaced: NDArray[np.bool_]
    figures: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Signatures:
    """MinHash signatures of w windows.

    Attributes
    ----------
    slots
        Arrays of the shape (permutations, some of the windows), unsigned 32 bits, which together
        have a column for each window. They stay apart, because they are the largest thing here.
    text_of_window
        Shape (w,): the text a window is cut from, ascending.
    """

    slots: tuple[NDArray[np.uint32], ...]
    text_of_window: NDArray[np.int64]


def hash_words(texts: pl.Series) -> Words:
    """Cut texts into words without case, punctuation and white space, and hash the words."""
    folded = texts.str.normalize("NFKC").str.replace_all(_INVISIBLE, "").str.to_lowercase()
    words = folded.str.extract_all(_WORD)
    lengths = words.list.len().to_numpy().astype(np.int64)
    single = folded.str.count_matches(f"[{_UNSPACED}]").to_numpy()
    flat = words.explode(empty_as_null=False).to_arrow().cast(pa.large_string())
    encoded = flat.dictionary_encode()
    different = encoded.dictionary.to_pylist()
    (known,) = RMinHash.hash_token_sets([different])
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    return Words(
        hashes=np.asarray(known, dtype=np.uint64)[codes],
        offsets=np.concatenate([[0], np.cumsum(lengths)]),
        unspaced=2 * single > lengths,
        figures=np.array([word.isdecimal() for word in different], dtype=bool)[codes],
    )


def hash_runs(words: Words, length: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Hash the runs of consecutive words in each text; returns hashes and offsets as in `Words`.

    In an unspaced script a run has twice the length.
    """
    lengths = np.where(words.unspaced, UNSPACED_FACTOR * length, length)
    counts = np.maximum(np.diff(words.offsets) - lengths + 1, 0)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    starts = np.repeat(words.offsets[:-1] - offsets[:-1], counts) + np.arange(offsets[-1])
    long = np.repeat(words.unspaced, counts)
    hashes = np.zeros(starts.size, dtype=np.uint64)
    for place in range(length):
        hashes = _mixed(hashes, words.hashes[starts + place])
    for place in range(length, UNSPACED_FACTOR * length if long.any() else length):
        hashes[long] = _mixed(hashes[long], words.hashes[starts[long] + place])
    return hashes, offsets


def _mixed(hashes: NDArray[np.uint64], following: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed: NDArray[np.uint64] = (hashes ^ following) * MULTIPLIER
    mixed ^= mixed >> _SHIFT
    return mixed


class RunDays:
    """On how many days each run of words stands in some text, in a table of fixed size.

    Runs are told apart by some bits of their hash: two runs that fall together count as one, so
    that a few runs seem to recur that do not.
    """

    def __init__(self, bits: int) -> None:
        self._shift = np.uint64(64 - bits)
        self._days = np.zeros(1 << bits, dtype=np.uint8)
        self._first = np.zeros(1 << bits, dtype=np.uint16)
        self._last = np.zeros(1 << bits, dtype=np.uint16)

    def add(self, runs: NDArray[np.uint64], day: int) -> None:
        """Count the runs of texts of one day, numbered from 0; days come in order."""
        places = np.unique(self._places(runs))
        never = self._days[places] == 0
        self._first[places[never]] = day
        new = places[never | (self._last[places] != day)]
        self._last[new] = day
        self._days[new] = np.minimum(self._days[new], _MANY_DAYS) + 1

    def recurring(self, runs: NDArray[np.uint64], span: int) -> NDArray[np.bool_]:
        """Whether runs stand in texts of several days of which two are over `span` days apart."""
        places = self._places(runs)
        apart: NDArray[np.bool_] = self._last[places] > self._first[places].astype(np.int64) + span
        return apart & (self._days[places] >= _FEWEST_DAYS)

    def _places(self, runs: NDArray[np.uint64]) -> NDArray[np.int64]:
        return ((runs * MULTIPLIER) >> self._shift).astype(np.int64)


def table_bits(characters: int) -> int:
    """Size of the table of `RunDays` for texts of so many characters, as a power of two."""
    words = characters // _CHARACTERS_A_WORD
    return min(max(2 + words.bit_length(), _FEWEST_BITS), _MOST_BITS)


def read_texts(
    texts: pl.Series,
    days: NDArray[np.int64],
    *,
    shingle: int,
    permutations: int,
    seed: int,
    min_words: int,
) -> tuple[Signatures, RunDays]:
    """Sign the windows of all texts, and count the days of their runs, chunk by chunk.

    Windows overlap, so that a cut copy shares windows with the whole. Texts are in the order of
    time, `days` is their day.
    """
    lengths = texts.str.len_bytes().to_numpy()
    recurrence = RunDays(table_bits(int(lengths.sum())))
    slots = []
    owners = [np.empty(0, dtype=np.int64)]
    for first, end in chunks(lengths):
        words = hash_words(texts.slice(first, end - first))
        signed, owner = _sign(words, shingle, permutations, seed, min_words)
        slots.append(signed)
        owners.append(owner + first)
        _count_days(recurrence, words, days[first:end])
    return Signatures(tuple(slots), np.concatenate(owners)), recurrence


def chunks(lengths: NDArray[np.integer]) -> list[tuple[int, int]]:
    """Cut texts of these lengths into chunks, as the first text of each and the one after it."""
    number = np.cumsum(lengths, dtype=np.int64) // CHARACTERS_A_CHUNK
    firsts = np.flatnonzero(np.diff(number, prepend=-1)).tolist()
    return list(pairwise([*firsts, lengths.size]))


def _sign(
    words: Words, shingle: int, permutations: int, seed: int, min_words: int
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Signatures of the windows, one column each, and the text of each window."""
    hashes, offsets = hash_runs(words, shingle)
    counts = np.where(np.diff(words.offsets) < min_words, 0, np.diff(offsets))
    starts, lengths, owner = cut_windows(offsets[:-1], counts)
    ends = np.cumsum(lengths)
    inside = np.repeat(starts - (ends - lengths), lengths) + np.arange(lengths.sum())
    bounds = np.concatenate([[0], ends]).astype(np.uint64)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(
        hashes[inside], bounds, permutations, seed
    )
    rows = np.asarray(matrix.to_rows(), dtype=np.uint32).reshape(-1, permutations)
    return np.ascontiguousarray(rows.T), owner


def _count_days(recurrence: RunDays, words: Words, days: NDArray[np.int64]) -> None:
    runs, offsets = hash_runs(words, RUN)
    firsts = np.flatnonzero(np.diff(days, prepend=-1)).tolist()
    for first, end in pairwise([*firsts, days.size]):
        recurrence.add(runs[offsets[first] : offsets[end]], int(days[first]))


def cut_windows(
    firsts: NDArray[np.int64], counts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Start, length and text of each window; windows overlap by half, the last ends the text."""
    length = np.maximum(_WINDOW, -(-2 * counts // (_MOST_WINDOWS + 1)))
    step = (length + 1) // 2
    number = np.where(counts > 0, 1 + np.maximum(-(-(counts - length) // step), 0), 0)
    owner = np.repeat(np.arange(counts.size), number)
    rank = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    lengths = np.minimum(length, counts)[owner]
    place = np.minimum(rank * step[owner], counts[owner] - lengths)
    return firsts[owner] + place, lengths, owner


def candidate_pairs(
    signatures: Signatures, times: NDArray[np.int64], within: int
) -> NDArray[np.int64]:
    """Pairs of texts that share at least two values of slots, shape (pairs, 2), earlier first.

    Texts are in the order of time. Of the texts with the same value in a slot, each is paired with
    the two before it, so that phrases of every second article make no square of pairs.
    """
    number = max(times.size, 1)
    found = [np.empty(0, dtype=np.int64)]
    for rows in zip(*signatures.slots, strict=True):
        slot = np.concatenate(rows)
        order = np.argsort(slot, kind="stable")
        values, texts = slot[order], signatures.text_of_window[order]
        new = np.ones(values.size, dtype=bool)
        new[1:] = (values[1:] != values[:-1]) | (texts[1:] != texts[:-1])
        values, texts = values[new], texts[new]
        for lag in range(1, _NEIGHBOURS + 1):
            same = values[lag:] == values[:-lag]
            earlier, later = texts[:-lag][same], texts[lag:][same]
            near = times[later] - times[earlier] <= within
            found.append(later[near] * number + earlier[near])
    return np.concatenate([_repeated(found, part, number) for part in range(_PARTS)])


def _repeated(found: list[NDArray[np.int64]], part: int, number: int) -> NDArray[np.int64]:
    """Pairs of one part of the later texts that were found often enough."""
    low, high = (number * (part + place) // _PARTS * number for place in (0, 1))
    pairs = np.sort(np.concatenate([some[(some >= low) & (some < high)] for some in found]))
    last = _FEWEST_EQUAL_SLOTS - 1
    repeated = np.unique(pairs[last:][pairs[last:] == pairs[: max(pairs.size - last, 0)]])
    return np.column_stack([repeated % number, repeated // number])
