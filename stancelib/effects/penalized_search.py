"""Search one series for changes: a test whether there is any, then a penalty for their number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.change_points_core import (
    SearchMethod,
    Sums,
    alarm_thresholds,
    critical_value,
    merge_gains,
    simulate_without_change,
    simulated_share,
    single_gains,
)
from stancelib.effects.checks import check_choice, check_share, check_whole
from stancelib.effects.error_model import Weights
from stancelib.effects.noise_points_core import NoisePoints
from stancelib.effects.observed_span import ObservedSpan
from stancelib.effects.ruptures_search import search
from stancelib.effects.segment_levels_core import SegmentFit, fit_segments
from stancelib.effects.step_scores_core import settle
from stancelib.effects.step_test_core import candidate_steps, no_change_test
from stancelib.errors import ArgumentError

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

_SHORTEST_SEGMENT = 2
# A penalty just below what the best change explains, so that rounding does not lose it.
_BELOW = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """What the caller chose; refuses what cannot be done."""

    method: SearchMethod
    weights: Weights
    minimum_segment: int
    false_alarm_rate: float
    confidence_level: float
    n_simulations: int

    def __post_init__(self) -> None:
        check_choice("method", self.method, get_args(SearchMethod))
        check_choice("weighting", self.weights, get_args(Weights))
        check_whole("minimum_segment", self.minimum_segment, _SHORTEST_SEGMENT)
        check_share("false_alarm_rate", self.false_alarm_rate)
        check_share("confidence_level", self.confidence_level)
        needed = int(np.ceil(1 / self.false_alarm_rate)) - 1
        if self.n_simulations < needed:
            raise ArgumentError(
                f"'n_simulations' must be at least {needed} for a false-alarm rate of "
                f"{self.false_alarm_rate:g}; got {self.n_simulations}"
            )


@dataclass(frozen=True, slots=True)
class SearchRecord:
    """How the changes were searched; see `ChangePointDiagnostics`."""

    p_value: float
    penalty: float | None
    n_simulations: int
    strongest: datetime


@dataclass(frozen=True, slots=True)
class SearchedChanges:
    """What a search found.

    Attributes
    ----------
    rows : (k,)
        Rows, among the periods with articles, that begin a new level.
    p_values : (k,)
        Share of series without a change that show one as strong.
    fit : SegmentFit
        Of the segments between them.
    record : SearchRecord
        Test and penalty.
    """

    rows: Indices
    p_values: Array
    fit: SegmentFit
    record: SearchRecord


@dataclass(frozen=True, slots=True)
class _Cost:
    """The series as the search sees it, on its calendar: centred stance, weights, their sums."""

    stance: Array
    weights: Array
    sums: Sums

    @classmethod
    def of(cls, span: ObservedSpan, noise: NoisePoints) -> _Cost:
        precision = noise.precision(span.observed.ratios)
        # Around its mean, so that rounding does not depend on the level of the series.
        centred = span.observed.stance - np.average(span.observed.stance, weights=precision)
        stance, weights = span.on_calendar(centred), span.on_calendar(precision)
        return cls(stance, weights, Sums.of(stance[None], weights))


def search_changes(
    span: ObservedSpan, options: SearchOptions, generator: np.random.Generator
) -> SearchedChanges:
    """Test whether there is a change; if so, find how many there are and settle their dates."""
    minimum, rate = options.minimum_segment, options.false_alarm_rate
    candidates = candidate_steps(span.observed, minimum)
    test = no_change_test(candidates, options.n_simulations, rate, generator)
    fit = fit_segments(span.observed, test.steps[: len(test.steps) * test.rejected])
    cost = _Cost.of(span, fit.noise)
    gains = single_gains(cost.sums, minimum)[0]
    strongest = span.rows[np.searchsorted(span.rows, minimum + int(np.argmax(gains)))]
    record = SearchRecord(test.p_value, None, options.n_simulations, span.instant(strongest))
    if not test.rejected:
        return SearchedChanges(test.steps[:0], np.empty(0), fit, record)
    thresholds = _thresholds(span, fit.noise, cost, options, generator)
    # The test has found a change: the penalty decides about further ones.
    penalty = min(critical_value(thresholds, rate), float(gains.max()) * _BELOW)
    found = search(cost.stance, cost.weights, minimum, penalty, options.method)
    rises = merge_gains(cost.sums, found)
    # A change inside a gap is dated to the first period behind it.
    rows = np.searchsorted(span.rows, found).astype(np.int64)
    rows, fit = settle(span.observed, rows, minimum)
    # The only change is as sure as that there is any.
    own = np.array([simulated_share(thresholds, rise) for rise in rises])
    p_values = np.maximum(own, test.p_value) if len(rows) > 1 else np.array([test.p_value])
    return SearchedChanges(rows, p_values, fit, replace(record, penalty=penalty))


def _thresholds(
    span: ObservedSpan,
    noise: NoisePoints,
    cost: _Cost,
    options: SearchOptions,
    generator: np.random.Generator,
) -> Array:
    """Penalty from which on each of many series without a change shows none."""
    observed = span.observed
    simulated = simulate_without_change(
        noise.centre().repeated(0, options.n_simulations),
        observed.ratios,
        observed.elapsed,
        generator,
    )
    without = Sums.of(span.on_calendar(simulated), cost.weights)
    minimum, rate = options.minimum_segment, options.false_alarm_rate
    return alarm_thresholds(without, minimum, options.method, rate)
