"""`placebo_test`: whether what moved after an event is more than what moves without one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, get_args

import polars as pl

from stancelib.effects.checks import check_choice, check_event, check_share, check_whole
from stancelib.effects.error_model import Weights
from stancelib.effects.event import Event
from stancelib.effects.placebo_members import Kind, Question, members_of
from stancelib.effects.placebo_refits import (
    TERMS,
    Comparison,
    compare,
    date_interval,
    refit_members,
)
from stancelib.effects.placebo_result import PlaceboDiagnostics, PlaceboTest
from stancelib.effects.placebo_words import PlaceboStory, placebo_notes, tell_placebo
from stancelib.effects.placement import MINIMUM_PERIODS, EventPeriod
from stancelib.effects.words import Quantity

PlaceboError = Literal["gls", "ols"]


def placebo_test(
    series: pl.DataFrame,
    event: Event,
    *,
    kind: Kind = "date",
    target: str | None = None,
    source: str | None = None,
    placebos: Sequence[str] | None = None,
    event_period: EventPeriod = "fraction",
    error: PlaceboError = "gls",
    weights: Weights = "precision",
    window: int | None = None,
    every: str | None = None,
    confidence_level: float = 0.95,
) -> PlaceboTest:
    r"""Compare a shift after an event with shifts where nothing should have happened.

    In date: the segmented regression of `interrupted_time_series` is refitted at every date at
    which the event might have stood, and the event's statistic (estimate over standard error) is
    ranked among all of them. In target, source or outcome: it is ranked among series that the
    event should not have moved.

    Parameters
    ----------
    series : polars.DataFrame
        A Series frame, as `Store.series` returns it. Null ``stance``: no articles; the period is
        not fitted, and its time still passes.
    event : Event
        What happened, and when. Its anticipation and lag are left out at every date.
    kind : {"date", "target", "source", "outcome"}
        What the placebos are.
    target, source : str, optional
        The tested series; needed when the frame holds several.
    placebos : sequence of str, optional
        For the other kinds than ``"date"``: the targets or sources (all others in the frame when
        not given), or numeric columns of the frame, that the event should not have moved.
    event_period : {"fraction", "pre", "post", "drop"}
        What becomes of the period that contains the date, as in `interrupted_time_series`.
    error : {"gls", "ols"}
        ``"gls"``: generalized least squares with the autocorrelation and sampling noise of the
        series, estimated once for all dates, around the strongest break wherever it lies.
        ``"ols"``: weighted least squares. Both tests are exact; the first finds more where the
        noise is strongly autocorrelated.
    weights : {"precision", "none"}
        Whether periods count by their precision. Placebo outcomes that are no mean over articles
        always count alike.
    window : int, optional
        Periods on each side of a date that its fit uses; all when not given.
    every : str, optional
        Length of a period, as in `interrupted_time_series`.
    confidence_level : float
        Of the intervals, inside (0, 1).

    Returns
    -------
    PlaceboTest
        ``.table``, ``.placebos``, ``.sentence``, ``.chart()``, ``.diagnostics``, ``.to_dict()``.

    Raises
    ------
    ArgumentError
        For an unknown option, target, source or outcome, or an event outside the series.
    DataError
        When a column is missing or holds what a Series frame cannot hold.
    NotEnoughDataError
        When fewer than 8 periods with articles are on a side of the event, no other date or
        placebo can be fitted, or the stance never changes.

    Notes
    -----
    The rank of the date is exact in this sense: had the event fallen on any admissible date with
    equal chance and changed nothing, a p-value of at most `a` would come up with a probability of
    at most `a`, whatever the series looks like. For a date that is given, it holds as far as the
    series is equally restless along its course. Dates near the event see its effect in part: that
    costs some power, and leaving them out would cost the exactness. The interval holds the shifts
    at whose removal the date is not conspicuous, the other term left in. Over a family of series
    the correction is the step-down maximum of Westfall and Young over the dates that all share.

    References
    ----------
    Fisher (1935), "The design of experiments". Bertrand, Duflo and Mullainathan (2004), "How much
    should we trust differences-in-differences estimates?". Abadie, Diamond and Hainmueller
    (2010), "Synthetic control methods for comparative case studies". Rosenbaum (2002),
    "Observational studies". Westfall and Young (1993), "Resampling-based multiple testing".

    Examples
    --------
    >>> import stancelib as sl
    >>> simulated = sl.simulate_series(n_periods=80, level=-0.4, rho=0.3, seed=1)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> test = sl.placebo_test(simulated.series, event)
    >>> test.diagnostics.n_dates, round(test.table["p_value"][0], 3)
    (65, 0.015)
    """
    check_event(event)
    _check_options(kind, error, weights, event_period, window)
    check_share("confidence_level", confidence_level)
    question = Question(event, event_period, weights, window, every)
    members, left_out = members_of(
        series, question, kind, target=target, source=source, placebos=placebos
    )
    found = compare(refit_members(members, kind, error, window), kind)
    table = _table(found, window, confidence_level)
    chosen = found.fits[0].member.chosen
    return PlaceboTest(
        kind=kind,
        table=table,
        placebos=found.rows,
        sentence=tell_placebo(_story(found, event, table, confidence_level)),
        diagnostics=_diagnostics(found, error, confidence_level, left_out),
        event=event,
        target=chosen.target,
        source=chosen.source,
        every=chosen.every,
        time_zone=chosen.time_zone,
        confidence_level=confidence_level,
    )


def _check_options(
    kind: str, error: str, weights: str, event_period: str, window: int | None
) -> None:
    check_choice("kind of placebo", kind, get_args(Kind))
    check_choice("error", error, get_args(PlaceboError))
    check_choice("weighting", weights, get_args(Weights))
    check_choice("event_period treatment", event_period, get_args(EventPeriod))
    if window is not None:
        check_whole("window", window, MINIMUM_PERIODS)


def _table(found: Comparison, window: int | None, confidence_level: float) -> pl.DataFrame:
    tested = found.fits[0]
    event = tested.member.event
    ends: list[tuple[float | None, float | None]] = [(None, None)] * len(TERMS)
    if found.kind == "date":
        ends = [date_interval(tested, term, window, confidence_level) for term in range(len(TERMS))]
    return pl.DataFrame(
        {
            "term": TERMS,
            "estimate": tested.refits.estimate[0, event],
            "se": tested.refits.standard_error[0, event],
            "low": pl.Series([end[0] for end in ends], dtype=pl.Float64),
            "high": pl.Series([end[1] for end in ends], dtype=pl.Float64),
            "p_value": found.p_values,
            "n": [tested.n_periods] * len(TERMS),
        }
    )


def _diagnostics(
    found: Comparison, error: str, confidence_level: float, left_out: tuple[str, ...]
) -> PlaceboDiagnostics:
    tested = found.fits[0]
    starts, noise = tested.member.starts, tested.shared.noise
    zone = tested.member.chosen.time_zone
    first, last = pl.Series([starts[0], starts[-1]]).dt.convert_time_zone(zone)
    smallest = 1 / len(found.statistics)
    return PlaceboDiagnostics(
        error=error,
        n_placebos=len(found.statistics) - 1,
        n_dates=len(starts),
        first_date=first,
        last_date=last,
        smallest_p_value=smallest,
        rho=None if noise is None else noise.rho,
        sampling_share=None if noise is None else 1 - noise.share,
        most_conspicuous=found.most_conspicuous_name,
        notes=placebo_notes(
            smallest=smallest,
            confidence_level=confidence_level,
            event_is_first=found.most_conspicuous == found.position,
            most_conspicuous=found.most_conspicuous_name,
            left_out=left_out,
        ),
    )


def _story(
    found: Comparison, event: Event, table: pl.DataFrame, confidence_level: float
) -> PlaceboStory:
    level = table.row(0, named=True)
    low, high = (math.nan if level[end] is None else level[end] for end in ("low", "high"))
    corrected, moved = None, []
    if found.kind != "date":
        family = found.rows.filter(term="level")
        corrected = float(family["p_value_adjusted"][0])
        clear = pl.col("p_value_adjusted") <= 1 - confidence_level
        moved = family.filter(clear & ~pl.col("is_event"))["placebo"].to_list()
    chosen, n_compared = found.fits[0].member.chosen, len(found.statistics)
    return PlaceboStory(
        kind=found.kind,
        event_name=event.name,
        event_at=event.at,
        target=chosen.target,
        source=chosen.source,
        time_zone=chosen.time_zone,
        level=Quantity(level["estimate"], low, high),
        rank=round(level["p_value"] * n_compared),
        n_compared=n_compared,
        p_value=level["p_value"],
        corrected=corrected,
        moved=moved,
        confidence_level=confidence_level,
    )
