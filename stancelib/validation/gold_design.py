"""A gold frame, checked, and the design by which its pairs were drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from stancelib.errors import DataError, NotEnoughDataError
from stancelib.validation.coded import LABELS
from stancelib.validation.survey_core import Design, design_of

PROBABILITIES: Final = ("p_against", "p_neutral", "p_favor")
NEEDED: Final = (*("doc_id", "label"), *PROBABILITIES, "stratum", "inclusion_probability")
_TOLERANCE: Final = 1e-6


def read_gold(gold: pl.DataFrame, further: Sequence[str] = ()) -> pl.DataFrame:
    """Return the frame with `cluster` and `cluster_probability`, or say what is wrong with it.

    Frames without `cluster` are taken as pairs drawn by themselves, of which those of an article
    are alike: an article is a cluster.

    Raises
    ------
    DataError
        When a column is missing or null, a label unknown, or a number is no probability.
    NotEnoughDataError
        When there is no row.
    """
    for name in dict.fromkeys((*NEEDED, *further)):
        if name not in gold.columns:
            raise DataError.missing_column(name, gold.columns)
        if nulls := gold[name].null_count():
            raise DataError(f"{nulls:,} rows of the gold frame have no {name}")
    if gold.is_empty():
        raise NotEnoughDataError("the gold frame has no label")
    unknown = gold.filter(~pl.col("label").is_in(LABELS))
    if not unknown.is_empty():
        raise DataError(f"unknown label {unknown['label'][0]!r}; known labels: {', '.join(LABELS)}")
    drawn = pl.col("inclusion_probability")
    if wrong := gold.filter(~drawn.is_between(0, 1, closed="right")).height:
        raise DataError(f"{wrong:,} rows have an inclusion_probability outside (0, 1]")
    of_classes = pl.sum_horizontal(PROBABILITIES)
    within = pl.all_horizontal(pl.col(PROBABILITIES).is_between(0, 1))
    if wrong := gold.filter(~within | ((of_classes - 1).abs() > _TOLERANCE)).height:
        raise DataError(f"in {wrong:,} rows {', '.join(PROBABILITIES)} are no probabilities")
    clusters = {"cluster": pl.col("doc_id"), "cluster_probability": drawn}
    return gold.with_columns(
        **{name: value for name, value in clusters.items() if name not in gold.columns}
    )


def design_of_gold(gold: pl.DataFrame) -> Design:
    """The design of a frame that `read_gold` returned."""
    return design_of(
        (1 / gold["inclusion_probability"]).to_numpy(),
        gold["stratum"].to_numpy(),
        (gold["cluster"].rank("dense") - 1).cast(pl.Int64).to_numpy(),
        gold["cluster_probability"].to_numpy(),
    )
