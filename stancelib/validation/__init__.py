"""Human labels: whom to ask, how far coders agree, and one label from several."""

from stancelib.validation.adjudication import adjudicate
from stancelib.validation.coder_agreement import Agreement, agreement
from stancelib.validation.gold import gold_labels
from stancelib.validation.sample_result import Sample
from stancelib.validation.sampling import draw_sample

__all__ = ["Agreement", "Sample", "adjudicate", "agreement", "draw_sample", "gold_labels"]
