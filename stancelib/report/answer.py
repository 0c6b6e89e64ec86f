"""The one-paragraph answer at the top of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from stancelib.report.estimates import Estimate
from stancelib.report.formats import listed, moment
from stancelib.report.robustness import LEVEL, Robustness

MOST_NAMED = 4
# Two-sided intervals of 95 %: how often one excludes 0 where nothing changed.
BY_CHANCE = 0.05


def answer(
    summary: Mapping[str, Any],
    targets: Sequence[str],
    estimates: Sequence[Estimate],
    time_zone: str,
    checks: Sequence[tuple[Estimate, Robustness]] = (),
) -> str:
    """What was read, what moved, how much of that chance alone would bring, and what holds."""
    moved = _moved(estimates, time_zone)
    return " ".join([_read(summary, targets, time_zone), *moved, *_holds(checks)])


def _read(summary: Mapping[str, Any], targets: Sequence[str], time_zone: str) -> str:
    first: datetime = summary["first_published"]
    last: datetime = summary["last_published"]
    sources = len(summary["sources"])
    return (
        f"{summary['documents']:,} articles of {sources} source{'s' * (sources != 1)}, "
        f"{moment(first, time_zone).words} to {moment(last, time_zone).words}, were scored for "
        f"their stance toward {listed(targets)}."
    )


def _moved(estimates: Sequence[Estimate], time_zone: str) -> list[str]:
    if not estimates:
        return ["No event was given, so no effect was estimated."]
    sentences = []
    for event in dict.fromkeys(estimate.event for estimate in estimates):
        own = [estimate for estimate in estimates if estimate.event == event]
        when = moment(event.at, time_zone).words
        sentences.append(f"Around {event.name} ({when}), {_changes(own)}")
    return [*sentences, *_by_chance(estimates)]


def _changes(own: Sequence[Estimate]) -> str:
    """Which levels changed clearly at an event, the largest first."""
    fitted = [e for e in own if e.level is not None]
    if not fitted:
        return "no effect could be estimated; the reasons are below."
    clear = sorted(
        ((e, level) for e in fitted if (level := e.level) and level.is_clear),
        key=lambda pair: -pair[1].size,
    )
    if not clear:
        return f"none of {len(fitted)} series shows a change of level that excludes 0."
    named = [
        f"{e.source} on {e.target} {level.estimate} ({level.interval})"
        for e, level in clear[:MOST_NAMED]
    ]
    more = f", and {len(clear) - MOST_NAMED} more" if len(clear) > MOST_NAMED else ""
    return (
        f"the level changed in {len(clear)} of {len(fitted)} series by more than its 95 % interval "
        f"leaves to chance: {'; '.join(named)}{more}."
    )


def _by_chance(estimates: Sequence[Estimate]) -> list[str]:
    fitted = sum(estimate.level is not None for estimate in estimates)
    refused = len(estimates) - fitted
    sentences = []
    if fitted > 1:
        sentences.append(
            f"Where nothing changed at all, about {fitted * BY_CHANCE:.1f} of {fitted} intervals "
            "would exclude 0 by chance."
        )
    if refused:
        sentences.append(f"{refused} of {len(estimates)} effects were refused, with reasons below.")
    return sentences


def _holds(checks: Sequence[tuple[Estimate, Robustness]]) -> list[str]:
    """How many of the clear changes stand the checks, and how many a check cannot tell."""
    clear = [robust for e, robust in checks if e.level is not None and e.level.is_clear]
    corrected = [c.adjusted for c in clear if c.adjusted is not None]
    placebo = [c.placebo for c in clear if c.can_tell]
    kept = [
        f"{_count(p_values)} {words}"
        for words, p_values in (
            ("after correction for the number of effects (Holm)", corrected),
            ("among placebo dates", placebo),
        )
        if p_values
    ]
    told = [f"Of {_number(len(clear))}, {' and '.join(kept)} keep p ≤ {LEVEL:.2f}."] if kept else []
    short = sum(c.placebo is not None and not c.can_tell for c in clear)
    if short:
        told.append(
            f"For {short} of {len(clear)} there are too few placebo dates to reach that level."
        )
    return told


def _number(clear: int) -> str:
    return "this clear change" if clear == 1 else f"these {clear} clear changes"


def _count(p_values: Sequence[float | None]) -> str:
    kept = sum(p is not None and p <= LEVEL for p in p_values)
    return str(kept) if kept else "none"
