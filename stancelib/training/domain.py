"""The domain set: sentences about NATO, Russia, Ukraine and others, written for this project."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from stancelib.training.sets import split_by_hash

FOLDER = Path(__file__).parent / "data"
SHARES = {"train": 0.66, "dev": 0.12, "test": 0.22}
SEED = 2026
EDITIONS = (1, 2, 3, 4)
_TARGETS = ("NATO", "Russia", "Ukraine")


def sentences(part: str, folder: Path | None = None) -> pl.DataFrame:
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
        ``trait`` and ``mood`` (of the sentence, -1, 0, 1; null: not read yet).
    """
    return split_by_hash(_read(folder), "family", SHARES, SEED)[part]


def further_sentences(
    editions: Sequence[int] = EDITIONS, folder: Path | None = None
) -> pl.DataFrame:
    """More sentences written for this project, all of them to learn from.

    They were written after the model's errors on the dev part: parties with exchanged roles,
    grim facts that blame nobody, and general news in the style of NewsMTSC, RuSentNE and GerNTSA.

    Parameters
    ----------
    editions : sequence of int
        Which of the four editions; each adds rows to those before.
    folder : Path, optional
        Default: the one in the package.

    Returns
    -------
    DataFrame
        The columns of every recipe, and ``family``, ``target``, ``register``, ``speech``,
        ``trait`` and ``style`` (domain, or the set whose idea of the label was followed).
    """
    frame = _read_files("further", folder).filter(pl.col("edition").is_in(editions))
    return frame.select(*_shared_columns("further"), "style")


def moods(part: str, folder: Path | None = None) -> pl.DataFrame:
    """Whole sentences whose mood was read: columns ``text, label, lang``."""
    rows = sentences(part, folder).unique("text", keep="first", maintain_order=True)
    return rows.drop_nulls("mood").select("text", pl.col("mood").alias("label"), "lang")


def names(folder: Path | None = None) -> dict[str, list[str]]:
    """Names of countries and organisations by language, for mentions that are replaced."""
    text = ((folder or FOLDER) / "names.json").read_text(encoding="utf-8")
    known: dict[str, dict[str, dict[str, str | list[str]]]] = json.loads(text)
    return {
        lang: [
            *map(str, (table["names"][target] for target in _TARGETS)),
            *table["names"]["others"],
        ]
        for lang, table in known.items()
    }


def _read(folder: Path | None) -> pl.DataFrame:
    moods = {"negative": -1, "neutral": 0, "positive": 1}
    mood = pl.col("mood").cast(pl.String).replace_strict(moods, return_dtype=pl.Int64)
    return _read_files("domain", folder).select(*_shared_columns("domain"), mood)


def _read_files(name: str, folder: Path | None) -> pl.DataFrame:
    files = sorted((folder or FOLDER).glob(f"{name}_*.jsonl"))
    return pl.concat([pl.read_ndjson(file) for file in files], how="vertical_relaxed")


def _shared_columns(data: str) -> list[str | pl.Expr]:
    labels = {"against": -1, "neutral": 0, "favor": 1}
    label = pl.col("label").replace_strict(labels, return_dtype=pl.Int64)
    described = ("family", "target", "register", "speech", "trait")
    return ["id", "text", "start", "end", label, "lang", pl.lit(data).alias("data"), *described]
