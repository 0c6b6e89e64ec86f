"""How far courses may part after an event, as a multiple of how far they parted before.

Rambachan and Roth (2023), "A more credible approach to parallel trends": the restriction
Delta^RM. From one period to the next after the event the difference of the courses changes by at
most M times its largest change before. For each place and sign of that largest change the bounds
of the effect are linear in the coefficients; the interval is the union of these linear intervals.
It holds wherever each of them does, and is wider than the paper's conditional intervals.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Branches:
    """Bounds of the effect, for each place of the largest change before the event.

    Attributes
    ----------
    effect : (k,)
        Contrast: the average after.
    changes : (s, k)
        Contrasts: the change from each period before the event to the next, the last of them to
        the reference.
    reach : float
        How far the average after moves if each step after the event is one unit.
    """

    effect: Array
    changes: Array
    reach: float

    def bound(self, magnitude: float) -> Array:
        """Contrasts (2 s, k) whose smallest is the lower and whose largest the upper bound."""
        shift = magnitude * self.reach * self.changes
        return np.concatenate([self.effect - shift, self.effect + shift])


def branches(relative: Integers, effect: Array, reference: int) -> Branches | None:
    """Bounds for coefficients at relative periods (k,) and an average (k,) of those after.

    None without two periods in a row before the event.
    """
    row = {int(period): np.eye(len(relative))[place] for place, period in enumerate(relative)}
    row[reference] = np.zeros(len(relative))
    before = sorted(period for period in row if period <= reference)
    changes = [row[b] - row[a] for a, b in pairwise(before) if b - a == 1]
    if not changes:
        return None
    steps = relative - reference
    return Branches(effect, np.array(changes), float(effect @ steps))
