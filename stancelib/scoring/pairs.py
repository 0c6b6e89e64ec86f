"""Which mention of a target a sentence is scored at."""

from __future__ import annotations

from typing import Final

import polars as pl

# The clearest way to name a target first; the store orders its kinds in the same way.
MENTION_PRIORITY: Final = ("name", "institution", "person", "capital", "demonym")


def first_mentions(mentions: pl.DataFrame) -> pl.DataFrame:
    """One mention for each (sentence, target): the clearest kind, then the first in the sentence.

    Parameters
    ----------
    mentions : polars.DataFrame
        A Mentions frame. Kinds by priority: name, institution, person, capital, demonym.

    Returns
    -------
    polars.DataFrame
        A Mentions frame with at most one row for each ``sentence_id`` and ``target``, in the
        order in which these pairs first appear.

    Examples
    --------
    >>> import polars as pl
    >>> mentions = pl.DataFrame({
    ...     "sentence_id": ["a#0", "a#0"], "target": ["Russia", "Russia"], "start": [0, 20],
    ...     "end": [6, 26], "alias": ["Moscow", "Russia"], "kind": ["capital", "name"],
    ... })
    >>> first_mentions(mentions)["alias"].to_list()
    ['Russia']
    """
    priority = pl.col("kind").cast(pl.Enum(MENTION_PRIORITY)).to_physical()
    clearest = pl.all().sort_by(priority, "start").first()
    return (
        mentions.group_by("sentence_id", "target", maintain_order=True)
        .agg(clearest)
        .select(mentions.columns)
    )


def pairs_of(sentences: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """The (sentence, target) pairs to score, in the order of the sentences.

    Parameters
    ----------
    sentences, mentions : polars.DataFrame
        Frames Sentences and Mentions; a sentence without mentions gives no row.

    Returns
    -------
    polars.DataFrame
        Columns ``doc_id``, ``position``, ``text``, ``target``, ``alias``, ``start``, ``end``
        (code points of the mention in the sentence), ``lang``, ``voice``.
    """
    places = sentences.select("sentence_id", "doc_id", "position", "text", "lang", "voice")
    return places.join(
        first_mentions(mentions), on="sentence_id", how="inner", maintain_order="left_right"
    ).select("doc_id", "position", "text", "target", "alias", "start", "end", "lang", "voice")
