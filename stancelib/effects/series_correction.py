"""`correct_series`: every cell of a series corrected by labels, for pictures and tables."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from stancelib.effects.checks import check_share
from stancelib.effects.event import Event
from stancelib.effects.labelled_series import raw_cells
from stancelib.effects.periods import OWN_SHARE, ChosenSeries, choose_series
from stancelib.errors import NotEnoughDataError
from stancelib.validation.labelled_cells import TOTAL, LabelledSeries, check_gold, label_cells
from stancelib.validation.pooled_cells_core import PooledCells, pool_cells

Array = NDArray[np.float64]

_CLASSES: Final = (
    *("p_against", "p_neutral", "p_favor"),
    *("share_against", "share_neutral", "share_favor"),
)


def correct_series(
    series: pl.DataFrame,
    labels: pl.DataFrame,
    *,
    event: Event | None = None,
    every: str | None = None,
    confidence_level: float = 0.95,
) -> pl.DataFrame:
    """Correct each cell of a series by human labels, few-labelled cells with the help of others.

    A cell's stance becomes its tuned mean prediction plus a rectifier: the weighted mean of label
    less tuned prediction. The rectifier that a cell's own labels show is drawn toward the mean of
    its target and source (and side of the event) by the Fay-Herriot model: the fewer labels it
    has, and the less rectifiers differ beyond chance, the more.

    Parameters
    ----------
    series : polars.DataFrame
        A Series frame, as `Store.series` returns it.
    labels : polars.DataFrame
        As `gold_labels` returns them, of the same sentences as the series.
    event : Event, optional
        Cells before and after it have means of their own: without it, a scorer whose error jumps
        at an event is corrected by the mean of both sides where labels are few.
    every : str, optional
        Length of a period: 1d, 1w, 2w, 1mo, 1q or 1y. Found from the frame when not given.
    confidence_level : float
        Of `low` and `high`, inside (0, 1).

    Returns
    -------
    polars.DataFrame
        The rows of `series` whose target and source have labels, with `stance`, `se`, `low` and
        `high` corrected (null: no articles; `stance` may leave [-1, 1], `low` and `high` too), and
        `uncorrected`, `n_labels` (labelled articles) and `own_share` (how
        much of the rectifier the cell's own labels say). Columns of single classes are left out,
        because labels correct the mean stance.

    Raises
    ------
    DataError
        When a column is missing or holds what it cannot, or labels lie in cells without articles.
    NotEnoughDataError
        When no series has labels, a series has too few, or a side of the event has none.

    Notes
    -----
    Cells borrow from each other, so that their errors are not independent: this frame is for
    reading and drawing. Effects take ``labels=`` instead, and refuse it.

    References
    ----------
    Fay, R. E. and Herriot, R. A. (1979). Estimates of income for small places: an application of
    James-Stein procedures to census data. JASA 74, 269-277. Paule, R. C. and Mandel, J. (1982).
    Consensus values and weighting factors. Journal of Research of the NBS 87, 377-385.

    Examples
    --------
    >>> import polars as pl
    >>> import stancelib as sl
    >>> corpus = sl.simulate_corpus(300, seed=1)
    >>> with sl.open_store(":memory:") as store:
    ...     _ = store.add_documents(corpus.documents, progress=False)
    ...     _ = store.score(corpus.scorer(), "Russia", progress=False)
    ...     sample = sl.draw_sample(store, 120)
    ...     coded = sample.pairs.select("item", label=pl.lit("neutral"))
    ...     gold = sl.gold_labels(store, sample, coded)
    ...     series = store.series("Russia", every="1mo", by=None)
    >>> corrected = sl.correct_series(series, gold)
    >>> corrected.height == series.height, abs(corrected["stance"].mean()) < 0.01
    (True, True)
    """
    check_share("confidence_level", confidence_level)
    parts = []
    keys = series.select("target", "source").unique().sort("target", "source")
    for target, source in keys.join(check_gold(labels).select("target").unique(), "target").rows():
        chosen = choose_series(series, target=target, source=source, every=every)
        labelled = _labelled(chosen, labels)
        if labelled is not None:
            parts.append(_corrected(series, chosen, labelled, event, confidence_level))
    if not parts:
        raise NotEnoughDataError("no target and source of the series has labels")
    return pl.concat(parts)


def _labelled(chosen: ChosenSeries, labels: pl.DataFrame) -> LabelledSeries | None:
    """The labels of one series; null where there are none."""
    own = labels
    if chosen.source != TOTAL:
        own = labels.filter(pl.col("source") == chosen.source)
    if own.is_empty():
        return None
    return label_cells(
        own,
        target=chosen.target,
        sources=[chosen.source],
        bounds=chosen.bounds,
        raw=raw_cells(chosen),
    )


def _corrected(
    series: pl.DataFrame,
    chosen: ChosenSeries,
    labelled: LabelledSeries,
    event: Event | None,
    confidence_level: float,
) -> pl.DataFrame:
    rectifier = labelled.rectifier()
    side, n_sides = _sides(chosen, rectifier.mean, event.at if event else None)
    pooled: PooledCells = pool_cells(rectifier.mean, rectifier.of_labels, side, n_sides)
    stance = labelled.raw.stance
    corrected = np.where(np.isnan(stance), np.nan, pooled.mean)
    if labelled.tuning:
        corrected = corrected + labelled.tuning * stance
    se = np.sqrt(rectifier.of_articles + pooled.variance)
    half = stats.t.ppf((1 + confidence_level) / 2, labelled.degrees_of_freedom) * se
    cells = pl.DataFrame(
        {
            "period": chosen.frame["period"],
            "stance": corrected,
            "se": se,
            "low": corrected - half,
            "high": corrected + half,
            "uncorrected": stance,
            "n_labels": labelled.labels_of_cells(),
            OWN_SHARE: np.where(np.isnan(stance), np.nan, pooled.own_share),
        },
        nan_to_null=True,
    )
    own = series.filter((pl.col("target") == chosen.target) & (pl.col("source") == chosen.source))
    replaced = ("stance", "se", "low", "high", *_CLASSES)
    kept = own.drop(replaced, strict=False).with_columns(pl.col("period").dt.cast_time_unit("us"))
    joined = kept.join(cells, on="period", how="left", maintain_order="left")
    order = [name for name in series.columns if name in joined.columns]
    return joined.select(*order, pl.all().exclude(order))


def _sides(
    chosen: ChosenSeries, rectifier: Array, at: datetime | None
) -> tuple[NDArray[np.int64], int]:
    """Before or after the event; a period that contains it belongs to the side it is mostly on."""
    n_periods = chosen.frame.height
    if at is None:
        return np.zeros(n_periods, dtype=np.int64), 1
    index, fraction = chosen.position(at)
    first = index + int(fraction > 0.5)  # noqa: PLR2004  (half of the period)
    side = (np.arange(n_periods) >= first).astype(np.int64)
    for number, name in enumerate(("before", "after")):
        if not np.isfinite(rectifier[side == number]).any():
            raise NotEnoughDataError(
                f"{chosen.target} in {chosen.source} has no label {name} the event; label some, or "
                "leave out event="
            )
    return side, 2
