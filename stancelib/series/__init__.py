"""Series: stance by source and period, from the scores of sentences."""

from stancelib.series.intervals import share_intervals, with_student_intervals
from stancelib.series.stance_series import (
    Duplicates,
    Every,
    Interval,
    stance_series,
)
from stancelib.series.weights import DocumentWeights, SentenceWeights, SourceWeights

__all__ = [
    "DocumentWeights",
    "Duplicates",
    "Every",
    "Interval",
    "SentenceWeights",
    "SourceWeights",
    "share_intervals",
    "stance_series",
    "with_student_intervals",
]
