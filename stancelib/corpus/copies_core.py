"""Which texts are copies of which: candidates are compared word for word, in the order of time."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.corpus.alignment_core import (
    covered,
    kept_words,
    longest_passage,
    places_of_runs,
    shared_in_order,
)
from stancelib.corpus.duplicates_core import (
    MULTIPLIER,
    RUN,
    UNSPACED_FACTOR,
    RunDays,
    chunks,
    hash_runs,
    hash_words,
)

# Of the runs that do not recur from day to day, a copy has this share; a filled form has not.
_OWN_SHARE: Final = 0.35
_FEWEST_OWN_RUNS: Final = 8
# A text with many figures of which hardly one is the same is the same form filled again.
_FEWEST_FIGURES: Final = 5
_FIGURES_SHARE: Final = 1 / 3
# Between shared runs, single words are compared in gaps of so many words.
_WIDEST_GAP: Final = 8
# Of the first words of the shorter text, a copy keeps this share in runs.
_OPENING: Final = 40
_OPENING_SHARE: Final = 0.3
# A passage of its own is long from this share of the words on.
_LONG_PASSAGE: Final = 0.2
# Shares of the words that may be lost which such texts must keep.
_OTHER_OPENING: Final = 0.6
_OWN_PASSAGE: Final = 0.2
_CACHED_TEXTS: Final = 2_048


@dataclass(frozen=True, slots=True)
class Comparable:
    """One text, ready to be compared.

    Attributes
    ----------
    words
        Hash of each word, in order.
    runs
        Hash of each run of `length` words, in order.
    own
        The runs that do not recur from day to day.
    length
        Words in a run.
    figures
        How often the text has each number.
    """

    words: list[int]
    runs: list[int]
    own: frozenset[int]
    length: int
    figures: Counter[int]


class Texts:
    """The texts that are somebody's candidate, cut into words once."""

    def __init__(
        self, texts: pl.Series, wanted: NDArray[np.int64], recurrence: RunDays, span: int
    ) -> None:
        self._place = {text: place for place, text in enumerate(wanted.tolist())}
        chosen = texts.gather(wanted)
        spans = chunks(chosen.str.len_bytes().to_numpy())
        self._firsts = [first for first, _ in spans]
        self._parts = [
            _cut(chosen.slice(first, end - first), recurrence, span) for first, end in spans
        ]
        self.comparable = lru_cache(_CACHED_TEXTS)(self._comparable)
        self.places = lru_cache(_CACHED_TEXTS)(self._places)

    def _comparable(self, text: int) -> Comparable:
        place = self._place[text]
        number = bisect_right(self._firsts, place) - 1
        part, place = self._parts[number], place - self._firsts[number]
        span = slice(part.offsets[place], part.offsets[place + 1])
        words, length = part.words[span], int(part.lengths[place])
        runs = _runs(words, length)
        return Comparable(
            words=words.tolist(),
            runs=runs.tolist(),
            own=frozenset(runs[part.own[span][: runs.size]].tolist()),
            length=length,
            figures=Counter(words[part.figures[span]].tolist()),
        )

    def _places(self, text: int) -> dict[int, list[int]]:
        return places_of_runs(self.comparable(text).runs)

    def similarity(self, one: int, other: int, threshold: float) -> float:
        """Share of the words of the shorter text that the longer one keeps, in order.

        0 where it is below the threshold, and where what is shared is a form: phrases that recur
        from day to day, with other names or figures in between.
        """
        first, second = self.comparable(one), self.comparable(other)
        if first.length != second.length:
            return 0.0
        if first.runs == second.runs:
            return 1.0
        shorter, longer = first, second
        if len(first.words) > len(second.words):
            shorter, longer, other = second, first, one
        if _is_form(shorter, longer):
            return 0.0
        chain = shared_in_order(shorter.runs, self.places(other))
        kept = kept_words(shorter.words, longer.words, chain, shorter.length, _WIDEST_GAP)
        share = kept / len(shorter.words)
        needed = threshold + (1 - threshold) * _surcharge(shorter, chain)
        return share if share >= needed else 0.0


