"""What the records of a coverage study become before they are drawn: grids with verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import polars as pl

from stancelib.charts.axes import NORMAL_95
from stancelib.charts.tables import check_columns
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

LOW: Final = "too low"
HIGH: Final = "too high"
WELL: Final = "within the tolerance"
# A coverage of exactly 93 % is within 93 to 97 %, whatever the machine makes of 0.95 - 0.02.
ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Promise:
    """What intervals promise: the nominal level, and the least and most that is still well."""

    nominal: float
    low: float
    high: float

    @classmethod
    def checked(cls, nominal: float, tolerance: float) -> Self:
        """From a level inside (0, 1) and a distance within it."""
        if not 0 < nominal < 1:
            raise ArgumentError(f"nominal must lie inside (0, 1); got {nominal:g}")
        if not 0 <= tolerance < nominal:
            raise ArgumentError(f"tolerance must lie in [0, {nominal:g}); got {tolerance:g}")
        return cls(nominal, nominal - tolerance, min(1.0, nominal + tolerance))

    @property
    def words(self) -> str:
        """The band in words."""
        return f"{100 * self.low:.4g} to {100 * self.high:.4g} %"


@dataclass(frozen=True, slots=True)
class Grid:
    """One panel.

    Attributes
    ----------
    heading
        The column of coverage, and the value of the third factor.
    rows, columns
        Values of the two factors, in order.
    frame
        ``row``, ``column``, ``coverage``, ``runs``, ``distance`` (from the nominal level),
        ``verdict``, ``clear`` (the simulation's interval and the tolerance do not meet), and the
        words of the cell; a record a row.
    """

    heading: str
    rows: list[str]
    columns: list[str]
    frame: pl.DataFrame


def grids_of(
    records: pl.DataFrame,
    factors: tuple[str, str],
    coverage: list[str],
    *,
    facet: str | None,
    runs: str,
    promise: Promise,
) -> list[Grid]:
    """A grid each column of coverage and value of the third factor."""
    if not coverage:
        raise ArgumentError("coverage names no column; give one or several")
    keys = [*factors, *([facet] if facet else [])]
    if len(set(keys)) < len(keys):
        raise ArgumentError(f"rows, columns and facet must be three factors; got {', '.join(keys)}")
    check_columns(records, (*keys, *coverage, runs))
    _check_values(records, coverage, runs)
    _check_cells(records, keys, coverage)
    if not any(records[name].count() for name in coverage):
        raise NotEnoughDataError("no cell has a coverage, nothing to draw")
    orders = [_order(records[name]) for name in factors]
    parts = [("", records)]
    if facet:
        groups = records.sort(facet) if records[facet].dtype.is_numeric() else records
        parts = [
            (f"{facet.replace('_', ' ')} {_word(part[facet][0])}", part)
            for part in groups.partition_by(facet, maintain_order=True)
        ]
    return [
        Grid(
            # A single column needs no name beside its third factor.
            " · ".join(x for x in (name if len(coverage) > 1 or not facet else "", group) if x),
            orders[0],
            orders[1],
            _judged(part, factors, name, runs, promise),
        )
        for name in coverage
        for group, part in parts
    ]


def _check_values(records: pl.DataFrame, coverage: list[str], runs: str) -> None:
    for name in coverage:
        outside = records[name].filter(~records[name].is_between(0, 1)).to_list()
        if outside:
            raise DataError(f"{name!r} must lie in [0, 1]; got {outside[0]:g}")
    if not (records[runs].fill_null(0) > 0).all():
        raise DataError(f"{runs!r} must be above 0 in every record")


def _check_cells(records: pl.DataFrame, keys: list[str], coverage: list[str]) -> None:
    twice = records.filter(pl.struct(keys).is_duplicated())
    if twice.is_empty():
        return
    first = twice.row(0, named=True)
    same = twice.filter(*[pl.col(key).eq_missing(first[key]) for key in keys])
    others = [name for name in records.columns if name not in (*keys, *coverage)]
    differ = [name for name in others if same[name].n_unique() > 1]
    # Values of factors come again, results seldom do.
    differ = [name for name in differ if same[name].n_unique() < same.height] or differ
    cell = ", ".join(f"{key} {_word(first[key])}" for key in keys)
    fix = f"; they differ in {', '.join(differ)}: filter or facet by it" if differ else ""
    raise DataError(f"{same.height} records have {cell}{fix}")


def _order(values: pl.Series) -> list[str]:
    """Numbers in order, words as they come."""
    distinct = values.unique(maintain_order=True)
    ordered = distinct.sort() if values.dtype.is_numeric() else distinct
    return [_word(value) for value in ordered]


def _word(value: object) -> str:
    """A value of a factor as it stands at an axis."""
    if value is None:
        return "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _judged(
    part: pl.DataFrame, factors: tuple[str, str], name: str, runs: str, promise: Promise
) -> pl.DataFrame:
    """The cells with Wilson's interval and what it says."""
    cells = pl.DataFrame(
        {
            "row": [_word(value) for value in part[factors[0]]],
            "column": [_word(value) for value in part[factors[1]]],
            "coverage": part[name].cast(pl.Float64).fill_nan(None),
            "runs": part[runs].cast(pl.Int64),
        }
    )
    low, high = _wilson(pl.col("coverage"), pl.col("runs"))
    too_low = pl.col("coverage") < promise.low - ROUNDING
    too_high = pl.col("coverage") > promise.high + ROUNDING
    verdict = pl.when(too_low).then(pl.lit(LOW)).when(too_high).then(pl.lit(HIGH))
    judged = cells.with_columns(low=low, high=high).with_columns(
        distance=pl.col("coverage") - promise.nominal,
        verdict=verdict.otherwise(pl.lit(WELL)),
        clear=(pl.col("high") < promise.low) | (pl.col("low") > promise.high),
    )
    open_verdict = pl.col("verdict") + ", or the simulation's error"
    surely = pl.col("clear") | (pl.col("verdict") == WELL)
    return judged.with_columns(
        coverage_words=(100 * pl.col("coverage")).map_elements("{:.1f}".format, pl.String),
        interval=pl.concat_str(
            [(100 * pl.col(end)).round(1).cast(pl.String) for end in ("low", "high")],
            separator=" to ",
        )
        + " %",
        verdict_words=pl.when(surely).then("verdict").otherwise(open_verdict),
    )


def _wilson(share: pl.Expr, n: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Wilson's interval of a share of n."""
    z2 = NORMAL_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = NORMAL_95 * (share * (1 - share) / n + z2 / (4 * n**2)).sqrt() / (1 + z2 / n)
    return middle - half, middle + half
