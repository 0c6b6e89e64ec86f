"""`decompose_change`: a change of the mean, into outlets that moved and a mix that did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from stancelib.errors import ArgumentError, NotEnoughDataError
from stancelib.series.composition_core import Parts, griliches_regev
from stancelib.series.intervals import check_level
from stancelib.series.panels import PANEL_COLUMNS, article_variances, check_columns, one_target
from stancelib.store.selection import instant

if TYPE_CHECKING:
    from stancelib.store.selection import HasInstant

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ChangeDecomposition:
    """A change of the mean over all outlets, taken apart.

    Attributes
    ----------
    table : polars.DataFrame
        Columns term, estimate, se, low, high; the terms `within` (the outlets moved), `between`
        (their shares moved), `entry` and `exit` (outlets came, or went), `composition` (the last
        three together) and `total`, which is `within` plus `composition`. Stance units.
    by_source : polars.DataFrame
        Columns source, share_before, share_after, stance_before, stance_after (null where there
        is nothing), n_before, n_after (articles), within, between, entry, exit.
    sentence : str
        What a journalist can quote.
    before, after : tuple of datetime.datetime
        First and last period of each side.
    confidence_level : float
        Of the intervals.

    Examples
    --------
    >>> import stancelib as sl
    >>> panel = sl.simulate_series(sources=["Beacon Wire", "Dawn Courier"], level=-0.3, seed=1)
    >>> sl.decompose_change(panel.series, panel.event_at).table["term"].to_list()
    ['within', 'between', 'entry', 'exit', 'composition', 'total']
    """

    table: pl.DataFrame
    by_source: pl.DataFrame
    sentence: str
    before: tuple[datetime, datetime]
    after: tuple[datetime, datetime]
    confidence_level: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as json takes them."""
        return {
            "table": self.table.to_dicts(),
            "by_source": self.by_source.to_dicts(),
            "sentence": self.sentence,
            "before": [moment.isoformat() for moment in self.before],
            "after": [moment.isoformat() for moment in self.after],
            "confidence_level": self.confidence_level,
        }


def decompose_change(
    panel: pl.DataFrame,
    at: datetime | date | HasInstant,
    *,
    target: str | None = None,
    periods: int | None = None,
    confidence_level: float = 0.95,
) -> ChangeDecomposition:
    """Take the change of the mean over all articles apart into outlets that moved and the mix.

    Parameters
    ----------
    panel : polars.DataFrame
        A Series frame with several sources, as ``store.series(by="source")`` returns it.
    at : datetime.datetime, datetime.date or Event
        What divides before from after; a date is its midnight in the time zone of the panel. A
        period that begins before it and ends after it counts on neither side.
    target : str, optional
        Needed where the panel holds several.
    periods : int, optional
        Periods on each side; None takes all.
    confidence_level : float
        Of the intervals, inside (0, 1).

    Returns
    -------
    ChangeDecomposition
        ``.table``, ``.by_source``, ``.sentence``, ``.to_dict()``. The parts sum to the change of
        the mean over all articles, each with the same weight. Errors are those of the articles
        alone, with the shares held fixed: they say how well the change is measured, not whether
        it is more than the series moves anyway.

    Raises
    ------
    ArgumentError
        For an unknown target, a moment without a time zone, or `periods` below 1.
    DataError
        When a column is missing.
    NotEnoughDataError
        When a side has no articles.

    References
    ----------
    Griliches, Z. and Regev, H. (1995). Firm productivity in Israeli industry 1979-1988. Journal
    of Econometrics 65(1), 175-203, section 4.

    Examples
    --------
    >>> import stancelib as sl
    >>> panel = sl.simulate_series(sources=["Beacon Wire", "Dawn Courier"], level=-0.3, seed=1)
    >>> change = sl.decompose_change(panel.series, panel.event_at)
    >>> parts = change.table.filter(change.table["term"].is_in(["within", "composition"]))
    >>> total = change.table.filter(change.table["term"] == "total")
    >>> abs(parts["estimate"].sum() - total["estimate"][0]) < 1e-12
    True
    """
    check_columns(panel, PANEL_COLUMNS)
    check_level(confidence_level)
    if periods is not None and periods < 1:
        raise ArgumentError(f"periods must be at least 1; got {periods}")
    rows = one_target(panel, target)
    moment = _moment(at, rows)
    starts = rows.get_column("period").unique().sort()
    after = starts.filter(starts >= moment)
    # The period that holds the moment is no "before", unless it begins with it.
    before = starts.filter(starts < moment)
    if len(after) == 0 or after[0] != moment:
        before = before.head(len(before) - 1)
    if periods is not None:
        before, after = before.tail(periods), after.head(periods)
    sides = [_side(rows.filter(pl.col("period").is_in(side.implode()))) for side in (before, after)]
    for name, side in zip(("before", "after"), sides, strict=True):
        if side.is_empty():
            raise NotEnoughDataError(f"no article on the target {name} {moment.isoformat()}")
    joined = sides[0].join(sides[1], on="source", how="full", coalesce=True, suffix="_after")
    joined = joined.sort("source")
    values = {
        name: np.stack([joined[name].to_numpy(), joined[f"{name}_after"].to_numpy()])
        for name in ("stance", "n", "variance")
    }
    counts = np.nan_to_num(values["n"])
    shares = counts / counts.sum(1, keepdims=True)
    parts = griliches_regev(values["stance"], shares, values["variance"])
    table = _table(parts, confidence_level)
    bounds = (before[0], before[-1]), (after[0], after[-1])
    return ChangeDecomposition(
        table=table,
        by_source=_by_source(joined["source"], values["stance"], counts, shares, parts),
        sentence=_sentence(rows["target"][0], table, parts),
        before=bounds[0],
        after=bounds[1],
        confidence_level=confidence_level,
    )


