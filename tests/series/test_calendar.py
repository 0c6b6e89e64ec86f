"""The calendar of a series against plain `datetime` and `zoneinfo`, on the days that go wrong.

Nothing here asks the library, polars or DuckDB for a date: periods, their first instants and who
lies in them are computed from the standard library alone.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

import stancelib as sl

SeriesOf = Callable[..., pl.DataFrame]
Make = Callable[..., Any]
Cells = list[tuple[datetime, int]]

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
EVERY = ("1d", "1w", "1mo", "1q")


# ---- the calendar, from the standard library ---- #


def day_of(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()


def period_of(day: date, every: str) -> date:
    if every == "1d":
        return day
    if every == "1w":
        year, week, _ = day.isocalendar()
        return date.fromisocalendar(year, week, 1)
    month = day.month if every == "1mo" else (day.month - 1) // 3 * 3 + 1
    return date(day.year, month, 1)


@cache
def first_instant(day: date, zone: str) -> datetime:
    """The first minute whose date in the zone is `day` or later, found by walking."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    instant = midnight.astimezone(UTC) - timedelta(hours=3)
    assert day_of(instant, zone) < day
    while day_of(instant, zone) < day:
        instant += MINUTE
    return instant


def periods_between(first: date, last: date, every: str) -> Iterator[date]:
    day = period_of(first, every)
    while day <= last:
        if period_of(day, every) == day:
            yield day
        day += DAY


def expected(instants: Sequence[datetime], every: str, zone: str) -> Cells:
    days = sorted(day_of(instant, zone) for instant in instants)
    counts = Counter(period_of(day, every) for day in days)
    periods = periods_between(days[0], days[-1], every)
    return [(first_instant(period, zone), counts[period]) for period in periods]


@pytest.fixture(scope="module")
def cells_of(series_of: SeriesOf, article: Make) -> Callable[..., Cells]:
    """(First instant of the period in UTC, number of articles) of each row of the series."""

    def cells(instants: Sequence[datetime], every: str, zone: str, **options: Any) -> Cells:
        articles = [article(f"a{i:04}", published_at=at) for i, at in enumerate(instants)]
        frame = series_of(articles, every=every, time_zone=zone, **options)
        starts = frame["period"].dt.convert_time_zone("UTC").to_list()
        return list(zip(starts, frame["n_documents"].to_list(), strict=True))

    return cells


@pytest.fixture(scope="module")
def check_all(fill: Callable[..., None], article: Make) -> Callable[..., None]:
    """Compare days, weeks, months and quarters of the same articles with the calendar."""

    def check(instants: Sequence[datetime], zone: str) -> None:
        articles = [article(f"a{i:04}", published_at=at) for i, at in enumerate(instants)]
        with sl.open_store(":memory:") as store:
            fill(store, articles, ["NATO"])
            for every in EVERY:
                frame = store.series(every=every, time_zone=zone)
                starts = frame["period"].dt.convert_time_zone("UTC").to_list()
                cells = list(zip(starts, frame["n_documents"].to_list(), strict=True))
                assert cells == expected(instants, every, zone), every

    return check


def minutes_between(first: datetime, last: datetime, number: int) -> list[datetime]:
    draw = random.Random(20220327)  # noqa: S311 - a test corpus, no secret
    span = (last - first) // MINUTE
    return sorted(first + draw.randrange(span + 1) * MINUTE for _ in range(number))


def at(zone: str, *when: int, second_time: bool = False) -> datetime:
    """An instant from a wall clock; `second_time` where the clock shows it twice."""
    wall = datetime(*when, tzinfo=ZoneInfo(zone), fold=int(second_time))  # type: ignore[arg-type, misc] # year, month, day, hour, minute
    return wall.astimezone(UTC)


# ---- every period of every zone against the standard library ---- #

