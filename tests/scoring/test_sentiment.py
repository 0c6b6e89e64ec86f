"""The edge of sentence sentiment: what is refused, and with which words."""

from __future__ import annotations

import polars as pl
import pytest

from stancelib.errors import DataError
from stancelib.scoring.sentiment import check_sentences


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pl.DataFrame({"sentence": ["x"]}), "'text'"),
        (pl.DataFrame({"text": [1]}), "has the type Int64; it must be String"),
        (pl.DataFrame({"text": ["x", None]}), "row 1: text=None is null"),
        (pl.DataFrame({"text": ["\u00a0"]}), "is blank"),
        (pl.DataFrame({"text": ["x"], "sentiment": [0.0]}), "already has sentiment"),
    ],
)
def test_what_cannot_be_scored_is_refused(frame: pl.DataFrame, message: str) -> None:
    with pytest.raises(DataError, match=message):
        check_sentences(frame)


def test_a_missing_language_is_null() -> None:
    checked = check_sentences(pl.DataFrame({"text": ["x", "y"], "n": [1, 2]}))
    assert checked.rows() == [("x", None), ("y", None)]
    assert check_sentences(pl.DataFrame({"text": ["x"], "lang": ["uk"]})).row(0) == ("x", "uk")
