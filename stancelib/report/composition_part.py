"""What of each change is outlets that moved, and what is the mix of articles that did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import polars as pl

from stancelib.effects import Event
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError
from stancelib.report.formats import interval, share, signed
from stancelib.series import decompose_change

TERM_WORDS = {
    "total": "change of the mean over all articles",
    "within": "because outlets moved",
    "composition": "because the mix of outlets moved",
}


@dataclass(frozen=True, slots=True)
class Share:
    """One source before and after an event: its share of the articles, and its stance."""

    source: str
    share_before: str
    share_after: str
    stance_before: str
    stance_after: str
    within: str


@dataclass(frozen=True, slots=True)
class Composition:
    """A change of the mean toward one target, taken apart; or the reason why it is not.

    Attributes
    ----------
    terms
        Words, estimate and interval of the total and its two parts.
    """

    event: Event
    target: str
    sentence: str
    is_refused: bool
    terms: tuple[tuple[str, str, str], ...]
    shares: tuple[Share, ...]


def composition_part(
    series: pl.DataFrame, events: Sequence[Event], targets: Sequence[str]
) -> tuple[Composition, ...]:
    """Every event and target, where there is a mix: nothing for a single source."""
    if series["source"].n_unique() == 1:
        return ()
    return tuple(_composition(series, *pair) for pair in product(events, targets))


def _composition(series: pl.DataFrame, event: Event, target: str) -> Composition:
    try:
        change = decompose_change(series, event, target=target)
    except (NotEnoughDataError, DataError, ArgumentError) as refusal:
        return Composition(event, target, str(refusal), is_refused=True, terms=(), shares=())
    rows = {row["term"]: row for row in change.table.iter_rows(named=True)}
    terms = tuple(
        (words, signed(rows[term]["estimate"]), interval(rows[term]["low"], rows[term]["high"]))
        for term, words in TERM_WORDS.items()
    )
    shares = tuple(_share(row) for row in change.by_source.iter_rows(named=True))
    return Composition(event, target, change.sentence, is_refused=False, terms=terms, shares=shares)


def _share(row: Mapping[str, Any]) -> Share:
    return Share(
        source=row["source"],
        share_before=share(row["share_before"]),
        share_after=share(row["share_after"]),
        stance_before=_stance(row["stance_before"]),
        stance_after=_stance(row["stance_after"]),
        within=signed(row["within"]),
    )


def _stance(value: float | None) -> str:
    return "–" if value is None else signed(value)
