"""What the steps of a store return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from stancelib.notebook import View, Viewed, fields_of

if TYPE_CHECKING:
    from datetime import datetime

    import polars as pl


class _Step(Viewed):
    """A step that is told in one line, and shows its numbers below it."""

    __slots__ = ()

    def _view(self) -> View:
        return View(f"{self}.", {"": fields_of(self)})


@dataclass(frozen=True, slots=True)
class AddedDocuments(_Step):
    """What `Store.add_documents` did; ``int(...)`` is the number of new articles.

    Attributes
    ----------
    added : int
        Articles that are new in the store.
    unchanged : int
        Articles that were there already, with the same content.
    rejected : int
        Rows of the input that were refused, here or by `read_documents`.
    sentences : int
        Sentences of the new articles.
    """

    added: int
    unchanged: int
    rejected: int
    sentences: int

    def __int__(self) -> int:
        return self.added

    def __str__(self) -> str:
        return (
            f"{self.added:,} articles added ({self.sentences:,} sentences), "
            f"{self.unchanged:,} already there, {self.rejected:,} rejected"
        )


@dataclass(frozen=True, slots=True)
class FoundMentions(_Step):
    """What `Store.find_mentions` did; ``int(...)`` is the number of mentions in the store.

    Attributes
    ----------
    targets : tuple of str
        The targets that were looked for.
    searched : int
        Articles that were searched now; the others were searched with the same tables before.
    mentions : int
        Places in the store where a sentence names one of the targets.
    documents : int
        Articles that name at least one of the targets.
    """

    targets: tuple[str, ...]
    searched: int
    mentions: int
    documents: int

    def __int__(self) -> int:
        return self.mentions

    def __str__(self) -> str:
        return (
            f"{self.mentions:,} mentions of {', '.join(self.targets)} in {self.documents:,} "
            f"articles ({self.searched:,} searched now)"
        )


@dataclass(frozen=True, slots=True)
class ScoredPairs(_Step):
    """What `Store.score` did; ``int(...)`` is the number of pairs that have a score since.

    A pair is one (sentence, target).

    Attributes
    ----------
    scorer : str
        Name of the scorer, with its hash.
    targets : tuple of str
        The targets that were looked for.
    pairs : int
        Pairs in the store for these targets.
    skipped : int
        Pairs that this scorer had scored in an earlier run.
    scored : int
        Pairs that were given a score now.
    distinct : int
        Different pairs that the scorer was shown: sentences with the same words are shown once.
    documents : int
        Articles that name at least one of the targets.
    """

    scorer: str
    targets: tuple[str, ...]
    pairs: int
    skipped: int
    scored: int
    distinct: int
    documents: int

    def __int__(self) -> int:
        return self.scored

    def __str__(self) -> str:
        return (
            f"{self.scored:,} pairs scored by {self.scorer} ({self.distinct:,} different ones), "
            f"{self.skipped:,} scored before, in {self.documents:,} articles that name "
            f"{', '.join(self.targets)}"
        )


@dataclass(frozen=True, slots=True)
class ScoredSentences(_Step):
    """What `Store.score_sentiment` did; ``int(...)`` is the number of sentences scored by it.

    Attributes
    ----------
    scorer : str
        Name of the scorer, with its hash.
    sentences : int
        Sentences in the store.
    skipped : int
        Sentences that this scorer had scored in an earlier run.
    scored : int
        Sentences that were given a sentiment now.
    distinct : int
        Different sentences that the scorer was shown: the same words are shown once.
    """

    scorer: str
    sentences: int
    skipped: int
    scored: int
    distinct: int

    def __int__(self) -> int:
        return self.scored

    def __str__(self) -> str:
        return (
            f"{self.scored:,} sentences scored by {self.scorer} ({self.distinct:,} different "
            f"ones), {self.skipped:,} scored before"
        )


@dataclass(frozen=True, slots=True)
class MarkedDuplicates(_Step):
    """What `Store.mark_duplicates` found; ``int(...)`` is the number of copies.

    Attributes
    ----------
    documents : int
        Articles in the store.
    originals : int
        Articles of which there is at least one copy.
    copies : int
        Articles that are a near-copy of an original.
    across_outlets : int
        Copies whose original is of another source.
    within_outlets : int
        Copies whose original is of the same source.
    """

    documents: int
    originals: int
    copies: int
    across_outlets: int
    within_outlets: int

    def __int__(self) -> int:
        return self.copies

    def __str__(self) -> str:
        return (
            f"{self.copies:,} near-copies of {self.originals:,} originals among "
            f"{self.documents:,} articles: {self.across_outlets:,} across outlets, "
            f"{self.within_outlets:,} within one"
        )


class StoreSummary(TypedDict):
    """Counts of a store, for a report.

    Attributes
    ----------
    documents, sentences, mentions, rejected : int
        Numbers of rows.
    sources, languages, targets, scorers : list of str
        In alphabetical order; `targets` are those that were looked for.
    first_published, last_published : datetime or None
        In UTC; None in an empty store.
    documents_by_source : polars.DataFrame
        Columns source, lang, documents, sentences, first_published, last_published (UTC).
    rejected_by_reason : polars.DataFrame
        Columns reason, rows; the most frequent first.
    scores_by_target : polars.DataFrame
        Columns scorer, target, pairs, documents, truncated (pairs whose sentence was cut).
    """

    documents: int
    sentences: int
    mentions: int
    rejected: int
    sources: list[str]
    languages: list[str]
    targets: list[str]
    scorers: list[str]
    first_published: datetime | None
    last_published: datetime | None
    documents_by_source: pl.DataFrame
    rejected_by_reason: pl.DataFrame
    scores_by_target: pl.DataFrame
