"""Sentences in, their mood out: the input is checked once, the output is built in one place."""

from __future__ import annotations

from typing import Final, Protocol, runtime_checkable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.errors import DataError
from stancelib.scoring.protocol import attach_columns

SENTIMENT_PROBABILITIES: Final = ("p_negative", "p_neutral", "p_positive")
SENTIMENT_COLUMNS: Final = (*SENTIMENT_PROBABILITIES, "sentiment", "truncated")


@runtime_checkable
class SentimentScorer(Protocol):
    """A scorer that also tells the mood of a sentence, without a target.

    Its answer keeps to the same promises as `stancelib.scoring.Scorer.score`: the same rows in
    the same order, and numbers that do not depend on the rows beside them.
    """

    @property
    def name(self) -> str:
        """As of every scorer."""
        ...

    def sentiment(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Append ``p_negative, p_neutral, p_positive, sentiment, truncated`` to every row.

        Parameters
        ----------
        frame : polars.DataFrame
            Columns ``text`` and optionally ``lang``.
        """
        ...


def check_sentences(frame: pl.DataFrame) -> pl.DataFrame:
    """Check a frame of sentences at the edge of a scorer.

    Returns
    -------
    polars.DataFrame
        Columns ``text`` and ``lang`` (all null where the frame has none), in the same order.

    Raises
    ------
    DataError
        If ``text`` is missing or no string, a text is null or blank, or a sentiment column is
        already there.

    Examples
    --------
    >>> check_sentences(pl.DataFrame({"text": ["Peace at last.", " "]}))
    Traceback (most recent call last):
    ...
    stancelib.errors.DataError: row 1: text=' ' is blank
    """
    if "text" not in frame.columns:
        raise DataError.missing_column("text", frame.columns)
    if taken := [column for column in SENTIMENT_COLUMNS if column in frame.columns]:
        raise DataError(f"the frame already has {', '.join(taken)}; drop or rename them to rescore")
    if frame.schema["text"] not in (pl.String, pl.Null):
        raise DataError(f"column 'text' has the type {frame.schema['text']}; it must be String")
    lang = pl.col("lang") if "lang" in frame.columns else pl.lit(None)
    sentences = frame.select(pl.col("text").cast(pl.String), lang.cast(pl.String).alias("lang"))
    absent = sentences["text"].fill_null("").str.strip_chars() == ""
    if absent.any():
        row = int(absent.arg_max() or 0)
        text = sentences["text"][row]
        raise DataError(f"row {row}: text={text!r} is {'null' if text is None else 'blank'}")
    return sentences


def attach_sentiment(
    frame: pl.DataFrame, probabilities: NDArray[np.float64], truncated: NDArray[np.bool_]
) -> pl.DataFrame:
    """Append the sentiment columns to a frame.

    Parameters
    ----------
    frame : polars.DataFrame
        The frame that was scored, shape (n, any).
    probabilities : ndarray
        Shape (n, 3): negative, neutral, positive; each row sums to 1.
    truncated : ndarray of bool
        Shape (n,).

    Examples
    --------
    >>> scored = attach_sentiment(
    ...     pl.DataFrame({"text": ["x"]}), np.array([[0.5, 0.25, 0.25]]), np.array([False])
    ... )
    >>> scored["sentiment"].to_list()
    [-0.25]
    """
    return attach_columns(frame, probabilities, truncated, SENTIMENT_COLUMNS)
