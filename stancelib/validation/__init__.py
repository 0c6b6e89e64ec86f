"""Human labels, from a sample to what they say of a scorer; and audits without them."""

from stancelib.validation.adjudication import adjudicate
from stancelib.validation.audit_result import Audit
from stancelib.validation.coder_agreement import Agreement, agreement
from stancelib.validation.coding_reader import Codings, read_codings
from stancelib.validation.coding_sheet import write_coding_sheet
from stancelib.validation.drift import ErrorDrift, error_drift
from stancelib.validation.gold import gold_labels
from stancelib.validation.sampling import Sample, draw_sample
from stancelib.validation.scorer_audit import audit_scorer

__all__ = [
    "Agreement",
    "Audit",
    "Codings",
    "ErrorDrift",
    "Sample",
    "adjudicate",
    "agreement",
    "audit_scorer",
    "draw_sample",
    "error_drift",
    "gold_labels",
    "read_codings",
    "write_coding_sheet",
]
