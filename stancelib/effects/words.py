"""The sentence of an effect, and the numbers in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

# Written out, because the names of strftime follow the locale of the machine.
_MONTHS = {
    1: "January",
    2: "February",
    3: "March",
    4: "April",
    5: "May",
    6: "June",
    7: "July",
    8: "August",
    9: "September",
    10: "October",
    11: "November",
    12: "December",
}


class PeriodNames(NamedTuple):
    """What one period is called, several, and the rate."""

    one: str
    several: str
    rate: str


PERIOD_NAMES = {
    "1d": PeriodNames("day", "days", "a day"),
    "1w": PeriodNames("week", "weeks", "a week"),
    "2w": PeriodNames("period of two weeks", "periods of two weeks", "in two weeks"),
    "1mo": PeriodNames("month", "months", "a month"),
    "1q": PeriodNames("quarter", "quarters", "a quarter"),
    "1y": PeriodNames("year", "years", "a year"),
}
ASSUMPTION = "This assumes that the scorer's error is stable over time."


@dataclass(frozen=True, slots=True)
class Quantity:
    """An estimate with the ends of its interval."""

    estimate: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Moved:
    """What one event did; stance units, the slope per period."""

    event_name: str
    event_at: datetime
    until: datetime | None
    course: str
    course_words: str
    level: Quantity
    slope: Quantity | None


@dataclass(frozen=True, slots=True)
class Story:
    """What the sentence tells; means are over articles, in stance units."""

    moved: tuple[Moved, ...]
    target: str
    source: str
    time_zone: str
    every: str
    confidence_level: float
    mean_before: float
    mean_after: float
    n_before: int
    n_after: int
    n_articles: int


def with_correction(sentence: str, correction: str) -> str:
    """A sentence that says what labels did, and no longer that the scorer's error is stable."""
    return f"{sentence.removesuffix(ASSUMPTION)}{correction}"


def tell(story: Story) -> str:
    """Write the effect as text that a journalist can quote."""
    units = PERIOD_NAMES[story.every].several
    found = " ".join(_of_event(story, moved) for moved in story.moved)
    decimals = _decimals(story.moved[0].level)
    sides = (
        (f"{story.n_before} {units} before and {story.n_after} after")
        if story.moved[0].course != "temporary" or len(story.moved) > 1
        else f"{story.n_before} {units} outside and {story.n_after} inside"
    )
    first, then = ("outside", "inside") if "inside" in sides else ("before", "after")
    between = "" if len(story.moved) == 1 else " the last of these events"
    start = "" if len(story.moved) == 1 else " the first"
    means = (
        f"The average article stood at {number(story.mean_before, decimals)} {first}{start} and at "
        f"{number(story.mean_after, decimals)} {then}{between} ({sides}, "
        f"{story.n_articles:,} articles)."
    )
    return f"{found} {means} {ASSUMPTION}"


def _of_event(story: Story, moved: Moved) -> str:
    source = "all sources" if story.source == "all" else story.source
    zone = ZoneInfo(story.time_zone)
    when = date_words(moved.event_at.astimezone(zone))
    percent = f"{100 * story.confidence_level:g} % interval"
    shift = (
        f"{signed(moved.level)} on the scale from −1 (against) to 1 (in favor), "
        f"{percent} {interval(moved.level)}"
    )
    start = f"After {moved.event_name} ({when})"
    if moved.until is not None:
        start = f"During {moved.event_name} ({when} to {date_words(moved.until.astimezone(zone))})"
    otherwise = "before" if moved.until is None else "otherwise"
    compared = f"compared with its course {otherwise}"
    if moved.level.clear:
        side = "in favor of" if moved.level.estimate > 0 else "against"
        head = (
            f"{start}, the stance of {source} toward {story.target} shifted {side} "
            f"{story.target}: {shift}, {compared}"
        )
    else:
        head = (
            f"{start}, there is no clear shift in the stance of {source} toward "
            f"{story.target}: {shift}, {compared}"
        )
    if moved.course not in {"persistent", "temporary"}:
        head += f"; the model takes it that the shift {moved.course_words}"
    return f"{head}.{_of_trend(story, moved, percent)}"


def _of_trend(story: Story, moved: Moved, percent: str) -> str:
    if moved.slope is None:
        return ""
    per = PERIOD_NAMES[story.every].rate
    change = f"{signed(moved.slope)} {per}, {percent} {interval(moved.slope)}"
    return (
        f" From then on it changed by {change}, beside its earlier trend."
        if moved.slope.clear
        else f" There is no clear change of its trend ({change})."
    )


def number(value: float, decimals: int) -> str:
    """Round, with a true minus, and without the sign of a rounded 0.

    Examples
    --------
    >>> number(-0.126, 2), number(-0.001, 2)
    ('−0.13', '0.00')
    """
    return f"{round(value, decimals) + 0.0:.{decimals}f}".replace("-", "−")


def signed(quantity: Quantity) -> str:
    """Write the estimate with its sign, as finely as its interval allows."""
    text = number(quantity.estimate, _decimals(quantity))
    return text if quantity.estimate < 0 or set(text) <= set("0.") else f"+{text}"


def interval(quantity: Quantity) -> str:
    """Write the ends of the interval, as finely as its width allows.

    Examples
    --------
    >>> interval(Quantity(-0.004, -0.0071, -0.0009))
    '−0.0071 to −0.0009'
    """
    decimals = _decimals(quantity)
    return f"{number(quantity.low, decimals)} to {number(quantity.high, decimals)}"


def date_words(day: datetime) -> str:
    """Write a day in words.

    Examples
    --------
    >>> date_words(datetime(2022, 2, 24))
    '24 February 2022'
    """
    return f"{day.day} {_MONTHS[day.month]} {day.year}"


def _decimals(quantity: Quantity) -> int:
    """Two, or more where the interval is narrow: its ends then keep two digits."""
    width = quantity.high - quantity.low
    if not 0 < width < math.inf:
        return 2
    return min(max(2, 1 - math.floor(math.log10(width))), 6)
