"""The sentence of change points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from stancelib.effects.words import ASSUMPTION, PERIOD_NAMES, Quantity, date_words, interval, signed

_TIMES = {1: "once", 2: "twice"}


@dataclass(frozen=True, slots=True)
class ToldChange:
    """One change: its first period in local time, its shift, and the words of its date."""

    start: datetime
    shift: Quantity
    words: str


@dataclass(frozen=True, slots=True)
class ChangeStory:
    """What the sentence tells; instants in the time zone of the series."""

    target: str
    source: str
    every: str
    first: datetime
    last: datetime
    changes: tuple[ToldChange, ...]
    confidence_level: float
    false_alarm_rate: float
    strongest: datetime
    p_value: float


def tell_changes(story: ChangeStory) -> str:
    """Write the change points as text that a journalist can quote."""
    source = "all sources" if story.source == "all" else story.source
    span = f"between {date_words(story.first)} and {date_words(story.last)}"
    subject = f"mean stance of {source} toward {story.target}"
    if not story.changes:
        return (
            f"The {subject} shows no clear change point {span}: its strongest candidate, "
            f"{_when(story.strongest, story.every)}, is matched by {_percent(story)} of simulated "
            f"series without a change and with the same kind of noise. {ASSUMPTION}"
        )
    count = len(story.changes)
    times = _TIMES.get(count, f"{count} times")
    listed = "; ".join(_told(change, story) for change in story.changes)
    rate = f"{100 * story.false_alarm_rate:g} of 100"
    return (
        f"The {subject} changed its level {times} {span}: {listed}. Intervals are "
        f"{100 * story.confidence_level:g} % intervals; of series without a change and with the "
        f"same kind of noise, about {rate} show one. {ASSUMPTION}"
    )


def _told(change: ToldChange, story: ChangeStory) -> str:
    side = ""
    if change.shift.clear:
        side = "in favor of" if change.shift.estimate > 0 else "against"
        side = f" {side} {story.target}"
    return (
        f"by {signed(change.shift)} ({interval(change.shift)}){side} "
        f"{_when(change.start, story.every)} ({change.words})"
    )


def _when(start: datetime, every: str) -> str:
    if every == "1d":
        return f"on {date_words(start)}"
    return f"in the {PERIOD_NAMES[every].one} from {date_words(start)}"


def _percent(story: ChangeStory) -> str:
    percent = 100 * story.p_value
    return f"{percent:.0f} %" if percent >= 1 else "fewer than 1 %"
