"""How much of a text stands in another: runs of words, in order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence


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


def covered(starts: Sequence[int], length: int) -> int:
    """How many words lie in runs of this length that begin at these ascending places.

    Examples
    --------
    >>> covered([0, 1, 5], length=2)
    5
    """
    total, end = 0, 0
    for start in starts:
        total += start + length - max(start, end)
        end = start + length
    return total
