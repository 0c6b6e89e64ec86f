"""`interrupted_time_series`: the level and slope change of a series after an event."""

from __future__ import annotations

from typing import get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.diagnostics import FittedPeriods, diagnose
from stancelib.effects.error_model import ErrorKind, ErrorModel, Weights, fit_series
from stancelib.effects.event import Event
from stancelib.effects.interrupted_time_series_core import (
    TERMS,
    article_mean,
    segmented_design,
    without_event,
)
from stancelib.effects.periods import ChosenSeries, choose_series
from stancelib.effects.placement import EventPeriod, PlacedEvent, place_event
from stancelib.effects.result import InterruptedTimeSeries
from stancelib.effects.student_mixture_core import (
    Contrasts,
    StudentMixture,
    contrasts,
    thinned,
)
from stancelib.effects.words import Quantity, Story, tell
from stancelib.errors import ArgumentError

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def interrupted_time_series(
    series: pl.DataFrame,
    event: Event,
    *,
    target: str | None = None,
    source: str | None = None,
    event_period: EventPeriod = "fraction",
    error: ErrorKind = "gls",
    weights: Weights = "precision",
    maximum_lags: int | None = None,
    every: str | None = None,
    confidence_level: float = 0.95,
) -> InterruptedTimeSeries:
    r"""Estimate the level and slope change of a stance series after an event.

    The segmented regression ``stance_t = start + trend (t - T) + level X_t + slope (t - T) X_t``
    with time `t` in periods, `T` the first period after the event and `X_t` 1 from there on:
    `level` is the shift in the first full period after the event against the continued course
    before, `slope` the change of the trend per period.

    Parameters
    ----------
    series : polars.DataFrame
        A Series frame, as `Store.series` returns it. Null ``stance``: no articles; the period is
        not fitted, and its time still passes. Null ``se``: one article; the period gets the
        variance between articles of all periods.
    event : Event
        What happened, and when. Periods that overlap ``[at - anticipation, at + lag)`` are left
        out; the slope then counts from the first period behind them.
    target, source : str, optional
        Which series; needed when the frame holds several.
    event_period : {"fraction", "pre", "post", "drop"}
        What becomes of the period that contains the event: it counts as after the event by the
        share of its time that is left, or wholly as before, wholly as after, or is left out.
    error : {"gls", "hac", "ols"}
        Kind of error. ``"gls"``: generalized least squares, the noise being a first-order
        autoregression plus the sampling noise of the articles, averaged over all strengths of
        both that the data allow. ``"hac"``: Newey-West errors over elapsed time, too narrow in
        short series. ``"ols"``: errors that take periods for independent, which news seldom are.
    weights : {"precision", "none"}
        Whether periods count by their precision, ``1 / (tau2 + v_t)`` with `v_t` the sampling
        variance from ``se`` and ``n_effective`` and `tau2` the variance that articles do not
        explain, or all alike.
    maximum_lags : int, optional
        For ``"hac"``: periods over which errors may be correlated; ``1.3 sqrt(n)`` when not given.
    every : str, optional
        Length of a period: 1d, 1w, 2w, 1mo, 1q or 1y. Found from the frame when not given; to be
        named when rows of periods without articles were taken out of the frame.
    confidence_level : float
        Of the intervals, inside (0, 1).

    Returns
    -------
    InterruptedTimeSeries
        ``.table``, ``.sentence``, ``.chart()``, ``.fitted``, ``.diagnostics``, ``.to_dict()``.

    Raises
    ------
    ArgumentError
        For an unknown option, target or source, several of them when none is named, or an event
        outside the series.
    DataError
        When a column is missing or holds what a Series frame cannot hold.
    NotEnoughDataError
        When fewer than 8 periods with articles are on a side of the event, or the stance never
        changes.

    Notes
    -----
    The reference distribution is Student's t; with ``"gls"`` a mixture of them. Benchmarks and
    tests measure the coverage of the intervals. The estimate is the effect of whatever happened
    at that time: another event in the same period cannot be told apart.

    References
    ----------
    Wagner, Soumerai, Zhang and Ross-Degnan (2002), "Segmented regression analysis of interrupted
    time series studies in medication use research". Lopez Bernal, Cummins and Gasparrini (2017),
    "Interrupted time series regression for the evaluation of public health interventions".
    Berger, Liseo and Wolpert (1999), "Integrated likelihood methods for eliminating nuisance
    parameters". Newey and West (1987), "A simple, positive semi-definite, heteroskedasticity and
    autocorrelation consistent covariance matrix".

    Examples
    --------
    >>> import stancelib as sl
    >>> simulated = sl.simulate_series(n_periods=80, level=-0.3, rho=0.3, seed=1)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> effect = sl.interrupted_time_series(simulated.series, event)
    >>> effect.table["term"].to_list(), round(effect.table["estimate"][0], 1)
    (['level', 'slope'], -0.3)
    """
    model = ErrorModel(error, weights, maximum_lags)
    _check_options(event, event_period, confidence_level)
    chosen = choose_series(series, target=target, source=source, every=every)
    placed = place_event(chosen, event, event_period)
    design = segmented_design(placed.segments)
    used = chosen.frame.filter(placed.used)
    times = np.flatnonzero(placed.used).astype(np.float64)
    fit = fit_series(used, times, design[placed.used], model)
    coefficients = contrasts(fit.mixture, np.eye(len(TERMS)), confidence_level)
    table = _table(coefficients, used.height)
    fitted_periods = FittedPeriods(
        periods=used["period"],
        times=times,
        design=design[placed.used],
        residuals=used["stance"].to_numpy() - design[placed.used] @ coefficients.estimate,
    )
    return InterruptedTimeSeries(
        table=table.filter(pl.col("term").is_in(["level", "slope"])),
        sentence=tell(_story(chosen, placed, event, coefficients, confidence_level)),
        fitted=_fitted(chosen, placed, design, fit.mixture, confidence_level),
        diagnostics=diagnose(fit, fitted_periods, placed.counts, model),
        coefficients=table,
        event=event,
        target=chosen.target,
        source=chosen.source,
        every=chosen.every,
        time_zone=chosen.time_zone,
        confidence_level=confidence_level,
    )


