"""`alias_audit`: under which forms a target is named before and after an event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import polars as pl

from stancelib.errors import ArgumentError, DataError, NotEnoughDataError
from stancelib.schemas import VOICES
from stancelib.store.selection import check_names, check_option, choose_scorer, choose_sources

if TYPE_CHECKING:
    from datetime import datetime

    from stancelib.scoring import Scorer
    from stancelib.store import Store
    from stancelib.store.database import Database
    from stancelib.store.selection import HasSpan

Window = timedelta | tuple[timedelta, timedelta]
_KEYS = ("target", "source")


def alias_audit(
    store: Store,
    event: HasSpan,
    target: str | Sequence[str] | None = None,
    *,
    window: Window | None = None,
    by: Literal["source"] | None = None,
    source: str | Sequence[str] | None = None,
    voice: Literal["author", "quoted"] | None = None,
    scorer: str | Scorer | None = None,
) -> pl.DataFrame:
    """Count the forms under which targets are named before and after an event.

    An outlet that turns from "Kiev" to "Kyiv", or from "Moscow" to "Putin's regime", is seen by a
    scorer in other words: a change of naming can look like a change of stance. The audit shows
    which form carries which share of the mentions on each side of the event, the mean stance of
    the sentences that were scored at that form, and how much of the change of stance comes from
    the forms' shares alone.

    Parameters
    ----------
    store : Store
        With mentions, from `Store.find_mentions` or `Store.score`.
    event : Event
        Before is what was published before ``event.at - event.anticipation``, after is what was
        published from ``event.at + event.lag`` on and, if the event has an end, before it.
    target : str, sequence of str or None
        None: every target that was looked for.
    window : datetime.timedelta, pair of datetime.timedelta or None
        How long before the beginning and after the end of the event articles count: one length
        for both sides, or two. None: all articles.
    by : {"source", None}
        A row for each source, or all sources pooled as source "all".
    source : str, sequence of str or None
        Leave the other sources out.
    voice : {"author", "quoted", None}
        Only the outlet's own sentences, or only what it quotes.
    scorer : str, Scorer or None
        Whose stances to show; needed where several scored the store.

    Returns
    -------
    polars.DataFrame
        One row for each target, source, kind and alias, the most frequent first:

        - `target`, `source`, `kind`, `alias` (the form as the table of the target writes it).
        - `n_before`, `n_after`: mentions.
        - `share_before`, `share_after`: of the target's mentions of that source; null where the
          source does not mention the target on that side at all.
        - `n_scored_before`, `n_scored_after`: sentences whose scored mention is of this form. A
          sentence is scored at one mention only, so that these are fewer.
        - `stance_before`, `stance_after`: mean stance of those sentences; null without any.
        - `from_naming`, `from_stance`: summed over the forms of a target and source, these two
          are the change of the mean stance of its scored sentences: the part that the forms'
          shares of the sentences carry, and the part of the stance at each form. A form on one
          side only counts in the first. Null where one side has no scored sentence.

    Raises
    ------
    ArgumentError
        If a name is unknown, several scorers scored and none is named, or a length is negative.
    DataError
        If articles were added since the target was looked for.
    NotEnoughDataError
        If no target was looked for yet.

    References
    ----------
    Kitagawa, E. M. (1955). Components of a difference between two rates. Journal of the American
    Statistical Association 50(272), 1168-1194.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> import polars as pl
    >>> import stancelib as sl
    >>> articles = pl.DataFrame({
    ...     "doc_id": ["a", "b"], "source": ["Gazette", "Gazette"], "lang": ["en", "en"],
    ...     "published_at": [datetime(2022, 2, day, tzinfo=UTC) for day in (20, 28)],
    ...     "text": ["Kiev is calm.", "Kyiv is under fire. Kyiv holds."],
    ... })
    >>> with sl.open_store(":memory:") as store:
    ...     _ = store.add_documents(articles)
    ...     _ = store.find_mentions("Ukraine")
    ...     audit = sl.alias_audit(store, sl.Event("Day", datetime(2022, 2, 24, tzinfo=UTC)))
    >>> audit.select("alias", "n_before", "n_after", "share_after").rows()
    [('Kyiv', 0, 2, 1.0), ('Kiev', 1, 0, 0.0)]
    """
    if by not in {"source", None}:
        raise ArgumentError(f"by={by!r}; allowed are 'source' (a row for each) and None (pooled)")
    database = store.database
    counts = database.frame(
        "alias_audit",
        {
            "targets": _searched_targets(database, target),
            "sources": choose_sources(database, source),
            "pooled": by is None,
            "voice": None if voice is None else check_option("voice", voice, VOICES),
            "scorer": _scorer_or_none(database, scorer),
            **_bounds(event, window),
        },
        room="stancelib.series",
    )
    return _with_parts(counts)


def _searched_targets(database: Database, target: str | Sequence[str] | None) -> list[str]:
    states = {
        row["target"]: row for row in database.frame("target_states", {"scorer": ""}).to_dicts()
    }
    if not states:
        raise NotEnoughDataError("no target was looked for yet; run store.find_mentions() first")
    chosen = list(states) if target is None else check_names("target", target, states)
    for name in chosen:
        if states[name]["n_unsearched"] or states[name]["n_tables"] > 1:
            raise DataError(
                f"target {name!r} is looked for in part: {states[name]['n_unsearched']:,} "
                "articles were added or are unsearched since; run store.find_mentions() again"
            )
    return chosen


def _scorer_or_none(database: Database, scorer: str | Scorer | None) -> str | None:
    if scorer is None and not database.rows("scorer_names"):
        return None
    return choose_scorer(database, scorer)


def _bounds(event: HasSpan, window: Window | None) -> dict[str, datetime | None]:
    """Return where the two sides begin and end; null is open."""
    before, after = window if isinstance(window, tuple) else (window, window)
    for length in (before, after):
        if length is not None and length <= timedelta(0):
            raise ArgumentError(f"window={length}; each side must be longer than nothing")
    before_end = event.at - (event.anticipation or timedelta(0))
    after_start = event.at + (event.lag or timedelta(0))
    ends = [after_start + after] if after is not None else []
    ends += [event.until] if event.until is not None else []
    return {
        "before_start": None if before is None else before_end - before,
        "before_end": before_end,
        "after_start": after_start,
        "after_end": min(ends, default=None),
    }


def _with_parts(counts: pl.DataFrame) -> pl.DataFrame:
    """Add the shares, and the two parts of the change of the mean stance after Kitagawa."""
    before, after = pl.col("stance_before"), pl.col("stance_after")
    weight_before = _share_of("n_scored_before")
    weight_after = _share_of("n_scored_after")
    at_one_side_or_both = pl.coalesce((before + after) / 2, before, after, 0.0)
    return counts.select(
        *_KEYS,
        "kind",
        "alias",
        "n_before",
        "n_after",
        _share_of("n_before").alias("share_before"),
        _share_of("n_after").alias("share_after"),
        "n_scored_before",
        "n_scored_after",
        "stance_before",
        "stance_after",
        ((weight_after - weight_before) * at_one_side_or_both).alias("from_naming"),
        ((weight_after + weight_before) / 2 * (after - before).fill_null(0.0)).alias("from_stance"),
    )


def _share_of(column: str) -> pl.Expr:
    total = pl.col(column).sum().over(_KEYS)
    return pl.when(total > 0).then(pl.col(column) / total)
