"""The sentence of an effect on the number of articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from stancelib.effects.interruption import Interruption
from stancelib.effects.words import PERIOD_NAMES, date_words, number

_NOUNS = {"n_documents": "articles", "n_sentences": "sentences"}


@dataclass(frozen=True, slots=True)
class CountStory:
    """Which series is told of."""

    target: str
    source: str
    time_zone: str
    every: str
    outcome: str
    confidence_level: float
    rate: str | None


def tell_counts(
    story: CountStory,
    interruptions: Sequence[Interruption],
    columns: Sequence[slice],
    table: pl.DataFrame,
    totals: pl.DataFrame,
) -> str:
    """Write the effect as text that a journalist can quote."""
    told = [
        _of_event(story, one, table[own], totals.row(i, named=True))
        for i, (one, own) in enumerate(zip(interruptions, columns, strict=True))
    ]
    return " ".join(told)


def _of_event(
    story: CountStory, one: Interruption, rows: pl.DataFrame, total: dict[str, float]
) -> str:
    zone = ZoneInfo(story.time_zone)
    source = "all sources" if story.source == "all" else story.source
    noun = _NOUNS.get(story.outcome, story.outcome)
    rate = "" if story.rate is None else f" (in proportion to {story.rate})"
    when = date_words(one.event.at.astimezone(zone))
    start = f"After {one.event.name} ({when})"
    if one.course == "temporary" and one.event.until is not None:
        end = date_words(one.event.until.astimezone(zone))
        start = f"During {one.event.name} ({when} to {end})"
    level = rows.row(0, named=True)
    percent = f"{100 * story.confidence_level:g} % interval"
    clear = level["low"] > 0 or level["high"] < 0
    change = (
        f"a change of {_percent(level['estimate'])}, {percent} {_percent(level['low'])} to "
        f"{_percent(level['high'])}, compared with the course before"
    )
    verb = "rose" if level["estimate"] > 0 else "fell"
    head = (
        f"{start}, the number of {noun} of {source} on {story.target}{rate} {verb}: {change}."
        if clear
        else f"{start}, there is no clear change in the number of {noun} of {source} on "
        f"{story.target}{rate}: {change}."
    )
    if one.has_slope:
        slope = rows.row(1, named=True)
        head += (
            f" The trend changed by {_percent(slope['estimate'])} {PERIOD_NAMES[story.every].rate} "
            f"({percent} {_percent(slope['low'])} to {_percent(slope['high'])})."
        )
    side = "more" if total["more"] >= 0 else "fewer"
    return (
        f"{head} In sum that is {abs(round(total['more'])):,} {noun} {side} than expected without "
        f"it (a difference of {_signed(total['low'])} to {_signed(total['high'])})."
    )


def _percent(logarithm: float) -> str:
    change = 100 * float(np.expm1(min(logarithm, 50.0)))
    sign = "+" if change > 0 else ""
    return f"{sign}{number(change, 0 if abs(change) >= 10 else 1)} %"  # noqa: PLR2004 - two digits


def _signed(value: float) -> str:
    return f"{round(value):+,}".replace("-", "−")
