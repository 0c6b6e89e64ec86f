"""The record of what was done, and the counts."""

from __future__ import annotations

import json
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import polars as pl

import stancelib as sl
from stancelib.store import Store


def test_a_step_is_recorded_with_versions_arguments_inputs_and_counts(scored_store: Store) -> None:
    added, scored = scored_store.manifest().to_dicts()
    assert (added["step"], added["name"]) == (1, "add_documents")
    assert (scored["step"], scored["name"]) == (2, "score")
    assert added["started_at"] <= added["finished_at"] <= scored["started_at"] <= datetime.now(UTC)
    assert (added["stancelib"], added["python"]) == (sl.__version__, platform.python_version())
    assert json.loads(added["packages"])["duckdb"] == version("duckdb")
    assert json.loads(added["counts"]) == {
        "added": 4,
        "rejected": 0,
        "sentences": 8,
        "unchanged": 0,
    }
    assert json.loads(scored["arguments"]) == {
        "batch_size": 512,
        "scorer": "cues@1",
        "targets": ["NATO", "Russia", "Ukraine"],
    }
    assert json.loads(scored["counts"])["scored"] == 6
    assert json.loads(scored["seeds"]) == {}


def hashes(store: Store) -> list[dict[str, str]]:
    return [json.loads(inputs) for inputs in store.manifest()["inputs"]]


def test_the_hash_of_the_input_follows_content_and_not_order(
    store: Store, articles: pl.DataFrame
) -> None:
    changed = articles.with_columns(text=pl.col("text") + " More.")
    for frame in (articles, articles.reverse(), changed):
        store.add_documents(frame, progress=False)
    first, reversed_order, other = (one["accepted"] for one in hashes(store))
    assert first == reversed_order
    assert first != other
    assert len(first) == 64


def test_the_hash_tells_a_missing_title_from_an_empty_one(articles: pl.DataFrame) -> None:
    found = set()
    for title in (None, "", "null"):
        with sl.open_store(":memory:") as store:
            store.add_documents(
                articles.with_columns(title=pl.lit(title, pl.String)), progress=False
            )
            found.add(hashes(store)[0]["accepted"])
    assert len(found) == 3


def test_files_and_options_are_recorded(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "articles.csv"
    file.write_text("source,date,text\nGazette,2022-03-01,It rained.\n", encoding="utf-8")
    store.add_documents(file, progress=False, time_zone="Europe/Kyiv")
    arguments = json.loads(store.manifest()["arguments"][0])
    assert "articles.csv" in arguments["documents"][0]
    assert arguments["read_options"] == {"time_zone": "Europe/Kyiv"}
    assert arguments["columns"]["published_at"] == "date"


def test_the_summary_counts(scored_store: Store, articles: pl.DataFrame) -> None:
    scored_store.add_documents(articles.head(1).with_columns(text=pl.lit("Other.")), progress=False)
    counts = scored_store.summary()
    assert (counts["documents"], counts["sentences"], counts["mentions"]) == (4, 8, 6)
    assert (counts["sources"], counts["languages"]) == (["Courier", "Gazette"], ["en"])
    assert counts["targets"] == ["NATO", "Russia", "Ukraine"]
    assert counts["scorers"] == ["cues@1"]
    assert counts["first_published"] == datetime(2022, 3, 1, 12, tzinfo=UTC)
    assert counts["last_published"] == datetime(2022, 3, 9, 12, tzinfo=UTC)
    by_source = counts["documents_by_source"].select("source", "lang", "documents", "sentences")
    assert by_source.rows() == [("Courier", "en", 2, 3), ("Gazette", "en", 2, 5)]
    assert counts["rejected"] == counts["rejected_by_reason"]["rows"].sum() == 1
    assert counts["scores_by_target"].rows() == [
        ("cues@1", "NATO", 3, 3, 0),
        ("cues@1", "Russia", 2, 2, 0),
        ("cues@1", "Ukraine", 1, 1, 0),
    ]


def test_an_empty_store_has_a_summary(store: Store) -> None:
    counts = store.summary()
    assert (counts["documents"], counts["scorers"], counts["last_published"]) == (0, [], None)
    assert counts["documents_by_source"].height == 0
