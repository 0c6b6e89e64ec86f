"""The kinds of error and weights that a caller can choose, and the fit of one series with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.generalized_least_squares_core import Regression
from stancelib.effects.interrupted_time_series_core import column_sizes
from stancelib.effects.known_noise_core import NoisePoints
from stancelib.effects.least_squares_core import default_lags
from stancelib.effects.regression_core import (
    RegressionFit,
    regress_generalized,
    regress_known_noise,
    regress_weighted,
)
from stancelib.errors import ArgumentError
from stancelib.series.precision_core import SamplingVariance, sampling_variances

Array = NDArray[np.float64]
ErrorKind = Literal["gls", "hac", "ols"]
Weights = Literal["precision", "none"]


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """How errors are computed; refuses what does not go together.

    Attributes
    ----------
    kind : {"gls", "hac", "ols"}
        Generalized least squares, Newey-West, or ordinary.
    weights : {"precision", "none"}
        Whether periods count by their precision.
    maximum_lags : int or None
        For hac; None takes ``1.3 sqrt(n)``.
    """

    kind: ErrorKind
    weights: Weights
    maximum_lags: int | None

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("error", self.kind, get_args(ErrorKind)),
            ("weighting", self.weights, get_args(Weights)),
        ):
            if value not in allowed:
                raise ArgumentError.unknown(name, value, allowed)
        if self.maximum_lags is not None and (self.kind != "hac" or self.maximum_lags < 0):
            raise ArgumentError(
                "'maximum_lags' must be 0 or more and belongs to error='hac'; got "
                f"{self.maximum_lags} with error={self.kind!r}"
            )

    def lags(self, n_periods: int) -> int | None:
        """Longest distance at which hac allows correlation; None for the other kinds."""
        if self.kind != "hac":
            return None
        return default_lags(n_periods) if self.maximum_lags is None else self.maximum_lags


def fit_series(
    used: pl.DataFrame,
    times: Array,
    design: Array,
    model: ErrorModel,
    noise: NoisePoints | None = None,
) -> RegressionFit:
    """Fit a series to any design.

    Parameters
    ----------
    used : polars.DataFrame
        The n periods with articles: stance, se, n_effective.
    times : (n,)
        Their index in the calendar; gaps count as time.
    design : (n, k)
        With a constant.
    model : ErrorModel
        Kind of error and weights.
    noise : NoisePoints, optional
        What another series tells of the autoregression; for precision-weighted ``"gls"``.
    """
    sampling = sampling_of(used, model.weights)
    sizes = column_sizes(design)
    regression = Regression(
        outcome=used["stance"].to_numpy()[None],
        design=design / sizes,
        variances=sampling.variances[None],
        freedom=sampling.degrees_of_freedom,
        elapsed=np.diff(times, prepend=times[0]),
    )
    if model.kind == "gls" and noise is not None and model.weights == "precision":
        return regress_known_noise(regression, noise).rescaled(sizes)
    if model.kind == "gls":
        return regress_generalized(regression).rescaled(sizes)
    return regress_weighted(regression, times, model.lags(len(times))).rescaled(sizes)


def sampling_of(used: pl.DataFrame, weights: Weights) -> SamplingVariance:
    """Sampling variances of rows of a Series frame; all alike where these do not weigh."""
    if weights == "none":
        return SamplingVariance(np.ones(used.height), 0.0)
    se = used["se"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return sampling_variances(se, used["n_effective"].cast(pl.Float64).to_numpy())
