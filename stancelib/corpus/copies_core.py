"""Which texts are copies of which: candidates are compared word for word, in the order of time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.corpus.alignment_core import covered, places_of_runs, shared_in_order
from stancelib.corpus.duplicates_core import RUN, RunDays, hash_runs, hash_words

# Of the runs that do not recur from day to day, a copy has this share; a filled form has not.
_OWN_SHARE: Final = 0.3
_FEWEST_OWN_RUNS: Final = 8
# A text with many figures of which hardly one is the same is the same form filled again.
_FEWEST_FIGURES: Final = 5
_FIGURES_SHARE: Final = 1 / 3
_CACHED_TEXTS: Final = 4_096


@dataclass(frozen=True, slots=True)
class Comparable:
    """One text, ready to be compared.

    Attributes
    ----------
    runs
        Hashes of the runs of `length` words, in order.
    own
        For each run, whether it does not recur from day to day.
    words
        Number of words.
    length
        Words in a run.
    figures
        How often the text has each number.
    places
        Where each run stands.
    """

    runs: list[int]
    own: list[bool]
    words: int
    length: int
    figures: Counter[int]
    places: dict[int, list[int]]


class Texts:
    """The texts that are somebody's candidate, cut into words once."""

    def __init__(
        self, texts: pl.Series, wanted: NDArray[np.int64], recurrence: RunDays, span: int
    ) -> None:
        self._place = {int(text): place for place, text in enumerate(wanted)}
        self._words = hash_words(texts.gather(wanted))
        self._runs, self._offsets = hash_runs(self._words, RUN)
        self._own = ~recurrence.recurring(self._runs, span)
        self.comparable = lru_cache(_CACHED_TEXTS)(self._comparable)

    def _comparable(self, text: int) -> Comparable:
        place = self._place[text]
        inside = slice(self._offsets[place], self._offsets[place + 1])
        span = slice(self._words.offsets[place], self._words.offsets[place + 1])
        runs = self._runs[inside].tolist()
        number = int(span.stop - span.start)
        return Comparable(
            runs=runs,
            own=self._own[inside].tolist(),
            words=number,
            length=number - len(runs) + 1,
            figures=Counter(self._words.hashes[span][self._words.figures[span]].tolist()),
            places=places_of_runs(runs),
        )


def similarity(one: Comparable, other: Comparable, threshold: float) -> float:
    """Share of the words of the shorter text that stand in the other in runs, in order.

    0 where it is below the threshold, and where what is shared is a form: phrases that recur from
    day to day, with other figures or names in between.
    """
    shorter, longer = (one, other) if one.words <= other.words else (other, one)
    if shorter.length != longer.length:
        return 0.0
    if shorter.runs == longer.runs:
        return 1.0
    common = sum(run in longer.places for run in shorter.runs)
    if common * shorter.length < threshold * shorter.words:
        return 0.0
    chain = [place for place, _ in shared_in_order(shorter.runs, longer.places)]
    share = covered(chain, shorter.length) / shorter.words
    if share < threshold or _is_form(shorter, longer, chain):
        return 0.0
    return share


def _is_form(shorter: Comparable, longer: Comparable, chain: list[int]) -> bool:
    own = sum(shorter.own)
    shared = sum(shorter.own[place] for place in chain)
    if own < _FEWEST_OWN_RUNS or shared < _OWN_SHARE * own:
        return True
    figures = shorter.figures.total()
    same = (shorter.figures & longer.figures).total()
    return figures >= _FEWEST_FIGURES and same < _FIGURES_SHARE * figures


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
        one = texts.comparable(text)
        best, chosen = 0.0, -1
        for source in np.unique(sources).tolist():
            if times[text] - times[source] <= within:
                found = similarity(one, texts.comparable(source), threshold)
                if found > best:
                    best, chosen = found, source
        if chosen >= 0:
            original[text], similarities[text] = chosen, best
    return Copies(original, similarities)
