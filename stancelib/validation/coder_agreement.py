"""`agreement`: how far coders agree, beyond what chance would give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.errors import ArgumentError, DataError, NotEnoughDataError
from stancelib.notebook import Shown
from stancelib.validation import agreement_core as core
from stancelib.validation.coded import (
    LABELS,
    counts_of,
    disagreements,
    read_coded,
    summary_of_coders,
)

Array = NDArray[np.float64]

ALL: Final = "all"
_COLUMNS: Final = {
    "group": pl.String,
    "coefficient": pl.String,
    "estimate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n_items": pl.Int64,
    "n_codings": pl.Int64,
    "n_coders": pl.Int64,
}


@dataclass(frozen=True, repr=False)
class Agreement(Shown):
    """How far coders agree.

    Attributes
    ----------
    table : polars.DataFrame
        Columns group ("all", or the value of `by`), coefficient, estimate, low, high, n_items
        (with at least two codings), n_codings, n_coders. `estimate` is null where no item has two
        codings, and alpha where all codings are the same label: then nothing varies on which
        coders could agree.
    by_coder : polars.DataFrame
        Columns coder, n_items (shared with others), percent_agreement (with the others, mean over
        items), and the share of each label among the coder's codings: ``share_against`` and so on.
    disagreements : polars.DataFrame
        A row for each item with different labels: item, labels (list of struct of coder and label).
    sentence : str
        What stands in a methods section.
    confidence_level : float
        Of the intervals.

    Examples
    --------
    >>> coded = pl.DataFrame({
    ...     "item": ["1", "1", "2", "2"], "coder": ["Ann", "Bo"] * 2,
    ...     "label": ["favor", "favor", "against", "neutral"],
    ... })
    >>> agreement(coded, n_resamples=99).disagreements["item"].to_list()
    ['2']
    """

    table: pl.DataFrame
    by_coder: pl.DataFrame
    disagreements: pl.DataFrame
    sentence: str
    confidence_level: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as json takes them."""
        return {
            "table": self.table.to_dicts(),
            "by_coder": self.by_coder.to_dicts(),
            "disagreements": self.disagreements.to_dicts(),
            "sentence": self.sentence,
            "confidence_level": self.confidence_level,
        }

    _formats = dict.fromkeys(("estimate", "low", "high"), "plain")

    def _tables(self) -> dict[str, pl.DataFrame]:
        return {"": self.table, "Each coder with the others": self.by_coder}


def agreement(
    coded: pl.DataFrame,
    *,
    by: str | None = None,
    cluster: str | None = None,
    labels: Sequence[str] = LABELS,
    values: Sequence[float] | None = None,
    confidence_level: float = 0.95,
    n_resamples: int = 999,
    seed: int = 0,
) -> Agreement:
    """Measure how far coders agree, with intervals over items.

    Parameters
    ----------
    coded : polars.DataFrame
        One row a coding: ``item``, ``coder``, ``label``, and the columns of `by` and `cluster`.
        Null ``label``: not coded. Coders need not have coded all items.
    by : str, optional
        A column, such as target, language or source: coefficients for each of its values beside
        those for all.
    cluster : str, optional
        A column, such as doc_id, whose items are drawn together in the bootstrap; items by
        themselves when not given.
    labels : sequence of str
        All labels, in their order: one that nobody used counts for the chance agreement of Gwet.
    values : sequence of float, optional
        What labels stand for in the interval alpha; 0, 1, 2 and so on when not given.
    confidence_level : float
        Of the bootstrap intervals, inside (0, 1).
    n_resamples, seed : int
        Of the bootstrap.

    Returns
    -------
    Agreement
        ``.table``, ``.by_coder``, ``.disagreements``, ``.sentence``, ``.to_dict()``. Coefficients:
        ``percent`` (share of agreeing pairs of coders), ``alpha_nominal``, ``alpha_ordinal``,
        ``alpha_interval`` (Krippendorff), ``ac1`` and ``ac2`` (Gwet; quadratic weights).

    Raises
    ------
    ArgumentError
        For an unknown option, fewer than two labels, or values of another number.
    DataError
        When a column is missing, a label is unknown, or a coder labels an item twice.
    NotEnoughDataError
        When no item has two codings.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. Gwet, K. L. (2008).
    Computing inter-rater reliability and its variance in the presence of high agreement. British
    Journal of Mathematical and Statistical Psychology 61(1), 29-48; and Handbook of Inter-Rater
    Reliability, 4th edition (2014), chapters 3 and 5, for coders who did not code all items.

    Examples
    --------
    >>> import polars as pl
    >>> import stancelib as sl
    >>> coded = pl.DataFrame({
    ...     "item": [str(i) for i in range(6)] * 2,
    ...     "coder": ["Ann"] * 6 + ["Bo"] * 6,
    ...     "label": ["against", "neutral", "neutral", "favor", "favor", "against",
    ...               "against", "neutral", "favor", "favor", "favor", "against"],
    ... })
    >>> sl.agreement(coded).table.select("coefficient", "estimate").row(0)
    ('percent', 0.8333333333333334)
    """
    if not 0 < confidence_level < 1:
        raise ArgumentError(f"confidence_level must lie inside (0, 1); got {confidence_level}")
    if n_resamples < 1:
        raise ArgumentError(f"n_resamples must be at least 1; got {n_resamples}")
    further = [name for name in (by, cluster) if name is not None]
    rows = read_coded(coded, labels, further)
    coefficients = _coefficients(labels, values)
    _check_constant(rows, further)
    groups = {ALL: rows}
    if by is not None:
        groups |= {
            str(value): part
            for (value,), part in sorted(rows.group_by(by), key=lambda g: str(g[0]))
        }
    tables = [
        _table(
            name,
            part,
            labels,
            coefficients,
            cluster=cluster,
            level=confidence_level,
            n_resamples=n_resamples,
            generator=np.random.default_rng([seed, place]),
        )
        for place, (name, part) in enumerate(groups.items())
    ]
    table = pl.concat(tables)
    if table["n_items"][0] == 0:
        raise NotEnoughDataError("no item has codings of two coders, so that none can agree")
    return Agreement(
        table=table,
        by_coder=summary_of_coders(rows, labels),
        disagreements=disagreements(rows),
        sentence=_sentence(table, confidence_level),
        confidence_level=confidence_level,
    )


