"""What every scorer is, and the one place where its input is checked and its output is built."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

import numpy as np
import polars as pl

from stancelib.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

STANCES: Final = ("against", "neutral", "favor")
PROBABILITY_COLUMNS: Final = ("p_against", "p_neutral", "p_favor")
SCORE_COLUMNS: Final = (*PROBABILITY_COLUMNS, "stance", "truncated")
_INPUT_TYPES: Final[Mapping[str, type[pl.DataType]]] = {
    "text": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "target": pl.String,
}


@runtime_checkable
class Scorer(Protocol):
    """Anything that turns (sentence, target) pairs into stance probabilities.

    A scorer keeps no state between calls: the same frame always gives the same numbers, and a
    row's numbers do not depend on the rows beside it (up to floating-point rounding).

    Examples
    --------
    >>> import polars as pl
    >>> from stancelib.scoring import Scorer, attach_scores, check_pairs
    >>> class Undecided:
    ...     name = "undecided@000000000000"
    ...     def score(self, frame: pl.DataFrame) -> pl.DataFrame:
    ...         n = check_pairs(frame).height
    ...         return attach_scores(frame, np.full((n, 3), 1 / 3), np.zeros(n, dtype=bool))
    >>> isinstance(Undecided(), Scorer)
    True
    """

    @property
    def name(self) -> str:
        """Kind, model and hash, for example ``"classifier:cardiff@1a2b3c4d5e6f"``.

        The hash covers the weights and every option that changes numbers, so that two scorers
        with one name give the same numbers.
        """
        ...

    def score(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Score each row.

        Parameters
        ----------
        frame : polars.DataFrame
            Columns ``text`` (the sentence), ``start`` and ``end`` (the mention, half-open, in
            code points of ``text``; both null where the sentence does not name the target: then
            the target's name stands for the mention), ``target``, and optionally ``lang``
            (BCP 47 primary subtag; null where unknown). Other columns pass through.

        Returns
        -------
        polars.DataFrame
            The same rows in the same order, with ``p_against``, ``p_neutral``, ``p_favor``
            (Float64, summing to 1), ``stance`` (``p_favor - p_against``, in [-1, 1]) and
            ``truncated`` (whether part of the sentence did not fit into the model).

        Raises
        ------
        DataError
            If a column is missing, a text or target is empty, or a span is not in its text.
        """
        ...


def check_pairs(frame: pl.DataFrame) -> pl.DataFrame:
    """Check a frame of (sentence, target) pairs once, at the edge of a scorer.

    Parameters
    ----------
    frame : polars.DataFrame
        As `Scorer.score` takes it.

    Returns
    -------
    polars.DataFrame
        Columns ``text`` (String), ``start``, ``end`` (Int64, both null or neither), ``target``
        (String) and ``lang`` (String, all null where the frame has none), one row per input
        row, in the same order.

    Raises
    ------
    DataError
        If a column is missing or of another type, a text or target is null or blank, a span is
        half null, empty or outside its text, or a score column is already there.

    Examples
    --------
    >>> import polars as pl
    >>> check_pairs(pl.DataFrame({"text": ["NATO"], "start": [0], "end": [9], "target": ["NATO"]}))
    Traceback (most recent call last):
    ...
    stancelib.errors.DataError: row 0: end=9 is past the text, which has 4 code points
    """
    pairs = _typed(frame)
    for fault, message in _FAULTS:
        rows = pairs.with_row_index("row").filter(fault).head(1).to_dicts()
        if rows:
            raise DataError(message.format(length=len(rows[0]["text"] or ""), **rows[0]))
    return pairs


