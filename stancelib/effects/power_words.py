"""The sentence of a power study, and its doubts in words."""

from __future__ import annotations

from dataclasses import dataclass

from scipy import stats

from stancelib.effects.words import PERIOD_NAMES, number

# Beyond the scale from -1 to 1 no shift can be.
_WIDTH = 2.0
_BEYOND_CHANCE = 0.001


@dataclass(frozen=True, slots=True)
class PowerStory:
    """What the sentence tells.

    Attributes
    ----------
    n_periods : int
        Fitted periods.
    mean_articles : float
        In one of them.
    smallest, smallest_endless : float
        Smallest shift that is shown with the power `wanted`, with the articles that there are and
        with endless ones.
    shift, power : float or None
        The shift that was asked for, and the power at it.
    factor : float or None
        How many times the articles the shift needs; None where no number of them is enough.
    """

    event_name: str
    target: str
    source: str
    every: str
    n_periods: int
    mean_articles: float
    wanted: float
    smallest: float
    smallest_endless: float
    shift: float | None
    power: float | None
    factor: float | None


def tell_power(story: PowerStory) -> str:
    """Write the study as text that a journalist can quote."""
    source = "all sources" if story.source == "all" else story.source
    several = PERIOD_NAMES[story.every].several
    collected = f"{story.n_periods} {several} of {story.mean_articles:.3g} articles each"
    chance = f"{100 * story.wanted:g} %"
    if story.smallest >= _WIDTH:
        head = (
            f"With {collected}, no shift on the scale from −1 to 1 in the stance of {source} "
            f"toward {story.target} after {story.event_name} could be shown with a chance of "
            f"{chance}."
        )
    else:
        head = (
            f"With {collected}, the smallest shift in the stance of {source} toward {story.target} "
            f"after {story.event_name} that could be shown with a chance of {chance} is "
            f"{number(story.smallest, 2)} on the scale from −1 (against) to 1 (in favor); a "
            "smaller one would mostly be missed."
        )
    limit = (
        f"With endless articles in the same {several} it would be "
        f"{number(min(story.smallest_endless, _WIDTH), 2)}."
    )
    return f"{head} {limit}{_asked(story)}"


def _asked(story: PowerStory) -> str:
    if story.shift is None or story.power is None:
        return ""
    text = (
        f" A shift of {number(abs(story.shift), 2)} is shown with a chance of "
        f"{100 * story.power:.0f} %"
    )
    if story.factor is None:
        return (
            f"{text}; no number of articles would make it {100 * story.wanted:g} %, only more "
            f"{PERIOD_NAMES[story.every].several}."
        )
    articles = f"{story.factor * story.mean_articles:.2g} articles in each"
    return f"{text}; for {100 * story.wanted:g} % it needs about {articles}."


def power_notes(size: float, runs: int, level: float, story: PowerStory) -> tuple[str, ...]:
    """Doubts in words; empty when there are none."""
    notes = []
    if stats.binom.sf(round(size * runs) - 1, runs, level) < _BEYOND_CHANCE:
        notes.append(
            f"without any shift {100 * size:.1f} % of the series show one: these errors are too "
            "narrow, and the power is overstated"
        )
    if story.smallest >= _WIDTH:
        notes.append("the smallest shift lies beyond the scale from -1 to 1")
    return tuple(notes)
