"""Public data sets at fixed commits, downloaded when asked for, and a table of events."""

from __future__ import annotations

from stancelib.datasets.articles import load
from stancelib.datasets.dataset import Dataset
from stancelib.datasets.fetching import available, fetch
from stancelib.datasets.trigger_events import trigger_events

__all__ = ["Dataset", "available", "fetch", "load", "trigger_events"]
