from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stancelib as sl
from stancelib.corpus.dates import read_dates
from stancelib.errors import ArgumentError

MIDNIGHT = datetime(2022, 2, 24)  # noqa: DTZ001 - compared with naive wall times


def instant(value: str, time_zone: str = "UTC", date_format: str | None = None) -> datetime | None:
    read = read_dates(pl.Series([value]), time_zone, date_format)
    published_at: datetime | None = read["published_at"].dt.replace_time_zone(None)[0]
    assert (published_at is None) == (read["reason"][0] is not None)
    return published_at


@pytest.mark.parametrize(
    "written",
    [
        "2022-02-24",
        "2022/02/24",
        "2022.02.24",
        "20220224",
        "24.02.2022",
        "24. 2. 2022",
        "24/02/2022",
        "02/24/2022",
        "24-02-2022",
        " 24 February 2022 ",
        "24 Feb. 2022",
        "24-Feb-2022",
        "24th of February 2022",
        "February 24, 2022",
        "Thursday, February 24, 2022",
        "24 février 2022",
        "jeudi 24 février 2022",
        "24. Februar 2022",
        "24 de febrero de 2022",
        "24 febbraio 2022",
        "24 de fevereiro de 2022",
        "24 lutego 2022 r.",
        "24 февраля 2022 г.",
        "24 Февраля 2022 года",
        "24 лютого 2022 року",
        "24 февруари 2022 г.",
        "24. února 2022",
        "24 februarie 2022",
    ],
)
def test_a_day_in_many_forms(written: str) -> None:
    assert instant(written) == MIDNIGHT


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("2022-02-24T05:00:00Z", 5),
        ("2022-02-24T05:00:00.000Z", 5),
        ("2022-02-24 05:00", 4),
        ("2022-02-24T05:00:00+02:00", 3),
        ("2022-02-24 05:00:00 +0200", 3),
        ("2022-02-24T05:00:00-03", 8),
        ("2022-02-24 05:00:00 UTC", 5),
        ("2022-02-24 05:00 UTC+3", None),
        ("2022-02-24 05:00 UTC+03:00", 2),
        ("Thu, 24 Feb 2022 05:00:00 +0200", 3),
        ("Thu, 24 Feb 2022 05:00:00 GMT", 5),
        ("Thu, 24 Feb 2022 05:00:00 EST", 10),
        ("24 февраля 2022, 05:00", 4),
        ("24.02.2022 05:00", 4),
        ("02/24/2022 5:00 PM", 16),
        ("02/24/2022 12:30 AM", -0.5),
        ("20220224050000", 4),
        ("2022-02-24T23:59:60Z", 24 - 1 / 3600),
    ],
)
def test_a_time_in_many_forms_in_berlin(written: str, hours: float | None) -> None:
    expected = None if hours is None else MIDNIGHT + timedelta(hours=hours)
    assert instant(written, "Europe/Berlin") == expected


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("03/04/2022", "ambiguous"),
        ("03-04-2022 10:00", "ambiguous"),
        ("2022", "a bare number"),
        ("-5", "a bare number"),
        ("1645660800.5", "a bare number"),
        ("20221399", "a bare number"),
        ("24 Smarch 2022", "unparsable"),
        ("2022-02-24T25:00:00Z", "unparsable"),
        ("2022-02-24T05:00:00+99:00", "unparsable"),
        ("13:00 PM 2022-02-24", "unparsable"),
        ("2022-02-24 13:00 PM", "unparsable"),
        ("24.02.22", "unparsable"),
        ("2022-03-27T02:30:00", "skipped"),
    ],
)
def test_what_cannot_be_read_says_why(written: str, reason: str) -> None:
    read = read_dates(pl.Series([written]), "Europe/Berlin")
    assert read["published_at"][0] is None
    assert reason in read["reason"][0]


def test_a_told_format_settles_what_is_ambiguous() -> None:
    assert instant("03/04/2022", "UTC", "%d/%m/%Y") == datetime(2022, 4, 3)  # noqa: DTZ001 - naive
    assert instant("03/04/2022", "UTC", "%m/%d/%Y") == datetime(2022, 3, 4)  # noqa: DTZ001 - naive
    assert instant("2022-03-04", "UTC", "%d/%m/%Y") is None
    assert instant("24/02/2022 02:00", "Europe/Kyiv", "%d/%m/%Y %H:%M") == MIDNIGHT
    assert instant("24/02/2022 02:00 +0200", "UTC", "%d/%m/%Y %H:%M %z") == MIDNIGHT
    assert instant("1645660800", "UTC", "epoch_seconds") == MIDNIGHT
    assert instant("1645660800000", "Europe/Kyiv", "epoch_milliseconds") == MIDNIGHT


def test_the_clocks_go_back_and_the_first_instant_is_taken() -> None:
    assert instant("2022-10-30 02:30", "Europe/Berlin") == datetime(2022, 10, 30, 0, 30)  # noqa: DTZ001 - naive


def test_a_day_without_a_midnight_begins_an_hour_later() -> None:
    # Beirut set its clocks at midnight of 2022-03-27.
    assert instant("2022-03-27", "Asia/Beirut") == datetime(2022, 3, 26, 22)  # noqa: DTZ001 - naive


def test_columns_of_dates_and_times() -> None:
    days = read_dates(pl.Series([date(2022, 2, 24), None]), "Europe/Kyiv")
    assert days["published_at"].dt.strftime("%F %H").to_list() == ["2022-02-23 22", None]
    assert days["reason"].to_list() == [None, "no date"]
    naive = pl.Series([MIDNIGHT]).cast(pl.Datetime("ns"))
    assert read_dates(naive, "Europe/Kyiv")["zone_assumed"].to_list() == [True]
    zoned = read_dates(naive.dt.replace_time_zone("Asia/Tokyo"), "Europe/Kyiv")
    assert zoned["published_at"].dt.strftime("%F %H").to_list() == ["2022-02-23 15"]
    assert zoned["zone_assumed"].to_list() == [False]


def test_the_summary_states_how_many_dates_took_the_zone() -> None:
    frame = pl.DataFrame(
        {"source": "D", "text": ["a", "b"], "date": ["2022-02-24", "2022-02-24T05:00:00Z"]}
    )
    ingest = sl.read_documents(frame, time_zone="Europe/Kyiv")
    assert "read as Europe/Kyiv: 1 of 2" in ingest.summary()
    assert ingest.time_zone == "Europe/Kyiv"


def test_an_unknown_zone_names_the_nearest() -> None:
    frame = pl.DataFrame({"source": "D", "text": ["a"], "date": ["2022-02-24"]})
    with pytest.raises(ArgumentError, match="Did you mean 'Europe/Kyiv'"):
        sl.read_documents(frame, time_zone="Europe/Kyjiv")


def test_a_format_that_is_none_is_refused() -> None:
    frame = pl.DataFrame({"source": "D", "text": ["a"], "date": ["2022-02-24"]})
    with pytest.raises(ArgumentError, match="date_format"):
        sl.read_documents(frame, date_format="day first")


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001 - wall times
def test_iso_with_an_offset_is_that_instant(wall: datetime, minutes: int) -> None:
    sign = "-" if minutes < 0 else "+"
    offset = f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    assert instant(wall.isoformat() + offset, "Asia/Tokyo") == wall - timedelta(minutes=minutes)
