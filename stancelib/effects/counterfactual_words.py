"""The sentence of a counterfactual, and doubts about it in words."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.event import Event
from stancelib.effects.presentation import listed
from stancelib.effects.words import (
    ASSUMPTION,
    PERIOD_NAMES,
    Quantity,
    date_words,
    interval,
    number,
    signed,
)

Array = NDArray[np.float64]

DOUBTFUL = 0.05
FEW_POINTS = 100
# Chance takes a control out of its range in a few periods, and noise that lasts longer than this
# cannot be told from a level that wanders.
MUCH_OUTSIDE, LONG_LASTING = 0.25, 0.7
# A band of 95 % that holds fewer of 20 or more periods before the event is too narrow.
_LOW_COVERAGE, _ENOUGH_PERIODS = 0.85, 20


@dataclass(frozen=True, slots=True)
class CounterfactualStory:
    """What the sentence tells; stance units.

    Attributes
    ----------
    events : tuple of Event
        In the order of time.
    target, source, time_zone, every : str
        The series.
    average : Quantity
        Average effect over all windows.
    by_event : tuple of Quantity
        Average effect in each window.
    observed, expected : float
        Averages over all windows.
    controls : tuple of str
        Names of the control series.
    n_before, n_after, n_articles : int
        Periods with articles, and the articles in them.
    confidence_level : float
        Of the intervals.
    """

    events: tuple[Event, ...]
    target: str
    source: str
    time_zone: str
    every: str
    average: Quantity
    by_event: tuple[Quantity, ...]
    observed: float
    expected: float
    controls: tuple[str, ...]
    n_before: int
    n_after: int
    n_articles: int
    confidence_level: float


def tell_counterfactual(story: CounterfactualStory) -> str:
    """Write the effect as text that a journalist can quote."""
    zone = ZoneInfo(story.time_zone)
    dates = [f"{one.name} ({date_words(one.at.astimezone(zone))})" for one in story.events]
    source = "all sources" if story.source == "all" else story.source
    percent = f"{100 * story.confidence_level:g} % interval"
    size = (
        f"on average {signed(story.average)} on the scale from −1 (against) to 1 (in favor), "
        f"{percent} {interval(story.average)}"
    )
    if story.average.clear:
        side = "more in favor of" if story.average.estimate > 0 else "more against"
        head = (
            f"After {listed(dates)}, the stance of {source} toward {story.target} was {side} "
            f"{story.target} than expected from {_basis(story.controls)}: {size}."
        )
    else:
        head = (
            f"After {listed(dates)}, the stance of {source} toward {story.target} did not "
            f"clearly depart from what was expected from {_basis(story.controls)}: {size}."
        )
    return " ".join([head, *_by_event(story), _means(story), _assumption(story)])


def _basis(controls: tuple[str, ...]) -> str:
    if not controls:
        return "its own course before"
    series = (
        f"that of {controls[0]}" if len(controls) == 1 else f"those of {listed(list(controls))}"
    )
    return f"its own course before and {series}"


def _by_event(story: CounterfactualStory) -> list[str]:
    if len(story.events) == 1:
        return []
    parts = [
        f"{signed(effect)} ({interval(effect)}) after {event.name}"
        for event, effect in zip(story.events, story.by_event, strict=True)
    ]
    return [f"In the time from each event to the next it was {listed(parts)}."]


def _means(story: CounterfactualStory) -> str:
    before = f"{story.n_before} {PERIOD_NAMES[story.every][story.n_before != 1]}"
    after = f"{story.n_after} {PERIOD_NAMES[story.every][story.n_after != 1]}"
    return (
        f"The average stood at {number(story.observed, 2)}, where {number(story.expected, 2)} was "
        f"expected ({before} before and {after} after, {story.n_articles:,} articles)."
    )


def _assumption(story: CounterfactualStory) -> str:
    event, it = ("the event", "it") if len(story.events) == 1 else ("the events", "them")
    if not story.controls:
        return f"This assumes that without {event} it would have gone on as before. {ASSUMPTION}"
    return (
        f"This assumes that {event} did not move {listed(list(story.controls))}, and that without "
        f"{it} the stance would have gone on following as before. {ASSUMPTION}"
    )


@dataclass(frozen=True, slots=True)
class Doubts:
    """What the notes look at.

    Attributes
    ----------
    left_over, uneven : float or None
        p-values of Ljung-Box and Breusch-Pagan.
    lags : int
        Of the former.
    rho : float or None
        Autocorrelation of the outlet's noise.
    covered_before : float
        Share of the periods before the event within the band one period ahead.
    effective_number : float
        Of the sample of parameters.
    periods, controls : polars.DataFrame
        As in the diagnostics.
    low, high : (H,)
        Band of the expected stance behind the event; NaN where there is none.
    se : float
        Of the average effect.
    average, if_level_stays : Quantity
        That effect, and that of a level that stays, where the level's step was learnt.
    n_before, n_after, n_control_missing : int
        Periods on each side, and those without a control.
    """

    left_over: float | None
    uneven: float | None
    lags: int
    rho: float | None
    covered_before: float
    effective_number: float
    periods: pl.DataFrame
    controls: pl.DataFrame
    low: Array
    high: Array
    se: float
    average: Quantity
    if_level_stays: Quantity | None
    n_before: int
    n_after: int
    n_control_missing: int


def notes_of(doubts: Doubts) -> tuple[str, ...]:
    """Write what is doubtful; nothing where nothing is."""
    return (
        *_fit_notes(doubts),
        *_control_notes(doubts),
        *_influence_notes(doubts),
        *_range_notes(doubts),
    )


def _fit_notes(doubts: Doubts) -> list[str]:
    notes = []
    if doubts.left_over is not None and doubts.left_over < DOUBTFUL:
        notes.append(
            f"forecasts before the event err alike over {doubts.lags} periods (Ljung-Box p = "
            f"{doubts.left_over:.3g}): intervals may be too narrow; look for a rhythm (season=...)"
        )
    if doubts.uneven is not None and doubts.uneven < DOUBTFUL:
        notes.append(
            f"the noise changes along the time before (Breusch-Pagan p = {doubts.uneven:.3g})"
        )
    stays = doubts.if_level_stays
    if stays is None and doubts.rho is not None and doubts.rho > LONG_LASTING:
        notes.append(
            f"the outlet's noise lasts from period to period (rho = {doubts.rho:.2f}), almost like "
            "a level that wanders: without level_sd the bands allow for that"
        )
    if stays is not None and stays.clear != doubts.average.clear:
        notes.append(
            f"if the stance keeps returning to one level (level_sd=0.01), the average effect is "
            f"{signed(stays)}, {interval(stays)}: {doubts.n_before} periods before the event "
            "cannot tell whether it does"
        )
    if doubts.covered_before < _LOW_COVERAGE and doubts.n_before >= _ENOUGH_PERIODS:
        notes.append(
            f"only {doubts.covered_before:.0%} of the periods before the event lie in the 95 % "
            "band of their forecasts: intervals may be too narrow"
        )
    if doubts.effective_number < FEW_POINTS:
        notes.append(
            f"the parameters were sampled with an effective number of "
            f"{doubts.effective_number:.0f} only: another seed may move the ends of the intervals"
        )
    return notes


def _control_notes(doubts: Doubts) -> list[str]:
    notes = []
    if doubts.n_control_missing:
        notes.append(
            f"{doubts.n_control_missing} periods with articles were not used, because a control "
            "has none in them"
        )
    moved = doubts.controls.filter(pl.col("n_outside") > MUCH_OUTSIDE * doubts.n_after)
    notes += [
        f"the control {row['control']!r} left its range before the event in {row['n_outside']} of "
        f"{doubts.n_after} periods after it: what was expected is extrapolated, or the event "
        "moved the control"
        for row in moved.iter_rows(named=True)
    ]
    return notes


def _influence_notes(doubts: Doubts) -> list[str]:
    """The period whose removal moves the average effect most, when by more than its error."""
    order = pl.col("average_effect_change").abs()
    row = doubts.periods.sort(order, descending=True, nulls_last=True).row(0, named=True)
    change = row["average_effect_change"]
    if change is None or abs(change) <= doubts.se:
        return []
    without = (
        f"without the period {row['period']:%Y-%m-%d} the average effect would change by "
        f"{-change:+.3f}: more than its standard error"
    )
    return [without]


def _range_notes(doubts: Doubts) -> list[str]:
    notes = []
    beyond = int(((doubts.low < -1) | (doubts.high > 1)).sum())
    if beyond:
        notes.append(
            f"in {beyond} periods the band of the expected stance leaves the scale from −1 to 1, "
            "whose ends the model does not know: it is wider than it can be"
        )
    if doubts.n_after > doubts.n_before:
        notes.append(
            f"{doubts.n_after} periods are forecast from {doubts.n_before}: the longer the "
            "forecast, the more it rests on the model"
        )
    return notes
