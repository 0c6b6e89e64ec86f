"""The series of a placebo test: the one that is tested, and those that should not have moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.error_model import Weights
from stancelib.effects.event import Event
from stancelib.effects.periods import ChosenSeries, choose_series
from stancelib.effects.placebo_core import Observed, admissible
from stancelib.effects.placement import MINIMUM_PERIODS, EventPeriod, PlacedEvent, place_event
from stancelib.effects.segmented_refit_core import Dates, shifted
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError
from stancelib.series.precision_core import sampling_variances

Kind = Literal["date", "target", "source", "outcome"]
Integers = NDArray[np.int64]

STANCE = "stance"
MINIMUM_VALUES = 2
# Means over the articles of a period, whose precision grows with them.
_ARTICLE_MEANS = ("share_against", "share_neutral", "share_favor")
_NO_OUTCOMES = ("target", "source", "period")


@dataclass(frozen=True, slots=True)
class Member:
    """One series with the event and all dates at which it might have stood.

    Attributes
    ----------
    name : str
        Of the target, source or outcome.
    chosen : ChosenSeries
        The series; its column ``stance`` holds the outcome.
    placed : PlacedEvent
        The event in it.
    observed : Observed
        The same as arrays.
    dates : Dates
        The m admissible dates, in order.
    event : int
        Which of them is the event's.
    starts : tuple of datetime.datetime
        First instants, in UTC, of the periods that hold the dates; m of them.
    """

    name: str
    chosen: ChosenSeries
    placed: PlacedEvent
    observed: Observed
    dates: Dates
    event: int
    starts: tuple[datetime, ...]

    def at(self, kept: Integers) -> Member:
        """The same with some of the dates, the event's among them."""
        return replace(
            self,
            dates=self.dates.at(kept),
            event=int(np.flatnonzero(kept == self.event)[0]),
            starts=tuple(self.starts[i] for i in kept),
        )


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every member; see `placebo_test`."""

    event: Event
    event_period: EventPeriod
    weights: Weights
    window: int | None
    every: str | None


def members_of(
    series: pl.DataFrame,
    question: Question,
    kind: Kind,
    *,
    target: str | None,
    source: str | None,
    placebos: Sequence[str] | None,
) -> tuple[list[Member], tuple[str, ...]]:
    """The tested series first, then its placebos; and why some of these cannot be used."""
    if kind == "date" and placebos is not None:
        raise ArgumentError(
            "'placebos' names targets, sources or outcomes; a test in date (kind='date') takes "
            "every admissible date and needs none"
        )
    true = choose_series(series, target=target, source=source, every=question.every)
    label = {"target": true.target, "source": true.source}.get(kind, STANCE)
    tested = member(true, question, label)
    members, left_out = [tested], []
    for name in _placebo_names(series, true, kind, placebos):
        outcome = name if kind == "outcome" else STANCE
        try:
            placebo = _placebo_series(series, true, kind, name)
            members.append(member(placebo, question, name, outcome))
        except NotEnoughDataError as error:
            left_out.append(f"{name} is left out: {error}")
    if kind != "date" and len(members) == 1:
        raise NotEnoughDataError(
            f"none of the placebo {kind}s can be fitted around {question.event.name!r}: "
            + "; ".join(left_out)
        )
    return members, tuple(left_out)


def _placebo_names(
    series: pl.DataFrame, true: ChosenSeries, kind: Kind, placebos: Sequence[str] | None
) -> list[str]:
    if kind == "date":
        return []
    if kind == "outcome":
        return _outcome_names(series, placebos)
    other = "source" if kind == "target" else "target"
    beside = series.filter(pl.col(other) == getattr(true, other))
    found = [str(name) for name in beside[kind].unique().sort()]
    tested = getattr(true, kind)
    names = [name for name in found if name != tested] if placebos is None else list(placebos)
    for name in names:
        if name not in found:
            raise ArgumentError.unknown(kind, name, found)
        if name == tested:
            raise ArgumentError(f"{name!r} is the tested {kind}; it cannot be its own placebo")
    if not names:
        raise ArgumentError(
            f"the frame holds no other {kind} than {tested!r} beside {getattr(true, other)!r}; a "
            f"test in {kind} compares it with {kind}s that the event should not have moved"
        )
    return names


def _outcome_names(series: pl.DataFrame, placebos: Sequence[str] | None) -> list[str]:
    numeric = [name for name, kind in series.schema.items() if kind.is_numeric()]
    known = [name for name in numeric if name not in (STANCE, *_NO_OUTCOMES)]
    if not placebos:
        raise ArgumentError(
            "a test in outcome needs the columns that the event should not have moved: "
            f"placebos=[...], of {', '.join(known)}"
        )
    for name in placebos:
        if name not in known:
            raise ArgumentError.unknown("outcome", name, known)
    return list(placebos)


def _placebo_series(
    series: pl.DataFrame, true: ChosenSeries, kind: Kind, name: str
) -> ChosenSeries:
    names = {"target": true.target, "source": true.source}
    if kind != "outcome":
        chosen = names | {kind: name}
        return choose_series(series, **chosen, every=true.every)
    rows = series.filter(
        (pl.col("target") == true.target) & (pl.col("source") == true.source)
    ).select(pl.col("period").dt.cast_time_unit("us"), pl.col(name).cast(pl.Float64))
    if not rows[name].drop_nulls().is_finite().all():
        raise DataError(f"outcome {name!r} holds a value that is not finite")
    if rows[name].drop_nulls().n_unique() < MINIMUM_VALUES:
        raise NotEnoughDataError("it never changes; without variation no error can be estimated")
    frame = true.frame.join(rows.rename({name: "outcome"}), "period", how="left")
    return replace(true, frame=frame.with_columns(stance="outcome").drop("outcome").sort("period"))


def member(chosen: ChosenSeries, question: Question, name: str, outcome: str = STANCE) -> Member:
    """Place the event in a series and find all dates at which it might have stood."""
    placed = place_event(chosen, question.event, question.event_period)
    observed = _observed(chosen, question.weights, outcome)
    index = chosen.position(question.event.at)[0]
    offsets = np.arange(chosen.frame.height) - index
    dates = shifted(placed.segments, offsets)
    kept = admissible(observed.seen, dates, MINIMUM_PERIODS, question.window)
    if index not in kept:
        raise NotEnoughDataError(
            f"{chosen.target} in {chosen.source} has fewer than {MINIMUM_PERIODS} periods with "
            f"articles within {question.window} periods on a side of {question.event.name!r}; "
            "take a longer window"
        )
    if len(kept) == 1:
        raise NotEnoughDataError(
            f"in {chosen.target} in {chosen.source} {question.event.name!r} stands at the only "
            f"date with {MINIMUM_PERIODS} periods on each side; there is none to compare it with"
        )
    return Member(
        name=name,
        chosen=chosen,
        placed=placed,
        observed=observed,
        dates=dates.at(kept),
        event=int(np.flatnonzero(kept == index)[0]),
        starts=tuple(chosen.bounds[i] for i in kept),
    )


def _observed(chosen: ChosenSeries, weights: Weights, outcome: str) -> Observed:
    frame = chosen.frame
    seen = frame["stance"].is_not_null().to_numpy()
    variances, freedom = np.ones(frame.height), 0.0
    if weights == "precision" and outcome in _ARTICLE_MEANS:
        counts = frame["n_effective"].fill_null(1.0).to_numpy()
        variances = 1 / np.maximum(counts, 1.0)
    elif weights == "precision" and outcome == STANCE:
        shown = frame.filter(seen)
        se = shown["se"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        sampling = sampling_variances(se, shown["n_effective"].cast(pl.Float64).to_numpy())
        variances[seen], freedom = sampling.variances, sampling.degrees_of_freedom
    return Observed(frame["stance"].fill_null(0.0).to_numpy(), seen, variances, freedom)
