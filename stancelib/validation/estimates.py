"""Measures to rows of a table: errors, intervals, and why there are none where there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from stancelib.validation.accuracy_core import Booleans, Measure
from stancelib.validation.survey_core import (
    Array,
    Design,
    correlation_interval,
    effective_number,
    plain_interval,
    share_interval,
    spread_of,
    unanimous_interval,
)

BIASED: Final = "biased upward in small samples, and no smooth function of sums"
UNDEFINED: Final = "not defined: a class, or any spread, is missing among these labels"
ONE_CLUSTER: Final = "one cluster does not show how clusters differ"
NO_SPREAD: Final = "the labels show no spread"
# Shares of rows, of which all or none can be so; an F1 of 0 or 1 is no such share.
_COUNTED: Final = ("accuracy", "precision_", "recall_", "observed")
_BOUNDS: Final = {"bias": (-2.0, 2.0), "mean_absolute_error": (0.0, 2.0)}
_NOTHING: Final = 1e-24


@dataclass(frozen=True, slots=True)
class _Errors:
    """Of k measures: numbers (k,), NaN where there are none."""

    estimate: Array
    error: Array
    degrees: Array
    n_labels: Array
    n_clusters: Array
    effective: Array
    whole: Booleans


def estimated(measures: Sequence[Measure], design: Design, level: float) -> pl.DataFrame:
    """A row for each measure.

    Returns
    -------
    polars.DataFrame
        `measure`, `estimate`, `se`, `low`, `high`, `degrees_of_freedom`, `n_labels`, `n_clusters`,
        `n_effective` and `reason`; null where there is nothing to say, with the reason.
    """
    found = _errors(measures, design)
    rows = [
        (measure.name, *_interval(measure, found, place, level))
        for place, measure in enumerate(measures)
    ]
    frame = pl.DataFrame(
        rows,
        schema={
            "measure": pl.String,
            "se": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
            "reason": pl.String,
        },
        orient="row",
    )
    return frame.with_columns(
        estimate=pl.Series(found.estimate),
        degrees_of_freedom=pl.Series(found.degrees),
        n_labels=pl.Series(found.n_labels).cast(pl.Int64),
        n_clusters=pl.Series(found.n_clusters).cast(pl.Int64),
        n_effective=pl.Series(found.effective),
    ).select(
        "measure",
        *(
            pl.col(name).fill_nan(None)
            for name in ("estimate", "se", "low", "high", "degrees_of_freedom")
        ),
        "n_labels",
        "n_clusters",
        pl.col("n_effective").fill_nan(None),
        "reason",
    )


def _errors(measures: Sequence[Measure], design: Design) -> _Errors:
    influence = np.column_stack([measure.influence for measure in measures])
    rows = np.column_stack([measure.rows for measure in measures])
    spread = spread_of(influence, design)
    variance = np.where(spread.variance > _NOTHING, spread.variance, 0.0)
    n_clusters = np.array([len(np.unique(design.cluster[inside])) for inside in rows.T])
    # A group may be rarer than the strata's clusters, which then know less of it than they seem to.
    degrees = np.minimum(spread.degrees_of_freedom, n_clusters - 1)
    strata = design.stratum[design.cluster]
    return _Errors(
        estimate=np.array([measure.estimate for measure in measures]),
        error=np.sqrt(variance),
        degrees=np.where(variance > 0, degrees, np.nan),
        n_labels=rows.sum(0),
        n_clusters=n_clusters,
        effective=effective_number(influence, design.weights, rows, variance),
        whole=np.array([bool((design.left[strata[inside]] == 0).all()) for inside in rows.T]),
    )


def _interval(
    measure: Measure, found: _Errors, place: int, level: float
) -> tuple[float | None, float | None, float | None, str | None]:
    """Standard error, ends and reason."""
    estimate, error = found.estimate[place], found.error[place]
    if np.isnan(estimate):
        return None, None, None, UNDEFINED
    if measure.kind == "without":
        return None, None, None, BIASED
    if found.whole[place]:
        return 0.0, estimate, estimate, None
    if found.n_clusters[place] < 2:  # noqa: PLR2004 - two differ
        return None, None, None, ONE_CLUSTER
    if error == 0:
        return _without_spread(measure, found, place, level)
    arguments = estimate, error, found.degrees[place], level
    if measure.kind == "share":
        low, high = share_interval(*arguments)
    elif measure.kind == "correlation":
        low, high = correlation_interval(*arguments)
    else:
        low, high = np.clip(plain_interval(*arguments), *_BOUNDS.get(measure.name, (None, None)))
    return float(error), float(low), float(high), None


def _without_spread(
    measure: Measure, found: _Errors, place: int, level: float
) -> tuple[float | None, float | None, float | None, str | None]:
    estimate = found.estimate[place]
    if not measure.name.startswith(_COUNTED) or estimate not in {0.0, 1.0}:
        return None, None, None, NO_SPREAD
    low, high = unanimous_interval(estimate, found.n_clusters[place], level)
    return None, float(low), float(high), None
