"""What `accuracy` returns, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from stancelib.notebook import Shown


@dataclass(frozen=True, repr=False)
class Accuracy(Shown):
    """How well a scorer says what coders say, for the pairs of the store, not only the labelled.

    Attributes
    ----------
    table : polars.DataFrame
        A row a group and measure: `by` ("all", or a name of `by`), `group` (its value), `measure`,
        `estimate`, `se`, `low`, `high`, `degrees_of_freedom`, `n_labels` and `n_clusters` (that
        the measure is about), `n_effective` (labels of a simple random sample that would err as
        much) and `reason` (why there is no estimate or no interval; else null).
    confusion : polars.DataFrame
        A row a group, label and prediction: `by`, `group`, `label`, `predicted`, `n` (labelled
        pairs), `share` (of the group's pairs, weighted) and `share_of_label` (of those with that
        label, weighted; null where there are none).
    calibration : polars.DataFrame
        A row a group and bin: `by`, `group`, `of` (the class whose probability it is; "predicted"
        for that of the class that is named), `from`, `to`, `probability` (mean of what was given),
        `observed` (weighted share for which it came true), `se`, `low`, `high`, `n_labels`,
        `n_clusters`. Bins without labels are left out.
    sentence : str
        What stands in a methods section.
    confidence_level : float
        Of the intervals.
    n_lonely_strata : int
        Strata with one cluster, whose part of the error is its distance from the mean of all.

    Examples
    --------
    >>> Accuracy.__name__
    'Accuracy'
    """

    table: pl.DataFrame
    confusion: pl.DataFrame
    calibration: pl.DataFrame
    sentence: str
    confidence_level: float
    n_lonely_strata: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as json takes them."""
        return {
            "table": self.table.to_dicts(),
            "confusion": self.confusion.to_dicts(),
            "calibration": self.calibration.to_dicts(),
            "sentence": self.sentence,
            "confidence_level": self.confidence_level,
            "n_lonely_strata": self.n_lonely_strata,
        }

    _formats = dict.fromkeys(("estimate", "low", "high"), "plain")

    def _tables(self) -> dict[str, pl.DataFrame]:
        return {"": self.table, "Labels and predictions": self.confusion}


def tell_accuracy(table: pl.DataFrame, level: float) -> str:
    """The sentence of the rows for all pairs."""
    rows = {row["measure"]: row for row in table.filter(by="all").to_dicts()}
    accuracy, f1, bias = rows["accuracy"], rows["macro_f1"], rows["bias"]
    labels = "1 label" if accuracy["n_labels"] == 1 else f"{accuracy['n_labels']:,} labels"
    macro = (
        f"Macro-F1 is {f1['estimate']:.2f}{_bounds(f1, level)}."
        if f1["estimate"] is not None
        else "Macro-F1 is not defined, because a class is missing."
    )
    way = "favorable" if bias["estimate"] > 0 else "hostile"
    return (
        f"By {labels}, weighted for how they were drawn, the scorer says what coders say in "
        f"{accuracy['estimate']:.0%} of the pairs{_bounds(accuracy, level, '.0%')}. {macro} Its "
        f"mean stance is {abs(bias['estimate']):.3f} more {way} than that of the labels"
        f"{_bounds(bias, level, '+.3f')}."
    )


def _bounds(row: dict[str, Any], level: float, form: str = ".2f") -> str:
    if row["low"] is None:
        return " (no interval)"
    return f" ({level:.0%} interval {row['low']:{form}} to {row['high']:{form}})"