SPANS = [
    ("UTC", (2021, 12, 20), 25),
    ("Europe/Kyiv", (2022, 3, 20), 15),  # the clock skips 03:00 to 04:00
    ("Europe/Kyiv", (2022, 10, 24), 12),  # and shows 03:00 to 04:00 twice
    ("Europe/London", (2023, 3, 20), 16),
    ("America/New_York", (2022, 10, 30), 10),
    ("America/Sao_Paulo", (2018, 10, 29), 10),  # no midnight on 4 November
    ("America/Sao_Paulo", (2018, 2, 12), 10),  # 23:00 to 24:00 of the 17th twice
    ("Africa/Cairo", (2023, 4, 24), 10),  # no midnight on 28 April
    ("Africa/Cairo", (2023, 10, 22), 10),  # midnight of the 27th goes back to 23:00 of the 26th
    ("America/Havana", (2022, 11, 1), 10),  # midnight of the 6th twice
    ("Asia/Beirut", (2022, 3, 22), 10),
    ("Asia/Tehran", (2022, 3, 18), 8),  # no midnight, at an offset with a half hour
    ("Asia/Kolkata", (2021, 12, 27), 12),
    ("Asia/Kathmandu", (2021, 12, 27), 12),
    ("Australia/Lord_Howe", (2022, 9, 28), 8),  # summer time is half an hour
    ("Pacific/Kiritimati", (2023, 12, 28), 8),
    ("America/St_Johns", (2010, 11, 3), 8),  # from 00:01 of the 7th back to 23:01 of the 6th
    ("Europe/Moscow", (2014, 10, 22), 8),  # the offset changes for good
]


@pytest.mark.parametrize(("zone", "start", "days"), SPANS)
def test_every_period_begins_and_counts_as_the_calendar_says(
    check_all: Callable[..., None], zone: str, start: tuple[int, int, int], days: int
) -> None:
    first = datetime(*start, tzinfo=UTC)
    check_all(minutes_between(first, first + days * DAY, 150), zone)


@pytest.mark.parametrize("zone", ["Europe/Kyiv", "America/New_York", "Asia/Kolkata"])
def test_two_years_with_gaps(check_all: Callable[..., None], zone: str) -> None:
    first = datetime(2019, 12, 1, tzinfo=UTC)
    check_all(minutes_between(first, first + 800 * DAY, 40), zone)


# ---- days ---- #


def test_the_same_articles_are_two_days_in_kyiv_and_one_in_utc(
    cells_of: Callable[..., Cells],
) -> None:
    instants = [at("UTC", 2022, 3, 1, 9), at("UTC", 2022, 3, 1, 21, 59), at("UTC", 2022, 3, 1, 22)]
    assert cells_of(instants, "1d", "UTC") == [(datetime(2022, 3, 1, tzinfo=UTC), 3)]
    assert cells_of(instants, "1d", "Europe/Kyiv") == [
        (datetime(2022, 2, 28, 22, tzinfo=UTC), 2),
        (datetime(2022, 3, 1, 22, tzinfo=UTC), 1),
    ]


@pytest.mark.parametrize(("day", "hours"), [((2022, 3, 27), 23), ((2022, 10, 30), 25)])
def test_an_article_each_hour_of_a_short_and_of_a_long_day(
    cells_of: Callable[..., Cells], day: tuple[int, int, int], hours: int
) -> None:
    start = at("Europe/Kyiv", *day)
    each_hour = [start + timedelta(hours=hour) for hour in range(-2, hours + 3)]
    cells = cells_of(each_hour, "1d", "Europe/Kyiv")
    assert [number for _, number in cells] == [2, hours, 3]
    assert cells[2][0] - cells[1][0] == timedelta(hours=hours)
    # In UTC no day is short or long.
    in_utc = cells_of(each_hour, "1d", "UTC")
    assert {after - before for (before, _), (after, _) in zip(in_utc, in_utc[1:])} == {DAY}  # noqa: B905, RUF007 - neighbours


@pytest.mark.parametrize(
    ("zone", "when"),
    [
        ("Europe/Kyiv", (2022, 10, 30, 3, 30)),
        ("America/Sao_Paulo", (2018, 2, 17, 23, 30)),
        ("America/Havana", (2022, 11, 6, 0, 30)),
        ("Africa/Cairo", (2023, 10, 26, 23, 30)),
    ],
)
def test_both_times_of_a_doubled_hour_lie_in_its_day(
    cells_of: Callable[..., Cells], zone: str, when: tuple[int, ...]
) -> None:
    twice = [at(zone, *when), at(zone, *when, second_time=True)]
    assert twice[1] - twice[0] == timedelta(hours=1)
    day = date(*when[:3])
    assert cells_of(twice, "1d", zone) == [(first_instant(day, zone), 2)]


