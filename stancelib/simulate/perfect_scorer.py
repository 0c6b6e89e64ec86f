"""A scorer that knows the truth, to tell the scorer's errors from the method's."""

from __future__ import annotations

import polars as pl

from stancelib.errors import DataError
from stancelib.simulate.bank import LABELS


class PerfectScorer:
    """Gives every sentence of a simulated corpus the label that it was drawn with.

    It follows the `Scorer` protocol, so that it goes wherever a scorer goes; the stance of a
    sentence is -1, 0 or 1.
    """

    name = "perfect@simulated"

    def __init__(self, labels: pl.DataFrame) -> None:
        known = labels.drop_nulls("target").select("text", "target", "label")
        self._label_of: dict[tuple[str, str], str] = dict(
            zip(known.select("text", "target").iter_rows(), known["label"], strict=True)
        )

    def score(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Append the probabilities (0 or 1) and the stance to rows of `text` and `target`.

        Raises
        ------
        DataError
            For a sentence that is not in the corpus: the truth about it is not known.
        """
        labels = [self._label(*pair) for pair in frame.select("text", "target").iter_rows()]
        shares = [
            pl.Series(f"p_{label}", [float(found == label) for found in labels], pl.Float64)
            for label in LABELS
        ]
        return frame.with_columns(*shares, pl.lit(value=False).alias("truncated")).with_columns(
            (pl.col("p_favor") - pl.col("p_against")).alias("stance")
        )

    def _label(self, text: str, target: str) -> str:
        try:
            return self._label_of[text, target]
        except KeyError:
            raise DataError(
                f"the corpus has no sentence {text!r} about {target}; the perfect scorer "
                "knows the sentences of the simulated corpus that it was made from only"
            ) from None
