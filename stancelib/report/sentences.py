"""The most telling sentences of each side, with the mention marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl

from stancelib.report.formats import Moment, moment, safe_link, signed

SENTENCES_A_SIDE = 5
SIDES = (("against", "Most against"), ("favor", "Most in favor"))


class Quoted(Protocol):
    """The part of a store that gives sentences."""

    def telling_sentences(self, target: str, n: int = 5, *, scorer: Any = None) -> pl.DataFrame:
        """The strongest sentences of each side."""
        ...


@dataclass(frozen=True, slots=True)
class Telling:
    """A sentence in three pieces around its mention, and where it stands."""

    before: str
    mention: str
    after: str
    stance: str
    source: str
    published: Moment
    voice: str
    speaker: str | None
    lang: str
    link: str | None


@dataclass(frozen=True, slots=True)
class Side:
    """The sentences of one side, the strongest first."""

    heading: str
    sentences: tuple[Telling, ...]


def telling_part(
    store: Quoted, targets: Sequence[str], time_zone: str, scorer: Any
) -> dict[str, tuple[Side, ...]]:
    """For each target its two sides."""
    return {
        target: _sides(store.telling_sentences(target, SENTENCES_A_SIDE, scorer=scorer), time_zone)
        for target in targets
    }


def _sides(frame: pl.DataFrame, time_zone: str) -> tuple[Side, ...]:
    return tuple(
        Side(
            heading,
            tuple(
                _telling(row, time_zone)
                for row in frame.filter(pl.col("side") == side).iter_rows(named=True)
            ),
        )
        for side, heading in SIDES
    )


def _telling(row: Mapping[str, Any], time_zone: str) -> Telling:
    before, mention, after = pieces(row["text"], row["start"], row["end"])
    return Telling(
        before=before,
        mention=mention,
        after=after,
        stance=signed(row["stance"]),
        source=row["source"],
        published=moment(row["published_at"], time_zone),
        voice="quoted" if row["voice"] == "quoted" else "the outlet's own voice",
        speaker=row["speaker"],
        lang=row["lang"],
        link=safe_link(row["url"]),
    )


def pieces(text: str, start: int | None, end: int | None) -> tuple[str, str, str]:
    """The text before, in and after a mention; all of it before, where there is none.

    Examples
    --------
    >>> pieces("Then NATO met.", 5, 9)
    ('Then ', 'NATO', ' met.')
    >>> pieces("Then they met.", None, None)
    ('Then they met.', '', '')
    """
    if start is None or end is None:
        return text, "", ""
    return text[:start], text[start:end], text[end:]
