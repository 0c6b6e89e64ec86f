"""`interrupted_time_series`: the level and slope change of a series after an event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import polars as pl

from stancelib.effects.checks import check_choice, check_share
from stancelib.effects.error_model import ErrorKind, ErrorModel, Weights
from stancelib.effects.event import Event
from stancelib.effects.interrupted_estimate import Setting, estimate
from stancelib.effects.interruption import Interruption
from stancelib.effects.periods import choose_series
from stancelib.effects.placement import EventPeriod
from stancelib.effects.result import InterruptedTimeSeries
from stancelib.effects.season import Rhythm
from stancelib.effects.segmented_model import read_interruptions


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
    labels: pl.DataFrame | None = None,
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
    labels : polars.DataFrame, optional
        Human labels as `gold_labels` returns them, of the same sentences as the series. The effect
        is then that of the labels, with the predictions' help: valid where the scorer is wrong,
        and where it is wrong in another way after the event. ``.correction`` shows it beside the
        uncorrected one and that of the labels alone.
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
        When a column is missing or holds what a Series or gold frame cannot hold.
    NotEnoughDataError
        When fewer than 8 periods with articles are on a side of an event or between two (after
        one without a slope: 3), or the stance never changes; with `labels`, periods with labels
        count, and these must hold some 10 labelled articles more than there are such periods.

    Notes
    -----
    The reference distribution is Student's t; with ``"gls"`` a mixture of them. Benchmarks and
    tests measure the coverage of the intervals. The estimate is the effect of whatever happened
    at that time: another event in the same period cannot be told apart.

    With `labels`, a period's stance is the tuned mean of its predictions plus the mean of label
    less tuned prediction; periods without labels are not fitted. An article counts in that mean by
    its weight over what labelled articles of the period weigh on average, so that chances of being
    drawn may depend on the prediction (the generalized difference estimator). Labels are drawn at
    random, so their chance has a known size; how far the outlet itself moves from period to period
    is told by the predictions, as far as these follow labels.

    References
    ----------
    Wagner, Soumerai, Zhang and Ross-Degnan (2002), "Segmented regression analysis of interrupted
    time series studies in medication use research". Lopez Bernal, Cummins and Gasparrini (2017),
    "Interrupted time series regression for the evaluation of public health interventions".
    Berger, Liseo and Wolpert (1999), "Integrated likelihood methods for eliminating nuisance
    parameters". Newey and West (1987), "A simple, positive semi-definite, heteroskedasticity and
    autocorrelation consistent covariance matrix". Montiel Olea and Plagborg-Møller (2019),
    "Simultaneous confidence bands" (the joint intervals). With labels: Egami, Hinck, Stewart and
    Wei (2023), "Using imperfect surrogates for downstream inference"; Särndal, Swensson and
    Wretman (1992), "Model assisted survey sampling", ch. 6; Angelopoulos, Duchi and
    Zrnic (2023), "PPI++: Efficient prediction-powered inference".

    Examples
    --------
    >>> import stancelib as sl
    >>> simulated = sl.simulate_series(n_periods=80, level=-0.3, rho=0.3, seed=1)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> effect = sl.interrupted_time_series(simulated.series, event)
    >>> effect.table["term"].to_list(), round(effect.table["estimate"][0], 1)
    (['level', 'slope'], -0.3)
    """
    interruptions = read_interruptions(event)
    check_choice("event_period treatment", event_period, get_args(EventPeriod))
    check_share("confidence_level", confidence_level)
    setting = Setting(
        interruptions=interruptions,
        event_period=event_period,
        season=season,
        harmonics=harmonics,
        errors=ErrorModel(error, weights, maximum_lags),
        confidence_level=confidence_level,
        seed=seed,
    )
    chosen = choose_series(series, target=target, source=source, every=every)
    effect, fit = estimate(chosen, setting)
    if labels is None:
        return effect
    # The room of labels is entered only with labels.
    from stancelib.effects.labelled_series import correct_interrupted  # noqa: PLC0415

    return correct_interrupted(chosen, setting, labels, (effect, fit))
