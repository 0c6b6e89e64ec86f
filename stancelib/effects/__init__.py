"""Trigger events, and what moved after them."""

from __future__ import annotations

from stancelib.effects.adjust import adjust
from stancelib.effects.adjust_result import AdjustedEffects
from stancelib.effects.change_points import change_points
from stancelib.effects.change_points_result import ChangePoints
from stancelib.effects.correction import Correction
from stancelib.effects.counterfactual import counterfactual
from stancelib.effects.counterfactual_result import Counterfactual
from stancelib.effects.counts import interrupted_counts
from stancelib.effects.counts_result import InterruptedCounts
from stancelib.effects.difference_in_differences import difference_in_differences
from stancelib.effects.difference_in_differences_result import DifferenceInDifferences
from stancelib.effects.event import Event
from stancelib.effects.event_files import read_events
from stancelib.effects.event_overlaps import EventOverlaps, OverlapWarning, event_overlaps
from stancelib.effects.event_study import event_study
from stancelib.effects.event_study_result import EventStudy
from stancelib.effects.interrupted_time_series import interrupted_time_series
from stancelib.effects.interruption import Interruption
from stancelib.effects.placebo_result import PlaceboTest
from stancelib.effects.placebo_test import placebo_test
from stancelib.effects.power import power
from stancelib.effects.power_result import Power
from stancelib.effects.result import InterruptedTimeSeries
from stancelib.effects.series_correction import correct_series
from stancelib.effects.specification_curve import specification_curve
from stancelib.effects.specification_result import SpecificationCurve
from stancelib.effects.synthetic_control import synthetic_control
from stancelib.effects.synthetic_difference_in_differences import (
    synthetic_difference_in_differences,
)
from stancelib.effects.synthetic_result import SyntheticControl, SyntheticDifferenceInDifferences

__all__ = [
    "AdjustedEffects",
    "ChangePoints",
    "Correction",
    "Counterfactual",
    "DifferenceInDifferences",
    "Event",
    "EventOverlaps",
    "EventStudy",
    "InterruptedCounts",
    "InterruptedTimeSeries",
    "Interruption",
    "OverlapWarning",
    "PlaceboTest",
    "Power",
    "SpecificationCurve",
    "SyntheticControl",
    "SyntheticDifferenceInDifferences",
    "adjust",
    "change_points",
    "correct_series",
    "counterfactual",
    "difference_in_differences",
    "event_overlaps",
    "event_study",
    "interrupted_counts",
    "interrupted_time_series",
    "placebo_test",
    "power",
    "read_events",
    "specification_curve",
    "synthetic_control",
    "synthetic_difference_in_differences",
]
