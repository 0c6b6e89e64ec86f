"""Dates of many forms to UTC, or the reason why not.

Read without being told: ISO 8601 (``2022-02-24``, ``2022-02-24T05:00:00+02:00``, also compact
``20220224`` and with ``/`` or ``.``), RFC 2822, a month by its name in twelve languages
(``24 February 2022``, ``24 февраля 2022 г.``, ``February 24, 2022``), the day first with
full stops (``24.02.2022``), and with slashes or hyphens where only one reading is possible
(``24/02/2022``). ``03/04/2022`` has two readings and is refused, as is a bare number such as
1645660800: it may be seconds, milliseconds or an identifier. `date_format` settles both.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import polars as pl

from stancelib.errors import ArgumentError

NO_DATE = "no date"
UNPARSABLE = "unparsable date"
AMBIGUOUS = "ambiguous date: pass date_format, such as '%d/%m/%Y'"
BARE_NUMBER = "unparsable date: a bare number; pass date_format='epoch_seconds' if it is that"
NOT_A_TIME = "unparsable date: the clocks skipped this time in the time zone"
EPOCHS = {"epoch_seconds": 1_000_000, "epoch_milliseconds": 1_000}

_ZONE_NAMES = r"(?:UTC|GMT|UT|WES?T|CES?T|EES?T|MSK|[ECMP][SD]T)"
_TIME = (
    r"(?:(?:[T,]|\s)+(?:at\s+|à\s+|um\s+|о\s+|в\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    rf"\s*(?P<zone>[Zz]|{_ZONE_NAMES}|(?:UTC|GMT)?[+-]\d{{2}}:?(?:\d{{2}})?)?(?:\s*\([^)]*\))?)?$"
)
_WEEKDAY = r"^(?:\p{L}+\.?,?\s+)?"
_YEAR = r"(?P<year>\d{4})(?:\s*(?:г|года|р|року|r|roku)\.?)?"
_ISO = rf"^(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_TIME}"
_COMPACT = (
    r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})(?P<zone>[Zz])?)?$"
)
_STOPS = rf"^(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?(?P<year>\d{{4}}){_TIME}"
_SLASHES = rf"^(?P<one>\d{{1,2}})[/-](?P<two>\d{{1,2}})[/-](?P<year>\d{{4}}){_TIME}"
_DAY_MONTH = (
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|\.|-го)?(?:\s|-|\bde\b|\bof\b)*"
    rf"(?P<name>\p{{L}}+)\.?,?(?:\s|-|\bde\b|\bdel\b)*{_YEAR}{_TIME}"
)
_MONTH_DAY = (
    rf"{_WEEKDAY}(?P<name>\p{{L}}+)\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}{_TIME}"
)
_FORMS = (_ISO, _COMPACT, _STOPS, _SLASHES, _DAY_MONTH, _MONTH_DAY)
_PARTS = (
    *("year", "month", "day", "one", "two", "name"),
    *("hour", "minute", "second", "fraction", "half", "zone"),
)
_FURTHEST_OFFSET = 14 * 60
_HALF_DAY = 12


def read_dates(dates: pl.Series, time_zone: str, date_format: str | None = None) -> pl.DataFrame:
    """Read dates as instants.

    Parameters
    ----------
    dates
        Strings, `polars.Date` or `polars.Datetime`, with or without a time zone.
    time_zone
        The zone of dates and times that state none. A date is its first instant there.
        Where the clocks go back, the first of the two instants is taken.
    date_format
        A chrono format for strings, or one of `EPOCHS`; None for the forms of this module.

    Returns
    -------
    polars.DataFrame
        As long as `dates`: `published_at` (UTC, null where refused), `zone_assumed` (whether
        `time_zone` was taken) and `reason` (null where read).

    Raises
    ------
    ArgumentError
        When `date_format` is neither a format nor one of `EPOCHS`.
    """
    if isinstance(dates.dtype, pl.Datetime) and dates.dtype.time_zone is not None:
        read = pl.DataFrame({"instant": dates, "local": None, "whole_day": False})
    elif isinstance(dates.dtype, pl.Date | pl.Datetime):
        whole_day = dates.dtype == pl.Date
        read = pl.DataFrame({"instant": None, "local": dates, "whole_day": whole_day})
    elif date_format is None:
        read = _read_any_form(dates.str.strip_chars())
    else:
        read = _read_told_form(dates.str.strip_chars(), date_format)
    return _to_utc(read.with_columns(given=dates.cast(pl.String)), time_zone)


@cache
def _names() -> dict[str, dict[str, object]]:
    text = files("stancelib.corpus").joinpath("dates.toml").read_text("utf-8")
    return tomllib.loads(text)


def _month_numbers() -> dict[str, int]:
    months = _names()["months"]
    return {
        name: int(number)
        for number, names in months.items()
        if isinstance(names, list)
        for name in names
    }


def _read_told_form(dates: pl.Series, date_format: str) -> pl.DataFrame:
    frame = dates.alias("date").to_frame()
    if date_format not in EPOCHS and "%" not in date_format:
        raise ArgumentError(
            f"date_format must be a format such as '%d/%m/%Y', or one of {', '.join(EPOCHS)}; "
            f"got {date_format!r}"
        )
    if date_format in EPOCHS:
        microseconds = (pl.col("date").cast(pl.Float64, strict=False) * EPOCHS[date_format]).cast(
            pl.Int64, strict=False
        )
        instant = microseconds.cast(pl.Datetime("us", "UTC"))
        return frame.select(instant=instant, local=None, whole_day=False)
    has_time = any(mark in date_format for mark in ("%H", "%I", "%T", "%R", "%s", "%+", "%c"))
    if not has_time:
        local = pl.col("date").str.to_date(date_format, strict=False)
        return frame.select(instant=None, local=local, whole_day=True)
    read = pl.col("date").str.to_datetime(date_format, strict=False, time_unit="us")
    read_frame = frame.select(read=read)
    dtype = read_frame.schema["read"]
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
        return read_frame.select(instant="read", local=None, whole_day=False)
    return read_frame.select(instant=None, local="read", whole_day=False)


def _read_any_form(dates: pl.Series) -> pl.DataFrame:
    parts = _parts_of(dates)
    month_first = pl.col("two").cast(pl.Int64) > _HALF_DAY
    day_first = (pl.col("one").cast(pl.Int64) > _HALF_DAY) | (pl.col("one") == pl.col("two"))
    one_or_two = pl.col("one").is_not_null()
    resolved = parts.with_columns(
        ambiguous=(one_or_two & ~month_first & ~day_first).fill_null(value=False),
        day=pl.coalesce("day", pl.when(month_first).then("two").when(day_first).then("one")),
        month=pl.coalesce(
            pl.col("month").cast(pl.Int64),
            pl.when(month_first).then(pl.col("one").cast(pl.Int64)),
            pl.when(day_first).then(pl.col("two").cast(pl.Int64)),
            pl.col("name")
            .str.to_lowercase()
            .replace_strict(_month_numbers(), default=None, return_dtype=pl.Int64),
        ),
    )
    local = _assemble()
    offset = _offset_minutes()
    return resolved.select(
        instant=(local - pl.duration(minutes=offset)).dt.replace_time_zone("UTC"),
        local=pl.when(pl.col("zone").is_null()).then(local),
        whole_day=pl.col("hour").is_null(),
        ambiguous="ambiguous",
        bare_number=dates.str.contains(r"^-?\d+(?:\.\d+)?$"),
    )


def _parts_of(dates: pl.Series) -> pl.DataFrame:
    frame = dates.alias("date").to_frame()
    forms = [
        frame.select(pl.col("date").str.extract_groups(form)).to_series().struct.unnest()
        for form in _FORMS
    ]
    # A string has one form: the first that takes it gives all of its parts.
    held = {
        part: [form.get_column(part) for form in forms if part in form.columns] for part in _PARTS
    }
    return pl.DataFrame(
        {part: pl.select(pl.coalesce(*series)).to_series() for part, series in held.items()}
    )


def _assemble() -> pl.Expr:
    half = pl.col("half").str.slice(0, 1).str.to_lowercase()
    hour = pl.col("hour").cast(pl.Int64)
    on_the_dial = hour.is_between(1, _HALF_DAY)
    hour = (
        pl.when(half.is_null())
        .then(hour.fill_null(0))
        .when(on_the_dial & (half == "p"))
        .then(hour % _HALF_DAY + _HALF_DAY)
        .when(on_the_dial)
        .then(hour % _HALF_DAY)
    )
    micro = pl.col("fraction").fill_null("0").str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64)
    second = pl.col("second").fill_null("0").cast(pl.Int64)
    stamp = pl.format(
        "{}-{}-{}T{}:{}:{}",
        pl.col("year"),
        *(
            value.cast(pl.String).str.zfill(2)
            for value in (pl.col("month"), pl.col("day"), hour, pl.col("minute").fill_null("0"))
        ),
        # A leap second (60) is read as the last second of its minute.
        pl.when(second == 60).then(59).otherwise(second).cast(pl.String).str.zfill(2),  # noqa: PLR2004 - the leap second
    )
    local = stamp.str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us")
    return local + pl.duration(microseconds=micro)


def _offset_minutes() -> pl.Expr:
    zone = pl.col("zone").str.replace(r"^(?:UTC|GMT)([+-])", "$1")
    sign = pl.when(zone.str.starts_with("-")).then(-1).otherwise(1)
    digits = zone.str.extract(r"^[+-](.+)$").str.replace(":", "", literal=True)
    hours = digits.str.slice(0, 2).cast(pl.Int64)
    minutes = digits.str.slice(2, 2).cast(pl.Int64, strict=False).fill_null(0)
    numeric = sign * (hours * 60 + minutes)
    named = zone.replace_strict(_names()["zones"], default=None, return_dtype=pl.Int64)
    offset = pl.coalesce(named, numeric)
    return pl.when(offset.abs() <= _FURTHEST_OFFSET).then(offset)


def _to_utc(read: pl.DataFrame, time_zone: str) -> pl.DataFrame:
    flags = [
        pl.lit(value=False).alias(flag)
        for flag in ("ambiguous", "bare_number")
        if flag not in read.columns
    ]
    local = pl.col("local").cast(pl.Datetime("us"))
    zoned = _in_zone(local, time_zone)
    # Where midnight is skipped, the day begins an hour later.
    later = _in_zone(local + pl.duration(hours=1), time_zone)
    zoned = pl.coalesce(zoned, pl.when("whole_day").then(later)).dt.convert_time_zone("UTC")
    instant = pl.col("instant").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    if isinstance(read.schema["instant"], pl.Datetime):
        instant = pl.col("instant").dt.convert_time_zone("UTC").cast(pl.Datetime("us", "UTC"))
    given = pl.col("given").str.strip_chars()
    return read.with_columns(flags).select(
        published_at=pl.coalesce(instant, zoned),
        zone_assumed=local.is_not_null(),
        reason=pl.when(pl.coalesce(instant, zoned).is_not_null())
        .then(None)
        .when(given.is_null() | (given == ""))
        .then(pl.lit(NO_DATE))
        .when("ambiguous")
        .then(pl.lit(AMBIGUOUS))
        .when(local.is_not_null())
        .then(pl.lit(NOT_A_TIME))
        .when("bare_number")
        .then(pl.lit(BARE_NUMBER))
        .otherwise(pl.lit(UNPARSABLE)),
    )


def _in_zone(local: pl.Expr, time_zone: str) -> pl.Expr:
    return local.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