def _moment(at: datetime | date | HasInstant, rows: pl.DataFrame) -> datetime:
    moment = at if isinstance(at, date) else at.at
    kind = rows.schema["period"]
    zone = kind.time_zone if isinstance(kind, pl.Datetime) else None
    found = instant("at", moment, zone or "UTC")
    assert found is not None  # noqa: S101  (a moment was given)
    return found if zone is None else found.astimezone(ZoneInfo(zone))


def _side(rows: pl.DataFrame) -> pl.DataFrame:
    """Columns source, stance, n, variance: the mean over the articles of one side."""
    rows = rows.with_columns(variance=pl.Series(article_variances(rows)))
    n = pl.col("n_documents")
    return (
        rows.filter(pl.col("stance").is_not_null())
        .group_by("source")
        .agg(
            stance=(n * pl.col("stance")).sum() / n.sum(),
            variance=(n**2 * pl.col("variance")).sum() / n.sum() ** 2,
            n=n.sum().cast(pl.Float64),
        )
    )


def _table(parts: Parts, confidence_level: float) -> pl.DataFrame:
    sums = {
        "within": parts.within.sum(),
        "between": parts.between.sum(),
        "entry": parts.entry.sum(),
        "exit": parts.exit.sum(),
    }
    sums["composition"] = sums["between"] + sums["entry"] + sums["exit"]
    sums["total"] = sums["within"] + sums["composition"]
    estimate = np.array(list(sums.values()))
    se = np.sqrt([parts.variances[term] for term in sums])
    reach = ndtri((1 + confidence_level) / 2) * se
    return pl.DataFrame(
        {
            "term": list(sums),
            "estimate": estimate,
            "se": se,
            "low": estimate - reach,
            "high": estimate + reach,
        },
        nan_to_null=True,
    )


def _by_source(
    source: pl.Series, stance: Array, counts: Array, shares: Array, parts: Parts
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "source": source,
            "share_before": shares[0],
            "share_after": shares[1],
            "stance_before": stance[0],
            "stance_after": stance[1],
            "n_before": counts[0].astype(np.int64),
            "n_after": counts[1].astype(np.int64),
            "within": parts.within,
            "between": parts.between,
            "entry": parts.entry,
            "exit": parts.exit,
        },
        nan_to_null=True,
    )


def _sentence(target: str, table: pl.DataFrame, parts: Parts) -> str:
    value = dict(zip(table["term"], table["estimate"], strict=True))
    came, went = int((parts.entry != 0).sum()), int((parts.exit != 0).sum())
    outlets = "1 outlet" if came == 1 else f"{came} outlets"
    turnover = f"; {outlets} came and {went} went" if came or went else ""
    return (
        f"The mean stance toward {target} changed by {_signed(value['total'])}: "
        f"{_signed(value['within'])} because outlets moved, and {_signed(value['composition'])} "
        f"because their mix did{turnover}."
    )


def _signed(value: float) -> str:
    """Two decimals with their sign, and no sign of minus before a zero."""
    return f"{round(value, 2) + 0.0:+.2f}"
