"""What a name alone is worth: stance of neutral sentences whose subject is only a name.

    python benchmarks/name_prior.py [--model FOLDER] [--out FILE]

Twelve neutral frames a language, written for this project, are filled with 50 names and with
placeholders. A scorer that reads the sentence gives each name what it gives the placeholder; the
largest difference of a target (NATO, Russia, Ukraine) is to be at most 0.05.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import polars as pl

from stancelib.scoring.embedded import EmbeddedScorer
from stancelib.training.domain import FOLDER

SLOT = "{X}"
TARGETS = ("NATO", "Russia", "Ukraine")
PLACEHOLDER = "placeholder"


def filled_frames() -> pl.DataFrame:
    """One row a language, frame and name: text, start, end, target, lang, name."""
    table = json.loads((FOLDER / "names.json").read_text(encoding="utf-8"))
    rows = []
    for lang, content in table.items():
        names = [(target, content["names"][target]) for target in TARGETS]
        names += [("other", name) for name in content["names"]["others"]]
        names += [(PLACEHOLDER, name) for name in content["placeholders"]]
        for frame in content["frames"]:
            start = frame.index(SLOT)
            for target, name in names:
                written = name[:1].upper() + name[1:] if start == 0 else name
                text = frame.replace(SLOT, written)
                rows.append((text, start, start + len(written), target, lang, name))
    columns = ("text", "start", "end", "target", "lang", "name")
    return pl.DataFrame(rows, schema=columns, orient="row")


def differences(scored: pl.DataFrame) -> pl.DataFrame:
    """Mean stance of each name minus that of the placeholders, by language."""
    base = (
        scored.filter(target=PLACEHOLDER)
        .group_by("lang")
        .agg(pl.col("stance").mean().alias("placeholder"))
    )
    return (
        scored.filter(pl.col("target") != PLACEHOLDER)
        .group_by("lang", "target", "name", maintain_order=True)
        .agg(pl.col("stance").mean())
        .join(base, on="lang", maintain_order="left")
        .with_columns(difference=pl.col("stance") - pl.col("placeholder"))
    )


def by_language(names: pl.DataFrame) -> pl.DataFrame:
    """One row a language: the placeholder's stance, each target's difference, and the spread."""
    targets = [
        pl.col("difference").filter(pl.col("target") == target).first().alias(target)
        for target in TARGETS
    ]
    return names.group_by("lang", maintain_order=True).agg(
        pl.col("placeholder").first(),
        *targets,
        pl.col("difference").std().alias("sd_of_names"),
        pl.col("difference").abs().max().alias("largest"),
    )


def main() -> None:
    """Score, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="a model folder; default: the one that ships")
    parser.add_argument("--out", type=Path, help="write the table as json")
    arguments = parser.parse_args()
    scorer = EmbeddedScorer(arguments.model)
    names = differences(scorer.score(filled_frames()))
    table = by_language(names)
    print(scorer.name)
    with pl.Config(tbl_rows=-1, tbl_cols=-1, float_precision=3):
        print(table)
        print(names.sort("difference").select("lang", "name", "difference")[[0, 1, 2, -3, -2, -1]])
    if arguments.out:
        record = {"scorer": scorer.name, "table": table.to_dicts()}
        arguments.out.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
