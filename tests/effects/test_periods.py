from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import polars as pl
import pytest

from stancelib.effects.periods import ChosenSeries, choose_series
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

Maker = Callable[..., pl.DataFrame]


def choose(
    series: pl.DataFrame,
    target: str | None = None,
    source: str | None = None,
    every: str | None = None,
) -> ChosenSeries:
    return choose_series(series, target=target, source=source, every=every)


@pytest.mark.parametrize("every", ["1d", "1w", "2w", "1mo", "1q", "1y"])
def test_length_of_period_is_found(make_series: Maker, every: str) -> None:
    series = make_series([0.1] * 30, every=every, start=dt.date(2001, 1, 1))
    chosen = choose(series)
    assert chosen.every == every
    assert chosen.frame["period"].to_list() == series["period"].to_list()
    assert len(chosen.bounds) == 31


def test_rows_that_were_dropped_come_back_as_gaps(make_series: Maker) -> None:
    series = make_series([0.1, None, 0.2, 0.3, None, 0.4])
    chosen = choose(series.drop_nulls("stance"))
    assert chosen.frame["stance"].to_list() == [0.1, None, 0.2, 0.3, None, 0.4]
    assert chosen.frame["n_documents"].to_list() == [10, 0, 10, 10, 0, 10]


def test_every_decides_where_rows_hide_the_calendar(make_series: Maker) -> None:
    every_other = make_series([0.1] * 9).gather_every(2)
    assert choose(every_other).every == "2w"
    assert choose(every_other, every="1w").frame.height == 9
    with pytest.raises(DataError, match="not a multiple of 1mo"):
        choose(every_other, every="1mo")
    with pytest.raises(ArgumentError, match="unknown period '1h'"):
        choose(every_other, every="1h")


def test_position_counts_hours_of_the_named_zone(make_series: Maker) -> None:
    # Kyiv moves its clocks forward on 26 March 2023: that day has 23 hours.
    series = make_series([0.1] * 5, every="1d", start=dt.date(2023, 3, 24), time_zone="Europe/Kyiv")
    chosen = choose(series)
    noon = dt.datetime(2023, 3, 26, 9, tzinfo=dt.UTC)
    assert chosen.position(noon) == (2, pytest.approx(11 / 23))
    assert chosen.position(dt.datetime(2023, 3, 23, 22, tzinfo=dt.UTC)) == (0, 0.0)
    assert chosen.position(dt.datetime(2023, 3, 23, 21, 59, tzinfo=dt.UTC))[0] == -1
    assert chosen.position(dt.datetime(2023, 3, 28, 21, tzinfo=dt.UTC))[0] == 5


def test_zone_whose_clocks_skip_midnight(make_series: Maker) -> None:
    # Beirut, 26 March 2023: the day began at 01:00.
    days = pl.date_range(dt.date(2023, 3, 20), dt.date(2023, 3, 30), eager=True)
    starts = days.cast(pl.Datetime("us")).to_list()
    starts = [day.replace(hour=int(day.day == 26)) for day in starts]
    period = pl.Series(starts).dt.replace_time_zone("Asia/Beirut")
    series = make_series([0.1] * 11).with_columns(period=period)
    assert choose(series).frame["period"].to_list() == period.to_list()


def test_several_targets_or_sources_must_be_named(make_series: Maker) -> None:
    series = pl.concat(
        [
            make_series([0.1] * 5, target="NATO", source="A"),
            make_series([0.2] * 5, target="NATO", source="B"),
            make_series([0.3] * 5, target="Russia", source="C"),
        ]
    )
    with pytest.raises(ArgumentError, match=r"2 targets: NATO, Russia; name .* target='NATO'"):
        choose(series)
    with pytest.raises(ArgumentError, match="2 sources: A, B"):
        choose(series, target="NATO")
    with pytest.raises(ArgumentError, match=r"unknown source 'b'; .*Did you mean 'B'"):
        choose(series, target="NATO", source="b")
    assert choose(series, target="Russia").source == "C"
    assert choose(series, target="NATO", source="B").frame["stance"][0] == 0.2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (pl.lit(float("nan")).alias("stance"), r"'stance' must be null or lie in \[-1, 1\]"),
        (pl.lit(1.5).alias("stance"), "it is 1.5 in the period 2023-01-02"),
        (pl.lit(-0.1).alias("se"), "'se' must be null or at least 0"),
        (pl.lit(float("inf")).alias("se"), "'se' must be null or at least 0"),
        (pl.lit(0).alias("n_documents"), "'n_documents' must be at least 1"),
        (pl.lit(None, pl.Float64).alias("n_effective"), "'n_effective' must be above 0"),
        (pl.col("period").dt.replace_time_zone(None), "'period' must be a datetime with a time"),
        (pl.col("period").dt.date(), "its type is Date"),
        (pl.col("period").dt.convert_time_zone("Asia/Tokyo"), "not begin at midnight in Asia/Tok"),
        (pl.col("period").first(), "stands in more than one row"),
    ],
)
def test_what_a_series_cannot_hold_is_refused(
    make_series: Maker, change: pl.Expr, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        choose(make_series([0.1] * 5).with_columns(change))


def test_missing_column_and_empty_frame(make_series: Maker) -> None:
    series = make_series([0.1] * 5)
    with pytest.raises(DataError, match="column 'se' is missing; found columns: target"):
        choose(series.drop("se"))
    with pytest.raises(NotEnoughDataError, match="no rows"):
        choose(series.clear())
    with pytest.raises(NotEnoughDataError, match="1 period"):
        choose(series.head(1))
