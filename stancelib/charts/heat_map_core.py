"""What a stance series becomes before it is a heat map: a full grid, and the words of its cells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from stancelib.charts.axes import NORMAL_95
from stancelib.charts.clock import period_name, period_words, spacing, time_zone_of
from stancelib.charts.over_time_core import has_bounds
from stancelib.charts.tables import check_columns
from stancelib.charts.words import signed
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

NEEDED = ("target", "source", "period", "stance", "n_documents")
CELL = ("source", "period")
# A period ends where the next begins, unless that is so many usual periods away.
_GAP = 1.5
NO_ARTICLE = "none: no article"


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one target: every source in every period.

    Attributes
    ----------
    target
        Whose cells these are.
    sources
        From top to bottom.
    frame
        ``target``, ``source``, ``period``, ``end``, ``middle``, ``stance`` (null: no article),
        ``low``, ``high``, ``n_documents``, ``n_effective`` and ``few``.
    """

    target: str
    sources: list[str]
    frame: pl.DataFrame

    @property
    def drawn(self) -> pl.DataFrame:
        """The cells that have a stance."""
        return self.frame.filter(pl.col("stance").is_not_null())

    @property
    def firm(self) -> pl.DataFrame:
        """Those of enough articles; all that have a stance where none has enough."""
        firm = self.drawn.filter(~pl.col("few"))
        return self.drawn if firm.is_empty() else firm

    @property
    def shown(self) -> pl.DataFrame:
        """The cells with the words of their tooltips."""
        name = period_name(self.frame)
        stances = [NO_ARTICLE if x is None else signed(x) for x in self.frame["stance"]]
        ends = zip(self.frame["low"], self.frame["high"], strict=True)
        periods: list[datetime] = self.frame["period"].to_list()
        return self.frame.drop("target").with_columns(
            stance_words=pl.Series(stances, dtype=pl.String),
            interval=pl.Series([_interval(low, high) for low, high in ends], dtype=pl.String),
            period_words=pl.Series([period_words(at, name) for at in periods], dtype=pl.String),
        )


def cells_of(series: pl.DataFrame, *, target: str | None, by_mean: bool, fewest: float) -> Cells:
    """The full grid of a target.

    Parameters
    ----------
    series : polars.DataFrame
        A Series frame.
    target : str, optional
        Needed where there are several.
    by_mean : bool
        Whether the sources are in order of their means, instead of that of the frame.
    fewest : float
        Effective articles below which a cell has few.
    """
    check_columns(series, NEEDED)
    time_zone_of(series)
    frame = _one_target(series, target)
    twice = frame.filter(pl.struct(CELL).is_duplicated())
    if not twice.is_empty():
        row = twice.row(0, named=True)
        raise DataError(
            f"source {row['source']!r} has two rows for {row['period']:%Y-%m-%d}; "
            "a cell holds one: leave one voice, scorer or weight"
        )
    plain = _plain(frame)
    if plain["stance"].null_count() == plain.height:
        raise NotEnoughDataError(f"none of {plain.height} cells has a stance, nothing to draw")
    sources = _by_mean(plain) if by_mean else plain["source"].unique(maintain_order=True).to_list()
    few = pl.col("stance").is_not_null() & (pl.col("n_effective").fill_null(0) < fewest)
    whole = _grid(plain, sources).with_columns(few=few)
    return Cells(str(frame["target"][0]), sources, whole)


def _one_target(series: pl.DataFrame, target: str | None) -> pl.DataFrame:
    if series.is_empty():
        raise NotEnoughDataError("the series has no rows, nothing to draw")
    names = series["target"].unique(maintain_order=True).to_list()
    if target is not None:
        if target not in names:
            raise ArgumentError.unknown("target", target, names)
        return series.filter(pl.col("target") == target)
    if len(names) > 1:
        raise ArgumentError(
            f"the series holds {len(names)} targets, a heat map one; "
            f"name it with target=: {', '.join(map(str, names))}"
        )
    return series


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of the cells, with what the frame lacks."""
    stance = pl.col("stance").cast(pl.Float64).fill_nan(None)
    if has_bounds(frame):
        low, high = pl.col("low"), pl.col("high")
    elif "se" in frame.columns:
        half = NORMAL_95 * pl.col("se")
        low, high = (stance - half).clip(-1, 1), (stance + half).clip(-1, 1)
    else:
        low, high = pl.lit(None, dtype=pl.Float64), pl.lit(None, dtype=pl.Float64)
    effective = "n_effective" if "n_effective" in frame.columns else "n_documents"
    return frame.select(
        *NEEDED[:3],
        "n_documents",
        stance=stance,
        low=low.fill_nan(None),
        high=high.fill_nan(None),
        n_effective=pl.col(effective).cast(pl.Float64),
    )


def _by_mean(frame: pl.DataFrame) -> list[str]:
    """Sources by the mean over their articles, the highest first; those without any last."""
    n = pl.when(pl.col("stance").is_not_null()).then(pl.col("n_documents"))
    means = frame.group_by("source", maintain_order=True).agg(
        mean=(n * pl.col("stance")).sum() / n.sum()
    )
    ordered = means.with_columns(pl.col("mean").fill_nan(None)).sort(
        "mean", descending=True, nulls_last=True, maintain_order=True
    )
    names: list[str] = ordered["source"].to_list()
    return names


def _grid(frame: pl.DataFrame, sources: list[str]) -> pl.DataFrame:
    """Every source in every period, with the ends of the periods."""
    periods = frame.select("period").unique().sort("period")
    step = spacing(frame)
    following = pl.col("period").shift(-1)
    near = following - pl.col("period") <= _GAP * step
    ends = periods.with_columns(
        end=pl.when(near).then(following).otherwise(pl.col("period") + step)
    ).with_columns(middle=pl.col("period") + (pl.col("end") - pl.col("period")) / 2)
    grid = pl.DataFrame({"source": sources}, schema={"source": frame.schema["source"]}).join(
        ends, how="cross"
    )
    joined = grid.join(frame.drop("target"), on=CELL, how="left", maintain_order="left")
    return joined.with_columns(
        pl.col("n_documents", "n_effective").fill_null(0), target=pl.lit(frame["target"][0])
    )


def _interval(low: float | None, high: float | None) -> str:
    return "none" if low is None or high is None else f"{signed(low)} to {signed(high)}"
