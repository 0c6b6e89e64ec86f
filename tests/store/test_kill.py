"""A run that is killed at any moment is completed by the same call, without loss or repetition."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import stancelib as sl

# The child says that it begins a batch and waits for leave; the parent gives it and kills at once,
# so that the kill strikes anywhere between two batches.
PROGRAM = """
import sys
import polars as pl
import stancelib as sl
from stancelib.store import ingest

path, documents, step = sys.argv[1:]
ingest.DOCUMENTS_A_BATCH = 20
split = ingest.split_sentences

def loud_split(frame):
    print("batch", flush=True)
    sys.stdin.readline()
    return split(frame)

ingest.split_sentences = loud_split

class Loud:
    name = "loud@1"

    def score(self, frame):
        print("batch", *frame["text"], sep="|", flush=True)
        sys.stdin.readline()
        length = pl.col("text").str.len_chars().cast(pl.Float64)
        return frame.with_columns(p_against=0.5 / length, p_favor=0.25 / length).with_columns(
            p_neutral=1 - pl.col("p_against") - pl.col("p_favor"),
            stance=pl.col("p_favor") - pl.col("p_against"),
            truncated=pl.lit(False),
        )

with sl.open_store(path) as store:
    if step == "add":
        store.add_documents(pl.read_parquet(documents), progress=False)
    else:
        store.score(Loud(), batch_size=10, progress=False)
"""


@pytest.fixture
def documents(tmp_path: Path, make_documents: Callable[..., pl.DataFrame]) -> Path:
    rows = [
        (f"a{i:03}", "Gazette", 1 + i % 20, f"NATO met on day {i % 90}. Russia spoke on day {i}.")
        for i in range(200)
    ]
    path = tmp_path / "documents.parquet"
    make_documents(rows).write_parquet(path)
    return path


def run(
    store: Path, documents: Path, step: str, root: Path, kill_at: int | None = None
) -> list[list[str]]:
    """Run the child; return the texts of each batch that it began."""
    command = [sys.executable, "-c", PROGRAM, str(store), str(documents), step]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=root, stdin=pipe, stdout=pipe, text=True) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        batches = []
        for line in child.stdout:
            batches.append(line.strip().split("|")[1:])
            child.stdin.write("go\n")
            child.stdin.flush()
            if len(batches) == kill_at:
                os.kill(child.pid, signal.SIGKILL)
        code = child.wait()
    assert code == (0 if kill_at is None else -signal.SIGKILL)
    return batches


def frames(path: Path) -> list[pl.DataFrame]:
    with sl.open_store(path) as store:
        return [store.documents(), store.sentences(), store.mentions(), store.scores()]


def test_killed_while_adding_and_scoring(
    tmp_path: Path, documents: Path, root_folder: Path
) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed={seed}")  # noqa: T201  (pytest shows it when the test fails)
    draw = random.Random(seed)  # noqa: S311  (moments of a kill, no secret)
    undisturbed, killed = tmp_path / "undisturbed.duckdb", tmp_path / "killed.duckdb"
    for step in ("add", "score"):
        run(undisturbed, documents, step, root_folder)

    # 200 articles by 20 are 10 batches; two kills leave at least two for the last run.
    for _ in range(2):
        run(killed, documents, "add", root_folder, kill_at=draw.randint(2, 4))
        added = frames(killed)[0].height
        assert added % 20 == 0
        assert 0 < added < 200
    run(killed, documents, "add", root_folder)

    # 290 different sentences by 10 are 29 batches.
    for _ in range(2):
        kept = set(frames(killed)[3]["sentence_id"])
        texts = dict(frames(killed)[1].select("sentence_id", "text").iter_rows())
        shown = run(killed, documents, "score", root_folder, kill_at=draw.randint(2, 12))
        # Nothing that was kept before is shown again.
        assert not {texts[one] for one in kept} & {text for batch in shown for text in batch}
    assert 0 < frames(killed)[3].height < 400
    run(killed, documents, "score", root_folder)

    for found, expected in zip(frames(killed), frames(undisturbed), strict=True):
        assert found.equals(expected)
    with sl.open_store(killed) as store, sl.open_store(undisturbed) as other:
        assert store.series().equals(other.series())
        unfinished = store.manifest()["finished_at"].is_null().to_list()
        assert unfinished == [True, True, False, True, True, False]
