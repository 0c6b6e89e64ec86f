"""Recipes: labelled sets of the field as one frame of marked sentences.

Every recipe gives the columns ``id, text, start, end, label, lang, data`` (label in -1, 0, 1;
``start`` and ``end`` in code points of ``text``). The texts are read from where the user keeps
them (environment variable STANCELIB_DATA); none is part of this project.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path

import polars as pl

from stancelib.errors import EnvironmentProblem

COLUMNS = ("id", "text", "start", "end", "label", "lang", "data")
GERNTSA_SHARES = {"train": 0.6, "dev": 0.15, "test": 0.25}
GERNTSA_SEED = 1
TYPES = (pl.String, pl.String, pl.Int64, pl.Int64, pl.Int64, pl.String, pl.String)


def data_folder() -> Path:
    """The folder of the labelled sets: STANCELIB_DATA, else ``../shared/data``.

    Raises
    ------
    EnvironmentProblem
        If neither exists.
    """
    folder = Path(os.environ.get("STANCELIB_DATA", "../shared/data"))
    if not folder.is_dir():
        raise EnvironmentProblem(
            f"the labelled sets are not at {folder.resolve()}; "
            "set STANCELIB_DATA to the folder that holds newsmtsc/, rusentne/ ..."
        )
    return folder


def newsmtsc(part: str, folder: Path | None = None) -> pl.DataFrame:
    """NewsMTSC (Hamborg and Donnay 2021, EACL): English political news.

    Parameters
    ----------
    part : {"train", "rw_dev", "rw_test", "mt_dev", "mt_test"}
        rw: a real-world mix; mt: sentences with several targets.
    folder : Path, optional
        Default: `data_folder()`.
    """
    path = (folder or data_folder()) / "newsmtsc" / f"{part}.jsonl"
    frame = pl.read_ndjson(path, infer_schema_length=None)
    return frame.select(
        pl.col("id").cast(pl.String),
        pl.col("sentence").alias("text"),
        pl.col("from").alias("start"),
        pl.col("to").alias("end"),
        pl.col("polarity").cast(pl.Int64).alias("label"),
        pl.lit("en").alias("lang"),
        pl.lit(f"newsmtsc_{part}").alias("data"),
    )


def rusentne(part: str, folder: Path | None = None) -> pl.DataFrame:
    """RuSentNE-2023 (Golubev, Rusnachenko and Loukachevitch 2023): Russian news.

    Parameters
    ----------
    part : {"train", "validation"}
        The file of that part.
    folder : Path, optional
        Default: `data_folder()`.
    """
    name = {"train": "train_data.csv", "validation": "validation_data_labeled.csv"}[part]
    path = (folder or data_folder()) / "rusentne" / name
    frame = pl.read_csv(path, separator="\t", infer_schema_length=None)
    return frame.with_row_index("row").select(
        pl.format("rusentne_{}_{}", pl.lit(part), "row").alias("id"),
        pl.col("sentence").alias("text"),
        pl.col("entity_pos_start_rel").cast(pl.Int64).alias("start"),
        pl.col("entity_pos_end_rel").cast(pl.Int64).alias("end"),
        pl.col("label").cast(pl.Int64),
        pl.lit("ru").alias("lang"),
        pl.lit(f"rusentne_{part}").alias("data"),
    )


def split_by_sentence(
    frame: pl.DataFrame, share: float, seed: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split off a dev part of whole sentences, so that no sentence is on both sides.

    Returns
    -------
    tuple of DataFrame
        The larger rest and the part of about ``share`` of the sentences.
    """
    # A checksum, because the hash of polars may change between its versions.
    chosen = [
        zlib.crc32(f"{seed}:{text}".encode()) % 10_000 < share * 10_000 for text in frame["text"]
    ]
    is_dev = pl.Series(chosen)
    return frame.filter(~is_dev), frame.filter(is_dev)


def gerntsa(folder: Path | None = None) -> pl.DataFrame:
    """GerNTSA (CC BY 4.0): German news snippets, sentiment toward a target.

    It has no official split; `split_by_hash` of the text gives ours. Labels are those of a crowd.

    Parameters
    ----------
    folder : Path, optional
        Default: `data_folder()`.
    """
    path = (folder or data_folder()) / "gerntsa" / "GerNTSA.json"
    rows = json.loads(path.read_text(encoding="utf-8"))
    labels = {"negative": -1, "neutral": 0, "positive": 1}
    return pl.DataFrame(
        [
            (
                row["id"],
                row["opinion_snippet"],
                row["target_anchor"]["from"],
                row["target_anchor"]["to"],
                labels[row["sentiment"]["polarity"]],
                "de",
                "gerntsa",
            )
            for row in rows
        ],
        schema=dict(zip(COLUMNS, TYPES, strict=True)),
        orient="row",
    )


