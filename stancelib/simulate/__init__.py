"""Corpora and series with a known truth, for tests, benchmarks and the demo."""

from __future__ import annotations

from stancelib.simulate.corpus import SimulatedCorpus, simulate_corpus
from stancelib.simulate.series import simulate_series
from stancelib.simulate.series_result import SimulatedSeries

__all__ = ["SimulatedCorpus", "SimulatedSeries", "simulate_corpus", "simulate_series"]
