"""Tables of estimates: corrected, from predictions alone, and from labels alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]

Reference = Literal["normal", "t"]
REFERENCES: Final[tuple[Reference, ...]] = ("normal", "t")
RAW: Final = "raw"
CORRECTED: Final = "corrected"
LABELS_ONLY: Final = "labels only"


@dataclass(frozen=True, slots=True)
class Fitted:
    """Estimates of k terms.

    Attributes
    ----------
    coefficients : (k,)
        Of the terms.
    errors : (k,)
        Standard errors.
    degrees_of_freedom : float
        Of Student's t; infinite for the normal distribution.
    """

    coefficients: Array
    errors: Array
    degrees_of_freedom: float = np.inf


def term_table(
    fitted: Fitted, alone: Fitted, terms: Sequence[str], *, level: float, n: int, n_labels: int
) -> pl.DataFrame:
    """A row for each term, with its p-value and the labels that alone give the same error."""
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.abs(fitted.coefficients) / fitted.errors
        effective = n_labels * (alone.errors / fitted.errors) ** 2
    p_value = 2 * _reference(fitted).sf(statistic)
    return _intervals(fitted, terms, level).with_columns(
        p_value=pl.Series(p_value, dtype=pl.Float64).fill_nan(None),
        n=pl.lit(n, pl.Int64),
        effective_n=pl.Series(effective, dtype=pl.Float64).fill_nan(None),
    )


def comparison_table(
    methods: Mapping[str, Fitted], terms: Sequence[str], *, level: float
) -> pl.DataFrame:
    """A row for each method and term."""
    return pl.concat(
        [
            _intervals(fitted, terms, level).select(pl.lit(method).alias("method"), pl.all())
            for method, fitted in methods.items()
        ]
    )


def told_rows(comparison: pl.DataFrame, term: str, level: float) -> str:
    """A term under each method, in words."""
    parts = [
        f"{row['method']} {row['estimate']:+.3f} ({row['low']:+.3f} to {row['high']:+.3f})"
        for row in comparison.filter(pl.col("term") == term).iter_rows(named=True)
    ]
    return f"{term}, with {level:.0%} intervals: {'; '.join(parts)}."


def _intervals(fitted: Fitted, terms: Sequence[str], level: float) -> pl.DataFrame:
    half = _reference(fitted).ppf((1 + level) / 2) * fitted.errors
    return pl.DataFrame(
        {
            "term": list(terms),
            "estimate": fitted.coefficients,
            "se": fitted.errors,
            "low": fitted.coefficients - half,
            "high": fitted.coefficients + half,
        }
    )


def _reference(fitted: Fitted) -> Any:
    freedom = fitted.degrees_of_freedom
    return stats.norm() if np.isinf(freedom) else stats.t(freedom)
