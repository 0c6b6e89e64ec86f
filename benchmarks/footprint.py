"""What the embedded model weighs, how fast it loads, and which words its vocabulary lacks.

    python benchmarks/footprint.py [--out FILE]

The unknown-token rate is the share of tokens of the domain set's sentences that the cut vocabulary
does not know. Times are the best of three fresh processes, on whatever else this machine does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl
from tokenizers import Tokenizer

from stancelib.scoring.embedded import EmbeddedScorer
from stancelib.scoring.embedded_model import PACKAGE_MODEL, load_model
from stancelib.training import domain

ROOT = Path(__file__).parent.parent
MEGABYTE = 1e6
RUNS = 3
LOAD = """
import time
started = time.perf_counter()
from stancelib.scoring import load_scorer
load_scorer("embedded")
print(time.perf_counter() - started)
"""


def unknown_token_rates(tokenizer: Tokenizer) -> dict[str, float]:
    """Share of unknown tokens, by language."""
    unknown = tokenizer.token_to_id("<unk>")
    parts = pl.concat([domain.sentences(part) for part in ("train", "dev", "test")])
    rates = {}
    for lang in sorted(parts["lang"].unique()):
        texts = parts.filter(lang=lang)["text"].unique().to_list()
        encoded = tokenizer.encode_batch(texts, add_special_tokens=False)
        ids = [number for item in encoded for number in item.ids]
        rates[lang] = sum(number == unknown for number in ids) / len(ids)
    return rates


def seconds_to_load() -> float:
    """Imports included, in a fresh process."""
    command = [sys.executable, "-c", LOAD]
    times = [
        float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
        for _ in range(RUNS)
    ]
    return min(times)


def wheel_megabytes() -> float:
    """Size of the wheel that pip builds from this checkout."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "-w", folder, str(ROOT)]
        subprocess.run(command, check=True)
        return next(Path(folder).glob("*.whl")).stat().st_size / MEGABYTE


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="write the figures as json")
    arguments = parser.parse_args()
    model = load_model(PACKAGE_MODEL)
    record = {
        "scorer": EmbeddedScorer().name,
        "model_megabytes": sum(f.stat().st_size for f in PACKAGE_MODEL.iterdir()) / MEGABYTE,
        "wheel_megabytes": wheel_megabytes(),
        "seconds_to_load": seconds_to_load(),
        "vocabulary": model.tokenizer.get_vocab_size(),
        "unknown_token_rate": unknown_token_rates(model.tokenizer),
    }
    print(json.dumps(record, indent=2))
    if arguments.out:
        arguments.out.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
