"""Tables of terms, and the lines of a fit over all periods: what several results are made of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.interrupted_time_series_core import without_event
from stancelib.effects.placement import PlacedEvents
from stancelib.effects.segmented_model import Model
from stancelib.effects.student_mixture_core import Contrasts, StudentMixture, contrasts

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def term_table(terms: Sequence[str], summary: Contrasts, n_periods: int) -> pl.DataFrame:
    """One row a term."""
    return pl.DataFrame(
        {
            "term": terms,
            "estimate": summary.estimate,
            "se": summary.se,
            "low": summary.low,
            "high": summary.high,
            "p_value": summary.p_value,
            "n": [n_periods] * len(terms),
        }
    )


def fitted_lines(
    placed: PlacedEvents, model: Model, mixture: StudentMixture, level: float
) -> dict[str, Array]:
    """The fit and the course without the events, each (N,); NaN where a line is not drawn."""
    shown = ~placed.left_out
    after = shown & (np.cumsum(placed.events[0].segments.exposure) > 0)
    fitted = contrasts(mixture, model.design[shown], level)
    expected = contrasts(mixture, without_event(model.design[after], model.all_events), level)
    return {
        "fitted": in_rows(shown, fitted.estimate),
        "counterfactual": in_rows(after, expected.estimate),
        "low": in_rows(shown, fitted.low),
        "high": in_rows(shown, fitted.high),
        "counterfactual_low": in_rows(after, expected.low),
        "counterfactual_high": in_rows(after, expected.high),
    }


def in_rows(rows: Mask, values: Array) -> Array:
    """Values in the chosen rows of all periods, NaN elsewhere."""
    column = np.full(len(rows), np.nan)
    column[rows] = values
    return column
