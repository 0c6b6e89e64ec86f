"""Human labels: how far coders agree, and one label from several."""

from stancelib.validation.adjudicate import adjudicate
from stancelib.validation.agreement import Agreement, agreement

__all__ = ["Agreement", "adjudicate", "agreement"]
