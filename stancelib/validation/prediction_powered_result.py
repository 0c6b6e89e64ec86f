"""`PredictionPowered`: estimates from many predictions, corrected by few labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from stancelib.notebook import Shown


@dataclass(frozen=True, repr=False)
class PredictionPowered(Shown):
    """Estimates from predictions, corrected by labels.

    Attributes
    ----------
    table : polars.DataFrame
        The corrected estimates. Columns term ("mean", or those of the regression), estimate, se,
        low, high, p_value (two-sided, of 0; null where the error is 0), n (rows, labelled or not)
        and effective_n (labels that alone would give the same se; null where both errors are 0).
    comparison : polars.DataFrame
        Columns method, term, estimate, se, low, high. Methods: "raw" (predictions of all rows,
        taken for labels), "corrected", "labels only".
    tuning : float
        How far predictions counted: 0 (not at all) to 1.
    n_labelled, n_unlabelled : int
        Rows with and without a label.
    n_clusters : int
        Clusters of the labelled rows; `n_labelled` without clusters.
    confidence_level : float
        Of all intervals.
    sentence : str
        What stands in a results section.

    Examples
    --------
    >>> from stancelib import prediction_powered_mean
    >>> prediction_powered_mean([1, 0, 1, 1], [1, 0, 1, 1], [1, 0] * 20, tuning=1).tuning
    1.0
    """

    table: pl.DataFrame
    comparison: pl.DataFrame
    tuning: float
    n_labelled: int
    n_unlabelled: int
    n_clusters: int
    confidence_level: float
    sentence: str

    @property
    def effective_n(self) -> dict[str, float | None]:
        """Labels that alone would give the same error, by term."""
        return dict(zip(self.table["term"], self.table["effective_n"], strict=True))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as json takes them."""
        return {
            "table": self.table.to_dicts(),
            "comparison": self.comparison.to_dicts(),
            "tuning": self.tuning,
            "n_labelled": self.n_labelled,
            "n_unlabelled": self.n_unlabelled,
            "n_clusters": self.n_clusters,
            "confidence_level": self.confidence_level,
            "sentence": self.sentence,
        }

    def _tables(self) -> dict[str, pl.DataFrame]:
        return {"": self.table, "Beside predictions and labels alone": self.comparison}
