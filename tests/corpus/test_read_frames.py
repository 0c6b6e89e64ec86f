"""Frames of other libraries read as those of polars do."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from polars.testing import assert_frame_equal

import stancelib as sl
from stancelib.errors import ArgumentError, DataError

NOW = datetime(2024, 1, 1, tzinfo=UTC)


class _Dataset:
    """As a dataset of Hugging Face: it is no frame, and becomes one."""

    def __init__(self, frame: object) -> None:
        self._frame = frame

    def to_polars(self) -> object:
        return self._frame


class _Stream:
    """Anything that exports an Arrow stream."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self._table.__arrow_c_stream__(requested_schema)


FRAMES = {
    "pandas": lambda frame: frame.to_pandas(),
    "pandas with an index": lambda frame: frame.to_pandas().set_index(pd.Index([5, 5, 1])),
    "pandas on pyarrow": lambda frame: frame.to_pandas(use_pyarrow_extension_array=True),
    "pyarrow table": lambda frame: frame.to_arrow(),
    "pyarrow record batch": lambda frame: frame.to_arrow().combine_chunks().to_batches()[0],
    "arrow stream": lambda frame: _Stream(frame.to_arrow()),
    "polars lazy": lambda frame: frame.lazy(),
    "duckdb relation": lambda frame: duckdb.from_arrow(frame.to_arrow()),
    "dataset": _Dataset,
    "lazy dataset": lambda frame: _Dataset(frame.lazy()),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_every_frame_reads_as_that_of_polars(kind: str, articles: pl.DataFrame) -> None:
    ingest = sl.read_documents(FRAMES[kind](articles), now=NOW)
    assert_frame_equal(ingest.accepted, sl.read_documents(articles, now=NOW).accepted)
    assert ingest.files["name"].to_list() == ["frame"]


def test_missing_values_and_stamps_of_pandas() -> None:
    zone = "Europe/Kyiv"
    frame = pd.DataFrame(
        {
            "outlet": ["Daily", None, "Daily", float("nan")],
            "date": pd.to_datetime(
                ["2022-02-24 05:00", "2022-02-25 00:30", None, "2022-02-26 12:00"]
            ).tz_localize(zone),
            "body": ["The war began at dawn.", "It went on.", "It goes on.", "It ends."],
        }
    )
    ingest = sl.read_documents(frame, now=NOW)
    assert ingest.accepted["published_at"].to_list() == [datetime(2022, 2, 24, 3, tzinfo=UTC)]
    assert ingest.n_zone_assumed == 0
    assert ingest.rejected.select("row", "reason").rows() == [
        (1, "missing source"),
        (2, "no date"),
        (3, "missing source"),
    ]


def test_a_categorical_column_of_pandas(articles: pl.DataFrame) -> None:
    frame = articles.to_pandas()
    frame["outlet"] = frame["outlet"].astype("category")
    assert_frame_equal(sl.read_documents(frame).accepted, sl.read_documents(articles).accepted)


def test_a_column_of_mixed_types_is_refused(articles: pl.DataFrame) -> None:
    frame = articles.to_pandas().astype(object)
    frame["headline"] = ["text", 7, {"a": 1}]
    with pytest.raises(DataError, match="Every column must hold values of one type"):
        sl.read_documents(frame)


def test_parts_of_a_dataset_are_named_in_the_error(articles: pl.DataFrame) -> None:
    with pytest.raises(ArgumentError, match="Choose one of its parts: train, test"):
        sl.read_documents({"train": articles, "test": articles})


@pytest.mark.parametrize("what", [7, None, [1, 2], ["a.csv"], b"a.csv"])
def test_what_is_no_frame_is_refused(what: object) -> None:
    with pytest.raises(ArgumentError, match="or a polars frame; got"):
        sl.read_documents(what)


def test_a_dataset_that_gives_pieces_is_refused() -> None:
    with pytest.raises(ArgumentError, match="must become one frame; got list_iterator"):
        sl.read_documents(_Dataset(iter([])))


def test_shards_of_a_dataset_on_disk(articles: pl.DataFrame, tmp_path: Path) -> None:
    """As the datasets library writes them: shards, nested columns, features in the metadata."""
    table = articles.with_columns(meta=pl.struct(words=[3, 4], topic=pl.lit("war"))).to_arrow()
    features = {"info": {"features": {"body": {"dtype": "string", "_type": "Value"}}}}
    table = table.replace_schema_metadata({"huggingface": json.dumps(features)})
    (tmp_path / "data").mkdir()
    (tmp_path / "dataset_info.json").write_text(json.dumps(features))
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n")
    for shard, rows in enumerate([table[:2], table[2:]]):
        pq.write_table(rows, tmp_path / "data" / f"train-0000{shard}-of-00002.parquet")
    ingest = sl.read_documents(tmp_path, now=NOW)
    assert_frame_equal(ingest.accepted, sl.read_documents(articles, now=NOW).accepted)
    assert ingest.files["first_row"].to_list() == [0, 2]
    assert ingest.files["unused"].to_list() == [["meta"], ["meta"]]


def test_reading_tables_loads_no_library_that_it_does_not_need(root_folder: Path) -> None:
    code = (
        "import sys, polars as pl, stancelib as sl\n"
        "sl.read_documents(pl.DataFrame({'source': ['D'], 'date': ['2022-02-24'], 'text': ['a']}))"
        "\nheavy = {'trafilatura', 'warcio', 'lxml', 'pandas', 'narwhals'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], cwd=root_folder, check=True)
