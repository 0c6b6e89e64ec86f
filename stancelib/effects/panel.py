"""Several sources on one target out of a Series frame, on the whole calendar of their periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.periods import ChosenSeries, check_columns, check_values, choose_series
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

Array = NDArray[np.float64]

# The name that a Series frame gives to all sources together.
TOTAL = "all"


@dataclass(frozen=True, slots=True, eq=False)
class ChosenPanel:
    """One target in G sources over T periods, gaps included.

    Attributes
    ----------
    calendar : ChosenSeries
        Target, length and time zone of the periods, and their bounds; its values are empty.
    sources : tuple of str
        G names, sorted.
    stance, se, n_effective, n_documents : (G, T)
        NaN where a source has no articles in a period (0 documents); `se` also where it has one.
    """

    calendar: ChosenSeries
    sources: tuple[str, ...]
    stance: Array
    se: Array
    n_effective: Array
    n_documents: Array

    @property
    def target(self) -> str:
        """What the stance is toward."""
        return self.calendar.target

    @property
    def every(self) -> str:
        """Length of a period."""
        return self.calendar.every

    @property
    def time_zone(self) -> str:
        """In which the periods are cut."""
        return self.calendar.time_zone

    @property
    def periods(self) -> pl.Series:
        """First instants of the T periods."""
        return self.calendar.frame["period"]

    @property
    def bounds(self) -> tuple[datetime, ...]:
        """First instants of the periods and the end of the last, in UTC; T + 1 of them."""
        return self.calendar.bounds

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Where (G, T) there are articles."""
        return ~np.isnan(self.stance)

    def of_sources(self, rows: NDArray[np.intp]) -> ChosenPanel:
        """The panel of some sources, by their positions."""
        return ChosenPanel(
            calendar=self.calendar,
            sources=tuple(self.sources[row] for row in rows),
            stance=self.stance[rows],
            se=self.se[rows],
            n_effective=self.n_effective[rows],
            n_documents=self.n_documents[rows],
        )


def choose_panel(
    series: pl.DataFrame,
    *,
    target: str | None,
    sources: Sequence[str] | None,
    every: str | None,
) -> ChosenPanel:
    """Check a Series frame once and take one target and some sources (None: all) out of it."""
    check_columns(series)
    if series["period"].n_unique() == 1:
        raise NotEnoughDataError(
            "the frame has 1 period; an effect needs periods before and after the event"
        )
    calendar = choose_series(_calendar_rows(series), target=target, source=None, every=every)
    of_target = series.filter(pl.col("target") == calendar.target)
    names = _source_names(of_target, sources, calendar.target)
    chosen = of_target.filter(pl.col("source").is_in(names))
    if (repeated := chosen.filter(chosen.select("source", "period").is_duplicated())).height:
        first = repeated.row(0, named=True)
        raise DataError(
            f"the period {first['period'].isoformat()} of {first['source']} stands in more than "
            "one row"
        )
    check_values(chosen)
    return ChosenPanel(calendar=calendar, sources=names, **_matrices(chosen, calendar, names))


def _calendar_rows(series: pl.DataFrame) -> pl.DataFrame:
    """One empty row for each target and period, whichever source it came from."""
    return series.select(
        "target",
        pl.lit("panel").alias("source"),
        "period",
        pl.lit(None, pl.Float64).alias("stance"),
        pl.lit(None, pl.Float64).alias("se"),
        pl.lit(0, pl.Int64).alias("n_documents"),
        pl.lit(0.0).alias("n_effective"),
    ).unique(["target", "period"], maintain_order=True)


def _source_names(
    of_target: pl.DataFrame, wanted: Sequence[str] | None, target: str
) -> tuple[str, ...]:
    found = sorted(str(name) for name in of_target["source"].unique())
    if wanted is None:
        if TOTAL in found and len(found) > 1:
            raise DataError(
                f"the frame holds {TOTAL!r}, all sources together, beside single sources: their "
                "articles would count twice. Take it out: series.filter(pl.col('source') != 'all')"
            )
        names = found
    else:
        for name in wanted:
            if name not in found:
                raise ArgumentError.unknown("source", name, found)
        names = sorted(set(wanted))
    if len(names) == 1:
        raise NotEnoughDataError(
            f"the frame holds one source on {target}, {names[0]!r}; a panel needs several. Take "
            "store.series(by='source'), or interrupted_time_series for a single series"
        )
    return tuple(names)


def _matrices(
    chosen: pl.DataFrame, calendar: ChosenSeries, names: tuple[str, ...]
) -> dict[str, Array]:
    """The values by source and period; NaN, and 0 documents, where there are no articles."""
    columns = calendar.frame.select("period").with_row_index("column")
    rows = pl.DataFrame({"source": names}).with_row_index("row")
    cells = (
        chosen.filter(pl.col("stance").is_not_null())
        .with_columns(pl.col("period").dt.cast_time_unit("us"))
        .join(columns, "period")
        .join(rows, "source")
    )
    row, column = cells["row"].to_numpy(), cells["column"].to_numpy()
    matrices = {}
    for name in ("stance", "se", "n_effective", "n_documents"):
        matrix = np.full((len(names), calendar.frame.height), np.nan)
        matrix[row, column] = cells[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
        matrices[name] = np.nan_to_num(matrix) if name == "n_documents" else matrix
    return matrices
