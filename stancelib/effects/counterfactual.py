"""`counterfactual`: a series after events, against its course without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import numpy as np
import polars as pl

from stancelib.effects.checks import check_choice, check_share, check_whole
from stancelib.effects.counterfactual_assembly import Continued, Fitted, assemble
from stancelib.effects.counterfactual_controls import Control, find_controls
from stancelib.effects.counterfactual_core import Ahead, fit, simulate
from stancelib.effects.counterfactual_model import (
    STEADY_SD,
    Model,
    Noise,
    Standardized,
    standardize,
)
from stancelib.effects.counterfactual_result import Counterfactual
from stancelib.effects.counterfactual_windows import checked_events, place_windows
from stancelib.effects.error_model import Weights
from stancelib.effects.event import Event
from stancelib.effects.periods import choose_series
from stancelib.effects.placement import EventPeriod

# The ends of intervals are not to be left to chance.
FEWEST_DRAWS = 500


def counterfactual(
    series: pl.DataFrame,
    event: Event | Sequence[Event],
    *,
    controls: Sequence[Control] = (),
    target: str | None = None,
    source: str | None = None,
    event_period: EventPeriod = "fraction",
    periods_after: int | None = None,
    trend: bool = False,
    season: int | None = None,
    noise: Noise = "autoregression",
    weights: Weights = "precision",
    expected_controls: float = 3.0,
    level_sd: float | None = None,
    every: str | None = None,
    draws: int = 4000,
    seed: int = 1,
    confidence_level: float = 0.95,
) -> Counterfactual:
    r"""Compare a stance series with the course that it would have taken without events.

    A structural time series is fitted to the time before the first event,
    ``stance_t = level_t + season_t + controls_t b + noise_t``, and simulated onward; the effect
    is the observed less the simulated stance.

    Parameters
    ----------
    series : polars.DataFrame
        A Series frame, as `Store.series` returns it. Null ``stance``: no articles; the period is
        not fitted, and its time still passes. Null ``se``: one article; the period gets the
        variance between articles of all periods.
    event : Event or sequence of Event
        What happened, and when. Several events share one course without any of them; each has a
        window from itself to the next, whether it is over by then (``until``) or not. Periods
        that overlap ``[at - anticipation, at + lag)``
        are left out.
    controls : sequence of str, tuple or polars.DataFrame
        Series that the events did not move: the name of another source for the same target, or
        of another target in the same source; a ``(target, source)`` of the frame; or a Series
        frame of its own with one target and source. At most 10. A period in which a control has
        no articles is treated like one in which the series has none.
    target, source : str, optional
        Which series; needed when the frame holds several.
    event_period : {"fraction", "pre", "post", "drop"}
        What becomes of a period that contains an event: it counts as after it by the share of its
        time that is left, or wholly as before, wholly as after, or is left out.
    periods_after : int, optional
        Longest window of an event, in periods; to the next event or the end when not given.
    trend : bool
        Whether the level has a slope, which wanders slowly. Forecasts then go on rising or
        falling, and their bands widen quickly.
    season : int, optional
        Periods in a season, such as 7 for days; two seasons must lie before the event.
    noise : {"autoregression", "white"}
        What outlets do beside level, season and controls. ``"autoregression"``: it lasts from
        period to period, by a share that is averaged over. ``"white"``: it does not; with
        controls this is the model of the R package CausalImpact with its priors. Its intervals
        are too narrow where the noise does last.
    weights : {"precision", "none"}
        Whether a period's noise holds the sampling variance of its articles, known from ``se``
        and ``n_effective``, beside that of the outlet, or is alike in all periods.
    expected_controls : float
        Controls that are thought to matter, beforehand. Each of `p` is in with probability
        ``expected_controls / (p + 1)`` (spike), its coefficient then as good as free (slab), and
        the result is averaged over all subsets: with one or two controls all are in.
    level_sd : float, optional
        How far the level is thought to step from one period to the next, in standard deviations
        of the series before the event, with the weight of 32 periods (``prior.level.sd`` of
        CausalImpact, whose default is 0.01). When not given, the step is learnt, and intervals
        hold for a level that stands still and for one that wanders like a random walk. With 0.01
        they hold, and are about half as wide, only where the stance keeps returning to one
        level; ``diagnostics.if_level_stays`` has that interval, too.
    every : str, optional
        Length of a period: 1d, 1w, 2w, 1mo, 1q or 1y. Found from the frame when not given.
    draws : int
        Simulated courses, 500 or more.
    seed : int
        The same seed gives the same result.
    confidence_level : float
        Of the intervals, inside (0, 1).

    Returns
    -------
    Counterfactual
        ``.table``, ``.sentence``, ``.chart()``, ``.course``, ``.diagnostics``, ``.draws``,
        ``.to_dict()``.

    Raises
    ------
    ArgumentError
        For an unknown option, target, source or control, events of one name, a control that is
        the series itself, or an event outside the series.
    DataError
        When a column is missing or holds what a Series frame cannot hold, or a control is cut in
        another time zone.
    NotEnoughDataError
        When fewer than 8 periods (and 2 for each control) with articles lie before the first
        event, or two seasons do not, no period lies wholly in the window of an event, or series
        or control never change before it.

    Notes
    -----
    The variances, the split of the noise between outlet and articles, and the autocorrelation
    are drawn from their posterior by adaptive importance sampling: coefficients and states are
    integrated out by a Kalman filter (tested against that of statsmodels' UnobservedComponents,
    whose matrices it takes), so that the weights are exact, and
    ``diagnostics.effective_number`` says what the sample is worth. For each draw coefficients,
    the state at the event, and what follows are simulated: the intervals hold the uncertainty of
    all of them, and the noise that the observed values have too.

    A few dozen periods cannot tell a level that wanders from noise that lasts. The learnt step
    has a half-Cauchy prior of scale 0.3, chosen by simulation so that intervals hold for a random
    walk, too; for series that do return to one level they then hold the truth more often than
    they say, and are two to three times as wide as they had to be.

    The model is Gaussian and does not know that stance ends at -1 and 1; where the band leaves
    the scale, ``diagnostics.notes`` says so. A cumulative effect is a sum of stances, in stance
    units times periods; it grows with the time looked at.

    References
    ----------
    Brodersen, Gallusser, Koehler, Remy and Scott (2015), "Inferring causal impact using Bayesian
    structural time-series models". Harvey (1989), "Forecasting, structural time series models and
    the Kalman filter". Scott and Varian (2014), "Predicting the present with Bayesian structural
    time series". Cornuet, Marin, Mira and Robert (2012), "Adaptive multiple importance sampling".

    Examples
    --------
    >>> import stancelib as sl
    >>> simulated = sl.simulate_series(
    ...     sources=["Beacon Wire", "Harbour Post"], n_periods=60, level={
    ...         "Beacon Wire": -0.3, "Harbour Post": 0.0}, seed=1)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> effect = sl.counterfactual(
    ...     simulated.series, event, source="Beacon Wire", controls=["Harbour Post"])
    >>> effect.table["term"][0], round(effect.table["estimate"][0], 1)
    ('average effect', -0.3)
    """
    check_choice("event_period treatment", event_period, get_args(EventPeriod))
    if periods_after is not None:
        check_whole("periods_after", periods_after, 1)
    check_whole("draws", draws, FEWEST_DRAWS)
    check_whole("seed", seed, 0)
    check_share("confidence_level", confidence_level)
    model = Model(trend, season, noise, weights, expected_controls, level_sd)
    events = checked_events(event)
    chosen = choose_series(series, target=target, source=source, every=every)
    found = find_controls(series, controls, chosen)
    windows = place_windows(chosen, events, event_period, periods_after)
    data = standardize(chosen, windows, found, model)
    continued = _continued(data, draws, seed)
    steady = None
    if level_sd is None:
        still = standardize(chosen, windows, found, replace(model, level_sd=STEADY_SD))
        steady = _continued(still, draws, seed).simulation
    return assemble(Fitted(chosen, windows, found, data, continued, steady, confidence_level, seed))


def _continued(data: Standardized, draws: int, seed: int) -> Continued:
    generator = np.random.default_rng(seed)
    posterior = fit(data.problem, data.noise_guess, generator)
    n = len(data.problem.columns)
    ahead = Ahead(data.ratios[n:], data.controls[n:])
    return Continued(posterior, simulate(data.problem, posterior, ahead, draws, generator))