def _coefficients(
    labels: Sequence[str], values: Sequence[float] | None
) -> dict[str, Callable[[Array], float]]:
    q = len(labels)
    if values is not None and len(values) != q:
        raise ArgumentError(f"values must be as many as labels, {q}; got {len(values)}")
    numbers = np.arange(q, dtype=np.float64) if values is None else np.asarray(values, np.float64)
    same, quadratic = np.eye(q), core.quadratic_weights(q)
    interval = core.interval_distance(numbers)
    return {
        "percent": lambda counts: core.percent_agreement(counts, same),
        "alpha_nominal": lambda counts: core.krippendorff(counts, core.nominal_distance),
        "alpha_ordinal": lambda counts: core.krippendorff(counts, core.ordinal_distance),
        "alpha_interval": lambda counts: core.krippendorff(counts, interval),
        "ac1": lambda counts: core.gwet(counts, same),
        "ac2": lambda counts: core.gwet(counts, quadratic),
    }


def _check_constant(rows: pl.DataFrame, further: Sequence[str]) -> None:
    """An item has one group and one cluster, whoever codes it."""
    for name in further:
        several = rows.group_by("item").agg(pl.col(name).n_unique()).filter(pl.col(name) > 1)
        if not several.is_empty():
            raise DataError(f"item {several['item'].min()!r} has several values of {name}")


def _table(
    name: str,
    rows: pl.DataFrame,
    labels: Sequence[str],
    coefficients: dict[str, Callable[[Array], float]],
    *,
    cluster: str | None,
    level: float,
    n_resamples: int,
    generator: np.random.Generator,
) -> pl.DataFrame:
    items = counts_of(rows, labels)
    counts = items.select(labels).to_numpy()
    groups = np.arange(items.height)
    if cluster is not None:
        of_item = rows.unique("item").sort("item").get_column(cluster)
        groups = (of_item.rank("dense") - 1).cast(pl.Int64).to_numpy()
    paired = counts[counts.sum(1) > 1]
    found = []
    for coefficient, measure in coefficients.items():
        low, high = core.bootstrap_interval(
            counts, groups, measure, level=level, n_resamples=n_resamples, generator=generator
        )
        found.append((name, coefficient, measure(counts), low, high))
    frame = pl.DataFrame(found, schema=list(_COLUMNS)[:5], orient="row")
    return frame.with_columns(
        pl.col("estimate", "low", "high").cast(pl.Float64).fill_nan(None),
        n_items=pl.lit(len(paired), pl.Int64),
        n_codings=pl.lit(int(paired.sum()), pl.Int64),
        n_coders=pl.lit(rows["coder"].n_unique(), pl.Int64),
    ).cast(_COLUMNS)  # type: ignore[arg-type]  # polars names a dict of types too narrowly


def _sentence(table: pl.DataFrame, level: float) -> str:
    row = {
        name: table.row(place, named=True) for place, name in enumerate(table["coefficient"][:6])
    }
    percent, alpha, ac1 = row["percent"], row["alpha_ordinal"], row["ac1"]

    def told(found: dict[str, Any]) -> str:
        if found["estimate"] is None:
            return "not defined, because all codings are the same label"
        bounds = (
            ""
            if found["low"] is None
            else f" ({level:.0%} interval {found['low']:.2f} to {found['high']:.2f})"
        )
        return f"{found['estimate']:.2f}{bounds}"

    return (
        f"{percent['n_coders']} coders gave {percent['n_items']} items {percent['n_codings']} "
        f"labels; {percent['estimate']:.0%} of pairs agree. Krippendorff's alpha (ordinal): "
        f"{told(alpha)}. Gwet's AC1: {told(ac1)}."
    )
