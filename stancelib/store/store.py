"""The store: one DuckDB file from articles to series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from stancelib.notebook import View, Viewed
from stancelib.store.database import Database
from stancelib.store.summary import store_view
from stancelib.store.writer import StoreWriter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from pathlib import Path

    import polars as pl

    from stancelib.scoring import Scorer
    from stancelib.series import (
        DocumentWeights,
        Duplicates,
        Every,
        Interval,
        SentenceWeights,
        SourceWeights,
    )


def open_store(path: str | Path) -> Store:
    """Open a store, or make one where there is none.

    Parameters
    ----------
    path : str or pathlib.Path
        The DuckDB file, which one process at a time can have open, or ``":memory:"``.

    Returns
    -------
    Store
        A context manager that closes the file.

    Raises
    ------
    DataError
        If the file is no DuckDB file, was made by another program, or has another version of the
        schema.
    EnvironmentProblem
        If another process has the file open, or its folder does not exist.

    Examples
    --------
    >>> with open_store(":memory:") as store:
    ...     store.documents().height
    0
    """
    return Store(Database(path))


class Store(Viewed, StoreWriter):
    """Articles, their sentences, mentions and scores, and how they came to be.

    Made by `open_store`. Times are UTC. Frames come in a stable order: the same inputs give the
    same bytes.

    Examples
    --------
    >>> import datetime as dt
    >>> import polars as pl
    >>> articles = pl.DataFrame({
    ...     "doc_id": ["a1"], "source": ["Gazette"],
    ...     "published_at": [dt.datetime(2022, 3, 1, tzinfo=dt.UTC)],
    ...     "title": ["Summit opens"], "text": ["NATO met in Madrid. It rained."], "lang": ["en"],
    ... })
    >>> with open_store(":memory:") as store:
    ...     added = store.add_documents(articles)
    ...     again = store.add_documents(articles)
    ...     print(int(added), int(again), store.sentences().height)
    1 0 3
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Store({self.path!r})"

    def __str__(self) -> str:
        return repr(self)

    def _view(self) -> View:
        return store_view(self.database)

    @property
    def path(self) -> str:
        """The file, or ``":memory:"``."""
        return self.database.path

    def close(self) -> None:
        """Write everything to the file and release it; closing twice does nothing."""
        self.database.close()

    def series(
        self,
        target: str | Sequence[str] | None = None,
        *,
        every: Every = "1w",
        by: Literal["source"] | None = "source",
        time_zone: str = "UTC",
        source: str | Sequence[str] | None = None,
        voice: Literal["author", "quoted", "headline"] | None = None,
        part: Literal["title", "text"] | None = None,
        kinds: Sequence[str] | None = None,
        duplicates: Duplicates = "cluster",
        sentence_weights: SentenceWeights = "uniform",
        headline_share: float | None = None,
        document_weights: DocumentWeights = "equal",
        source_weights: SourceWeights = "volume",
        interval: Interval = "satterthwaite",
        confidence_level: float = 0.95,
        n_resamples: int = 999,
        seed: int = 0,
        scorer: str | Scorer | None = None,
        start: date | datetime | None = None,
        end: date | datetime | None = None,
    ) -> pl.DataFrame:
        r"""Return the stance toward each target, in each source and period.

        A cell is the mean over its articles of each article's mean over its sentences on the
        target. Probabilities are averaged, neutral sentences included. Beside the stance stand
        the volume (`n_published`) and the salience of the target.

        Parameters
        ----------
        target : str, sequence of str or None
            None: every target that was scored.
        every : {"1d", "1w", "1mo", "1q"}
            Day, week from Monday, calendar month, or quarter.
        by : {"source", None}
            A row for each source, or all sources pooled as source "all": there every article has
            the same weight, whatever its source.
        time_zone : str
            IANA name of the time zone in which periods are cut. A day in it can have 23 or 25
            hours.
        source : str, sequence of str or None
            Leave the other sources out.
        voice : {"author", "quoted", "headline", None}
            Only the outlet's own sentences, only what it quotes, or only its headlines, whose
            voice is the outlet's choice even where they quote: the same as ``part="title"``.
        part : {"title", "text", None}
            Only titles, or only texts.
        kinds : sequence of str or None
            Only sentences whose scored mention is of these kinds: name, demonym, capital,
            institution, person.
        duplicates : {"cluster", "drop", "keep"}
            What copies of an article (`duplicate_of`) do. "cluster": all count for their outlet,
            and the error counts the story once. "drop": they are left out, whichever outlet
            published the first. "keep": they count as if they were independent articles. Copies
            are those that `Store.mark_duplicates` found, or that came marked.
        sentence_weights : {"uniform", "position", "headline"}
            Within an article: all its sentences on the target alike; by position, from 1 for the
            first sentence of the article down to 1 / length for its last; or the title with
            `headline_share` of the weight, and the rest shared by the sentences of the text (an
            article that names the target in one of both only has that part's mean).
        headline_share : float or None
            Inside (0, 1), for ``sentence_weights="headline"``.
        document_weights : {"equal", "length"} or polars.DataFrame
            Across articles: alike, by their number of sentences (title included), or by a frame
            with the columns ``doc_id`` or ``source`` and one of numbers above 0, such as reach.
        source_weights : {"volume", "equal"} or mapping
            Across sources, with ``by=None``: every article has its own weight, so that a source
            counts by its volume; every source with articles on the target in the period counts
            alike; or fixed shares by name. The shares of the sources that a period has are
            scaled to add up to 1.
        interval : {"satterthwaite", "bootstrap"}
            How `low` and `high` are found: Student's t with Satterthwaite's degrees of freedom,
            or the percentiles of `n_resamples` resamples of the stories in each cell.
        confidence_level : float
            Of `low` and `high`, inside (0, 1).
        n_resamples, seed : int
            Of the bootstrap.
        scorer : str, Scorer or None
            Needed where several scored the store; the hash may be left out of a name.
        start, end : datetime.date, datetime.datetime or None
            The first and the last period are those in which they lie; no period is cut. A date
            is its midnight in `time_zone`. None: the first and the last article of the store.

        Returns
        -------
        polars.DataFrame
            A `stancelib.schemas.Series` frame in the order of target, source and period, with
            every period for every target and source:

            - `period`: its first instant, as Datetime in `time_zone`.
            - `stance`, `share_against`, `share_neutral`, `share_favor`: null where no article of
              the period names the target. 0 is a measured stance.
            - `se`: standard error of `stance`, clustered by story: articles are independent of
              each other, copies of one article are not. See the notes. Null with one story.
            - `low`, `high`: the interval, within [-1, 1]; null with one story.
            - `degrees_of_freedom`: of `se`; the number of articles less 1 where all count alike
              and none is a copy.
            - `n_effective`: the number of equally weighted, independent articles with the same
              variance (Kish): the number of stories where each has the same weight.
            - `n_published`: articles in the period, on the target or not: the volume.
            - `salience`: the share of them that name the target (in the voice, part and kinds
              that were asked for); null where nothing was published.
            - `coverage`: how much of the period was collected, on the target or not. By source,
              the share of the period's days with at least one article of the source; pooled, the
              share of the sources with at least one article in the period. 0 without any.

        Raises
        ------
        ArgumentError
            If a name or option is unknown, or several scorers scored and none is named.
        DataError
            If a target is scored in part: articles were added since, or a run was interrupted; if
            articles were added since copies were marked, or copies are to be dropped that were
            never looked for.
        NotEnoughDataError
            If nothing is scored.

        Notes
        -----
        With :math:`\omega_g` the share of story g in the weight of a cell and :math:`u_g` its
        share times its distance from the mean, the variance is :math:`c \sum u_g^2`, where
        :math:`c = S_2 / (S_2 - 2 S_3 + S_2^2)` and :math:`S_k = \sum \omega_g^k`: unbiased for
        independent stories with a common variance, and :math:`G / (G - 1)` where G stories weigh
        alike. The degrees of freedom are those of Satterthwaite for the same case,
        ``n_effective`` is :math:`1 / S_2`. Where sources have weights of their own, each source
        is a stratum with its own variance; a source with a single story takes its distance from
        the mean of the cell, and stories that several sources print are counted once, by the
        products of what these sources deviate.

        References
        ----------
        Cameron, A. C. and Miller, D. L. (2015). A practitioner's guide to cluster-robust
        inference. Journal of Human Resources 50(2), 317-372, section II. Satterthwaite, F. E.
        (1946). An approximate distribution of estimates of variance components. Biometrics
        Bulletin 2(6), 110-114. Kish, L. (1965). Survey Sampling. Wiley, section 11.7. Field,
        C. A. and Welsh, A. H. (2007). Bootstrapping clustered data. JRSS B 69(3), 369-390.

        Examples
        --------
        >>> with open_store(":memory:") as store:
        ...     store.series("NATO")
        Traceback (most recent call last):
        ...
        stancelib.errors.NotEnoughDataError: no sentence has a score yet; run store.score() first
        """
        from stancelib.series import stance_series  # noqa: PLC0415  (a room to the right)

        return stance_series(
            self.database,
            target,
            every=every,
            by=by,
            time_zone=time_zone,
            source=source,
            voice=voice,
            part=part,
            kinds=kinds,
            duplicates=duplicates,
            sentence_weights=sentence_weights,
            headline_share=headline_share,
            document_weights=document_weights,
            source_weights=source_weights,
            interval=interval,
            confidence_level=confidence_level,
            n_resamples=n_resamples,
            seed=seed,
            scorer=scorer,
            start=start,
            end=end,
        )
