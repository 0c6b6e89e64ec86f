"""Sentiment in the store: each different sentence once, batch by batch."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from stancelib.errors import ArgumentError
from stancelib.scoring import resolve_scorer
from stancelib.scoring.sentiment import SENTIMENT_PROBABILITIES, SentimentScorer
from stancelib.store import manifest
from stancelib.store.batches import Batches, score_in_batches
from stancelib.store.summaries import ScoredSentences

if TYPE_CHECKING:
    from stancelib.scoring import Scorer
    from stancelib.store.database import Database

_SENTENCES: Final = Batches(
    description="sentiment",
    count="count_distinct_sentences",
    following="next_sentences",
    insert="insert_sentiments",
    probabilities=SENTIMENT_PROBABILITIES,
)


def score_sentiment(
    database: Database, scorer: str | Scorer, *, batch_size: int, progress: bool | None
) -> ScoredSentences:
    """Score every sentence that has no sentiment by this scorer."""
    if batch_size < 1:
        raise ArgumentError(f"batch_size={batch_size}; it must be at least 1")
    judge = resolve_scorer(scorer)
    if not isinstance(judge, SentimentScorer):
        raise ArgumentError(
            f"scorer {judge.name!r} scores stance only; score_sentiment needs an object with "
            "`name` and `sentiment`, such as 'embedded'"
        )
    arguments = {"scorer": judge.name, "batch_size": batch_size}
    with manifest.step(database, "score_sentiment", arguments=arguments, inputs={}) as counts:
        result = _score_sentences(database, judge, batch_size, progress=progress)
        counts.update({key: n for key, n in asdict(result).items() if key != "scorer"})
    return result


def _score_sentences(
    database: Database, scorer: SentimentScorer, batch_size: int, *, progress: bool | None
) -> ScoredSentences:
    name = {"scorer": scorer.name}
    database.execute("sentences_to_score", name)
    pending = database.frame("count_sentences").row(0, named=True)
    with database.transaction():
        database.execute("copy_known_sentiments", name)
    database.execute("forget_copied_sentences", name)
    database.execute("distinct_sentences")
    distinct = score_in_batches(
        database,
        _SENTENCES,
        scorer.sentiment,
        scorer=scorer.name,
        batch_size=batch_size,
        progress=progress,
    )
    database.execute("drop_sentences_to_score")
    return ScoredSentences(
        scorer=scorer.name,
        sentences=pending["sentences"],
        skipped=pending["sentences"] - pending["pending"],
        scored=pending["pending"],
        distinct=distinct,
    )
