"""One DuckDB file with articles, sentences, mentions, scores and how they came to be."""

from __future__ import annotations

from stancelib.store.store import Store, open_store
from stancelib.store.summaries import AddedDocuments, FoundMentions, ScoredPairs, StoreSummary

__all__ = [
    "AddedDocuments",
    "FoundMentions",
    "ScoredPairs",
    "Store",
    "StoreSummary",
    "open_store",
]