@pytest.mark.parametrize(
    ("zone", "day", "clock"),
    [
        ("America/Sao_Paulo", (2018, 11, 4), "01:00"),
        ("Africa/Cairo", (2023, 4, 28), "01:00"),
        ("Asia/Beirut", (2022, 3, 27), "01:00"),
        ("Europe/Kyiv", (2022, 3, 27), "00:00"),
    ],
)
def test_a_day_without_a_midnight_begins_at_one(
    cells_of: Callable[..., Cells], zone: str, day: tuple[int, int, int], clock: str
) -> None:
    around = [at(zone, *(date(*day) - DAY).timetuple()[:3], 23, 59), at(zone, *day, 1, 0)]
    cells = cells_of(around, "1d", zone)
    assert [number for _, number in cells] == [1, 1]
    assert cells[1][0].astimezone(ZoneInfo(zone)).strftime("%H:%M") == clock
    assert cells[1][0] == first_instant(date(*day), zone)


def test_a_day_that_a_country_left_out_is_no_period(cells_of: Callable[..., Cells]) -> None:
    # Samoa went from 29 to 31 December 2011.
    zone = "Pacific/Apia"
    instants = [at(zone, 2011, 12, 28, 12), at(zone, 2011, 12, 31, 12), at(zone, 2012, 1, 1, 12)]
    days = [date(2011, 12, 28), date(2011, 12, 29), date(2011, 12, 31), date(2012, 1, 1)]
    starts = [first_instant(day, zone) for day in days]
    assert cells_of(instants, "1d", zone) == list(zip(starts, [1, 0, 1, 1], strict=True))


def test_half_hours_move_the_day(cells_of: Callable[..., Cells]) -> None:
    instants = [at("UTC", 2022, 1, 1, 18, 29), at("UTC", 2022, 1, 1, 18, 30)]
    assert cells_of(instants, "1d", "Asia/Kolkata") == [
        (datetime(2021, 12, 31, 18, 30, tzinfo=UTC), 1),
        (datetime(2022, 1, 1, 18, 30, tzinfo=UTC), 1),
    ]
    assert [number for _, number in cells_of(instants, "1d", "Asia/Kathmandu")] == [2]


# ---- an outlet that closes its page ten minutes before midnight ---- #


@pytest.mark.parametrize("zone", ["Europe/Kyiv", "America/New_York", "Asia/Kolkata"])
def test_ten_to_midnight(
    check_all: Callable[..., None], cells_of: Callable[..., Cells], zone: str
) -> None:
    # 26 March 2022 to 4 April: the clocks, a Sunday, the end of a month and of a quarter.
    days = [date(2022, 3, 26) + number * DAY for number in range(10)]
    instants = [at(zone, day.year, day.month, day.day, 23, 50) for day in days]
    assert cells_of(instants, "1d", zone) == [(first_instant(day, zone), 1) for day in days]
    for read_in in ("Europe/Kyiv", "UTC", "America/New_York", "Asia/Tokyo"):
        check_all(instants, read_in)


def test_ten_to_midnight_in_new_york_is_the_next_day_month_and_quarter_in_utc(
    cells_of: Callable[..., Cells],
) -> None:
    late = [at("America/New_York", 2022, 3, 31, 23, 50)]
    for every, there, here in [
        ("1d", date(2022, 3, 31), date(2022, 4, 1)),
        ("1mo", date(2022, 3, 1), date(2022, 4, 1)),
        ("1q", date(2022, 1, 1), date(2022, 4, 1)),
    ]:
        zone = "America/New_York"
        assert cells_of(late, every, zone) == [(first_instant(there, zone), 1)]
        assert cells_of(late, every, "UTC") == [(first_instant(here, "UTC"), 1)]


# ---- weeks, months, quarters ---- #


