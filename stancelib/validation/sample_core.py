"""How many units each stratum gives, and which: functions over arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

_ROUNDS = 200


def allocate(weights: Array, lower: Integers, upper: Integers, n: int) -> Integers:
    """Numbers (H,) between `lower` and `upper` that sum to `n`, as near to the weights as can be.

    Parameters
    ----------
    weights : (H,)
        Shares up to a factor, at least 0.
    lower, upper : (H,)
        Least and greatest number of each stratum; ``lower.sum() <= n <= upper.sum()``.
    n : int
        The sum.
    """
    low, high = 0.0, 1.0
    largest = weights.max()
    safe = np.maximum(weights / largest, 1e-9) if largest > 0 else np.ones(len(weights))

    def given(factor: float) -> Array:
        return np.clip(factor * safe, lower, upper)

    while given(high).sum() < n:
        high *= 2
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        low, high = (middle, high) if given(middle).sum() < n else (low, middle)
    exact = given(high)
    found = np.clip(np.floor(exact + 1e-9).astype(np.int64), lower, upper)
    remainder = exact - found
    # Ties go to the first stratum, so that the same data give the same sample.
    for place in np.argsort(-remainder, kind="stable"):
        if found.sum() >= n:
            break
        found[place] += found[place] < upper[place]
    return found


def random_numbers(keys: Iterable[str], seed: int) -> Array:
    """Permanent random numbers in [0, 1) (Ohlsson 1995), the same for a key in every draw."""
    salt = str(seed).encode()
    digests = (
        hashlib.blake2b(key.encode("utf-8"), key=salt, digest_size=8).digest() for key in keys
    )
    whole = np.frombuffer(b"".join(digests), dtype=">u8")
    return np.asarray(whole / 2.0**64, dtype=np.float64)


def stratum_spread(stance: Array, strata: Integers, n_strata: int) -> Array:
    """Standard deviation (H,) of the predicted stance in each stratum."""
    n = np.bincount(strata, minlength=n_strata)
    mean = np.bincount(strata, stance, n_strata) / np.maximum(n, 1)
    squares = np.bincount(strata, (stance - mean[strata]) ** 2, n_strata)
    return np.asarray(np.sqrt(squares / np.maximum(n - 1, 1)), dtype=np.float64)
