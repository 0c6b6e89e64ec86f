"""A series whose noise is known and how it would be analysed: what `power` simulates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.error_model import ErrorModel
from stancelib.effects.generalized_least_squares_core import Regression
from stancelib.effects.interrupted_time_series_core import column_sizes, segmented_design
from stancelib.effects.periods import ChosenSeries
from stancelib.effects.placement import PlacedEvent
from stancelib.effects.power_core import (
    ENDLESS,
    LEVEL,
    Detection,
    NoisePosterior,
    detection,
    factor_for,
    simulate,
)
from stancelib.series.precision_core import sampling_variances

Array = NDArray[np.float64]
Known = list[tuple[float, float]]

_REFINEMENTS = 3
_CLOSE = 0.03


@dataclass(frozen=True, slots=True)
class Setting:
    """A series whose noise is known, and how it would be analysed.

    Attributes
    ----------
    regression : Regression
        The series on its n periods (B = 1), with its sampling variances.
    times : (n,)
        Index of the periods in the calendar.
    posterior : NoisePosterior
        What is known about the noise.
    model : ErrorModel
        Error and weights of the analysis.
    confidence_level : float
        Of its intervals.
    runs, seed : int
        Simulated series, and where their random numbers begin.
    """

    regression: Regression
    times: Array
    posterior: NoisePosterior
    model: ErrorModel
    confidence_level: float
    runs: int
    seed: int

    def detect(self, factor: float) -> Detection:
        """Simulate with so many times the articles; equal random numbers for every factor."""
        rng = np.random.default_rng(self.seed)
        drawn = simulate(self.regression, self.posterior, factor, self.runs, rng)
        if self.model.weights == "none":
            ones = np.ones_like(drawn.variances)
            drawn = Regression(drawn.outcome, drawn.design, ones, 0.0, drawn.elapsed)
        lags = self.model.lags(len(self.times))
        return detection(drawn, self.times, self.model.kind, lags, self.confidence_level)


def regression_of(chosen: ChosenSeries, placed: PlacedEvent) -> tuple[Regression, Array]:
    """The series with its sampling variances; the column of the level keeps its size."""
    used = chosen.frame.filter(placed.used)
    times = np.flatnonzero(placed.used).astype(np.float64)
    se = used["se"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    sampling = sampling_variances(se, used["n_effective"].cast(pl.Float64).to_numpy())
    design = segmented_design(placed.segments)[placed.used]
    sizes = column_sizes(design)
    sizes[LEVEL] = 1.0
    regression = Regression(
        outcome=used["stance"].to_numpy()[None],
        design=design / sizes,
        variances=sampling.variances[None],
        freedom=sampling.degrees_of_freedom,
        elapsed=np.diff(times, prepend=times[0]),
    )
    return regression, times


def articles_factor(
    setting: Setting, shift: float, wanted: float, known: Known, least: float
) -> float:
    """How many times the articles make a shift the smallest that is shown.

    `known` holds pairs of a factor and its smallest shift; simulations at the factor that they
    suggest are added until one comes close.
    """
    factor = 1.0
    for _ in range(_REFINEMENTS):
        nearest = sorted(known, key=lambda pair: abs(pair[1] - shift))
        suggested = factor_for(shift, nearest[0], nearest[1])
        if suggested is None:
            break
        factor = float(np.clip(suggested, least, ENDLESS))
        found = setting.detect(factor).smallest_shift(wanted)[0]
        if abs(found / shift - 1) < _CLOSE or factor == least:
            break
        known = [*known, (factor, found)]
    return factor
