"""What fills a store: articles and scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stancelib.store.reader import StoreReader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stancelib.scoring import Scorer
    from stancelib.store.summaries import (
        AddedDocuments,
        FoundMentions,
        MarkedDuplicates,
        ScoredPairs,
        ScoredSentences,
    )
    from stancelib.targets import Target


class StoreWriter(StoreReader):
    """The part of `stancelib.Store` that adds articles and their scores."""

    def add_documents(
        self,
        documents: object,
        *,
        progress: bool | None = None,
        **read_options: Any,
    ) -> AddedDocuments:
        """Add articles and their sentences; what is there already stays as it is.

        Articles go in by batches: after a kill, the same call completes the work.

        Parameters
        ----------
        documents : Ingest, path or frame
            What `read_documents` returned, or anything that it reads.
        progress : bool or None
            Null: bars, on a terminal and in a notebook. True: in a log a line a step, too. False:
            nothing.
        **read_options
            Passed to `read_documents`, for example ``time_zone="Europe/Paris"``.

        Returns
        -------
        AddedDocuments
            An article whose ``doc_id`` is there with another source, time, title or text is
            rejected, and the one that was there first stays.

        Raises
        ------
        ArgumentError
            If options come with an Ingest, which is read already.
        DataError
            If the input cannot be read as a table of articles.

        Examples
        --------
        >>> from datetime import UTC, datetime
        >>> import polars as pl
        >>> import stancelib as sl
        >>> article = {"doc_id": "a1", "source": "Gazette", "text": "It rained.", "lang": "en"}
        >>> first = pl.DataFrame([{**article, "published_at": datetime(2022, 3, 1, tzinfo=UTC)}])
        >>> other = pl.DataFrame([{**article, "published_at": datetime(2022, 3, 2, tzinfo=UTC)}])
        >>> with sl.open_store(":memory:") as store:
        ...     print(store.add_documents(first))
        ...     print(store.add_documents(other))
        1 articles added (1 sentences), 0 already there, 0 rejected
        0 articles added (0 sentences), 0 already there, 1 rejected
        """
        from stancelib.store.ingest import add_documents  # noqa: PLC0415  (loads corpus)

        return add_documents(self.database, documents, read_options, progress=progress)

    def find_mentions(
        self,
        targets: str | Sequence[str] | Mapping[str, Target] | None = None,
        *,
        progress: bool | None = None,
    ) -> FoundMentions:
        """Find where sentences name targets, without scoring them; `score` does this by itself.

        Articles that were searched with the same alias tables are skipped.

        Parameters
        ----------
        targets : str, sequence of str, mapping or None
            As in `score`.
        progress : bool or None
            Null: bars, on a terminal and in a notebook. True: in a log a line a step, too. False:
            nothing.

        Returns
        -------
        FoundMentions
            With `targets`, `searched`, `mentions` and `documents`; the mentions themselves are
            in `Store.mentions`.

        Raises
        ------
        ArgumentError
            If a target is unknown, or a form belongs to two targets.

        Examples
        --------
        >>> from datetime import UTC, datetime
        >>> import polars as pl
        >>> import stancelib as sl
        >>> article = pl.DataFrame({
        ...     "doc_id": ["a1"], "source": ["Gazette"], "lang": ["en"],
        ...     "published_at": [datetime(2022, 3, 1, tzinfo=UTC)],
        ...     "text": ["NATO met in Madrid. Moscow was silent."],
        ... })
        >>> with sl.open_store(":memory:") as store:
        ...     _ = store.add_documents(article)
        ...     print(store.find_mentions())
        2 mentions of NATO, Russia, Ukraine in 1 articles (1 searched now)
        """
        from stancelib.store.mentions import find  # noqa: PLC0415  (loads targets)

        return find(self.database, targets, progress=progress)

    def mark_duplicates(
        self,
        *,
        threshold: float = 0.6,
        within_days: float = 7,
        min_words: int = 20,
        shingle: int = 3,
        n_permutations: int = 64,
        seed: int = 0,
    ) -> MarkedDuplicates:
        """Mark near-copies: write `duplicate_of` of every article, in one transaction.

        All articles of the store are compared, so that a run after more were added gives the same
        as one run over all of them. What was marked before is written over, also where it came
        with the articles (`read_documents` marks none; a Documents frame may). `Store.series`
        counts an original and its copies as one story.

        Parameters
        ----------
        threshold, within_days, min_words, shingle, n_permutations, seed
            As in `find_duplicates`.

        Returns
        -------
        MarkedDuplicates
            With `documents`, `originals`, `copies`, `across_outlets` and `within_outlets`.

        Raises
        ------
        ArgumentError
            If an option is out of its range.

        Examples
        --------
        >>> from datetime import UTC, datetime
        >>> import polars as pl
        >>> import stancelib as sl
        >>> wire = (
        ...     "The harbour office said that the ferry to the northern islands will sail again "
        ...     "from Monday, six weeks after a storm had damaged the pier and two of its cranes."
        ... )
        >>> articles = pl.DataFrame({
        ...     "doc_id": ["a", "b"], "source": ["Gazette", "Courier"], "lang": ["en", "en"],
        ...     "published_at": [datetime(2022, 5, day, tzinfo=UTC) for day in (1, 2)],
        ...     "title": ["Ferry sails again", "Islands in reach"], "text": [wire, wire.upper()],
        ... })
        >>> with sl.open_store(":memory:") as store:
        ...     _ = store.add_documents(articles)
        ...     print(store.mark_duplicates())
        ...     store.documents()["duplicate_of"].to_list()
        1 near-copies of 1 originals among 2 articles: 1 across outlets, 0 within one
        [None, 'a']
        """
        from stancelib.store.duplicates import mark_duplicates  # noqa: PLC0415  (loads corpus)

        options = {
            "threshold": threshold,
            "within_days": within_days,
            "min_words": min_words,
            "shingle": shingle,
            "n_permutations": n_permutations,
            "seed": seed,
        }
        return mark_duplicates(self.database, options)

    def score(
        self,
        scorer: str | Scorer = "embedded",
        targets: str | Sequence[str] | Mapping[str, Target] | None = None,
        *,
        batch_size: int = 512,
        progress: bool | None = None,
    ) -> ScoredPairs:
        """Score each sentence that names a target; what has a score is skipped.

        A sentence is scored once for each target, at one mention: the first of the kind of the
        highest priority (name, institution, person, capital, demonym). Sentences with the same
        words and mention are shown to the scorer once. Batches are kept one by one: after a kill,
        the same call goes on where it stopped.

        Parameters
        ----------
        scorer : str or Scorer
            A name for `load_scorer`, or an object with ``name`` and ``score``. Scores of several
            scorers live side by side, by the scorer's name with its hash.
        targets : str, sequence of str, mapping or None
            Names of targets that the package brings, or targets from `load_targets`; None: NATO,
            Russia and Ukraine. A target whose aliases changed is looked for again.
        batch_size : int
            Sentences in a batch.
        progress : bool or None
            Null: bars, on a terminal and in a notebook. True: in a log a line a step, too. False:
            nothing.

        Returns
        -------
        ScoredPairs
            With `pairs`, `skipped`, `scored`, `distinct` and `documents`.

        Raises
        ------
        ArgumentError
            If a target or scorer is unknown, or the scorer's answer is no table of probabilities.

        Examples
        --------
        >>> import stancelib as sl
        >>> with sl.open_store(":memory:") as store:
        ...     store.score("embeded")
        Traceback (most recent call last):
        ...
        stancelib.errors.ArgumentError: unknown scorer 'embeded'; known scorers: embedded,
        classifier, entailment. Did you mean 'embedded'?
        """
        from stancelib.store.scoring import score  # noqa: PLC0415  (loads targets and scoring)

        return score(self.database, scorer, targets, batch_size=batch_size, progress=progress)

    def score_sentiment(
        self,
        scorer: str | Scorer = "embedded",
        *,
        batch_size: int = 512,
        progress: bool | None = None,
    ) -> ScoredSentences:
        """Score the mood of each sentence, without a target; what has a score is skipped.

        The mood of a sentence is not its stance: a report of losses is negative in mood and need
        not be against anybody. Sentences with the same words are shown to the scorer once.
        Batches are kept one by one: after a kill, the same call goes on where it stopped.

        Parameters
        ----------
        scorer : str or Scorer
            ``"embedded"``, if its model has a sentiment output, or an object with ``name`` and
            ``sentiment``.
        batch_size : int
            Sentences in a batch.
        progress : bool or None
            Null: bars, on a terminal and in a notebook. True: in a log a line a step, too. False:
            nothing.

        Returns
        -------
        ScoredSentences
            With `sentences`, `skipped`, `scored` and `distinct`; the moods are in
            `Store.sentiments`.

        Raises
        ------
        ArgumentError
            If the scorer is unknown or scores stance only, or its answer is no table of
            probabilities.
        EnvironmentProblem
            If its model was made without a sentiment output.

        Examples
        --------
        >>> import stancelib as sl
        >>> with sl.open_store(":memory:") as store:
        ...     store.score_sentiment(batch_size=0)
        Traceback (most recent call last):
        ...
        stancelib.errors.ArgumentError: batch_size=0; it must be at least 1
        """
        from stancelib.store.sentiment import score_sentiment  # noqa: PLC0415  (loads scoring)

        return score_sentiment(self.database, scorer, batch_size=batch_size, progress=progress)
