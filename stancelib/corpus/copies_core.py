"""Which texts are copies of which: candidates are compared word for word, in the order of time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.corpus.alignment_core import (
    kept_words,
    longest_passage,
    places_of_runs,
    shared_in_order,
)
from stancelib.corpus.duplicates_core import RUN, RunDays, hash_runs, hash_words

# Of the runs that do not recur from day to day, a copy has this share; a filled form has not.
_OWN_SHARE: Final = 0.35
_FEWEST_OWN_RUNS: Final = 8
# A text with many figures of which hardly one is the same is the same form filled again.
_FEWEST_FIGURES: Final = 5
_FIGURES_SHARE: Final = 1 / 3
# Between shared runs, single words are compared in gaps of so many words.
_WIDEST_GAP: Final = 8
# A text with a passage of its own of over a fifth must have more in common in the rest: it may be
# another article with the same background.
_LONG_PASSAGE: Final = 0.2
_PASSAGE_SURCHARGE: Final = 0.08
_CACHED_TEXTS: Final = 4_096


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
        self._words = hash_words(texts.gather(wanted))
        self._runs, self._offsets = hash_runs(self._words, RUN)
        self._own = ~recurrence.recurring(self._runs, span)
        self.comparable = lru_cache(_CACHED_TEXTS)(self._comparable)
        self.places = lru_cache(_CACHED_TEXTS)(self._places)

    def _comparable(self, text: int) -> Comparable:
        place = self._place[text]
        inside = slice(self._offsets[place], self._offsets[place + 1])
        span = slice(self._words.offsets[place], self._words.offsets[place + 1])
        words, runs = self._words.hashes[span], self._runs[inside]
        return Comparable(
            words=words.tolist(),
            runs=runs.tolist(),
            own=frozenset(runs[self._own[inside]].tolist()),
            length=words.size - runs.size + 1,
            figures=Counter(words[self._words.figures[span]].tolist()),
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
        passage = longest_passage(chain, shorter.length, len(shorter.words))
        if passage > _LONG_PASSAGE * len(shorter.words):
            threshold += _PASSAGE_SURCHARGE
        return share if share >= threshold else 0.0


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
    for first, end in zip(bounds[:-1], bounds[1:], strict=True):
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
