"""Nine outlets around the events of 2022: headlines and subheads on the war.

A public corpus (RUWA), collected by keywords of events: tone can be compared, volume cannot. Run it
with

    python examples/02_outlets_and_events.py

The file is taken from STANCELIB_DATA, else from the cache, else from its public address. It writes
examples/output/nine_outlets.duckdb and .html; a second run resumes.
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

import polars as pl

import stancelib as sl
from stancelib.errors import NotEnoughDataError

OUTPUT = Path(__file__).resolve().parent / "output"
SIGNIFICANT = 0.05
# Well inside the collection, which has two or three weeks before the invasion.
EVENTS = ("Killings in Bucha become known", "Finland and Sweden apply to join NATO")
UKRAINIAN = ["censor.net", "ukrinform.net"]
OTHERS = ["aljazeera.com", "bbc.co.uk", "msnbc.com", "reuters.com", "rt.com"]


def main() -> int:
    """Read, score, estimate, report."""
    ingest = sl.read_documents(sl.datasets.load("ruwa"))
    print(ingest.summary())
    known = {event.name: event for event in sl.datasets.trigger_events()}
    events = [known[name] for name in EVENTS]
    OUTPUT.mkdir(exist_ok=True)
    with sl.open_store(OUTPUT / "nine_outlets.duckdb") as store:
        print(store.add_documents(ingest))
        print(store.mark_duplicates())
        print(store.score())
        series = store.series(every="1w", by="source", time_zone="Europe/Kyiv")
        show_collection(store, events[0])
        show_outlets(series, events)
        show_groups(series, events[0])
        page = sl.report(
            store,
            events,
            OUTPUT / "nine_outlets.html",
            every="1w",
            title="Nine outlets around the events of 2022",
        )
    print(f"\nreport: {page}")
    return 0


def show_collection(store: sl.Store, event: sl.Event) -> None:
    """Print how much is copied and quoted, and how much of a change is the mix of outlets."""
    copies = store.documents().get_column("duplicate_of")
    print(f"\nnear-copies: {len(copies) - copies.null_count():,} of {len(copies):,} items")
    voices = store.sentences().get_column("voice").cast(pl.String)
    print(f"quoted sentences: {(voices == 'quoted').mean():.1%} of {len(voices):,}")
    panel = store.series(every="1mo", by="source", time_zone="Europe/Kyiv")
    for target in sl.TARGETS:
        change = sl.decompose_change(panel, event, target=target, periods=2)
        print(change.sentence)
        print(change.table)


def show_outlets(series: pl.DataFrame, events: list[sl.Event]) -> None:
    """Print what moved in each outlet, corrected for their number, and doubt what is left."""
    for event in events:
        effects, refused = [], []
        for target, source in product(sl.TARGETS, series["source"].unique().sort()):
            try:
                effect = sl.interrupted_time_series(series, event, source=source, target=target)
            except NotEnoughDataError as error:
                refused.append((f"{target} in {source}", error))
                continue
            effects.append(effect)
        print(f"\n{event.name}")
        if refused:
            names = ", ".join(name for name, _ in refused)
            print(f"not estimated: {names}; the last because {refused[-1][1]}")
        adjusted = sl.adjust(effects, method="max_t")
        print(adjusted.sentence)
        table = adjusted.table.sort("p_value").select(
            "target", "source", "estimate", "low", "high", "p_value", "p_value_adjusted"
        )
        with pl.Config(tbl_rows=-1):
            print(table)
        for row in table.filter(pl.col("p_value") < SIGNIFICANT).to_dicts():
            test = sl.placebo_test(series, event, source=row["source"], target=row["target"])
            print(f"{row['source']} on {row['target']}, placebo dates: {test.sentence}")


def show_groups(series: pl.DataFrame, event: sl.Event) -> None:
    """Print how the Ukrainian outlets moved beside the others."""
    for target in sl.TARGETS:
        difference = sl.difference_in_differences(
            series, event, treated=UKRAINIAN, controls=OTHERS, target=target
        )
        print(f"\n{target}: {difference.sentence}")
        print(difference.table)
        print(*difference.diagnostics.notes, sep="\n")


if __name__ == "__main__":
    sys.exit(main())
