"""What `labels_needed` returns, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from stancelib.notebook import Shown


@dataclass(frozen=True, repr=False)
class LabelsNeeded(Shown):
    """How many labels an effect needs, and where.

    Attributes
    ----------
    table : polars.DataFrame
        A row a cell: `before_after`, the columns of `by`, `n_population` (pairs that the pilot's
        weights stand for), `n_pilot` (labels of the pilot), `sd_label` (of the labels, -1 to 1),
        `sd_rest` (of what predictions leave of them), `n_labels` and `n_without_scorer` (wanted,
        those of the pilot included).
    n, n_without_scorer : int
        Labels in all, with predictions and by labels alone.
    n_low, n_high : int
        Where `n` may lie, because the pilot is small.
    tuning : float
        What predictions count in the corrected means (lambda of PPI++).
    correlation : float or None
        Of what predictions leave, within articles; null where no article of the pilot has two
        labels.
    sentence : str
        What stands in a proposal.
    effect, wanted, confidence_level : float
        What was asked for.

    Examples
    --------
    >>> LabelsNeeded.__name__
    'LabelsNeeded'
    """

    table: pl.DataFrame
    n: int
    n_low: int
    n_high: int
    n_without_scorer: int
    tuning: float
    correlation: float | None
    sentence: str
    effect: float
    wanted: float
    confidence_level: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as json takes them."""
        return {
            "table": self.table.to_dicts(),
            "n": self.n,
            "n_low": self.n_low,
            "n_high": self.n_high,
            "n_without_scorer": self.n_without_scorer,
            "tuning": self.tuning,
            "correlation": self.correlation,
            "sentence": self.sentence,
            "effect": self.effect,
            "wanted": self.wanted,
            "confidence_level": self.confidence_level,
        }


def tell_needed(
    table: pl.DataFrame, ends: tuple[int, int], setting: tuple[float, float, float], *, alone: bool
) -> str:
    """The sentence.

    Parameters
    ----------
    table : polars.DataFrame
        As in the result.
    ends : (low, high)
        Of n.
    setting : (effect, wanted, level)
        What was asked for.
    alone : bool
        Whether the series' own error was left out.
    """
    effect, wanted, level = setting
    sides = dict(table.group_by("before_after").agg(pl.col("n_labels").sum()).iter_rows())
    total, without = table["n_labels"].sum(), table["n_without_scorer"].sum()
    noise = "; the series' own noise is not in this" if alone else ""
    return (
        f"To show a change of {abs(effect):.2g} with a power of {wanted:.0%} ({level:.0%} interval "
        f"without 0), {total:,} labels are needed, {sides['before']:,} from before the event and "
        f"{sides['after']:,} from after it; by labels alone {without:,}. By a pilot of "
        f"{table['n_pilot'].sum():,} labels, the number may lie between {ends[0]:,} and "
        f"{ends[1]:,}{noise}."
    )
