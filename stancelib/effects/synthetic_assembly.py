"""What both synthetic methods put into their results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.diagnostics_core import autocorrelation
from stancelib.effects.event import Event
from stancelib.effects.fitted_lines import in_rows
from stancelib.effects.panel_errors import PanelSummary
from stancelib.effects.panel_words import PanelStory, tell_synthetic
from stancelib.effects.pre_trend import finite
from stancelib.effects.synthetic_panel import SyntheticPanel
from stancelib.effects.synthetic_result import SyntheticDiagnostics
from stancelib.effects.words import Quantity, number

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Estimator = Callable[[Array, Array, Mask], float]

TERM = "effect_on_treated"
_POOR = 0.5
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Comparison:
    """A fitted synthetic comparison.

    Attributes
    ----------
    chosen : SyntheticPanel
        What was compared.
    weights : (J,)
        Of the donors.
    synthetic : (T,)
        What the treated source is compared with.
    gap : (T,)
        The difference.
    estimate : Estimator
        The effect for other stances (T,), (J, T) and periods before (T,).
    effect, spread, low, high, p_value : float
        Of the table; infinite ends where there are none.
    error_ratio_p_value : float or None
        As in `SyntheticDiagnostics`.
    confidence_level : float
        Of the interval.
    """

    chosen: SyntheticPanel
    weights: Array
    synthetic: Array
    gap: Array
    estimate: Estimator
    effect: float
    spread: float
    low: float
    high: float
    p_value: float
    error_ratio_p_value: float | None
    confidence_level: float

    def summary(self) -> PanelSummary:
        """The one row of the table."""
        values = (self.effect, self.spread, self.low, self.high, self.p_value, np.nan)
        return PanelSummary(*(np.array([value]) for value in values))


def course_frame(found: Comparison) -> pl.DataFrame:
    """All periods, with nulls where nothing was compared."""
    chosen = found.chosen
    columns = {
        "treated": in_rows(chosen.used, chosen.treated),
        "synthetic": in_rows(chosen.used, found.synthetic),
        "gap": in_rows(chosen.used, found.gap),
    }
    placed = chosen.placed
    parts = np.select([placed.before, placed.after], ["before", "after"], "transition")
    frame = pl.DataFrame({"period": chosen.panel.periods, **columns}, nan_to_null=True)
    return frame.with_columns(part=pl.Series(parts))


def donor_frame(found: Comparison) -> pl.DataFrame:
    """Weights, and what the estimate owes to each donor."""
    chosen = found.chosen
    whole, enough = found.effect, len(chosen.donors) > _FEWEST
    changes = [
        whole - found.estimate(chosen.treated, chosen.without_donor(place), chosen.before)
        if enough
        else None
        for place in range(len(chosen.donors))
    ]
    columns = {"source": chosen.donors, "weight": found.weights, "change": changes}
    frame = pl.DataFrame(columns, schema_overrides={"change": pl.Float64})
    return frame.sort("weight", "source", descending=[True, False])


def synthetic_diagnostics(found: Comparison) -> SyntheticDiagnostics:
    """Compute the checks."""
    chosen, before = found.chosen, found.chosen.before
    gap = found.gap[before]
    error, spread = float(np.sqrt((gap**2).mean())), float(chosen.treated[before].std())
    times = np.flatnonzero(chosen.used)[before].astype(np.float64)
    smallest = 1 / (len(chosen.donors) + 1)
    notes = [f"{name} is left out: {why}" for name, why in chosen.left_out.items()]
    if error > _POOR * spread:
        notes.append(
            f"before the event the comparison misses the outlet by {error:.3f} on average, not "
            f"much less than the outlet's own changes ({spread:.3f}): it follows it poorly"
        )
    if smallest > 1 - found.confidence_level:
        notes.append(
            f"with {len(chosen.donors)} donors no p-value can be below {smallest:.3g}, and no "
            f"interval at {100 * found.confidence_level:g} % has ends"
        )
    return SyntheticDiagnostics(
        error_before=error,
        spread_before=spread,
        error_ratio_p_value=found.error_ratio_p_value,
        smallest_p_value=smallest,
        gap_autocorrelation=finite(autocorrelation(gap, times, 1)[0]),
        n_donors=len(chosen.donors),
        n_before=int(before.sum()),
        n_after=int((~before).sum()),
        n_left_out=int((~chosen.used).sum()),
        donors_left_out=chosen.left_out,
        event_period=chosen.placed.event_period,
        event_period_treatment=_treatment(chosen),
        periods=_period_frame(found),
        notes=tuple(notes),
    )


def _treatment(chosen: SyntheticPanel) -> str:
    split = chosen.placed.treatment.startswith("split")
    return chosen.placed.treatment + (", and it is left out" if split else "")


def _period_frame(found: Comparison) -> pl.DataFrame:
    chosen = found.chosen
    changes = []
    for period in range(len(chosen.before)):
        rest = np.arange(len(chosen.before)) != period
        before = chosen.before[rest]
        if (~before).any():
            without = found.estimate(chosen.treated[rest], chosen.donor_stance[:, rest], before)
            changes.append(found.effect - without)
        else:
            changes.append(float("nan"))
    periods = chosen.panel.periods.gather(np.flatnonzero(chosen.used))
    return pl.DataFrame({"period": periods, "change": changes}, nan_to_null=True)


def synthetic_sentence(found: Comparison, event: Event, how: str) -> str:
    """The sentence of a result."""
    chosen, panel = found.chosen, found.chosen.panel
    story = PanelStory(
        event_name=event.name,
        event_at=event.at,
        target=panel.target,
        time_zone=panel.time_zone,
        every=panel.every,
        treated=(chosen.source,),
        controls=(),
        effect=Quantity(found.effect, found.low, found.high),
        confidence_level=found.confidence_level,
        n_after=int((~chosen.before).sum()),
    )
    error = float(np.sqrt((found.gap[chosen.before] ** 2).mean()))
    fit = f"Before the event the two differed by {number(error, 2)} on average."
    return tell_synthetic(story, how, fit, found.p_value, len(chosen.donors))
