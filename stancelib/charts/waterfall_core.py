"""What a decomposition becomes before it is drawn: steps that begin where the last one ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from stancelib.charts.tables import check_columns
from stancelib.charts.words import signed
from stancelib.errors import DataError, NotEnoughDataError

TERMS: Final[tuple[str, ...]] = ("within", "between", "entry", "exit")
NAMES: Final = {
    "within": "Outlets moved",
    "between": "Shares moved",
    "entry": "Outlets came",
    "exit": "Outlets went",
}
SIDES: Final[tuple[str, ...]] = ("share_before", "share_after", "stance_before", "stance_after")
INTERVAL: Final[tuple[str, ...]] = ("term", "low", "high")
OTHERS: Final = "Other outlets moved"
# The parts sum to the change but for what a reader's own rounding leaves.
TOLERANCE: Final = 0.005


@dataclass(frozen=True, slots=True)
class Steps:
    """The rows of the picture, from the mean before to the mean after.

    Attributes
    ----------
    frame
        ``row`` (number and name), ``name``, ``own_name`` (whether it is an outlet's), ``mean``
        (whether the row is a mean and no step), ``value``, ``start``, ``end``, ``right`` (where
        its number stands), ``low`` and ``high`` (in places of the axis; null: no interval),
        ``toward``, ``value_words`` and ``interval``.
    """

    frame: pl.DataFrame


def steps_of(by_source: pl.DataFrame, table: pl.DataFrame | None, *, outlets: int) -> Steps:
    """Steps from the parts of every outlet, and the intervals of the table."""
    check_columns(by_source, ("source", *SIDES, *TERMS))
    if table is not None:
        check_columns(table, INTERVAL)
    before, after = _mean(by_source, "before"), _mean(by_source, "after")
    parts = _parts(by_source, outlets)
    total = sum(value for _, _, value, _ in parts)
    if abs(total - (after - before)) > TOLERANCE:
        raise DataError(
            f"the parts sum to {total:+.3f}, but the mean changed by {after - before:+.3f}; "
            "do rows of 'by_source' lack?"
        )
    reach = {} if table is None else _reach(table)
    rows, at = [_row("Before", before, before, before, mean=True, reach=None)], before
    for name, own_name, value, term in parts:
        row = _row(name, value, at, at + value, mean=False, reach=_shift(reach.get(term), at))
        rows.append({**row, "own_name": own_name})
        at += value
    whole = _shift(reach.get("total"), before)
    rows.append(_row("After", after, after, after, mean=True, reach=whole))
    named = [{"row": f"{i}|{row['name']}", **row} for i, row in enumerate(rows)]
    floats = dict.fromkeys(("value", "start", "end", "right", "low", "high"), pl.Float64)
    return Steps(pl.DataFrame(named, schema_overrides=floats, infer_schema_length=None))


def _mean(by_source: pl.DataFrame, side: str) -> float:
    """The mean over all articles of a side; an outlet without articles there has no share."""
    there = by_source.filter(pl.col(f"share_{side}") > 0)
    if there.is_empty():
        raise NotEnoughDataError(f"no outlet has articles {side}, nothing to draw")
    if there[f"stance_{side}"].null_count():
        name = there.filter(pl.col(f"stance_{side}").is_null())["source"][0]
        raise DataError(f"'stance_{side}' of {name!r} is null, although it has a share")
    share, stance = pl.col(f"share_{side}"), pl.col(f"stance_{side}")
    return float(there.select((share * stance).sum() / share.sum()).item())


def _parts(by_source: pl.DataFrame, outlets: int) -> list[tuple[str, bool, float, str]]:
    """Name, whether it is an outlet's, value and term of each step."""
    sums = {term: float(by_source[term].fill_null(0).sum()) for term in TERMS}
    turnover = {
        "entry": by_source.filter(pl.col("share_before") == 0, pl.col("share_after") > 0),
        "exit": by_source.filter(pl.col("share_before") > 0, pl.col("share_after") == 0),
    }
    absent = [term for term, rows in turnover.items() if rows.is_empty() and sums[term] == 0]
    steps = _movers(by_source, outlets) if outlets else []
    rest = sums["within"] - sum(value for _, _, value, _ in steps)
    if not steps:
        steps = [(NAMES["within"], False, sums["within"], "within")]
    elif by_source.filter(pl.col("within") != 0).height > outlets:
        steps.append((OTHERS, False, rest, "others"))
    after = [(NAMES[term], False, sums[term], term) for term in TERMS[1:] if term not in absent]
    return [*steps, *after]


def _movers(by_source: pl.DataFrame, outlets: int) -> list[tuple[str, bool, float, str]]:
    """The outlets that moved the mean most by moving themselves."""
    moved = by_source.filter(pl.col("within") != 0)
    first = moved.sort(pl.col("within").abs(), descending=True, maintain_order=True).head(outlets)
    return [(str(name), True, float(value), "") for name, value in first["source", "within"].rows()]


def _reach(table: pl.DataFrame) -> dict[str, tuple[float, float]]:
    """The intervals of the terms that have one."""
    known = table.filter(pl.col("low").is_not_null() & pl.col("high").is_not_null())
    return {term: (low, high) for term, low, high in known[list(INTERVAL)].rows()}


def _shift(reach: tuple[float, float] | None, by: float) -> tuple[float, float, str] | None:
    """An interval of a change, in places of the axis, with its words."""
    if reach is None:
        return None
    low, high = reach
    return low + by, high + by, f"{signed(low)} to {signed(high)}"


def _row(
    name: str,
    value: float,
    start: float,
    end: float,
    *,
    mean: bool,
    reach: tuple[float, float, str] | None,
) -> dict[str, Any]:
    low, high, words = reach or (None, None, "none")
    return {
        "name": name,
        "own_name": False,
        "mean": mean,
        "value": value,
        "start": start,
        "end": end,
        "right": max(start, end, end if high is None else high),
        "low": low,
        "high": high,
        "toward": "toward favor" if value > 0 else "toward against",
        "value_words": signed(value),
        "interval": f"{words} (of the change)" if mean and reach else words,
    }
