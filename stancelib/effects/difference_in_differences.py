"""`difference_in_differences`: how much further treated outlets moved than controls."""

from __future__ import annotations

from collections.abc import Sequence
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
    PanelErrorKind,
    PanelErrors,
    PanelSummary,
    choose_errors,
    summarize,
    summarize_permutation,
)
from stancelib.effects.panel_placement import (
    ComparedSources,
    PlacedPeriods,
    compare_sources,
    groups_of,
    place_periods,
)
from stancelib.effects.panel_table import effect_table
from stancelib.effects.panel_weights import stance_or_zero, weigh_cells
from stancelib.effects.panel_words import PanelStory, breakdown_words, tell_difference
from stancelib.effects.parallel_trends import examine_parallel_trends
from stancelib.effects.placement import EventPeriod
from stancelib.effects.two_way_effects_core import PanelFit, fit_panel, identified
from stancelib.effects.words import Quantity
from stancelib.errors import ArgumentError, NotEnoughDataError

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

TERM = "effect_on_treated"


def difference_in_differences(
    series: pl.DataFrame,
    event: Event,
    *,
    treated: Sequence[str],
    controls: Sequence[str] | None = None,
    target: str | None = None,
    event_period: EventPeriod = "fraction",
    error: PanelErrorKind | None = None,
    weights: Weights = "precision",
    block: int | None = None,
    draws: int = 9999,
    seed: int = 0,
    every: str | None = None,
    confidence_level: float = 0.95,
) -> DifferenceInDifferences:
    r"""Estimate how much further treated outlets moved than controls after an event.

    The regression ``stance_it = source_i + period_t + effect D_it + noise``, with `D` the share
    of the period after the event for treated sources and 0 for controls. It is the effect on
    the treated if, without the event, both groups would have moved alike; what the time before
    says about that stands in ``.pre_trend`` and ``.sensitivity``.

    Parameters
    ----------
    series : polars.DataFrame
        A Series frame with several sources, as ``store.series(by="source")`` returns it. A cell
        (source and period) with null ``stance`` has no articles and is not fitted; its source
        stays in the panel with its other cells. A source without articles on one side of the
        event tells nothing of a change: it is left out and named in the diagnostics.
    event : Event
        What happened, and when. Periods that overlap ``[at - anticipation, at + lag)`` are left
        out.
    treated : sequence of str
        Sources that the event touched, for instance state media.
    controls : sequence of str, optional
        Sources to compare them with, for instance independent outlets; all others when not given.
    target : str, optional
        Which target; needed when the frame holds several.
    event_period : {"fraction", "pre", "post", "drop"}
        What becomes of the period that contains the event: it counts as after the event by the
        share of its time that is left, or wholly as before, wholly as after, or is left out.
    error : str, optional
        ``"wild_bootstrap"`` (clustered by source, null imposed, Webb weights below 11 sources),
        ``"bias_reduced"`` (CR2 with Satterthwaite degrees of freedom), ``"cluster"`` (by source,
        CRV1), ``"two_way"`` (by source and period; the larger of it and ``"cluster"``), or
        ``"permutation"`` (which sources are treated is drawn again; `se` is then the spread of
        these estimates). When not given: the permutation with one source on a side; the
        bias-reduced error with fewer than 6 on one, where the bootstrap may reject too often;
        else the bootstrap below 30 sources, and two-way errors for 30 and more.
    weights : {"precision", "none"}
        Whether cells count by their precision, ``1 / (tau2 + v)`` with `v` the sampling variance
        from ``se`` and ``n_effective`` and `tau2` what articles do not explain, or all alike.
    block : int, optional
        Periods in a block of the time before and after, for ``.blocks``, ``.pre_trend`` and
        ``.sensitivity``: single periods of news are mostly noise, and their largest change
        bounds nothing. As many as give at most 8 blocks before when not given.
    draws, seed : int
        Of bootstrap and permutation. All draws there are, where they are no more than `draws`.
    every : str, optional
        Length of a period: 1d, 1w, 2w, 1mo, 1q or 1y. Found from the frame when not given.
    confidence_level : float
        Of the intervals, inside (0, 1).

    Returns
    -------
    DifferenceInDifferences
        ``.table``, ``.sentence``, ``.chart()``, ``.blocks``, ``.pre_trend``, ``.sensitivity``,
        ``.diagnostics``, ``.to_dict()``.

    Raises
    ------
    ArgumentError
        For an unknown option, source or target, a source named on both sides, or an event
        outside the panel.
    DataError
        When a column is missing or holds what a Series frame cannot hold.
    NotEnoughDataError
        With fewer than 3 sources that have articles on both sides of the event, with one on a
        side unless the error is the permutation, with fewer than 6 unless it is the bootstrap
        or the permutation, or when treated and controls never publish in the same periods.

    Notes
    -----
    Errors take sources for independent beside what all share in a period. State media that
    follow one line are fewer witnesses than they are names: see ``common_movement`` in the
    diagnostics.

    References
    ----------
    Bertrand, Duflo and Mullainathan (2004), "How much should we trust
    differences-in-differences estimates?" Cameron, Gelbach and Miller (2008), "Bootstrap-based
    improvements for inference with clustered errors". Pustejovsky and Tipton (2018),
    "Small-sample methods for cluster-robust variance estimation". MacKinnon and Webb (2020),
    "Randomization inference for difference-in-differences with few treated clusters". Roth
    (2022), "Pretest with caution". Rambachan and Roth (2023), "A more credible approach to
    parallel trends".

    Examples
    --------
    >>> import stancelib as sl
    >>> outlets = [f"Outlet {letter}" for letter in "ABCDEFGHIJKL"]
    >>> shift = {name: -0.3 if name < "Outlet G" else 0.1 for name in outlets}
    >>> simulated = sl.simulate_series(sources=outlets, n_periods=40, level=shift, seed=3)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> effect = sl.difference_in_differences(
    ...     simulated.series, event, treated=outlets[:6], draws=999
    ... )
    >>> effect.table["term"].to_list(), round(effect.table["estimate"][0], 1)
    (['effect_on_treated'], -0.4)
    """
    compared = compare_sources(
        series, target=target, treated=treated, controls=controls, every=every
    )
    placed = place_periods(compared.panel, event, event_period)
    _check_block(block)
    compared = _on_both_sides(compared, placed)
    groups = groups_of(compared, compares=True)
    errors = choose_errors(error, groups, draws=draws, seed=seed, confidence_level=confidence_level)
    fitted = _fit(compared, placed, weights)
    return _assemble(event, fitted, errors, block)


@dataclass(frozen=True, slots=True)
class _Fitted:
    """The weighted fit, and the share of the noise that comes from the number of articles."""

    compared: ComparedSources
    placed: PlacedPeriods
    fit: PanelFit
    sampling_share: float


def _check_block(block: int | None) -> None:
    if block is not None and block < 1:
        raise ArgumentError(f"'block' must be 1 or more periods; got {block}")


def _on_both_sides(compared: ComparedSources, placed: PlacedPeriods) -> ComparedSources:
    """Without sources that have articles on one side of the event only."""
    seen = compared.panel.seen
    before = np.asarray(seen[:, placed.before].any(1))
    after = np.asarray(seen[:, placed.after].any(1))
    kept = compared.only(before, "no articles in a period before the event")
    return kept.only(after[before], "no articles in a period after the event")


def _fit(compared: ComparedSources, placed: PlacedPeriods, weights: Weights) -> _Fitted:
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
    return _Fitted(compared, placed, fit, weighed.sampling_share)


def _summary(fitted: _Fitted, errors: PanelErrors) -> PanelSummary:
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


def _assemble(
    event: Event, fitted: _Fitted, errors: PanelErrors, block: int | None
) -> DifferenceInDifferences:
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
