"""`synthetic_control`: one outlet beside a weighted average of others that ran like it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from stancelib.effects.checks import check_share
from stancelib.effects.event import Event
from stancelib.effects.panel_table import effect_table
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
from stancelib.effects.synthetic_control_core import PlaceboTest, fit_synthetic, placebo_test
from stancelib.effects.synthetic_panel import SyntheticPanel, choose_synthetic_panel
from stancelib.effects.synthetic_result import SyntheticControl

# A donor with a smaller weight is not counted in the sentence.
_WORTH_NAMING = 0.001


def synthetic_control(
    series: pl.DataFrame,
    event: Event,
    *,
    treated: str,
    donors: Sequence[str] | None = None,
    target: str | None = None,
    event_period: EventPeriod = "fraction",
    every: str | None = None,
    confidence_level: float = 0.95,
) -> SyntheticControl:
    r"""Compare one outlet with the weighted average of others that ran like it before an event.

    The weights are not negative, sum to 1, and bring the average as close as can be to the
    outlet's stance in every period before the event. Its mean distance from the average after
    the event is the effect. Whether that is much is judged by placebos: every donor in turn is
    taken for treated, and the effect is ranked in units of the error before.

    Parameters
    ----------
    series : polars.DataFrame
        A Series frame with several sources, as ``store.series(by="source")`` returns it. Periods
        in which the treated source has a null ``stance`` (no articles) are left out; a donor
        with a null in any other period is left out and named in the diagnostics, because an
        average without it would be another one. Periods count alike, whatever their precision.
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
    SyntheticControl
        ``.table``, ``.sentence``, ``.chart()``, ``.course``, ``.donors``, ``.placebos``,
        ``.diagnostics``, ``.to_dict()``.

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
    The placebo test is exact when every source was as likely to be the treated one. With `J`
    donors no p-value is below ``1 / (J + 1)``.

    References
    ----------
    Abadie, Diamond and Hainmueller (2010), "Synthetic control methods for comparative case
    studies". Firpo and Possebom (2018), "Synthetic control method: inference, sensitivity
    analysis and confidence sets".

    Examples
    --------
    >>> import stancelib as sl
    >>> outlets = [f"Outlet {letter}" for letter in "ABCDEFGHIJ"]
    >>> shift = {name: -0.4 if name == "Outlet A" else 0.0 for name in outlets}
    >>> simulated = sl.simulate_series(
    ...     sources=outlets, n_periods=40, level=shift, documents_per_period=40, seed=4
    ... )
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> effect = sl.synthetic_control(simulated.series, event, treated="Outlet A")
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
    found, test = _compare(chosen, confidence_level)
    placebos = {
        "source": chosen.donors,
        "effect": test.effects,
        "error_before": test.errors_before,
    }
    return SyntheticControl(
        table=effect_table([TERM], found.summary(), {TERM: 0}, {TERM: len(chosen.before)}),
        sentence=synthetic_sentence(
            found, event, f"compared with a weighted average of {_named(found.weights)} others"
        ),
        course=course_frame(found),
        donors=donor_frame(found),
        placebos=pl.DataFrame(placebos),
        diagnostics=synthetic_diagnostics(found),
        event=event,
        source=chosen.source,
        target=chosen.panel.target,
        every=chosen.panel.every,
        time_zone=chosen.panel.time_zone,
        confidence_level=confidence_level,
    )


def _compare(chosen: SyntheticPanel, confidence_level: float) -> tuple[Comparison, PlaceboTest]:
    treated, donors, before = chosen.treated, chosen.donor_stance, chosen.before
    fit = fit_synthetic(treated, donors, before)
    test = placebo_test(fit, treated, donors, before, confidence_level)
    found = Comparison(
        chosen=chosen,
        weights=fit.weights,
        synthetic=treated - fit.gap,
        gap=fit.gap,
        estimate=_effect,
        effect=fit.effect,
        spread=float(np.sqrt((test.effects**2).mean())),
        low=test.low,
        high=test.high,
        p_value=test.p_value,
        error_ratio_p_value=test.ratio_p_value,
        confidence_level=confidence_level,
    )
    return found, test


def _effect(treated: Array, donors: Array, before: Mask) -> float:
    return fit_synthetic(treated, donors, before).effect


def _named(weights: Array) -> int:
    """Donors that have a weight worth the name."""
    return int((weights > _WORTH_NAMING).sum())
