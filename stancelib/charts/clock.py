"""Wall-clock times for pictures, and the words for periods and dates.

Vega draws a time in the zone of the machine that opens the page. So that a week of Kyiv starts
on its Monday everywhere, the wall clock of the frame's own zone is written as if it were UTC,
and drawn on UTC scales.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from stancelib.errors import DataError

CLOCK_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
DAY_EXPRESSION = "utcFormat(toDate(datum.period), '%-d %b %Y')"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PERIOD_OF_DAYS = ((1, "day"), (7, "week"), (14, "two weeks"), (31, "month"), (92, "quarter"))


def time_zone_of(frame: pl.DataFrame) -> str:
    """The time zone of the frame's periods.

    Raises
    ------
    DataError
        When ``period`` is missing or is no date-time with a zone.
    """
    if "period" not in frame.columns:
        raise DataError.missing_column("period", frame.columns)
    kind = frame.schema["period"]
    if not isinstance(kind, pl.Datetime) or kind.time_zone is None:
        raise DataError(
            f"column 'period' must be a date-time with a time zone, found {kind}; "
            "set one with frame.with_columns(pl.col('period').dt.replace_time_zone('UTC'))"
        )
    return kind.time_zone


def as_clock(column: str) -> pl.Expr:
    """The wall clock of a zoned column as text that reads as UTC, for the data of a chart."""
    return pl.col(column).dt.replace_time_zone(None).dt.strftime(CLOCK_FORMAT)


def wall_clock(at: datetime, time_zone: str) -> datetime:
    """An instant as the clock on the wall of a time zone shows it, without a zone.

    Raises
    ------
    DataError
        When the instant has no time zone.

    Examples
    --------
    >>> from datetime import UTC
    >>> wall_clock(datetime(2022, 2, 23, 23, 30, tzinfo=UTC), "Europe/Kyiv")
    datetime.datetime(2022, 2, 24, 1, 30)
    """
    if at.tzinfo is None:
        raise DataError(f"the event's time {at.isoformat()} has no time zone; add tzinfo")
    return at.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)


def spacing(frame: pl.DataFrame) -> timedelta:
    """The most frequent distance between neighbouring periods; one day for a single period."""
    periods = frame["period"].dt.replace_time_zone(None).unique().sort()
    distances = periods.diff().drop_nulls()
    usual = distances.mode().min() if len(distances) else None
    return usual if isinstance(usual, timedelta) else timedelta(days=1)


def period_name(frame: pl.DataFrame) -> str:
    """What one period is called: ``day``, ``week``, ``month`` ..., else ``period``.

    Examples
    --------
    >>> from datetime import UTC
    >>> mondays = pl.datetime_range(
    ...     datetime(2022, 2, 7, tzinfo=UTC), datetime(2022, 3, 7, tzinfo=UTC), "1w", eager=True
    ... )
    >>> period_name(pl.DataFrame({"period": mondays}))
    'week'
    """
    days = spacing(frame) / timedelta(days=1)
    for usual, name in _PERIOD_OF_DAYS:
        if 0.9 * usual <= days <= usual:
            return name
    return "period"


def period_words(at: datetime, name: str) -> str:
    """What a tooltip calls a period, by its first moment.

    Examples
    --------
    >>> period_words(datetime(2022, 2, 21), "week")
    'week from 21 Feb 2022'
    """
    return date_words(at) if name == "day" else f"{name} from {date_words(at)}"


def date_words(at: datetime) -> str:
    """A date in words; the month is English on every machine.

    Examples
    --------
    >>> date_words(datetime(2022, 2, 4))
    '4 Feb 2022'
    """
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def period_expression(period: str) -> str:
    """Vega's expression for the name of a period: its first day, and what begins there."""
    start = "" if period == "day" else f"{period} from "
    return f"'{start}' + {DAY_EXPRESSION}"
