"""What the sentence of an interrupted time series tells, gathered from its fit."""

from __future__ import annotations

from collections.abc import Sequence

from stancelib.effects.interrupted_time_series_core import article_mean
from stancelib.effects.interruption import Interruption
from stancelib.effects.periods import ChosenSeries
from stancelib.effects.placement import PlacedEvents
from stancelib.effects.segmented_model import Model
from stancelib.effects.student_mixture_core import Contrasts
from stancelib.effects.words import Moved, Quantity, Story


def story_of(
    chosen: ChosenSeries,
    placed: PlacedEvents,
    *,
    interruptions: Sequence[Interruption],
    model: Model,
    summary: Contrasts,
    confidence_level: float,
) -> Story:
    """Means of both sides, and what each event moved."""
    stance = chosen.frame["stance"].fill_null(0.0).to_numpy()
    documents = chosen.frame["n_documents"].to_numpy()
    counts = [event.counts for event in placed.events]
    return Story(
        moved=tuple(
            _moved(one, own, summary) for one, own in zip(interruptions, model.events, strict=True)
        ),
        target=chosen.target,
        source=chosen.source,
        time_zone=chosen.time_zone,
        every=chosen.every,
        confidence_level=confidence_level,
        mean_before=article_mean(stance, documents, placed.before),
        mean_after=article_mean(stance, documents, placed.after),
        n_before=counts[0].n_before,
        n_after=counts[-1].n_after,
        n_articles=int(documents[placed.used].sum()),
    )


def _moved(one: Interruption, own: slice, summary: Contrasts) -> Moved:
    quantities = [
        Quantity(float(summary.estimate[i]), float(summary.low[i]), float(summary.high[i]))
        for i in range(own.start, own.stop)
    ]
    return Moved(
        event_name=one.event.name,
        event_at=one.event.at,
        until=one.event.until if one.course == "temporary" else None,
        course=one.course,
        course_words=one.words,
        level=quantities[0],
        slope=quantities[1] if one.has_slope else None,
    )
