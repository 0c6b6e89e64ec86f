"""Trigger events, and what moved after them."""

from __future__ import annotations

from stancelib.effects.event import Event
from stancelib.effects.event_files import read_events
from stancelib.effects.event_overlaps import EventOverlaps, OverlapWarning, event_overlaps
from stancelib.effects.interrupted_time_series import interrupted_time_series
from stancelib.effects.interruption import Interruption
from stancelib.effects.result import InterruptedTimeSeries

__all__ = [
    "Event",
    "EventOverlaps",
    "InterruptedTimeSeries",
    "Interruption",
    "OverlapWarning",
    "event_overlaps",
    "interrupted_time_series",
    "read_events",
]
