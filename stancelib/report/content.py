"""Everything that a report says, in one structure from which every format is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import altair as alt
import polars as pl

from stancelib.charts import describe_series, interrupted_time_series_chart, stance_over_time
from stancelib.effects import Event
from stancelib.report import formats
from stancelib.report.answer import answer
from stancelib.report.articles_part import CopiesPart, articles_of, copies_part, gaps_part
from stancelib.report.composition_part import Composition, composition_part
from stancelib.report.corpus_part import CorpusPart, corpus_part
from stancelib.report.drift_part import Drift, drift_of
from stancelib.report.estimates import Estimate, estimates
from stancelib.report.figures import Figure, Pictures
from stancelib.report.limits import Known, limits
from stancelib.report.manifest_part import Step, manifest_part, versions
from stancelib.report.methods import Methods, methods_part
from stancelib.report.rerun_part import Rerun, rerun_part
from stancelib.report.robustness import Check, Robustness, adjusted_p_values, robustness_of
from stancelib.report.sentences import Side, telling_part
from stancelib.scoring import Scorer
from stancelib.series import Every
from stancelib.store import Store
from stancelib.store.selection import choose_scorer

EFFECT_HEIGHT = 210


@dataclass(frozen=True, slots=True)
class Request:
    """What the caller asked for, checked; attributes as the arguments of `report`."""

    events: tuple[Event, ...]
    every: Every
    time_zone: str
    targets: tuple[str, ...] | None
    title: str | None
    scorer: str | Scorer | None
    robustness: tuple[Check, ...]
    gold: pl.DataFrame | None

    @property
    def options(self) -> dict[str, object]:
        """Options of the call that makes the same report."""
        asked: dict[str, object] = {"every": self.every, "time_zone": self.time_zone}
        if self.targets is not None:
            asked["targets"] = list(self.targets)
        if self.title is not None:
            asked["title"] = self.title
        if self.scorer is not None:
            asked["scorer"] = self.scorer if isinstance(self.scorer, str) else self.scorer.name
        return asked | {"robustness": list(self.robustness)}


@dataclass(frozen=True, slots=True)
class EffectPart:
    """An effect, or why there is none, with its figure and its checks."""

    estimate: Estimate
    figure: Figure | None
    robustness: Robustness


@dataclass(frozen=True, slots=True)
class EventPart:
    """One event: its effects by target and source, and the scorer's error around it."""

    event: Event
    when: formats.Moment
    link: str | None
    effects: tuple[EffectPart, ...]
    drift: Drift | None


@dataclass(frozen=True, slots=True)
class Content:
    """Everything of a report; a `Figure` says under which name its chart was kept.

    Attributes
    ----------
    over_time
        By target; null for one that no article names.
    adjusted
        What is left of all effects after correction for their number; null with fewer than two.
    telling
        By target, its two sides.
    """

    title: str
    answer: str
    time_zone: str
    corpus: CorpusPart
    copies: CopiesPart
    over_time: dict[str, Figure | None]
    events: tuple[EventPart, ...]
    adjusted: str | None
    composition: tuple[Composition, ...]
    telling: dict[str, tuple[Side, ...]]
    scorer: str
    methods: Methods
    limits: tuple[str, ...]
    rerun: Rerun
    manifest: tuple[Step, ...]
    versions: tuple[tuple[str, str], ...]


