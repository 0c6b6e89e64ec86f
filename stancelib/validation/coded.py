"""Frames of codings: one row is a label that one coder gave one item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from stancelib.errors import ArgumentError, DataError

LABELS: Final = ("against", "neutral", "favor")
_NEEDED: Final = ("item", "coder", "label")
_FEWEST_LABELS: Final = 2


def read_coded(
    coded: pl.DataFrame, labels: Sequence[str], further: Sequence[str] = ()
) -> pl.DataFrame:
    """Return item, coder, label (strings) and further columns, without codings that are null.

    Raises
    ------
    ArgumentError
        For fewer than two labels, or labels that are named twice.
    DataError
        When a column is missing, an item or coder is null, a label is not among `labels`, or a
        coder labels an item twice.
    """
    if len(labels) < _FEWEST_LABELS or len(set(labels)) < len(labels):
        raise ArgumentError(f"labels must be at least two different ones; got {list(labels)}")
    missing = [name for name in (*_NEEDED, *further) if name not in coded.columns]
    if missing:
        raise DataError(
            f"codings need the columns {', '.join((*_NEEDED, *further))}; "
            f"{', '.join(missing)} not found among {', '.join(coded.columns) or 'none'}"
        )
    rows = coded.select(*(pl.col(name).cast(pl.String) for name in _NEEDED), *further).filter(
        pl.col("label").is_not_null()
    )
    for name in ("item", "coder"):
        if rows[name].null_count():
            raise DataError(f"{rows[name].null_count()} codings have no {name}")
    unknown = rows.filter(~pl.col("label").is_in(list(labels)))
    if not unknown.is_empty():
        item, coder, label = unknown.select(_NEEDED).row(0)
        raise DataError(
            f"{coder!r} labels item {item!r} as {label!r}; known labels: {', '.join(labels)}"
        )
    twice = rows.filter(pl.struct("item", "coder").is_duplicated())
    if not twice.is_empty():
        raise DataError(f"{twice['coder'][0]!r} labels item {twice['item'][0]!r} twice")
    return rows


def item_of() -> pl.Expr:
    """The key of a pair on coding sheets, from its sentence and its target."""
    return pl.format("{} {}", "sentence_id", "target")


def counts_of(rows: pl.DataFrame, labels: Sequence[str]) -> pl.DataFrame:
    """A row for each item, in order, with the number of codings of each label."""
    return (
        rows.group_by("item")
        .agg(*((pl.col("label") == label).sum().cast(pl.Float64).alias(label) for label in labels))
        .sort("item")
    )


def summary_of_coders(rows: pl.DataFrame, labels: Sequence[str]) -> pl.DataFrame:
    """How often each coder agrees with the others, and which labels each gives."""
    pairs = rows.select("item", "coder", "label").join(
        rows.select("item", other="coder", other_label="label"), on="item"
    )
    pairs = pairs.filter(pl.col("coder") != pl.col("other"))
    agreeing = (
        pairs.group_by("coder", "item")
        .agg(share=(pl.col("label") == pl.col("other_label")).mean())
        .group_by("coder")
        .agg(n_items=pl.len().cast(pl.Int64), percent_agreement=pl.col("share").mean())
    )
    shares = rows.group_by("coder").agg(
        *((pl.col("label") == label).mean().alias(f"share_{label}") for label in labels)
    )
    return (
        shares.join(agreeing, on="coder", how="left")
        .with_columns(pl.col("n_items").fill_null(0))
        .select("coder", "n_items", "percent_agreement", *(f"share_{label}" for label in labels))
        .sort("coder")
    )


def disagreements(rows: pl.DataFrame) -> pl.DataFrame:
    """Items with different labels, and who gave which."""
    return (
        rows.sort("item", "coder")
        .group_by("item", maintain_order=True)
        .agg(labels=pl.struct("coder", "label"), n=pl.col("label").n_unique())
        .filter(pl.col("n") > 1)
        .drop("n")
    )
