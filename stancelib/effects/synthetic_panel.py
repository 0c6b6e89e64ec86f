"""One treated source and its donors, without gaps, as synthetic methods need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.event import Event
from stancelib.effects.panel import ChosenPanel
from stancelib.effects.panel_placement import PlacedPeriods, compare_sources, place_periods
from stancelib.effects.placement import EventPeriod
from stancelib.errors import ArgumentError, NotEnoughDataError

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

FEWEST_BEFORE = 5
FEWEST_DONORS = 2


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticPanel:
    """A treated source and J donors over the T periods in which all of them have articles.

    Attributes
    ----------
    panel : ChosenPanel
        All sources and periods, for the names and the calendar.
    placed : PlacedPeriods
        All periods as the event sees them.
    used : (N,)
        Which of all N periods are the T.
    source : str
        The treated source.
    donors : tuple of str
        J names.
    treated : (T,)
        Its stance.
    donor_stance : (J, T)
        Theirs.
    before : (T,)
        Periods before the event; the others are after it.
    left_out : dict of str to str
        Donors that have gaps, and how many.
    """

    panel: ChosenPanel
    placed: PlacedPeriods
    used: Mask
    source: str
    donors: tuple[str, ...]
    treated: Array
    donor_stance: Array
    before: Mask
    left_out: dict[str, str]

    def without_donor(self, place: int) -> Array:
        """Stances (J - 1, T) of the other donors."""
        return np.delete(self.donor_stance, place, axis=0)


def choose_synthetic_panel(
    series: pl.DataFrame,
    event: Event,
    *,
    treated: str,
    donors: Sequence[str] | None,
    target: str | None,
    event_period: EventPeriod,
    every: str | None,
) -> SyntheticPanel:
    """Check a frame and leave out what has gaps; what that was is named."""
    if not isinstance(treated, str):
        raise ArgumentError(
            f"'treated' must be the name of one source; got {treated!r}. For several take "
            "difference_in_differences, or one after the other"
        )
    compared = compare_sources(
        series, target=target, treated=[treated], controls=donors, every=every, called="donors"
    )
    panel = compared.panel
    placed = place_periods(panel, event, event_period)
    row = panel.sources.index(treated)
    used = (placed.before | placed.after) & panel.seen[row]
    _check_periods(treated, event, placed, used)
    gaps = (~panel.seen[:, used]).sum(1)
    others = [place for place in range(len(panel.sources)) if place != row]
    kept = [place for place in others if gaps[place] == 0]
    left_out = {
        panel.sources[place]: f"no articles in {gaps[place]} of {int(used.sum())} periods"
        for place in others
        if gaps[place]
    }
    if len(kept) < FEWEST_DONORS:
        raise NotEnoughDataError(
            f"{len(kept)} of {len(others)} donors have articles in all {int(used.sum())} periods "
            f"in which {treated} has; at least {FEWEST_DONORS} are needed. Take longer periods "
            "(every='1w' or '1mo'), a shorter span, or difference_in_differences, which bears gaps"
        )
    donor_stance = panel.stance[kept][:, used]
    if np.ptp(panel.stance[row, used]) == 0 or np.ptp(donor_stance, axis=1).max() == 0:
        raise NotEnoughDataError(
            f"the stance toward {panel.target} never changes in {treated} or in any donor; there "
            "is no course to follow"
        )
    return SyntheticPanel(
        panel=panel,
        placed=placed,
        used=used,
        source=treated,
        donors=tuple(panel.sources[place] for place in kept),
        treated=panel.stance[row, used],
        donor_stance=donor_stance,
        before=placed.before[used],
        left_out=left_out,
    )


def _check_periods(treated: str, event: Event, placed: PlacedPeriods, used: Mask) -> None:
    before, after = int((placed.before & used).sum()), int((placed.after & used).sum())
    if before < FEWEST_BEFORE or after < 1:
        raise NotEnoughDataError(
            f"{treated} has articles in {before} periods wholly before and {after} wholly after "
            f"{event.name!r}; at least {FEWEST_BEFORE} and 1 are needed. Take shorter periods "
            "(every=...) or a longer span"
        )
