"""What a reader who doubts a change point asks first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.diagnostics import leverage_notes
from stancelib.effects.diagnostics_core import (
    DOUBTFUL,
    autocorrelation,
    breusch_pagan,
    ljung_box,
    ljung_box_lags,
)
from stancelib.effects.noise_points_core import NoisePoints
from stancelib.effects.penalized_search import SearchRecord
from stancelib.effects.presentation import plain_table, plain_value
from stancelib.effects.segment_levels_core import WhiteResiduals

Array = NDArray[np.float64]

# An autoregression is a slow drift beyond this correlation, if it is so much of the noise.
_SLOW, _NOTABLE = 0.95, 0.5


@dataclass(frozen=True, slots=True, eq=False)
class ChangePointDiagnostics:
    """Checks of `change_points`; null where one cannot be computed.

    Attributes
    ----------
    rho, rho_low, rho_high : float
        Autocorrelation from one period to the next, apart from sampling noise and from the
        changes, with its 95 % interval.
    sampling_share : float
        Share of the noise of a period of median precision that comes from the number of its
        articles.
    noise : float
        Standard deviation of that noise, in stance units.
    p_value : float
        Of the test that there is no change at all.
    penalty : float or None
        By how much each change must lower the weighted sum of squares: squared stance units, in
        periods of median precision. Null when the test finds no change.
    n_simulations : int
        Series without a change behind test and penalty.
    strongest : datetime.datetime
        First period of the best single change, whether or not it passed, in the time zone of the
        series.
    residual_autocorrelation : float or None
        Lag-1 autocorrelation of stance less the level of its segment.
    ljung_box_p_value : float or None
        Of what the noise leaves unexplained: small values say that false alarms may be more
        frequent than asked for.
    ljung_box_lags : int
        Autocorrelations in that test.
    heteroskedasticity_p_value : float or None
        Breusch-Pagan test (Koenker's form) that the noise does not change over time.
    periods : polars.DataFrame
        One row for each period with articles: ``period``, ``residual`` and ``leverage``, its share
        in the level of its segment (0 to 1; they sum to the number of segments).
    n_missing : int
        Periods without articles between the first and the last with some.
    notes : tuple of str
        Doubts in words; empty when there are none.
    """

    rho: float
    rho_low: float
    rho_high: float
    sampling_share: float
    noise: float
    p_value: float
    penalty: float | None
    n_simulations: int
    strongest: datetime
    residual_autocorrelation: float | None
    ljung_box_p_value: float | None
    ljung_box_lags: int
    heteroskedasticity_p_value: float | None
    periods: pl.DataFrame
    n_missing: int
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values; the instants in ISO 8601."""
        values = {name: plain_value(getattr(self, name)) for name in self.__slots__}
        return values | {
            "periods": plain_table(self.periods),
            "notes": list(self.notes),
        }


def diagnose_changes(
    periods: pl.Series,
    times: Array,
    residuals: WhiteResiduals,
    *,
    noise: NoisePoints,
    record: SearchRecord,
    doubts: list[str],
) -> ChangePointDiagnostics:
    """Compute the checks of a segmentation of n periods with articles.

    Parameters
    ----------
    periods : polars.Series
        First instants of the periods, length n.
    times : (n,)
        Their index in the calendar.
    residuals : WhiteResiduals
        What the segments leave.
    noise : NoisePoints
        Posterior of the noise.
    record : SearchRecord
        How the changes were searched.
    doubts : list of str
        What the caller noticed.
    """
    lags = ljung_box_lags(len(times))
    trend = np.column_stack([np.ones(len(times)), times / times.max()])
    # Levels without noise leave rounding errors, about which nothing can be tested.
    exact = bool(np.abs(residuals.raw).max() < np.sqrt(np.finfo(np.float64).eps))
    left_over = ljung_box(residuals.white, times, lags, 1)
    checks = {
        "residual_autocorrelation": autocorrelation(residuals.raw, times, 1)[0],
        "ljung_box_p_value": left_over,
        "heteroskedasticity_p_value": breusch_pagan(residuals.white, trend),
    }
    numbers = {
        name: None if exact or math.isnan(value) else float(value) for name, value in checks.items()
    }
    frame = pl.DataFrame(
        {"period": periods, "residual": residuals.raw, "leverage": residuals.leverage}
    )
    low, high = noise.rho_quantiles(0.025, 0.975)
    centre = noise.centre()
    return ChangePointDiagnostics(
        rho=float(noise.weights @ noise.rho),
        rho_low=low,
        rho_high=high,
        sampling_share=float(noise.weights @ (1 - noise.share)),
        noise=float(np.sqrt(centre.variance[0])),
        p_value=record.p_value,
        penalty=record.penalty,
        n_simulations=record.n_simulations,
        strongest=record.strongest,
        residual_autocorrelation=numbers["residual_autocorrelation"],
        ljung_box_p_value=numbers["ljung_box_p_value"],
        ljung_box_lags=lags,
        heteroskedasticity_p_value=numbers["heteroskedasticity_p_value"],
        periods=frame,
        n_missing=int(times[-1] + 1) - len(times),
        notes=(
            *doubts,
            *_noise_notes(numbers["ljung_box_p_value"], lags, _drift_probability(noise)),
            *_uneven_notes(numbers["heteroskedasticity_p_value"]),
            *leverage_notes(frame, "the level of its segment follows this one value"),
        ),
    )


def _drift_probability(noise: NoisePoints) -> float:
    return float(noise.weights[(noise.rho > _SLOW) & (noise.share > _NOTABLE)].sum())


def _noise_notes(left_over: float | None, lags: int, drift: float) -> list[str]:
    notes = []
    if left_over is not None and left_over < DOUBTFUL:
        notes.append(
            f"what the model leaves is still correlated over {lags} periods (Ljung-Box p = "
            f"{left_over:.3g}): false alarms may be more frequent; look for a rhythm or a trend"
        )
    if drift > DOUBTFUL:
        notes.append(
            "the series may drift so slowly that shifts of its level can hardly be told from it "
            f"(probability {drift:.2f})"
        )
    return notes


def _uneven_notes(uneven: float | None) -> list[str]:
    if uneven is None or uneven >= DOUBTFUL:
        return []
    return [f"the noise changes along the series (Breusch-Pagan p = {uneven:.3g})"]
