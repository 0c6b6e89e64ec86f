"""What a table of labels and predictions becomes before it is drawn: full matrices by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from stancelib.charts.tables import check_columns
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

NEEDED: Final[tuple[str, ...]] = ("label", "predicted", "n")
STANCES: Final[tuple[str, ...]] = ("against", "neutral", "favor")
GROUPING: Final[tuple[str, ...]] = ("by", "group")
PAIR: Final[tuple[str, ...]] = ("label", "predicted")
ALL: Final = "all"
ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Matrix:
    """One panel.

    Attributes
    ----------
    heading
        Name of the group; None where the frame has no groups.
    classes
        In the order of rows and columns.
    frame
        ``label``, ``predicted``, ``n``, ``total`` (of the label), ``share`` (of the label; null:
        no such label, or unknown) and ``share_words``; every pair of classes has a row.
    """

    heading: str | None
    classes: list[str]
    frame: pl.DataFrame


def matrices_of(confusion: pl.DataFrame, classes: Sequence[str] | None) -> list[Matrix]:
    """Full matrices, in the order of the groups in the frame."""
    check_columns(confusion, NEEDED)
    keys = [name for name in GROUPING if name in confusion.columns]
    _check_rows(confusion, keys)
    if not confusion["n"].fill_null(0).sum() and confusion["n"].null_count() == 0:
        raise NotEnoughDataError("there is no labelled pair, nothing to draw")
    order = _order(confusion, classes)
    parts = confusion.partition_by(keys, maintain_order=True) if keys else [confusion]
    return [Matrix(_heading(part), order, _whole(part, order)) for part in parts]


def _check_rows(confusion: pl.DataFrame, keys: list[str]) -> None:
    for name in PAIR:
        if confusion[name].null_count():
            raise DataError(f"a class in {name!r} is null; leave pairs without a class out")
    negative = confusion.filter(pl.col("n") < 0)["n"].to_list()
    if negative:
        raise DataError(f"a count in 'n' is negative: {negative[0]}")
    if "share_of_label" in confusion.columns:
        shares = confusion["share_of_label"]
        outside = shares.filter(~shares.is_between(0, 1 + ROUNDING)).to_list()
        if outside:
            raise DataError(f"'share_of_label' must lie in [0, 1]; got {outside[0]:g}")
    twice = confusion.filter(pl.struct(*keys, *PAIR).is_duplicated())
    if not twice.is_empty():
        row = twice.row(0, named=True)
        raise DataError(
            f"label {row['label']!r} and prediction {row['predicted']!r} have two rows; "
            "name the groups in a column 'group'"
        )


def _order(confusion: pl.DataFrame, classes: Sequence[str] | None) -> list[str]:
    found = pl.concat([confusion[name].cast(pl.String) for name in PAIR]).unique(
        maintain_order=True
    )
    names: list[str] = found.to_list()
    if classes is None:
        known = [name for name in STANCES if name in names]
        return known if len(known) == len(names) else names
    for name in names:
        if name not in classes:
            raise ArgumentError.unknown("class", name, classes)
    return list(classes)


def _heading(part: pl.DataFrame) -> str | None:
    if "group" not in part.columns:
        return str(part["by"][0]) if "by" in part.columns else None
    group = str(part["group"][0])
    by = str(part["by"][0]) if "by" in part.columns else group
    return group if by in (group, ALL) else f"{by}: {group}"


def _whole(part: pl.DataFrame, classes: list[str]) -> pl.DataFrame:
    """Every pair of classes, with its share of the label."""
    names = pl.DataFrame({"label": classes}, schema={"label": pl.String})
    grid = names.join(names.rename({"label": "predicted"}), how="cross")
    own = part.with_columns(pl.col(PAIR).cast(pl.String), there=pl.lit(value=True))
    whole = grid.join(own, on=PAIR, how="left", maintain_order="left").with_columns(
        # No row: no pair. A row with a null: unknown.
        n=pl.when(pl.col("there").is_null()).then(0).otherwise(pl.col("n")).cast(pl.Int64)
    )
    unknown = pl.col("n").is_null().any().over("label")
    total = pl.when(~unknown).then(pl.col("n").sum().over("label"))
    whole = whole.with_columns(total=total)
    if "share_of_label" in part.columns:
        seen = pl.col("share_of_label").is_not_null().any().over("label")
        absent = pl.col("there").is_null() & seen
        share = pl.when(absent).then(0.0).otherwise(pl.col("share_of_label"))
    else:
        share = pl.when(pl.col("total") > 0).then(pl.col("n") / pl.col("total"))
    whole = whole.with_columns(share=share.cast(pl.Float64).fill_nan(None))
    words = ["unknown" if one is None else f"{100 * one:.0f} %" for one in whole["share"]]
    return whole.select(*PAIR, "n", "total", "share", share_words=pl.Series(words, dtype=pl.String))
