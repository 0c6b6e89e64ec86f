"""Mentions in the store: found when they are needed, found again when an alias table changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from stancelib.errors import ArgumentError
from stancelib.notebook import progress_bar
from stancelib.store import manifest
from stancelib.store.selection import check_names
from stancelib.store.summaries import FoundMentions
from stancelib.targets import TARGETS, Target, find_mentions
from stancelib.version import __version__

if TYPE_CHECKING:
    from stancelib.store.database import Database

DOCUMENTS_A_BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Targets to score, and the targets that are looked for with them.

    Attributes
    ----------
    names : tuple of str
        The targets to score.
    together : dict of str to Target
        Of overlapping forms of several targets one wins, so that what is looked for together
        matters: one target of the package is looked for beside the other ones, as if all had
        been asked for.
    """

    names: tuple[str, ...]
    together: dict[str, Target]

    def alias_hash(self) -> str:
        """Hash of what decides on the mentions: the alias tables and the matcher's version."""
        tables = [target.model_dump_json() for _, target in sorted(self.together.items())]
        text = "\n".join([__version__, *tables])
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def frame(self) -> pl.DataFrame:
        """Columns target and alias_hash, as the queries read them."""
        return pl.DataFrame({"target": self.names}).with_columns(
            alias_hash=pl.lit(self.alias_hash())
        )


def resolve_targets(targets: str | Iterable[str] | Mapping[str, Target] | None) -> Wanted:
    """Return the targets that the caller means; null is all that the package brings."""
    shipped = dict(TARGETS)
    if targets is None:
        return Wanted(tuple(shipped), shipped)
    if isinstance(targets, Mapping):
        chosen = dict(targets)
    else:
        names = [targets] if isinstance(targets, str) else list(targets)
        chosen = {name: shipped[name] for name in check_names("target", names, shipped)}
    if not chosen:
        raise ArgumentError("targets is empty; pass None for NATO, Russia and Ukraine")
    from_package = all(shipped.get(name) == target for name, target in chosen.items())
    return Wanted(tuple(chosen), shipped if from_package else chosen)


def find(
    database: Database,
    targets: str | Iterable[str] | Mapping[str, Target] | None,
    *,
    progress: bool | None,
) -> FoundMentions:
    """Find the mentions of targets without scoring them; see `stancelib.Store.find_mentions`."""
    wanted = resolve_targets(targets)
    arguments = {"targets": wanted.names}
    inputs = {"alias_hash": wanted.alias_hash()}
    with (
        database.tables(wanted=wanted.frame()),
        manifest.step(database, "find_mentions", arguments=arguments, inputs=inputs) as counts,
    ):
        searched = search(database, wanted, progress=progress)
        found = database.frame("count_mentions").row(0, named=True)
        counts.update(found, searched=searched)
    return FoundMentions(wanted.names, searched, found["mentions"], found["documents"])


def search(database: Database, wanted: Wanted, *, progress: bool | None) -> int:
    """Find the mentions in every article that was not searched yet; return how many articles.

    The queries read `Wanted.frame` under the name ``wanted``, which the caller provides.
    """
    stale = database.frame("documents_to_search")
    with progress_bar("mentions", total=stale.height, unit="articles", shown=progress) as advance:
        for batch in stale.iter_slices(DOCUMENTS_A_BATCH):
            _search_batch(database, batch, wanted)
            advance(batch.height)
    return stale.height


def _search_batch(database: Database, batch: pl.DataFrame, wanted: Wanted) -> None:
    with database.tables(searched=batch):
        sentences = database.frame("sentences_of_documents")
        mentions = find_mentions(sentences, targets=wanted.together).filter(
            pl.col("target").is_in(wanted.names)
        )
        places = sentences.select("sentence_id", "doc_id", "position")
        found = mentions.join(places, on="sentence_id", how="inner")
        with database.tables(found=found), database.transaction():
            for query in (
                "forget_completed",
                "forget_mentions",
                "forget_searches",
                "insert_mentions",
                "insert_searches",
            ):
                database.execute(query)
