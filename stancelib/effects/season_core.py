"""Columns of a design for rhythms of the week and the year; they sum to about 0 over a cycle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def weekday_columns(weekday: NDArray[np.int64], seen: NDArray[np.int64]) -> Array:
    """Deviations of the seen days but the last from the mean of the seen days, (N, D - 1).

    Effect coding: on the last seen day all columns are -1, so that the deviations sum to 0. On
    a day that is never seen nothing is known, and all columns are 0.

    Parameters
    ----------
    weekday : (N,)
        0 for Monday to 6 for Sunday.
    seen : (D,)
        The different days on which there are articles, ascending.
    """
    columns: Array = (weekday[:, None] == seen[:-1]).astype(np.float64)
    columns[weekday == seen[-1]] = -1.0
    return columns


def harmonic_columns(phase: Array, pairs: int) -> Array:
    """Sine and cosine of 1 to `pairs` cycles, (N, 2 pairs): sine 1, cosine 1, sine 2, ...

    Parameters
    ----------
    phase : (N,)
        Share of the cycle that is past.
    pairs : int
        Number of harmonics.
    """
    angles = 2 * np.pi * phase[:, None] * np.arange(1, pairs + 1)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(len(phase), -1)


def harmonic_names(pairs: int) -> tuple[str, ...]:
    """Names of the columns of `harmonic_columns`."""
    return tuple(f"yearly {wave} {n}" for n in range(1, pairs + 1) for wave in ("sine", "cosine"))
