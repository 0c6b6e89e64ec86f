"""`report`: everything that was found, on one HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import altair as alt
import polars as pl
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stancelib.charts import describe_series, interrupted_time_series_chart, stance_over_time
from stancelib.effects import Event, read_events
from stancelib.report import formats, scripts
from stancelib.report.answer import answer
from stancelib.report.corpus_part import corpus_part
from stancelib.report.estimates import Estimate, estimates
from stancelib.report.figures import Album, Figure
from stancelib.report.manifest_part import manifest_part, versions
from stancelib.report.sentences import telling_part
from stancelib.scoring import Scorer
from stancelib.series import Every
from stancelib.store import Store

EFFECT_HEIGHT = 210


@dataclass(frozen=True, slots=True)
class EventPart:
    """One event: its effects by target, each with its figure where there is one."""

    event: Event
    when: formats.Moment
    link: str | None
    effects: tuple[tuple[Estimate, Figure | None], ...]


def report(
    store: Store,
    events: Event | Sequence[Event] | str | Path,
    path: str | Path,
    *,
    every: Every = "1w",
    time_zone: str = "UTC",
    targets: str | Sequence[str] | None = None,
    title: str | None = None,
    scorer: str | Scorer | None = None,
) -> Path:
    """Write what a store says about events as one HTML page that needs no network.

    The page holds an answer in one paragraph, the corpus with what was rejected, the stance of
    each source over time, the effect of each event on each target and source (or why there is
    none), the most telling sentences of each side, and the manifest.

    Parameters
    ----------
    store : Store
        With scores.
    events : Event, sequence of Event, str or Path
        What happened; a path is read by `read_events`, where times without a zone are taken to
        be in `time_zone`.
    path : str or Path
        Where to write; its folder is made where it is missing.
    every : {"1d", "1w", "1mo", "1q"}
        Length of a period; weeks start on Monday.
    time_zone : str
        In which periods are cut and all dates of the page are shown.
    targets : str, sequence of str or None
        Which targets; null means all that were scored.
    title : str or None
        Heading of the page; null means that it names the targets.
    scorer : str, Scorer or None
        Whose scores; needed only where several scorers scored the store.

    Returns
    -------
    Path
        Where the page is.

    Raises
    ------
    NotEnoughDataError
        When the store has no scores.
    ArgumentError
        When an option or target is unknown.

    Notes
    -----
    Text of articles is escaped. The page's Content-Security-Policy allows only its own two
    scripts, and no connection; expressions of charts are interpreted, so that no text can become
    code. It stays below 3 MB: charts that do not fit are left out, and the page says so.

    Examples
    --------
    >>> import stancelib as sl
    >>> with sl.open_store(":memory:") as store:
    ...     sl.report(store, [], "report.html")
    Traceback (most recent call last):
    ...
    stancelib.errors.NotEnoughDataError: no sentence has a score yet; run store.score() first
    """
    series = store.series(targets, every=every, time_zone=time_zone, scorer=scorer)
    request = _Request(_event_list(events, time_zone), time_zone, title, scorer)
    place = Path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(_render(_content(store, series, request)), encoding="utf-8")
    return place


def _event_list(events: Event | Sequence[Event] | str | Path, time_zone: str) -> list[Event]:
    if isinstance(events, str | Path):
        return read_events(events, time_zone=time_zone)
    return [events] if isinstance(events, Event) else list(events)


@dataclass(frozen=True, slots=True)
class _Request:
    """What the caller asked for."""

    events: list[Event]
    time_zone: str
    title: str | None
    scorer: str | Scorer | None


def _content(store: Store, series: pl.DataFrame, request: _Request) -> dict[str, Any]:
    """Everything that the template shows."""
    events, time_zone = request.events, request.time_zone
    manifest, album = store.manifest(), Album()
    corpus = corpus_part(store, series, manifest, time_zone)
    found = estimates(series, events)
    summary = store.summary()
    return {
        "title": request.title or f"Stance toward {formats.listed(corpus.targets)}",
        "answer": answer(summary, corpus.targets, found, time_zone),
        "time_zone": time_zone,
        "corpus": corpus,
        "over_time": _over_time(series, events, corpus.targets, album),
        "events": [_event_part(event, found, album, time_zone) for event in events],
        "telling": telling_part(store, corpus.targets, time_zone, request.scorer),
        "scorers": summary["scorers"],
        "manifest": manifest_part(manifest, time_zone),
        "versions": versions(manifest),
        "charts": album.content(),
    }


def _over_time(
    series: pl.DataFrame, events: Sequence[Event], targets: Sequence[str], album: Album
) -> dict[str, Figure | None]:
    """One picture a target; null for a target that no article names."""
    figures: dict[str, Figure | None] = {}
    for target in targets:
        part = series.filter(pl.col("target") == target)
        known = part["stance"].count() > 0
        draw = partial(_draw_series, part, events)
        figures[target] = album.add(draw, label=describe_series(part)) if known else None
    return figures


def _draw_series(part: pl.DataFrame, events: Sequence[Event], width: int) -> alt.TopLevelMixin:
    return stance_over_time(part, events=events, width=width)


def _event_part(event: Event, found: Sequence[Estimate], album: Album, time_zone: str) -> EventPart:
    own = [estimate for estimate in found if estimate.event == event]
    return EventPart(
        event=event,
        when=formats.moment(event.at, time_zone, clock=True),
        link=formats.safe_link(event.url),
        effects=tuple((estimate, _effect_figure(estimate, album)) for estimate in own),
    )


def _effect_figure(estimate: Estimate, album: Album) -> Figure | None:
    if estimate.effect is None:
        return None
    return album.add(
        partial(_draw_effect, estimate, estimate.effect.fitted), label=estimate.sentence
    )


def _draw_effect(estimate: Estimate, fitted: pl.DataFrame, width: int) -> alt.TopLevelMixin:
    return interrupted_time_series_chart(
        fitted,
        event_name=estimate.event.label or estimate.event.name,
        event_at=estimate.event.at,
        description=estimate.sentence,
        width=width,
        height=EFFECT_HEIGHT,
    )


def _render(page: dict[str, Any]) -> str:
    """The page as text, with everything that was not written here escaped."""
    environment = Environment(
        loader=FileSystemLoader(scripts.TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {
        "separators": (",", ":"),
        "ensure_ascii": False,
        "allow_nan": False,
    }
    style, vega, script = scripts.style_sheet(), scripts.vega_bundle(), scripts.page_script()
    policy = scripts.content_security_policy(scripts=[vega, script], styles=[style])
    return environment.get_template("page.html").render(
        page, style=style, vega=vega, script=script, policy=policy
    )
