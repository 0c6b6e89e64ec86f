"""Sentences to a scorer, batch by batch; an answer is checked before any of it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from stancelib.errors import ArgumentError
from stancelib.notebook import progress_bar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stancelib.store.database import Database

_TOLERANCE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Batches:
    """What is scored: the queries that count, read and keep it, and the columns of an answer.

    Attributes
    ----------
    description : str
        Before the progress bar.
    count, following, insert : str
        Queries: how many there are, the next ones by ``number``, and what keeps the answer.
    probabilities : tuple of str
        The three columns that sum to 1.
    """

    description: str
    count: str
    following: str
    insert: str
    probabilities: tuple[str, ...]


def score_in_batches(
    database: Database,
    batches: Batches,
    ask: Callable[[pl.DataFrame], pl.DataFrame],
    *,
    scorer: str,
    batch_size: int,
    progress: bool | None,
) -> int:
    """Show everything to a scorer and keep its answers, each batch in its own transaction.

    Returns
    -------
    int
        How many rows the scorer was shown.
    """
    (total,) = database.rows(batches.count)
    last = 0
    with progress_bar(
        batches.description, total=total, unit="sentences", shown=progress
    ) as advance:
        while True:
            batch = database.frame(batches.following, {"after": last, "batch_size": batch_size})
            if batch.is_empty():
                return int(total)
            answer = ask(batch.drop("number"))
            scores = checked_answer(scorer, batch, answer, batches.probabilities)
            with database.tables(scored=scores), database.transaction():
                database.execute(batches.insert, {"scorer": scorer})
            last = batch["number"][-1]
            advance(batch.height)


def checked_answer(
    name: str, batch: pl.DataFrame, answer: pl.DataFrame, probabilities: Sequence[str]
) -> pl.DataFrame:
    """The probabilities, ``truncated`` and ``number`` of a batch.

    Parameters
    ----------
    name : str
        Of the scorer, for the errors.
    batch : DataFrame
        What the scorer was shown, and its ``number``.
    answer : DataFrame
        What the scorer returned for it.
    probabilities : sequence of str
        The three columns that sum to 1.

    Raises
    ------
    ArgumentError
        If a column is missing, a row is missing, or three numbers are no probabilities.
    """
    missing = {*probabilities, "truncated"} - set(answer.columns)
    if missing:
        raise ArgumentError(f"scorer {name!r} returned no {', '.join(sorted(missing))}")
    if answer.height != batch.height:
        raise ArgumentError(
            f"scorer {name!r} returned {answer.height} rows for {batch.height} sentences"
        )
    found = answer.select(pl.col(probabilities).cast(pl.Float64))
    inside = pl.all_horizontal(pl.col(probabilities).is_between(0, 1))
    exhaustive = (pl.sum_horizontal(probabilities) - 1).abs() < _TOLERANCE
    right = found.select((inside & exhaustive).fill_null(value=False)).to_series()
    if not right.all():
        row = int(right.arg_min() or 0)
        text = batch["text"][row][:80]
        raise ArgumentError(
            f"scorer {name!r} returned {found.row(row)} for {text!r}; three "
            "probabilities that sum to 1 are needed"
        )
    return found.with_columns(batch["number"], answer["truncated"])
