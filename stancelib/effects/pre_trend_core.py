"""Whether treated and controls moved apart before the event, and what the test would have missed.

Roth (2022), "Pretest with caution: event-study estimates after testing for parallel trends".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.inversion_core import share_at_least

Array = NDArray[np.float64]

_DOUBLINGS, _BISECTIONS = 60, 50
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class LargestLead:
    """Test that all leads are 0, by the largest of their statistics.

    Attributes
    ----------
    statistic : float
        The largest absolute statistic.
    p_value : float
        Share of draws in which it is as large.
    critical : float
        What it must reach to reject.
    """

    statistic: float
    p_value: float
    critical: float


def largest_lead(observed: Array, draws: Array, size: float, *, enumerated: bool) -> LargestLead:
    """Compare statistics (m,) to draws of them (m, B) in a world without leads."""
    largest = np.abs(draws).max(0)
    statistic = float(np.abs(observed).max())
    extreme = int((largest >= statistic * (1 - _ROUNDING)).sum())
    critical = float(np.quantile(largest, 1 - size, method="higher"))
    return LargestLead(
        statistic, share_at_least(extreme, len(largest), enumerated=enumerated), critical
    )


def power(slope: float, distance: Array, se: Array, draws: Array, critical: float) -> float:
    """Share of draws (m, B) that a linear trend of a slope per period brings over the critical.

    Parameters
    ----------
    distance, se : (m,)
        Periods from the reference to each lead, and the lead's standard error.
    """
    moved = np.abs(draws + (slope * distance / se)[:, None]).max(0)
    return float((moved > critical).mean())


def detectable_slope(
    distance: Array, se: Array, draws: Array, critical: float, wanted: float
) -> float:
    """Smallest slope per period that the test finds with the wanted power."""
    low, high = 0.0, float(critical * (se / np.abs(distance)).min())
    for _ in range(_DOUBLINGS):
        if power(high, distance, se, draws, critical) >= wanted:
            break
        low, high = high, 2 * high
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if power(middle, distance, se, draws, critical) >= wanted:
            high = middle
        else:
            low = middle
    return high
