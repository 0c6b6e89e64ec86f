"""`change_points`: when the level of a stance series changed, without being told when to look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import polars as pl

from stancelib.effects.change_point_dates_core import NOISE_POINTS, date_changes
from stancelib.effects.change_point_events import check_events, split_by_span
from stancelib.effects.change_points_core import SearchMethod
from stancelib.effects.change_points_diagnostics import diagnose_changes
from stancelib.effects.change_points_frames import (
    FoundChanges,
    dates_frame,
    fitted_frame,
    segments_frame,
    table_frame,
)
from stancelib.effects.change_points_result import ChangePoints
from stancelib.effects.change_points_words import ChangeStory, ToldChange, tell_changes
from stancelib.effects.error_model import Weights
from stancelib.effects.event import Event
from stancelib.effects.observed_span import ObservedSpan, observed_span
from stancelib.effects.penalized_search import SearchOptions, SearchRecord, search_changes
from stancelib.effects.periods import choose_series
from stancelib.effects.segment_levels_core import segment_residuals
from stancelib.effects.student_mixture_core import contrasts
from stancelib.effects.words import Quantity

MINIMUM_PERIODS = 16


def change_points(
    series: pl.DataFrame,
    *,
    events: Sequence[Event] | None = None,
    target: str | None = None,
    source: str | None = None,
    method: SearchMethod = "pelt",
    minimum_segment: int = 5,
    false_alarm_rate: float = 0.05,
    weights: Weights = "precision",
    every: str | None = None,
    confidence_level: float = 0.95,
    n_simulations: int = 499,
    seed: int = 0,
) -> ChangePoints:
    r"""Find when the mean stance of a series changed, and which dates the data allow.

    The mean is constant between changes. A series without a change, with the same autocorrelation,
    articles and gaps, shows any change with probability `false_alarm_rate`.

    Parameters
    ----------
    series : polars.DataFrame
        A Series frame, as `Store.series` returns it. Null ``stance``: no articles; the period
        weighs nothing, and its time still passes. Null ``se``: one article.
    events : list of Event, optional
        A catalogue, for instance from `read_events`. Each change is joined with the event that
        is nearest in days; events outside the series are not joined, and a note says so.
    target, source : str, optional
        Which series; needed when the frame holds several.
    method : {"pelt", "binary_segmentation"}
        Search: the best of all segmentations, or the best cut again and again.
    minimum_segment : int
        Shortest segment in periods, those without articles included; at least 2.
    false_alarm_rate : float
        Probability that a series without a change shows one, inside (0, 1).
    weights : {"precision", "none"}
        Whether periods count by their precision, ``1 / (tau2 + v_t)`` with `v_t` the sampling
        variance from ``se`` and ``n_effective`` and `tau2` the variance that articles do not
        explain, or all alike.
    every : str, optional
        Length of a period: 1d, 1w, 2w, 1mo, 1q or 1y. Found from the frame when not given; to be
        named when rows of periods without articles were taken out of the frame.
    confidence_level : float
        Of the confidence sets and intervals, inside (0, 1).
    n_simulations : int
        Series without a change behind the test and the penalty.
    seed : int
        The same seed gives the same result.

    Returns
    -------
    ChangePoints
        ``.table`` (shifts), ``.dates`` (confidence sets and events), ``.segments``,
        ``.sentence``, ``.chart()``, ``.fitted``, ``.diagnostics``, ``.to_dict()``.

    Raises
    ------
    ArgumentError
        For an unknown option, target or source, or several of them when none is named.
    DataError
        When a column is missing or holds what a Series frame cannot hold.
    NotEnoughDataError
        When fewer than 16 periods, or fewer than two shortest segments, have articles, or the
        stance never changes.

    Notes
    -----
    Two questions are asked one after the other. *Is there a change?* The noise is a first-order
    autoregression plus the sampling noise of the articles. The likelihood with steps at the best
    periods is held against the one without, both averaged over a grid of such noises, so that a
    shift is not taken for autocorrelation, nor autocorrelation for a shift. The same is done with
    series simulated without a change, under the noise that is most likely without one: the share
    `false_alarm_rate` of these count as changed. *How many, and when?* The penalty is such that
    the search finds a change in the same share of series without one, under the noise that is left
    around the steps; where it is more than the best single change explains, that one
    is taken. PELT and binary segmentation are those of ruptures, looking at every period; where
    its pruning loses the optimum because of the minimum segment, the optimum is taken. Each date is
    then moved to where it is most likely, the others held.

    The confidence set of a date holds the periods at which a change is not rejected by the
    likelihood ratio against the best period, conditional on the levels (Worsley 1986; Siegmund
    1988) and on a change being found: a small shift is found where noise adds to it, often beside
    it, and its set is wide. Those of several changes hold the others to be where they were
    estimated. The size of a shift is averaged over its possible dates and over the noise. A change
    was searched for before it was measured: shifts so small that they are seldom found are too
    large on average when they are, and their intervals hold the truth less often;
    benchmarks/coverage_change_points.py counts how often.

    References
    ----------
    Killick, Fearnhead and Eckley (2012), "Optimal detection of changepoints with a linear
    computational cost". Scott and Knott (1974), "A cluster analysis method for grouping means in
    the analysis of variance". Zhang and Siegmund (2007), "A modified Bayes information criterion".
    Davison and Hinkley (1997), "Bootstrap methods and their application". Worsley (1986),
    "Confidence regions and tests for a change-point in a sequence of exponential family random
    variables". Siegmund (1988), "Confidence sets in change-point problems". Truong, Oudre and
    Vayatis (2020), "Selective review of offline change point detection methods".

    Examples
    --------
    >>> import stancelib as sl
    >>> simulated = sl.simulate_series(n_periods=60, level=-0.5, rho=0.2, seed=1)
    >>> summit = sl.Event("the summit", simulated.event_at)
    >>> found = sl.change_points(simulated.series, events=[summit], n_simulations=99)
    >>> found.dates["event"].to_list(), found.dates["in_set"].to_list()
    (['the summit'], [True])
    """
    options = SearchOptions(
        method, weights, minimum_segment, false_alarm_rate, confidence_level, n_simulations
    )
    catalogue = check_events(events)
    chosen = choose_series(series, target=target, source=source, every=every)
    span = observed_span(chosen, weights, minimum_segment, MINIMUM_PERIODS)
    joined, outside = split_by_span(chosen, catalogue)
    generator = np.random.default_rng(seed)
    searched = search_changes(span, options, generator)
    rows, noise = searched.rows, searched.fit.noise
    points = noise.drawn(NOISE_POINTS, generator)
    dated = date_changes(
        span.observed, points, rows, minimum_segment, rate=false_alarm_rate, generator=generator
    )
    found = FoundChanges(rows, searched.p_values, dated, confidence_level)
    levels = contrasts(searched.fit.levels, np.eye(len(rows) + 1), confidence_level)
    table = table_frame(span, found)
    dates = dates_frame(span, found, joined)
    return ChangePoints(
        table=table,
        dates=dates,
        segments=segments_frame(span, rows, levels),
        sentence=tell_changes(_story(span, table, dates, searched.record, options)),
        fitted=fitted_frame(span, rows, levels),
        diagnostics=diagnose_changes(
            span.frame["period"].gather(span.rows),
            span.observed.times,
            segment_residuals(span.observed, noise, rows),
            noise=noise,
            record=searched.record,
            doubts=_doubts(found, dates, outside),
        ),
        events=joined,
        method=method,
        target=chosen.target,
        source=chosen.source,
        every=chosen.every,
        time_zone=chosen.time_zone,
        minimum_segment=minimum_segment,
        false_alarm_rate=false_alarm_rate,
        confidence_level=confidence_level,
    )


def _story(
    span: ObservedSpan,
    table: pl.DataFrame,
    dates: pl.DataFrame,
    record: SearchRecord,
    options: SearchOptions,
) -> ChangeStory:
    changes = tuple(
        ToldChange(
            start=date["change"],
            shift=Quantity(shift["estimate"], shift["low"], shift["high"]),
            words=date["words"],
        )
        for shift, date in zip(table.to_dicts(), dates.to_dicts(), strict=True)
    )
    return ChangeStory(
        target=span.chosen.target,
        source=span.chosen.source,
        every=span.chosen.every,
        first=span.instant(0),
        last=span.instant(span.frame.height) - timedelta(days=1),
        changes=changes,
        confidence_level=options.confidence_level,
        false_alarm_rate=options.false_alarm_rate,
        strongest=record.strongest,
        p_value=record.p_value,
    )


def _doubts(found: FoundChanges, dates: pl.DataFrame, outside: Sequence[Event]) -> list[str]:
    """What the dates and the catalogue leave open."""
    doubts = []
    if outside:
        names = ", ".join(event.name for event in outside)
        doubts.append(f"events outside the series were not joined: {names}")
    for date, dated in zip(dates.iter_rows(named=True), found.dated, strict=True):
        kept = np.flatnonzero(dated.p_values > 1 - found.confidence_level)
        day = f"{date['change']:%Y-%m-%d}"
        if len(kept) == len(dated.rows):
            doubts.append(f"the change at {day} has no date: none that could be is rejected")
        elif np.any(np.diff(kept) > 1):
            doubts.append(f"the confidence set of the change at {day} is not one interval")
    return doubts
