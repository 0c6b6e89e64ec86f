"""Codings come back: every format, every short form of a label, every reason of refusal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stancelib as sl
from stancelib.errors import ArgumentError, DataError
from stancelib.validation.coding_reader import Codings
from stancelib.validation.label_words import label_of
from stancelib.validation.sheet_tables import read_csv, read_xlsx, write_csv, write_xlsx

LABELS = ("against", "neutral", "favor")


def read_text(folder: Path, text: str, name: str = "coded.csv", **options: Any) -> Codings:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return sl.read_codings(path, **options)


def reasons(codings: Codings) -> list[tuple[int, str, str | None]]:
    return codings.rejected.select("row", "reason", "value").rows()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        *(
            (text, "against")
            for text in ("against", "AGAINST ", "a", "A", "-1", "-1.0", "−1", "-1,0")
        ),
        *((text, "neutral") for text in ("neutral", "N", "0", "0.0")),
        *((text, "favor") for text in ("favor", "Favour", "in favor", "f", "1", "+1", "1.0")),
        *((text, None) for text in ("", "pro", "2", "-2", "10", "-0.1", "afn", "TRUE")),
    ],
)
def test_labels(text: str, label: str | None) -> None:
    assert label_of(text) == label


@pytest.mark.parametrize("name", ["sheet.csv", "sheet.xlsx"])
def test_spreadsheets_there_and_back(
    store_to_code: sl.Store, sample_to_code: sl.Sample, tmp_path: Path, name: str
) -> None:
    path = sl.write_coding_sheet(store_to_code, sample_to_code, tmp_path / name, coder="Ann")
    empty = sl.read_codings(path, sample=sample_to_code)
    assert (empty.accepted.height, empty.rejected.height, empty.n_uncoded) == (0, 0, 20)
    rows = read_csv(path) if name.endswith(".csv") else read_xlsx(path)
    typed = [["a", "0", "Favor"][number % 3] for number in range(19)]
    notes = ["=1+1", '"quoted", twice\nover', "'tis", "שלום 🛡️", None]
    for number, label in enumerate(typed):
        rows[number] |= {"label": label, "note": notes[number % 5]}
    filled = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))
    if name.endswith(".csv"):
        write_csv(filled, path)
    else:
        write_xlsx(filled, path, load())
    codings = sl.read_codings(path, sample=sample_to_code)
    assert codings.rejected.is_empty()
    assert (codings.n_rows, codings.n_uncoded) == (20, 1)
    assert codings.accepted["item"].to_list() == [row["item"] for row in rows[:19]]
    assert codings.accepted["label"].to_list() == [LABELS[number % 3] for number in range(19)]
    assert codings.accepted["note"].to_list() == [notes[number % 5] for number in range(19)]
    assert codings.accepted.schema == {
        **dict.fromkeys(("item", "coder", "label", "note"), pl.String),
        "seconds": pl.Float64,
        "coded_at": pl.Datetime("us", "UTC"),
    }
    # Both can go to the next function as they are.
    second = codings.accepted.with_columns(coder=pl.lit("Bo"))
    assert sl.agreement(pl.concat([codings.accepted, second]), n_resamples=2).table.height > 0


def load() -> Any:
    from stancelib.validation.codebook import load_codebook

    return load_codebook(None)


def test_a_workbook_as_a_person_saves_it(tmp_path: Path) -> None:
    """Numbers and empty cells, another first sheet, columns of one's own in another order."""
    openpyxl = pytest.importorskip("openpyxl")
    workbook = openpyxl.Workbook()
    workbook.active.append(["my notes"])
    sheet = workbook.create_sheet("Coding")
    sheet.append(["Label", "Item", None, "coder", "mood"])
    sheet.append([-1, "1#0 NATO", None, "Ann", "bad"])
    sheet.append([0.0, "1#1 NATO", None, "Ann", None])
    sheet.append([None, None, None, None, None])
    sheet.append([1, "1#2 NATO", "x", "Ann", None])
    sheet.append([None, "1#3 NATO", None, "Ann", None])
    workbook.save(tmp_path / "own.xlsx")
    codings = sl.read_codings(tmp_path / "own.xlsx")
    assert codings.accepted["label"].to_list() == ["against", "neutral", "favor"]
    assert (codings.n_rows, codings.n_uncoded) == (4, 1)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_as_programs_save_it(tmp_path: Path, delimiter: str, encoding: str) -> None:
    lines = [["item", "coder", "label", "note"], ["1#0 NATO", "Зоя", "F", "так"]]
    text = "\r\n".join(delimiter.join(line) for line in lines)
    (tmp_path / "a.csv").write_text(text, encoding=encoding, newline="")
    codings = sl.read_codings(tmp_path / "a.csv")
    assert codings.accepted.row(0)[:4] == ("1#0 NATO", "Зоя", "favor", "так")


