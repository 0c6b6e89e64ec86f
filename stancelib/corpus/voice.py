"""Whose voice a sentence is: the rule, over a frame of sentences and their narration."""

from __future__ import annotations

import polars as pl

from stancelib.corpus.reporting import (
    Reporting,
    is_attributed,
    is_direct,
    is_headline_quotation,
    is_indirect,
    reporting,
)
from stancelib.corpus.speakers import find_speaker, speaker_before_colon

MOSTLY_QUOTED = 0.5
WHOLLY_QUOTED = 0.9
_FEWEST_WORDS = 3


def judge_voices(sentences: pl.DataFrame) -> pl.DataFrame:
    """Judge the voice of each sentence and name its speaker.

    Parameters
    ----------
    sentences
        Columns text, lang, narration (null without quotations: the text itself), share (of its
        letters inside quotations), runs_on (whether a quotation goes beyond the sentence).

    Returns
    -------
    polars.DataFrame
        As long as `sentences`: `voice` and `speaker`.
    """
    narrated = sentences.select(
        "lang",
        "share",
        "runs_on",
        narration=pl.coalesce("narration", "text").str.replace_all("’", "'", literal=True),
        words=pl.col("text").str.count_matches(r"\p{L}+"),
    ).with_row_index("row")
    worth_a_look = [
        pl.DataFrame(
            _judged(candidates, lang),
            schema={"row": pl.UInt32, "quoted": pl.Boolean, "speaker": pl.String},
            orient="row",
        )
        for (lang,), part in narrated.group_by("lang", maintain_order=True)
        for candidates in [_candidates(part, str(lang))]
    ]
    judged = pl.concat([*worth_a_look, pl.DataFrame(schema=_JUDGED)])
    return (
        narrated.select("row")
        .join(judged, on="row", how="left", maintain_order="left")
        .select(
            voice=pl.when(pl.col("quoted").fill_null(value=False))
            .then(pl.lit("quoted"))
            .otherwise(pl.lit("author")),
            speaker="speaker",
        )
    )


_JUDGED = {"row": pl.UInt32, "quoted": pl.Boolean, "speaker": pl.String}


def _candidates(sentences: pl.DataFrame, lang: str) -> pl.DataFrame:
    """Sentences with a quotation, a colon or a word that reports speech."""
    quoting = pl.col("share") > 0
    how = reporting(lang)
    if how is None:
        return sentences.filter(quoting)
    cued = pl.col("narration").str.to_lowercase().str.contains_any([*how.cues, ":"])
    return sentences.filter(quoting | cued)


def _judged(candidates: pl.DataFrame, lang: str) -> list[tuple[int, bool, str | None]]:
    how = reporting(lang)
    judged = []
    for row, share, runs_on, narration, words in candidates.select(
        "row", "share", "runs_on", "narration", "words"
    ).iter_rows():
        quoted = _is_quotation(narration, share, words, how, runs_on=runs_on) or (
            how is not None and _is_reported(narration, how)
        )
        judged.append((row, quoted, find_speaker(narration, how) if quoted else None))
    return judged


def _is_reported(narration: str, how: Reporting) -> bool:
    """Whether words outside the quotations say that somebody else speaks or thinks."""
    if is_direct(narration, how) or is_indirect(narration, how):
        return True
    if speaker_before_colon(narration, how) is not None:
        return True
    return bool(how.views.search(narration)) and find_speaker(narration, how) is not None


def _is_quotation(
    narration: str, share: float, words: int, how: Reporting | None, *, runs_on: bool
) -> bool:
    """Whether the sentence is mainly a quotation that stands alone or that somebody speaks."""
    if share <= MOSTLY_QUOTED:
        return False
    if runs_on or (share >= WHOLLY_QUOTED and words >= _FEWEST_WORDS):
        return True
    if is_headline_quotation(narration):
        return True
    return how is not None and (
        is_attributed(narration, how) or find_speaker(narration, how) is not None
    )
