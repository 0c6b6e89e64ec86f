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

    By the divisors of Webster, which, unlike largest remainders, never take a unit from a stratum
    because `n` is larger (Balinski and Young 1982, *Fair Representation*).

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

    def given(factor: float) -> Integers:
        rounded = np.floor(np.minimum(factor * safe + 0.5, upper)).astype(np.int64)
        return np.asarray(np.clip(rounded, lower, upper), dtype=np.int64)

    while given(high).sum() < n:
        high *= 2
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        low, high = (middle, high) if given(middle).sum() <= n else (low, middle)
    found = given(low)
    # Strata that come next at the same factor: the first of them, so that the same data give the
    # same sample.
    while found.sum() < n:
        waiting = np.where(found < upper, (found + 0.5) / safe, np.inf)
        found[np.flatnonzero(waiting <= waiting.min() * (1 + 1e-9))[0]] += 1
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
