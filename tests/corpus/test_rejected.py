from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stancelib as sl
from stancelib.errors import ArgumentError
from stancelib.schemas import Documents, Rejected

Read = Callable[..., sl.Ingest]


@pytest.mark.parametrize(
    ("column", "value", "reason", "shown"),
    [
        ("date", None, "no date", None),
        ("date", "  ", "no date", "  "),
        ("date", "yesterday", "unparsable date", "yesterday"),
        ("date", "2022-02-30", "unparsable date", "2022-02-30"),
        ("date", "03/04/2022", "ambiguous date", "03/04/2022"),
        ("date", "1645660800", "unparsable date: a bare number", "1645660800"),
        ("date", "2024-01-01T00:00:01Z", "date in the future", "2024-01-01T00:00:01Z"),
        ("date", "1899-12-31", "date before 1900", "1899-12-31"),
        ("text", None, "empty text", None),
        ("text", " \n\t", "empty text", None),
        ("text", "word " * 30, "text over the limit of 100", "150 characters"),
        ("source", None, "missing source", None),
        ("source", " ", "missing source", None),
    ],
)
def test_a_bad_row_comes_back_with_its_reason(
    read: Read, column: str, value: str | None, reason: str, shown: str | None
) -> None:
    good = {"date": "2022-02-24", "text": "Good news today.", "source": "Daily"}
    ingest = read({column: [good[column], value]}, max_characters=100)
    assert ingest.accepted.height == 1
    assert ingest.rejected["row"].to_list() == [1]
    assert ingest.rejected["reason"][0].startswith(reason)
    assert ingest.rejected["value"].to_list() == [shown]
    assert reason.split(":", maxsplit=1)[0] in ingest.summary()


def test_the_limits_themselves_are_accepted(read: Read) -> None:
    ingest = read(
        {"date": ["1900-01-01", "2024-01-01T00:00:00Z"], "text": ["x" * 100, "y" * 100]},
        max_characters=100,
    )
    assert ingest.accepted.height == 2


def test_the_same_identifier_with_other_content(read: Read) -> None:
    ingest = read(
        {"id": ["a", "a", "a", "b"], "text": ["One.", "Two.", "One.", "One."]},
    )
    assert ingest.accepted["doc_id"].to_list() == ["a", "b"]
    assert ingest.accepted["text"].to_list() == ["One.", "One."]
    assert ingest.rejected.select("row", "reason", "value").rows() == [
        (1, "duplicate doc_id with other content", "a")
    ]
    assert ingest.n_repeats == 1


def test_without_identifiers_equal_rows_are_one_document(read: Read) -> None:
    texts = ["One.", "Two.", "One."]
    first = read({"text": list(texts)})
    assert first.accepted.height == 2
    assert first.n_repeats == 1
    again = read({"text": list(texts[::-1])})
    assert set(first.accepted["doc_id"]) == set(again.accepted["doc_id"])
    assert first.accepted["doc_id"].str.contains(r"^[0-9a-f]{32}$").all()


def test_the_hash_is_the_same_on_every_machine(read: Read) -> None:
    content = "Daily\x1f2022-02-24T00:00:00.000000Z\x1f\x1fOne."
    expected = hashlib.blake2b(content.encode(), digest_size=16).hexdigest()
    assert expected == "26770264a24e0c1873071e6617b79607"
    assert read({"text": ["One."]}).accepted["doc_id"].to_list() == [expected]


def test_a_title_without_a_text_is_the_text(read: Read) -> None:
    ingest = read({"title": ["Only a headline", None], "text": [" ", None]})
    assert ingest.accepted.select("title", "text").rows() == [(None, "Only a headline")]
    assert ingest.n_title_only == 1
    assert "the title is the text: 1" in ingest.summary()
    assert ingest.rejected["reason"].to_list() == ["empty text"]


