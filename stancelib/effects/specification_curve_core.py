"""What a specification curve says as a whole, and whether a date without an event says as much.

Simonsohn, Simmons and Nelson (2020), "Specification curve analysis".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.placebo_core import rank_p_value

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CurveSummary:
    """A curve of c specifications in a few numbers.

    Attributes
    ----------
    n_specifications : int
        Specifications, c.
    median, lowest, highest : float
        Of the estimates.
    n_same_sign : int
        Specifications whose estimate has the sign of the median.
    n_clear, n_opposite : int
        Specifications whose interval leaves out 0, on the side of the median and on the other.
    """

    n_specifications: int
    median: float
    lowest: float
    highest: float
    n_same_sign: int
    n_clear: int
    n_opposite: int


def summarize(estimate: Array, low: Array, high: Array) -> CurveSummary:
    """Summary of estimates with the ends of their intervals, all (c,).

    Examples
    --------
    >>> ends = np.array([0.1, -0.1, 0.0]), np.array([0.3, 0.2, 0.4])
    >>> summarize(np.array([0.2, 0.05, 0.2]), *ends).n_clear
    1
    """
    median = float(np.median(estimate))
    sign = 1.0 if median >= 0 else -1.0
    ends = np.where(sign > 0, low, -high), np.where(sign > 0, -high, low)
    return CurveSummary(
        n_specifications=len(estimate),
        median=median,
        lowest=float(estimate.min()),
        highest=float(estimate.max()),
        n_same_sign=int((sign * estimate > 0).sum()),
        n_clear=int((ends[0] > 0).sum()),
        n_opposite=int((ends[1] > 0).sum()),
    )


def joint_p_value(statistics: Array, event: int) -> float:
    """Rank of the median statistic at the event among the medians at all dates.

    Parameters
    ----------
    statistics : (c, m)
        Estimates over their errors, of c specifications at m dates.
    event : int
        Which date is the event's.
    """
    return rank_p_value(np.median(statistics, axis=0), event)
