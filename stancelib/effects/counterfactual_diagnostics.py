"""What a reader who doubts a counterfactual asks first."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.counterfactual_controls import Controls
from stancelib.effects.counterfactual_core import Posterior, Simulation
from stancelib.effects.counterfactual_model import Standardized
from stancelib.effects.counterfactual_summary_core import Influence, OneStep
from stancelib.effects.counterfactual_windows import Windows
from stancelib.effects.counterfactual_words import Doubts, notes_of
from stancelib.effects.diagnostics_core import (
    autocorrelation,
    breusch_pagan,
    ljung_box,
    ljung_box_lags,
    weighted_quantiles,
)
from stancelib.effects.presentation import plain_table, plain_value
from stancelib.effects.words import Quantity

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_NORMAL_95 = 1.96


@dataclass(frozen=True, slots=True, eq=False)
class CounterfactualDiagnostics:
    """Checks of a counterfactual; null where one cannot be computed.

    Attributes
    ----------
    noise : str
        autoregression or white.
    rho, rho_low, rho_high : float or None
        Autocorrelation of the outlet's noise with its 95 % interval (autoregression only).
    sampling_share : float or None
        Share of the noise of a period of median precision that comes from the number of its
        articles, where it is asked for.
    noise_sd, level_sd : float
        Posterior means, in stance units: noise of a period of median precision, and step of the
        level from one period to the next.
    if_level_stays : Quantity or None
        Average effect (``estimate``, ``low``, ``high``) under ``level_sd=0.01``: of a stance that
        keeps returning to one level. Null when ``level_sd`` was given.
    effective_number : float
        Independent draws of the parameters that the sample is worth.
    residual_autocorrelation : float or None
        Lag-1 autocorrelation of the errors of forecasts one period ahead, before the event.
    ljung_box_p_value : float or None
        Of these errors: small values say that intervals may be too narrow.
    ljung_box_lags : int
        Autocorrelations in that test.
    heteroskedasticity_p_value : float or None
        Breusch-Pagan test (Koenker's form) that these errors do not change along the time before.
    covered_before : float
        Share of the periods before the event within the 95 % band of these forecasts.
    periods : polars.DataFrame
        One row a period that was used: ``period``, ``forecast_error`` (standardized, one period
        ahead; null after the event), ``weight`` (how much the expected average moves with the
        period's stance; null after the event) and ``average_effect_change``, the average effect
        less the one without that period.
    controls : polars.DataFrame
        One row a control: ``control``, ``inclusion`` (probability that the series follows it),
        ``coefficient`` with ``low`` and ``high`` (95 %; change of the stance with one unit of the
        control's), ``n_outside`` (periods after the event in which it left its range before).
    n_before, n_after : int
        Periods used on each side.
    n_missing, n_control_missing, n_left_out : int
        Periods without articles; of the others, those in which a control has none; of the
        others, those that are neither before nor in a window.
    event_periods : tuple of datetime.datetime
        First instants of the periods that contain the events, in the time zone of the series.
    event_period_treatments : tuple of str
        What was done with them, in words.
    notes : tuple of str
        Doubts in words; empty when there are none.
    """

    noise: str
    rho: float | None
    rho_low: float | None
    rho_high: float | None
    sampling_share: float | None
    noise_sd: float
    level_sd: float
    if_level_stays: Quantity | None
    effective_number: float
    residual_autocorrelation: float | None
    ljung_box_p_value: float | None
    ljung_box_lags: int
    heteroskedasticity_p_value: float | None
    covered_before: float
    periods: pl.DataFrame
    controls: pl.DataFrame
    n_before: int
    n_after: int
    n_missing: int
    n_control_missing: int
    n_left_out: int
    event_periods: tuple[datetime, ...]
    event_period_treatments: tuple[str, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values; the instants in ISO 8601."""
        values = {name: plain_value(getattr(self, name)) for name in self.__slots__}
        stays = self.if_level_stays
        return values | {
            "if_level_stays": None if stays is None else asdict(stays),
            "periods": plain_table(self.periods),
            "controls": plain_table(self.controls),
            "event_periods": [period.isoformat() for period in self.event_periods],
            "event_period_treatments": list(self.event_period_treatments),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class Checked:
    """All that the checks look at.

    Attributes
    ----------
    data, windows, controls, posterior, simulation, forecasts, influence
        What was fitted, and what came out.
    periods : polars.Series
        First instants, length N.
    has_articles : (N,)
        Whether the series itself was seen.
    pointwise : (H,)
        Effects behind the time before; NaN where not seen.
    low, high : (H,)
        Band of what was expected there.
    se : float
        Of the average effect.
    average, if_level_stays : Quantity
        That effect, and that of a level that stays, where the level's step was learnt.
    """

    data: Standardized
    windows: Windows
    controls: Controls
    posterior: Posterior
    simulation: Simulation
    forecasts: OneStep
    influence: Influence
    periods: pl.Series
    has_articles: Mask
    pointwise: Array
    low: Array
    high: Array
    se: float
    average: Quantity
    if_level_stays: Quantity | None

    @property
    def inside(self) -> Mask:
        """Periods (N,) whose effect is counted."""
        return np.asarray(self.data.seen & (self.windows.share > 0).any(0), dtype=np.bool_)

    @property
    def before(self) -> Mask:
        """Periods (N,) that were fitted."""
        return np.asarray(self.data.seen & self.windows.before, dtype=np.bool_)


def diagnose_counterfactual(seen: Checked) -> CounterfactualDiagnostics:
    """Check what the model leaves unexplained, single periods, controls and the sample."""
    data, windows, errors = seen.data, seen.windows, seen.forecasts.errors
    times = np.flatnonzero(np.isfinite(errors)).astype(np.float64)
    errors = errors[np.isfinite(errors)]
    lags = ljung_box_lags(len(errors))
    line = np.column_stack([np.ones(len(times)), times])
    noise = _noise(seen)
    doubts = Doubts(
        left_over=_number(
            ljung_box(errors, times, lags, int(data.problem.structure.autoregression))
        ),
        uneven=_number(breusch_pagan(errors, line)),
        lags=lags,
        rho=noise["rho"],
        covered_before=float((np.abs(errors) < _NORMAL_95).mean()),
        effective_number=seen.posterior.sample.effective_number,
        periods=_period_frame(seen),
        controls=_control_frame(seen),
        low=seen.low,
        high=seen.high,
        se=seen.se,
        average=seen.average,
        if_level_stays=seen.if_level_stays,
        n_before=int(seen.before.sum()),
        n_after=int(seen.inside.sum()),
        n_control_missing=int((seen.has_articles & ~data.seen).sum()),
    )
    return CounterfactualDiagnostics(
        **noise,
        if_level_stays=seen.if_level_stays,
        effective_number=doubts.effective_number,
        residual_autocorrelation=_number(autocorrelation(errors, times, 1)[0]),
        ljung_box_p_value=doubts.left_over,
        ljung_box_lags=lags,
        heteroskedasticity_p_value=doubts.uneven,
        covered_before=doubts.covered_before,
        periods=doubts.periods,
        controls=doubts.controls,
        n_before=doubts.n_before,
        n_after=doubts.n_after,
        n_missing=int((~seen.has_articles).sum()),
        n_control_missing=doubts.n_control_missing,
        n_left_out=int((data.seen & windows.left_out).sum()),
        event_periods=windows.event_periods,
        event_period_treatments=windows.treatments,
        notes=notes_of(doubts),
    )


def _noise(seen: Checked) -> dict[str, Any]:
    structure, parameters = seen.data.problem.structure, seen.posterior.parameters
    weights, scale = seen.posterior.sample.weights, seen.data.scale
    rho: list[float | None] = [None, None, None]
    if structure.autoregression:
        rho = [
            float(weights @ parameters.rho),
            *weighted_quantiles(parameters.rho, weights, (0.025, 0.975)),
        ]
    return {
        "noise": "autoregression" if structure.autoregression else "white",
        "rho": rho[0],
        "rho_low": rho[1],
        "rho_high": rho[2],
        "sampling_share": float(1 - weights @ parameters.share) if structure.split else None,
        "noise_sd": float(weights @ parameters.noise) * scale,
        "level_sd": float(weights @ parameters.level) * scale,
    }


def _period_frame(seen: Checked) -> pl.DataFrame:
    n, size = seen.windows.n_before, len(seen.periods)
    error, weight, change = (np.full(size, np.nan) for _ in range(3))
    error[:n], weight[:n] = seen.forecasts.errors, seen.influence.weights
    change[:n] = -seen.influence.changes * seen.data.scale
    share = seen.windows.share.sum(0)[n:] * seen.data.seen[n:]
    exposure = seen.windows.exposure.sum(0)[n:] * seen.data.seen[n:]
    effect = share * np.nan_to_num(seen.pointwise)
    rest = exposure.sum() - exposure
    without = (effect.sum() - effect) / np.where(rest > 0, rest, np.nan)
    change[n:] = effect.sum() / exposure.sum() - without
    columns = {
        "period": seen.periods,
        "forecast_error": error,
        "weight": weight,
        "average_effect_change": change,
    }
    return pl.DataFrame(columns, nan_to_null=True).filter(pl.Series(seen.before | seen.inside))


def _control_frame(seen: Checked) -> pl.DataFrame:
    values, before = seen.controls.values, seen.before
    # Both were standardized before they were fitted.
    size = seen.data.scale / values[before].std(0, ddof=1)
    drawn = seen.simulation.coefficients
    low, high = np.quantile(drawn * size, [0.025, 0.975], axis=0)
    outside = (values < values[before].min(0)) | (values > values[before].max(0))
    return pl.DataFrame(
        {
            "control": pl.Series(seen.controls.names, dtype=pl.String),
            "inclusion": (drawn != 0).mean(0),
            "coefficient": (drawn * size).mean(0),
            "low": low,
            "high": high,
            "n_outside": outside[seen.inside].sum(0),
        }
    )


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
