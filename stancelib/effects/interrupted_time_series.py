"""`interrupted_time_series`: the level and slope change of a series after an event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.checks import check_choice, check_share
from stancelib.effects.course import effects_over_time
from stancelib.effects.diagnostics import FittedPeriods, diagnose
from stancelib.effects.error_model import ErrorKind, ErrorModel, Weights, fit_series
from stancelib.effects.event import Event
from stancelib.effects.fitted_lines import fitted_lines, term_table
from stancelib.effects.interruption import Interruption
from stancelib.effects.periods import ChosenSeries, choose_series
from stancelib.effects.placement import EventPeriod, PlacedEvents, place_events
from stancelib.effects.result import InterruptedTimeSeries
from stancelib.effects.season import Rhythm
from stancelib.effects.segmented_model import Model, model_of, read_interruptions
from stancelib.effects.story import story_of
from stancelib.effects.student_mixture_core import (
    StudentMixture,
    contrasts,
    thinned,
)
from stancelib.effects.whitened import WhitenedRegression
from stancelib.effects.words import tell

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def interrupted_time_series(
    series: pl.DataFrame,
    event: Event | Interruption | Sequence[Event | Interruption],
    *,
    target: str | None = None,
    source: str | None = None,
    event_period: EventPeriod = "fraction",
    season: Sequence[Rhythm] = (),
    harmonics: int = 2,
    error: ErrorKind = "gls",
    weights: Weights = "precision",
    maximum_lags: int | None = None,
    every: str | None = None,
    confidence_level: float = 0.95,
    seed: int = 1,
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
    event : Event, Interruption, or a sequence of them
        What happened, and when; an `Interruption` also says which course the effect takes
        (temporary, decaying, rising, delayed). Periods that overlap
        ``[at - anticipation, at + lag)`` are left out; the slope then counts from the first
        period behind them. Several events are fitted in one model, and each is the effect
        beside those of the others; their terms are named ``level: NAME`` and ``slope: NAME``.
    target, source : str, optional
        Which series; needed when the frame holds several.
    event_period : {"fraction", "pre", "post", "drop"}
        What becomes of the period that contains the event: it counts as after the event by the
        share of its time that is left, or wholly as before, wholly as after, or is left out.
    season : sequence of {"weekday", "yearly"}
        Rhythms that are fitted, too: a deviation for each day of the week (daily series), and
        waves over the year (series of a year and a half or more).
    harmonics : int
        Pairs of sine and cosine of the yearly rhythm.
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
    seed : int
        Of the draws behind the joint intervals of ``.effects``; nothing else is random.

    Returns
    -------
    InterruptedTimeSeries
        ``.table``, ``.sentence``, ``.chart()``, ``.effects`` and ``.totals`` (the effect in each
        period, its average and its sum), ``.fitted``, ``.diagnostics``, ``.to_dict()``.

    Raises
    ------
    ArgumentError
        For an unknown option, target or source, several of them when none is named, an event
        outside the series, or terms that cannot be told apart.
    DataError
        When a column is missing or holds what a Series frame cannot hold.
    NotEnoughDataError
        When fewer than 8 periods with articles are on a side of an event or between two (after
        one without a slope: 3), or the stance never changes.

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
    autocorrelation consistent covariance matrix". Montiel Olea and Plagborg-Møller (2019),
    "Simultaneous confidence bands" (the joint intervals).

    Examples
    --------
    >>> import stancelib as sl
    >>> simulated = sl.simulate_series(n_periods=80, level=-0.3, rho=0.3, seed=1)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> effect = sl.interrupted_time_series(simulated.series, event)
    >>> effect.table["term"].to_list(), round(effect.table["estimate"][0], 1)
    (['level', 'slope'], -0.3)
    """
    errors = ErrorModel(error, weights, maximum_lags)
    interruptions = read_interruptions(event)
    check_choice("event_period treatment", event_period, get_args(EventPeriod))
    check_share("confidence_level", confidence_level)
    chosen = choose_series(series, target=target, source=source, every=every)
    placed = place_events(chosen, interruptions, event_period)
    model = model_of(chosen, placed, interruptions, season, harmonics)
    used = chosen.frame.filter(placed.used)
    times = np.flatnonzero(placed.used).astype(np.float64)
    fit = fit_series(used, times, model.design[placed.used], errors)
    summary = contrasts(fit.mixture, np.eye(len(model.terms)), confidence_level)
    table = term_table(model.terms, summary, used.height)
    over_time = effects_over_time(
        chosen.frame["period"],
        placed,
        design=model.design,
        columns=model.events,
        mixture=fit.mixture,
        level=confidence_level,
        seed=seed,
    )
    fitted_periods = FittedPeriods(
        periods=used["period"],
        times=times,
        design=model.design[placed.used],
        residuals=used["stance"].to_numpy() - model.design[placed.used] @ summary.estimate,
        terms=model.terms,
        event_terms=model.all_events,
    )
    return InterruptedTimeSeries(
        table=table[model.all_events],
        sentence=tell(
            story_of(
                chosen,
                placed,
                interruptions=interruptions,
                model=model,
                summary=summary,
                confidence_level=confidence_level,
            )
        ),
        effects=over_time.effects,
        totals=over_time.totals,
        fitted=_fitted(chosen, placed, model, fit.mixture, confidence_level),
        diagnostics=diagnose(fit, fitted_periods, [e.counts for e in placed.events], errors),
        coefficients=table,
        interruptions=interruptions,
        target=chosen.target,
        source=chosen.source,
        every=chosen.every,
        time_zone=chosen.time_zone,
        confidence_level=confidence_level,
        whitened=WhitenedRegression(
            used["period"], fit.white_outcome, fit.white_design, model.terms
        ),
    )


def _fitted(
    chosen: ChosenSeries,
    placed: PlacedEvents,
    model: Model,
    mixture: StudentMixture,
    level: float,
) -> pl.DataFrame:
    lines = pl.DataFrame(fitted_lines(placed, model, thinned(mixture), level), nan_to_null=True)
    return pl.concat(
        [chosen.frame.select("period", "stance"), lines, chosen.frame.select("n_documents")],
        how="horizontal",
    ).with_columns(used=pl.Series(placed.used))
