"""Trigger events, and what moved after them."""

from __future__ import annotations

from stancelib.effects.adjust import adjust
from stancelib.effects.adjust_result import AdjustedEffects
from stancelib.effects.counts import interrupted_counts
from stancelib.effects.counts_result import InterruptedCounts
from stancelib.effects.event import Event
from stancelib.effects.event_files import read_events
from stancelib.effects.event_overlaps import EventOverlaps, OverlapWarning, event_overlaps
from stancelib.effects.interrupted_time_series import interrupted_time_series
from stancelib.effects.interruption import Interruption
from stancelib.effects.placebo_result import PlaceboTest
from stancelib.effects.placebo_test import placebo_test
from stancelib.effects.power import power
from stancelib.effects.power_result import Power
from stancelib.effects.result import InterruptedTimeSeries
from stancelib.effects.specification_curve import specification_curve
from stancelib.effects.specification_result import SpecificationCurve

__all__ = [
    "AdjustedEffects",
    "Event",
    "EventOverlaps",
    "InterruptedCounts",
    "InterruptedTimeSeries",
    "Interruption",
    "OverlapWarning",
    "PlaceboTest",
    "Power",
    "SpecificationCurve",
    "adjust",
    "event_overlaps",
    "interrupted_counts",
    "interrupted_time_series",
    "placebo_test",
    "power",
    "read_events",
    "specification_curve",
]
