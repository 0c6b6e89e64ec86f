"""`specification_curve`: one level shift under every defensible choice of the analyst."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from stancelib.effects.checks import check_choices, check_event, check_share
from stancelib.effects.error_model import ErrorKind, ErrorModel, Weights, fit_series
from stancelib.effects.event import Event
from stancelib.effects.interrupted_time_series_core import TERMS, segmented_design
from stancelib.effects.periods import ChosenSeries, choose_series
from stancelib.effects.placement import EventPeriod, place_event
from stancelib.effects.specification_curve_core import CurveSummary, summarize
from stancelib.effects.specification_cuts import (
    DAY,
    Cut,
    chosen_lengths,
    chosen_windows,
    cut_name,
    cuts_of,
)
from stancelib.effects.specification_joint import joint_test
from stancelib.effects.specification_result import (
    CHOICES,
    SpecificationCurve,
    SpecificationDiagnostics,
)
from stancelib.effects.student_mixture_core import contrasts
from stancelib.effects.words import ASSUMPTION, Quantity, date_words, interval, signed
from stancelib.errors import NotEnoughDataError

_LEVEL = TERMS.index("level")


def specification_curve(
    series: pl.DataFrame,
    event: Event,
    *,
    target: str | None = None,
    source: str | None = None,
    windows: Sequence[timedelta | None] | None = None,
    every: Sequence[str] | None = None,
    weights: Sequence[Weights] = ("precision", "none"),
    errors: Sequence[ErrorKind] = ("gls", "hac", "ols"),
    event_periods: Sequence[EventPeriod] = ("fraction",),
    confidence_level: float = 0.95,
) -> SpecificationCurve:
    r"""Estimate a level shift under every combination of window, period, weights and error.

    Every specification is an `interrupted_time_series` of its own. None is left out because of
    its result; one that cannot be fitted is named with the reason.

    Parameters
    ----------
    series : polars.DataFrame
        A Series frame, as `Store.series` returns it; days, so that weeks and months can be put
        together out of them. Null ``stance``: no articles.
    event : Event
        What happened, and when.
    target, source : str, optional
        Which series; needed when the frame holds several.
    windows : sequence of datetime.timedelta or None, optional
        Time on each side of the event that is fitted; None stands for all. When not given: all,
        a half and a quarter of the longer side.
    every : sequence of str, optional
        Lengths of periods: the one of the frame, or longer ones that its periods make up. When
        not given: all of 1d, 1w, 1mo that are possible.
    weights, errors, event_periods : sequence of str
        As the arguments of `interrupted_time_series`.
    confidence_level : float
        Of the intervals, inside (0, 1).

    Returns
    -------
    SpecificationCurve
        ``.table``, ``.sentence``, ``.chart()``, ``.diagnostics``, ``.to_dict()``.

    Raises
    ------
    ArgumentError
        For an unknown option, target or source, or an event outside the series.
    DataError
        When a column is missing or holds what a Series frame cannot hold.
    NotEnoughDataError
        When none of the specifications can be fitted.

    Notes
    -----
    Specifications share their data: that many of them agree is no independent evidence. So the
    curve as a whole is compared with the curves at all dates at which the event might have stood:
    the median statistic (estimate over error) over windows, weights and errors, in the periods of
    the frame, with windows in whole periods; see `placebo_test` for what is exact about it. In
    longer periods the level is the shift in the first full one of them.

    References
    ----------
    Simonsohn, Simmons and Nelson (2020), "Specification curve analysis", Nature Human Behaviour 4.

    Examples
    --------
    >>> from datetime import timedelta
    >>> import stancelib as sl
    >>> simulated = sl.simulate_series(n_periods=80, level=-0.4, rho=0.3, seed=1)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> curve = sl.specification_curve(
    ...     simulated.series, event, windows=[None, timedelta(weeks=20)], errors=["gls", "hac"]
    ... )
    >>> curve.table.height, curve.table["estimate"].median() < -0.3
    (8, True)
    """
    check_event(event)
    check_choices("weights", weights, get_args(Weights))
    check_choices("errors", errors, get_args(ErrorKind))
    check_choices("event_periods", event_periods, get_args(EventPeriod))
    check_share("confidence_level", confidence_level)
    chosen = choose_series(series, target=target, source=source, every=None)
    sides = chosen_windows(chosen, event, windows)
    cuts, skipped = cuts_of(chosen, event, sides, chosen_lengths(chosen, every))
    models = [ErrorModel(error, weight, None) for weight in weights for error in errors]
    rows: list[dict[str, object]] = []
    for cut, treatment in itertools.product(cuts, event_periods):
        try:
            rows += _fits(cut, event, treatment, models, confidence_level)
        except NotEnoughDataError as refusal:
            skipped.append(f"{cut_name(cut.window, cut.every)}: {refusal}")
    if not rows:
        raise NotEnoughDataError("no specification can be fitted: " + "; ".join(skipped))
    table = pl.DataFrame(rows, schema_overrides={"window_days": pl.Float64}).sort("estimate")
    joint, n_dates = joint_test(chosen, event, sides, models, event_periods[0])
    summary = summarize(*(table[name].to_numpy() for name in ("estimate", "low", "high")))
    return SpecificationCurve(
        table=table,
        sentence=_sentence(chosen, event, summary, (joint, n_dates), confidence_level),
        diagnostics=_diagnostics(table, joint, n_dates, skipped),
        event=event,
        target=chosen.target,
        source=chosen.source,
        time_zone=chosen.time_zone,
        confidence_level=confidence_level,
    )


def _fits(
    cut: Cut,
    event: Event,
    treatment: EventPeriod,
    models: Sequence[ErrorModel],
    confidence_level: float,
) -> list[dict[str, object]]:
    """One row a specification, of a cut and a treatment of the event's period."""
    placed = place_event(cut.chosen, event, treatment)
    design = segmented_design(placed.segments)[placed.used]
    used = cut.chosen.frame.filter(placed.used)
    times = np.flatnonzero(placed.used).astype(np.float64)
    rows: list[dict[str, object]] = []
    for model in models:
        fit = fit_series(used, times, design, model)
        level = contrasts(fit.mixture, np.eye(len(TERMS))[[_LEVEL]], confidence_level)
        days = None if cut.window is None else cut.window / DAY
        options = (days, cut.every, model.weights, model.kind, treatment)
        numbers = {
            name: float(getattr(level, name)[0])
            for name in ("estimate", "se", "low", "high", "p_value")
        }
        rows.append(
            {
                **dict(zip(CHOICES, options, strict=True)),
                "term": "level",
                **numbers,
                "n": used.height,
            }
        )
    return rows


