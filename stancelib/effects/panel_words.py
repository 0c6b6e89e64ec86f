"""Sentences of effects in panels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from stancelib.effects.diagnostics_core import DOUBTFUL
from stancelib.effects.pre_trend import PreTrend
from stancelib.effects.words import (
    ASSUMPTION,
    PERIOD_NAMES,
    Quantity,
    date_words,
    interval,
    number,
    signed,
)

_MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class PanelStory:
    """What is told of every effect in a panel.

    Attributes
    ----------
    event_name, event_at, target, time_zone, every
        As in the result.
    treated, controls : tuple of str
        Sources; no controls where all are treated.
    effect : Quantity
        The shift; its ends infinite where the test rejects nothing.
    confidence_level : float
        Of the interval.
    n_after : int
        Periods after the event that the shift is the average of.
    """

    event_name: str
    event_at: datetime
    target: str
    time_zone: str
    every: str
    treated: tuple[str, ...]
    controls: tuple[str, ...]
    effect: Quantity
    confidence_level: float
    n_after: int


def tell_event_study(story: PanelStory, pre_trend: PreTrend | None, reference: datetime) -> str:
    """Write an event study as text that a journalist can quote."""
    one = PERIOD_NAMES[story.every].one
    began = "of" if one == "day" else "that begins on"
    since = f"measured from the {one} {began} {date_words(reference)}"
    alone = (
        ""
        if story.controls
        else " Whatever else happened in that time is part of it, because no outlet was spared "
        "the event."
    )
    return f"{_shift(story, since)}{alone} {_before(story, pre_trend)} {ASSUMPTION}"


def tell_difference(story: PanelStory, pre_trend: PreTrend | None, breakdown: str) -> str:
    """Write a difference in differences as text that a journalist can quote."""
    head = _shift(story, "measured from their average before")
    return f"{head} {_before(story, pre_trend)}{breakdown} {ASSUMPTION}"


def breakdown_words(value: float | None, effect: Quantity) -> str:
    """What violation of parallel trends the finding bears; nothing where none is found."""
    if value is None or not effect.clear:
        return ""
    if value <= 0:
        return (
            " Measured only from the last stretch before the event, the shift is no longer clear."
        )
    return (
        " The finding bears trends that part after the event by up to "
        f"{number(value, 1)} times their largest change before."
    )


def tell_synthetic(story: PanelStory, how: str, fit: str, p_value: float, n_placebos: int) -> str:
    """Write a synthetic control as text that a journalist can quote.

    Parameters
    ----------
    story : PanelStory
        One treated source, its donors for controls.
    how : str
        What it is compared with.
    fit : str
        How closely the comparison followed it before the event, a sentence.
    p_value : float
        Of the comparison with outlets that the event did not treat.
    n_placebos : int
        How many of them there are.
    """
    head = _shift(story, how)
    placebo = (
        f"The same comparison made for {n_placebos} outlets that were not treated puts it at "
        f"p = {number(p_value, 3)}."
    )
    return f"{head} {fit} {placebo} {ASSUMPTION}"


def names(sources: Sequence[str]) -> str:
    """Up to three names, else how many there are.

    Examples
    --------
    >>> names(["A"]), names(["A", "B", "C"]), names(list("ABCD"))
    ('A', 'A, B and C', '4 outlets')
    """
    if len(sources) > _MOST_NAMES:
        return f"{len(sources)} outlets"
    *first, last = sources
    return f"{', '.join(first)} and {last}" if first else last


def interval_words(effect: Quantity, confidence_level: float) -> str:
    """The interval, or that there is none."""
    percent = f"{100 * confidence_level:g} % interval"
    if math.isfinite(effect.low) and math.isfinite(effect.high):
        return f"{percent} {interval(effect)}"
    return f"with so few outlets no {percent} can be given"


def _shift(story: PanelStory, since: str) -> str:
    several = PERIOD_NAMES[story.every].several
    when = date_words(story.event_at.astimezone(ZoneInfo(story.time_zone)))
    size = (
        f"{signed(story.effect)} on the scale from −1 (against) to 1 (in favor), "
        f"{interval_words(story.effect, story.confidence_level)}, on average over "
        f"{story.n_after} {several}, {since}"
    )
    beside = f" compared with {names(story.controls)}" if story.controls else ""
    who = f"{names(story.treated)} toward {story.target}"
    if story.effect.clear:
        side = "in favor of" if story.effect.estimate > 0 else "against"
        moved = f"the stance of {who} shifted {side} {story.target}{beside}"
    else:
        moved = f"there is no clear shift in the stance of {who}{beside}"
    return f"After {story.event_name} ({when}), {moved}: {size}."


def _before(story: PanelStory, pre_trend: PreTrend | None) -> str:
    if pre_trend is None:
        return "How the courses ran before the event cannot be tested."
    courses = "the courses already differed" if story.controls else "the course already moved"
    p_value = f"p = {number(pre_trend.p_value, 3)}"
    if pre_trend.p_value < DOUBTFUL:
        return f"Before the event {courses} ({p_value}): the shift may be older than the event."
    rate = PERIOD_NAMES[story.every].rate
    calm = "the courses did not differ" if story.controls else "the course did not move"
    drift = number(pre_trend.detectable_slope, max(2, _leading(pre_trend.detectable_slope)))
    return (
        f"Before the event {calm} clearly ({p_value}), but a steady drift of {drift} {rate} would "
        f"have been missed one time in five."
    )


def _leading(value: float) -> int:
    """Decimals that show two digits of a number."""
    return 2 if value <= 0 else min(6, 1 - math.floor(math.log10(value)))
