from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import stancelib as sl
from stancelib.errors import ArgumentError, DataError

WRITERS: dict[str, Callable[[pl.DataFrame, Path], None]] = {
    "comma.csv": lambda frame, path: frame.write_csv(path),
    "semicolon.csv": lambda frame, path: frame.write_csv(path, separator=";"),
    "tab.tsv": lambda frame, path: frame.write_csv(path, separator="\t"),
    "crlf.csv": lambda frame, path: frame.write_csv(path, line_terminator="\r\n"),
    "mark.csv": lambda frame, path: frame.write_csv(path, include_bom=True),
    "packed.csv.gz": lambda frame, path: (
        path.write_bytes(gzip.compress(frame.write_csv().encode())) and None
    ),
    "lines.jsonl": lambda frame, path: frame.write_ndjson(path),
    "packed.jsonl.gz": lambda frame, path: (
        path.write_bytes(gzip.compress(frame.write_ndjson().encode())) and None
    ),
    "table.parquet": lambda frame, path: frame.write_parquet(path),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_reads_as_the_frame_does(
    name: str, articles: pl.DataFrame, tmp_path: Path
) -> None:
    WRITERS[name](articles, tmp_path / name)
    ingest = sl.read_documents(tmp_path / name)
    assert_frame_equal(ingest.accepted, sl.read_documents(articles).accepted)
    assert ingest.rejected.is_empty()
    assert ingest.n_rows == 3


@pytest.mark.parametrize("name", ["comma.csv", "lines.jsonl"])
def test_a_faulty_record_changes_nothing_in_the_others(
    name: str, articles: pl.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / name
    WRITERS[name](articles, path)
    path.write_bytes(path.read_bytes() + b"{broken\n")
    ingest = sl.read_documents(path)
    assert_frame_equal(ingest.accepted, sl.read_documents(articles).accepted)
    assert ingest.rejected.select("row", "value").rows() == [(3, "{broken")]
    assert ingest.n_rows == 4


def test_a_folder_and_a_glob_take_files_in_order(articles: pl.DataFrame, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    articles[2:].write_parquet(tmp_path / "sub" / "z.parquet")
    articles[:1].write_csv(tmp_path / "a.csv")
    articles[1:2].rename({"body": "content"}).write_ndjson(tmp_path / "b.jsonl")
    (tmp_path / "notes.txt").write_text("not an article")
    folder = sl.read_documents(tmp_path)
    assert folder.accepted["doc_id"].to_list() == ["a", "b", "c"]
    assert folder.mapping["text"] == "body | content"
    assert folder.files["first_row"].to_list() == [0, 1, 2]
    by_glob = sl.read_documents(str(tmp_path / "**" / "*"))
    assert_frame_equal(by_glob.accepted, folder.accepted)


def test_lazy_frames_and_dates_of_polars(articles: pl.DataFrame) -> None:
    dated = articles.with_columns(date=pl.date(2022, 2, 24))
    ingest = sl.read_documents(dated.lazy(), time_zone="Europe/Kyiv")
    assert ingest.accepted["published_at"].dt.strftime("%F %T").unique().to_list() == [
        "2022-02-23 22:00:00"
    ]
    assert ingest.n_zone_assumed == 3


def test_a_csv_record_may_hold_line_breaks_and_marks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('source,date,text\nD,2022-02-24,"One ""two"",\nthree"\nD,2022-02-24,Four\n')
    assert sl.read_documents(path).accepted["text"].to_list() == ['One "two",\nthree', "Four"]


def test_a_very_long_field_is_read_beside_a_faulty_record(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text = "word " * 40_000
    path.write_text(f"source,date,text\nD,2022-02-24,{text}\nD,2022-02-24\n")
    ingest = sl.read_documents(path)
    assert ingest.accepted["text"].to_list() == [text]
    assert ingest.rejected["reason"].to_list() == ["broken csv record: 2 fields instead of 3"]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"", "no readable header"),
        ("a.csv", b"\xd2\xe5\xea\xf1\xf2,date\n", "no readable header"),
        ("a.csv", b"date,text,text\n1,2,3\n", "names a column twice: text"),
        ("a.csv", b"when,text\n1,2\n", "no column that is known to hold a date"),
        ("a.csv", b"date,words\n1,2\n", "a text or a title"),
        ("a.csv", "date,text\n".encode("utf-16"), "UTF-16"),
        ("a.csv.gz", b"no gzip", "cannot unpack"),
        ("a.parquet", b"no parquet", "as parquet"),
        ("a.docx", b"", "known endings: .csv"),
        ("a.jsonl", b"\n", "no column that is known to hold a date"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    name: str, data: bytes, message: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=message):
        sl.read_documents(tmp_path / name)


def test_nothing_to_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file or folder"):
        sl.read_documents(tmp_path / "absent.csv")
    with pytest.raises(DataError, match="no file that ends in"):
        sl.read_documents(tmp_path)


def test_what_is_no_input_is_refused() -> None:
    with pytest.raises(ArgumentError, match="polars frame; got dict"):
        sl.read_documents({"text": ["a"]})  # type: ignore[arg-type] # the mistake under test


def test_a_column_of_lists_is_refused() -> None:
    frame = pl.DataFrame({"source": ["D"], "date": ["2022-02-24"], "text": [["a", "b"]]})
    with pytest.raises(DataError, match="'text' holds List"):
        sl.read_documents(frame)
