"""Periods are cut by the calendar of the time zone, summer time included."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from stancelib.series.time_zones import check_time_zone

SeriesOf = Callable[..., pl.DataFrame]
Make = Callable[..., Any]


def test_the_same_instant_lies_in_another_day_in_kyiv(series_of: SeriesOf, article: Make) -> None:
    late = [article("a", published_at=datetime(2022, 3, 1, 23, 30, tzinfo=UTC))]
    in_utc = series_of(late, every="1d")["period"][0]
    in_kyiv = series_of(late, every="1d", time_zone="Europe/Kyiv")["period"][0]
    assert in_utc == datetime(2022, 3, 1, tzinfo=UTC)
    assert in_kyiv == datetime(2022, 3, 2, tzinfo=ZoneInfo("Europe/Kyiv"))


def test_days_around_the_change_of_the_clock_have_23_and_25_hours(
    series_of: SeriesOf, article: Make
) -> None:
    for month, hours in ((3, 23), (10, 25)):
        around = [
            article("a", published_at=datetime(2022, month, 26, 12, tzinfo=UTC)),
            article("b", published_at=datetime(2022, month, 31, 12, tzinfo=UTC)),
        ]
        periods = series_of(around, every="1d", time_zone="Europe/Kyiv")["period"]
        lengths = periods.diff().drop_nulls().to_list()
        assert sorted({length // timedelta(hours=1) for length in lengths}) == sorted({24, hours})
        assert [period.hour for period in periods] == [0] * 6


def test_an_article_in_the_skipped_day_counts_once(series_of: SeriesOf, article: Make) -> None:
    instants = [datetime(2022, 3, 26, 21, 30, tzinfo=UTC) + timedelta(hours=i) for i in range(26)]
    articles = [article(f"a{i}", published_at=at) for i, at in enumerate(instants)]
    frame = series_of(articles, every="1d", time_zone="Europe/Kyiv")
    # 2022-03-26 23:30 in Kyiv, then the 23 hours of the 27th, then 00:30 and 01:30 of the 28th.
    assert frame["n_documents"].to_list() == [1, 23, 2]


@pytest.mark.parametrize(
    ("zone", "day", "first_instant"),
    [
        # The clock goes from 00:59 back to 00:00: midnight is there twice.
        ("America/Havana", date(2022, 11, 6), datetime(2022, 11, 6, 4, tzinfo=UTC)),
        # The clock goes from 23:59 on to 01:00: midnight is not there.
        ("Asia/Beirut", date(2022, 3, 27), datetime(2022, 3, 26, 22, tzinfo=UTC)),
    ],
)
def test_a_day_begins_with_its_first_instant(
    series_of: SeriesOf, article: Make, zone: str, day: date, first_instant: datetime
) -> None:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    frame = series_of([article("a", published_at=noon)], every="1d", time_zone=zone)
    assert frame["period"].dt.convert_time_zone("UTC").to_list() == [first_instant]


def test_start_is_a_date_of_the_time_zone(series_of: SeriesOf, article: Make) -> None:
    articles = [article("a", published_at=datetime(2022, 3, 1, 12, tzinfo=UTC))]
    frame = series_of(
        articles, every="1d", time_zone="Asia/Tokyo", start=date(2022, 2, 28), end=date(2022, 3, 2)
    )
    assert frame["period"].dt.date().to_list() == [
        date(2022, 2, 28),
        date(2022, 3, 1),
        date(2022, 3, 2),
    ]


def test_weeks_begin_on_monday_in_the_time_zone(series_of: SeriesOf, article: Make) -> None:
    sunday_evening = datetime(2022, 3, 6, 23, tzinfo=UTC)
    articles = [article("a", published_at=sunday_evening)]
    assert series_of(articles)["period"].dt.date().to_list() == [date(2022, 2, 28)]
    assert series_of(articles, time_zone="Europe/Kyiv")["period"].dt.date().to_list() == [
        date(2022, 3, 7)
    ]


def test_both_databases_of_time_zones_know_the_name(series_of: SeriesOf, article: Make) -> None:
    assert check_time_zone("Europe/Kyiv") == "Europe/Kyiv"
    frame = series_of([article("a")], time_zone="Europe/Kyiv")
    assert frame.height == 1
