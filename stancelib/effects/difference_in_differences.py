"""`difference_in_differences`: how much further treated outlets moved than controls."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from stancelib.effects.difference_in_differences_fit import (
    assemble_difference,
    fit_difference,
    on_both_sides,
)
from stancelib.effects.difference_in_differences_result import DifferenceInDifferences
from stancelib.effects.error_model import Weights
from stancelib.effects.event import Event
from stancelib.effects.panel_errors import (
    PanelErrorKind,
    choose_errors,
)
from stancelib.effects.panel_placement import (
    ComparedSources,
    compare_sources,
    groups_of,
    place_periods,
)
from stancelib.effects.placement import EventPeriod
from stancelib.errors import ArgumentError


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
    labels: pl.DataFrame | None = None,
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
    _check_block(block)

    def estimate(chosen: ComparedSources) -> DifferenceInDifferences:
        placed = place_periods(chosen.panel, event, event_period)
        kept = on_both_sides(chosen, placed)
        errors = choose_errors(
            error,
            groups_of(kept, compares=True),
            draws=draws,
            seed=seed,
            confidence_level=confidence_level,
        )
        return assemble_difference(event, fit_difference(kept, placed, weights), errors, block)

    effect = estimate(compared)
    if labels is None:
        return effect
    # The room of labels is entered only with labels.
    from stancelib.effects.labelled_panel import correct_panel  # noqa: PLC0415

    used = ~place_periods(compared.panel, event, event_period).transition
    return correct_panel(compared, labels, effect, estimate, used)


def _check_block(block: int | None) -> None:
    if block is not None and block < 1:
        raise ArgumentError(f"'block' must be 1 or more periods; got {block}")
