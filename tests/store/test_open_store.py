"""Files that are none, belong to others, or are in use."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

import stancelib as sl
from stancelib.errors import DataError, EnvironmentProblem

Make = Callable[..., Any]


def test_a_store_is_there_again_after_closing(
    tmp_path: Path, articles: pl.DataFrame, cue_words: Make
) -> None:
    path = tmp_path / "stance.duckdb"
    with sl.open_store(path) as store:
        store.add_documents(articles, progress=False)
        store.score(cue_words(), progress=False)
        before = store.scores(), store.series()
    with sl.open_store(str(path)) as store:
        assert store.scores().equals(before[0])
        assert store.series().equals(before[1])
        assert store.path == str(path)


def test_a_store_can_be_closed_twice() -> None:
    store = sl.open_store(":memory:")
    store.close()
    store.close()


def test_another_version_of_the_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "stance.duckdb"
    sl.open_store(path).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("update meta set value = '999' where name = 'schema_version'")
    with pytest.raises(DataError, match=r"schema version '999'; this stancelib reads version '3'"):
        sl.open_store(path)
    # The refusal leaves the file free for the program that can read it.
    duckdb.connect(str(path)).close()


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_store_of_an_earlier_schema_version_is_upgraded_step_by_step(
    tmp_path: Path, version: str, articles: pl.DataFrame
) -> None:
    path = str(tmp_path / "stance.duckdb")
    with sl.open_store(path) as store:
        store.add_documents(articles, progress=False)
        before = store.sentences()
    with duckdb.connect(path) as connection:
        if version == "1":
            connection.execute("drop table sentiments")
        connection.execute("drop table completed")
        connection.execute("alter table sentences drop column speaker_side")
        connection.execute("update meta set value = ? where name = 'schema_version'", [version])
    with sl.open_store(path) as store:
        after = store.sentences()
        assert after.drop("speaker_side").equals(before.drop("speaker_side"))
        assert after["speaker_side"].null_count() == after.height
        # New articles get their sides in the same file.
        store.add_documents(
            articles.with_columns(
                doc_id=pl.lit("new ") + pl.col("doc_id"), text=pl.lit("“No,” said Dmitry Peskov.")
            ),
            progress=False,
        )
        new = store.sentences().filter(pl.col("doc_id").str.starts_with("new "), part="text")
        assert new["speaker_side"].unique().to_list() == ["Russia"]


def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sales.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table sales (amount integer)")
    with pytest.raises(DataError, match=r"of another program \(tables: sales\)"):
        sl.open_store(path)


@pytest.mark.parametrize("content", ["", "doc_id,text\n", "doc_id,text\n" * 1000])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "articles.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match="is no DuckDB file"):
        sl.open_store(path)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="is a folder; name a file"):
        sl.open_store(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="does not exist; make it first"):
        sl.open_store(tmp_path / "nowhere" / "stance.duckdb")


def test_a_second_process_is_told_who_has_the_file(tmp_path: Path, root_folder: Path) -> None:
    path = tmp_path / "stance.duckdb"
    program = "import sys, stancelib as sl\nsl.open_store(sys.argv[1])"
    with sl.open_store(path):
        second = subprocess.run(
            [sys.executable, "-c", program, str(path)],
            cwd=root_folder,
            capture_output=True,
            text=True,
            check=False,
        )
    assert second.returncode == 1
    assert "EnvironmentProblem" in second.stderr
    assert "is open in another process; close the store there first" in second.stderr


def test_a_file_that_duckdb_holds_in_this_process_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "stance.duckdb"
    sl.open_store(path).close()
    with (
        duckdb.connect(str(path)),
        pytest.raises(EnvironmentProblem, match="open in this process by other means"),
    ):
        sl.open_store(path)
