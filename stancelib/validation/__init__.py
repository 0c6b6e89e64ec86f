"""Human labels, and audits without them: whom to ask, how far coders agree, what a scorer fails."""
"""Human labels: whom to ask, how they code, how far they agree, and one label from several."""

from stancelib.validation.adjudication import adjudicate
from stancelib.validation.audit_result import Audit
from stancelib.validation.coder_agreement import Agreement, agreement
from stancelib.validation.gold import gold_labels
from stancelib.validation.coding_reader import Codings, read_codings
from stancelib.validation.coding_sheet import write_coding_sheet
from stancelib.validation.sampling import Sample, draw_sample
from stancelib.validation.scorer_audit import audit_scorer

__all__ = ["Agreement", "Sample", "adjudicate", "agreement", "draw_sample", "gold_labels"]
__all__ = [
    "Agreement",
    "Audit",
    "Sample",
    "adjudicate",
    "agreement",
    "audit_scorer",
    "draw_sample",
__all__ = [
    "Agreement",
    "Codings",
    "Sample",
    "adjudicate",
    "agreement",
    "draw_sample",
    "read_codings",
    "write_coding_sheet",
]
