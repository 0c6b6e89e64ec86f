"""The structural model that a caller can choose, and the series in the units of its fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.checks import check_choice, check_whole
from stancelib.effects.counterfactual_controls import Controls
from stancelib.effects.counterfactual_core import STEP_PERIODS, Prior, Problem
from stancelib.effects.counterfactual_windows import Windows
from stancelib.effects.error_model import Weights
from stancelib.effects.periods import ChosenSeries
from stancelib.effects.placement import MINIMUM_PERIODS
from stancelib.effects.spike_slab_core import slab_of
from stancelib.effects.structural_core import Structure
from stancelib.errors import ArgumentError, NotEnoughDataError
from stancelib.series.precision_core import SamplingVariance, sampling_variances

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Noise = Literal["autoregression", "white"]

PERIODS_A_CONTROL = 2
SEASONS_BEFORE = 2
# CausalImpact: controls are thought to explain 80 % of the variance, with the weight of 50
# periods.
_WHITE_NOISE_SD, _WHITE_NOISE_PERIODS = 0.2**0.5, 50.0
_SMALLEST_GUESS = 1e-3
# Steps in CausalImpact; the slope wanders less than the level. Where the level's step is learnt, it
# has a half-Cauchy of this scale, with which intervals hold for random walks, too
# (benchmarks/coverage_counterfactual.py).
STEADY_SD, _SLOPE_SHARE, LEARNT_LEVEL_SD = 0.01, 0.1, 0.3


@dataclass(frozen=True, slots=True)
class Model:
    """The parts of the model and their priors; refuses what cannot be fitted.

    Attributes
    ----------
    trend : bool
        Whether the level has a slope.
    season : int or None
        Periods in a season.
    noise : {"autoregression", "white"}
        Noise of the outlet.
    weights : {"precision", "none"}
        Whether periods count by their precision.
    expected_controls : float
        Controls that are thought to matter, beforehand.
    level_sd : float or None
        Guess of one period's step of the level, in standard deviations before the event; null:
        learnt.
    """

    trend: bool
    season: int | None
    noise: Noise
    weights: Weights
    expected_controls: float
    level_sd: float | None

    def __post_init__(self) -> None:
        check_choice("noise", self.noise, get_args(Noise))
        check_choice("weighting", self.weights, get_args(Weights))
        if self.season is not None:
            check_whole("season", self.season, 2)
        if self.level_sd is not None and not 0 < self.level_sd <= 1:
            raise ArgumentError(
                f"'level_sd' must lie in (0, 1], in standard deviations of the series before the "
                f"event; got {self.level_sd}"
            )
        if not self.expected_controls > 0:
            raise ArgumentError(
                f"'expected_controls' must be above 0; got {self.expected_controls}"
            )

    @property
    def structure(self) -> Structure:
        """The same for the state space."""
        autoregression = self.noise == "autoregression"
        return Structure(
            trend=self.trend,
            season=self.season or 0,
            autoregression=autoregression,
            split=autoregression or self.weights == "precision",
        )


@dataclass(frozen=True, slots=True)
class Standardized:
    """A series of N periods, the first n of which end with the last one before the event.

    Attributes
    ----------
    problem : Problem
        Those n periods, in standard deviations from their mean.
    mean, scale : float
        That mean and that deviation, in stance units.
    noise_guess : float
        Deviation that the controls leave unexplained, standardized.
    seen : (N,)
        Periods in which the series and all controls have articles.
    stance : (N,)
        Stance; NaN where not seen.
    controls : (N, p)
        Standardized as those of the problem.
    ratios : (N,)
        Sampling variances over the median one before the event; 1 where not seen.
    """

    problem: Problem
    mean: float
    scale: float
    noise_guess: float
    seen: Mask
    stance: Array
    controls: Array
    ratios: Array


@dataclass(frozen=True, slots=True)
class Observed:
    """A series of N periods and its controls.

    Attributes
    ----------
    stance, controls : (N,), (N, p)
        NaN where there are no articles.
    se, n_effective : (N,)
        As in a Series frame; NaN where null.
    """

    stance: Array
    controls: Array
    se: Array
    n_effective: Array

    @property
    def seen(self) -> Mask:
        """Periods (N,) in which the series and all controls have articles."""
        controls = np.isfinite(self.controls).all(-1)
        return np.asarray(np.isfinite(self.stance) & controls, dtype=np.bool_)


def standardize(
    chosen: ChosenSeries, windows: Windows, controls: Controls, model: Model
) -> Standardized:
    """Bring series and controls into standard deviations of the time before the event."""
    stance, se, n_effective = (
        chosen.frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        for name in ("stance", "se", "n_effective")
    )
    observed = Observed(stance, controls.values, se, n_effective)
    _check_enough(chosen, windows, controls, model, observed.seen)
    return standardized(observed, windows.before, model)


def standardized(observed: Observed, before: Mask, model: Model) -> Standardized:
    """The same for bare arrays; `before` (N,): periods before the event."""
    seen, controls = observed.seen, observed.controls
    n = int(np.flatnonzero(before)[-1]) + 1
    before = before & seen
    stance = np.where(seen, observed.stance, np.nan)
    mean, scale = float(stance[before].mean()), float(stance[before].std(ddof=1))
    centres, spreads = controls[before].mean(0), controls[before].std(0, ddof=1)
    columns = np.column_stack([(stance - mean) / scale, (controls - centres) / spreads])
    sampling = SamplingVariance(np.ones(len(stance)), 0.0)
    if model.weights == "precision":
        sampling = sampling_variances(
            *(np.where(seen, column, np.nan) for column in (observed.se, observed.n_effective))
        )
    typical = float(np.median(sampling.variances[before]))
    ratios = np.where(seen, sampling.variances / typical, 1.0)
    known, step = sampling.degrees_of_freedom > 0, model.level_sd or STEADY_SD
    brodersen = model.noise == "white" and controls.shape[1] > 0
    prior = Prior(
        level_sd=model.level_sd or LEARNT_LEVEL_SD,
        level_periods=0.0 if model.level_sd is None else STEP_PERIODS,
        season_sd=step,
        slope_sd=_SLOPE_SHARE * step,
        noise_sd=_WHITE_NOISE_SD,
        noise_periods=_WHITE_NOISE_PERIODS if brodersen else 0.0,
        sampling_variance=typical / scale**2 if known else 1.0,
        # Articles' variances are less alike than the model believes.
        freedom=min(sampling.degrees_of_freedom, float(before.sum())),
    )
    slab = slab_of(columns[before, 1:], model.expected_controls)
    fitted = np.where(before[:n, None], columns[:n], np.nan)
    guess = _unexplained(columns[before])
    problem = Problem(fitted, ratios[:n], model.structure, slab, prior)
    return Standardized(problem, mean, scale, guess, seen, stance, columns[:, 1:], ratios)


def _unexplained(columns: Array) -> float:
    """Deviation of the first column (n, 1 + p) that the others leave by least squares."""
    design = np.column_stack([np.ones(len(columns)), columns[:, 1:]])
    coefficients = np.linalg.lstsq(design, columns[:, 0])[0]
    return max(float((columns[:, 0] - design @ coefficients).std()), _SMALLEST_GUESS)


def _check_enough(
    chosen: ChosenSeries, windows: Windows, controls: Controls, model: Model, seen: Mask
) -> None:
    name, first = f"{chosen.target} in {chosen.source}", windows.events[0].name
    before, n_controls = windows.before & seen, len(controls.names)
    needed = MINIMUM_PERIODS + PERIODS_A_CONTROL * n_controls
    if before.sum() < needed:
        shared = " and in every control" if n_controls else ""
        raise NotEnoughDataError(
            f"{name} has {int(before.sum())} periods with articles{shared} before {first!r}; at "
            f"least {needed} are needed ({MINIMUM_PERIODS}, and {PERIODS_A_CONTROL} for each "
            "control). Take shorter periods (every=...), a longer span, or fewer controls"
        )
    if model.season and windows.n_before < SEASONS_BEFORE * model.season:
        raise NotEnoughDataError(
            f"{name} has {windows.n_before} periods before {first!r}; a season of {model.season} "
            f"needs at least {SEASONS_BEFORE * model.season} ({SEASONS_BEFORE} seasons)"
        )
    for event, exposure in zip(windows.events, windows.exposure, strict=True):
        if not (seen & (exposure == 1)).any():
            raise NotEnoughDataError(
                f"{name} has no period with articles{' and controls' if n_controls else ''} that "
                f"lies wholly in the window of {event.name!r}, from it to the next event or the "
                "end; take shorter periods (every=...), or leave out one of the events"
            )
    values = np.column_stack([chosen.frame["stance"].fill_null(0.0).to_numpy(), controls.values])
    for title, column in zip((name, *controls.names), values.T, strict=True):
        if np.ptp(column[before]) == 0:
            raise NotEnoughDataError(
                f"the stance of {title} is the same in all {int(before.sum())} periods before "
                f"{first!r}; without variation nothing can be learnt from it"
            )
