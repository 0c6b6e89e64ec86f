"""The store: one DuckDB file from articles to series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from stancelib.store.database import Database
from stancelib.store.writer import StoreWriter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from pathlib import Path

    import polars as pl

    from stancelib.scoring import Scorer
    from stancelib.series import Every


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


class Store(StoreWriter):
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
        scorer: str | Scorer | None = None,
        start: date | datetime | None = None,
        end: date | datetime | None = None,
    ) -> pl.DataFrame:
        """Return the stance toward each target, in each source and period.

        A cell is the mean over its articles of each article's mean over its sentences on the
        target. Probabilities are averaged, neutral sentences included.

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
              each other, copies of one article (`duplicate_of`) are not. With G stories and n
              articles y, it is the square root of G / (G - 1) times the sum over the stories of
              (sum of y - mean) squared, divided by n; without copies that is the standard
              deviation over the articles by the root of n. Null where G < 2.
            - `n_effective`: G.
            - `coverage`: how much of the period was collected, on the target or not. By source,
              the share of the period's days with at least one article of the source; pooled, the
              share of the sources with at least one article in the period. 0 without any.

        Raises
        ------
        ArgumentError
            If a name or option is unknown, or several scorers scored and none is named.
        DataError
            If a target is scored in part: articles were added since, or a run was interrupted.
        NotEnoughDataError
            If nothing is scored.

        References
        ----------
        Cameron, A. C. and Miller, D. L. (2015). A practitioner's guide to cluster-robust
        inference. Journal of Human Resources 50(2), 317-372, section II.

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
            scorer=scorer,
            start=start,
            end=end,
        )
