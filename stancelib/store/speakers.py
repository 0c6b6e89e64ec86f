"""Whose side a speaker is on, as far as the alias tables of the package know him."""

from __future__ import annotations

import polars as pl

from stancelib.corpus.descriptions import description_of
from stancelib.targets import find_mentions


def speaker_sides(sentences: pl.DataFrame) -> pl.Series:
    """Name the target that each speaker belongs to.

    A speaker belongs to a target whose alias table knows his name or a word that describes him
    (a country, its demonym, capital or institution); where it knows several, to that of the
    first. Only NATO, Russia and Ukraine are asked, with the tables of this version.

    Parameters
    ----------
    sentences : polars.DataFrame
        A Sentences frame; text, lang and speaker are read.

    Returns
    -------
    polars.Series
        As long as `sentences`; null where there is no speaker, or no table knows him.

    Examples
    --------
    >>> import polars as pl
    >>> sentences = pl.DataFrame({
    ...     "text": ["“No,” said Kremlin aide Ivan Ivanov.", "“Yes,” said Ann Lee."],
    ...     "speaker": ["Ivan Ivanov", "Ann Lee"],
    ...     "lang": ["en", "en"],
    ... })
    >>> speaker_sides(sentences).to_list()
    ['Russia', None]
    """
    numbered = sentences.select("text", "speaker", "lang").with_row_index("number")
    spoken = numbered.filter(pl.col("speaker").is_not_null())
    described = pl.Series(
        [description_of(*row) for row in spoken.select("text", "speaker", "lang").iter_rows()],
        dtype=pl.String,
    )
    number = spoken["number"].cast(pl.String)
    asked = spoken.select("lang", sentence_id=number, doc_id=number, text=described)
    sides = (
        find_mentions(asked)
        .group_by("sentence_id")
        .agg(speaker_side=pl.col("target").sort_by("start").first())
        .select(
            pl.col("sentence_id").cast(numbered["number"].dtype).alias("number"), "speaker_side"
        )
    )
    return numbered.join(sides, on="number", how="left", maintain_order="left")["speaker_side"]
