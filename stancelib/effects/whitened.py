"""A fitted regression as independent values, kept for joint inference over several effects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class WhitenedRegression:
    """A regression whose errors are independent and of equal variance.

    Attributes
    ----------
    periods : polars.Series
        First instants of the n fitted periods, in order.
    outcome : (n,)
        The series, without its estimated autocorrelation.
    design : (n, k)
        The design, transformed in the same way.
    terms : tuple of str
        Names of its k columns.
    """

    periods: pl.Series
    outcome: Array
    design: Array
    terms: tuple[str, ...]
