"""Press releases of the Kremlin and of the Ukrainian president, before and after the invasion.

Two sources, in English, October 2021 to June 2022. Run it with

    python examples/01_kremlin_and_kyiv.py

The files are taken from STANCELIB_DATA, else from the cache, else from their public address.
It writes examples/output/kremlin_and_kyiv.duckdb and .html; a second run resumes.
"""

from __future__ import annotations

import datetime as dt
import sys
from itertools import product
from pathlib import Path

import stancelib as sl
from stancelib.errors import NotEnoughDataError

OUTPUT = Path(__file__).resolve().parent / "output"
SOURCES = ("Kremlin", "President of Ukraine")

# 04:00 in Kyiv; the releases before that hour are on the earlier side.
INVASION = sl.Event(
    "invasion",
    dt.datetime(2022, 2, 24, 2, 0, tzinfo=dt.UTC),
    label="Russia invades Ukraine",
)


def main() -> int:
    """Read, score, estimate, report."""
    ingest = sl.read_documents(sl.datasets.load("putin_zelenskyy_press"))
    print(ingest.summary())
    OUTPUT.mkdir(exist_ok=True)
    with sl.open_store(OUTPUT / "kremlin_and_kyiv.duckdb") as store:
        print(store.add_documents(ingest))
        print(f"\n{store.score()}")
        show_effects(store)
        page = sl.report(
            store,
            [INVASION],
            OUTPUT / "kremlin_and_kyiv.html",
            every="1w",
            title="The Kremlin and the Ukrainian president, before and after 24 February 2022",
        )
    print(f"\nreport: {page}")
    return 0


def show_effects(store: sl.Store) -> None:
    """Print what moved: each source toward each target, doubted and corrected for their number."""
    series = store.series(every="1w", by="source")
    effects = []
    for target, source in product(sl.TARGETS, SOURCES):
        try:
            effect = sl.interrupted_time_series(series, INVASION, source=source, target=target)
        except NotEnoughDataError as error:
            print(f"\n{source} on {target}: {error}")
            continue
        effects.append(effect)
        print(f"\n{source} on {target}: {effect.sentence}")
        print(effect.table)
        placebo = sl.placebo_test(series, INVASION, source=source, target=target)
        print(f"Placebo dates: {placebo.sentence}")
        coverage = sl.interrupted_counts(series, INVASION, source=source, target=target)
        print(f"Coverage: {coverage.sentence}")
    adjusted = sl.adjust(effects, method="max_t")
    print(f"\n{adjusted.sentence}")
    print(adjusted.table.select("target", "source", "estimate", "p_value", "p_value_adjusted"))


if __name__ == "__main__":
    sys.exit(main())
