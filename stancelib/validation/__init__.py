"""Human labels: whom to ask, how far coders agree, and estimates corrected by few labels."""

from stancelib.validation.adjudication import adjudicate
from stancelib.validation.coder_agreement import Agreement, agreement
from stancelib.validation.design_supervised import design_supervised_regression
from stancelib.validation.design_supervised_result import DesignSupervised
from stancelib.validation.label_budget import LabelBudget, labels_for_budget
from stancelib.validation.prediction_powered import (
    prediction_powered_mean,
    prediction_powered_regression,
)
from stancelib.validation.prediction_powered_result import PredictionPowered
from stancelib.validation.sampling import Sample, draw_sample

__all__ = [
    "Agreement",
    "DesignSupervised",
    "LabelBudget",
    "PredictionPowered",
    "Sample",
    "adjudicate",
    "agreement",
    "design_supervised_regression",
    "draw_sample",
    "labels_for_budget",
    "prediction_powered_mean",
    "prediction_powered_regression",
]
