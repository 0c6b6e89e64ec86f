"""Stance of a sentence toward a target: the scorers, their registry and their contract.

Importing this package loads neither onnxruntime, transformers nor torch.
"""

from __future__ import annotations

from stancelib.scoring.pairs import MENTION_PRIORITY, first_mentions
from stancelib.scoring.protocol import Scorer, attach_scores, check_pairs, scorer_name
from stancelib.scoring.registry import load_scorer, register_scorer, resolve_scorer
from stancelib.scoring.texts import score_texts

__all__ = [
    "MENTION_PRIORITY",
    "Scorer",
    "attach_scores",
    "check_pairs",
    "first_mentions",
    "load_scorer",
    "register_scorer",
    "resolve_scorer",
    "score_texts",
    "scorer_name",
]
