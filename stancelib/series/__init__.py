"""Stance by target, source and period."""

from __future__ import annotations

from stancelib.series.stance_series import Every, stance_series

__all__ = ["Every", "stance_series"]
