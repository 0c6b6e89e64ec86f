"""Labels of real sentences: the labels are of this project, the sentences stay where they are."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl

from stancelib.training import sets
from stancelib.training.domain import FOLDER
from stancelib.training.rusentrel import rusentrel

LABELS = {"against": -1, "neutral": 0, "favor": 1}
MOODS = {"negative": -1, "neutral": 0, "positive": 1}


def readings(folder: Path | None = None) -> pl.DataFrame:
    """Sentences of dated articles of the war and of RuSentRel, read for this project.

    ``data/readings.jsonl`` holds places and labels, no text; see ``data/DATASHEET.md``.

    Parameters
    ----------
    folder : Path, optional
        Where ``e2e_corpus`` and ``rusentrel`` are. Default: `sets.data_folder()`.

    Returns
    -------
    DataFrame
        The columns of every recipe, and ``target`` and ``mood``.
    """
    places = pl.read_ndjson(FOLDER / "readings.jsonl", infer_schema_length=None)
    root = folder or sets.data_folder()
    found = pl.concat([_of_articles(places, root), _of_rusentrel(places, root)])
    return found.with_columns(
        pl.col("label").replace_strict(LABELS, return_dtype=pl.Int64),
        pl.col("mood").replace_strict(MOODS, return_dtype=pl.Int64),
        pl.lit("readings").alias("data"),
    ).select(*sets.COLUMNS, "target", "mood")


def _of_articles(places: pl.DataFrame, root: Path) -> pl.DataFrame:
    path = root / "e2e_corpus" / "articles.jsonl.gz"
    articles = pl.read_ndjson(gzip.decompress(path.read_bytes()), infer_schema_length=None)
    parts = articles.select(pl.col("id").alias("article"), "title", "text")
    chosen = places.filter(source="e2e_corpus").join(parts, on="article", maintain_order="left")
    whole = pl.when(part="title").then("title").otherwise("text")
    length = pl.col("sentence_end") - pl.col("sentence_start")
    return chosen.select(
        pl.format("{}_{}_{}", "article", "sentence_start", "target").alias("id"),
        whole.str.slice(pl.col("sentence_start"), length).alias("text"),
        *_TOLD,
    )


def _of_rusentrel(places: pl.DataFrame, root: Path) -> pl.DataFrame:
    texts = rusentrel(root).select(pl.col("id").alias("article"), pl.col("text"))
    chosen = places.filter(source="rusentrel").join(texts, on="article", maintain_order="left")
    return chosen.select(pl.col("article").alias("id"), "text", *_TOLD)


_TOLD = ("start", "end", "lang", "target", "label", "mood")
