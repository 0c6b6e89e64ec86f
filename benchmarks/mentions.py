"""How many mentions the alias tables find, and how many of those that they find are mentions.

    python benchmarks/mentions.py [--half dev] [--errors] [--check] [--corpora] [--out FILE]

Sentences written and labelled for this project (`mentions/*.jsonl`, see the datasheet there) are
searched with the tables that ship. A mention counts as found where target and span are those of
the label; what is found beside is wrong. A hash of the sentence says to which half it belongs: the
tables are mended on `dev`, and what is reported is `test`. `--errors` prints what differs,
`--corpora` counts forms by language in what lies below `STANCELIB_DATA` (no text).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import itertools
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

import stancelib as sl
from stancelib.training import sets

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).with_suffix("")
# Recall and precision that must hold on the test half of these languages.
FLOOR = 0.97
FLOOR_LANGUAGES = ("en", "ru", "fr", "uk", "de")
KEYS = ("sentence_id", "target", "start", "surface")
HALVES = ("dev", "test")


def half_of(text: str) -> str:
    """Return the half that a sentence belongs to, whatever file and line it stands in."""
    return HALVES[hashlib.sha256(text.encode()).digest()[0] % 2]


def read_labels(folder: Path = FOLDER) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the sentences (one document each) and the labelled mentions of the benchmark."""
    sentences, mentions = [], []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            row = json.loads(line)
            name = f"{path.stem}:{number}"
            half = half_of(row["text"])
            sentences.append((name, name, row["text"], row["lang"], row["register"], half))
            mentions += [(name, *_label(one, row["text"])) for one in row["mentions"]]
    columns = ["sentence_id", "doc_id", "text", "lang", "register", "half"]
    return (
        pl.DataFrame(sentences, schema=columns, orient="row"),
        pl.DataFrame(mentions, schema=[*KEYS, "kind"], orient="row"),
    )


def _label(label: dict[str, Any], text: str) -> tuple[str, int, str, str]:
    start, surface = label["start"], label["surface"]
    if text[start : start + len(surface)] != surface:
        raise ValueError(f"label {surface!r} does not stand at {start} in {text!r}")
    return label["target"], start, surface, label["kind"]


def compare(sentences: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """Return one row a mention that is labelled, found or both: `outcome`, `kind`, `found_kind`."""
    texts = sentences.select("sentence_id", "text", "lang", "register", "half")
    found = (
        sl.find_mentions(sentences)
        .join(texts, on="sentence_id", how="left")
        .with_columns(
            surface=pl.col("text").str.slice(pl.col("start"), pl.col("end") - pl.col("start"))
        )
        .select(*KEYS, found_kind=pl.col("kind").cast(pl.String))
    )
    outcome = (
        pl.when(pl.col("kind").is_null())
        .then(pl.lit("wrong"))
        .when(pl.col("found_kind").is_null())
        .then(pl.lit("missed"))
        .otherwise(pl.lit("right"))
    )
    return (
        labels.join(found, on=list(KEYS), how="full", coalesce=True)
        .with_columns(outcome=outcome)
        .join(texts, on="sentence_id", how="left")
        .sort("lang", "sentence_id", "start")
    )


def figures(compared: pl.DataFrame, by: str) -> pl.DataFrame:
    """Return recall and precision by `lang`, `kind`, `target` or `register`.

    By kind, what is missed counts for the labelled kind and what is wrong for the one found.
    """
    if by == "kind":
        compared = compared.with_columns(kind=pl.coalesce("kind", "found_kind"))

    def count(outcome: str) -> pl.Expr:
        return (pl.col("outcome") == outcome).sum().alias(outcome)

    return (
        compared.group_by(by)
        .agg(count("right"), count("missed"), count("wrong"))
        .with_columns(
            recall=pl.col("right") / (pl.col("right") + pl.col("missed")),
            precision=pl.col("right") / (pl.col("right") + pl.col("wrong")),
        )
        .sort(by)
    )


def below_floor(by_language: pl.DataFrame) -> list[str]:
    """Every language whose recall or precision is below the floor, as a line."""
    rows = {row["lang"]: row for row in by_language.to_dicts()}
    return [
        f"{lang} {measure} {rows[lang][measure]:.3f} is below {FLOOR}"
        for lang in FLOOR_LANGUAGES
        for measure in ("recall", "precision")
        if rows[lang][measure] < FLOOR
    ]


def corpus_counts(texts: Iterable[tuple[str, str]], most: int = 15) -> pl.DataFrame:
    """Count forms by language in texts of (text, lang): the most frequent of each."""
    rows = [(f"{n}", f"{n}", text, lang) for n, (text, lang) in enumerate(texts)]
    columns = ["sentence_id", "doc_id", "text", "lang"]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    found = sl.find_mentions(frame).join(
        frame.select("sentence_id", "lang"), on="sentence_id", how="left"
    )
    return (
        found.group_by("lang", "target", "kind", "alias")
        .agg(n=pl.len())
        .sort(["lang", "n", "alias"], descending=[False, True, False])
        .group_by("lang", maintain_order=True)
        .head(most)
    )


def real_texts() -> list[tuple[str, str]]:
    """Return texts below `STANCELIB_DATA` as (text, lang); none of a set that is absent.

    The labelled sets of English, Russian and German, and every tenth article of the corpus of
    news in English, Russian and French.
    """
    folder = sets.data_folder()
    labelled = {
        ("newsmtsc", "en"): lambda: sets.newsmtsc("train"),
        ("rusentne", "ru"): lambda: sets.rusentne("train"),
        ("gerntsa", "de"): sets.gerntsa,
    }
    texts: list[tuple[str, str]] = []
    for (name, lang), read in labelled.items():
        if (folder / name).is_dir():
            texts += [(text, lang) for text in read()["text"].unique(maintain_order=True)]
    articles = folder / "e2e_corpus" / "articles.jsonl.gz"
    if articles.is_file():
        with gzip.open(articles, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in itertools.islice(lines, None, None, 10)]
        texts += [(f"{row['title'] or ''}\n{row['text'] or ''}", row["lang"]) for row in rows]
    return texts


def _print_errors(compared: pl.DataFrame) -> None:
    for row in compared.filter(pl.col("outcome") != "right").to_dicts():
        kind = row["kind"] or row["found_kind"]
        print(f"{row['outcome']:6} {row['lang']} {row['target']} {kind} {row['surface']!r}")
        print(f"       {row['text']}")


def main() -> int:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--half", choices=HALVES, default="test")
    parser.add_argument("--errors", action="store_true", help="print what is missed and wrong")
    parser.add_argument("--check", action="store_true", help="fail below the floors")
    parser.add_argument("--corpora", action="store_true", help="count forms in real texts")
    parser.add_argument("--out", type=Path, help="write the figures as json")
    arguments = parser.parse_args()
    compared = compare(*read_labels()).filter(pl.col("half") == arguments.half)
    tables = {by: figures(compared, by) for by in ("lang", "kind", "target", "register")}
    with pl.Config(tbl_rows=-1, tbl_hide_dataframe_shape=True, float_precision=3):
        for table in tables.values():
            print(table)
        if arguments.corpora:
            print(corpus_counts(real_texts()))
    if arguments.errors:
        _print_errors(compared)
    if arguments.out:
        content = {by: table.to_dicts() for by, table in tables.items()}
        arguments.out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    missed = below_floor(tables["lang"])
    print("\n".join(missed) or f"recall and precision of {', '.join(FLOOR_LANGUAGES)} hold {FLOOR}")
    return 1 if arguments.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
