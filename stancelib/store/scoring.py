"""Scores in the store: each different (sentence, mention, target) once, batch by batch."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from stancelib.errors import ArgumentError
from stancelib.scoring import resolve_scorer
from stancelib.scoring.protocol import PROBABILITY_COLUMNS
from stancelib.store import manifest
from stancelib.store.batches import Batches, score_in_batches
from stancelib.store.mentions import resolve_targets, search
from stancelib.store.summaries import ScoredPairs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stancelib.scoring import Scorer
    from stancelib.store.database import Database
    from stancelib.targets import Target


def score(
    database: Database,
    scorer: str | Scorer,
    targets: str | Sequence[str] | Mapping[str, Target] | None,
    *,
    batch_size: int,
    progress: bool | None,
) -> ScoredPairs:
    """Find the mentions, then score what has no score by this scorer."""
    if batch_size < 1:
        raise ArgumentError(f"batch_size={batch_size}; it must be at least 1")
    wanted = resolve_targets(targets)
    judge = resolve_scorer(scorer)
    arguments = {"scorer": judge.name, "targets": wanted.names, "batch_size": batch_size}
    inputs = {"alias_hash": wanted.alias_hash()}
    with (
        database.tables(wanted=wanted.frame()),
        manifest.step(database, "score", arguments=arguments, inputs=inputs) as counts,
    ):
        search(database, wanted, progress=progress)
        result = _score_pairs(database, judge, wanted.names, batch_size, progress=progress)
        counts.update({key: value for key, value in asdict(result).items() if key in _COUNTS})
    return result


_PAIRS: Final = Batches(
    description="score",
    count="count_distinct_pairs",
    following="next_pairs",
    insert="insert_scores",
    probabilities=PROBABILITY_COLUMNS,
)
_COUNTS: Final = ("pairs", "skipped", "scored", "distinct", "documents")


def _score_pairs(
    database: Database,
    scorer: Scorer,
    targets: tuple[str, ...],
    batch_size: int,
    *,
    progress: bool | None,
) -> ScoredPairs:
    name = {"scorer": scorer.name}
    with database.transaction():
        database.execute("forget_moved_scores", name)
    database.execute("pairs_to_score", name)
    pending = database.frame("count_pairs").row(0, named=True)
    with database.transaction():
        database.execute("copy_known_scores", name)
    database.execute("forget_copied_pairs", name)
    database.execute("distinct_pairs")
    distinct = score_in_batches(
        database,
        _PAIRS,
        scorer.score,
        scorer=scorer.name,
        batch_size=batch_size,
        progress=progress,
    )
    database.execute("drop_pairs")
    with database.transaction():
        database.execute("record_completed", name)
    return ScoredPairs(
        scorer=scorer.name,
        targets=targets,
        pairs=pending["pairs"],
        skipped=pending["pairs"] - pending["pending"],
        scored=pending["pending"],
        distinct=distinct,
        documents=pending["documents"],
    )
