"""Targets: what sentences take a stance on, and where sentences name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stancelib.targets.mentions import alias_counts, find_mentions
from stancelib.targets.propose import propose_aliases
from stancelib.targets.reader import load_targets, shipped_targets
from stancelib.targets.target import Alias, Exclusion, Target

if TYPE_CHECKING:
    from collections.abc import Mapping

    TARGETS: Mapping[str, Target]

__all__ = [
    "TARGETS",
    "Alias",
    "Exclusion",
    "Target",
    "alias_counts",
    "find_mentions",
    "load_targets",
    "propose_aliases",
]


def __getattr__(name: str) -> object:
    # The tables are read when they are first used, so that importing stays fast.
    if name == "TARGETS":
        return shipped_targets()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
