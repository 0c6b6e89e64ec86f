"""Stance of a sentence toward a target: the scorers, their registry and their contract.

Importing this package loads neither onnxruntime, transformers nor torch.
"""

from __future__ import annotations

from stancelib.scoring.protocol import Scorer, attach_scores, check_pairs, scorer_name
from stancelib.scoring.registry import load_scorer, register_scorer, resolve_scorer

__all__ = [
    "Scorer",
    "attach_scores",
    "check_pairs",
    "load_scorer",
    "register_scorer",
    "resolve_scorer",
    "scorer_name",
]