def _check_options(event: object, event_period: str, confidence_level: float) -> None:
    if not isinstance(event, Event):
        raise ArgumentError(
            f"'event' must be one Event; got {type(event).__name__}. Write Event(name, at), or "
            "take one from read_events(path)"
        )
    if event_period not in get_args(EventPeriod):
        raise ArgumentError.unknown("event_period treatment", event_period, get_args(EventPeriod))
    if not 0 < confidence_level < 1:
        raise ArgumentError(f"'confidence_level' must lie inside (0, 1); got {confidence_level}")


def _table(summary: Contrasts, n_periods: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "term": TERMS,
            "estimate": summary.estimate,
            "se": summary.se,
            "low": summary.low,
            "high": summary.high,
            "p_value": summary.p_value,
            "n": [n_periods] * len(TERMS),
        }
    )


def _fitted(
    chosen: ChosenSeries,
    placed: PlacedEvent,
    design: Array,
    mixture: StudentMixture,
    level: float,
) -> pl.DataFrame:
    light = thinned(mixture)
    shown = ~placed.segments.left_out
    after = shown & (placed.segments.exposure > 0)
    fitted = contrasts(light, design[shown], level)
    expected = contrasts(light, without_event(design[after]), level)
    columns = {
        "fitted": _in_rows(shown, fitted.estimate),
        "counterfactual": _in_rows(after, expected.estimate),
        "low": _in_rows(shown, fitted.low),
        "high": _in_rows(shown, fitted.high),
        "counterfactual_low": _in_rows(after, expected.low),
        "counterfactual_high": _in_rows(after, expected.high),
    }
    lines = pl.DataFrame(columns, nan_to_null=True)
    return pl.concat(
        [chosen.frame.select("period", "stance"), lines, chosen.frame.select("n_documents")],
        how="horizontal",
    ).with_columns(used=pl.Series(placed.used))


def _in_rows(rows: Mask, values: Array) -> Array:
    """Values in the chosen rows of all periods, NaN elsewhere."""
    column = np.full(len(rows), np.nan)
    column[rows] = values
    return column


def _story(
    chosen: ChosenSeries,
    placed: PlacedEvent,
    event: Event,
    summary: Contrasts,
    confidence_level: float,
) -> Story:
    stance = chosen.frame["stance"].fill_null(0.0).to_numpy()
    documents = chosen.frame["n_documents"].to_numpy()
    level, slope = TERMS.index("level"), TERMS.index("slope")
    return Story(
        event_name=event.name,
        event_at=event.at,
        target=chosen.target,
        source=chosen.source,
        time_zone=chosen.time_zone,
        every=chosen.every,
        level=Quantity(*(float(x[level]) for x in (summary.estimate, summary.low, summary.high))),
        slope=Quantity(*(float(x[slope]) for x in (summary.estimate, summary.low, summary.high))),
        confidence_level=confidence_level,
        mean_before=article_mean(stance, documents, placed.before),
        mean_after=article_mean(stance, documents, placed.after),
        n_before=placed.counts.n_before,
        n_after=placed.counts.n_after,
        n_articles=int(documents[placed.used].sum()),
    )
