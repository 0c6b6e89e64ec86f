"""What functions over Series frames share: their columns, and the variance of each cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.errors import ArgumentError, DataError

Array = NDArray[np.float64]

PANEL_COLUMNS: Final = (
    "target",
    "source",
    "period",
    "stance",
    "se",
    "n_documents",
    "n_effective",
)


def check_columns(series: pl.DataFrame, needed: Sequence[str]) -> None:
    """Refuse a frame that lacks columns of a Series frame."""
    missing = [name for name in needed if name not in series.columns]
    if missing:
        raise DataError(
            f"a Series frame has the columns {', '.join(missing)}; this one has "
            f"{', '.join(series.columns) or 'none'}"
        )


def one_target(panel: pl.DataFrame, target: str | None) -> pl.DataFrame:
    """Rows of one target, which must be named where there are several."""
    known = panel.get_column("target").unique().sort().to_list()
    if target is None:
        if len(known) != 1:
            raise ArgumentError(f"the panel has {len(known)} targets; pass target= one of {known}")
        return panel
    if target not in known:
        raise ArgumentError.unknown("target", target, known)
    return panel.filter(pl.col("target") == target)


def article_variances(cells: pl.DataFrame) -> Array:
    """Sampling variance (n,) of each cell: its own where it is known, else the pooled one.

    A cell with one article has no scatter of its own; it takes that of the articles of all cells,
    weighted by their degrees of freedom. NaN where no cell knows it.
    """
    se = cells.get_column("se").cast(pl.Float64).to_numpy()
    n = cells.get_column("n_effective").cast(pl.Float64).to_numpy()
    known = np.isfinite(se) & (n > 1)
    freedom = np.where(known, n - 1, 0.0)
    between = np.where(known, np.nan_to_num(se) ** 2 * n, 0.0)
    pooled = (freedom * between).sum() / freedom.sum() if known.any() else np.nan
    return np.where(known, se**2, pooled / np.where(n > 0, n, np.nan))
