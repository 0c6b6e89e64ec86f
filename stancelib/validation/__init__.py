"""Human labels, from a sample to what they say of a scorer; and audits without them."""

from stancelib.validation.accuracy_result import Accuracy
from stancelib.validation.adjudication import adjudicate
from stancelib.validation.audit_result import Audit
from stancelib.validation.coder_agreement import Agreement, agreement
from stancelib.validation.coding_reader import Codings, read_codings
from stancelib.validation.coding_sheet import write_coding_sheet
from stancelib.validation.design_supervised import design_supervised_regression
from stancelib.validation.design_supervised_result import DesignSupervised
from stancelib.validation.drift import ErrorDrift, error_drift
from stancelib.validation.gold import gold_labels
from stancelib.validation.label_budget import LabelBudget, labels_for_budget
from stancelib.validation.label_planning import labels_needed
from stancelib.validation.label_planning_result import LabelsNeeded
from stancelib.validation.prediction_powered import (
    prediction_powered_mean,
    prediction_powered_regression,
)
from stancelib.validation.prediction_powered_result import PredictionPowered
from stancelib.validation.sample_result import Sample
from stancelib.validation.sampling import draw_sample
from stancelib.validation.scorer_accuracy import accuracy
from stancelib.validation.scorer_audit import audit_scorer

__all__ = [
    "Accuracy",
    "Agreement",
    "Audit",
    "Codings",
    "DesignSupervised",
    "ErrorDrift",
    "LabelBudget",
    "LabelsNeeded",
    "PredictionPowered",
    "Sample",
    "accuracy",
    "adjudicate",
    "agreement",
    "audit_scorer",
    "design_supervised_regression",
    "draw_sample",
    "error_drift",
    "gold_labels",
    "labels_for_budget",
    "labels_needed",
    "prediction_powered_mean",
    "prediction_powered_regression",
    "read_codings",
    "write_coding_sheet",
]
