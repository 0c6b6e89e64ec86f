"""How labels enter an effect, and the three effects side by side."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final, TypeVar

import numpy as np
import polars as pl

from stancelib.effects.correction import Correction
from stancelib.effects.difference_in_differences_result import DifferenceInDifferences
from stancelib.effects.event_study_result import EventStudy
from stancelib.effects.known_noise_core import NoisePoints
from stancelib.effects.regression_core import RegressionFit
from stancelib.effects.result import InterruptedTimeSeries
from stancelib.effects.words import Quantity, interval, signed, with_correction
from stancelib.errors import NotEnoughDataError
from stancelib.validation.cell_correction_core import CorrectedCells
from stancelib.validation.drift import DRIFT_GROUPS, ErrorDrift, drift_of
from stancelib.validation.labelled_cells import LabelledSeries

Effect = TypeVar("Effect", InterruptedTimeSeries, EventStudy, DifferenceInDifferences)

METHODS: Final = ("uncorrected", "corrected", "labels_only")
# Standard errors by which predictions must follow labels, before their movement tells theirs.
_CLEAR_RESPONSE = 4.0


def with_labels(effects: dict[str, Effect], labelled: LabelledSeries, term: str) -> Effect:
    """The corrected effect, with the others (by method) beside it and a sentence about one term."""
    effect = effects["corrected"]
    level = effect.confidence_level
    table = pl.concat(
        [effects[name].table.select(pl.lit(name).alias("method"), pl.all()) for name in METHODS]
    )
    correction = _correction(labelled, table, term, level, _drift(effect, labelled))
    sentence = with_correction(effect.sentence, correction.sentence)
    return replace(effect, sentence=sentence, correction=correction)


def _drift(effect: Effect, labelled: LabelledSeries) -> ErrorDrift | None:
    """Null where a side has hardly any labels."""
    treated = None
    if isinstance(effect, EventStudy | DifferenceInDifferences) and effect.controls:
        treated = effect.treated
    at, level = effect.event.at, effect.confidence_level
    try:
        return drift_of(labelled.gold, at, DRIFT_GROUPS, level, treated=treated)
    except NotEnoughDataError:
        return None


def _correction(
    labelled: LabelledSeries,
    table: pl.DataFrame,
    term: str,
    confidence_level: float,
    drift: ErrorDrift | None,
) -> Correction:
    rows = table.filter(term=term)
    words = f"Corrected with {labelled.n_labels:,} labels of {labelled.n_articles:,} articles"
    if (shorter := _shorter(rows)) is not None:
        words += f", {shorter} than labels alone would"
    others = "; ".join(
        f"{name} {_words(rows.filter(method=method))}"
        for method, name in (("uncorrected", "uncorrected"), ("labels_only", "labels alone"))
    )
    return Correction(
        table=table,
        n_labels=labelled.n_labels,
        n_articles=labelled.n_articles,
        n_outside=labelled.n_outside,
        tuning=labelled.tuning,
        effective_labels=labelled.effective_labels,
        drift=drift,
        sentence=f"{words}; {others}." + ("" if drift is None else f" {drift.sentence}"),
        confidence_level=confidence_level,
    )


def _shorter(rows: pl.DataFrame) -> str | None:
    """How much shorter predictions make the interval; null where one has no ends."""
    widths = dict(rows.select("method", pl.col("high") - pl.col("low")).rows())
    if not widths["corrected"] or not widths["labels_only"]:
        return None
    percent = round(100 * (1 - widths["corrected"] / widths["labels_only"]))
    if percent == 0:
        return "which leave an interval no shorter"
    return f"which leave an interval {abs(percent)} % {'shorter' if percent > 0 else 'longer'}"


@contextmanager
def fitting_labelled_cells(labelled: LabelledSeries) -> Iterator[None]:
    """Say of what is missing in the cells with labels that labels are."""
    try:
        yield
    except NotEnoughDataError as error:
        n_labelled = int((labelled.labels_of_cells() > 0).sum())
        n_cells = int(np.isfinite(labelled.raw.stance).sum())
        raise NotEnoughDataError(
            f"{labelled.n_labels:,} labels lie in {n_labelled:,} of {n_cells:,} cells with "
            "articles, and only these are fitted; label more, or take longer periods (every=...). "
            f"Of these cells: {error}"
        ) from error


def _words(row: pl.DataFrame) -> str:
    values = row.row(0, named=True)
    if values["low"] is None or values["high"] is None:
        if values["estimate"] is None:
            return "unknown"
        return signed(Quantity(values["estimate"], -np.inf, np.inf))
    quantity = Quantity(values["estimate"], values["low"], values["high"])
    return f"{signed(quantity)} ({interval(quantity)})"


def noise_for(raw: RegressionFit, labelled: LabelledSeries) -> NoisePoints | None:
    """The autoregression of the true series, as the scorer's series tells it.

    Null where every pair is labelled (the labels' own series tells it) or where predictions do not
    clearly follow labels (it tells nothing).
    """
    response = labelled.response
    clear = response.slope >= _CLEAR_RESPONSE * response.se
    if raw.points is None or labelled.complete or not clear:
        return None
    return raw.points.magnified(1 / response.slope)


def written_as_articles(cells: CorrectedCells, labelled: LabelledSeries) -> dict[str, np.ndarray]:
    """Stance, se and n_effective of cells, so that models read the variances out of them.

    ``se^2 n_effective`` is the same everywhere, which pools nothing anew, and ``n_effective - 1``
    adds up to the degrees of freedom of the cells that are fitted.
    """
    known = np.isfinite(cells.stance)
    precision = 1 / np.where(known & (cells.variance > 0), cells.variance, np.nan)
    if np.isnan(precision).all():
        # Labels that do not scatter in any cell: nothing is known of the size of the noise.
        return {"stance": cells.stance, "se": np.sqrt(cells.variance), "n_effective": 1.0 * known}
    fitted = known & labelled.articles.fitted
    factor = (labelled.degrees_of_freedom + fitted.sum()) / np.nansum(precision[fitted])
    return {
        "stance": cells.stance,
        "se": np.sqrt(cells.variance),
        "n_effective": np.where(known, factor * np.nan_to_num(precision, nan=1.0), 0.0),
    }
