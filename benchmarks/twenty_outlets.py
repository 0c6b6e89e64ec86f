"""A long real run: twenty outlets in three languages through the first year of the invasion.

Headlines and leads only, so that outlets of which full articles were collected compare with those
of which only headlines were; and comparisons within an outlet, because the collection is uneven.
Run it with

    STANCELIB_DATA=/path/to/data python benchmarks/twenty_outlets.py

It takes some twenty minutes on two cores, and writes outlets_and_events.duckdb and .html into the
folder in which it is run; a second run resumes.
"""

from __future__ import annotations

import os
import sys
from itertools import product
from pathlib import Path

import polars as pl

import stancelib as sl
from stancelib.errors import NotEnoughDataError

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("STANCELIB_DATA", ROOT.parent / "shared" / "data"))
ARTICLES = DATA / "e2e_corpus" / "articles.jsonl.gz"
EVENTS = DATA / "events" / "trigger_events.csv"
OUTPUT = Path.cwd()
LEAD_CHARACTERS = 200
SIGNIFICANT = 0.05
ARTICLES_ON_A_SIDE = 50

INVASION = "Full-scale Russian invasion of Ukraine"
STATE_MEDIA = ["1tv.ru", "english.pravda.ru", "rt.com", "sputniknews.com", "tass.com", "ukraina.ru"]
OTHERS = [
    "aljazeera.com",
    "apnews.com",
    "bbc.co.uk",
    "breitbart.com",
    "cnn.com",
    "foxnews.com",
    "lemonde.fr",
    "reuters.com",
]


def main() -> int:
    """Read, score, estimate, report."""
    missing = [str(path) for path in (ARTICLES, EVENTS) if not path.is_file()]
    if missing:
        print(f"the data is absent: no {' and no '.join(missing)}; set STANCELIB_DATA")
        return 1
    articles = headlines_and_leads()
    events = sl.read_events(EVENTS)
    invasion = next(event for event in events if event.name == INVASION)
    with sl.open_store(OUTPUT / "outlets_and_events.duckdb") as store:
        ingest = sl.read_documents(articles, columns={"published_at": "date"})
        print(ingest.summary())
        print(store.add_documents(ingest))
        print(store.mark_duplicates())
        print(store.score())
        show_collection(store, invasion)
        series = store.series(every="1w", by="source")
        show_outlets(series, invasion)
        show_groups(series, invasion)
        page = sl.report(
            store,
            within(series, events),
            OUTPUT / "outlets_and_events.html",
            every="1w",
            title="Twenty outlets before and after 24 February 2022",
        )
    print(f"\nreport: {page}")
    return 0


def headlines_and_leads() -> pl.DataFrame:
    """Title and whole sentences of the first characters of each text, outlets with both sides."""
    articles = pl.read_ndjson(ARTICLES).with_columns(
        pl.col("text").str.slice(0, LEAD_CHARACTERS).str.replace(r"[^.!?…»”]*$", "")
    )
    after = pl.col("date") >= "2022-02-24"
    fewest = pl.min_horizontal(after.sum(), (~after).sum()).over("source")
    return articles.filter(fewest >= ARTICLES_ON_A_SIDE).select(
        "id", "source", "date", "lang", "title", "text", "url"
    )


def within(series: pl.DataFrame, events: list[sl.Event]) -> list[sl.Event]:
    """Events with eight weeks of the corpus on either side."""
    weeks = series["period"].unique().sort()
    return [event for event in events if weeks[8] <= event.at < weeks[-8]]


def show_collection(store: sl.Store, invasion: sl.Event) -> None:
    """Print how much is copied and quoted, and how much of a change is the mix of outlets."""
    copies = store.documents().get_column("duplicate_of")
    print(f"\nnear-copies: {len(copies) - copies.null_count():,} of {len(copies):,} items")
    voices = store.sentences().get_column("voice").cast(pl.String)
    print(f"quoted sentences: {(voices == 'quoted').mean():.1%} of {len(voices):,}")
    panel = store.series(every="1mo", by="source")
    for target in sl.TARGETS:
        change = sl.decompose_change(panel, invasion, target=target, periods=4)
        print(f"{change.sentence} Four months before, four after; February is left out.")
        print(change.table)
        print(salience_of(store, target, invasion))


def salience_of(store: sl.Store, target: str, invasion: sl.Event) -> str:
    """How often the target is named, whatever is said of it."""
    months = store.series(target, every="1mo", by=None)
    after = pl.col("period") >= invasion.at
    shares = [
        side["n_documents"].sum() / side["n_published"].sum()
        for side in (months.filter(~after), months.filter(after))
    ]
    return (
        f"{target} is named in {shares[0]:.0%} of the items until February, {shares[1]:.0%} after"
    )


def show_outlets(series: pl.DataFrame, invasion: sl.Event) -> None:
    """Print what moved in each outlet, corrected for their number, and doubt what is left."""
    effects, refused = [], []
    for target, source in product(sl.TARGETS, series["source"].unique().sort()):
        try:
            effect = sl.interrupted_time_series(series, invasion, source=source, target=target)
        except NotEnoughDataError as error:
            refused.append((f"{target} in {source}", error))
            continue
        effects.append(effect)
    if refused:
        names = ", ".join(name for name, _ in refused)
        print(f"\nnot estimated: {names}; the last because {refused[-1][1]}")
    adjusted = sl.adjust(effects, method="max_t")
    print(f"\n{adjusted.sentence}")
    table = adjusted.table.sort("p_value").select(
        "target", "source", "estimate", "low", "high", "p_value", "p_value_adjusted"
    )
    with pl.Config(tbl_rows=-1):
        print(table)
    for row in table.filter(pl.col("p_value") < SIGNIFICANT).to_dicts():
        placebo = sl.placebo_test(series, invasion, source=row["source"], target=row["target"])
        print(f"{row['source']} on {row['target']}, placebo dates: {placebo.sentence}")


def show_groups(series: pl.DataFrame, invasion: sl.Event) -> None:
    """Print how Russian state media moved beside the others."""
    for target in sl.TARGETS:
        difference = sl.difference_in_differences(
            series, invasion, treated=STATE_MEDIA, controls=OTHERS, target=target
        )
        print(f"\n{target}: {difference.sentence}")
        print(difference.table)
        print(*difference.diagnostics.notes, sep="\n")


if __name__ == "__main__":
    sys.exit(main())