@dataclass(frozen=True, slots=True)
class _Cut:
    """Some texts in words: the words, which of them are figures, and which runs are own.

    A run is at the place of its first word; `own` has as many places as there are words. `offsets`
    are as in `Words`; `lengths` are the words in a run of each text.
    """

    words: NDArray[np.uint32]
    figures: NDArray[np.bool_]
    own: NDArray[np.bool_]
    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]


def _cut(texts: pl.Series, recurrence: RunDays, span: int) -> _Cut:
    cut = hash_words(texts)
    runs, offsets = hash_runs(cut, RUN)
    counts = np.diff(offsets)
    place = np.repeat(cut.offsets[:-1] - offsets[:-1], counts) + np.arange(runs.size)
    own = np.zeros(cut.hashes.size, dtype=bool)
    own[place] = ~recurrence.recurring(runs, span)
    return _Cut(
        words=(cut.hashes >> np.uint64(32)).astype(np.uint32),
        figures=cut.figures,
        own=own,
        offsets=cut.offsets,
        lengths=np.where(cut.unspaced, UNSPACED_FACTOR * RUN, RUN),
    )


def _runs(words: NDArray[np.uint32], length: int) -> NDArray[np.uint64]:
    number = max(words.size - length + 1, 0)
    runs = np.zeros(number, dtype=np.uint64)
    for place in range(length):
        runs = runs * MULTIPLIER + words[place : place + number]
    return runs


def _surcharge(shorter: Comparable, chain: list[tuple[int, int]]) -> float:
    """What share of the words that may be lost must be kept, too.

    Another article on the event, with the same background, opens with words of its own or has a
    passage of its own; a copy that was cut keeps the opening, and edits are spread over it.
    """
    words = len(shorter.words)
    opening = min(_OPENING, words)
    starts = [place for place, _ in chain if place < opening]
    if covered(starts, shorter.length, opening) < _OPENING_SHARE * opening:
        return _OTHER_OPENING
    long = longest_passage(chain, shorter.length, words) > _LONG_PASSAGE * words
    return _OWN_PASSAGE if long else 0.0


def _is_form(shorter: Comparable, longer: Comparable) -> bool:
    own = len(shorter.own)
    if own < _FEWEST_OWN_RUNS or len(shorter.own & longer.own) < _OWN_SHARE * own:
        return True
    figures = shorter.figures.total()
    if figures < _FEWEST_FIGURES:
        return False
    return (shorter.figures & longer.figures).total() < _FIGURES_SHARE * figures


@dataclass(frozen=True, slots=True)
class Copies:
    """What n texts are copies of.

    Attributes
    ----------
    original
        Shape (n,): the text that each is a copy of, -1 where it is of none.
    similarity
        Shape (n,): of copy and original, NaN where it is of none.
    """

    original: NDArray[np.int64]
    similarity: NDArray[np.float64]


def resolve_copies(
    pairs: NDArray[np.int64],
    texts: Texts,
    times: NDArray[np.int64],
    *,
    within: int,
    threshold: float,
) -> Copies:
    """Give each text the original that it is most similar to, the earliest of equals.

    Pairs are (earlier, later), by later. A candidate that is a copy itself is stood in for by its
    original, so that a copy is always compared with its original: similarity makes no chains.
    """
    original = np.full(times.size, -1, dtype=np.int64)
    similarities = np.full(times.size, np.nan)
    bounds = np.flatnonzero(np.diff(pairs[:, 1], prepend=-1, append=-1))
    for first, end in pairwise(bounds.tolist()):
        text = int(pairs[first, 1])
        candidates = pairs[first:end, 0]
        sources = np.where(original[candidates] < 0, candidates, original[candidates])
        sources = sources[times[text] - times[sources] <= within]
        best, chosen = 0.0, -1
        for source in sorted(set(sources.tolist())):
            found = texts.similarity(text, source, threshold)
            if found > best:
                best, chosen = found, source
        if chosen >= 0:
            original[text], similarities[text] = chosen, best
    return Copies(original, similarities)
