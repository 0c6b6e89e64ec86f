"""Whether treated and controls ran in parallel, in blocks of periods, and what if they did not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.bias_reduced_core import adjustments
from stancelib.effects.difference_in_differences_core import placebo_coefficients
from stancelib.effects.event_study_core import (
    NO_BLOCK,
    LeadsAndLags,
    average,
    block_numbers,
    fit_leads_and_lags,
    linear_trend,
    tells,
)
from stancelib.effects.panel_errors import PanelErrors, PanelSummary, summarize
from stancelib.effects.panel_placement import ComparedSources, PlacedPeriods
from stancelib.effects.panel_weights import stance_or_zero
from stancelib.effects.permutation_core import against_placebos
from stancelib.effects.pre_trend import (
    LeadDraws,
    PreTrend,
    bootstrap_leads,
    finite,
    measure_pre_trend,
)
from stancelib.effects.relative_magnitudes_core import Branches, branches

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

MAGNITUDES = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0)
LARGEST_MAGNITUDE = 10.0
_MOST_DRAWS = 1999
_BISECTIONS = 12
_SENSITIVITY = {
    "magnitude": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


@dataclass(frozen=True, slots=True)
class ParallelTrends:
    """Blocks before and after the event, and what they say of parallel trends.

    Attributes
    ----------
    blocks : polars.DataFrame
        ``first``, ``last``, ``estimate``, ``low``, ``high``, ``part``.
    pre_trend : PreTrend or None
        Test of the blocks before.
    sensitivity : polars.DataFrame
        ``magnitude``, ``lower``, ``upper``, ``low``, ``high``.
    breakdown : float or None
        Largest magnitude at which the interval leaves out 0.
    """

    blocks: pl.DataFrame
    pre_trend: PreTrend | None
    sensitivity: pl.DataFrame
    breakdown: float | None


@dataclass(frozen=True, slots=True)
class _Blocks:
    """A study of blocks.

    `summary` gives errors of contrasts, with intervals if asked; `drawn` the leads' draws.
    """

    found: LeadsAndLags
    numbers: NDArray[np.int64]
    reference: int
    leads: Mask
    lags: Mask
    effect: Array
    summary: Callable[[Array, bool], PanelSummary]
    drawn: Callable[[], LeadDraws | None]


def examine_parallel_trends(
    compared: ComparedSources,
    placed: PlacedPeriods,
    weights: Array,
    errors: PanelErrors,
    length: int,
) -> ParallelTrends:
    """Fit blocks of `length` periods with the weights (G, T) of the fit, and look at them."""
    blocks = _fit_blocks(compared, placed, weights, errors, length)
    if blocks is None:
        empty = pl.DataFrame(schema=_SENSITIVITY)
        return ParallelTrends(_block_frame(compared, None), None, empty, None)
    frame = _block_frame(compared, blocks)
    pre_trend = _pre_trend(blocks, errors, length)
    ways = branches(blocks.found.relative, blocks.effect, blocks.reference)
    if ways is None or np.isnan(blocks.summary(blocks.effect[None], False).p_value).any():
        return ParallelTrends(frame, pre_trend, pl.DataFrame(schema=_SENSITIVITY), None)
    size = 1 - errors.confidence_level
    return ParallelTrends(
        frame, pre_trend, _sensitivity(blocks, ways), _breakdown(blocks, ways, size)
    )


def _fit_blocks(
    compared: ComparedSources,
    placed: PlacedPeriods,
    weights: Array,
    errors: PanelErrors,
    length: int,
) -> _Blocks | None:
    used = (weights > 0).any(0)
    numbers = block_numbers(placed.before & used, placed.after & used, length)
    cells = np.where(numbers == NO_BLOCK, 0.0, weights)
    treated = compared.treated
    possible = [int(b) for b in np.unique(numbers) if b < 0 and tells(cells, numbers, treated, b)]
    if not possible:
        return None
    reference = max(possible)
    outcome = stance_or_zero(compared.panel)
    found = fit_leads_and_lags(outcome, cells, numbers, treated, reference)
    leads, lags = found.relative < 0, found.relative >= 0
    if not lags.any():
        return None
    sizes = [(cells[treated][:, numbers == b] > 0).sum() for b in found.relative]
    effect = average(lags, np.array(sizes, dtype=np.float64))
    light = replace(errors, draws=min(errors.draws, _MOST_DRAWS))

    if min(int(treated.sum()), int((~treated).sum())) == 1:
        placebos = placebo_coefficients(
            outcome,
            cells,
            numbers,
            treated=treated,
            reference=reference,
            wanted=found.relative,
        )
        return _Blocks(
            found,
            numbers,
            reference,
            leads,
            lags,
            effect,
            lambda contrasts, _: _placebo_summary(found, contrasts, placebos, errors),
            lambda: _placebo_leads(found, leads, placebos),
        )
    kind = "wild_bootstrap" if errors.kind == "permutation" else errors.kind
    light = replace(light, kind=kind)
    roots = adjustments(found.fit) if kind == "bias_reduced" else None
    return _Blocks(
        found,
        numbers,
        reference,
        leads,
        lags,
        effect,
        lambda contrasts, intervals: summarize(
            found.fit, contrasts, light, intervals=intervals, roots=roots
        ),
        lambda: bootstrap_leads(found, leads, light),
    )


def _placebo_summary(
    found: LeadsAndLags, contrasts: Array, placebos: Array, errors: PanelErrors
) -> PanelSummary:
    estimate = contrasts @ found.fit.coefficients
    if not len(placebos):
        unknown = np.full(len(estimate), np.nan)
        infinite = np.full(len(estimate), np.inf)
        return PanelSummary(estimate, unknown, -infinite, infinite, unknown + 1, unknown)
    ranked = against_placebos(estimate, contrasts @ placebos.T, errors.confidence_level)
    return PanelSummary(
        estimate,
        ranked.spread,
        ranked.low,
        ranked.high,
        ranked.p_value,
        np.full(len(estimate), np.nan),
    )


def _placebo_leads(found: LeadsAndLags, leads: Mask, placebos: Array) -> LeadDraws | None:
    """Leads in units of what placebo sources have; None without placebos."""
    draws = placebos[:, leads].T
    if not draws.size or not (spread := np.sqrt((draws**2).mean(1))).all():
        return None
    statistics = found.fit.coefficients[leads] / spread
    return LeadDraws(statistics, spread, draws / spread[:, None], enumerated=False)


def _pre_trend(blocks: _Blocks, errors: PanelErrors, length: int) -> PreTrend | None:
    if not blocks.leads.any() or (drawn := blocks.drawn()) is None:
        return None
    steps = (blocks.found.relative - blocks.reference).astype(np.float64)
    slope = linear_trend(blocks.found.relative, blocks.leads, blocks.reference)[None]
    return measure_pre_trend(
        drawn,
        steps[blocks.leads],
        blocks.summary(slope, True),
        float(blocks.effect @ steps),
        confidence_level=errors.confidence_level,
        length=length,
    )


def _sensitivity(blocks: _Blocks, ways: Branches) -> pl.DataFrame:
    rows = []
    for magnitude in MAGNITUDES:
        contrasts = ways.bound(magnitude) if magnitude else ways.effect[None]
        found = blocks.summary(contrasts, True)
        rows.append(
            {
                "magnitude": magnitude,
                "lower": float(found.estimate.min()),
                "upper": float(found.estimate.max()),
                "low": finite(found.low.min()),
                "high": finite(found.high.max()),
            }
        )
    return pl.DataFrame(rows, schema=_SENSITIVITY)


def _breakdown(blocks: _Blocks, ways: Branches, size: float) -> float:
    """Largest magnitude at which all bounds are on one side of 0, and clearly so."""

    def holds(magnitude: float) -> bool:
        found = blocks.summary(ways.bound(magnitude), False)
        one_side = (found.estimate > 0).all() or (found.estimate < 0).all()
        return bool(one_side and (found.p_value < size).all())

    if not holds(0.0):
        return 0.0
    low, high = 0.0, LARGEST_MAGNITUDE
    if holds(high):
        return high
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _block_frame(compared: ComparedSources, blocks: _Blocks | None) -> pl.DataFrame:
    periods = compared.panel.periods
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "first": periods.dtype,
        "last": periods.dtype,
        "estimate": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "part": pl.String,
    }
    if blocks is None:
        return pl.DataFrame(schema=schema)
    summary = blocks.summary(np.eye(len(blocks.found.relative)), True)
    place_of = {int(block): place for place, block in enumerate(blocks.found.relative)}
    rows = []
    for block in np.unique(blocks.numbers[blocks.numbers != NO_BLOCK]):
        inside = np.flatnonzero(blocks.numbers == block)
        place, origin = place_of.get(int(block)), block == blocks.reference
        rows.append(
            {
                "first": periods[int(inside[0])],
                "last": periods[int(inside[-1])],
                "estimate": 0.0 if origin else _at(summary.estimate, place),
                "low": _at(summary.low, place),
                "high": _at(summary.high, place),
                "part": "reference" if origin else "before" if block < 0 else "after",
            }
        )
    return pl.DataFrame(rows, schema=schema)


def _at(values: Array, place: int | None) -> float | None:
    return None if place is None else finite(values[place])
