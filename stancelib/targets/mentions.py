"""Where sentences name targets: the Mentions frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from stancelib.errors import ArgumentError, DataError
from stancelib.schemas import ALIAS_KINDS, Mentions
from stancelib.targets.matcher import Hit, leftmost_longest, matcher_for
from stancelib.targets.reader import shipped_targets
from stancelib.targets.target import Target, check_kinds

_COLUMNS = ("sentence_id", "doc_id", "text", "lang")


def find_mentions(
    sentences: pl.DataFrame,
    targets: Iterable[str] | Mapping[str, Target] | None = None,
    kinds: Iterable[str] | None = None,
) -> pl.DataFrame:
    """Find every place where a sentence names a target.

    Of overlapping forms the leftmost and of those the longest wins, over all targets together.
    A form counts between word boundaries (letters, digits and combining marks of every script),
    also beside clitics and hyphens, as in ``d'OTAN`` or ``NATO-Russia``; a form bound to anti-,
    pro-, non- and the like is no mention, nor is one in a web address or in an agency's dateline.
    Which forms count follows the language of the sentence: those of the language, and those of
    every language; sentences in Russian and Ukrainian share theirs.

    A short form, as "the alliance", counts only where the same document also names the target
    otherwise: hand in documents whole.

    Parameters
    ----------
    sentences : polars.DataFrame
        A Sentences frame; the columns `sentence_id`, `doc_id`, `text` and `lang` are read.
    targets : iterable of str, or mapping of str to Target, optional
        Names of the targets that ship, or targets of your own. Default: NATO, Russia, Ukraine.
    kinds : iterable of str, optional
        Kinds of aliases to keep: name, demonym, capital, institution, person. Default: all. The
        choice is made among the mentions that are found with all kinds, so that the result is a
        part of the full one.

    Returns
    -------
    polars.DataFrame
        A Mentions frame, in the order of the sentences: one row a place, `start` and `end` in
        code points of the sentence, `alias` the form as the table of the target writes it.

    Raises
    ------
    ArgumentError
        If a target or a kind is unknown, none is given, or one form belongs to two targets.
    DataError
        If a column is missing, or holds nulls.

    Examples
    --------
    >>> import polars as pl
    >>> import stancelib as sl
    >>> sentences = pl.DataFrame({
    ...     "sentence_id": ["a#0", "a#1"],
    ...     "doc_id": ["a", "a"],
    ...     "text": ["Moscou dénonce l’OTAN.", "Les anti-OTAN défilent à Rome."],
    ...     "lang": ["fr", "fr"],
    ... })
    >>> sl.find_mentions(sentences).select("sentence_id", "target", "start", "end", "kind").rows()
    [('a#0', 'Russia', 0, 6, 'capital'), ('a#0', 'NATO', 17, 21, 'name')]
    """
    chosen = _chosen_targets(targets)
    kept_kinds = _chosen_kinds(kinds)
    _check_sentences(sentences)
    hits = _hits_of(sentences, chosen)
    rows = [
        (sentence_id, hit.target, hit.start, hit.end, hit.alias, hit.kind)
        for sentence_id, found in hits
        for hit in found
        if hit.kind in kept_kinds
    ]
    return pl.DataFrame(rows, schema=Mentions.create_empty().schema, orient="row")


def alias_counts(mentions: pl.DataFrame) -> pl.DataFrame:
    """Count how often each form was found: the audit of an alias table on a corpus.

    Parameters
    ----------
    mentions : polars.DataFrame
        A Mentions frame.

    Returns
    -------
    polars.DataFrame
        One row for each form found: `target`, `kind`, `alias`, `n`, the most frequent first.

    Raises
    ------
    DataError
        If a column is missing.

    Examples
    --------
    >>> import polars as pl
    >>> sentences = pl.DataFrame({
    ...     "sentence_id": ["a#0"], "doc_id": ["a"], "lang": ["en"],
    ...     "text": ["NATO told Moscow that NATO would stay."],
    ... })
    >>> alias_counts(find_mentions(sentences)).rows()
    [('NATO', 'name', 'NATO', 2), ('Russia', 'capital', 'Moscow', 1)]
    """
    keys = ["target", "kind", "alias"]
    _check_columns(mentions, keys)
    counts = mentions.group_by(keys).agg(pl.len().cast(pl.Int64).alias("n"))
    return counts.sort([pl.col("n"), *map(pl.col, keys)], descending=[True, False, False, False])


def _hits_of(
    sentences: pl.DataFrame, targets: tuple[Target, ...]
) -> Iterable[tuple[str, list[Hit]]]:
    """Return the hits that stay, for each sentence that has any, in order."""
    columns = [sentences[name].to_list() for name in _COLUMNS]
    matchers = {lang: matcher_for(targets, lang) for lang in set(columns[-1])}
    found = [
        (sentence_id, doc_id, hits)
        for sentence_id, doc_id, text, lang in zip(*columns, strict=True)
        if (hits := matchers[lang].hits(text))
    ]
    named = {
        (doc_id, hit.target) for _, doc_id, hits in found for hit in hits if not hit.short_form
    }
    for sentence_id, doc_id, hits in found:
        standing = [hit for hit in hits if not hit.short_form or (doc_id, hit.target) in named]
        yield sentence_id, leftmost_longest(standing)


def _chosen_targets(targets: Iterable[str] | Mapping[str, Target] | None) -> tuple[Target, ...]:
    shipped = shipped_targets()
    if targets is None:
        return tuple(shipped.values())
    if isinstance(targets, Mapping):
        chosen = dict(targets)
    else:
        names = [targets] if isinstance(targets, str) else list(targets)
        for name in names:
            if name not in shipped:
                raise ArgumentError.unknown("target", name, shipped)
        chosen = {name: shipped[name] for name in names}
    if not chosen:
        raise ArgumentError("targets is empty; leave it out for NATO, Russia and Ukraine")
    for key, target in chosen.items():
        if key != target.name:
            raise ArgumentError(
                f"targets[{key!r}] is the target {target.name!r}; key it by its name"
            )
    return tuple(chosen.values())


def _chosen_kinds(kinds: Iterable[str] | None) -> frozenset[str]:
    chosen = ALIAS_KINDS if kinds is None else (kinds,) if isinstance(kinds, str) else tuple(kinds)
    check_kinds(chosen)
    if not chosen:
        raise ArgumentError(f"kinds is empty; choose among {', '.join(ALIAS_KINDS)}")
    return frozenset(chosen)


def _check_sentences(sentences: pl.DataFrame) -> None:
    _check_columns(sentences, _COLUMNS)
    for column in _COLUMNS:
        nulls = sentences[column].null_count()
        if nulls:
            raise DataError(
                f"column {column!r} of the sentences has {nulls} nulls; none is allowed"
            )


def _check_columns(frame: pl.DataFrame, columns: Iterable[str]) -> None:
    for column in columns:
        if column not in frame.columns:
            raise DataError.missing_column(column, frame.columns)