def test_without_a_source_column_the_summary_says_what_to_do() -> None:
    frame = pl.DataFrame({"date": ["2022-02-24"], "text": ["One."]})
    ingest = sl.read_documents(frame)
    assert ingest.rejected["reason"].to_list() == ["missing source"]
    assert "source='its name'" in ingest.summary()
    named = sl.read_documents(frame, source="Daily")
    assert named.accepted["source"].to_list() == ["Daily"]


def test_bad_bytes_cost_their_row_only(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"source,date,text\nD,2022-02-24,ca\xff\xe9\nD,2022-02-24,caf\xc3\xa9\n")
    ingest = sl.read_documents(path)
    assert ingest.accepted["text"].to_list() == ["café"]
    assert ingest.rejected.select("row", "reason", "value").rows() == [
        (0, "invalid UTF-8", r"D,2022-02-24,ca\xff\xe9")
    ]


def test_broken_lines_of_jsonl(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = b'{"source": "D", "date": "2022-02-24", "text": "%s", "id": 7}'
    path.write_bytes(
        b"\n".join(
            [
                b'{"source": "D", "date"',
                good % b"One",
                b"",
                b"[1]",
                good % b"caf\xe9",
                good % b"\\ud800",
                b"null",
            ]
        )
    )
    ingest = sl.read_documents(path)
    assert ingest.accepted.select("doc_id", "text").rows() == [("7", "One")]
    assert ingest.rejected.select("row", "reason").rows() == [
        (0, "broken json line"),
        (2, "broken json line: not an object"),
        (3, "invalid UTF-8"),
        (4, "invalid UTF-8"),
        (5, "broken json line: not an object"),
    ]


def test_an_unclosed_mark_costs_one_record(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "source,date,text\nD,2022-02-24,One\n"
        'D,2022-02-24,"never closed\nD,2022-02-24,Two\nD,2022-02-24,Three,Four\n'
    )
    ingest = sl.read_documents(path)
    assert ingest.accepted["text"].to_list() == ["One", "Two"]
    assert ingest.rejected.select("row", "reason").rows() == [
        (1, "broken csv record: quotation marks do not match"),
        (3, "broken csv record: 4 fields instead of 3"),
    ]


def test_now_needs_a_time_zone() -> None:
    with pytest.raises(ArgumentError, match="must have a time zone"):
        sl.read_documents(pl.DataFrame({"date": ["x"], "text": ["y"]}), now=datetime(2024, 1, 1))  # noqa: DTZ001 - the mistake under test


CELLS = st.sampled_from(
    [None, "", " ", "a", "b", "2022-02-24", "03/04/2022", "2999-01-01", "Good news.", "Bad news."]
)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=12))
def test_no_row_is_lost(rows: list[tuple[str | None, ...]]) -> None:
    names = ["id", "source", "date", "title", "text"]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    ingest = sl.read_documents(frame)
    assert ingest.accepted.height + ingest.rejected.height + ingest.n_repeats == len(rows)
    assert Documents.is_valid(ingest.accepted)
    assert Rejected.is_valid(ingest.rejected)
    assert ingest.rejected["row"].is_between(0, len(rows) - 1).all()
    assert ingest.rejected["row"].n_unique() == ingest.rejected.height


FIELDS = st.sampled_from(["D", "2022-02-24", '"x"', '"', 'a"b', '"a""b"', "", "é", "word"])


@given(st.lists(st.lists(FIELDS, min_size=1, max_size=4), max_size=6))
def test_no_csv_record_is_lost(
    tmp_path_factory: pytest.TempPathFactory, lines: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    body = "".join(f"{','.join(line)}\n" for line in lines)
    path.write_bytes(b"source,date,text\n" + body.encode() + b"D,2022-02-24,last one\n")
    ingest = sl.read_documents(path)
    assert ingest.accepted.height + ingest.rejected.height + ingest.n_repeats == ingest.n_rows
    assert "last one" in ingest.accepted["text"].to_list()
