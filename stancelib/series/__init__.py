"""Series: stance by source and period, from the scores of sentences."""

from stancelib.series.decompose_change import ChangeDecomposition, decompose_change
from stancelib.series.fixed_composition import fixed_composition
from stancelib.series.intervals import share_intervals, with_student_intervals
from stancelib.series.kernels import Kernel, LocalRegression
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
    "decompose_change",
    "fixed_composition",
    "share_intervals",
    "smooth",
    "stance_series",
    "with_student_intervals",
]
