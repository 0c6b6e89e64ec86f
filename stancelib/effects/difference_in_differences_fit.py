"""A difference in differences from its compared sources to its result."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.difference_in_differences_core import courses, difference_design
from stancelib.effects.difference_in_differences_result import DifferenceInDifferences
from stancelib.effects.error_model import Weights
from stancelib.effects.event import Event
from stancelib.effects.event_study_core import default_block
from stancelib.effects.panel_diagnostics import FittedPanel, diagnose_panel
from stancelib.effects.panel_errors import (
    PanelErrors,
    PanelSummary,
    summarize,
    summarize_permutation,
)
from stancelib.effects.panel_placement import (
    ComparedSources,
    PlacedPeriods,
)
from stancelib.effects.panel_table import effect_table
from stancelib.effects.panel_weights import stance_or_zero, weigh_cells
from stancelib.effects.panel_words import PanelStory, breakdown_words, tell_difference
from stancelib.effects.parallel_trends import examine_parallel_trends
from stancelib.effects.two_way_effects_core import PanelFit, fit_panel, identified
from stancelib.effects.words import Quantity
from stancelib.errors import NotEnoughDataError

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

TERM = "effect_on_treated"


@dataclass(frozen=True, slots=True)
class FittedDifference:
    """The weighted fit, and the share of the noise that comes from the number of articles."""

    compared: ComparedSources
    placed: PlacedPeriods
    fit: PanelFit
    sampling_share: float


def on_both_sides(compared: ComparedSources, placed: PlacedPeriods) -> ComparedSources:
    """Without sources that have articles on one side of the event only."""
    seen = compared.panel.seen
    before = np.asarray(seen[:, placed.before].any(1))
    after = np.asarray(seen[:, placed.after].any(1))
    kept = compared.only(before, "no articles in a period before the event")
    return kept.only(after[before], "no articles in a period after the event")


def fit_difference(
    compared: ComparedSources, placed: PlacedPeriods, weights: Weights
) -> FittedDifference:
    """Weigh the cells and fit the regression."""
    panel, treated = compared.panel, compared.treated
    cells = np.where(panel.seen & ~placed.transition, 1.0, 0.0)
    design = difference_design(cells, placed.exposure, treated)
    if not identified(design).all():
        raise NotEnoughDataError(
            "treated sources and controls hardly publish in the same periods: the effect cannot "
            "be told from effects of the periods. Take longer periods (every=...)"
        )
    weighed = weigh_cells(panel, design, weights)
    weighted = difference_design(weighed.weights, placed.exposure, treated)
    fit = fit_panel(stance_or_zero(panel), weighted)
    return FittedDifference(compared, placed, fit, weighed.sampling_share)


def _summary(fitted: FittedDifference, errors: PanelErrors) -> PanelSummary:
    if errors.kind == "permutation":
        treated = fitted.compared.treated.astype(np.float64)
        return summarize_permutation(fitted.fit, fitted.placed.exposure, treated, errors)
    return summarize(fitted.fit, np.eye(1), errors)


def _estimate_without(compared: ComparedSources, placed: PlacedPeriods, weights: Array) -> float:
    """The estimate for other weights (G, T); NaN where they do not tell it."""
    design = difference_design(weights, placed.exposure, compared.treated)
    if not identified(design).all():
        return float("nan")
    return float(fit_panel(stance_or_zero(compared.panel), design).coefficients[0])


def assemble_difference(
    event: Event, fitted: FittedDifference, errors: PanelErrors, block: int | None
) -> DifferenceInDifferences:
    """Compute the errors and put the result together."""
    compared, placed, fit = fitted.compared, fitted.placed, fitted.fit
    panel, cells = compared.panel, fit.design.weights
    summary = _summary(fitted, errors)
    used = (cells > 0).any(0)
    length = block or default_block(int((placed.before & used).sum()))
    trends = examine_parallel_trends(compared, placed, cells, errors, length)
    effect = Quantity(*(float(x[0]) for x in (summary.estimate, summary.low, summary.high)))
    story = PanelStory(
        event_name=event.name,
        event_at=event.at,
        target=panel.target,
        time_zone=panel.time_zone,
        every=panel.every,
        treated=compared.names(treated=True),
        controls=compared.names(treated=False),
        effect=effect,
        confidence_level=errors.confidence_level,
        n_after=int((placed.after & used).sum()),
    )
    seen = FittedPanel(
        compared=compared,
        placed=placed,
        fit=fit,
        errors=errors,
        se=float(summary.se[0]),
        degrees_of_freedom=float(summary.degrees_of_freedom[0]),
        sampling_share=fitted.sampling_share,
        estimate=partial(_estimate_without, compared, placed),
        saturated=False,
    )
    held = breakdown_words(trends.breakdown, effect)
    return DifferenceInDifferences(
        table=effect_table([TERM], summary, {TERM: 0}, {TERM: fit.design.n_cells}),
        sentence=tell_difference(story, trends.pre_trend, held),
        course=_course(compared, placed, cells),
        blocks=trends.blocks,
        pre_trend=trends.pre_trend,
        sensitivity=trends.sensitivity,
        breakdown=trends.breakdown,
        diagnostics=diagnose_panel(seen),
        event=event,
        treated=story.treated,
        controls=story.controls,
        target=panel.target,
        every=panel.every,
        time_zone=panel.time_zone,
        block=length,
        confidence_level=errors.confidence_level,
    )


def _course(compared: ComparedSources, placed: PlacedPeriods, weights: Array) -> pl.DataFrame:
    ran = courses(stance_or_zero(compared.panel), weights, compared.treated, placed.before)
    columns = {
        "treated": ran.treated,
        "controls": ran.controls,
        "expected": ran.expected,
        "part": np.select([placed.before, placed.after], ["before", "after"], "transition"),
    }
    frame = pl.DataFrame({"period": compared.panel.periods, **columns}, nan_to_null=True)
    return frame.select("period", "treated", "controls", "expected", "part")
