"""What a reader who doubts the effect in a panel asks first."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.diagnostics_core import DOUBTFUL
from stancelib.effects.panel_diagnostics_core import (
    changing_noise,
    common_movement,
    within_autocorrelation,
)
from stancelib.effects.panel_errors import PanelErrors, multipliers
from stancelib.effects.panel_placement import ComparedSources, PlacedPeriods
from stancelib.effects.presentation import plain_table, plain_value
from stancelib.effects.two_way_effects_core import PanelFit

Array = NDArray[np.float64]

_TOGETHER = 0.2
_FEW = 6


@dataclass(frozen=True, slots=True, eq=False)
class PanelDiagnostics:
    """Checks of an effect in a panel; null where one cannot be computed.

    Attributes
    ----------
    error : str
        Kind of error: wild_bootstrap, bias_reduced, cluster, two_way or permutation.
    draws : str or None
        Which draws the bootstrap made, in words; null for other errors.
    degrees_of_freedom : float or None
        Of Student's t; null where draws take its place.
    sampling_share : float or None
        Share of the noise of a median cell that comes from the number of its articles; null
        where cells count alike.
    n_sources, n_treated, n_controls : int
        Sources that are fitted.
    n_periods, n_cells, n_missing : int
        Periods that are fitted, cells (source and period) with articles in them, and without.
    n_transition : int
        Periods around the event that are neither before nor after it.
    sources_left_out : dict of str to str
        Sources that could not be used, and why.
    event_period : datetime.datetime
        First instant of the period that contains the event, in the time zone of the series.
    event_period_treatment : str
        What was done with it, in words.
    residual_autocorrelation : float or None
        Correlation of a source's residuals from one period to the next.
    heteroskedasticity_p_value : float or None
        Breusch-Pagan test that the noise is alike in both groups and before and after.
    common_movement : float or None
        Mean correlation of residuals between sources of one group. Above 0, sources of a group
        share news or an editorial line that the period effects do not hold, and are not as many
        independent witnesses as they are names. Null in an event study, which fits it.
    sources : polars.DataFrame
        ``source``, ``treated``, ``n_periods`` with articles, ``n_missing``, and ``change``: the
        estimate less the one without that source.
    periods : polars.DataFrame
        ``period``, ``n_sources`` with articles, and ``change`` as above.
    notes : tuple of str
        Doubts in words; empty when there are none.
    """

    error: str
    draws: str | None
    degrees_of_freedom: float | None
    sampling_share: float | None
    n_sources: int
    n_treated: int
    n_controls: int
    n_periods: int
    n_cells: int
    n_missing: int
    n_transition: int
    sources_left_out: dict[str, str]
    event_period: datetime
    event_period_treatment: str
    residual_autocorrelation: float | None
    heteroskedasticity_p_value: float | None
    common_movement: float | None
    sources: pl.DataFrame
    periods: pl.DataFrame
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values; the instants in ISO 8601."""
        values = {name: plain_value(getattr(self, name)) for name in self.__slots__}
        return values | {
            "event_period": self.event_period.isoformat(),
            "sources": plain_table(self.sources),
            "periods": plain_table(self.periods),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class FittedPanel:
    """What the checks look at.

    Attributes
    ----------
    compared : ComparedSources
        Sources of the fit.
    placed : PlacedPeriods
        All T periods of the panel.
    fit : PanelFit
        Its weights are (G, T).
    errors : PanelErrors
        Kind of error.
    se, degrees_of_freedom : float
        Of the main estimate; degrees of freedom NaN where draws take their place.
    sampling_share : float
        NaN where cells count alike.
    estimate : callable
        The main estimate for other weights (G, T); NaN where there is none.
    saturated : bool
        Whether the fit has a coefficient for each group and period.
    """

    compared: ComparedSources
    placed: PlacedPeriods
    fit: PanelFit
    errors: PanelErrors
    se: float
    degrees_of_freedom: float
    sampling_share: float
    estimate: Callable[[Array], float]
    saturated: bool


def diagnose_panel(seen: FittedPanel, notes: tuple[str, ...] = ()) -> PanelDiagnostics:
    """Compute the checks of a fit; `notes` of the method come first."""
    weights, residuals = seen.fit.design.weights, seen.fit.residuals
    fitted, treated = weights > 0, seen.compared.treated
    used = fitted.any(0)
    groups = [treated, ~treated]
    together = [common_movement(residuals[g], fitted[g]) for g in groups if g.sum() > 1]
    # A panel without noise leaves rounding errors, about which nothing can be tested.
    exact = bool(np.abs(residuals).max() < np.sqrt(np.finfo(np.float64).eps))
    checks = {
        "residual_autocorrelation": within_autocorrelation(residuals, fitted),
        "heteroskedasticity_p_value": changing_noise(
            np.sqrt(weights) * residuals, fitted, treated, seen.placed.exposure
        ),
        "common_movement": _largest(together) if not seen.saturated else math.nan,
    }
    numbers = {name: None if exact else _number(value) for name, value in checks.items()}
    sources, periods = _source_frame(seen), _period_frame(seen)
    return PanelDiagnostics(
        error=seen.errors.kind,
        draws=_draw_words(seen),
        degrees_of_freedom=_number(seen.degrees_of_freedom),
        sampling_share=_number(seen.sampling_share),
        n_sources=len(treated),
        n_treated=int(treated.sum()),
        n_controls=int((~treated).sum()),
        n_periods=int(used.sum()),
        n_cells=int(fitted.sum()),
        n_missing=int((~fitted[:, used]).sum()),
        n_transition=int(seen.placed.transition.sum()),
        sources_left_out=seen.compared.left_out,
        event_period=seen.placed.event_period,
        event_period_treatment=seen.placed.treatment,
        sources=sources,
        periods=periods,
        notes=(*notes, *_notes(seen, numbers, sources)),
        residual_autocorrelation=numbers["residual_autocorrelation"],
        heteroskedasticity_p_value=numbers["heteroskedasticity_p_value"],
        common_movement=numbers["common_movement"],
    )


def _draw_words(seen: FittedPanel) -> str | None:
    if seen.errors.kind != "wild_bootstrap":
        return None
    drawn = multipliers(seen.fit, seen.errors)
    n_draws = drawn.multipliers.shape[1]
    how = "all of them" if drawn.enumerated else f"seed {seen.errors.seed}"
    return f"{n_draws:,} draws of {drawn.kind} weights, {how}"


def _source_frame(seen: FittedPanel) -> pl.DataFrame:
    weights = seen.fit.design.weights
    fitted = weights > 0
    whole = seen.estimate(weights)
    without = [
        seen.estimate(np.where(np.arange(len(weights))[:, None] == source, 0.0, weights))
        for source in range(len(weights))
    ]
    columns = {
        "source": seen.compared.panel.sources,
        "treated": seen.compared.treated,
        "n_periods": fitted.sum(1),
        "n_missing": (~fitted[:, fitted.any(0)]).sum(1),
        "change": whole - np.array(without),
    }
    return pl.DataFrame(columns, nan_to_null=True)


def _period_frame(seen: FittedPanel) -> pl.DataFrame:
    weights = seen.fit.design.weights
    used = np.flatnonzero((weights > 0).any(0))
    whole = seen.estimate(weights)
    without = [
        seen.estimate(np.where(np.arange(weights.shape[1]) == period, 0.0, weights))
        for period in used
    ]
    columns = {
        "period": seen.compared.panel.periods.gather(used),
        "n_sources": (weights > 0).sum(0)[used],
        "change": whole - np.array(without),
    }
    return pl.DataFrame(columns, nan_to_null=True)


def _notes(seen: FittedPanel, numbers: dict[str, float | None], sources: pl.DataFrame) -> list[str]:
    notes = [f"{name} is left out: {why}" for name, why in seen.compared.left_out.items()]
    together, uneven = numbers["common_movement"], numbers["heteroskedasticity_p_value"]
    if together is not None and together > _TOGETHER:
        notes.append(
            f"sources of a group move together (mean correlation {together:.2f} beyond the "
            "period effects): they are fewer independent witnesses than they are names, and "
            "intervals may be too narrow"
        )
    if uneven is not None and uneven < DOUBTFUL:
        notes.append(
            f"the noise differs between groups or across the event (Breusch-Pagan p = {uneven:.3g})"
        )
    n_treated, n_controls = int(seen.compared.treated.sum()), int((~seen.compared.treated).sum())
    smaller = min(n_treated, n_controls) if n_controls else n_treated
    if smaller < _FEW and seen.errors.kind in {"cluster", "two_way", "wild_bootstrap"}:
        notes.append(
            f"the smaller group has {smaller} sources: {seen.errors.kind} errors may be too narrow"
        )
    return notes + _influence_notes(seen, sources)


def _influence_notes(seen: FittedPanel, sources: pl.DataFrame) -> list[str]:
    """The source whose removal moves the estimate most, when that is more than its error."""
    strongest = sources.sort(pl.col("change").abs(), descending=True, nulls_last=True)
    row = strongest.row(0, named=True)
    if row["change"] is None or abs(row["change"]) <= seen.se:
        return []
    without = (
        f"without {row['source']} the estimate would change by {-row['change']:+.3f}: "
        "more than its standard error"
    )
    return [without]


def _largest(values: list[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return max(known) if known else math.nan


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)
