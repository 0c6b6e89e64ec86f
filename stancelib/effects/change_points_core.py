"""Search for shifts of the mean, with a penalty that a series without a change seldom exceeds.

The cost of a segment is the weighted sum of squares around its mean. Killick, Fearnhead and Eckley
(2012) for the optimal partition (PELT), Scott and Knott (1974) for binary segmentation; both are
searched by ruptures (Truong, Oudre and Vayatis 2020), here at every period. A series without a
change raises a false alarm when some segmentation lowers the cost by more than the penalty for each
of its changes. `alarm_thresholds` is that penalty for each of many simulated series, found by the
iteration of Dinkelbach (1967) over optimal partitions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.noise_points_core import NoisePoints

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
SearchMethod = Literal["pelt", "binary_segmentation"]

# A penalty just above a series' threshold, so that rounding does not repeat its last alarm.
_ABOVE = 1 + 1e-9
_SERIES_AT_ONCE = 128


@dataclass(frozen=True, slots=True)
class Sums:
    """Running sums of series on a calendar of N periods; a period without articles weighs 0.

    Attributes
    ----------
    weighted : (B, N + 1)
        Of weight times stance.
    weights : (N + 1,)
        Of the weights.
    """

    weighted: Array
    weights: Array

    @classmethod
    def of(cls, stance: Array, weights: Array) -> Sums:
        """From series (B, N) and weights (N,)."""
        weighted = np.cumsum(stance * weights, axis=1)
        return cls(
            np.concatenate([np.zeros((len(stance), 1)), weighted], axis=1),
            np.concatenate([[0.0], np.cumsum(weights)]),
        )

    def explained(self, starts: Indices, ends: Indices) -> Array:
        """Squares (B, s) that the means of the segments from `starts` to before `ends` explain.

        One of both may be a single period for all segments.
        """
        weight = self.weights[ends] - self.weights[starts]
        product: Array = self.weighted[:, ends] - self.weighted[:, starts]
        product *= product
        # A segment without articles explains nothing.
        product /= np.where(weight > 0, weight, np.inf)
        return product

    @property
    def whole(self) -> Indices:
        """Start and end of the calendar."""
        return np.array([0, len(self.weights) - 1], dtype=np.int64)

    def rows(self, chosen: Indices | slice) -> Sums:
        """Some of the series."""
        return Sums(self.weighted[chosen], self.weights)


def single_gains(sums: Sums, minimum: int) -> Array:
    """Fall of the cost (B, m) for one change at each admissible period, from `minimum` on."""
    start, end = np.split(sums.whole, 2)
    at = np.arange(minimum, end[0] - minimum + 1)
    gains = sums.explained(start, at) + sums.explained(at, end) - sums.explained(start, end)
    return np.asarray(np.maximum(gains, 0.0), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Partition:
    """Partitions of B series on a calendar of N periods.

    Attributes
    ----------
    gain : (B,)
        Fall of the cost against no change, the penalties not counted.
    n_changes : (B,)
        Number of changes.
    last_start : (B, N + 1)
        Where the last segment begins in the best partition of the periods before each.
    """

    gain: Array
    n_changes: Indices
    last_start: Indices

    def changes(self, series: int) -> Indices:
        """First periods (k,) of the segments of one series, after the first segment."""
        found: list[int] = []
        end = self.last_start.shape[1] - 1
        while (end := int(self.last_start[series, end])) > 0:
            found.append(end)
        return np.array(found[::-1], dtype=np.int64)


def optimal_partition(sums: Sums, minimum: int, penalty: Array) -> Partition:
    """Partition of least penalized cost: the dynamic program of Jackson et al. (2005).

    Nothing is pruned; all series are done side by side.

    Parameters
    ----------
    sums : Sums
        The series.
    minimum : int
        Shortest segment, in periods.
    penalty : (B,)
        Cost of each change.
    """
    n_series, n_periods = len(sums.weighted), len(sums.weights) - 1
    best = np.full((n_series, n_periods + 1), -np.inf)
    changes = np.zeros((n_series, n_periods + 1), dtype=np.int64)
    last_start = np.zeros((n_series, n_periods + 1), dtype=np.int64)
    # The first segment is free of the penalty.
    best[:, 0], changes[:, 0] = penalty, -1
    rows = np.arange(n_series)
    for end in range(minimum, n_periods + 1):
        # A segment begins with the first period, or where the one before has its length.
        starts = np.concatenate([[0], np.arange(minimum, end - minimum + 1)])
        value = sums.explained(starts, np.array([end]))
        value += best[:, starts]
        chosen = value.argmax(1)
        best[:, end] = value[rows, chosen] - penalty
        last_start[:, end] = starts[chosen]
        changes[:, end] = changes[rows, last_start[:, end]] + 1
    found = changes[:, -1]
    whole = sums.explained(*np.split(sums.whole, 2))[:, 0]
    return Partition(best[:, -1] + found * penalty - whole, found, last_start)


def alarm_thresholds(sums: Sums, minimum: int, method: SearchMethod, share: float) -> Array:
    """Penalty (B,) from which on a search finds no change in each series.

    Exact for the largest ones, down to the quantile ``1 - share`` of all; for the others the
    largest fall of the cost by one change, which is a lower bound (with binary segmentation it is
    the threshold itself).
    """
    thresholds: Array = single_gains(sums, minimum).max(1)
    if method == "binary_segmentation":
        return thresholds
    active = np.arange(len(thresholds))
    penalty = np.full(len(thresholds), critical_value(thresholds, share) * _ABOVE)
    while len(active):
        gain, n_changes = _penalized(sums.rows(active), minimum, penalty)
        alarmed = n_changes > 0
        active = active[alarmed]
        thresholds[active] = gain[alarmed] / n_changes[alarmed]
        penalty = thresholds[active] * _ABOVE
    return thresholds


def _penalized(sums: Sums, minimum: int, penalty: Array) -> tuple[Array, Indices]:
    """Gain and number of changes of optimal partitions, a block of series at a time."""
    starts = range(0, len(penalty), _SERIES_AT_ONCE)
    blocks = [slice(start, start + _SERIES_AT_ONCE) for start in starts]
    found = [optimal_partition(sums.rows(block), minimum, penalty[block]) for block in blocks]
    gain = np.concatenate([partition.gain for partition in found])
    return gain, np.concatenate([partition.n_changes for partition in found])


def critical_value(simulated: Array, share: float) -> float:
    """The value that a new one of the same kind exceeds with probability at most `share`.

    Examples
    --------
    >>> critical_value(np.arange(1.0, 20.0), 0.05)
    19.0
    """
    ordered = np.sort(simulated)
    rank = int(np.ceil((1 - share) * (len(ordered) + 1)))
    return float(ordered[min(rank, len(ordered)) - 1])


def simulated_share(simulated: Array, value: float) -> float:
    """Share of values as large as `value`, that one counted among them: a p-value above 0."""
    return float((1 + (simulated >= value).sum()) / (1 + len(simulated)))


def simulate_without_change(
    noise: NoisePoints, ratios: Array, elapsed: Array, generator: np.random.Generator
) -> Array:
    """Series (B, n) around 0, one for each of the B points of the noise.

    Parameters
    ----------
    noise : NoisePoints
        Autocorrelation, share and variance.
    ratios, elapsed : (n,)
        Sampling variances over their median, and periods since the value before.
    generator : numpy.random.Generator
        Source of randomness.
    """
    shape = (len(noise.rho), len(ratios))
    shocks = generator.standard_normal(shape)
    latent = np.empty(shape)
    latent[:, 0] = shocks[:, 0]
    for period in range(1, shape[1]):
        decay = noise.rho ** elapsed[period]
        kept = decay * latent[:, period - 1]
        latent[:, period] = kept + np.sqrt(1 - decay**2) * shocks[:, period]
    sampling = generator.standard_normal(shape) * np.sqrt(np.outer(1 - noise.share, ratios))
    total = np.sqrt(noise.share)[:, None] * latent + sampling
    return np.asarray(np.sqrt(noise.variance)[:, None] * total, dtype=np.float64)


def total_gain(sums: Sums, changes: Indices) -> float:
    """Fall of the cost of a single series by its changes (k,), against no change."""
    edges = np.insert(sums.whole, 1, changes)
    parts = sums.explained(edges[:-1], edges[1:])
    return float(parts.sum() - sums.explained(*np.split(sums.whole, 2))[0, 0])


def merge_gains(sums: Sums, changes: Indices) -> Array:
    """Rise of the cost (k,) of a single series when each of its changes alone is taken away."""
    edges = np.insert(sums.whole, 1, changes)
    parts = sums.explained(edges[:-1], edges[1:])[0]
    rises: Array = parts[:-1] + parts[1:] - sums.explained(edges[:-2], edges[2:])[0]
    return rises
