"""What can be asked of a store: its tables as frames, counts, sentences, and SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from stancelib.store import frames, summary
from stancelib.store.read_only import read_only_query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    import polars as pl

    from stancelib.scoring import Scorer
    from stancelib.store.database import Database
    from stancelib.store.summaries import StoreSummary


class StoreReader:
    """The part of `stancelib.Store` that reads and never writes."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def sql(
        self, query: str, parameters: Sequence[object] | Mapping[str, object] | None = None
    ) -> pl.DataFrame:
        """Run one reading query over the tables of the store.

        Tables: documents, rejected, sentences, mentions, searches, scores, sentiments,
        manifest, meta, and the view scored_mentions. A sentence is (doc_id, position) in all of
        them.

        Parameters
        ----------
        query : str
            One SELECT, WITH, DESCRIBE, SHOW or SUMMARIZE in DuckDB's SQL. Nothing can be written
            and no file can be read.
        parameters : sequence, mapping or None
            Values for ``?``, ``$1`` or ``$name`` in the query.

        Raises
        ------
        ArgumentError
            If the query is anything else, or fails; the message is DuckDB's.

        Examples
        --------
        >>> import stancelib as sl
        >>> with sl.open_store(":memory:") as store:
        ...     store.sql("select count(*) as n from documents").item()
        0
        >>> with sl.open_store(":memory:") as store:
        ...     store.sql("drop table documents")
        Traceback (most recent call last):
        ...
        stancelib.errors.ArgumentError: the query is a DROP statement; allowed is one SELECT, WITH,
        DESCRIBE, SHOW or SUMMARIZE
        """
        return read_only_query(self.database, query, parameters)

    def documents(self) -> pl.DataFrame:
        """Return the articles as a Documents frame, by time and ``doc_id``."""
        return frames.documents(self.database)

    def sentences(self) -> pl.DataFrame:
        """Return the sentences as a Sentences frame, by ``doc_id`` and position."""
        return frames.sentences(self.database)

    def mentions(self) -> pl.DataFrame:
        """Return all mentions as a Mentions frame, by sentence, target and place."""
        return frames.mentions(self.database)

    def scores(self) -> pl.DataFrame:
        """Return the scores as a Scores frame, by scorer, sentence and target."""
        return frames.scores(self.database)

    def sentiments(self) -> pl.DataFrame:
        """Return the mood of the sentences as a Sentiment frame, by scorer and sentence."""
        return frames.sentiments(self.database)

    def rejected(self) -> pl.DataFrame:
        """Return what was refused as a Rejected frame, by reason and row."""
        return frames.rejected(self.database)

    def manifest(self) -> pl.DataFrame:
        """Return the record of every step, in the order in which they started.

        Columns: `step` (from 1), `name`, `started_at`, `finished_at` (UTC; null: the step failed,
        was killed, or still runs), `stancelib`, `python` (versions), and as JSON `packages`,
        `arguments`, `seeds`, `inputs` (hashes) and `counts` (null as `finished_at`).
        """
        return frames.manifest(self.database)

    def summary(self) -> StoreSummary:
        """Return counts of articles, sentences, rejects and scores, for a report.

        Examples
        --------
        >>> import stancelib as sl
        >>> with sl.open_store(":memory:") as store:
        ...     counts = store.summary()
        >>> counts["documents"], counts["sources"], counts["first_published"]
        (0, [], None)
        """
        return summary.summary(self.database)

    def telling_sentences(
        self,
        target: str,
        n: int = 5,
        *,
        source: str | None = None,
        voice: Literal["author", "quoted"] | None = None,
        start: date | datetime | None = None,
        end: date | datetime | None = None,
        scorer: str | Scorer | None = None,
    ) -> pl.DataFrame:
        """Return the sentences that are most against a target, and those most in its favor.

        Parameters
        ----------
        target : str
            One target.
        n : int
            How many for each side, at most.
        source : str or None
            Of one source only.
        voice : {"author", "quoted", None}
            Only the outlet's own sentences, or only what it quotes.
        start, end : datetime.date, datetime.datetime or None
            Published from `start` on and before `end`. A date is its midnight in UTC.
        scorer : str, Scorer or None
            As in `series`.

        Returns
        -------
        polars.DataFrame
            By side and strength: target, side ("against" or "favor"), stance, p_against,
            p_neutral, p_favor, text, start, end (the mention, in code points of `text`), source,
            published_at (UTC), url, title, voice, speaker, lang, doc_id. A text that occurs
            several times is there once, as it was published first.

        Raises
        ------
        ArgumentError
            If a name is unknown or `n` is below 1.
        DataError
            If the target is scored in part.
        NotEnoughDataError
            If nothing is scored.

        Examples
        --------
        >>> import stancelib as sl
        >>> with sl.open_store(":memory:") as store:
        ...     store.telling_sentences("NATO")
        Traceback (most recent call last):
        ...
        stancelib.errors.NotEnoughDataError: no sentence has a score yet; run store.score() first
        """
        return summary.telling_sentences(
            self.database,
            target,
            n,
            source=source,
            voice=voice,
            start=start,
            end=end,
            scorer=scorer,
        )
