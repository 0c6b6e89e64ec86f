"""`read_events`: a catalogue of trigger events from TOML or csv."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import polars as pl

from stancelib.effects.event import Event
from stancelib.effects.event_values import read_duration, read_instant, read_zone
from stancelib.errors import ArgumentError, DataError

FIELDS = ("name", "at", "label", "anticipation", "lag", "until", "url", "time_zone")
# Column names of csv files that people have, besides our own.
GUESSES = {"name": ("name", "event", "title"), "at": ("at", "date", "datetime", "time")}


def read_events(path: str | Path, time_zone: str = "UTC") -> list[Event]:
    r"""Read trigger events from a TOML or csv file.

    TOML holds one table ``[[event]]`` for each event, csv one row; the fields are ``name``,
    ``at``, and optionally ``label``, ``anticipation``, ``lag``, ``until``, ``url``. In csv,
    ``event`` or ``title`` is understood as the name and ``date``, ``datetime`` or ``time`` as
    the instant; other columns are not read. A bare date in ``until`` is midnight, too, so that
    the day itself is not part of the event. Durations are a number and a unit: ``12h``,
    ``3d``, ``2w``.

    Parameters
    ----------
    path : str or pathlib.Path
        A file that ends in ``.toml`` or ``.csv`` (UTF-8).
    time_zone : str
        IANA name of the zone of times without one; a ``time_zone`` at the top of the TOML file,
        or in an event, goes before it. A bare date is midnight in that zone. What was assumed
        is written in each event's ``note``; it is null where the file says the zone itself.

    Returns
    -------
    list of Event
        In the order of the file.

    Raises
    ------
    DataError
        When the file or one of its rows cannot be read; the message names the row.
    ArgumentError
        When the ending or the time zone is unknown.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "events.csv"
    ...     _ = file.write_text("date,event\n2023-07-11,Vilnius summit\n")
    ...     event = read_events(file, time_zone="Europe/Vilnius")[0]
    >>> event.name, event.at.isoformat(), event.note
    ('Vilnius summit', '2023-07-11T00:00:00+03:00', 'no time given: midnight in Europe/Vilnius')
    """
    file = Path(path)
    read_zone(time_zone, "argument time_zone")
    readers = {".toml": _toml_rows, ".csv": _csv_rows}
    if file.suffix.lower() not in readers:
        raise ArgumentError.unknown("ending", file.suffix, readers)
    if not file.is_file():
        raise DataError(f"there is no file of events at {file}")
    rows = readers[file.suffix.lower()](file)
    if not rows:
        raise DataError(f"{file} holds no event")
    events = [_read_row(row, time_zone, f"{file}, {place}") for place, row in rows.items()]
    _check_names(events, file)
    return events


def _toml_rows(file: Path) -> dict[str, Mapping[str, object]]:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{file} is not valid TOML: {error}") from error
    tables = content.pop("event", content.pop("events", []))
    shared = {"time_zone": content.pop("time_zone")} if "time_zone" in content else {}
    if content:
        raise DataError(
            f"{file}: unknown key {next(iter(content))!r} at the top; "
            "an event is a table [[event]], and time_zone may stand above them"
        )
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise DataError(f"{file}: write each event as a table [[event]], with double brackets")
    rows: dict[str, Mapping[str, object]] = {}
    for number, table in enumerate(tables, start=1):
        for key in table:
            if key not in FIELDS:
                message = str(ArgumentError.unknown("field", key, FIELDS))
                raise DataError(f"{file}, event {number}: {message}")
        rows[f"event {number}"] = shared | table
    return rows


def _csv_rows(file: Path) -> dict[str, Mapping[str, object]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{file} is not UTF-8: {error}") from error
    header = text.partition("\n")[0]
    if not header.strip():
        raise DataError(f"{file} is empty; its first line must name the columns")
    separator = ";" if ";" in header and "," not in header else ","
    try:
        frame = pl.read_csv(text.encode(), separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise DataError(f"{file} is not valid csv: {error}") from error
    columns = {column.strip().casefold(): column for column in frame.columns}
    chosen = {field: columns[field] for field in FIELDS if field in columns}
    for field, guesses in GUESSES.items():
        found = [columns[guess] for guess in guesses if guess in columns]
        if not found:
            raise DataError(
                f"{file} has no column for the {field!r} of an event; looked for "
                f"{', '.join(guesses)}; found columns: {', '.join(frame.columns)}"
            )
        chosen[field] = found[0]
    rows = frame.select(**{field: pl.col(column) for field, column in chosen.items()})
    return {f"row {number}": row for number, row in enumerate(rows.iter_rows(named=True), 1)}


def _read_row(row: Mapping[str, object], time_zone: str, place: str) -> Event:
    values = {key: _stripped(value) for key, value in row.items()}
    zone = _text(values, "time_zone", place)
    at, note = read_instant(values.get("at"), zone or time_zone, zone is not None, place)
    until, until_note = _until(values.get("until"), zone or time_zone, zone is not None, place)
    notes = dict.fromkeys(text for text in (note, until_note) if text is not None)
    name = _text(values, "name", place)
    if name is None:
        raise DataError(f"{place}: the event has no name")
    return Event(
        name,
        at,
        label=_text(values, "label", place),
        anticipation=read_duration(values.get("anticipation"), f"{place}: 'anticipation'"),
        lag=read_duration(values.get("lag"), f"{place}: 'lag'"),
        until=until,
        url=_text(values, "url", place),
        note="; ".join(notes) or None,
    )


def _until(
    value: object, time_zone: str, zone_in_file: bool, place: str
) -> tuple[datetime | None, str | None]:
    if value is None:
        return None, None
    until, note = read_instant(value, time_zone, zone_in_file, f"{place}: 'until'")
    return until, note and f"until: {note}"


def _stripped(value: object) -> object:
    """Text without blanks around it; blank text is null."""
    return (value.strip() or None) if isinstance(value, str) else value


def _text(values: Mapping[str, object], field: str, place: str) -> str | None:
    value = values.get(field)
    if value is not None and not isinstance(value, str):
        raise DataError(f"{place}: {field!r} must be text; got {value!r}")
    return value


def _check_names(events: list[Event], file: Path) -> None:
    """A name is the key of an event in tables, sentences and charts."""
    repeated = [
        name for name, count in Counter(event.name for event in events).items() if count > 1
    ]
    if repeated:
        rows = [i for i, event in enumerate(events, start=1) if event.name == repeated[0]]
        raise DataError(
            f"{file}: the name {repeated[0]!r} stands in rows {', '.join(map(str, rows))}; "
            "names must be unique: add the date or the place"
        )
