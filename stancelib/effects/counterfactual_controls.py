"""The control series of a counterfactual: found by name or handed in, on the same periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.periods import ChosenSeries, choose_series
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

Array = NDArray[np.float64]
# A source or target of the frame, a (target, source), or a Series frame of its own.
Control: TypeAlias = str | tuple[str, str] | pl.DataFrame

# All subsets of the controls are weighed, which doubles with each.
MOST_CONTROLS = 10
_NAMES_OF_A_PAIR = 2


@dataclass(frozen=True, slots=True)
class Controls:
    """`p` control series on the N periods of the series.

    Attributes
    ----------
    names : tuple of str
        What tables call them.
    values : (N, p)
        Stance; NaN where there are no articles.
    """

    names: tuple[str, ...]
    values: Array


def find_controls(
    series: pl.DataFrame, controls: Sequence[Control], chosen: ChosenSeries
) -> Controls:
    """Take the controls out of the frame, or check those that were handed in."""
    if isinstance(controls, str | pl.DataFrame) or not isinstance(controls, Sequence):
        raise ArgumentError(
            f"'controls' must be a list; got {type(controls).__name__}. Write controls=[...]"
        )
    if len(controls) > MOST_CONTROLS:
        raise ArgumentError(
            f"{len(controls)} controls are more than the {MOST_CONTROLS} that can be weighed "
            "against each other; choose those that are least like each other, or put sources "
            "together into one series"
        )
    found = [_found(series, control, chosen) for control in controls]
    names = tuple(_name(one, chosen) for one in found)
    if repeated := next((name for name in names if names.count(name) > 1), None):
        raise ArgumentError(f"the control {repeated!r} is named more than once")
    columns = [_aligned(one, name, chosen) for one, name in zip(found, names, strict=True)]
    return Controls(names, np.array(columns).reshape(len(names), chosen.frame.height).T)


def _found(series: pl.DataFrame, control: object, chosen: ChosenSeries) -> ChosenSeries:
    if isinstance(control, pl.DataFrame):
        return _only_series(control, chosen)
    if isinstance(control, str):
        target, source = _by_name(series, control, chosen)
    elif isinstance(control, tuple) and len(control) == _NAMES_OF_A_PAIR:
        target, source = (str(part) for part in control)
    else:
        raise ArgumentError(
            f"a control must be the name of a source or target, a (target, source), or a Series "
            f"frame; got {control!r}"
        )
    if (target, source) == (chosen.target, chosen.source):
        raise ArgumentError(f"{target} in {source} is the series itself, it cannot be a control")
    return choose_series(series, target=target, source=source, every=chosen.every)


def _only_series(control: pl.DataFrame, chosen: ChosenSeries) -> ChosenSeries:
    for column in ("target", "source"):
        if column in control.columns and control[column].n_unique() > 1:
            raise ArgumentError(
                f"a control frame holds {control[column].n_unique()} {column}s; filter it to one "
                "target and one source, or name them: controls=[(target, source), ...]"
            )
    return choose_series(control, target=None, source=None, every=chosen.every)


def _by_name(series: pl.DataFrame, name: str, chosen: ChosenSeries) -> tuple[str, str]:
    """Another source for the same target, or another target in the same source."""
    same_target = series.filter(pl.col("target") == chosen.target)
    same_source = series.filter(pl.col("source") == chosen.source)
    sources = set(same_target["source"].cast(pl.String)) - {chosen.source}
    targets = set(same_source["target"].cast(pl.String)) - {chosen.target}
    if name in sources & targets:
        raise ArgumentError(
            f"{name!r} is both a source and a target; write the control as (target, source): "
            f"({chosen.target!r}, {name!r}) or ({name!r}, {chosen.source!r})"
        )
    if name in (chosen.source, chosen.target):
        raise ArgumentError(f"{name!r} belongs to the series itself, it cannot be a control")
    if name not in sources | targets:
        raise ArgumentError.unknown("control", name, sorted(sources | targets))
    return (chosen.target, name) if name in sources else (name, chosen.source)


def _name(control: ChosenSeries, chosen: ChosenSeries) -> str:
    if control.target == chosen.target:
        return control.source
    if control.source == chosen.source:
        return control.target
    return f"{control.target} in {control.source}"


def _aligned(control: ChosenSeries, name: str, chosen: ChosenSeries) -> list[float]:
    """The control's stance in the periods of the series."""
    if control.time_zone != chosen.time_zone:
        raise DataError(
            f"the control {name!r} is cut in {control.time_zone}, the series in "
            f"{chosen.time_zone}; their periods are not the same. Cut both in one zone"
        )
    joined = chosen.frame.select("period").join(
        control.frame.select("period", "stance"), on="period", how="left", maintain_order="left"
    )
    values = joined["stance"]
    if values.null_count() == len(values):
        raise NotEnoughDataError(
            f"the control {name!r} has no articles in any period of the series "
            f"({chosen.frame['period'][0]:%Y-%m-%d} to {chosen.frame['period'][-1]:%Y-%m-%d})"
        )
    return [float("nan") if value is None else value for value in values]
