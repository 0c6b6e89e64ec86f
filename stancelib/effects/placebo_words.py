"""The sentence of a placebo test, and its doubts in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from stancelib.effects.presentation import listed, p_words
from stancelib.effects.words import ASSUMPTION, Quantity, date_words, interval, number, signed


@dataclass(frozen=True, slots=True)
class PlaceboStory:
    """What the sentence tells.

    Attributes
    ----------
    level : Quantity
        Estimated shift; in date, with the ends of the shifts that are not rejected.
    rank, n_compared : int
        How many statistics are at least as large as the event's, its own included, of how many.
    corrected : float or None
        p-value in date, corrected for all series of a family.
    moved : list of str
        Placebos that moved themselves, after correction.
    """

    kind: str
    event_name: str
    event_at: datetime
    target: str
    source: str
    time_zone: str
    level: Quantity
    rank: int
    n_compared: int
    p_value: float
    corrected: float | None
    moved: list[str]
    confidence_level: float


def tell_placebo(story: PlaceboStory) -> str:
    """Write the test as text that a journalist can quote."""
    source = "all sources" if story.source == "all" else story.source
    when = date_words(story.event_at.astimezone(ZoneInfo(story.time_zone)))
    head = (
        f"The shift in the stance of {source} toward {story.target} after {story.event_name} "
        f"({when}) is {_shift(story)} on the scale from −1 (against) to 1 (in favor)."
    )
    body = _among_dates(story) if story.kind == "date" else _among_others(story)
    return f"{head} {body} {ASSUMPTION}"


def _shift(story: PlaceboStory) -> str:
    if math.isfinite(story.level.low) and math.isfinite(story.level.high):
        return signed(story.level)
    text = number(story.level.estimate, 2)
    return f"+{text}" if story.level.estimate > 0 and set(text) - set("0.") else text


def _among_dates(story: PlaceboStory) -> str:
    verdict = (
        "a shift like this is rare in this series"
        if story.p_value <= 1 - story.confidence_level
        else "shifts like this are not unusual in this series"
    )
    others = {1: "no other shows", 2: "one other shows"}.get(
        story.rank, f"{story.rank - 1} others show"
    )
    text = (
        f"Of the {story.n_compared} dates at which the event might have stood, {others} a shift "
        f"as large relative to its noise ({p_words(story.p_value)}): {verdict}."
    )
    if math.isfinite(story.level.low) and math.isfinite(story.level.high):
        percent = f"{100 * story.confidence_level:g} %"
        return f"{text} Shifts of {interval(story.level)} are compatible with it ({percent})."
    return f"{text} With so few dates no interval can be given."


def _among_others(story: PlaceboStory) -> str:
    text = (
        f"Relative to its noise it ranks {story.rank} of {story.n_compared} {story.kind}s "
        f"({p_words(story.p_value)}; {1 / story.n_compared:.2g} is the smallest possible)."
    )
    if story.corrected is not None:
        text += (
            f" Compared with other dates, and corrected for looking at {story.n_compared} series, "
            f"{p_words(story.corrected)}."
        )
    moved = (
        f"{listed(story.moved)}, which should not have moved, moved as well"
        if story.moved
        else f"no {story.kind} that should not have moved did so clearly"
    )
    return f"{text} Of the placebos, {moved}."


def placebo_notes(
    *,
    smallest: float,
    confidence_level: float,
    event_is_first: bool,
    most_conspicuous: str,
    left_out: tuple[str, ...],
) -> tuple[str, ...]:
    """Doubts in words; empty when there are none."""
    notes = []
    if smallest > 1 - confidence_level:
        notes.append(
            f"with so few placebos no p-value can fall below {smallest:.3f}: the test cannot "
            f"reject at {1 - confidence_level:.3g}"
        )
    if not event_is_first:
        notes.append(f"the largest shift relative to its noise is at {most_conspicuous}")
    return (*notes, *left_out)
