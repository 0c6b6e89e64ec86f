"""Stance by target, source and period, and the forms that targets are named by."""

from __future__ import annotations

from stancelib.series.naming import alias_audit
from stancelib.series.stance_series import Every, stance_series

__all__ = ["Every", "alias_audit", "stance_series"]
