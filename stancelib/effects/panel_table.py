"""The table of an effect in a panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from stancelib.effects.panel_errors import PanelSummary

_VALUES = ("estimate", "se", "low", "high", "p_value")


def effect_table(
    terms: Sequence[str], summary: PanelSummary, rows: Mapping[str, int], n: Mapping[str, int]
) -> pl.DataFrame:
    """One row a term; null ends where they are unbounded, and null values without a row.

    Parameters
    ----------
    terms : sequence of str
        In the order of the table.
    summary : PanelSummary
        Of m contrasts.
    rows : mapping of str to int
        Which contrast a term is.
    n : mapping of str to int
        What stands in the column `n`.
    """
    columns = {
        name: [
            _finite(getattr(summary, name)[rows[term]]) if term in rows else None for term in terms
        ]
        for name in _VALUES
    }
    return pl.DataFrame(
        {"term": list(terms), **columns, "n": [n[term] for term in terms]},
        schema={
            "term": pl.String,
            **dict.fromkeys(_VALUES, pl.Float64),
            "n": pl.Int64,
        },
    )


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
