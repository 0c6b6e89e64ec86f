"""Stance by target, source and period, and the forms that targets are named by."""

from stancelib.series.change_decomposition import ChangeDecomposition, decompose_change
from stancelib.series.composition_index import fixed_composition
from stancelib.series.intervals import share_intervals, with_student_intervals
from stancelib.series.kernels import Kernel, LocalRegression
from stancelib.series.naming import alias_audit
from stancelib.series.smoothing import smooth
from stancelib.series.stance_series import (
    Duplicates,
    Every,
    Interval,
    stance_series,
)
from stancelib.series.weights import DocumentWeights, SentenceWeights, SourceWeights

__all__ = [
    "ChangeDecomposition",
    "DocumentWeights",
    "Duplicates",
    "Every",
    "Interval",
    "Kernel",
    "LocalRegression",
    "SentenceWeights",
    "SourceWeights",
    "alias_audit",
    "decompose_change",
    "fixed_composition",
    "share_intervals",
    "smooth",
    "stance_series",
    "with_student_intervals",
]
