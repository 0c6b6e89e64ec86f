"""The searches of ruptures over weighted segment means, at every admissible period."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.change_points_core import (
    SearchMethod,
    Sums,
    optimal_partition,
    total_gain,
)

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

_TOLERANCE = 1e-9


class WeightedMeanCost:
    """Weighted sum of squares around the mean of a segment, less what does not depend on the cut.

    A cost of ruptures (its `BaseCost`): `fit` takes (N, 2), stance and weight of each period.
    """

    model = "weighted mean"
    min_size = 1

    def __init__(self) -> None:
        self.signal = np.empty((0, 2))
        self._products = [0.0]
        self._weights = [0.0]

    def fit(self, signal: Array) -> WeightedMeanCost:
        """Keep the running sums, as lists: ruptures asks for one segment at a time."""
        self.signal = signal
        self._products = [0.0, *np.cumsum(signal[:, 0] * signal[:, 1]).tolist()]
        self._weights = [0.0, *np.cumsum(signal[:, 1]).tolist()]
        return self

    def error(self, start: int, end: int) -> float:
        """Cost of the segment from `start` to before `end`; 0 without articles, else below 0."""
        weight = self._weights[end] - self._weights[start]
        if weight <= 0:
            return 0.0
        product = self._products[end] - self._products[start]
        return -product * product / weight

    def sum_of_costs(self, bkps: list[int]) -> float:
        """Cost of a segmentation that ends with the last period."""
        starts = [0, *bkps[:-1]]
        return sum(self.error(start, end) for start, end in zip(starts, bkps, strict=True))


def search(
    stance: Array, weights: Array, minimum: int, penalty: float, method: SearchMethod
) -> Indices:
    """First periods (k,) of the segments after the first.

    Parameters
    ----------
    stance, weights : (N,)
        On the whole calendar; a period without articles weighs 0.
    minimum : int
        Shortest segment, in periods.
    penalty : float
        By how much each change must lower the cost.
    method : {"pelt", "binary_segmentation"}
        Optimal partition, or the best cut again and again.
    """
    # Loaded when it is used, so that importing stancelib stays fast.
    from ruptures import Binseg, Pelt  # noqa: PLC0415
    from ruptures.base import BaseCost  # noqa: PLC0415

    BaseCost.register(WeightedMeanCost)
    # jump: ruptures looks at every fifth index only, if not told otherwise.
    options = {"custom_cost": WeightedMeanCost(), "min_size": minimum, "jump": 1}
    searcher = Pelt(**options) if method == "pelt" else Binseg(**options)
    found = searcher.fit(np.column_stack([stance, weights])).predict(pen=penalty)
    # Its cache would keep every series that was ever searched.
    Binseg.single_bkp.cache_clear()
    changes = np.array(found[:-1], dtype=np.int64)
    if method == "binary_segmentation":
        return changes
    return mended(changes, Sums.of(stance[None], weights), minimum, penalty)


def mended(changes: Indices, sums: Sums, minimum: int, penalty: float) -> Indices:
    """The changes (k,) of PELT, or the optimal ones where they are not.

    With a minimum length of segments, ruptures 1.1.10 prunes starts that are still needed (its
    pull request 383), and then misses the optimum.
    """
    best = optimal_partition(sums, minimum, np.array([penalty]))
    optimum = float(best.gain[0] - penalty * best.n_changes[0])
    reached = total_gain(sums, changes) - penalty * len(changes)
    return changes if reached > optimum - _TOLERANCE * penalty else best.changes(0)
