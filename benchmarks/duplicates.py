"""Precision and recall of `find_duplicates` on a labelled set, and its time and memory.

    python benchmarks/duplicates.py --quality           # sets of several seeds, by share of edits
    python benchmarks/duplicates.py --scale 200000      # time and peak memory of so many articles

The parameters were chosen on seed 1; the record is of other seeds. Results are merged into
``results/duplicates.json``.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import time
from collections import Counter
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from simulated_copies import KINDS, simulate_copies

import stancelib as sl

RESULTS = Path(__file__).parent / "results" / "duplicates.json"
SEEDS = (11, 12, 13)
SHARES = (0.1, 0.2, 0.3, 0.4)
STORIES = 280
WORDS = 120
VOCABULARY = 60_000
COPIES = 0.2
EDITED = 0.2
START = int(datetime(2022, 1, 1, tzinfo=UTC).timestamp() * 1_000_000)


def measure(articles: pl.DataFrame, **options: Any) -> dict[str, Any]:
    """Precision and recall of pairs of one group, recall by kind of copy, and the false pairs."""
    found = sl.find_duplicates(articles, **options)
    joined = articles.join(found, on="doc_id").with_columns(
        group=pl.coalesce("duplicate_of", "doc_id")
    )
    true, drawn = pairs_of(joined, "story"), pairs_of(joined, "group")
    kind = dict(joined.select("doc_id", "kind").iter_rows())
    false = Counter("/".join(sorted((kind[a], kind[b]))) for a, b in drawn - true)
    first = dict(joined.filter(kind="original").select("story", "doc_id").iter_rows())
    copies: dict[str, list[bool]] = {name: [] for name in KINDS}
    rows = joined.filter(pl.col("kind").is_in(KINDS)).select("story", "kind", "duplicate_of")
    for story, name, original in rows.iter_rows():
        copies[name].append(original == first[story])
    return {
        "articles": articles.height,
        "true_pairs": len(true),
        "precision": len(true & drawn) / max(len(drawn), 1),
        "recall": len(true & drawn) / len(true),
        "recall_by_kind": {name: float(np.mean(hits)) for name, hits in copies.items() if hits},
        "false_pairs": dict(sorted(false.items())),
    }


def pairs_of(articles: pl.DataFrame, column: str) -> set[tuple[str, str]]:
    """Pairs of articles with the same value in a column."""
    groups = articles.group_by(column).agg("doc_id").get_column("doc_id").to_list()
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def quality() -> list[dict[str, Any]]:
    """Measure every share of edits, with all edits and with replacements alone."""
    cells = []
    for seed in SEEDS:
        for share in SHARES:
            for edits in ("mixed", "replace"):
                articles = simulate_copies(STORIES, share, seed, edits=edits)
                cell = {"seed": seed, "share": share, "edits": edits, **measure(articles)}
                cells.append(cell)
                print(json.dumps(cell), flush=True)
    return cells


def many_articles(number: int, seed: int) -> pl.DataFrame:
    """A year of short articles, a fifth of them edited copies of one a little earlier."""
    rng = np.random.default_rng(seed)
    syllables = [a + b for a in "bcdfglmnprstv" for b in "aeiou"]
    words = np.array(
        ["".join(rng.choice(syllables, rng.integers(1, 6))) for _ in range(VOCABULARY)]
    )
    heights = np.cumsum(1 / (np.arange(VOCABULARY) + 2.7))
    heights /= heights[-1]
    parts = []
    for first in range(0, number, 10_000):
        size = min(10_000, number - first)
        drawn = np.searchsorted(heights, rng.random((size, WORDS)))
        for copy in np.flatnonzero(rng.random(size) < COPIES)[1:]:
            source = drawn[copy - rng.integers(1, min(copy, 50) + 1)]
            drawn[copy] = np.where(rng.random(WORDS) < EDITED, drawn[copy], source)
        parts.append(pl.Series([" ".join(row) for row in words.astype(object)[drawn]]))
    step = 365 * 24 * 3600 * 1_000_000 // number
    return pl.DataFrame(
        {
            "doc_id": pl.int_range(number, eager=True).cast(pl.String).str.zfill(8),
            "published_at": (pl.int_range(number, eager=True) * step + START).cast(
                pl.Datetime("us", "UTC")
            ),
            "text": pl.concat(parts),
        }
    )


def scale(number: int) -> dict[str, Any]:
    """Time and peak memory for so many short articles."""
    articles = many_articles(number, seed=3)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started, used = time.perf_counter(), time.process_time()
    found = sl.find_duplicates(articles)
    return {
        "articles": number,
        "seconds": round(time.perf_counter() - started, 1),
        "cpu_seconds": round(time.process_time() - used, 1),
        "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "megabytes_before": round(before / 1024),
        "copies": int(found.get_column("duplicate_of").is_not_null().sum()),
        "python": platform.python_version(),
        "rensa": version("rensa"),
        "polars": version("polars"),
    }


def main() -> None:
    """Run what is asked for and merge it into the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quality", action="store_true")
    parser.add_argument("--scale", type=int)
    arguments = parser.parse_args()
    new: dict[str, Any] = {}
    if arguments.quality:
        new["quality"] = quality()
    if arguments.scale:
        new[f"scale_{arguments.scale}"] = scale(arguments.scale)
        print(json.dumps(new))
    record = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.write_text(json.dumps(record | new, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