def test_reasons(tmp_path: Path) -> None:
    codings = read_text(
        tmp_path,
        "item,coder,label,note,seconds,coded_at\n"
        "1#0 NATO,Ann,favor,,3.5,2022-03-01T10:00:00Z\n"
        ",Ann,favor,,,\n"
        "9#9 NATO,Ann,favor,,,\n"
        "1#1 NATO,,neutral,,,\n"
        "1#1 NATO,Ann,,why?,,\n"
        "1#1 NATO,Ann,positive,,,\n"
        "1#1 NATO,Ann,a,,-4,\n"
        "1#1 NATO,Ann,a,,soon,\n"
        "1#1 NATO,Ann,a,,,yesterday\n"
        "1#1 NATO,Ann,a,,,2022-03-01T10:00:00\n"
        "1#1 NATO,Ann,,,,\n",
        sample=["1#0 NATO", "1#1 NATO"],
    )
    assert codings.accepted.rows() == [
        ("1#0 NATO", "Ann", "favor", None, 3.5, datetime(2022, 3, 1, 10, tzinfo=UTC))
    ]
    assert reasons(codings) == [
        (1, "no item", "favor"),
        (2, "unknown item", "9#9 NATO"),
        (3, "no coder", "neutral"),
        (4, "a comment without a label", "why?"),
        (5, "unknown label", "positive"),
        (6, "seconds is no number from 0", "-4"),
        (7, "seconds is no number from 0", "soon"),
        (8, "coded_at is no time with a zone", "yesterday"),
        (9, "coded_at is no time with a zone", "2022-03-01T10:00:00"),
    ]
    assert codings.n_uncoded == 1
    assert codings.n_rows == 11
    assert codings.summary().splitlines() == [
        "11 rows: 1 codings of 1 items, 1 not coded, 9 rejected",
        "coders: Ann 1",
        (
            "rejected: a comment without a label 1, coded_at is no time with a zone 2, no coder 1, "
            "no item 1, seconds is no number from 0 2, unknown item 1, unknown label 1"
        ),
    ]


def test_keys_of_the_page_typed_into_a_spreadsheet(tmp_path: Path) -> None:
    """1 is against on the page, and in favor in a spreadsheet."""
    codings = read_text(
        tmp_path,
        "item,coder,label\nx#0 A,Ann,1\nx#1 A,Ann,3\nx#2 A,Ann,favor\nx#0 A,Bo,1\nx#1 A,Bo,-1\n",
    )
    assert reasons(codings) == [
        (0, "1 beside 2 or 3, which are keys of the page", "1"),
        (1, "unknown label", "3"),
    ]
    assert codings.accepted.select("coder", "label").rows() == [
        ("Ann", "favor"),
        ("Bo", "favor"),
        ("Bo", "against"),
    ]


def test_doubled_codings(tmp_path: Path) -> None:
    early, late = "2022-03-01T10:00:00Z", "2022-03-02T10:00:00+01:00"
    codings = read_text(
        tmp_path,
        "item,coder,label,coded_at\n"
        "same,Ann,a,\nsame,Ann,against,\nsame,Bo,f,\n"
        f"changed,Ann,n,{late}\nchanged,Ann,f,{early}\n"
        f"open,Ann,n,{late}\nopen,Ann,f,\n"
        f"tied,Ann,n,{late}\ntied,Ann,f,{late}\n",
    )
    assert codings.accepted.select("item", "coder", "label").rows() == [
        ("same", "Ann", "against"),
        ("same", "Bo", "favor"),
        ("changed", "Ann", "neutral"),
    ]
    assert reasons(codings) == [
        (1, "coded twice with the same label", "against"),
        (4, "coded again later", "favor"),
        *(
            (row, "coded twice with different labels", label)
            for row, label in [(5, "neutral"), (6, "favor"), (7, "neutral"), (8, "favor")]
        ),
    ]


