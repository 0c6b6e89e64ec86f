"""Arrays that a caller hands in: read once, refused with the reason."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

_FEWEST: Final = 2
_MATRIX: Final = 2


def read_vector(name: str, values: ArrayLike, length: int | None = None) -> Array:
    """Numbers (n,), none of them missing.

    Raises
    ------
    DataError
        For another shape or length, or numbers that are missing or infinite.
    """
    try:
        found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name!r} must be numbers, none of them missing") from error
    if found.ndim != 1:
        raise DataError(f"{name!r} must have the shape (n,); got {found.shape}")
    if length is not None and len(found) != length:
        raise DataError(
            f"{name!r} must have {length:,} rows, as its labels or design; got {len(found):,}"
        )
    _check_finite(name, found)
    return found


def read_design(name: str, values: ArrayLike, n_terms: int | None = None) -> Array:
    """A design (n, k) of full rank; zero rows only where `n_terms` is given."""
    found = np.asarray(values, dtype=np.float64)
    if n_terms is not None and not found.size:
        return np.zeros((0, n_terms))
    if found.ndim != _MATRIX:
        raise DataError(f"{name!r} must have the shape (n, k); got {found.shape}")
    if n_terms is not None and found.shape[1] != n_terms:
        raise DataError(f"{name!r} must have {n_terms} columns, as 'design'; got {found.shape[1]}")
    _check_finite(name, found)
    check_rank(name, found)
    return found


def check_rank(name: str, design: Array) -> None:
    """Refuse a design whose coefficients cannot be told apart."""
    n, k = design.shape
    if n <= k:
        raise NotEnoughDataError(f"{name!r} has {n:,} rows for {k} coefficients; more are needed")
    rank = int(np.linalg.matrix_rank(design))
    if rank < k:
        raise DataError(
            f"{name!r} has {k} columns but rank {rank}: some columns are sums of others, or "
            "constant beside a constant"
        )


def read_weights(name: str, values: ArrayLike | None, n: int) -> Array:
    """Weights (n,) with mean 1; ones when they are not given."""
    if values is None:
        return np.ones(n)
    found = read_vector(name, values, n)
    if n and (found.min() < 0 or found.sum() == 0):
        raise DataError(f"{name!r} must be at least 0, and not all 0; the least is {found.min()}")
    return np.asarray(found / found.mean(), dtype=np.float64) if n else found


def read_clusters(
    first: ArrayLike | None, second: ArrayLike | None, n_first: int, n_second: int
) -> tuple[Integers, Integers]:
    """Numbers from 0 for the clusters of labelled and unlabelled rows, which may share some.

    Raises
    ------
    ArgumentError
        When the clusters of one of both are missing.
    NotEnoughDataError
        When the rows of either make up fewer than two clusters.
    """
    if first is None and second is None:
        rows = np.arange(n_first + n_second)
        numbers = rows[:n_first], rows[n_first:]
    else:
        numbers = _numbered(first, second, n_first, n_second)
    for name, found in zip(("labelled", "unlabelled"), numbers, strict=True):
        n_clusters = len(np.unique(found))
        if n_clusters < _FEWEST and (len(found) or name == "labelled"):
            raise NotEnoughDataError(
                f"the {len(found)} {name} rows make up {n_clusters} cluster(s); at least 2 are "
                "needed"
            )
    return numbers


def read_tuning(tuning: object) -> float | None:
    """None for the best tuning, else a number in [0, 1]."""
    if tuning == "power":
        return None
    if isinstance(tuning, str):
        raise ArgumentError.unknown("tuning", tuning, ["power"])
    if isinstance(tuning, bool) or not isinstance(tuning, int | float) or not 0 <= tuning <= 1:
        raise ArgumentError(f"tuning must be 'power' or a number in [0, 1]; got {tuning!r}")
    return float(tuning)


def check_level(confidence_level: float) -> None:
    """Refuse a level outside (0, 1)."""
    if not 0 < confidence_level < 1:
        raise ArgumentError(f"confidence_level must lie inside (0, 1); got {confidence_level}")


def check_shares(name: str, values: Array) -> None:
    """Refuse numbers outside [0, 1]."""
    outside = values[(values < 0) | (values > 1)]
    if len(outside):
        raise DataError(f"{name!r} must lie in [0, 1] for a logistic regression; got {outside[0]}")


def _numbered(
    first: ArrayLike | None, second: ArrayLike | None, n_first: int, n_second: int
) -> tuple[Integers, Integers]:
    found: list[object] = []
    for name, values, n in (
        ("clusters", first, n_first),
        ("unlabelled_clusters", second, n_second),
    ):
        if values is None and n:
            raise ArgumentError(
                f"{name}= is missing: clusters= and unlabelled_clusters= go together, and a "
                "cluster that has rows of both kinds has one name in both"
            )
        keys = [] if values is None else np.asarray(values).tolist()
        if len(keys) != n:
            raise DataError(f"{name!r} must have {n:,} rows; got {len(keys):,}")
        if any(key is None or key != key for key in keys):  # noqa: PLR0124 - NaN differs from itself
            raise DataError(f"{name!r} has missing values; name a cluster for each row")
        found.extend(keys)
    places: dict[object, int] = {}
    numbers = np.array([places.setdefault(key, len(places)) for key in found], dtype=np.int64)
    return numbers[:n_first], numbers[n_first:]


def _check_finite(name: str, found: Array) -> None:
    bad = int((~np.isfinite(found)).sum())
    if bad:
        raise DataError(
            f"{name!r} has {bad:,} missing or infinite numbers; take such rows out, and say why"
        )
