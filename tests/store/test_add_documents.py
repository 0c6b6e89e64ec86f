"""Articles go in once; what contradicts them comes back with its reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import stancelib as sl
from stancelib.errors import ArgumentError, DataError
from stancelib.schemas import Documents, Rejected, Sentences
from stancelib.store import Store, ingest

Make = Callable[..., Any]


def test_articles_and_their_sentences_come_back_as_they_went_in(
    store: Store, articles: pl.DataFrame
) -> None:
    added = store.add_documents(articles, progress=False)
    assert (added.added, added.unchanged, added.rejected, added.sentences) == (4, 0, 0, 8)
    assert int(added) == 4
    assert store.documents().equals(articles.sort("published_at", "doc_id"))
    assert Documents.is_valid(store.documents())
    expected = sl.split_sentences(articles).sort("doc_id", "position")
    assert store.sentences().equals(expected)
    assert Sentences.is_valid(store.sentences())


def test_the_same_articles_again_change_nothing(store: Store, articles: pl.DataFrame) -> None:
    store.add_documents(articles, progress=False)
    before = store.documents(), store.sentences()
    again = store.add_documents(articles.reverse(), progress=False)
    assert (again.added, again.unchanged, again.rejected, again.sentences) == (0, 4, 0, 0)
    assert all(
        now.equals(then)
        for now, then in zip((store.documents(), store.sentences()), before, strict=True)
    )


def test_only_new_articles_are_split(
    store: Store, articles: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add_documents(articles.head(3), progress=False)
    seen: list[str] = []

    def split(documents: pl.DataFrame) -> pl.DataFrame:
        seen.extend(documents["doc_id"])
        return sl.split_sentences(documents)

    monkeypatch.setattr(ingest, "split_sentences", split)
    store.add_documents(articles, progress=False)
    assert seen == ["b2"]


@pytest.mark.parametrize("column", ["text", "title", "source"])
def test_other_content_under_a_known_name_is_rejected_and_the_first_stays(
    store: Store, articles: pl.DataFrame, column: str
) -> None:
    store.add_documents(articles, progress=False)
    changed = articles.filter(doc_id="a2").with_columns(pl.lit("Something else.").alias(column))
    again = store.add_documents(changed, progress=False)
    assert (again.added, again.unchanged, again.rejected) == (0, 0, 1)
    rejected = store.rejected()
    assert rejected.select("row", "reason", "doc_id").rows() == [(0, ingest.OTHER_CONTENT, "a2")]
    assert Rejected.is_valid(rejected)
    assert store.documents().equals(articles.sort("published_at", "doc_id"))


def test_another_time_is_other_content(store: Store, articles: pl.DataFrame) -> None:
    store.add_documents(articles, progress=False)
    changed = articles.head(1).with_columns(published_at=datetime(2022, 4, 1, tzinfo=UTC))
    assert store.add_documents(changed, progress=False).rejected == 1


def test_rejected_rows_are_kept_once(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "articles.csv"
    file.write_text(
        "doc_id,source,date,text\n"
        "a1,Gazette,2022-03-01,NATO met in Madrid.\n"
        "a2,Gazette,someday,It rained.\n"
        "a3,,2022-03-01,It rained.\n",
        encoding="utf-8",
    )
    for _ in range(2):
        added = store.add_documents(file, progress=False)
        assert added.rejected == 2
    assert added.unchanged == 1
    assert sorted(store.rejected()["reason"]) == ["missing source", "unparsable date"]


def test_the_same_contradiction_twice_is_one_rejected_row(
    store: Store, articles: pl.DataFrame
) -> None:
    store.add_documents(articles, progress=False)
    for text in ("One.", "One.", "Two."):
        store.add_documents(articles.head(1).with_columns(text=pl.lit(text)), progress=False)
    assert store.rejected()["value"].to_list() == ["One.", "Two."]


def test_options_reach_the_reader(store: Store) -> None:
    table = pl.DataFrame(
        {"id": ["a1"], "who": ["Gazette"], "when": ["2022-03-01"], "what": ["It rained."]}
    )
    columns = {"doc_id": "id", "source": "who", "published_at": "when", "text": "what"}
    store.add_documents(table, progress=False, columns=columns, time_zone="Europe/Kyiv")
    assert store.documents()["published_at"][0] == datetime(2022, 2, 28, 22, tzinfo=UTC)


def test_an_ingest_takes_no_options(store: Store, articles: pl.DataFrame) -> None:
    with pytest.raises(ArgumentError, match="time_zone: an Ingest is read already"):
        store.add_documents(sl.read_documents(articles), progress=False, time_zone="Europe/Kyiv")


def test_an_ingest_goes_in_with_its_rejects(store: Store) -> None:
    table = pl.DataFrame(
        {"source": ["Gazette"] * 2, "date": ["2022-03-01", "someday"], "text": ["It rained."] * 2}
    )
    added = store.add_documents(sl.read_documents(table), progress=False)
    assert (added.added, added.rejected) == (1, 1)


def test_a_documents_frame_keeps_what_only_it_has(store: Store, make_documents: Make) -> None:
    frame = make_documents(
        [("a", "G", 1, "NATO."), ("b", "G", 1, "NATO.")], duplicate_of=[None, "a"]
    )
    store.add_documents(frame, progress=False)
    assert store.documents()["duplicate_of"].to_list() == [None, "a"]


def test_a_documents_frame_with_a_name_twice_is_refused(store: Store, make_documents: Make) -> None:
    frame = make_documents([("a", "G", 1, "NATO."), ("a", "G", 2, "Russia.")])
    with pytest.raises(DataError, match="primary_key"):
        store.add_documents(frame, progress=False)
    assert store.documents().height == 0


def test_many_batches_give_what_one_gives(
    make_documents: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = make_documents([(f"a{i}", "G", 1 + i % 20, f"NATO met. Day {i}.") for i in range(50)])
    frames = []
    for size in (7, 2_000):
        monkeypatch.setattr(ingest, "DOCUMENTS_A_BATCH", size)
        with sl.open_store(":memory:") as store:
            store.add_documents(frame, progress=False)
            frames.append((store.documents(), store.sentences()))
    assert frames[0][0].equals(frames[1][0])
    assert frames[0][1].equals(frames[1][1])


def test_a_failing_batch_leaves_no_half_article(
    store: Store, articles: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_documents: pl.DataFrame) -> pl.DataFrame:
        raise OSError("the disk is full")

    monkeypatch.setattr(ingest, "split_sentences", fail)
    with pytest.raises(OSError, match="disk is full"):
        store.add_documents(articles, progress=False)
    assert store.documents().height == 0
    assert store.manifest().select("name", "finished_at").rows() == [("add_documents", None)]
