"""Which windows of time touch, and which hang together: intervals on the real line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def shared_time(starts: Array, ends: Array) -> Array:
    """Length of time that each pair of windows shares, (E, E).

    Parameters
    ----------
    starts, ends : (E,)
        First and last moment of each window, on any common clock.

    Returns
    -------
    (E, E)
        Symmetric; 0 where two windows meet at one moment, negative (the distance between them)
        where they are apart, and the window's own length on the diagonal.
    """
    latest_start = np.maximum(starts[:, None], starts[None, :])
    earliest_end = np.minimum(ends[:, None], ends[None, :])
    return np.asarray(earliest_end - latest_start, dtype=np.float64)


def connected(touching: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Number of the group of each node, (E,), in the order of their first members.

    Parameters
    ----------
    touching : (E, E)
        Symmetric: which pairs are joined.
    """
    groups = np.arange(len(touching))
    for _ in range(len(touching)):
        # Each node takes the smallest number among its neighbours, until nothing changes.
        joined = np.where(touching | np.eye(len(touching), dtype=np.bool_), groups, len(touching))
        smallest = joined.min(axis=1)
        if np.array_equal(smallest, groups):
            break
        groups = smallest
    return np.unique(groups, return_inverse=True)[1].astype(np.int64)
