"""Near-copies of articles: who printed what another had printed before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl

from stancelib.corpus.copies_core import Texts, resolve_copies
from stancelib.corpus.duplicates_core import candidate_pairs, read_texts
from stancelib.errors import ArgumentError, DataError

_NEEDED: Final = ("doc_id", "published_at", "text")
_MICROSECONDS_A_DAY: Final = 86_400_000_000
# Lowest and highest allowed value; below ten words, everything is a copy of something.
_RANGES: Final = {
    "threshold": (0.5, 1),
    "within_days": (0, 36_525),
    "min_words": (10, 1_000_000),
    "shingle": (2, 8),
    "n_permutations": (16, 512),
    "seed": (0, 2**63 - 1),
}


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

    Texts are compared, not titles, without case, punctuation and white space, in any script. Found
    are copies under another headline, copies cut to their first paragraphs, copies with added
    paragraphs, and copies of which up to three words in ten were edited. MinHash signatures of
    overlapping windows of each text name candidates; each candidate is then compared word for
    word with the original.

    Parameters
    ----------
    documents : polars.DataFrame
        A `stancelib.schemas.Documents` frame, or one with its columns doc_id, published_at and
        text, in any order.
    threshold : float
        Least `similarity` of a copy, from 0.5 to 1. Of a text with a long passage of its own or
        another opening more is asked: 0.2 and 0.6 of what is missing to 1.
    within_days : float
        A copy is published at most so many days after its original.
    min_words : int
        Shorter texts are neither copies nor originals: they are alike by chance.
    shingle : int
        Words in a shingle, from which candidates are found. Twice as many characters in a script
        without spaces.
    n_permutations : int
        Values in the signature of a window: more find more candidates, in more time and memory.
    seed : int
        Of the permutations.

    Returns
    -------
    polars.DataFrame
        A row for each article, by published_at and doc_id:

        - `doc_id`
        - `duplicate_of`: the original, null where the article is none's copy. An original is
          nobody's copy, so that a group is an original with its copies, each of which is similar
          to the original itself: a copy of a copy that is no longer like the original is an
          original. Of several originals it is the most similar one, and the earliest of these;
          an original is always the earliest of its group, by published_at and then by doc_id.
        - `similarity`: share of the words of the shorter of the two texts that the longer one
          keeps, in order: words in shared runs of at least two words, and single words in short
          gaps between them. 1 for a copy that was only cut or added to. Null where `duplicate_of`
          is null.

    Raises
    ------
    ArgumentError
        If an option is out of its range.
    DataError
        If a column is missing, or a doc_id stands twice.

    Notes
    -----
    Forms that are filled in again each day (weather, summaries of the front, markets) share most
    of their words and are no copies. Runs of words that stand in articles of four days or more,
    of which two lie over `within_days` apart, are taken for phrases of a form: of its other runs,
    a copy must share a third. Neither are texts copies of which hardly a figure is the same. In
    a corpus of a few days, forms without figures cannot be told from copies.

    References
    ----------
    A. Z. Broder, *On the resemblance and containment of documents*, SEQUENCES 1997. J. W. Hunt and
    T. G. Szymanski, *A fast algorithm for computing longest common subsequences*, CACM 20 (1977).

    Examples
    --------
    >>> import datetime as dt
    >>> import polars as pl
    >>> wire = (
    ...     "The ferry to the northern islands will sail again from Monday, the harbour office "
    ...     "said. A storm had damaged the pier in March. Repairs took six weeks and cost less "
    ...     "than the council had feared."
    ... )
    >>> documents = pl.DataFrame({
    ...     "doc_id": ["a", "b", "c"],
    ...     "published_at": [dt.datetime(2022, 5, day, tzinfo=dt.UTC) for day in (1, 2, 2)],
    ...     "text": [wire, wire.replace("office said", "office says") + " Tickets are on sale.",
    ...              "The bridge over the river was closed for a day after a lorry had lost its "
    ...              "load of timber in heavy rain, and drivers had to take the long way round."],
    ... })
    >>> find_duplicates(documents).rows()
    [('a', None, None), ('b', 'a', 0.97...), ('c', None, None)]
    """
    options = {
        "threshold": threshold,
        "within_days": within_days,
        "min_words": min_words,
        "shingle": shingle,
        "n_permutations": n_permutations,
        "seed": seed,
    }
    check_options(options)
    ordered = _in_order(documents)
    times = ordered.get_column("published_at").dt.epoch("us").to_numpy()
    texts = ordered.get_column("text")
    days = times // _MICROSECONDS_A_DAY
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


def check_options(options: Mapping[str, float]) -> None:
    """Refuse options that are out of their range, and parts of what can only be counted."""
    for name, value in options.items():
        low, high = _RANGES[name]
        if not low <= value <= high:
            raise ArgumentError(f"{name}={value}; it must be from {low} to {high}")
        if name not in {"threshold", "within_days"} and not isinstance(value, int):
            raise ArgumentError(f"{name}={value}; it must be a whole number")


def _in_order(documents: pl.DataFrame) -> pl.DataFrame:
    for column in _NEEDED:
        if column not in documents.columns:
            raise DataError.missing_column(column, documents.columns)
    chosen = documents.select(_NEEDED)
    if chosen.get_column("doc_id").is_duplicated().any():
        raise DataError("doc_id stands twice in the documents; keep one row of each")
    missing = [name for name in _NEEDED if chosen.get_column(name).null_count()]
    if missing:
        raise DataError(
            f"{', '.join(missing)}: null in some documents; read them with read_documents, which "
            "sets such rows aside with their reason"
        )
    if not isinstance(chosen.schema["published_at"], pl.Datetime):
        raise DataError(
            f"published_at is {chosen.schema['published_at']}; it must be a Datetime: read the "
            "documents with read_documents"
        )
    return chosen.sort("published_at", "doc_id")
