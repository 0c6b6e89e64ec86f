"""Corpora and series with a known truth, for tests, benchmarks and the demo."""

from __future__ import annotations

from stancelib.simulate.corpus import SimulatedCorpus, simulate_corpus
from stancelib.simulate.series import SimulatedSeries, simulate_series

__all__ = ["SimulatedCorpus", "SimulatedSeries", "simulate_corpus", "simulate_series"]
