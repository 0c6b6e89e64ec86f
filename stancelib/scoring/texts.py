"""Stance of texts without a store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import polars as pl

from stancelib.corpus import split_sentences
from stancelib.corpus.language import LANGUAGES, detect_languages, normalise_codes
from stancelib.errors import ArgumentError, DataError
from stancelib.scoring.pairs import pairs_of
from stancelib.scoring.protocol import SCORE_COLUMNS, Scorer
from stancelib.scoring.registry import resolve_scorer
from stancelib.targets import Target, find_mentions

_COLUMNS: Final = (
    *("text_index", "position", "sentence", "target", "alias", "start", "end", "lang", "voice"),
    *SCORE_COLUMNS,
    "scorer",
)


def score_texts(
    texts: Sequence[str] | pl.Series,
    lang: str | Sequence[str | None] | None = None,
    targets: Iterable[str] | Mapping[str, Target] | None = None,
    scorer: str | Scorer = "embedded",
) -> pl.DataFrame:
    """Score the stance of each sentence of each text toward each target that it names.

    A text that names no target yields no row, nor does a blank text. A sentence that names a
    target several times is scored once, at its clearest mention: name before institution,
    person, capital and demonym, then the first.

    Parameters
    ----------
    texts : sequence of str
        Documents or single sentences, shape (n_texts,).
    lang : str or sequence of str, optional
        BCP 47 language of all texts, or of each (null: detect this one). Null: detected in each
        text, among the twelve languages of the library.
    targets : sequence of str, or mapping of Targets, optional
        Names of targets, or your own from `load_targets`. Null: NATO, Russia, Ukraine.
    scorer : str or Scorer
        A name for `load_scorer`, or a scorer.

    Returns
    -------
    polars.DataFrame
        One row per (text, sentence, target), in the order of the texts: ``text_index`` (from 0),
        ``position`` of the sentence in its text (from 0), ``sentence``, ``target``, ``alias``,
        ``start``, ``end`` (code points of the mention in the sentence), ``lang``, ``voice``
        (author or quoted), ``p_against``, ``p_neutral``, ``p_favor`` (sum to 1), ``stance`` in
        [-1, 1], ``truncated``, and ``scorer``, its name with its hash.

    Raises
    ------
    ArgumentError
        If ``texts`` is a single string, or a language, target or scorer is unknown.
    DataError
        If a text is null or no string.

    Examples
    --------
    >>> import numpy as np
    >>> import stancelib as sl
    >>> from stancelib.scoring import attach_scores
    >>> class Undecided:
    ...     name = "undecided@000000000000"
    ...     def score(self, frame):
    ...         n = frame.height
    ...         return attach_scores(frame, np.full((n, 3), 1 / 3), np.zeros(n, dtype=bool))
    >>> found = sl.score_texts(["NATO met in Kyiv.", "It rained."], "en", scorer=Undecided())
    >>> found.select("text_index", "target", "alias", "stance").rows()
    [(0, 'NATO', 'NATO', 0.0), (0, 'Ukraine', 'Kyiv', 0.0)]
    """
    judge = resolve_scorer(scorer)
    sentences = split_sentences(_documents(_checked(texts), lang))
    pairs = pairs_of(sentences, find_mentions(sentences, targets))
    return (
        judge.score(pairs)
        .with_columns(text_index=pl.col("doc_id").cast(pl.Int64), scorer=pl.lit(judge.name))
        .rename({"text": "sentence"})
        .select(_COLUMNS)
    )


def _checked(texts: Sequence[str] | pl.Series) -> list[str]:
    if isinstance(texts, str | bytes):
        raise ArgumentError("texts is a single string; pass a list: score_texts([text])")
    for index, text in enumerate(texts):
        if not isinstance(text, str):
            raise DataError(f"text {index} is {text!r}; it must be a string")
    return list(texts)


def _documents(texts: list[str], lang: str | Sequence[str | None] | None) -> pl.DataFrame:
    documents = pl.DataFrame(
        {
            "doc_id": [str(i) for i in range(len(texts))],
            "text": texts,
            "lang": _languages(texts, lang),
        },
        schema={"doc_id": pl.String, "text": pl.String, "lang": pl.String},
    )
    # A text outside a store has no source and no date; nothing of what follows reads them.
    no_text, nothing = pl.lit("score_texts"), pl.lit(None, pl.String)
    return documents.filter(pl.col("text").str.strip_chars() != "").select(
        "doc_id",
        no_text.alias("source"),
        pl.lit(datetime(1970, 1, 1, tzinfo=UTC))
        .cast(pl.Datetime("us", "UTC"))
        .alias("published_at"),
        nothing.alias("title"),
        "text",
        "lang",
        pl.lit(None, pl.Float64).alias("lang_margin"),
        nothing.alias("url"),
        nothing.alias("duplicate_of"),
    )


def _languages(texts: list[str], lang: str | Sequence[str | None] | None) -> list[str]:
    given = [lang] * len(texts) if lang is None or isinstance(lang, str) else list(lang)
    if len(given) != len(texts):
        raise ArgumentError(f"lang has {len(given)} values for {len(texts)} texts; give one each")
    codes = normalise_codes(pl.Series(given, dtype=pl.String)).to_list()
    for value, code in zip(given, codes, strict=True):
        if value is not None and code is None:
            raise ArgumentError(
                f"lang={value!r} is no language code; give one such as 'en' or 'uk'"
            )
    unknown = [i for i, code in enumerate(codes) if code is None]
    detected = detect_languages([texts[i] for i in unknown], LANGUAGES)["lang"]
    for i, code in zip(unknown, detected, strict=True):
        codes[i] = code
    return codes
