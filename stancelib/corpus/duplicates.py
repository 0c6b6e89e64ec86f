"""Near-copies of articles: who printed what another had printed before."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from stancelib.corpus.copies_core import Texts, resolve_copies
from stancelib.corpus.duplicates_core import candidate_pairs, read_texts
from stancelib.errors import ArgumentError, DataError

_NEEDED: Final = ("doc_id", "published_at", "text")
_MICROSECONDS_A_DAY: Final = 86_400_000_000
_MOST_PERMUTATIONS: Final = 1_024


def find_duplicates(
    documents: pl.DataFrame,
    *,
    threshold: float = 0.6,
    within_days: float = 7,
    min_words: int = 20,
    shingle: int = 3,
    n_permutations: int = 64,
    seed: int = 0,
) -> pl.DataFrame:
    """Find articles that are near-copies of earlier ones, in the same outlet or in another.

    Parameters
    ----------
    documents : polars.DataFrame
        A `stancelib.schemas.Documents` frame, or one with its columns doc_id, published_at and
        text. Titles are not compared.

    Returns
    -------
    polars.DataFrame
    """
    _check(documents, threshold, within_days, min_words, shingle, n_permutations, seed)
    ordered = documents.select(_NEEDED).sort("published_at", "doc_id")
    times = ordered.get_column("published_at").dt.epoch("us").to_numpy()
    days = times // _MICROSECONDS_A_DAY
    texts = ordered.get_column("text")
    signatures, recurrence = read_texts(
        texts,
        days - days[:1],
        shingle=shingle,
        permutations=n_permutations,
        seed=seed,
        min_words=min_words,
    )
    within = round(within_days * _MICROSECONDS_A_DAY)
    pairs = candidate_pairs(signatures, times, within)
    del signatures
    compared = Texts(texts, np.unique(pairs), recurrence, int(within_days))
    copies = resolve_copies(pairs, compared, times, within=within, threshold=threshold)
    doc_id = ordered.get_column("doc_id")
    original = pl.Series(copies.original)
    return pl.DataFrame(
        {
            "doc_id": doc_id,
            "duplicate_of": doc_id.gather(original.set(original < 0, None)),
            "similarity": pl.Series(copies.similarity).fill_nan(None),
        }
    )


def _check(
    documents: pl.DataFrame,
    threshold: float,
    within_days: float,
    min_words: int,
    shingle: int,
    n_permutations: int,
    seed: int,
) -> None:
    for column in _NEEDED:
        if column not in documents.columns:
            raise DataError.missing_column(column, documents.columns)
    if documents.get_column("doc_id").is_duplicated().any():
        raise DataError("doc_id stands twice in the documents; keep one row of each")
