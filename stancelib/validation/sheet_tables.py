"""Coding sheets as csv and xlsx: written so that no cell becomes a formula, and read back."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import polars as pl

from stancelib.errors import DataError, EnvironmentProblem
from stancelib.validation.cell_text_core import (
    escape_formula,
    escape_xml,
    unescape_formula,
    unescape_xml,
)
from stancelib.validation.codebook import Codebook
from stancelib.validation.coded import LABELS

# Excel cuts longer cells; it counts UTF-16 units.
_LONGEST_CELL: Final = 32_767
_WIDTHS: Final = {"before": 34, "sentence": 64, "after": 34, "headline": 34, "note": 30}
_NARROW: Final = 14
# Of no use to a coder, and may tell the outlet.
_KEYS: Final = ("item", "sentence_id")
_DELIMITERS: Final = ",;\t"
_SHEET: Final = "Coding"

Rows = list[dict[str, str | None]]


def write_csv(table: pl.DataFrame, path: Path) -> None:
    """Write strings as csv in UTF-8 with a mark that Excel knows it by."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.columns)
        writer.writerows([escape_formula(cell or "") for cell in row] for row in table.iter_rows())


def write_xlsx(table: pl.DataFrame, path: Path, codebook: Codebook) -> None:
    """Write strings as a workbook: the sheet, with a list to choose labels from, and the codebook.

    Raises
    ------
    EnvironmentProblem
        Without openpyxl.
    DataError
        When a text is longer than a cell can be.
    """
    openpyxl = _openpyxl()
    for name in table.columns:
        for place, text in enumerate(table[name]):
            if text and len(text.encode("utf-16-le")) // 2 > _LONGEST_CELL:
                raise DataError(
                    f"{name} of item {table['item'][place]!r} has {len(text):,} characters, and a "
                    f"cell of xlsx holds {_LONGEST_CELL:,}; write the sheet as .csv or .html"
                )
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = _SHEET
    _fill(sheet, [table.columns, *table.iter_rows()])
    for place, name in enumerate(table.columns, start=1):
        letter = openpyxl.utils.get_column_letter(place)
        sheet.column_dimensions[letter].width = _WIDTHS.get(name, _NARROW)
        sheet.column_dimensions[letter].hidden = name in _KEYS
        if name == "label":
            _offer_labels(sheet, f"{letter}2:{letter}{table.height + 1}")
    sheet.freeze_panes = "A2"
    told = workbook.create_sheet("Codebook")
    _fill(told, [("", codebook.definition), *codebook.labels.items()])
    _fill(told, [("", rule) for rule in codebook.rules], first=len(codebook.labels) + 3)
    told.column_dimensions["B"].width = 100
    workbook.save(path)


def _fill(sheet: Any, rows: Iterable[Iterable[str | None]], first: int = 1) -> None:
    """Strings only: a type that is said keeps "=1+1" from becoming a formula."""
    alignment = _openpyxl().styles.Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(rows, start=first):
        for place, text in enumerate(row, start=1):
            cell = sheet.cell(number, place)
            cell.alignment = alignment
            if text:
                cell.value = escape_xml(text)
                cell.data_type = "s"
                # Stays a text where somebody edits the cell.
                cell.quotePrefix = escape_formula(text) != text


def _offer_labels(sheet: Any, cells: str) -> None:
    validation = import_module("openpyxl.worksheet.datavalidation").DataValidation
    choice = validation(type="list", formula1=f'"{",".join(LABELS)}"', allow_blank=True)
    # Short forms may be typed, too; what is none of them comes back as rejected.
    choice.showErrorMessage = False
    sheet.add_data_validation(choice)
    choice.add(cells)


def read_csv(path: Path) -> Rows:
    """Read a table by the delimiter under which its header has item and label.

    Raises
    ------
    DataError
        When it is no text, no csv, or has no such columns.
    """
    text = _decoded(path)
    for delimiter in _DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            header = next(reader, [])
            if {"item", "label"} <= set(_names(header)):
                return list(_records(header, reader, unescape_formula))
        except csv.Error as problem:
            raise DataError(f"'{path}' line {reader.line_num}: {problem}") from problem
    raise DataError(f"'{path}' has no columns item and label; its header is {text[:200]!r}")


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as problem:
        raise DataError(
            f"'{path}' is not in UTF-8 ({problem}); save it as 'CSV UTF-8', or as .xlsx"
        ) from problem


def read_xlsx(path: Path) -> Rows:
    """Read the first sheet whose header has item and label.

    Raises
    ------
    EnvironmentProblem
        Without openpyxl.
    DataError
        When it is no workbook, or has no such sheet.
    """
    try:
        workbook = _openpyxl().load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as problem:
        raise DataError(f"'{path}' is no workbook of the kind .xlsx: {problem}") from problem
    try:
        for sheet in workbook.worksheets:
            # Other programs write wrong dimensions.
            sheet.reset_dimensions()
            cells = sheet.iter_rows(values_only=True)
            header = [_text(value) for value in next(cells, ())]
            if {"item", "label"} <= set(_names(header)):
                return list(_records(header, map(_texts, cells), unescape_xml))
    finally:
        workbook.close()
    raise DataError(f"'{path}' has no sheet with the columns item and label")


def _openpyxl() -> Any:
    try:
        for part in ("utils", "styles"):
            import_module(f"openpyxl.{part}")
        return import_module("openpyxl")
    except ImportError as problem:
        raise EnvironmentProblem.missing_extra("openpyxl", "sheets") from problem


def _texts(values: Iterable[object]) -> list[str]:
    return [_text(value) for value in values]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _names(header: Iterable[str]) -> list[str]:
    return [name.strip().casefold() for name in header]


def _records(header: list[str], rows: Iterable[list[str]], unescape: Any) -> Iterator[Any]:
    """A mapping for each row that is not empty; columns without a name are left out."""
    names = _names(header)
    for row in rows:
        cells = [unescape(cell) for cell in row]
        if any(cell.strip() for cell in cells):
            named = zip(names, cells, strict=False)
            yield {name: cell or None for name, cell in named if name}
