"""An interrupted time series of the labels, with the predictions' help."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from stancelib.effects.correction_assembly import (
    fitting_labelled_cells,
    noise_for,
    with_labels,
    written_as_articles,
)
from stancelib.effects.interrupted_estimate import Setting, estimate
from stancelib.effects.periods import ChosenSeries
from stancelib.effects.regression_core import RegressionFit
from stancelib.effects.result import InterruptedTimeSeries
from stancelib.validation.cell_correction_core import CorrectedCells, RawCells
from stancelib.validation.labelled_cells import LabelledSeries, label_cells


def correct_interrupted(
    chosen: ChosenSeries,
    setting: Setting,
    gold: pl.DataFrame,
    raw: tuple[InterruptedTimeSeries, RegressionFit],
) -> InterruptedTimeSeries:
    """Fit the corrected series and that of the labels, and put them beside the raw one."""
    uncorrected, raw_fit = raw
    labelled = label_cells(
        gold,
        target=chosen.target,
        sources=[chosen.source],
        bounds=chosen.bounds,
        raw=raw_cells(chosen),
        used=uncorrected.fitted["used"].to_numpy(),
    )
    noise = noise_for(raw_fit, labelled)
    with fitting_labelled_cells(labelled):
        effect, _ = estimate(with_cells(chosen, labelled.corrected(), labelled), setting, noise)
        alone, _ = estimate(with_cells(chosen, labelled.labels_only(), labelled), setting)
    effects = {"uncorrected": uncorrected, "corrected": effect, "labels_only": alone}
    return with_labels(effects, labelled, effect.table["term"][0])


def raw_cells(chosen: ChosenSeries) -> RawCells:
    """The series as cells without labels."""
    columns = chosen.frame.select(pl.col("stance", "se", "n_effective").cast(pl.Float64))
    stance, se, n_effective = (
        columns[name].fill_null(np.nan).to_numpy() for name in columns.columns
    )
    return RawCells(stance, se**2, np.nan_to_num(n_effective))


def with_cells(
    chosen: ChosenSeries, cells: CorrectedCells, labelled: LabelledSeries
) -> ChosenSeries:
    """The series with other stances and errors; periods without labels become gaps."""
    written = written_as_articles(cells, labelled)
    columns = [pl.Series(name, values).fill_nan(None) for name, values in written.items()]
    frame = chosen.frame.with_columns(columns)
    return replace(chosen, frame=frame)
