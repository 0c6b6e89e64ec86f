"""Whether the scorer's error is stable around each event, where there are labels."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from stancelib.effects import Event
from stancelib.errors import NotEnoughDataError
from stancelib.scoring import Scorer
from stancelib.store import Store
from stancelib.validation import error_drift


@dataclass(frozen=True, slots=True)
class Drift:
    """The scorer's error before and after an event in a sentence, or why it is not known."""

    sentence: str
    is_refused: bool


def drift_of(
    store: Store, gold: pl.DataFrame | None, event: Event, scorer: str | Scorer | None
) -> Drift | None:
    """Compare the errors on labelled sentences; null without labels."""
    if gold is None:
        return None
    try:
        found = error_drift(store, gold, event, by=(), scorer=scorer)
    except NotEnoughDataError as refusal:
        return Drift(str(refusal), is_refused=True)
    return Drift(found.sentence, is_refused=False)
