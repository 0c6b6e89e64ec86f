"""Lists of stories as Media Cloud and GDELT export them."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import stancelib as sl
from stancelib.errors import ArgumentError, DataError

LISTS = Path(__file__).parent / "fixtures" / "lists"
NOW = datetime(2024, 1, 1, tzinfo=UTC)


def read(name: str, **options: object) -> sl.Ingest:
    return sl.read_documents(LISTS / name, now=NOW, **options)  # type: ignore[arg-type] # passed through


def test_stories_of_media_cloud() -> None:
    ingest = read("mediacloud_stories.csv", time_zone="America/New_York")
    columns = ["doc_id", "source", "published_at", "text", "lang"]
    assert ingest.accepted.select(columns).rows() == [
        (
            "5f0c1a",
            "harbour-gazette.example",
            datetime(2023, 3, 9, 5, tzinfo=UTC),
            "Parliament backs the treaty",
            "en",
        ),
        (
            "77be02",
            "vechirniy-dnipro.example",
            datetime(2023, 3, 10, 5, tzinfo=UTC),
            "Громада зустріла потяг, якого чекала рік",
            "uk",
        ),
    ]
    assert ingest.n_title_only == ingest.n_zone_assumed == 2
    assert ingest.rejected.select("row", "reason").rows() == [(2, "no date")]
    assert ingest.files["unused"].to_list() == [["indexed_date", "media_url"]]


def test_stories_of_the_old_media_cloud() -> None:
    ingest = read("mediacloud_old.csv")
    assert ingest.accepted.select("doc_id", "source", "published_at").rows() == [
        ("1834410021", "The Harbour Gazette", datetime(2019, 4, 4, 11, 20, tzinfo=UTC))
    ]
    assert ingest.rejected.select("row", "reason", "value").rows() == [
        (1, "unparsable date", "undateable")
    ]


def test_a_list_of_gdelt_in_csv_is_in_utc_whatever_the_zone() -> None:
    ingest = read("gdelt_artlist.csv", time_zone="Asia/Tokyo")
    assert ingest.accepted.select("source", "published_at", "lang", "url").rows() == [
        (
            "harbour-gazette.example",
            datetime(2023, 3, 10, 4, 45, tzinfo=UTC),
            "en",
            "https://www.harbour-gazette.example/p/811",
        ),
        (
            "vechirniy-dnipro.example",
            datetime(2023, 3, 10, 5, 15, tzinfo=UTC),
            "uk",
            "https://vechirniy-dnipro.example/n/1",
        ),
    ]
    assert ingest.n_zone_assumed == 0
    assert ingest.n_detected == 2
    assert ingest.rejected.select("row", "reason").rows() == [(2, "no date")]
    assert "dates are when GDELT saw the page, in UTC" in ingest.summary()


def test_a_list_of_gdelt_in_json_names_languages() -> None:
    ingest = read("gdelt_artlist.json")
    assert ingest.accepted.select("source", "published_at", "lang").rows() == [
        ("harbour-gazette.example", datetime(2023, 3, 10, 4, 45, tzinfo=UTC), "en"),
        ("tribuna.example", datetime(2023, 3, 1, 0, 30, tzinfo=UTC), "ru"),
        ("liman.example", datetime(2023, 3, 1, 1, 0, tzinfo=UTC), "tr"),
        ("gangkou.example", datetime(2023, 3, 1, 1, 15, tzinfo=UTC), "zh"),
    ]
    assert ingest.n_detected == 0


def test_the_knowledge_graph_of_gdelt() -> None:
    ingest = read("20230310044500.gkg.csv", format="gdelt_gkg", time_zone="Asia/Tokyo")
    moment = datetime(2023, 3, 10, 4, 45, tzinfo=UTC)
    columns = ["doc_id", "source", "published_at", "text", "lang"]
    assert ingest.accepted.select(columns).rows() == [
        (
            "20230310044500-12",
            "harbour-gazette.example",
            moment,
            "Parliament backs the treaty & adjourns",
            "en",
        ),
        ("20230310044500-T7", "tribuna.example", moment, "Мост открыли", "ru"),
    ]
    assert ingest.n_zone_assumed == 0
    assert ingest.rejected.select("row", "reason").rows() == [
        (2, "empty text"),
        (3, "no web page: the document identifier is not a web address"),
        (4, "broken line of gdelt_gkg: 3 fields instead of 27"),
        (5, "invalid UTF-8"),
    ]
    assert ingest.rejected["doc_id"][0] == "20230310044500-13"


def test_a_file_named_as_gdelt_names_it_is_known(tmp_path: Path) -> None:
    guessed = read("20230310044500.gkg.csv").accepted
    shutil.copy(LISTS / "20230310044500.gkg.csv", tmp_path / "graph.txt")
    told = sl.read_documents(tmp_path / "graph.txt", format="gdelt_gkg", now=NOW).accepted
    assert_frame_equal(guessed, told)


def test_a_told_layout_reads_frames_too() -> None:
    frame = pl.read_csv(LISTS / "gdelt_artlist.csv", infer_schema=False)
    by_frame = sl.read_documents(frame, format="gdelt_doc", now=NOW)
    assert_frame_equal(by_frame.accepted, read("gdelt_artlist.csv").accepted)
    stamped = frame[:2].with_columns(pl.col("Date").str.to_datetime())
    by_time = sl.read_documents(stamped, time_zone="Asia/Tokyo", now=NOW)
    assert_frame_equal(by_time.accepted, by_frame.accepted)


def test_what_the_caller_names_goes_before_the_layout() -> None:
    ingest = read("gdelt_artlist.json", columns={"source": "sourcecountry", "lang": None})
    assert ingest.accepted["source"].to_list() == ["United Kingdom", "Russia", "Turkey", "China"]
    assert ingest.n_detected == 4
    assert ingest.guessed == ()


def test_a_folder_of_lists_counts_rows_through_all_files() -> None:
    ingest = sl.read_documents(LISTS, now=NOW)
    assert ingest.n_rows == 6 + 3 + 4 + 2 + 3
    assert ingest.files["first_row"].to_list() == [0, 6, 9, 13, 15]
    assert ingest.accepted.height + ingest.rejected.height + ingest.n_repeats == ingest.n_rows


# ---- what is refused ---- #


def test_an_unknown_format_names_those_that_are_known() -> None:
    with pytest.raises(ArgumentError, match=r"known formats: csv, .*gdelt_gkg\. Did .*'html'"):
        sl.read_documents(LISTS, format="htm")


def test_a_format_of_files_is_none_of_frames() -> None:
    with pytest.raises(ArgumentError, match="for a frame it is one of mediacloud, gdelt_doc"):
        sl.read_documents(pl.DataFrame({"text": ["a"]}), format="html")


def test_a_table_that_is_not_of_the_told_layout_says_so() -> None:
    with pytest.raises(DataError, match="no table of gdelt_doc: it needs the columns seendate or"):
        read("mediacloud_old.csv", format="gdelt_doc")


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("{}", "must hold a list of objects"),
        ('{"a": [{}], "b": [{}]}', "found: a, b"),
        ('"text"', "found: str"),
        ("[]", "no column that is known to hold a date"),
        ("[1, 2]", "no column that is known to hold a date"),
    ],
)
def test_json_that_is_no_list_of_articles(written: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(written)
    with pytest.raises(DataError, match=message):
        sl.read_documents(tmp_path / "a.json")


def test_json_of_lines_and_of_a_list_read_alike(tmp_path: Path) -> None:
    one = '{"source": "D", "date": "2022-02-24", "text": "%s", "n": {"deep": 1}}'
    (tmp_path / "lines.json").write_text(f"{one % 'One.'}\n{one % 'Two.'}\n")
    (tmp_path / "list.json").write_text(f"[{one % 'One.'}, {one % 'Two.'}, 7]")
    lines = sl.read_documents(tmp_path / "lines.json")
    listed = sl.read_documents(tmp_path / "list.json")
    assert_frame_equal(listed.accepted, lines.accepted)
    assert listed.rejected.select("row", "reason").rows() == [
        (2, "broken json line: not an object")
    ]
