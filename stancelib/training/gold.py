"""Labelled mentions of a user: read, checked, and scored."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import polars as pl

from stancelib.errors import DataError, EnvironmentProblem

if TYPE_CHECKING:
    from stancelib.scoring import Scorer

LABELS = {"against": -1, "neutral": 0, "favor": 1}
_PROBABILITIES = ("p_against", "p_neutral", "p_favor")
_NEEDED = ("text", "start", "end", "target", "label", "lang")
_VALUES = {**LABELS, "-1": -1, "0": 0, "1": 1, "negative": -1, "positive": 1}


@runtime_checkable
class Labeller(Protocol):
    """A scorer that also names one class."""

    def labels(self, scored: pl.DataFrame) -> pl.Series:
        """against, neutral or favor for each scored row."""
        ...


def read_gold(gold: str | PathLike[str] | pl.DataFrame) -> pl.DataFrame:
    """Read labelled mentions; `truth` is the label as -1, 0 or 1.

    Parameters
    ----------
    gold : path or polars.DataFrame
        Columns ``text, start, end, target, label, lang``; a file is jsonl, one object a line.
        Labels are against, neutral, favor, or -1, 0, 1. Null ``start`` and ``end``: the text does
        not name the target.

    Raises
    ------
    DataError
        If the file is no jsonl, a column is missing, a label is unknown, or there is no row.
    EnvironmentProblem
        If the file cannot be opened.
    """
    found = gold if isinstance(gold, pl.DataFrame) else _read_lines(Path(gold))
    where = "the frame" if isinstance(gold, pl.DataFrame) else str(gold)
    for column in _NEEDED:
        if column not in found.columns:
            raise DataError.missing_column(column, found.columns)
    label = pl.col("label").cast(pl.String).str.to_lowercase()
    frame = found.select(
        "text",
        pl.col("start", "end").cast(pl.Int64),
        "target",
        "lang",
        "label",
        label.replace_strict(_VALUES, default=None, return_dtype=pl.Int64).alias("truth"),
    )
    unknown = frame.filter(pl.col("truth").is_null())["label"]
    if len(unknown):
        raise DataError(
            f"{where} has {len(unknown)} unknown labels, such as {unknown[0]!r}; "
            f"known labels: {', '.join(_VALUES)}"
        )
    if frame.is_empty():
        raise DataError(f"{where} has no labelled mention")
    return frame


def score_gold(gold: pl.DataFrame, scorer: Scorer) -> pl.DataFrame:
    """Columns stance, p_*, said, lang, target, truth.

    ``said`` (-1, 0, 1) is the label that the scorer names; where it names none, the most probable
    class.
    """
    scored = scorer.score(gold.select("text", "start", "end", "target", "lang"))
    if isinstance(scorer, Labeller):
        said = scorer.labels(scored).replace_strict(LABELS, return_dtype=pl.Int64)
    else:
        classes = pl.concat_list(_PROBABILITIES).list.arg_max()
        said = scored.select(classes.cast(pl.Int64) - 1).to_series()
    found = scored.select("stance", *_PROBABILITIES, said.alias("said"))
    return found.hstack(gold.select("lang", "target", "truth"))


def _read_lines(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise EnvironmentProblem(f"cannot read {str(path)!r}: there is no such file")
    try:
        return pl.read_ndjson(path, infer_schema_length=None)
    except pl.exceptions.PolarsError as error:
        raise DataError(f"{path} is not jsonl, one object a line: {error}") from error