def gerntsa_part(part: str, folder: Path | None = None) -> pl.DataFrame:
    """Our split of GerNTSA by sentence: ``train``, ``dev`` or ``test``."""
    return split_by_hash(gerntsa(folder), "text", GERNTSA_SHARES, GERNTSA_SEED)[part]


def semeval_roles(folder: Path | None = None) -> pl.DataFrame:
    """Roles in news of the war of SemEval 2025 task 10, English and Russian: evaluation only.

    `label` is 1 for Protagonist and Innocent, -1 for Antagonist; there is no neutral class, and
    the role was judged over the whole article, which the sentence may not show.

    Parameters
    ----------
    folder : Path, optional
        Default: `data_folder()`.
    """
    path = (folder or data_folder()) / "semeval2025_t10" / "train_en_ru.jsonl.gz"
    frame = pl.read_ndjson(gzip.decompress(path.read_bytes()), infer_schema_length=None)
    of_the_war = pl.col("doc").str.contains("^(?:EN_UA_|RU-URW)") & (pl.col("topic") != "CC")
    start = _code_points_before(pl.col("sentence"), pl.col("mention"))
    return frame.filter(of_the_war).select(
        "id",
        pl.col("sentence").alias("text"),
        start.alias("start"),
        (start + pl.col("mention").str.len_chars().cast(pl.Int64)).alias("end"),
        pl.when(pl.col("role") == "Antagonist").then(-1).otherwise(1).cast(pl.Int64).alias("label"),
        "lang",
        pl.lit("semeval_roles").alias("data"),
    )


def ruw_tweets(folder: Path | None = None) -> pl.DataFrame:
    """Tweets of the RUW validation file: stance toward Russia and Ukraine, evaluation only.

    Two rows a tweet. Columns as ever, and ``target``; ``start`` and ``end`` are null, because the
    stance is asked for whether or not the tweet names the target.

    Parameters
    ----------
    folder : Path, optional
        Default: `data_folder()`.
    """
    path = (folder or data_folder()) / "ruw" / "val.csv"
    frame = pl.read_csv(path, encoding="cp1252").with_row_index("row")
    labels = {"AGAINST": -1, "NONE": 0, "FAVOR": 1}
    nowhere = pl.lit(None, pl.Int64)
    return pl.concat(
        [
            frame.select(
                pl.format("ruw_{}_{}", "row", pl.lit(number)).alias("id"),
                pl.col("Tweet").alias("text"),
                nowhere.alias("start"),
                nowhere.alias("end"),
                pl.col(f"Stance {number}")
                .replace_strict(labels, return_dtype=pl.Int64)
                .alias("label"),
                pl.lit("en").alias("lang"),
                pl.lit("ruw_val").alias("data"),
                pl.col(f"Target {number}").alias("target"),
            )
            for number in (1, 2)
        ]
    )


def _code_points_before(text: pl.Expr, part: pl.Expr) -> pl.Expr:
    """Where a part begins for the first time; polars finds bytes."""
    before = text.str.split_exact(part, 1).struct.field("field_0")
    return before.str.len_chars().cast(pl.Int64)


def split_by_hash(
    frame: pl.DataFrame, column: str, shares: Mapping[str, float], seed: int
) -> dict[str, pl.DataFrame]:
    """Parts of a frame whose shares add up to 1; rows with one value of a column stay together.

    The part of a value depends on the value and the seed alone: a longer frame moves no row.

    Examples
    --------
    >>> frame = pl.DataFrame({"family": ["a", "a", "b", "c"]})
    >>> parts = split_by_hash(frame, "family", {"train": 0.5, "test": 0.5}, seed=1)
    >>> {name: part["family"].to_list() for name, part in parts.items()}
    {'train': ['a', 'a', 'b'], 'test': ['c']}
    """
    steps = 1_000_000
    places = pl.Series(
        [zlib.crc32(f"{seed}:{value}".encode()) % steps / steps for value in frame[column]],
        dtype=pl.Float64,
    )
    ends = list(accumulate(shares.values()))
    starts = [0.0, *ends[:-1]]
    return {
        name: frame.filter((places >= start) & (places < (1.1 if end == ends[-1] else end)))
        for name, start, end in zip(shares, starts, ends, strict=True)
    }