def _sentence(
    chosen: ChosenSeries,
    event: Event,
    summary: CurveSummary,
    joint: tuple[float | None, int],
    confidence_level: float,
) -> str:
    source = "all sources" if chosen.source == "all" else chosen.source
    when = date_words(event.at.astimezone(ZoneInfo(chosen.time_zone)))
    side = "in favor of" if summary.median >= 0 else "against"
    opposite = "against" if summary.median >= 0 else "in favor of"
    median = Quantity(summary.median, summary.lowest, summary.highest)
    text = (
        f"After {event.name} ({when}), the stance of {source} toward {chosen.target} shifted "
        f"{side} it in {summary.n_same_sign} of {summary.n_specifications} specifications, in "
        f"{summary.n_clear} of them clearly ({100 * confidence_level:g} % interval without 0), and "
        f"clearly {opposite} it in {summary.n_opposite}. The median shift is {signed(median)}; the "
        f"specifications range from {interval(median)}, on the scale from −1 (against) to 1 (in "
        "favor)."
    )
    p_value, n_dates = joint
    if p_value is not None:
        text += (
            f" Of the {n_dates} dates at which the event might have stood, a share of "
            f"{p_value:.2g} (the joint p-value) shows a curve that lies as far from 0 as a whole."
        )
    return f"{text} {ASSUMPTION}"


def _diagnostics(
    table: pl.DataFrame, joint: float | None, n_dates: int, skipped: list[str]
) -> SpecificationDiagnostics:
    clear = (pl.col("low") > 0) | (pl.col("high") < 0)
    by_choice = pl.concat(
        table.group_by(pl.col(choice).cast(pl.String).fill_null("all").alias("option"))
        .agg(
            pl.len().cast(pl.Int64).alias("n"),
            pl.col("estimate").median().alias("median_estimate"),
            clear.mean().alias("share_clear"),
        )
        .sort("option")
        .select(pl.lit(choice).alias("choice"), pl.all())
        for choice in CHOICES
    )
    return SpecificationDiagnostics(
        n_specifications=table.height,
        joint_p_value=joint,
        n_dates=n_dates,
        by_choice=by_choice,
        skipped=tuple(skipped),
        notes=_notes(by_choice, joint),
    )


def _notes(by_choice: pl.DataFrame, joint: float | None) -> tuple[str, ...]:
    """Which choice moves the estimate across 0, and whether the curve could be tested."""
    sides = by_choice.group_by("choice", maintain_order=True).agg(
        low=pl.col("median_estimate").min(), high=pl.col("median_estimate").max()
    )
    crossing = sides.filter((pl.col("low") < 0) & (pl.col("high") > 0))["choice"].to_list()
    notes = [f"the sign of the median depends on the choice of {name}" for name in crossing]
    if joint is None:
        notes.append("the event stands at the only admissible date: no joint test")
    return tuple(notes)
