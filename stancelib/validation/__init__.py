"""Human labels: whom to ask, how they code, how far they agree, and one label from several."""

from stancelib.validation.adjudication import adjudicate
from stancelib.validation.coder_agreement import Agreement, agreement
from stancelib.validation.coding_reader import Codings, read_codings
from stancelib.validation.coding_sheet import write_coding_sheet
from stancelib.validation.sampling import Sample, draw_sample

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
