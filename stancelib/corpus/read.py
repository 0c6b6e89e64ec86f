"""Read articles: what can be used, what cannot and why, and what was assumed."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from stancelib.corpus.checks import check_rows
from stancelib.corpus.columns import check_fields, map_columns, take_fields
from stancelib.corpus.dates import read_dates
from stancelib.corpus.files import check_format, paths_of, read_file
from stancelib.corpus.frames import to_polars
from stancelib.corpus.ingest import Ingest
from stancelib.corpus.language import (
    LANGUAGES,
    check_languages,
    detect_languages,
    normalise_codes,
)
from stancelib.corpus.layouts import LAYOUTS, with_layout
from stancelib.corpus.raw import RawTable, from_frame
from stancelib.errors import ArgumentError
from stancelib.schemas import Documents, Rejected


@dataclass(frozen=True)
class _Input:
    """One table, our columns in it, and the number of its first row in the whole input."""

    table: RawTable
    mapping: dict[str, str]
    first_row: int


def read_documents(
    articles: object,
    /,
    *,
    format: str | None = None,  # noqa: A002 - the plain word is what a user looks for
    columns: Mapping[str, str | None] | None = None,
    source: str | None = None,
    time_zone: str = "UTC",
    date_format: str | None = None,
    languages: Sequence[str] = LANGUAGES,
    max_characters: int = 1_000_000,
    now: datetime | None = None,
) -> Ingest:
    """Read articles from a file, a folder, a glob or a frame.

    A row of the input is a record of a table, a page, an item of a feed, or an HTML response of a
    web archive; `row` numbers them from 0 through all files, in the order of their paths.

    A row is rejected, with its reason, for: no date, an unparsable or ambiguous date, a date
    after `now` or before 1900, a missing source, neither text nor title, a text over
    `max_characters`, a `doc_id` that an earlier row has with other content, invalid UTF-8, and
    a csv or json record that is broken. A row with a title and no text is accepted, with the
    title as its text. Rows that repeat a document exactly are merged and counted.

    Parameters
    ----------
    articles
        Path of a file, a folder (read with its subfolders) or a glob: tables (``.csv`` with comma,
        semicolon, tab or bar, ``.tsv``, ``.jsonl``, ``.ndjson``, ``.json``, ``.parquet``), pages
        (``.html``, ``.htm``), feeds (``.rss``, ``.atom``, ``.xml``) and web archives (``.warc``),
        all but parquet also with ``.gz``. Or a frame: polars, pandas, pyarrow, any other that
        narwhals knows, a dataset with ``to_polars``. Pages need ``pip install 'stancelib[html]'``.
    format
        None goes by the ending and by the names of columns. Else all is read as one of ``csv``,
        ``jsonl``, ``json``, ``parquet``, ``html``, ``feed``, ``warc``, ``mediacloud`` (story
        lists), ``gdelt_doc`` (article lists) or ``gdelt_gkg`` (GKG 2.1, without a header).
    columns
        Our column to theirs: doc_id, source, published_at, title, text, lang, url. What is not
        told is known by the format or guessed by its name; None says that there is no such
        column. Without a `doc_id` documents are named by a hash of source, date, title and text.
        A source that is a web address counts as its host, so that ``{"source": "link"}`` names
        outlets by their site.
    source
        The source of all rows, for inputs without such a column.
    time_zone
        Zone of dates and times that state none, an IANA name. A date is its first instant.
    date_format
        A chrono format such as ``"%d/%m/%Y"`` for all dates that are strings, or
        ``"epoch_seconds"``, ``"epoch_milliseconds"``. None reads the usual forms.
    languages
        The set that the language is detected in, where no column gives it.
    max_characters
        Longest text, in code points.
    now
        Time-zone aware; later dates are refused. None is the present.

    Returns
    -------
    Ingest
        `accepted` and `rejected` frames, the `mapping`, and a `summary()`.

    Raises
    ------
    DataError
        When nothing can be read: no such file, no header, no column that holds a date or a text.
    ArgumentError
        For an unknown format, column, language or time zone, or a `now` without a time zone.
    EnvironmentProblem
        When pages or web archives are to be read and the extra ``html`` is not installed.

    Examples
    --------
    >>> import polars as pl
    >>> import stancelib as sl
    >>> articles = pl.DataFrame({
    ...     "outlet": ["Le Quotidien", "Le Quotidien"],
    ...     "date": ["2022-02-24T06:00:00+01:00", "bientôt"],
    ...     "body": ["La guerre a commencé ce matin.", "Rien de nouveau."],
    ... })
    >>> ingest = sl.read_documents(articles)
    >>> ingest.accepted.select("source", "published_at", "lang").row(0)[2]
    'fr'
    >>> ingest.rejected.select("row", "reason", "value").row(0)
    (1, 'unparsable date', 'bientôt')
    """
    told = dict(columns or {})
    check_fields(told)
    check_format(format)
    _check_arguments(source, told, time_zone, max_characters)
    chosen = check_languages(languages)
    moment = _moment(now)
    if source is not None:
        told["source"] = None
    inputs = _inputs(_tables(articles, format), told)
    rows = _rows_of(inputs, source, time_zone, date_format)
    checked = check_rows(rows, now=moment, max_characters=max_characters)
    accepted, n_detected = _with_languages(checked.accepted, chosen)
    broken = [one.table.broken.with_columns(pl.col("row") + one.first_row) for one in inputs]
    rejected = pl.concat([checked.rejected, *broken], how="diagonal").sort("row")
    mapping = _joined_mapping(inputs)
    return Ingest(
        accepted=Documents.validate(accepted, cast=True),
        rejected=Rejected.validate(rejected, cast=True),
        mapping=mapping,
        time_zone=time_zone,
        n_rows=sum(one.table.n_rows for one in inputs),
        n_repeats=checked.n_repeats,
        n_zone_assumed=checked.n_zone_assumed,
        n_title_only=checked.n_title_only,
        n_detected=n_detected,
        files=_files(inputs),
        guessed=_guessed(inputs, told),
        notes=tuple(dict.fromkeys(one.table.note for one in inputs if one.table.note)),
    )


def _check_arguments(
    source: str | None, told: Mapping[str, str | None], time_zone: str, max_characters: int
) -> None:
    if source is not None and (not source.strip() or told.get("source") is not None):
        raise ArgumentError(
            f"source is the name of the one source of all rows; got {source!r} and the source "
            f"column {told.get('source')!r}. Give one of the two"
        )
    if time_zone not in zoneinfo.available_timezones():
        raise ArgumentError.unknown("time zone", time_zone, sorted(zoneinfo.available_timezones()))
    if max_characters < 1:
        raise ArgumentError(f"max_characters must be at least 1; got {max_characters}")


def _moment(now: datetime | None) -> datetime:
    if now is None:
        return datetime.now(UTC)
    if now.tzinfo is None:
        raise ArgumentError(
            f"now must have a time zone; got {now.isoformat()}. For UTC: now.replace(tzinfo=UTC)"
        )
    return now.astimezone(UTC)


def _tables(articles: object, told: str | None) -> list[RawTable]:
    if isinstance(articles, str | Path):
        tables = [read_file(path, told) for path in paths_of(articles, told)]
    elif told is None or told in LAYOUTS:
        tables = [from_frame(to_polars(articles))]
    else:
        raise ArgumentError(
            f"format={told!r} is a format of files; for a frame it is one of {', '.join(LAYOUTS)}, "
            "or None"
        )
    return [with_layout(table, told) for table in tables]


def _inputs(tables: list[RawTable], told: Mapping[str, str | None]) -> list[_Input]:
    inputs: list[_Input] = []
    first_row = 0
    for table in tables:
        inputs.append(_Input(table, map_columns(table, told), first_row))
        first_row += table.n_rows
    return inputs


def _rows_of(
    inputs: list[_Input], source: str | None, time_zone: str, date_format: str | None
) -> pl.DataFrame:
    taken = [
        take_fields(one.table, one.mapping).with_columns(pl.col("row") + one.first_row)
        for one in inputs
    ]
    # Thousands of pages are one column of strings: read together, not one by one.
    strings = [one for one in taken if one.schema["published_at"] == pl.String]
    others = [one for one in taken if one.schema["published_at"] != pl.String]
    groups = [*([pl.concat(strings)] if strings else []), *others]
    dated = (_dated(group, source, time_zone, date_format) for group in groups)
    return pl.concat(dated).sort("row")


def _dated(
    fields: pl.DataFrame, source: str | None, time_zone: str, date_format: str | None
) -> pl.DataFrame:
    dates = fields.get_column("published_at")
    read = read_dates(dates, time_zone, date_format)
    return fields.drop("published_at").with_columns(
        source=pl.col("source") if source is None else pl.lit(source),
        lang=normalise_codes(fields.get_column("lang")),
        published_at=read.get_column("published_at"),
        zone_assumed=read.get_column("zone_assumed"),
        date_reason=read.get_column("reason"),
        date_value=dates.cast(pl.String),
    )


def _with_languages(
    documents: pl.DataFrame, languages: tuple[str, ...]
) -> tuple[pl.DataFrame, int]:
    unknown = documents.get_column("lang").is_null()
    texts = documents.filter(unknown).select(
        pl.concat_str("title", "text", separator="\n", ignore_nulls=True)
    )
    detected = detect_languages(texts.to_series().to_list(), languages).with_columns(
        row=documents.filter(unknown).get_column("row")
    )
    joined = documents.join(
        detected, on="row", how="left", suffix="_detected", maintain_order="left"
    )
    named = joined.with_columns(
        lang=pl.coalesce("lang", "lang_detected"), duplicate_of=pl.lit(None, dtype=pl.String)
    )
    return named.select(Documents.column_names()), detected.height


def _joined_mapping(inputs: list[_Input]) -> dict[str, str]:
    names: dict[str, list[str]] = {}
    for one in inputs:
        for field, column in one.mapping.items():
            names.setdefault(field, []).append(column)
    return {field: " | ".join(dict.fromkeys(columns)) for field, columns in names.items()}


def _guessed(inputs: list[_Input], told: Mapping[str, str | None]) -> tuple[str, ...]:
    fields = (f for one in inputs if not one.table.known for f in one.mapping)
    return tuple(field for field in dict.fromkeys(fields) if told.get(field) is None)


def _files(inputs: list[_Input]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "name": [one.table.name for one in inputs],
            "first_row": [one.first_row for one in inputs],
            "n_rows": [one.table.n_rows for one in inputs],
            "unused": [_unused(one) for one in inputs],
        },
        schema_overrides={"unused": pl.List(pl.String)},
    )


def _unused(one: _Input) -> list[str]:
    return [name for name in one.table.frame.columns if name not in one.mapping.values()]
