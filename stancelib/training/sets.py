"""Recipes: labelled sets of the field as one frame of marked sentences.

Every recipe gives the columns ``id, text, start, end, label, lang, data`` (label in -1, 0, 1;
``start`` and ``end`` in code points of ``text``). The texts are read from where the user keeps
them (environment variable STANCELIB_DATA); none is part of this project.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path

import polars as pl

from stancelib.errors import EnvironmentProblem

COLUMNS = ("id", "text", "start", "end", "label", "lang", "data")
DOMAIN = Path(__file__).parent / "data"
DOMAIN_SHARES = {"train": 0.66, "dev": 0.12, "test": 0.22}
DOMAIN_SEED = 2026
_TARGETS = ("NATO", "Russia", "Ukraine")
_TYPES = (pl.String, pl.String, pl.Int64, pl.Int64, pl.Int64, pl.String, pl.String)


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
        schema=dict(zip(COLUMNS, _TYPES, strict=True)),
        orient="row",
    )


def domain(part: str, folder: Path | None = None) -> pl.DataFrame:
    """The sentences written for this project, in twelve languages; see ``data/DATASHEET.md``.

    Parameters
    ----------
    part : {"train", "dev", "test"}
        Split by family, so that close rewrites and the mentions of one sentence stay together.
    folder : Path, optional
        Default: the one in the package.

    Returns
    -------
    DataFrame
        The columns of every recipe, and ``family``, ``target``, ``register``, ``speech``,
        ``trait`` and ``mood`` (of the sentence, -1, 0, 1).
    """
    return split_by_hash(_read_domain(folder), "family", DOMAIN_SHARES, DOMAIN_SEED)[part]


def domain_sentiment(part: str, folder: Path | None = None) -> pl.DataFrame:
    """Whole sentences of the domain set with their mood: columns ``text, label, lang``."""
    rows = domain(part, folder).unique("text", keep="first", maintain_order=True)
    return rows.select("text", pl.col("mood").alias("label"), "lang")


def names(folder: Path | None = None) -> dict[str, list[str]]:
    """Names of countries and organisations by language, for mentions that are replaced."""
    text = ((folder or DOMAIN) / "names.json").read_text(encoding="utf-8")
    known: dict[str, dict[str, dict[str, str | list[str]]]] = json.loads(text)
    return {
        lang: [
            *map(str, (table["names"][target] for target in _TARGETS)),
            *table["names"]["others"],
        ]
        for lang, table in known.items()
    }


def _read_domain(folder: Path | None) -> pl.DataFrame:
    labels = {"against": -1, "neutral": 0, "favor": 1}
    moods = {"negative": -1, "neutral": 0, "positive": 1}
    files = sorted((folder or DOMAIN).glob("domain_*.jsonl"))
    frame = pl.concat([pl.read_ndjson(file) for file in files])
    return frame.select(
        "id",
        "text",
        "start",
        "end",
        pl.col("label").replace_strict(labels, return_dtype=pl.Int64),
        "lang",
        pl.lit("domain").alias("data"),
        "family",
        "target",
        "register",
        "speech",
        "trait",
        pl.col("mood").replace_strict(moods, return_dtype=pl.Int64),
    )


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
    {'train': ['a', 'a'], 'test': ['b', 'c']}
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
