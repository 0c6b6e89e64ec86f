"""An analyst's SQL reads the store, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import stancelib as sl
from stancelib.errors import ArgumentError
from stancelib.store import Store

Make = Callable[..., Any]


@pytest.mark.parametrize(
    "query",
    [
        "select count(*) as n from documents",
        "with d as (from documents) select count(*) as n from d",
        "select count(*) as n from documents; ",
        "-- a comment\nselect count(*) as n from documents",
    ],
)
def test_a_reading_query_gives_a_frame(scored_store: Store, query: str) -> None:
    assert scored_store.sql(query).rows() == [(4,)]


@pytest.mark.parametrize("query", ["describe documents", "show tables", "summarize documents"])
def test_the_tables_describe_themselves(scored_store: Store, query: str) -> None:
    assert scored_store.sql(query).height > 3


def test_values_are_bound(scored_store: Store) -> None:
    by_name = "select doc_id from documents where source = $source order by doc_id"
    assert scored_store.sql(by_name, {"source": "Gazette"})["doc_id"].to_list() == ["a1", "a2"]
    by_place = "select count(*) from documents where source = ?"
    assert scored_store.sql(by_place, ["x' or 'x' = 'x"]).item() == 0


def test_sums_and_categories_come_in_the_types_of_polars(scored_store: Store) -> None:
    frame = scored_store.sql(
        "select sum(position) as total, any_value(voice) as voice from sentences"
    )
    assert frame.schema == {"total": pl.Int64, "voice": pl.String}


def test_times_are_utc(scored_store: Store) -> None:
    frame = scored_store.sql("select published_at from documents")
    assert frame.schema["published_at"] == pl.Datetime("us", "UTC")


def test_derived_columns_can_be_read(scored_store: Store) -> None:
    query = "select sentence_id, stance from scores where target = 'Ukraine'"
    assert scored_store.sql(query).rows() == [("a2#1", 0.5)]


WRITING = [
    "delete from documents",
    "insert into meta values ('a', 'b')",
    "with d as (select 'a' as name, 'b' as value) insert into meta from d",
    "update documents set source = 'x'",
    "drop table documents",
    "create table other (a integer)",
    "create temp table other (a integer)",
    "set threads = 1",
    "set lock_configuration = false",
    "pragma database_list",
    "attach ':memory:' as other",
    "checkpoint",
    "begin transaction",
    "commit",
    "explain analyze delete from documents",
    "call pragma_version()",
    "load json",
    "use memory",
    "vacuum",
    "select 1; delete from documents",
    "select 1; select 2",
    "",
    "-- nothing",
    "selec 1",
    "select * from no_such_table",
]


@pytest.mark.parametrize("query", WRITING)
def test_everything_else_is_refused_and_changes_nothing(scored_store: Store, query: str) -> None:
    before = scored_store.documents(), scored_store.sql("show tables")
    with pytest.raises(ArgumentError):
        scored_store.sql(query)
    assert scored_store.documents().equals(before[0])
    assert scored_store.sql("show tables").equals(before[1])


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_csv('{file}')",
        "select * from read_text('{file}')",
        "select * from '{file}'",
        "select * from glob('{file}')",
        "from read_blob('{file}')",
    ],
)
def test_no_file_can_be_read(scored_store: Store, tmp_path: Path, query: str) -> None:
    file = tmp_path / "secret.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ArgumentError):
        scored_store.sql(query.format(file=file))


def test_no_file_can_be_written(scored_store: Store, tmp_path: Path) -> None:
    file = tmp_path / "copy.csv"
    with pytest.raises(ArgumentError, match="is a COPY statement"):
        scored_store.sql(f"copy documents to '{file}'")
    assert not file.exists()


def test_no_python_variable_can_be_read(scored_store: Store) -> None:
    secret = pl.DataFrame({"a": [1]})
    with pytest.raises(ArgumentError, match="secret"):
        scored_store.sql("select * from secret")
    assert secret.height == 1


def test_the_read_only_transaction_holds_by_itself(
    scored_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first wall is taken away, to see that the second one stands.
    monkeypatch.setattr("stancelib.store.read_only._check_statement", lambda _query: None)
    for query in ("delete from documents", "create table other as select 1 as a"):
        with pytest.raises(ArgumentError, match="read-only"):
            scored_store.sql(query)
    assert scored_store.documents().height == 4


def test_writing_goes_on_after_a_refused_query(scored_store: Store, make_documents: Make) -> None:
    with pytest.raises(ArgumentError):
        scored_store.sql("select * from no_such_table")
    added = scored_store.add_documents(
        make_documents([("c", "G", 1, "It rained.")]), progress=False
    )
    assert int(added) == 1


def test_an_unknown_name_is_explained(scored_store: Store) -> None:
    with pytest.raises(ArgumentError, match=r"the query failed: .*\n.*documents"):
        scored_store.sql("select * from document")


def test_a_store_on_disk_is_read_in_the_same_way(tmp_path: Path, articles: pl.DataFrame) -> None:
    with sl.open_store(tmp_path / "stance.duckdb") as store:
        store.add_documents(articles, progress=False)
        assert store.sql("select count(*) from documents").item() == 4
        with pytest.raises(ArgumentError):
            store.sql("delete from documents")
