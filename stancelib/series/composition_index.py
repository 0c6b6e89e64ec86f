"""`fixed_composition`: an index that does not move when outlets come and go."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from stancelib.errors import DataError, NotEnoughDataError
from stancelib.series.composition_core import chained_index, components, source_effects_index
from stancelib.series.intervals import check_level
from stancelib.series.panels import PANEL_COLUMNS, article_variances, check_columns, one_target
from stancelib.store.selection import check_option

Array = NDArray[np.float64]
IndexMethod = Literal["source_effects", "chained"]

_METHODS: Final[tuple[IndexMethod, ...]] = ("source_effects", "chained")
_FEWEST_SOURCES: Final = 2


@dataclass(frozen=True, slots=True)
class _Grid:
    """A panel as arrays (K, T)."""

    sources: list[str]
    periods: pl.Series
    stance: Array
    weights: Array
    variances: Array


def fixed_composition(
    panel: pl.DataFrame,
    *,
    target: str | None = None,
    method: IndexMethod = "source_effects",
    confidence_level: float = 0.95,
) -> pl.DataFrame:
    """Return an index that does not move when outlets come and go.

    Parameters
    ----------
    panel : polars.DataFrame
        A Series frame with several sources, as ``store.series(by="source")`` returns it.
    target : str, optional
        Needed where the panel holds several.
    method : {"source_effects", "chained"}
        "source_effects": each source has its own level, and the index is the course that all share,
        by least squares weighted with the articles, at the level of the average source.
        "chained": the changes of the sources that two neighbouring periods share, added up; it
        drifts with each link.
    confidence_level : float
        Of `low` and `high`, inside (0, 1).

    Returns
    -------
    polars.DataFrame
        A row for each period: `target`, `period`, `index`, `se`, `low`, `high`, `raw` (the mean
        over all articles, whatever their outlet), `n_sources`, `entered` and `left` (sources whose
        first, or last, period with articles on the target it is; the first period of the panel
        shows no entries and its last no exits). `index` is null in periods without articles. The
        error is that of the articles alone.

    Raises
    ------
    ArgumentError
        For an unknown target or method.
    DataError
        When a column is missing, or periods are not connected by a source that is in both, so that
        nothing says how the index got from one to the other.
    NotEnoughDataError
        With fewer than two sources with articles.

    References
    ----------
    Summers, R. (1973). International price comparisons based upon incomplete data. Review of
    Income and Wealth 19(1), 1-16. IMF (2020). Consumer Price Index Manual, chapters 8 and 10.

    Examples
    --------
    >>> import stancelib as sl
    >>> panel = sl.simulate_series(sources=["Beacon Wire", "Dawn Courier"], n_periods=9, seed=1)
    >>> sl.fixed_composition(panel.series).select("n_sources", "entered", "left").row(0)
    (2, [], [])
    """
    check_columns(panel, PANEL_COLUMNS)
    check_option("method", method, _METHODS)
    check_level(confidence_level)
    rows = one_target(panel, target)
    grid = _grid(rows)
    seen = np.isfinite(grid.stance)
    _check_connected(grid, seen, neighbours=method == "chained")
    make = source_effects_index if method == "source_effects" else chained_index
    index = make(grid.stance, grid.weights, grid.variances)
    se = np.sqrt(index.variance)
    reach = ndtri((1 + confidence_level) / 2) * se
    weight = np.where(seen, grid.weights, 0.0)
    total = weight.sum(0)
    raw = (weight * np.where(seen, grid.stance, 0.0)).sum(0) / np.where(total > 0, total, np.nan)
    entered, left = _turnover(grid.sources, seen)
    return pl.DataFrame(
        {
            "target": rows["target"][0],
            "period": grid.periods,
            "index": index.value,
            "se": se,
            "low": index.value - reach,
            "high": index.value + reach,
            "raw": raw,
            "n_sources": seen.sum(0),
            "entered": pl.Series(entered, dtype=pl.List(pl.String)),
            "left": pl.Series(left, dtype=pl.List(pl.String)),
        },
        nan_to_null=True,
    )


def _grid(rows: pl.DataFrame) -> _Grid:
    rows = rows.with_columns(variance=pl.Series(article_variances(rows)))
    named = rows.filter(pl.col("stance").is_not_null())
    sources = named.get_column("source").unique().sort().to_list()
    if len(sources) < _FEWEST_SOURCES:
        raise NotEnoughDataError(
            f"composition needs at least two sources with articles on the target; the panel has "
            f"{sources}"
        )
    periods = rows.get_column("period").unique().sort()
    shape = len(sources), len(periods)
    arrays = {name: np.full(shape, np.nan) for name in ("stance", "n_documents", "variance")}
    place = {source: row for row, source in enumerate(sources)}
    column = periods.search_sorted(named.get_column("period")).to_numpy()
    row = np.array([place[source] for source in named["source"]])
    for name, array in arrays.items():
        array[row, column] = named.get_column(name).cast(pl.Float64).to_numpy()
    return _Grid(sources, periods, arrays["stance"], arrays["n_documents"], arrays["variance"])


def _check_connected(grid: _Grid, seen: NDArray[np.bool_], *, neighbours: bool) -> None:
    used = np.flatnonzero(seen.any(0))
    if neighbours:
        broken = [(a, b) for a, b in pairwise(used) if not (seen[:, a] & seen[:, b]).any()]
    else:
        label = components(seen)[used]
        broken = [(used[0], used[place]) for place in np.flatnonzero(label != label[0])]
    if broken:
        first, other = (grid.periods[int(one)] for one in broken[0])
        raise DataError(
            f"the periods {first:%Y-%m-%d} and {other:%Y-%m-%d} are not connected by a source with "
            "articles in both; choose longer periods or a shorter span"
            + (', or method="source_effects"' if neighbours else "")
        )


def _turnover(sources: list[str], seen: NDArray[np.bool_]) -> tuple[list[list[str]], ...]:
    n_periods = seen.shape[1]
    entered: list[list[str]] = [[] for _ in range(n_periods)]
    left: list[list[str]] = [[] for _ in range(n_periods)]
    used = np.flatnonzero(seen.any(0))
    for source, row in zip(sources, seen, strict=True):
        own = np.flatnonzero(row)
        if own[0] != used[0]:
            entered[own[0]].append(source)
        if own[-1] != used[-1]:
            left[own[-1]].append(source)
    return entered, left
