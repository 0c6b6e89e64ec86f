"""Whose voice a sentence is, and who speaks: the rules of the corpus room on a labelled set.

    python benchmarks/voice.py [--half dev|test] [--misses dev] [--out FILE]

The passages of the folder `voice` were written and labelled for this project, before the rules saw
them. A sentence is `quoted` when its main statement is somebody else's, direct or reported, and
`author` otherwise: words in quotation marks, hearsay without a source ("it is said"), a speech act
with a noun ("praised the hosts") and the questions of an interviewer are the author's. `speaker`
is the name as written, without title, role and article; where a person is only described by the
office of a country or body ("Kremlin spokesman"), the description; null for a pronoun and for
nameless people ("two diplomats"). A passage belongs to the half that the hash of its text says;
the rules were changed by what the half `dev` showed, never by the half `test`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl

from stancelib.corpus.sentences import split_sentences

FOLDER = Path(__file__).parent / "voice"
HALVES = ("dev", "test")
# What must hold on the half `test`, or the suite fails.
FLOORS = {"voice_accuracy": 0.92, "speaker_exact": 0.80}


def read_passages() -> list[dict[str, Any]]:
    """All passages, in the order of languages and files."""
    return [
        json.loads(line)
        for path in sorted(FOLDER.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def text_of(passage: dict[str, Any]) -> str:
    """Paragraphs apart by a blank line, sentences by a space."""
    return "\n\n".join(
        " ".join(sentence["text"] for sentence in paragraph) for paragraph in passage["paragraphs"]
    )


def half_of(passage: dict[str, Any]) -> str:
    """The half that the hash of the text says."""
    return HALVES[hashlib.sha256(text_of(passage).encode()).digest()[0] % 2]


def labelled(passages: list[dict[str, Any]]) -> pl.DataFrame:
    """One row a labelled sentence: doc_id, half, lang, register, part, start, end, and labels."""
    rows = []
    for passage in passages:
        fixed = (passage["id"], half_of(passage), passage["lang"], passage["register"])
        if passage["title"]:
            rows.append((*fixed, "title", 0, *_labels(passage["title"])))
        place = 0
        for paragraph in passage["paragraphs"]:
            for sentence in paragraph:
                rows.append((*fixed, "text", place, *_labels(sentence)))
                place += len(sentence["text"]) + 1
            place += 1
    columns = ["doc_id", "half", "lang", "register", "part", "start", "text", "voice", "speaker"]
    frame = pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None)
    return frame.with_columns(end=pl.col("start") + pl.col("text").str.len_chars())


def _labels(sentence: dict[str, Any]) -> tuple[str, str, str | None]:
    return sentence["text"], sentence["voice"], sentence["speaker"]


def judged(passages: list[dict[str, Any]]) -> pl.DataFrame:
    """The labelled sentences with `found_voice` and `found_speaker`.

    A labelled sentence gets the voice of the found sentence that covers most of it.
    """
    documents = pl.DataFrame(
        {
            "doc_id": [passage["id"] for passage in passages],
            "title": [(passage["title"] or {}).get("text") for passage in passages],
            "text": [text_of(passage) for passage in passages],
            "lang": [passage["lang"] for passage in passages],
        }
    )
    found = split_sentences(documents).select(
        "doc_id",
        pl.col("part").cast(pl.String),
        found_start="start",
        found_end="end",
        found_voice=pl.col("voice").cast(pl.String),
        found_speaker="speaker",
    )
    shared = pl.min_horizontal("end", "found_end") - pl.max_horizontal("start", "found_start")
    return (
        labelled(passages)
        .with_row_index("row")
        .join(found, on=["doc_id", "part"], how="left")
        .sort("row", shared, descending=[False, True], maintain_order=True)
        .unique("row", keep="first", maintain_order=True)
    )


def figures(rows: pl.DataFrame) -> dict[str, float | int | None]:
    """Accuracy of the voice, exact match of the speaker and false speakers of some sentences."""
    spoken = rows.filter(pl.col("speaker").is_not_null())
    silent = rows.filter(pl.col("speaker").is_null())
    return {
        "sentences": rows.height,
        "voice_accuracy": _share(rows, pl.col("voice") == pl.col("found_voice")),
        "speakers": spoken.height,
        "speaker_exact": _share(spoken, pl.col("speaker").eq_missing(pl.col("found_speaker"))),
        "speaker_missing": spoken["found_speaker"].null_count(),
        "false_speakers": silent.height - silent["found_speaker"].null_count(),
    }


def _share(rows: pl.DataFrame, holds: pl.Expr) -> float | None:
    return rows.select(holds.mean()).item() if rows.height else None


def results(halves: tuple[str, ...] = HALVES) -> dict[str, dict[str, Any]]:
    """Figures by half, of all sentences and by language and register."""
    rows = judged(read_passages())
    table: dict[str, dict[str, Any]] = {}
    for half in halves:
        part = rows.filter(half=half)
        table[half] = {"all": figures(part)}
        for column in ("lang", "register"):
            for (value,), group in part.group_by(column, maintain_order=True):
                table[half][str(value)] = figures(group)
    return table


def misses(half: str) -> pl.DataFrame:
    """Sentences whose voice or speaker is wrong."""
    return judged(read_passages()).filter(
        pl.col("half") == half,
        (pl.col("voice") != pl.col("found_voice"))
        | pl.col("speaker").ne_missing(pl.col("found_speaker")),
    )


def main() -> None:
    """Judge, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--half", choices=HALVES, help="one half only")
    parser.add_argument("--misses", choices=("dev",), help="print what went wrong; dev only")
    parser.add_argument("--out", type=Path, help="write the figures as json")
    arguments = parser.parse_args()
    table = results((arguments.half,) if arguments.half else HALVES)
    for half, rows in table.items():
        print(half)
        with pl.Config(tbl_rows=-1, tbl_cols=-1, float_precision=3, tbl_width_chars=120):
            print(pl.DataFrame([{"part": name} | row for name, row in rows.items()]))
    if arguments.misses:
        wrong = ("lang", "voice", "found_voice", "speaker", "found_speaker", "text")
        for row in misses(arguments.misses).select(wrong).iter_rows():
            print(*row, sep=" | ")
    if arguments.out:
        arguments.out.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
