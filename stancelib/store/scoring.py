"""Scores in the store: each different (sentence, mention, target) once, batch by batch."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import polars as pl

from stancelib.errors import ArgumentError
from stancelib.scoring import resolve_scorer
from stancelib.store import manifest
from stancelib.store.mentions import resolve_targets, search
from stancelib.store.progress import progress_bar
from stancelib.store.summaries import ScoredPairs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stancelib.scoring import Scorer
    from stancelib.store.database import Database
    from stancelib.targets import Target

_PROBABILITIES: Final = ("p_against", "p_neutral", "p_favor")
_TOLERANCE: Final = 1e-6


def score(
    database: Database,
    scorer: str | Scorer,
    targets: str | Sequence[str] | Mapping[str, Target] | None,
    *,
    batch_size: int,
    progress: bool,
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


_COUNTS: Final = ("pairs", "skipped", "scored", "distinct", "documents")


def _score_pairs(
    database: Database, scorer: Scorer, targets: tuple[str, ...], batch_size: int, *, progress: bool
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
    distinct = _score_batches(database, scorer, batch_size, progress=progress)
    database.execute("drop_pairs")
    return ScoredPairs(
        scorer=scorer.name,
        targets=targets,
        pairs=pending["pairs"],
        skipped=pending["pairs"] - pending["pending"],
        scored=pending["pending"],
        distinct=distinct,
        documents=pending["documents"],
    )


def _score_batches(database: Database, scorer: Scorer, batch_size: int, *, progress: bool) -> int:
    (total,) = database.rows("count_distinct_pairs")
    last = 0
    with progress_bar("score", total=total, unit="sentences", shown=progress) as advance:
        while True:
            batch = database.frame("next_pairs", {"after": last, "batch_size": batch_size})
            if batch.is_empty():
                return int(total)
            scores = _checked(scorer, batch)
            with database.tables(scored=scores), database.transaction():
                database.execute("insert_scores", {"scorer": scorer.name})
            last = batch["number"][-1]
            advance(batch.height)


def _checked(scorer: Scorer, batch: pl.DataFrame) -> pl.DataFrame:
    """Score a batch and refuse what is no answer to it, before any of it is kept."""
    scores = scorer.score(batch.drop("number"))
    missing = {*_PROBABILITIES, "truncated"} - set(scores.columns)
    if missing:
        raise ArgumentError(f"scorer {scorer.name!r} returned no {', '.join(sorted(missing))}")
    if scores.height != batch.height:
        raise ArgumentError(
            f"scorer {scorer.name!r} returned {scores.height} rows for {batch.height} sentences"
        )
    probabilities = scores.select(pl.col(_PROBABILITIES).cast(pl.Float64))
    inside = pl.all_horizontal(pl.col(_PROBABILITIES).is_between(0, 1))
    exhaustive = (pl.sum_horizontal(_PROBABILITIES) - 1).abs() < _TOLERANCE
    right = probabilities.select((inside & exhaustive).fill_null(value=False)).to_series()
    if not right.all():
        row = int(right.arg_min() or 0)
        text = batch["text"][row][:80]
        raise ArgumentError(
            f"scorer {scorer.name!r} returned {probabilities.row(row)} for {text!r}; three "
            "probabilities that sum to 1 are needed"
        )
    return probabilities.with_columns(batch["number"], scores["truncated"])
