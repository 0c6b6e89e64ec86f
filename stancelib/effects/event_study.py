"""`event_study`: the course of a panel of outlets around an event, period by period."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.error_model import Weights
from stancelib.effects.event import Event
from stancelib.effects.event_study_fit import assemble_study, fit_study
from stancelib.effects.event_study_result import EventStudy
from stancelib.effects.panel_errors import PanelErrorKind, choose_errors
from stancelib.effects.panel_placement import (
    ComparedSources,
    PlacedPeriods,
    compare_sources,
    groups_of,
    place_periods,
)
from stancelib.effects.placement import EventPeriod
from stancelib.errors import ArgumentError

Mask = NDArray[np.bool_]

_DEFAULT_WINDOW = (-8, 12)
_FEWEST_CELLS = 2
_MOST_PERIODS_BIAS_REDUCED = 80


def event_study(
    series: pl.DataFrame,
    event: Event,
    *,
    treated: Sequence[str] | None = None,
    controls: Sequence[str] | None = None,
    target: str | None = None,
    window: tuple[int, int] | None = None,
    reference: int | None = None,
    event_period: EventPeriod = "fraction",
    error: PanelErrorKind | None = None,
    weights: Weights = "precision",
    draws: int = 9999,
    seed: int = 0,
    labels: pl.DataFrame | None = None,
    every: str | None = None,
    confidence_level: float = 0.95,
) -> EventStudy:
    r"""Estimate the course of outlets around an event, one coefficient a period.

    With `treated` outlets, which the event touched, and controls: ``stance_it = source_i +
    period_t + sum over r of lead_or_lag_r [i treated] [t is r periods from the event] + noise``,
    so that a coefficient is how much further the treated are from the controls than in the
    reference period. Without, every outlet is touched, and effects of periods cannot be told
    from leads and lags: ``stance_it = source_i + lead_or_lag_r + noise``; a coefficient is then
    the outlets' mean change since the reference, whatever caused it.

    Parameters
    ----------
    series : polars.DataFrame
        A Series frame with several sources, as ``store.series(by="source")`` returns it. A cell
        (source and period) with null ``stance`` has no articles and is not fitted; its source
        stays in the panel with its other cells. A period in which nobody who could tell
        published has null estimates. A source with fewer than 2 periods with articles in the
        window is left out and named in the diagnostics.
    event : Event
        What happened, and when. Periods that overlap ``[at - anticipation, at + lag)`` have
        coefficients, but belong neither to the test before nor to the average after.
    treated, controls : sequence of str, optional
        Sources that the event touched, and those to compare them with; by default all others.
    target : str, optional
        Which target; needed when the frame holds several.
    window : pair of int, optional
        First and last period, counted from the event's own, which is 0; other periods are not
        used. ``(-8, 12)``, or what the panel has, when not given.
    reference : int, optional
        The period in which the difference is taken for 0; the last one wholly before the event
        and its anticipation when not given.
    event_period : {"fraction", "pre", "post", "drop"}
        What becomes of the period that contains the event: it has its own coefficient and is
        in no average unless it begins with the event, or is the last before, or the first
        after, or is left out.
    error : str, optional
        ``"wild_bootstrap"`` (clustered by source, null imposed, Webb weights below 11 sources),
        ``"bias_reduced"`` (CR2 with Satterthwaite degrees of freedom), ``"cluster"`` (by source,
        CRV1), or ``"two_way"`` (by source and period; the larger of it and ``"cluster"``). When
        not given: the bias-reduced error below 30 sources (the bootstrap below 6, and with more
        than 80 periods in the window and at least 6 sources on each side, where it takes long),
        two-way errors for 30 and more.
    weights : {"precision", "none"}
        Whether cells count by their precision, ``1 / (tau2 + v)`` with `v` the sampling variance
        from ``se`` and ``n_effective`` and `tau2` what articles do not explain, or all alike.
    draws, seed : int
        Of the bootstrap. All draws there are, where they are no more than `draws`.
    labels : polars.DataFrame, optional
        Human labels as `gold_labels` returns them, of the same sentences as the series: the effect
        is then that of the labels, with the predictions' help (Egami et al. 2023), also where the
        scorer is wrong in another way after the event. Cells without labels are not fitted.
        ``.correction`` shows it beside the uncorrected one and that of the labels alone.
    every : str, optional
        Length of a period: 1d, 1w, 2w, 1mo, 1q or 1y. Found from the frame when not given.
    confidence_level : float
        Of the intervals, inside (0, 1).

    Returns
    -------
    EventStudy
        ``.table``, ``.sentence``, ``.chart()``, ``.course``, ``.pre_trend``, ``.diagnostics``,
        ``.to_dict()``.

    Raises
    ------
    ArgumentError
        For an unknown option, source or target, an event outside the panel, a window that
        reaches outside, or a reference that is not before the event.
    DataError
        When a column is missing or holds what a Series frame cannot hold.
    NotEnoughDataError
        With one source on a side, with fewer than 3 in all, with fewer than 6 unless the error
        is the bootstrap, or when nobody who could tell published in the reference period or
        after the event.

    Notes
    -----
    The test before the event and its power follow Roth (2022): a test that finds nothing may
    have been too weak, so the drift that it would have missed is stated with it.

    References
    ----------
    Cameron, Gelbach and Miller (2008), "Bootstrap-based improvements for inference with
    clustered errors". Webb (2023), "Reworking wild bootstrap-based inference for clustered
    errors". Pustejovsky and Tipton (2018), "Small-sample methods for cluster-robust variance
    estimation". Roth (2022), "Pretest with caution".

    Examples
    --------
    >>> import stancelib as sl
    >>> outlets = [f"Outlet {letter}" for letter in "ABCDEFGHIJ"]
    >>> shift = {name: -0.3 if name < "Outlet F" else 0.0 for name in outlets}
    >>> simulated = sl.simulate_series(sources=outlets, n_periods=30, level=shift, seed=1)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> effect = sl.event_study(simulated.series, event, treated=outlets[:5], draws=999)
    >>> effect.table["term"][-1], round(effect.table["estimate"][-1], 1)
    ('average_after', -0.3)
    """
    _refuse_permutation(error)
    compared = compare_sources(
        series, target=target, treated=treated, controls=controls, every=every
    )

    def place(chosen: ComparedSources) -> tuple[PlacedPeriods, Mask]:
        placed = place_periods(chosen.panel, event, event_period)
        return placed, _window(window, placed) & ~(placed.transition & (event_period == "drop"))

    def estimate(chosen: ComparedSources) -> EventStudy:
        placed, shown = place(chosen)
        enough = (chosen.panel.seen & shown).sum(1) >= _FEWEST_CELLS
        kept = chosen.only(enough, "articles in fewer than 2 periods of the window")
        errors = choose_errors(
            error,
            groups_of(kept, compares=treated is not None),
            draws=draws,
            seed=seed,
            confidence_level=confidence_level,
            permutes=False,
            few=error_of_few(int(shown.sum())),
        )
        return assemble_study(fit_study(kept, placed, shown, reference, weights), event, errors)

    effect = estimate(compared)
    if labels is None:
        return effect
    # The room of labels is entered only with labels.
    from stancelib.effects.labelled_panel import correct_panel  # noqa: PLC0415

    return correct_panel(compared, labels, effect, estimate, used=place(compared)[1])


def error_of_few(n_periods: int) -> PanelErrorKind:
    """The error that holds best with fewer than 30 sources, and can be had in little time.

    The bootstrap covers less than promised with a dozen sources (benchmarks/coverage_panel.py).
    """
    return "bias_reduced" if n_periods <= _MOST_PERIODS_BIAS_REDUCED else "wild_bootstrap"


def _window(window: tuple[int, int] | None, placed: PlacedPeriods) -> Mask:
    first, last = int(placed.relative[0]), int(placed.relative[-1])
    if window is None:
        begin, end = max(first, _DEFAULT_WINDOW[0]), min(last, _DEFAULT_WINDOW[1])
    else:
        begin, end = window
        if not begin < 0 <= end:
            raise ArgumentError(
                "'window' must begin before the event's period, which is 0, and not end before "
                f"it; got {window}. Write for instance window={_DEFAULT_WINDOW}"
            )
        if begin < first or end > last:
            raise ArgumentError(
                f"window={window} reaches outside the panel, which has {-first} periods before "
                f"the event's own and {last} after it; take window=({max(begin, first)}, "
                f"{min(end, last)})"
            )
    return np.asarray((placed.relative >= begin) & (placed.relative <= end))


def _refuse_permutation(error: str | None) -> None:
    if error == "permutation":
        raise ArgumentError(
            "error='permutation' belongs to difference_in_differences: in an event study it would "
            "test all coefficients at once, not each. Take 'wild_bootstrap' or 'bias_reduced'"
        )
