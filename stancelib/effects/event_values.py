"""Instants and durations as they stand in files of events."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stancelib.errors import ArgumentError, DataError

_DURATION = re.compile(r"(\d{1,5}(?:\.\d{1,3})?)\s*([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def read_zone(name: str, place: str) -> ZoneInfo:
    """Find a time zone of the IANA database.

    Examples
    --------
    >>> read_zone("Europe/Kyiv", "row 1").key
    'Europe/Kyiv'
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError) as error:
        raise ArgumentError(
            f"{place}: unknown time zone {name!r}; give an IANA name such as 'Europe/Kyiv' or 'UTC'"
        ) from error


def read_duration(value: object, place: str) -> timedelta | None:
    """Read a duration such as ``12h``, ``3d`` or ``2w``; null is none.

    Examples
    --------
    >>> read_duration("2w", "row 1: 'lag'")
    datetime.timedelta(days=14)
    """
    if value is None:
        return None
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise DataError(
            f"{place} must be a number with a unit (h, d or w), such as '12h', '3d' or '2w'; "
            f"got {value!r}"
        )
    return float(match[1]) * _UNITS[match[2]]


def read_instant(
    value: object, time_zone: str, zone_in_file: bool, place: str
) -> tuple[datetime, str | None]:
    """Read an instant, and what had to be assumed for it.

    Parameters
    ----------
    value : object
        ISO 8601 text, or a date or datetime of TOML.
    time_zone : str
        IANA name for values without an offset.
    zone_in_file : bool
        Whether the file itself names that zone, so that it is no assumption.
    place : str
        File and row, for messages.
    """
    moment = _parsed(value, place)
    if isinstance(moment, datetime) and moment.utcoffset() is not None:
        return moment, None
    zone = read_zone(time_zone, place)
    if isinstance(moment, datetime):
        note = None if zone_in_file else f"no time zone given: {time_zone}"
        return _localized(moment, zone, place), note
    midnight = datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - the zone follows
    return _localized(midnight, zone, place), f"no time given: midnight in {time_zone}"


def _parsed(value: object, place: str) -> date | datetime:
    if isinstance(value, date):
        return value
    if value is None:
        raise DataError(f"{place}: the event has no date")
    text = str(value)
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    raise DataError(
        f"{place}: {text!r} is no date; write it as 2022-02-24, 2022-02-24T05:00 or "
        "2022-02-24T05:00+02:00 (ISO 8601)"
    )


def _localized(naive: datetime, zone: ZoneInfo, place: str) -> datetime:
    """Put a time in a zone; refuse one that clock changes make void or double."""
    earlier = naive.replace(tzinfo=zone)
    later = naive.replace(tzinfo=zone, fold=1)
    if earlier.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) != naive:
        kind = "does not exist"
    elif earlier.utcoffset() != later.utcoffset():
        kind = "occurs twice"
    else:
        return earlier
    raise DataError(
        f"{place}: the time {naive.isoformat(sep=' ')} {kind} in {zone.key}, where clocks change; "
        "add an offset such as +02:00"
    )
