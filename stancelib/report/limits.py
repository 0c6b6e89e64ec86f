"""What the numbers of a report do not say, told from what is in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from stancelib.report.articles_part import CopiesPart, Gaps
from stancelib.report.estimates import Estimate
from stancelib.report.formats import listed, share

# A source without an article on more than half of its days is named.
MANY_DAYS = 0.5


@dataclass(frozen=True, slots=True)
class Known:
    """What the limits are told from."""

    summary: Mapping[str, Any]
    manifest: pl.DataFrame
    estimates: Sequence[Estimate]
    gaps: Mapping[str, Gaps]
    copies: CopiesPart
    is_drift_measured: bool


def limits(known: Known) -> tuple[str, ...]:
    """One sentence or two a limit, those of the method before those of these data."""
    return (*_of_the_method(known), *_of_the_data(known))


def _of_the_method(known: Known) -> list[str]:
    said = []
    if known.estimates:
        said.append(
            "An effect says that something changed at that time, not that the event caused it: "
            "whatever else happened then moves the same series."
        )
    if known.is_drift_measured:
        said.append("Effects are not corrected for errors of the scorer; how these moved is told.")
    else:
        said.append(
            "Errors of the scorer are in no interval, and were not measured on these articles. A "
            "scorer that takes one class for another pulls effects toward 0; one whose error "
            "changes at the event makes effects of its own. Labels by people would show it."
        )
    said.append(
        "The most telling sentences are extremes, not a sample, and prove no effect by themselves."
    )
    return said


def _of_the_data(known: Known) -> list[str]:
    found = (
        _rejected(known.summary),
        None if known.copies.was_searched else known.copies.sentence,
        _thin(known.gaps),
        _refused(known.estimates),
        _unfinished(known.manifest),
    )
    return [sentence for sentence in found if sentence]


def _rejected(summary: Mapping[str, Any]) -> str | None:
    rejected, kept = summary["rejected"], summary["documents"]
    if not rejected:
        return None
    return (
        f"{rejected:,} rows of the input ({share(rejected / (rejected + kept))}) could not be "
        "used; the reasons are in the section on the corpus."
    )


def _thin(gaps: Mapping[str, Gaps]) -> str | None:
    thin = [source for source, gap in gaps.items() if gap.without / gap.days > MANY_DAYS]
    if not thin:
        return None
    return (
        f"No article was collected on more than half of the days of {listed(thin)}: whether the "
        "source was silent or the collection failed cannot be told from the articles."
    )


def _refused(estimates: Sequence[Estimate]) -> str | None:
    refused = sum(estimate.effect is None for estimate in estimates)
    if not refused:
        return None
    return (
        f"{refused} of {len(estimates)} effects could not be estimated; that nothing is "
        "shown there is no sign that nothing changed."
    )


def _unfinished(manifest: pl.DataFrame) -> str | None:
    open_steps = manifest.filter(pl.col("finished_at").is_null()).sort("step")
    if open_steps.is_empty():
        return None
    names = [f"{row['step']} ({row['name']})" for row in open_steps.iter_rows(named=True)]
    return f"Steps of the manifest that did not finish: {listed(names)}."