@pytest.mark.parametrize(
    ("year", "monday", "iso"),
    [
        (2020, date(2019, 12, 30), (2020, 1)),
        (2021, date(2020, 12, 28), (2020, 53)),
        (2022, date(2021, 12, 27), (2021, 52)),
        (2023, date(2022, 12, 26), (2022, 52)),
        (2024, date(2024, 1, 1), (2024, 1)),
        (2027, date(2026, 12, 28), (2026, 53)),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Kyiv", "America/New_York", "Asia/Kolkata"])
def test_the_week_of_new_year_is_that_of_iso(
    cells_of: Callable[..., Cells], zone: str, year: int, monday: date, iso: tuple[int, int]
) -> None:
    assert monday.isocalendar()[:2] == iso
    last = monday + 6 * DAY
    instants = [
        at(zone, monday.year, monday.month, monday.day, 0, 0),
        at(zone, year, 1, 1, 0, 0),
        at(zone, last.year, last.month, last.day, 23, 59),
    ]
    assert cells_of(instants, "1w", zone) == [(first_instant(monday, zone), 3)]
    following = instants[-1] + MINUTE
    assert [number for _, number in cells_of([*instants, following], "1w", zone)] == [3, 1]


@pytest.mark.parametrize("zone", ["Europe/Kyiv", "America/Sao_Paulo", "Asia/Kolkata"])
@pytest.mark.parametrize("year", [2017, 2020])
@pytest.mark.parametrize(("every", "months"), [("1mo", range(1, 13)), ("1q", (1, 4, 7, 10))])
def test_the_minutes_around_each_end_of_a_month_and_of_a_quarter(
    cells_of: Callable[..., Cells], zone: str, year: int, every: str, months: Sequence[int]
) -> None:
    starts = [at(zone, year, month, 1) for month in months]
    instants = [instant for start in starts for instant in (start - MINUTE, start)]
    cells = cells_of(instants, every, zone)
    assert cells == expected(instants, every, zone)
    # The last minute of the year before, then both ends of each period, then the last one's start.
    assert [number for _, number in cells] == [1, *[2] * (len(months) - 1), 1]


@pytest.mark.parametrize(
    ("every", "first", "days"),
    [
        ("1mo", date(2024, 2, 1), 29),
        ("1mo", date(2023, 2, 1), 28),
        ("1mo", date(2022, 3, 1), 31),
        ("1mo", date(2022, 10, 1), 31),
        ("1q", date(2022, 1, 1), 90),
        ("1q", date(2024, 1, 1), 91),
        ("1q", date(2022, 10, 1), 92),
        ("1w", date(2022, 3, 21), 7),
        ("1w", date(2022, 10, 24), 7),
        ("1d", date(2022, 3, 27), 1),
    ],
)
def test_coverage_counts_the_days_of_the_calendar(
    series_of: SeriesOf, article: Make, every: str, first: date, days: int
) -> None:
    zone = "Europe/Kyiv"
    each = [first + number * DAY for number in range(days)]
    assert {period_of(day, every) for day in each} == {first}
    late = [at(zone, day.year, day.month, day.day, 23, 50) for day in each]
    full = [article(f"a{i:03}", published_at=instant) for i, instant in enumerate(late)]
    whole = series_of(full, every=every, time_zone=zone)
    assert whole["coverage"].to_list() == [1.0]
    part = series_of(full[:1], every=every, time_zone=zone)
    assert part["coverage"].to_list() == [pytest.approx(1 / days, abs=1e-15)]


@pytest.mark.parametrize("every", EVERY)
def test_start_and_end_are_days_of_the_zone(cells_of: Callable[..., Cells], every: str) -> None:
    zone = "America/Sao_Paulo"
    start, end = date(2018, 11, 4), date(2018, 11, 20)
    noon = [at(zone, 2018, 11, 10, 12)]
    cells = cells_of(noon, every, zone, start=start, end=end)
    periods = list(periods_between(start, end, every))
    assert [first for first, _ in cells] == [first_instant(period, zone) for period in periods]
    assert sum(number for _, number in cells) == 1


# ---- from the words of a file to the cell ---- #


def test_dates_that_are_read_lie_in_the_day_they_were_written_in(
    cells_of: Callable[..., Cells],
) -> None:
    written = [
        ("2022-03-26T23:50:00+02:00", date(2022, 3, 26)),
        ("2022-03-27", date(2022, 3, 27)),
        ("27.03.2022 04:10", date(2022, 3, 27)),
        ("Sun, 27 Mar 2022 23:50:00 EEST", date(2022, 3, 27)),
        ("2022-03-27T21:00:00Z", date(2022, 3, 28)),
        ("2022-10-30 03:30", date(2022, 10, 30)),
    ]
    frame = pl.DataFrame(
        {
            "source": "Вечірній Дніпро",
            "date": [stamp for stamp, _ in written],
            "text": [f"Повідомлення про перехід часу, допис {n}." for n in range(len(written))],
        }
    )
    zone = "Europe/Kyiv"
    accepted = sl.read_documents(frame, time_zone=zone).accepted
    cells = cells_of(accepted["published_at"].to_list(), "1d", zone)
    counts = Counter(first_instant(day, zone) for _, day in written)
    assert {first: number for first, number in cells if number} == dict(counts)