def attach_scores(
    frame: pl.DataFrame, probabilities: NDArray[np.float64], truncated: NDArray[np.bool_]
) -> pl.DataFrame:
    """Append the score columns to a frame.

    Parameters
    ----------
    frame : polars.DataFrame
        The frame that was scored, shape (n, any).
    probabilities : ndarray
        Shape (n, 3): against, neutral, favor; each row sums to 1.
    truncated : ndarray of bool
        Shape (n,).

    Returns
    -------
    polars.DataFrame
        ``frame`` with ``p_against``, ``p_neutral``, ``p_favor``, ``stance``, ``truncated``.

    Examples
    --------
    >>> import polars as pl
    >>> scored = attach_scores(
    ...     pl.DataFrame({"text": ["x"]}), np.array([[0.25, 0.25, 0.5]]), np.array([False])
    ... )
    >>> scored["stance"].to_list()
    [0.25]
    """
    return attach_columns(frame, probabilities, truncated, SCORE_COLUMNS)


def attach_columns(
    frame: pl.DataFrame,
    probabilities: NDArray[np.float64],
    truncated: NDArray[np.bool_],
    names: Sequence[str],
) -> pl.DataFrame:
    """Append three probabilities, the last minus the first, and what was cut, under five names."""
    values = np.ascontiguousarray(probabilities, dtype=np.float64).reshape(frame.height, 3)
    columns = (*values.T, values[:, 2] - values[:, 0], np.asarray(truncated, dtype=np.bool_))
    return frame.with_columns(
        pl.Series(name, column) for name, column in zip(names, columns, strict=True)
    )


def scorer_name(kind: str, model: str, parts: Mapping[str, object]) -> str:
    """Name of a scorer with a hash of what its numbers depend on.

    Parameters
    ----------
    kind : str
        The name in the registry.
    model : str
        A short name of the model for people; characters outside letters, digits, ``.``, ``_``
        and ``-`` become ``-``. Empty: the name is ``kind@hash``.
    parts : mapping
        What the numbers depend on, such as a hash of the weights and each option. The order
        of the keys does not matter.

    Examples
    --------
    >>> scorer_name("classifier", "my model", {"weights": "00ff", "form": "pair"})
    'classifier:my-model@fa33f86fd72c'
    """
    readable = "".join(c if c.isalnum() or c in "._-" else "-" for c in model)
    text = "\n".join(f"{key}={parts[key]!r}" for key in sorted(parts))
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return f"{kind}:{readable}@{digest}" if readable else f"{kind}@{digest}"


_FAULTS: Final = (
    # In this order: a later check may rely on the earlier ones.
    (pl.col("text").is_null(), "row {row}: text is null"),
    (pl.col("text").str.strip_chars() == "", "row {row}: text={text!r} is blank"),
    (pl.col("target").is_null(), "row {row}: target is null"),
    (pl.col("target").str.strip_chars() == "", "row {row}: target={target!r} is blank"),
    (
        pl.col("start").is_null() != pl.col("end").is_null(),
        "row {row}: start={start} and end={end}; give both, or null for both",
    ),
    (pl.col("start") < 0, "row {row}: start={start} is negative"),
    (
        pl.col("end") > pl.col("text").str.len_chars(),
        "row {row}: end={end} is past the text, which has {length} code points",
    ),
    (
        pl.col("start") >= pl.col("end"),
        "row {row}: start={start} is not before end={end}",
    ),
)


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    for column in _INPUT_TYPES:
        if column not in frame.columns:
            raise DataError.missing_column(column, frame.columns)
    if taken := [column for column in SCORE_COLUMNS if column in frame.columns]:
        raise DataError(f"the frame already has {', '.join(taken)}; drop or rename them to rescore")
    types: dict[str, type[pl.DataType]] = {**_INPUT_TYPES, "lang": pl.String}
    return frame.select(
        _column(frame, name, kind) if name in frame.columns else pl.lit(None, kind).alias(name)
        for name, kind in types.items()
    )


def _column(frame: pl.DataFrame, name: str, kind: type[pl.DataType]) -> pl.Expr:
    found = frame.schema[name]
    if kind is pl.Int64:
        fits = found.is_integer()
    else:
        fits = isinstance(found, pl.String | pl.Categorical | pl.Enum)
    # A column of None alone has the type Null, which says nothing against it.
    if not fits and found != pl.Null:
        raise DataError(f"column {name!r} has the type {found}; it must be {kind.__name__}")
    return pl.col(name).cast(kind)