def test_label_studio_exports(tmp_path: Path) -> None:
    choice = {"from_name": "label", "type": "choices", "value": {"choices": ["favor"]}}
    note = {"from_name": "note", "type": "textarea", "value": {"text": ["so", "it is"]}}
    both = {"from_name": "label", "type": "choices", "value": {"choices": ["favor", "against"]}}
    times = {"created_at": "2022-03-01T09:00:00.5Z", "updated_at": "2022-03-01T10:00:00.25Z"}
    tasks = [
        {
            "id": 1,
            "data": {"item": "1#0 NATO", "sentence": "..."},
            "annotations": [
                {"completed_by": 7, "lead_time": 4.288, "result": [choice, note], **times},
                {"completed_by": {"id": 8, "email": "bo@example.org"}, "result": [choice]},
                {"completed_by": 9, "was_cancelled": True, "result": []},
                {"completed_by": 9, "result": [both]},
            ],
        },
        {"id": 2, "data": {"item": "1#1 NATO"}, "annotations": []},
    ]
    codings = read_text(tmp_path, json.dumps(tasks), "export.json")
    moment = datetime(2022, 3, 1, 10, 0, 0, 250_000, tzinfo=UTC)
    assert codings.accepted.rows() == [
        ("1#0 NATO", "7", "favor", "so\nit is", 4.288, moment),
        ("1#0 NATO", "bo@example.org", "favor", None, None, None),
    ]
    assert reasons(codings) == [
        (2, "skipped in Label Studio", None),
        (3, "several labels", "favor, against"),
    ]
    assert (codings.n_rows, codings.n_uncoded) == (5, 1)


def test_label_studio_flat_export(tmp_path: Path) -> None:
    record = {
        "item": "1#0 NATO",
        "sentence": "...",
        "id": 1,
        "label": "against",
        "note": "hm",
        "annotator": 3,
        "lead_time": 2.5,
        "updated_at": "2022-03-01T10:00:00Z",
    }
    codings = read_text(tmp_path, json.dumps([record]), "export.json")
    moment = datetime(2022, 3, 1, 10, tzinfo=UTC)
    assert codings.accepted.rows() == [("1#0 NATO", "3", "against", "hm", 2.5, moment)]


def test_label_studio_tasks_there_and_back(
    store_to_code: sl.Store, sample_to_code: sl.Sample, tmp_path: Path
) -> None:
    path = sl.write_coding_sheet(store_to_code, sample_to_code, tmp_path / "tasks.json", blind=())
    tasks = json.loads(path.read_text(encoding="utf-8"))
    for number, task in enumerate(tasks):
        choice = {"from_name": "label", "value": {"choices": [LABELS[number % 3]]}}
        task["annotations"] = [{"completed_by": 1, "result": [choice]}]
    codings = read_text(tmp_path, json.dumps(tasks), "back.json", sample=sample_to_code)
    assert codings.rejected.is_empty()
    assert codings.accepted["item"].to_list() == [task["data"]["item"] for task in tasks]
    assert codings.accepted["label"].to_list() == [LABELS[n % 3] for n in range(len(tasks))]


def test_doccano_there_and_back(
    store_to_code: sl.Store, sample_to_code: sl.Sample, tmp_path: Path
) -> None:
    path = sl.write_coding_sheet(store_to_code, sample_to_code, tmp_path / "tasks.jsonl")
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for number, record in enumerate(records):
        record |= {"id": number, "label": [LABELS[number % 3]], "Comments": ["odd"] * (number == 2)}
    records[4]["label"] = []
    records[5]["label"] = ["favor", "against"]
    text = "\n".join(json.dumps(record) for record in records)
    anonymous = read_text(tmp_path, text, "ann.jsonl", sample=sample_to_code)
    assert set(anonymous.rejected["reason"]) == {"no coder", "several labels"}
    codings = sl.read_codings({"Ann": tmp_path / "ann.jsonl"}, sample=sample_to_code)
    assert set(codings.accepted["coder"]) == {"Ann"}
    assert codings.n_uncoded == 1
    assert reasons(codings) == [(5, "several labels", "favor, against")]
    kept = [n for n in range(20) if n not in {4, 5}]
    assert codings.accepted["item"].to_list() == [records[n]["item"] for n in kept]
    assert codings.accepted["label"].to_list() == [LABELS[n % 3] for n in kept]
    assert codings.accepted["note"].to_list() == ["odd" if n == 2 else None for n in kept]


