"""Gold labels on the cells of a series, and the cells corrected by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.errors import ArgumentError, DataError, NotEnoughDataError
from stancelib.validation.cell_correction_core import (
    CorrectedCells,
    RawCells,
    Rectifier,
    correct_cells,
    degrees_of_freedom,
    rectifier_of,
    residual_variance,
    unseen_share,
)
from stancelib.validation.gold import NUMBERS
from stancelib.validation.labelled_articles_core import (
    LabelledArticles,
    LabelledPairs,
    articles_of,
    cell_means,
)
from stancelib.validation.power_tuning_core import Response, power_tuning, response_of

Array = NDArray[np.float64]

GOLD_COLUMNS: Final = (
    "target",
    "source",
    "doc_id",
    "published_at",
    "label",
    "stance",
    "inclusion_probability",
    "n_sentences",
    "lang",
    "voice",
)
_NAMES: Final = ("target", "source", "doc_id", "lang", "voice")
_NUMBERS: Final = ("stance", "inclusion_probability", "n_sentences")
# Below it, neither the scatter of labels nor what the predictions are worth can be estimated.
FEWEST_DEGREES_OF_FREEDOM: Final = 10.0
TOTAL: Final = "all"


@dataclass(frozen=True, slots=True, eq=False)
class LabelledSeries:
    """The labels of the cells (G sources, T periods) of one target, and what they say.

    Attributes
    ----------
    gold : polars.DataFrame
        The rows of the gold frame that lie in the cells.
    articles : LabelledArticles
        On G * T cells, source by source.
    raw : RawCells
        The uncorrected cells, flat.
    tuning : float
        Share of the prediction that is used.
    response : Response
        How far predictions follow labels.
    degrees_of_freedom : float
        Labelled articles less one a cell.
    n_outside : int
        Labels of other targets, sources or times.
    """

    gold: pl.DataFrame
    articles: LabelledArticles
    raw: RawCells
    tuning: float
    response: Response
    degrees_of_freedom: float
    n_outside: int

    @property
    def n_labels(self) -> int:
        """Labelled pairs in the cells."""
        return self.gold.height

    @property
    def n_articles(self) -> int:
        """Labelled articles in the cells."""
        return len(self.articles.cell)

    @property
    def complete(self) -> bool:
        """Whether all pairs of all labelled cells are labelled."""
        return bool((self.articles.unseen <= 0).all())

    @property
    def effective_labels(self) -> float:
        """Labels that would measure the cells as well without the scorer.

        At most as many as there are pairs: what is labelled already has no error to be taken away.
        """
        whole = residual_variance(self.articles, 0.0)
        if not whole > 0:
            return float(self.n_labels)
        weight = self.labels_of_cells()
        unseen = float(weight @ unseen_share(self.articles) / weight.sum())
        left = residual_variance(self.articles, self.tuning) / whole
        return self.n_labels / (unseen * left + 1 - unseen)

    def corrected(self) -> CorrectedCells:
        """Predictions corrected by labels."""
        return correct_cells(self.articles, self.raw, self.tuning)

    def labels_only(self) -> CorrectedCells:
        """The labels alone."""
        return correct_cells(self.articles, self.raw, 0.0)

    def rectifier(self) -> Rectifier:
        """Label less tuned prediction in each cell, before it is pooled."""
        return rectifier_of(self.articles, self.raw, self.tuning)

    def labels_of_cells(self) -> Array:
        """Labelled articles (G * T)."""
        return cell_means(self.articles, self.articles.label).n_articles


def label_cells(
    gold: pl.DataFrame,
    *,
    target: str,
    sources: Sequence[str],
    bounds: Sequence[datetime],
    raw: RawCells,
    used: NDArray[np.bool_] | None = None,
) -> LabelledSeries:
    """Put the labels of a gold frame on the cells of a series.

    Parameters
    ----------
    gold : polars.DataFrame
        As `gold_labels` returns it.
    target : str
        Of the series.
    sources : sequence of str
        G names; ``"all"`` alone takes labels of every source.
    bounds : sequence of datetime
        First instants of T periods, and the end of the last.
    raw : RawCells
        G * T cells, source by source; NaN stance where there are no articles.
    used : (T,), optional
        Periods that are fitted: others, such as one that holds the event and is left out, do not
        tell how labels scatter.

    Raises
    ------
    ArgumentError
        When `gold` is no frame.
    DataError
        When a column is missing or holds what it cannot, or labels lie where the series has no
        articles.
    NotEnoughDataError
        When no label, or too few in the same cells, belong to the series.
    """
    checked = check_gold(gold)
    cells = _cells(checked, target, sources, bounds).filter(pl.col("cell") >= 0)
    if cells.is_empty():
        raise NotEnoughDataError(
            f"none of the {gold.height:,} labels is of {target} in {', '.join(sources)} within the "
            "series; draw a sample there"
        )
    strange = cells.filter(pl.Series(np.isnan(raw.stance[cells["cell"].to_numpy()])))
    if not strange.is_empty():
        row = strange.row(0, named=True)
        raise DataError(
            f"{strange.height:,} labels lie in cells where the series has no articles, such as "
            f"{row['source']} on {row['published_at'].isoformat()}; make gold and series from the "
            "same store with the same voice= and part="
        )
    fitted = np.ones(len(raw.stance), dtype=bool) if used is None else np.tile(used, len(sources))
    raw = replace(raw, variance=np.where(fitted, raw.variance, np.nan))
    articles = articles_of(_pairs(cells), len(raw.stance), len(sources), fitted)
    freedom = degrees_of_freedom(cell_means(articles, articles.label))
    if freedom < FEWEST_DEGREES_OF_FREEDOM:
        raise NotEnoughDataError(
            f"{cells.height:,} labels of {target} are too thin: cells hold {freedom:.1f} labelled "
            f"articles beyond their first, at least {FEWEST_DEGREES_OF_FREEDOM:g} are needed; take "
            "longer periods (every=...), or label more"
        )
    return LabelledSeries(
        gold=cells.drop("cell"),
        articles=articles,
        raw=raw,
        tuning=power_tuning(articles),
        response=response_of(articles),
        degrees_of_freedom=freedom,
        n_outside=gold.height - cells.height,
    )


def check_gold(gold: pl.DataFrame) -> pl.DataFrame:
    """Refuse a frame that is no gold frame.

    Labels become numbers in the column `label_stance`, and times those of UTC.
    """
    _check_types(gold)
    rules = {
        **{f"'{name}' must be there": pl.col(name).is_not_null() for name in _NAMES},
        "'published_at' must be there": pl.col("published_at").is_not_null(),
        f"'label' must be one of {', '.join(NUMBERS)}": pl.col("label")
        .cast(pl.String)
        .is_in(list(NUMBERS)),
        "'inclusion_probability' must lie in (0, 1]": (pl.col("inclusion_probability") > 0)
        & (pl.col("inclusion_probability") <= 1),
        "'stance' must be a finite number": pl.col("stance").is_finite(),
        "'n_sentences' must be at least 1": (pl.col("n_sentences") >= 1)
        & pl.col("n_sentences").is_finite(),
    }
    for rule, holds in rules.items():
        broken = gold.filter(~holds.fill_null(value=False))
        if not broken.is_empty():
            value = broken[rule.split("'")[1]][0]
            raise DataError(f"{rule}; it is {value!r} in {broken.height:,} rows of the gold frame")
    _check_once(gold)
    return gold.with_columns(
        pl.col("published_at").dt.cast_time_unit("us").dt.convert_time_zone("UTC"),
        label_stance=pl.col("label").cast(pl.String).replace_strict(NUMBERS),
    )


def _check_types(gold: pl.DataFrame) -> None:
    if not isinstance(gold, pl.DataFrame):
        raise ArgumentError(
            f"labels must be a polars.DataFrame as gold_labels returns it; got "
            f"{type(gold).__name__}"
        )
    for name in GOLD_COLUMNS:
        if name not in gold.columns:
            raise DataError.missing_column(name, gold.columns)
    for name in _NUMBERS:
        if not gold[name].dtype.is_numeric():
            raise DataError(f"{name!r} must hold numbers; its type is {gold[name].dtype}")
    kind = gold["published_at"].dtype
    if not isinstance(kind, pl.Datetime) or kind.time_zone is None:
        raise DataError(
            f"'published_at' must be a datetime with a time zone; its type is {kind}. Take the "
            "frame as gold_labels returns it, or say .dt.replace_time_zone('UTC')"
        )


def _check_once(gold: pl.DataFrame) -> None:
    """Frames without the column `item`, made by hand, are believed."""
    if "item" in gold.columns and gold["item"].is_duplicated().any():
        item = gold.filter(pl.col("item").is_duplicated())["item"][0]
        raise DataError(f"item {item!r} stands in more than one row of the gold frame")


def _cells(
    gold: pl.DataFrame, target: str, sources: Sequence[str], bounds: Sequence[datetime]
) -> pl.DataFrame:
    """The rows with the number of their cell; -1 outside."""
    n_periods = len(bounds) - 1
    edges = pl.Series(list(bounds), dtype=pl.Datetime("us", "UTC")).to_physical().to_numpy()
    instants = gold["published_at"].to_physical().to_numpy()
    period = np.searchsorted(edges, instants, side="right") - 1
    if list(sources) == [TOTAL]:
        source = np.zeros(gold.height, dtype=np.int64)
    else:
        places = {name: place for place, name in enumerate(sources)}
        source = gold["source"].replace_strict(places, default=-1, return_dtype=pl.Int64).to_numpy()
    inside = (
        (period >= 0) & (period < n_periods) & (source >= 0) & (gold["target"] == target).to_numpy()
    )
    return gold.with_columns(cell=pl.Series(np.where(inside, source * n_periods + period, -1)))


def _pairs(cells: pl.DataFrame) -> LabelledPairs:
    weight = 1 / (cells["inclusion_probability"] * cells["n_sentences"])
    article = cells.select(pl.struct("doc_id", "cell").rank("dense")).to_series()
    return LabelledPairs(
        cell=cells["cell"].to_numpy().astype(np.int64),
        article=article.to_numpy().astype(np.int64) - 1,
        label=cells["label_stance"].to_numpy(),
        predicted=cells["stance"].to_numpy(),
        weight=weight.to_numpy(),
        probability=cells["inclusion_probability"].to_numpy(),
    )
