"""How the embedded model was made: encoder, vocabulary, data, fine-tuning, export, evaluation.

``python -m stancelib.training --help`` lists the steps (they need the extra ``torch``). Each reads
the files of the one before it in a work folder, so that it can be rerun alone. `fine_tune` makes a
scorer of a user's own labels.
"""

from __future__ import annotations

from stancelib.training.own_scorer import FineTuned, fine_tune

__all__ = ["FineTuned", "fine_tune"]
