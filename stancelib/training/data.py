"""Recipes: labelled sets of the field as one frame of marked sentences.

Every recipe gives the columns ``id, text, start, end, label, lang, data`` (label in -1, 0, 1;
``start`` and ``end`` in code points of ``text``). The texts are read from where the user keeps
them (environment variable STANCELIB_DATA); none is part of this project.
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import polars as pl

from stancelib.errors import EnvironmentProblem

COLUMNS = ("id", "text", "start", "end", "label", "lang", "data")


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
