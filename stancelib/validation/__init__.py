"""Human labels: whom to ask, how far coders agree, and how well a scorer says it."""

from stancelib.validation.accuracy_result import Accuracy
from stancelib.validation.adjudication import adjudicate
from stancelib.validation.coder_agreement import Agreement, agreement
from stancelib.validation.gold import gold_labels
from stancelib.validation.label_planning import labels_needed
from stancelib.validation.label_planning_result import LabelsNeeded
from stancelib.validation.sample_result import Sample
from stancelib.validation.sampling import draw_sample
from stancelib.validation.scorer_accuracy import accuracy

__all__ = [
    "Accuracy",
    "Agreement",
    "LabelsNeeded",
    "Sample",
    "accuracy",
    "adjudicate",
    "agreement",
    "draw_sample",
    "gold_labels",
    "labels_needed",
]
