"""Speed and memory of `Store.series` on many scores, as a ratio to DuckDB's plain GROUP BY.

Run from the root of the repository:

    python benchmarks/aggregation_speed.py --scores 20000000

A store is filled with made-up scores: 25 outlets, 450 days, three targets, about eight scores an
article. The peer is the query that one would write by hand from the same columns: the means of the
probabilities and of the stance, and the number of scores, by target, source and day. It knows no
articles, so that it has neither the mean over articles nor an error. Both run in the same process
on the same file, one after the other, `--repeats` times; the fastest of each counts. The peak of
the memory is that of a process that only opens the store and calls `series`. Exits with an error
when the ratio is above `--most`, or the memory above `--gigabytes`.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

import stancelib as sl

SCORER = "given@1"
TARGETS = ["NATO", "Russia", "Ukraine"]
PLAIN = """
select target, source, date_trunc('day', published_at) as day,
    avg(p_against), avg(p_neutral), avg(p_favor), avg(p_favor - p_against) as stance, count(*)
from scores
join documents using (doc_id)
where scorer = $scorer
group by target, source, day
order by target, source, day
"""
FILL = """
insert into documents
select 'article-' || i, 'outlet ' || i % 25,
    timestamptz '2021-10-01' + to_seconds((hash(i) % 38_880_000)::bigint), null, 'text', 'en',
    null, null, case when i % 20 = 1 then 'article-' || (i - 1) end
from range($articles::bigint) as numbers(i);

insert into scores
    (doc_id, position, target, scorer, start, "end", p_against, p_neutral, p_favor, truncated)
select 'article-' || (i // 8), i % 8, ['NATO', 'Russia', 'Ukraine'][1 + i % 3], 'given@1', 0, 1,
    x, (1 - x) * 0.4, (1 - x) * 0.6, false
from (
    select i, (hash(i + 1) % 1000003) / 1000003 as x from range($scores::bigint) as numbers(i)
);

insert into completed select 'given@1', unnest(['NATO', 'Russia', 'Ukraine']);
insert into searches
select doc_id, unnest(['NATO', 'Russia', 'Ukraine']), 'x' from documents limit 3;
"""


def fill(path: Path, scores: int) -> None:
    """Make a store with so many scores."""
    with sl.open_store(path) as store:
        connection = store.database.connection
        documents, rest = FILL.split(";", 1)
        connection.execute(documents, {"articles": scores // 8})
        scoring, *others = rest.split(";")
        connection.execute(scoring, {"scores": scores})
        for statement in others:
            connection.execute(statement)


def series(path: Path) -> int:
    """Aggregate by source and day; return the number of cells."""
    with sl.open_store(path) as store:
        return store.series(every="1d", by="source").height


def fastest(call: Callable[[], object], repeats: int) -> float:
    """Seconds of the fastest call."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def peak_gigabytes(path: Path) -> float:
    """Peak resident memory of a process that aggregates the store."""
    arguments = [sys.executable, __file__, "--only-series", str(path)]
    done = subprocess.run(arguments, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def main() -> None:
    """Measure, print, and fail when a bound is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--scores", type=int, default=20_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--most", type=float, default=3.0, help="largest ratio allowed")
    parser.add_argument("--gigabytes", type=float, default=2.0, help="largest peak of the memory")
    parser.add_argument("--store", type=Path, default=None, help="keep the store here")
    parser.add_argument("--only-series", type=Path, default=None, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only_series:
        series(options.only_series)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = options.store or Path(folder) / "scores.duckdb"
        if not path.exists():
            fill(path, options.scores)
        with sl.open_store(path) as store:
            connection = store.database.connection
            plain = fastest(
                lambda: connection.execute(PLAIN, {"scorer": SCORER}).fetchall(), options.repeats
            )
            ours = fastest(lambda: store.series(every="1d", by="source"), options.repeats)
        gigabytes = peak_gigabytes(path)
    found = {
        "scores": options.scores,
        "plain_seconds": round(plain, 2),
        "series_seconds": round(ours, 2),
        "ratio": round(ours / plain, 2),
        "peak_gigabytes": round(gigabytes, 2),
        "duckdb": duckdb.__version__,
        "python": platform.python_version(),
    }
    print(json.dumps(found, indent=2))
    if found["ratio"] > options.most or gigabytes > options.gigabytes:
        sys.exit(f"above the bound of {options.most} times or {options.gigabytes} GB")


if __name__ == "__main__":
    main()
