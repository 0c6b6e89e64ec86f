"""What salience and stance become before they are drawn: one target, its points and paths."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from stancelib.charts.axes import NORMAL_95
from stancelib.charts.over_time_core import has_bounds
from stancelib.charts.tables import check_columns
from stancelib.charts.words import signed
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

NEEDED = ("target", "source", "stance", "salience", "n_documents")
_NICE = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8)


@dataclass(frozen=True, slots=True)
class Points:
    """What is drawn of one target.

    Attributes
    ----------
    target
        Its name.
    frame
        One row a point: the columns given, ``low``, ``high``, ``step`` (its place in its path),
        ``last``, ``step_name``, and words for tooltips.
    silent
        Sources that have no point at all.
    steps
        Names of the steps of the paths, in order; empty without paths.
    """

    target: str
    frame: pl.DataFrame
    silent: list[str]
    steps: list[str]

    @property
    def most(self) -> float:
        """End of the axis of salience: nicely above the largest."""
        largest: float = self.frame["salience"].max()  # type: ignore[assignment]  # numbers
        return next((end for end in _NICE if end >= largest * 1.04), 1.0)


def points_of(frame: pl.DataFrame, target: str | None, path: str | None) -> Points:
    """Check a frame and number the steps of each source."""
    check_columns(frame, (*NEEDED, *([] if path is None else [path])))
    chosen = _target(frame, target)
    own = frame.filter(target=chosen)
    _check(own, path)
    names = [] if path is None else _steps(own[path])
    step = (
        pl.lit(0) if path is None else _words_of(own, path).replace_strict(names, range(len(names)))
    )
    drawn = (
        _bounded(own)
        .with_columns(step=step)
        .filter(pl.col("stance").is_not_null() & pl.col("salience").is_not_null())
        .sort("source", "step", maintain_order=True)
        .with_columns(last=pl.col("step") == pl.col("step").max().over("source"))
    )
    if drawn.is_empty():
        raise NotEnoughDataError(
            f"none of {len(own)} rows has a stance and a salience, nothing to draw"
        )
    silent = sorted(set(own["source"]) - set(drawn["source"]))
    return Points(chosen, _worded(drawn, names), silent, names)


def _target(frame: pl.DataFrame, target: str | None) -> str:
    known = frame["target"].unique(maintain_order=True).to_list()
    if not known:
        raise NotEnoughDataError("there is no row, nothing to draw")
    if target is None and len(known) > 1:
        raise ArgumentError(
            f"the frame has {len(known)} targets ({', '.join(map(str, known))}); "
            "say which with target="
        )
    if target is not None and target not in known:
        raise ArgumentError.unknown("target", target, known)
    return str(target or known[0])


def _check(own: pl.DataFrame, path: str | None) -> None:
    point = ["source", *([] if path is None else [path])]
    twice = own.filter(pl.struct(point).is_duplicated())
    if len(twice):
        name = twice["source"][0]
        raise DataError(
            f"{name!r} has {len(twice.filter(source=name))} rows; give one row a source, or name "
            "the column that tells its rows apart with path="
        )
    if path is not None and own[path].null_count():
        raise DataError(f"{path!r} is null in a row, so that its place in the path is unknown")
    if own.filter(~pl.col("salience").is_between(0, 1)).height:
        raise DataError("a salience lies outside [0, 1]; it is a share")


def _words_of(own: pl.DataFrame, path: str) -> pl.Expr:
    kind = own.schema[path]
    if isinstance(kind, pl.Datetime | pl.Date):
        return pl.col(path).dt.strftime("%Y-%m-%d")
    return pl.col(path).cast(pl.String)


def _steps(column: pl.Series) -> list[str]:
    """Names of the steps: dates in their order, other values as they appear."""
    dated = column.dtype.is_temporal()
    ordered = column.unique(maintain_order=True)
    frame = (ordered.sort() if dated else ordered).to_frame()
    return frame.select(_words_of(frame, column.name)).to_series().to_list()


def _bounded(own: pl.DataFrame) -> pl.DataFrame:
    """The ends of each interval: the frame's own, else ± 1.96 `se`, else none."""
    if has_bounds(own):
        return own
    half = NORMAL_95 * (pl.col("se") if "se" in own.columns else pl.lit(None, pl.Float64))
    return own.with_columns(
        low=(pl.col("stance") - half).clip(-1, 1), high=(pl.col("stance") + half).clip(-1, 1)
    )


def _worded(drawn: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    rows = drawn.iter_rows(named=True)
    intervals = [
        "none"
        if row["low"] is None or row["high"] is None
        else f"{signed(row['low'])} to {signed(row['high'])}"
        for row in rows
    ]
    return drawn.select(
        *NEEDED[1:],
        "low",
        "high",
        "step",
        "last",
        step_name=pl.col("step").replace_strict(dict(enumerate(names)), default=""),
        stance_words=pl.Series([signed(value) for value in drawn["stance"]], dtype=pl.String),
        interval=pl.Series(intervals, dtype=pl.String),
    )