def content_of(store: Store, request: Request, pictures: Pictures) -> Content:
    """Compute everything that a report says, and keep its charts."""
    time_zone, events = request.time_zone, request.events
    chosen = None if request.targets is None else list(request.targets)
    series = store.series(chosen, every=request.every, time_zone=time_zone, scorer=request.scorer)
    manifest, summary, articles = store.manifest(), store.summary(), articles_of(store)
    gaps, copies = gaps_part(articles, time_zone), copies_part(articles, manifest)
    corpus = corpus_part(store, series, manifest, time_zone, gaps=gaps, copies=copies)
    over_time = _over_time(series, events, corpus.targets, pictures)
    found = estimates(series, events)
    adjusted, adjusted_sentence = adjusted_p_values(found)
    effects = [
        _effect_part(one, series, request.robustness, adjusted.get(place), pictures)
        for place, one in enumerate(found)
    ]
    parts = tuple(_event_part(event, effects, store, request) for event in events)
    composition = composition_part(series, events, corpus.targets)
    scorer = choose_scorer(store.database, request.scorer)
    known = Known(summary, manifest, found, gaps, copies, _is_measured(parts))
    return Content(
        title=request.title or f"Stance toward {formats.listed(corpus.targets)}",
        answer=answer(summary, corpus.targets, found, time_zone, _checks(effects)),
        time_zone=time_zone,
        corpus=corpus,
        copies=copies,
        over_time=over_time,
        events=parts,
        adjusted=adjusted_sentence,
        composition=composition,
        telling=telling_part(store, corpus.targets, time_zone, request.scorer),
        scorer=scorer,
        methods=methods_part(
            manifest,
            scorer,
            analyses=_analyses(parts, composition, is_adjusted=adjusted_sentence is not None),
            is_detected=bool(articles["is_detected"].any()),
        ),
        limits=limits(known),
        rerun=rerun_part(series, events, manifest, request.options),
        manifest=manifest_part(manifest, time_zone),
        versions=versions(manifest),
    )


def _over_time(
    series: pl.DataFrame, events: Sequence[Event], targets: Sequence[str], pictures: Pictures
) -> dict[str, Figure | None]:
    """One picture a target; null for a target that no article names."""
    figures: dict[str, Figure | None] = {}
    for target in targets:
        part = series.filter(pl.col("target") == target)
        known = part["stance"].count() > 0
        draw = partial(_draw_series, part, events)
        figures[target] = pictures.add(draw, label=describe_series(part)) if known else None
    return figures


def _draw_series(part: pl.DataFrame, events: Sequence[Event], width: int) -> alt.TopLevelMixin:
    return stance_over_time(part, events=events, width=width)


def _effect_part(
    estimate: Estimate,
    series: pl.DataFrame,
    checks: Sequence[Check],
    adjusted: float | None,
    pictures: Pictures,
) -> EffectPart:
    figure = None
    if estimate.effect is not None:
        draw = partial(_draw_effect, estimate, estimate.effect.fitted)
        figure = pictures.add(draw, label=estimate.sentence)
    return EffectPart(estimate, figure, robustness_of(estimate, series, checks, adjusted, pictures))


def _draw_effect(estimate: Estimate, fitted: pl.DataFrame, width: int) -> alt.TopLevelMixin:
    return interrupted_time_series_chart(
        fitted,
        event_name=estimate.event.label or estimate.event.name,
        event_at=estimate.event.at,
        description=estimate.sentence,
        width=width,
        height=EFFECT_HEIGHT,
    )


def _event_part(
    event: Event, effects: Sequence[EffectPart], store: Store, request: Request
) -> EventPart:
    return EventPart(
        event=event,
        when=formats.moment(event.at, request.time_zone, clock=True),
        link=formats.safe_link(event.url),
        effects=tuple(part for part in effects if part.estimate.event == event),
        drift=drift_of(store, request.gold, event, request.scorer),
    )


def _is_measured(parts: Sequence[EventPart]) -> bool:
    return any(part.drift is not None and not part.drift.is_refused for part in parts)


def _checks(effects: Sequence[EffectPart]) -> list[tuple[Estimate, Robustness]]:
    return [(part.estimate, part.robustness) for part in effects]


def _analyses(
    parts: Sequence[EventPart], composition: Sequence[Composition], *, is_adjusted: bool
) -> list[str]:
    """Keys of the methods by which something on the page was found."""
    effects = [effect for part in parts for effect in part.effects]
    used = ["series"]
    if any(part.estimate.effect is not None for part in effects):
        used.append("interrupted")
    if is_adjusted:
        used.append("adjusted")
    findings = [finding for part in effects for finding in part.robustness.findings]
    used += dict.fromkeys(finding.check for finding in findings if not finding.is_refused)
    if any(not part.is_refused for part in composition):
        used.append("decomposition")
    if _is_measured(parts):
        used.append("drift")
    return used
