"""`Correction`: an effect with human labels, beside the same without them and with them alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from stancelib.effects.presentation import plain_table, plain_value
from stancelib.errors import ArgumentError
from stancelib.notebook import Shown

if TYPE_CHECKING:
    import altair as alt

    from stancelib.validation.drift import ErrorDrift


_METHOD_NAMES = {
    "uncorrected": "Predictions alone",
    "corrected": "Corrected by labels",
    "labels_only": "Labels alone",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Correction(Shown):
    """What human labels did to an effect; `effect.correction` where ``labels=`` were given.

    Attributes
    ----------
    table : polars.DataFrame
        The columns of the effect's table after `method`: ``"uncorrected"`` (predictions alone),
        ``"corrected"`` (the effect itself) and ``"labels_only"``.
    n_labels, n_articles : int
        Labelled pairs and articles in the cells of the series.
    n_outside : int
        Labels of other targets, sources or times, which were not used.
    tuning : float
        Factor of the predictions: 0 where they say nothing, 1 where they are right on average,
        above it where they say too little.
    effective_labels : float
        Labels that would measure the cells as well without the scorer. An effect gains less where
        the outlet itself moves from period to period, and more where predictions tell how far.
    drift : ErrorDrift or None
        Whether the scorer's error changed at the event; null with fewer than two labelled articles
        on a side.
    sentence : str
        The same for a reader.
    confidence_level : float
        Of all intervals.

    Examples
    --------
    >>> Correction.__name__
    'Correction'
    """

    table: pl.DataFrame
    n_labels: int
    n_articles: int
    n_outside: int
    tuning: float
    effective_labels: float
    drift: ErrorDrift | None
    sentence: str
    confidence_level: float

    def chart(self, *, term: str | None = None, title: str | None = None) -> alt.LayerChart:
        """Draw one term as the predictions, the labels with their help, and the labels alone say.

        Parameters
        ----------
        term : str, optional
            Of ``.table``; its first when not given.
        title : str, optional
            Above the picture.

        Returns
        -------
        altair.LayerChart
            Can be changed further.

        Raises
        ------
        ArgumentError
            For an unknown term.
        """
        # Altair is loaded only when a picture is asked for.
        from stancelib.charts import forest_plot  # noqa: PLC0415

        terms = self.table["term"].unique(maintain_order=True).to_list()
        wanted = terms[0] if term is None else term
        if wanted not in terms:
            raise ArgumentError.unknown("term", wanted, terms)
        rows = self.table.filter(term=wanted).with_columns(
            label=pl.col("method").replace_strict(_METHOD_NAMES),
            group=pl.col("method"),
        )
        return forest_plot(
            rows.filter(pl.col("estimate").is_not_null()),
            quantity=f"{wanted}, in stance units",
            confidence_level=self.confidence_level,
            title=title or f"What {self.n_labels:,} labels change",
            description=self.sentence,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values that json can write."""
        values = {
            name: plain_value(getattr(self, name))
            for name in self.__slots__
            if name not in {"table", "drift"}
        }
        drift = self.drift and {
            "sentence": self.drift.sentence,
            "table": plain_table(self.drift.table),
            "between": plain_table(self.drift.between),
        }
        return values | {"table": plain_table(self.table), "drift": drift}