def test_broken_lines_and_several_files(tmp_path: Path) -> None:
    good = {"item": "x", "coder": "Ann", "label": "favor"}
    (tmp_path / "a.jsonl").write_text(f'{json.dumps(good)}\n{{"item": "y", \n[1]\n\n')
    (tmp_path / "b.csv").write_text("item,coder,label\nx,Bo,a\n\nx,Bo,maybe\n")
    codings = sl.read_codings([tmp_path / "a.jsonl", tmp_path / "b.csv"])
    assert codings.accepted.select("coder", "label").rows() == [("Ann", "favor"), ("Bo", "against")]
    assert reasons(codings) == [
        (1, "broken json", '{"item": "y",'),
        (2, "broken json", "[1]"),
        (4, "unknown label", "maybe"),
    ]
    assert codings.rejected["file"].to_list()[-1] == str(tmp_path / "b.csv")


records = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "item": st.sampled_from(["a", "b", "c", ""]) | st.none(),
            "coder": st.sampled_from(["Ann", "Bo", " "]) | st.integers(0, 3) | st.none(),
            "label": st.sampled_from([*LABELS, "f", "1", "2", "so", ""]) | st.none() | st.floats(),
            "note": st.none() | st.text(max_size=3) | st.lists(st.integers(), max_size=2),
            "seconds": st.none() | st.floats() | st.text(max_size=2) | st.booleans(),
            "coded_at": st.none() | st.datetimes().map(lambda t: f"{t.isoformat()}Z") | st.just(7),
        },
    ),
    max_size=12,
)


@given(written=records)
def test_no_row_is_lost(written: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("rows") / "a.jsonl"
    path.write_text("\n".join(json.dumps(record) for record in written), encoding="utf-8")
    codings = sl.read_codings(path, sample=["a", "b"])
    assert codings.n_rows == len(written)
    lost = codings.n_rows - codings.accepted.height - codings.rejected.height - codings.n_uncoded
    assert lost == 0
    assert codings.rejected["reason"].null_count() == 0
    assert set(codings.accepted["label"]) <= set(LABELS)
    assert set(codings.accepted["item"]) <= {"a", "b"}
    assert not codings.accepted.select("item", "coder").is_duplicated().any()


@pytest.mark.parametrize("frame", [True, False])
def test_known_items_from_a_sample(
    sample_to_code: sl.Sample, tmp_path: Path, *, frame: bool
) -> None:
    known = sample_to_code.pairs if frame else sample_to_code
    item = f"{sample_to_code.pairs['sentence_id'][0]} NATO"
    lines = [json.dumps({"item": one, "coder": "A", "label": "f"}) for one in (item, f"{item} ")]
    codings = read_text(tmp_path, "\n".join(lines), "a.jsonl", sample=known)
    assert codings.accepted["item"].to_list() == [item]
    assert reasons(codings) == [(1, "unknown item", f"{item} ")]


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("a.ods", b"", ArgumentError, r"unknown ending '\.ods'"),
        ("a.csv", b"id,label\n1,a\n", DataError, "no columns item and label"),
        ("a.csv", "item,label\nx,é".encode("latin-1"), DataError, "save it as 'CSV UTF-8'"),
        ("a.xlsx", b"no workbook", DataError, "no workbook of the kind .xlsx"),
        ("a.json", b"{", DataError, "is no json"),
        ("a.json", b"{}", DataError, "no list of Label Studio tasks"),
    ],
)
def test_refusals(
    tmp_path: Path, name: str, content: bytes, error: type[Exception], message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=message):
        sl.read_codings(tmp_path / name)


def test_missing_files_and_samples_without_items(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no file"):
        sl.read_codings(tmp_path / "a.csv")
    with pytest.raises(ArgumentError, match="there is no path"):
        sl.read_codings([])
    with pytest.raises(DataError, match="needs the columns sentence_id and target, or item"):
        read_text(tmp_path, "item,label\n", sample=pl.DataFrame({"id": [1]}))
