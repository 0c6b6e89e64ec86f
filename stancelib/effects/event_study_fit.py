"""An event study from its compared sources to its result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.error_model import Weights
from stancelib.effects.event import Event
from stancelib.effects.event_study_core import LeadsAndLags, average, fit_leads_and_lags, tells
from stancelib.effects.event_study_result import EventStudy
from stancelib.effects.panel_diagnostics import FittedPanel, diagnose_panel
from stancelib.effects.panel_errors import PanelErrors, PanelSummary, summarize
from stancelib.effects.panel_placement import ComparedSources, PlacedPeriods
from stancelib.effects.panel_table import effect_table
from stancelib.effects.panel_weights import stance_or_zero, weigh_cells
from stancelib.effects.panel_weights_core import PanelWeights
from stancelib.effects.panel_words import PanelStory, tell_event_study
from stancelib.effects.pre_trend import (
    PreTrend,
    bootstrap_leads,
    measure_pre_trend,
    slope_contrast,
)
from stancelib.effects.words import Quantity
from stancelib.errors import ArgumentError, NotEnoughDataError

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

AVERAGE = "average_after"


@dataclass(frozen=True, slots=True)
class Study:
    """A fitted event study.

    Attributes
    ----------
    compared, placed
        Sources and periods that it was fitted to.
    reference : int
        Relative period that is 0.
    weighed : PanelWeights
        Weights of the cells.
    found : LeadsAndLags
        Coefficients.
    leads, lags : (k,)
        Which coefficients lie wholly before and after the event.
    """

    compared: ComparedSources
    placed: PlacedPeriods
    reference: int
    weighed: PanelWeights
    found: LeadsAndLags
    leads: Mask
    lags: Mask

    def average_after(self, weights: Array) -> float:
        """The average after for other weights (G, T); NaN where nothing tells."""
        relative, treated = self.placed.relative, self.compared.treated
        # Without a control the fit would be another one, of the treated alone.
        if not tells(weights, relative, treated, self.reference):
            return float("nan")
        outcome = stance_or_zero(self.compared.panel)
        found = fit_leads_and_lags(outcome, weights, relative, treated, self.reference)
        lags = np.isin(found.relative, self.found.relative[self.lags])
        return float(average(lags) @ found.fit.coefficients) if lags.any() else float("nan")


def fit_study(
    compared: ComparedSources,
    placed: PlacedPeriods,
    shown: Mask,
    reference: int | None,
    weights: Weights,
) -> Study:
    """Weigh the cells of the shown periods (T,) and fit all leads and lags."""
    panel, relative = compared.panel, placed.relative
    cells = np.where(panel.seen & shown, 1.0, 0.0)
    origin = _reference(reference, compared, placed, cells)
    outcome = stance_or_zero(panel)
    plain = fit_leads_and_lags(outcome, cells, relative, compared.treated, origin)
    weighed = weigh_cells(panel, plain.fit.design, weights)
    found = fit_leads_and_lags(outcome, weighed.weights, relative, compared.treated, origin)
    lags = np.isin(found.relative, relative[placed.after])
    if not lags.any():
        raise NotEnoughDataError(
            "no period of the window that lies wholly after the event has articles of all that "
            "are compared; widen the window, or take longer periods (every=...)"
        )
    leads = np.isin(found.relative, relative[placed.before])
    return Study(compared, placed, origin, weighed, found, leads, lags)


def _reference(
    reference: int | None, compared: ComparedSources, placed: PlacedPeriods, cells: Array
) -> int:
    """The relative period that all others are measured from."""
    inside = placed.relative[placed.before & (cells > 0).any(0)]
    possible = [int(r) for r in inside if tells(cells, placed.relative, compared.treated, int(r))]
    if not possible:
        raise NotEnoughDataError(
            "no period of the window that lies wholly before the event has articles of all that "
            "are compared; widen the window, or take longer periods (every=...)"
        )
    wanted = int(placed.relative[placed.before].max()) if reference is None else reference
    if wanted not in possible:
        raise ArgumentError(
            f"the reference period {wanted} cannot be used: it must lie in the window, wholly "
            "before the event, and have articles of all that are compared; possible are "
            f"{', '.join(map(str, possible))}. Take reference={max(possible)}"
        )
    return wanted


def assemble_study(study: Study, event: Event, errors: PanelErrors) -> EventStudy:
    """Compute the errors and put the result together."""
    relative, panel = study.found.relative, study.compared.panel
    rows = [*np.eye(len(relative)), average(study.lags)]
    if study.leads.any():
        rows.append(slope_contrast(study.found, study.leads, study.reference)[0])
    summary = summarize(study.found.fit, np.array(rows), errors)
    table = _table(study, summary)
    course = _course(study, table)
    pre_trend = _pre_trend(study, summary, errors)
    story = _story(study, event, summary, errors.confidence_level)
    origin = course.filter(pl.col("part") == "reference")["period"][0]
    seen = FittedPanel(
        compared=study.compared,
        placed=study.placed,
        fit=study.found.fit,
        errors=errors,
        se=float(summary.se[len(relative)]),
        degrees_of_freedom=float(summary.degrees_of_freedom[len(relative)]),
        sampling_share=study.weighed.sampling_share,
        estimate=study.average_after,
        saturated=True,
    )
    return EventStudy(
        table=table,
        sentence=tell_event_study(story, pre_trend, origin),
        course=course,
        pre_trend=pre_trend,
        diagnostics=diagnose_panel(seen, _notes(study)),
        event=event,
        treated=story.treated,
        controls=story.controls,
        target=panel.target,
        every=panel.every,
        time_zone=panel.time_zone,
        reference=study.reference,
        confidence_level=errors.confidence_level,
    )


def _term(relative: int) -> str:
    return f"lead_{-relative}" if relative < 0 else f"lag_{relative}"


def _seen_sources(study: Study, periods: Mask) -> int:
    """Treated sources with articles in some periods (T,)."""
    fitted = study.found.fit.design.weights[study.compared.treated] > 0
    return int(fitted[:, periods].any(1).sum())


def _table(study: Study, summary: PanelSummary) -> pl.DataFrame:
    shown = np.sort(np.concatenate([study.found.relative, study.found.missing]))
    of_lags = np.isin(study.placed.relative, study.found.relative[study.lags])
    rows = {_term(int(r)): place for place, r in enumerate(study.found.relative)}
    n = {_term(int(r)): _seen_sources(study, study.placed.relative == r) for r in shown}
    return effect_table(
        [*n, AVERAGE],
        summary,
        rows | {AVERAGE: len(study.found.relative)},
        n | {AVERAGE: _seen_sources(study, of_lags)},
    )


def _course(study: Study, table: pl.DataFrame) -> pl.DataFrame:
    """The coefficients over time, the reference among them."""
    placed = study.placed
    parts = np.select([placed.before, placed.after], ["before", "after"], "transition")
    parts = np.where(placed.relative == study.reference, "reference", parts)
    calendar = pl.DataFrame(
        {
            "period": study.compared.panel.periods,
            "relative": placed.relative,
            "part": parts,
            "term": [_term(int(r)) for r in placed.relative],
        }
    )
    used = study.found.fit.design.weights.any(0)
    at_reference = pl.col("part") == "reference"
    return (
        calendar.filter(pl.Series(used))
        .join(table, "term", how="left", maintain_order="left")
        .with_columns(
            estimate=pl.when(at_reference).then(0.0).otherwise("estimate"),
            n=pl.when(at_reference)
            .then(_seen_sources(study, placed.relative == study.reference))
            .otherwise("n"),
        )
        .select("period", "relative", "estimate", "low", "high", "part", "n")
    )


def _pre_trend(study: Study, summary: PanelSummary, errors: PanelErrors) -> PreTrend | None:
    if not study.leads.any():
        return None
    steps = (study.found.relative - study.reference).astype(np.float64)
    place = len(study.found.relative) + 1
    slope = PanelSummary(
        *(getattr(summary, name)[place : place + 1] for name in PanelSummary.__slots__)
    )
    return measure_pre_trend(
        bootstrap_leads(study.found, study.leads, errors),
        steps[study.leads],
        slope,
        float(steps[study.lags].mean()),
        confidence_level=errors.confidence_level,
    )


def _story(
    study: Study, event: Event, summary: PanelSummary, confidence_level: float
) -> PanelStory:
    place = len(study.found.relative)
    effect = Quantity(*(float(x[place]) for x in (summary.estimate, summary.low, summary.high)))
    panel = study.compared.panel
    return PanelStory(
        event_name=event.name,
        event_at=event.at,
        target=panel.target,
        time_zone=panel.time_zone,
        every=panel.every,
        treated=study.compared.names(treated=True),
        controls=study.compared.names(treated=False),
        effect=effect,
        confidence_level=confidence_level,
        n_after=int(study.lags.sum()),
    )


def _notes(study: Study) -> tuple[str, ...]:
    notes = []
    if len(study.found.missing):
        terms = ", ".join(_term(int(r)) for r in study.found.missing)
        notes.append(f"nobody who could tell published in {terms}")
    if study.compared.treated.all():
        notes.append(
            "all sources are treated: what else happened in a period is part of its coefficient"
        )
    return tuple(notes)
