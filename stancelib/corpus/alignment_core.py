"""How much of a text stands in another: runs of words, in order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise


def places_of_runs(runs: Sequence[int]) -> dict[int, list[int]]:
    """Where each run stands in a text, the last place first."""
    places: dict[int, list[int]] = {}
    for place in range(len(runs) - 1, -1, -1):
        places.setdefault(runs[place], []).append(place)
    return places


def shared_in_order(
    runs: Sequence[int], places: Mapping[int, Sequence[int]]
) -> list[tuple[int, int]]:
    """Longest chain of runs that stand in both texts in the same order, as pairs of places.

    The longest common subsequence after Hunt and Szymanski (1977), over runs instead of lines.
    """
    ends: list[int] = []
    last: list[int] = []
    matches: list[tuple[int, int]] = []
    before: list[int] = []
    for place, run in enumerate(runs):
        for other in places.get(run, ()):
            rank = bisect_left(ends, other)
            before.append(last[rank - 1] if rank else -1)
            if rank == len(ends):
                ends.append(other)
                last.append(len(matches))
            else:
                ends[rank] = other
                last[rank] = len(matches)
            matches.append((place, other))
    chain = []
    match = last[-1] if last else -1
    while match >= 0:
        chain.append(matches[match])
        match = before[match]
    return chain[::-1]


def kept_words(
    one: Sequence[int],
    other: Sequence[int],
    chain: Sequence[tuple[int, int]],
    length: int,
    widest: int,
) -> int:
    """How many words of one text the other keeps, in order.

    Words in runs of the chain are kept; so are single words between two runs, if at most `widest`
    words of either text stand between them. In wider gaps, words that are the same by chance are
    not counted.

    Parameters
    ----------
    one, other
        The words of the texts.
    chain
        Places of the runs in both, from `shared_in_order`.
    length
        Words in a run.
    widest
        Words in a gap that is looked into.

    Examples
    --------
    >>> kept_words([1, 2, 3, 4, 5, 6, 7], [1, 2, 9, 4, 8, 6, 7], [(0, 0), (5, 5)], 2, 6)
    5
    """
    total = end = other_end = 0
    for place, other_place in chain:
        if 0 < place - end <= widest and 0 < other_place - other_end <= widest:
            total += _common(one[end:place], other[other_end:other_place])
        total += place + length - max(place, end)
        end, other_end = place + length, other_place + length
    return total


def covered(starts: Sequence[int], length: int, words: int) -> int:
    """How many of the first words of a text lie in runs that begin at these ascending places.

    Examples
    --------
    >>> covered([0, 1, 5], length=2, words=6)
    4
    """
    total = end = 0
    for start in starts:
        total += max(min(start + length, words) - max(start, end), 0)
        end = start + length
    return total


def longest_passage(chain: Sequence[tuple[int, int]], length: int, words: int) -> int:
    """How many words stand together in a text of which the other has none.

    A single run of the chain interrupts no passage: two words are easily the same by chance.

    Examples
    --------
    >>> longest_passage([(0, 0), (1, 1), (6, 8), (9, 20), (10, 21)], length=2, words=12)
    6
    """
    longest = end = 0
    for (place, other), (following, beside) in pairwise(chain):
        if following == place + 1 and beside == other + 1:
            longest = max(longest, place - end)
            end = following + length
    return max(longest, words - end)


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """Length of the longest common subsequence of two short texts."""
    before = [0] * (len(other) + 1)
    for word in one:
        now = [0]
        for place, another in enumerate(other):
            now.append(before[place] + 1 if word == another else max(now[-1], before[place + 1]))
        before = now
    return before[-1]
