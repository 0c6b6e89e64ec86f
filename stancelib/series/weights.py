"""What articles and outlets count: options read into the frames that the queries join."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from stancelib.errors import ArgumentError
from stancelib.store.selection import check_option

if TYPE_CHECKING:
    from stancelib.store.database import Database

SentenceWeights = Literal["uniform", "position", "headline"]
DocumentWeights = Literal["equal", "length"] | pl.DataFrame
SourceWeights = Literal["volume", "equal"] | Mapping[str, float]

SENTENCE_WEIGHTS: Final[tuple[SentenceWeights, ...]] = ("uniform", "position", "headline")
_NO_DOCUMENTS: Final = {"doc_id": pl.String, "weight": pl.Float64}
_NO_SOURCES: Final = {"source": pl.String, "weight": pl.Float64}
_NO_SHARES: Final = {"source": pl.String, "share": pl.Float64}


@dataclass(frozen=True, slots=True)
class ArticleWeights:
    """Weights of articles as the queries read them.

    Attributes
    ----------
    tables : dict of str to polars.DataFrame
        `document_weights` (doc_id, weight) and `outlet_weights` (source, weight); empty frames
        where every article weighs 1. By length, `document_weights` is a view of the store.
    by_length : bool
        Whether articles weigh by their number of sentences.
    given : bool
        Whether the caller gave the weights, so that every article needs one.
    """

    tables: dict[str, pl.DataFrame]
    by_length: bool = False
    given: bool = False


def article_weights(weights: DocumentWeights) -> ArticleWeights:
    """Read `document_weights` of `Store.series`."""
    documents, outlets = pl.DataFrame(schema=_NO_DOCUMENTS), pl.DataFrame(schema=_NO_SOURCES)
    if isinstance(weights, pl.DataFrame):
        key, frame = _read_weights(weights)
        tables = {"document_weights": documents, "outlet_weights": outlets}
        tables["document_weights" if key == "doc_id" else "outlet_weights"] = frame
        return ArticleWeights(tables, given=True)
    if check_option("document_weights", weights, ("equal", "length")) == "length":
        return ArticleWeights({"outlet_weights": outlets}, by_length=True)
    return ArticleWeights({"document_weights": documents, "outlet_weights": outlets})


def _read_weights(frame: pl.DataFrame) -> tuple[str, pl.DataFrame]:
    keys = [name for name in ("doc_id", "source") if name in frame.columns]
    values = [name for name in frame.columns if frame.schema[name].is_numeric()]
    if len(keys) != 1 or len(values) != 1 or frame.width != len(keys) + len(values):
        raise ArgumentError(
            "document_weights needs two columns: doc_id or source, and one of numbers such as "
            f"reach; got {', '.join(frame.columns) or 'none'}"
        )
    read = frame.select(pl.col(keys[0]).cast(pl.String), weight=pl.col(values[0]).cast(pl.Float64))
    bad = read.filter(~pl.col("weight").is_between(0, float("inf"), closed="none").fill_null(False))
    if not bad.is_empty():
        name, weight = bad.row(0)
        raise ArgumentError(
            f"document_weights must be above 0 and finite; {keys[0]} {name!r} has {weight}"
        )
    repeated = read.filter(read[keys[0]].is_duplicated())
    if not repeated.is_empty():
        raise ArgumentError(f"document_weights names {keys[0]} {repeated[keys[0]][0]!r} twice")
    return keys[0], read


def check_every_article_weighs(database: Database, sources: list[str] | None) -> None:
    """Refuse weights that leave articles out."""
    missing = database.frame(
        "unweighted_articles", {"sources": sources}, room="stancelib.series"
    ).row(0, named=True)
    if missing["n"]:
        raise ArgumentError(
            f"document_weights has no weight for {missing['n']:,} articles, such as doc_id "
            f"{missing['first_doc_id']!r} of source {missing['first_source']!r}"
        )


def outlet_shares(weights: SourceWeights, sources: list[str], *, pooled: bool) -> pl.DataFrame:
    """Columns source and share; empty where outlets count alike, or by their volume."""
    if weights != "volume" and not pooled:
        raise ArgumentError(
            "source_weights are for series that pool the sources; add by=None, or leave them out"
        )
    if not isinstance(weights, Mapping):
        check_option("source_weights", weights, ("volume", "equal"))
        return pl.DataFrame(schema=_NO_SHARES)
    missing = [name for name in sources if name not in weights]
    if missing:
        raise ArgumentError(
            f"source_weights has no share for {', '.join(map(repr, missing))}; give one for each "
            "source of the series (0 leaves a source out)"
        )
    for name, share in weights.items():
        if name not in sources:
            raise ArgumentError.unknown("source", name, sources)
        if not 0 <= share < float("inf"):
            raise ArgumentError(
                f"source_weights must be finite and not negative; {name!r}: {share}"
            )
    if not any(weights.values()):
        raise ArgumentError("source_weights are all 0; at least one source must count")
    return pl.DataFrame(
        {"source": list(weights), "share": [float(share) for share in weights.values()]},
        schema=_NO_SHARES,
    )


def check_sentence_weights(weights: SentenceWeights, headline_share: float | None) -> float:
    """Return the share of the title, which only "headline" has."""
    check_option("sentence_weights", weights, SENTENCE_WEIGHTS)
    if weights != "headline":
        if headline_share is not None:
            raise ArgumentError(
                f'headline_share={headline_share} needs sentence_weights="headline"'
            )
        return 0.5
    if headline_share is None:
        raise ArgumentError('sentence_weights="headline" needs headline_share, such as 0.3')
    if not 0 < headline_share < 1:
        raise ArgumentError(f"headline_share must lie inside (0, 1); got {headline_share}")
    return headline_share
