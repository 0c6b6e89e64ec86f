"""Near-copies in the store: found over all articles, and marked in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from stancelib.corpus import find_duplicates
from stancelib.store import manifest
from stancelib.store.summaries import MarkedDuplicates

if TYPE_CHECKING:
    from stancelib.store.database import Database


def mark_duplicates(database: Database, options: Mapping[str, Any]) -> MarkedDuplicates:
    """Find the copies among all articles of the store, and write them over what was marked."""
    arguments = dict(options)
    seeds = {"minhash": arguments.pop("seed")}
    inputs = {"documents": database.rows("hash_of_compared")[0]}
    with manifest.step(
        database, "mark_duplicates", arguments=arguments, inputs=inputs, seeds=seeds
    ) as counts:
        found = find_duplicates(database.frame("texts_to_compare"), **options)
        with database.tables(found=found), database.transaction():
            database.execute("update_duplicates")
        result = MarkedDuplicates(**database.frame("count_duplicates").row(0, named=True))
        counts.update(asdict(result))
    return result
