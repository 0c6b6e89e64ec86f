"""What a reader who doubts an effect asks first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.diagnostics_core import (
    DOUBTFUL,
    autocorrelation,
    breusch_pagan,
    influence,
    ljung_box,
    ljung_box_lags,
)
from stancelib.effects.error_model import ErrorModel
from stancelib.effects.presentation import plain_table, plain_value
from stancelib.effects.regression_core import RegressionFit
from stancelib.effects.student_mixture_core import contrasts

Array = NDArray[np.float64]

_HIGH_LEVERAGE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Diagnostics:
    """Checks of an interrupted time series; null where one cannot be computed.

    Attributes
    ----------
    error : str
        Kind of error: gls, hac or ols.
    degrees_of_freedom : float
        Of the reference distribution of Student's t. With gls the articles within periods count
        too, and the interval is wider than this alone says, because the autocorrelation is
        averaged over.
    maximum_lags : int or None
        Longest distance at which hac allows correlation.
    rho, rho_low, rho_high : float or None
        Autocorrelation from one period to the next, apart from sampling noise, with its 95 %
        interval (gls only).
    sampling_share : float or None
        Share of the noise of a period of median precision that comes from the number of its
        articles (gls only).
    residual_autocorrelation : float or None
        Lag-1 autocorrelation of observed less fitted stance.
    ljung_box_p_value : float or None
        Of what the error model leaves unexplained: small values say that intervals may be too
        narrow.
    ljung_box_lags : int
        Autocorrelations in that test.
    heteroskedasticity_p_value : float or None
        Breusch-Pagan test (Koenker's form) that the noise does not change along the design.
    periods : polars.DataFrame
        One row for each fitted period: ``period``, ``leverage`` (0 to 1; they sum to the number
        of terms) and ``level_change``, ``slope_change`` (with several events, one for each term),
        the estimate less the one without that period.
    events : polars.DataFrame
        One row for each event, by time: ``event``, ``course`` of its effect in words,
        ``event_period`` (first instant, in the time zone of the series),
        ``event_period_treatment``, ``n_before`` and ``n_after``: fitted periods that do not feel
        it, and that are wholly after it.
    n_before, n_after : int
        Fitted periods before the first event and after the last; a split period belongs to
        neither.
    n_missing : int
        Periods without articles.
    n_left_out : int
        Periods with articles that were left out around the event.
    event_period : datetime.datetime
        First instant of the period that contains the (first) event, in the time zone of the
        series.
    event_period_treatment : str
        What was done with it, in words.
    notes : tuple of str
        Doubts in words; empty when there are none.
    """

    error: str
    degrees_of_freedom: float
    maximum_lags: int | None
    rho: float | None
    rho_low: float | None
    rho_high: float | None
    sampling_share: float | None
    residual_autocorrelation: float | None
    ljung_box_p_value: float | None
    ljung_box_lags: int
    heteroskedasticity_p_value: float | None
    periods: pl.DataFrame
    events: pl.DataFrame
    n_before: int
    n_after: int
    n_missing: int
    n_left_out: int
    event_period: datetime
    event_period_treatment: str
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values; the instants in ISO 8601."""
        values = {name: plain_value(getattr(self, name)) for name in self.__slots__}
        return values | {
            "periods": plain_table(self.periods),
            "events": plain_table(self.events),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an event stands, and how many periods are on its sides; see `Diagnostics`."""

    event: str
    course: str
    n_before: int
    n_after: int
    n_missing: int
    n_left_out: int
    event_period: datetime
    event_period_treatment: str


@dataclass(frozen=True, slots=True, eq=False)
class FittedPeriods:
    """The n periods of a fit.

    Attributes
    ----------
    periods : polars.Series
        First instants, length n.
    times, residuals : (n,)
        Index in the calendar, and observed less fitted stance.
    design : (n, k)
        One column a term.
    terms : tuple of str
        Names of the columns.
    event_terms : slice
        Which of them belong to events.
    """

    periods: pl.Series
    times: Array
    design: Array
    residuals: Array
    terms: tuple[str, ...]
    event_terms: slice


def diagnose(
    fit: RegressionFit, seen: FittedPeriods, placements: Sequence[Placement], model: ErrorModel
) -> Diagnostics:
    """Compute the checks of a fit; `placements` in the order of time."""
    n_periods, n_terms = seen.design.shape
    coefficients = contrasts(fit.mixture, np.eye(n_terms))
    frame = _influence_frame(fit, seen)
    white = fit.white_outcome - fit.white_design @ coefficients.estimate
    lags = ljung_box_lags(n_periods)
    # A line without noise leaves rounding errors, about which nothing can be tested.
    exact = bool(np.abs(seen.residuals).max() < np.sqrt(np.finfo(np.float64).eps))
    checks = {
        "residual_autocorrelation": autocorrelation(seen.residuals, seen.times, 1)[0],
        "ljung_box_p_value": ljung_box(white, seen.times, lags, int(model.kind == "gls")),
        "heteroskedasticity_p_value": breusch_pagan(white, seen.design),
    }
    numbers = {name: None if exact else _number(value) for name, value in checks.items()}
    notes = (
        *_noise_notes(numbers["ljung_box_p_value"], numbers["heteroskedasticity_p_value"], lags),
        *leverage_notes(frame, "the fit follows this one value"),
        *_influence_notes(frame, seen, coefficients.se),
        *(["errors take the periods for independent"] if model.kind == "ols" else []),
    )
    return Diagnostics(
        error=model.kind,
        degrees_of_freedom=fit.mixture.degrees_of_freedom,
        maximum_lags=model.lags(n_periods),
        ljung_box_lags=lags,
        periods=frame,
        events=_events_frame(placements),
        notes=notes,
        rho=_number(fit.noise.rho),
        rho_low=_number(fit.noise.rho_low),
        rho_high=_number(fit.noise.rho_high),
        sampling_share=_number(fit.noise.sampling_share),
        residual_autocorrelation=numbers["residual_autocorrelation"],
        ljung_box_p_value=numbers["ljung_box_p_value"],
        heteroskedasticity_p_value=numbers["heteroskedasticity_p_value"],
        n_before=placements[0].n_before,
        n_after=placements[-1].n_after,
        n_missing=placements[0].n_missing,
        n_left_out=placements[0].n_left_out,
        event_period=placements[0].event_period,
        event_period_treatment=placements[0].event_period_treatment,
    )


def _events_frame(placements: Sequence[Placement]) -> pl.DataFrame:
    shown = ("event", "course", "event_period", "event_period_treatment", "n_before", "n_after")
    return pl.DataFrame({name: [getattr(one, name) for one in placements] for name in shown})


def _influence_frame(fit: RegressionFit, seen: FittedPeriods) -> pl.DataFrame:
    single = influence(fit.white_outcome, fit.white_design)
    changes = {
        f"{seen.terms[column]}_change": single.change[:, column]
        for column in range(*seen.event_terms.indices(len(seen.terms)))
    }
    columns = {"period": seen.periods, "leverage": single.leverage, **changes}
    return pl.DataFrame(columns, nan_to_null=True)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _noise_notes(left_over: float | None, uneven: float | None, lags: int) -> list[str]:
    notes = []
    if left_over is not None and left_over < DOUBTFUL:
        notes.append(
            f"what the model leaves is still correlated over {lags} periods (Ljung-Box p = "
            f"{left_over:.3g}): intervals may be too narrow; look for a rhythm in the series"
        )
    if uneven is not None and uneven < DOUBTFUL:
        notes.append(
            f"the noise changes along the series or at the event (Breusch-Pagan p = {uneven:.3g})"
        )
    return notes


def leverage_notes(frame: pl.DataFrame, meaning: str) -> list[str]:
    """A note for each period that carries the fit, and what that means."""
    high = frame.filter(pl.col("leverage") > _HIGH_LEVERAGE)
    return [
        f"the period {row['period']:%Y-%m-%d} has leverage {row['leverage']:.2f}: {meaning}"
        for row in high.iter_rows(named=True)
    ]


def _influence_notes(frame: pl.DataFrame, seen: FittedPeriods, se: Array) -> list[str]:
    """The period whose removal moves a level most, when that is more than a standard error."""
    notes = []
    for column in range(*seen.event_terms.indices(len(seen.terms))):
        term = seen.terms[column]
        if not term.startswith("level"):
            continue
        change = f"{term}_change"
        row = frame.sort(pl.col(change).abs(), descending=True, nulls_last=True).row(0, named=True)
        if row[change] is not None and abs(row[change]) > se[column]:
            notes.append(
                f"without the period {row['period']:%Y-%m-%d} the {term} would change by "
                f"{-row[change]:+.3f}: more than its standard error"
            )
    return notes
