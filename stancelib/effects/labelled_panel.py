"""Panels whose cells are corrected by labels, and their effects side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import numpy as np
import polars as pl

from stancelib.effects.correction_assembly import (
    fitting_labelled_cells,
    with_labels,
    written_as_articles,
)
from stancelib.effects.difference_in_differences_result import DifferenceInDifferences
from stancelib.effects.event_study_result import EventStudy
from stancelib.effects.panel_placement import ComparedSources, Mask
from stancelib.validation.cell_correction_core import CorrectedCells, RawCells
from stancelib.validation.labelled_cells import LabelledSeries, label_cells

PanelEffect = TypeVar("PanelEffect", EventStudy, DifferenceInDifferences)


def correct_panel(
    compared: ComparedSources,
    gold: pl.DataFrame,
    uncorrected: PanelEffect,
    estimate: Callable[[ComparedSources], PanelEffect],
    used: Mask,
) -> PanelEffect:
    """Estimate from the corrected cells and from those of the labels, beside the raw ones.

    `used` (T,) are the periods that are fitted.
    """
    labelled = label_panel(compared, gold, used)
    with fitting_labelled_cells(labelled):
        effect = estimate(panel_with_cells(compared, labelled.corrected(), labelled))
        alone = estimate(panel_with_cells(compared, labelled.labels_only(), labelled))
    effects = {"uncorrected": uncorrected, "corrected": effect, "labels_only": alone}
    return with_labels(effects, labelled, effect.table["term"][-1])


def label_panel(compared: ComparedSources, gold: pl.DataFrame, used: Mask) -> LabelledSeries:
    """Put the labels on the cells of a panel; `used` (T,) are the periods that are fitted."""
    panel = compared.panel
    n_effective = np.nan_to_num(panel.n_effective.ravel())
    return label_cells(
        gold,
        target=panel.target,
        sources=panel.sources,
        bounds=panel.bounds,
        raw=RawCells(panel.stance.ravel(), panel.se.ravel() ** 2, n_effective),
        used=used,
    )


def panel_with_cells(
    compared: ComparedSources, cells: CorrectedCells, labelled: LabelledSeries
) -> ComparedSources:
    """The panel with other stances and errors; cells without labels become gaps."""
    panel = compared.panel
    shape = panel.stance.shape
    written = written_as_articles(cells, labelled)
    stance, se, n_effective = (
        written[name].reshape(shape) for name in ("stance", "se", "n_effective")
    )
    known = np.isfinite(stance)
    changed = replace(
        panel,
        stance=stance,
        se=se,
        n_effective=np.where(known, n_effective, np.nan),
        n_documents=np.where(known, panel.n_documents, 0.0),
    )
    return replace(compared, panel=changed)
