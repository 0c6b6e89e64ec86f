"""`synthetic_difference_in_differences`: one outlet, weighted donors and weighted periods."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from stancelib.effects.checks import check_share
from stancelib.effects.event import Event
from stancelib.effects.panel_table import effect_table
from stancelib.effects.permutation_core import against_placebos
from stancelib.effects.placement import EventPeriod
from stancelib.effects.synthetic_assembly import (
    TERM,
    Array,
    Comparison,
    Mask,
    course_frame,
    donor_frame,
    synthetic_diagnostics,
    synthetic_sentence,
)
from stancelib.effects.synthetic_difference_in_differences_core import (
    fit_synthetic_difference,
    placebo_effects,
)
from stancelib.effects.synthetic_panel import choose_synthetic_panel
from stancelib.effects.synthetic_result import SyntheticDifferenceInDifferences


def synthetic_difference_in_differences(
    series: pl.DataFrame,
    event: Event,
    *,
    treated: str,
    donors: Sequence[str] | None = None,
    target: str | None = None,
    event_period: EventPeriod = "fraction",
    every: str | None = None,
    confidence_level: float = 0.95,
) -> SyntheticDifferenceInDifferences:
    r"""Compare one outlet's change with that of others that ran in parallel to it.

    Donors are weighted so that their average runs in parallel to the outlet before the event (a
    constant distance is allowed), and periods before so that they stand for those after. The
    effect is the difference in differences with both weights. It bears an outlet at a level
    that no average of others reaches, which a synthetic control does not, and does not lean on
    periods long past, as a plain difference in differences does.

    Parameters
    ----------
    series : polars.DataFrame
        A Series frame with several sources, as ``store.series(by="source")`` returns it. Periods
        in which the treated source has a null ``stance`` (no articles) are left out; a donor
        with a null in any other period is left out and named in the diagnostics. Periods count
        alike, whatever their precision.
    event : Event
        What happened, and when. Periods that overlap ``[at - anticipation, at + lag)`` are left
        out.
    treated : str
        The source that the event touched.
    donors : sequence of str, optional
        Sources that it did not touch; all others when not given.
    target : str, optional
        Which target; needed when the frame holds several.
    event_period : {"fraction", "pre", "post", "drop"}
        What becomes of the period that contains the event: it is left out unless it begins
        with the event, counts as before, counts as after, or is left out.
    every : str, optional
        Length of a period: 1d, 1w, 2w, 1mo, 1q or 1y. Found from the frame when not given.
    confidence_level : float
        Of the interval, inside (0, 1).

    Returns
    -------
    SyntheticDifferenceInDifferences
        ``.table``, ``.sentence``, ``.chart()``, ``.course``, ``.donors``, ``.period_weights``,
        ``.placebos``, ``.diagnostics``, ``.to_dict()``.

    Raises
    ------
    ArgumentError
        For an unknown option, source or target, or an event outside the panel.
    DataError
        When a column is missing or holds what a Series frame cannot hold.
    NotEnoughDataError
        With fewer than 5 periods before or none after the event, or fewer than 2 donors without
        gaps.

    Notes
    -----
    Errors are the paper's placebo errors: each donor in turn is taken for treated among the
    others. They hold if the treated source's noise is like that of the donors. p-value and
    interval are ranks among these placebos, not a normal approximation.

    References
    ----------
    Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), "Synthetic
    difference-in-differences".

    Examples
    --------
    >>> import stancelib as sl
    >>> outlets = [f"Outlet {letter}" for letter in "ABCDEFGHIJ"]
    >>> shift = {name: -0.4 if name == "Outlet A" else 0.0 for name in outlets}
    >>> simulated = sl.simulate_series(
    ...     sources=outlets, n_periods=40, level=shift, documents_per_period=40, seed=3
    ... )
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> effect = sl.synthetic_difference_in_differences(
    ...     simulated.series, event, treated="Outlet A"
    ... )
    >>> round(effect.table["estimate"][0], 1), effect.table["p_value"][0]
    (-0.4, 0.1)
    """
    check_share("confidence_level", confidence_level)
    chosen = choose_synthetic_panel(
        series,
        event,
        treated=treated,
        donors=donors,
        target=target,
        event_period=event_period,
        every=every,
    )
    fit = fit_synthetic_difference(chosen.treated, chosen.donor_stance, chosen.before)
    effects = placebo_effects(chosen.donor_stance, chosen.before)
    ranked = against_placebos(np.array([fit.effect]), effects[None], confidence_level)
    found = Comparison(
        chosen=chosen,
        weights=fit.weights,
        synthetic=chosen.treated - fit.gap,
        gap=fit.gap,
        estimate=_effect,
        effect=fit.effect,
        spread=float(ranked.spread[0]),
        low=float(ranked.low[0]),
        high=float(ranked.high[0]),
        p_value=float(ranked.p_value[0]),
        error_ratio_p_value=None,
        confidence_level=confidence_level,
    )
    period_weights = {
        "period": chosen.panel.periods.gather(np.flatnonzero(chosen.used)[chosen.before]),
        "weight": fit.period_weights[chosen.before],
    }
    placebos = pl.DataFrame({"source": chosen.donors, "effect": effects})
    how = f"compared with the change of {len(chosen.donors)} others, weighted to run in parallel"
    return SyntheticDifferenceInDifferences(
        table=effect_table([TERM], found.summary(), {TERM: 0}, {TERM: len(chosen.before)}),
        sentence=synthetic_sentence(found, event, how),
        course=course_frame(found),
        donors=donor_frame(found),
        placebos=placebos.with_columns(error_before=pl.lit(None, pl.Float64)),
        diagnostics=synthetic_diagnostics(found),
        event=event,
        source=chosen.source,
        target=chosen.panel.target,
        every=chosen.panel.every,
        time_zone=chosen.panel.time_zone,
        confidence_level=confidence_level,
        period_weights=pl.DataFrame(period_weights),
    )


def _effect(treated: Array, donors: Array, before: Mask) -> float:
    return fit_synthetic_difference(treated, donors, before).effect
