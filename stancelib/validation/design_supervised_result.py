"""`DesignSupervised`: a regression with a predicted variable, corrected by labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from stancelib.notebook import Shown


@dataclass(frozen=True, repr=False)
class DesignSupervised(Shown):
    """A regression with a variable that few rows have from coders, and all from a scorer.

    Attributes
    ----------
    table : polars.DataFrame
        The corrected estimates, medians over splits. Columns term (``constant`` first), estimate,
        se, low, high, p_value (two-sided, of 0), n (rows, labelled or not) and effective_n (labels
        that alone would give the same se).
    comparison : polars.DataFrame
        Columns method, term, estimate, se, low, high. Methods: "raw" (predictions in place of
        labels), "corrected", "labels only" (labelled rows, weighted by inverse probabilities).
    splits : polars.DataFrame
        Columns split, term, estimate, se: how much the random division into folds matters. About
        1.25 times the standard deviation over splits, divided by the root of their number, is the
        error of the median that another seed would show.
    tuning : dict
        How far predictions counted for each term, median over splits: 0 (not at all) to 1.
    explained : float
        Share of the labels' variance that cross-fitted expectations explain, median over splits;
        below 0 where they are worse than the labels' mean. Null variance of labels gives NaN.
    n_labelled, n_rows, n_clusters : int
        Labelled rows, all rows, and clusters of all rows (`n_rows` without clusters).
    confidence_level : float
        Of all intervals.
    sentence : str
        What stands in a results section.

    Examples
    --------
    >>> DesignSupervised.__name__
    'DesignSupervised'
    """

    table: pl.DataFrame
    comparison: pl.DataFrame
    splits: pl.DataFrame
    tuning: dict[str, float]
    explained: float
    n_labelled: int
    n_rows: int
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
            "splits": self.splits.to_dicts(),
            "tuning": self.tuning,
            "explained": self.explained,
            "n_labelled": self.n_labelled,
            "n_rows": self.n_rows,
            "n_clusters": self.n_clusters,
            "confidence_level": self.confidence_level,
            "sentence": self.sentence,
        }

    def _tables(self) -> dict[str, pl.DataFrame]:
        return {"": self.table, "Beside predictions and labels alone": self.comparison}
