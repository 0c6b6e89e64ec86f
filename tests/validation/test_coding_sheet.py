"""Coding sheets: what a coder sees, in which order, and that nothing in a cell comes to life."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import stancelib as sl
from stancelib.errors import ArgumentError, DataError
from stancelib.validation.cell_text_core import (
    escape_formula,
    escape_xml,
    unescape_formula,
    unescape_xml,
)
from stancelib.validation.codebook import load_codebook
from stancelib.validation.sheet_page import direction
from stancelib.validation.sheet_tables import read_csv, read_xlsx, write_csv, write_xlsx

COLUMNS = ["item", "sentence_id", "target", "before", "sentence", "after", "lang"]
FOR_CODERS = ["coder", "label", "note"]
MODEL = ["p_against", "p_neutral", "p_favor", "stance", "scorer", "predicted"]

# All of Unicode, and much of what breaks tables and markup.
pieces = st.sampled_from(
    [
        *(
            "=1+1",
            "+",
            "-2",
            "@SUM(A1)",
            "＝1",
            "'",
            "''=",
            '"',
            '","',
            ";",
            "\t",
            "\n",
            "\r",
            "\r\n",
        ),
        *("_x000D_", "_x005F_", "_x00", "_xD83D_", "\x00", "\x0b", "\x1f", "\ufeff", "\ufffe"),
        *("🛡️", "👩‍🚒", "שלום", "السلام", "\u202e", "\u2028", "<b>&amp;", "**", " ", "{{ 1 }}"),
    ]
)
nasty = st.lists(pieces | st.text(max_size=4), max_size=6).map("".join).filter(bool)


@given(text=nasty)
@example("_x000D\r")
@example(" \t'=1")
def test_escapes_are_one_to_one(text: str) -> None:
    assert unescape_formula(escape_formula(text)) == text
    assert unescape_xml(escape_xml(text)) == text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", " =1", "\t=1", "\r=1", "＝1", "'=1"])
def test_formulas_get_an_apostrophe(text: str) -> None:
    assert escape_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", ["NATO = good", "1-1", "'tis", "— said he", "**-1**"])
def test_other_texts_stay(text: str) -> None:
    assert escape_formula(text) == text
    assert unescape_formula(text) == text


tables = st.integers(1, 4).flatmap(
    lambda n: st.fixed_dictionaries(
        {name: st.lists(nasty, min_size=n, max_size=n) for name in ["item", "label", "note"]}
    )
)


@given(columns=tables)
@settings(max_examples=40)
def test_tables_come_back_letter_by_letter(
    columns: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    table = pl.DataFrame(columns)
    # A row of blanks alone is no row.
    shown = [row for row in table.to_dicts() if any(cell.strip() for cell in row.values())]
    folder = tmp_path_factory.mktemp("tables")
    write_csv(table, folder / "sheet.csv")
    assert read_csv(folder / "sheet.csv") == shown
    write_xlsx(table, folder / "sheet.xlsx", load_codebook(None))
    assert read_xlsx(folder / "sheet.xlsx") == shown


def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    texts = ["=1+1", "+2", "-3", "@a", "plain", "{=A1}", "=cmd|' /C calc'!A0"]
    table = pl.DataFrame({"item": texts, "label": texts})
    write_xlsx(table, tmp_path / "a.xlsx", load_codebook(None))
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert [cell.value for cell in cells[::2]] == texts
    assert {cell.data_type for cell in cells} == {"s"}
    assert sheet.column_dimensions["A"].hidden
    assert not sheet.column_dimensions["B"].hidden
    assert [bool(cell.quotePrefix) for cell in cells[::2]] == [True] * 4 + [False, False, True]


def test_a_text_too_long_for_a_cell_is_named(tmp_path: Path) -> None:
    table = pl.DataFrame({"item": ["1#0 NATO"], "label": ["🛡" * 16_384]})
    with pytest.raises(DataError, match=r"label of item '1#0 NATO' .* holds 32,767"):
        write_xlsx(table, tmp_path / "a.xlsx", load_codebook(None))


def cells_of(path: Path) -> pl.DataFrame:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return pl.DataFrame(list(csv.DictReader(file)))


def test_columns_and_mark(
    store_to_code: sl.Store, sample_to_code: sl.Sample, tmp_path: Path
) -> None:
    path = sl.write_coding_sheet(
        store_to_code, sample_to_code, tmp_path / "new" / "sheet.csv", coder="Ann"
    )
    found = cells_of(path)
    assert found.columns == [*COLUMNS, *FOR_CODERS]
    assert found["coder"].unique().to_list() == ["Ann"]
    assert set(found["label"]) == {""}
    row = next(row for row in found.to_dicts() if "thanked <script>" in row["sentence"])
    assert row["before"] == "Noon came and went."
    assert row["sentence"] == (
        "Delegates thanked <script>window.reached=1</script> **NATO** for the second battalion."
    )
    assert row["after"] == "It rained."
    assert row["item"] == f"'{row['sentence_id'].removeprefix(chr(39))} NATO"


@pytest.mark.parametrize(
    ("blind", "further"),
    [
        (["model", "source"], []),
        (["source"], MODEL),
        (["model"], ["source", "published_at", "headline"]),
        (["model", "date"], ["source", "headline"]),
        (["model", "headline"], ["source", "published_at"]),
        ([], ["source", "published_at", "headline", *MODEL]),
    ],
)
def test_blindness(
    store_to_code: sl.Store,
    sample_to_code: sl.Sample,
    tmp_path: Path,
    blind: list[str],
    further: list[str],
) -> None:
    path = sl.write_coding_sheet(store_to_code, sample_to_code, tmp_path / "sheet.csv", blind=blind)
    found = cells_of(path)
    assert found.columns == [*COLUMNS, *further, *FOR_CODERS]
    if "predicted" in further:
        assert found["predicted"].unique().to_list() == ["favor"]
        assert found["p_favor"].unique().to_list() == ["0.625"]
    if "published_at" in further:
        assert min(found["published_at"]) == "2022-02-01T06:00:00Z"


def test_page_of_blind_coders_does_not_hold_what_they_must_not_see(
    store_to_code: sl.Store, sample_to_code: sl.Sample, tmp_path: Path
) -> None:
    path = sl.write_coding_sheet(store_to_code, sample_to_code, tmp_path / "sheet.html")
    text = path.read_text(encoding="utf-8")
    for hidden in ("Gazette", "Page 1", "2022-02", "leaning@1", "0.625", "0.62"):
        assert hidden not in text


def test_context(store_to_code: sl.Store, sample_to_code: sl.Sample, tmp_path: Path) -> None:
    none = sl.write_coding_sheet(store_to_code, sample_to_code, tmp_path / "0.csv", context=0)
    assert set(cells_of(none).select("before", "after").unpivot()["value"]) == {""}
    # The headline is no context of the text, so that nothing of it reaches a blind coder.
    many = sl.write_coding_sheet(store_to_code, sample_to_code, tmp_path / "9.csv", context=9)
    assert not cells_of(many)["before"].str.contains("Page").any()


@pytest.mark.parametrize("ending", ["csv", "html", "json", "jsonl"])
def test_the_same_inputs_give_the_same_bytes(
    store_to_code: sl.Store, sample_to_code: sl.Sample, tmp_path: Path, ending: str
) -> None:
    first, second = (
        sl.write_coding_sheet(store_to_code, sample_to_code, tmp_path / f"{n}.{ending}", blind=())
        for n in range(2)
    )
    assert first.read_bytes() == second.read_bytes()


def order(store: sl.Store, sample: Any, folder: Path, seed: int) -> list[str]:
    path = sl.write_coding_sheet(store, sample, folder / "o.csv", seed=seed, overwrite=True)
    return cells_of(path)["item"].to_list()


def test_order_depends_on_seed_and_items_alone(
    store_to_code: sl.Store, sample_to_code: sl.Sample, tmp_path: Path
) -> None:
    first = order(store_to_code, sample_to_code, tmp_path, 1)
    pairs = sample_to_code.pairs.sample(fraction=1, shuffle=True, seed=5)
    assert order(store_to_code, pairs, tmp_path, 1) == first
    assert order(store_to_code, sample_to_code, tmp_path, 2) != first
    some = pairs.head(9)
    kept = [item for item in first if item in set(order(store_to_code, some, tmp_path, 1))]
    assert order(store_to_code, some, tmp_path, 1) == kept


def test_any_beginning_of_a_sheet_is_a_fair_part_of_the_sample() -> None:
    """With the seed of the draw: its own numbers would put strata with high rates last."""
    corpus = sl.simulate_corpus(600, seed=3)
    with sl.open_store(":memory:") as store:
        store.add_documents(corpus.documents, progress=False)
        store.score(corpus.scorer(), "Russia", progress=False)
        sample = sl.draw_sample(store, 200, strata=["source"], allocation="equal", seed=0)
        rates = sample.pairs["inclusion_probability"]
        assert rates.max() > 1.3 * rates.min()  # type: ignore[operator]
        from stancelib.validation.sheet_rows import sheet_rows

        rows = sheet_rows(store, sample.pairs, context=0, seed=0, scorer=None)
    strata = rows.join(sample.pairs, on=["sentence_id", "target"], maintain_order="left")["stratum"]
    place = pl.DataFrame({"stratum": strata}).with_row_index("place")
    middle = place.group_by("stratum").agg(pl.col("place").mean(), n=pl.len())
    # Mean places of n of 200 in random order: standard error 200 / sqrt(12 n).
    distance = (middle["place"] - 99.5).abs() / (200 / (12 * middle["n"]).sqrt())
    assert distance.max() < 3.5  # type: ignore[operator]


def test_label_studio_tasks(
    store_to_code: sl.Store, sample_to_code: sl.Sample, tmp_path: Path
) -> None:
    path = sl.write_coding_sheet(
        store_to_code, sample_to_code, tmp_path / "t.json", blind=["source"], format="label_studio"
    )
    tasks = json.loads(path.read_text(encoding="utf-8"))
    assert len(tasks) == sample_to_code.pairs.height
    assert {"item", "target", "sentence", "before", "after", "lang"} <= set(tasks[0]["data"])
    result = tasks[0]["predictions"][0]["result"][0]
    assert result["value"] == {"choices": ["favor"]}
    interface = path.with_suffix(".xml").read_text(encoding="utf-8")
    for name in ("before", "sentence", "after", "target"):
        assert f"${name}" in interface
    for label in ("against", "neutral", "favor"):
        assert f'value="{label}"' in interface
    blind = sl.write_coding_sheet(store_to_code, sample_to_code, tmp_path / "b.json")
    assert all(set(task) == {"data"} for task in json.loads(blind.read_text(encoding="utf-8")))


def test_doccano_records(
    store_to_code: sl.Store, sample_to_code: sl.Sample, tmp_path: Path
) -> None:
    path = sl.write_coding_sheet(store_to_code, sample_to_code, tmp_path / "t.jsonl")
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(records) == sample_to_code.pairs.height
    thanked = next(one for one in records if "thanked <script>" in one["text"])
    assert thanked["text"].startswith("[NATO]\n\nNoon came and went.\n\nDelegates thanked <")
    assert thanked["text"].endswith("**NATO** for the second battalion.\n\nIt rained.")
    assert all(one["label"] == [] and one["item"].endswith(" NATO") for one in records)


@pytest.mark.parametrize(
    ("lang", "expected"),
    [("ar", "rtl"), ("fa-IR", "rtl"), ("he", "rtl"), ("uk", "ltr"), ("und", "auto"), ("", "auto")],
)
def test_direction(lang: str, expected: str) -> None:
    assert direction(lang) == expected


@pytest.mark.parametrize(
    "case",
    [
        ("a.ods", {}, ArgumentError, r"unknown ending '\.ods'; known endings: \.csv, "),
        ("a.csv", {"format": "doccano"}, ArgumentError, r"goes with the ending \.jsonl"),
        ("a.csv", {"format": "exel"}, ArgumentError, "unknown format 'exel'"),
        ("a.csv", {"blind": ["outlet"]}, ArgumentError, "unknown blinding 'outlet'"),
        ("a.csv", {"context": -1}, ArgumentError, "context must be at least 0; got -1"),
        ("a.csv", {"codebook": "none.toml"}, DataError, r"codebook 'none\.toml' cannot be read"),
        ("a.csv", {"blind": [], "scorer": "other"}, ArgumentError, "unknown scorer 'other'"),
    ],
)
def test_refusals(
    store_to_code: sl.Store,
    sample_to_code: sl.Sample,
    tmp_path: Path,
    case: tuple[str, Any, type[Exception], str],
) -> None:
    name, options, error, message = case
    with pytest.raises(error, match=message):
        sl.write_coding_sheet(store_to_code, sample_to_code, tmp_path / name, **options)
    assert not list(tmp_path.iterdir())


def test_pairs_that_cannot_be_coded(
    store_to_code: sl.Store, sample_to_code: sl.Sample, tmp_path: Path
) -> None:
    pairs, path = sample_to_code.pairs, tmp_path / "a.csv"
    strange = pl.DataFrame({"sentence_id": ["elsewhere"], "target": ["NATO"]})
    for frame, message in (
        (pairs.drop("target"), "column 'target' is missing"),
        (pairs.head(0), "there is no pair to code"),
        (pl.concat([pairs, pairs.head(1)]), "comes twice"),
        (strange, "1 of 1 pairs are not in the store, such as 'elsewhere' on 'NATO'"),
    ):
        with pytest.raises(DataError, match=message):
            sl.write_coding_sheet(store_to_code, frame, path)


def test_a_sheet_that_may_hold_codings_is_not_replaced(
    store_to_code: sl.Store, sample_to_code: sl.Sample, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("somebody's work")
    with pytest.raises(ArgumentError, match="overwrite=True"):
        sl.write_coding_sheet(store_to_code, sample_to_code, path)
    assert path.read_text() == "somebody's work"
    sl.write_coding_sheet(store_to_code, sample_to_code, path, overwrite=True)
    assert path.read_text(encoding="utf-8-sig").startswith("item,")


def test_a_codebook_of_ones_own(
    store_to_code: sl.Store, sample_to_code: sl.Sample, tmp_path: Path
) -> None:
    own = tmp_path / "own.toml"
    own.write_text('definition = "As <we> say."\n[labels]\nagainst = "bad"\nfavor = "good"\n')
    with pytest.raises(DataError, match=r"a line for against, neutral, favor; got against, favor"):
        sl.write_coding_sheet(store_to_code, sample_to_code, tmp_path / "a.html", codebook=own)
    own.write_text(own.read_text() + 'neutral = "neither"\n')
    path = sl.write_coding_sheet(store_to_code, sample_to_code, tmp_path / "a.html", codebook=own)
    assert "As &lt;we&gt; say." in path.read_text(encoding="utf-8")


def test_a_missing_openpyxl_is_named(root_folder: Path) -> None:
    code = (
        "import sys; sys.modules['openpyxl'] = None\n"
        "import polars, pathlib\n"
        "from stancelib.validation.codebook import load_codebook\n"
        "from stancelib.validation.sheet_tables import write_xlsx\n"
        "write_xlsx(polars.DataFrame({'item': ['a']}), pathlib.Path('x'), load_codebook(None))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root_folder, capture_output=True, text=True, check=False
    )
    assert "this needs openpyxl; install it with: pip install 'stancelib[sheets]'" in done.stderr
