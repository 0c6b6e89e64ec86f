"""One series out of a Series frame, on the whole calendar of its periods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

NEEDED = ("target", "source", "period", "stance", "se", "n_documents", "n_effective")
# The column of a series that `correct_series` made for reading.
OWN_SHARE = "own_share"
# From the longest, so that a monthly series is not taken for a daily one with gaps.
PERIODS = ("1y", "1q", "1mo", "2w", "1w", "1d")


@dataclass(frozen=True, slots=True)
class ChosenSeries:
    """One target in one source.

    Attributes
    ----------
    target, source : str
        Which series it is.
    every : str
        Length of a period: 1d, 1w, 2w, 1mo, 1q or 1y.
    time_zone : str
        In which the periods are cut.
    frame : polars.DataFrame
        One row for each of the N periods between the first and the last, in order, gaps
        included: period, stance, se, n_documents, n_effective.
    bounds : tuple of datetime.datetime
        First instants of the periods and the end of the last, in UTC; N + 1 of them.
    """

    target: str
    source: str
    every: str
    time_zone: str
    frame: pl.DataFrame
    bounds: tuple[datetime, ...]

    def position(self, at: datetime) -> tuple[int, float]:
        """Index of the period that contains an instant, and the share of it that is past.

        Outside the series the index is -1 or N.
        """
        instant = at.astimezone(UTC)
        index = sum(bound <= instant for bound in self.bounds) - 1
        if not 0 <= index < self.frame.height:
            return index, 0.0
        start, end = self.bounds[index], self.bounds[index + 1]
        return index, (instant - start) / (end - start)


def choose_series(
    series: pl.DataFrame, *, target: str | None, source: str | None, every: str | None
) -> ChosenSeries:
    """Check a Series frame once and take one target and source out of it."""
    check_columns(series)
    if series.is_empty():
        raise NotEnoughDataError("the series frame has no rows; there is nothing to fit")
    chosen_target = _only(series, "target", target)
    chosen = series.filter(pl.col("target") == chosen_target)
    chosen_source = _only(chosen, "source", source)
    chosen = chosen.filter(pl.col("source") == chosen_source).select(*NEEDED[2:]).sort("period")
    time_zone = _check_periods(chosen)
    check_values(chosen)
    length = every or _length_of_period(chosen)
    frame, bounds = _on_calendar(chosen, length, time_zone)
    return ChosenSeries(chosen_target, chosen_source, length, time_zone, frame, bounds)


def check_columns(series: pl.DataFrame) -> None:
    """Refuse what is no Series frame, and one whose cells borrow from each other."""
    for column in NEEDED:
        if column not in series.columns:
            raise DataError.missing_column(column, series.columns)
    if OWN_SHARE in series.columns:
        raise DataError(
            "this series was corrected for reading, and its cells borrow from each other; pass the "
            "uncorrected series, and the labels as labels="
        )


def _only(series: pl.DataFrame, column: str, wanted: str | None) -> str:
    found = [str(value) for value in series[column].unique().sort()]
    if wanted is not None:
        if wanted not in found:
            raise ArgumentError.unknown(column, wanted, found)
        return wanted
    if len(found) > 1:
        raise ArgumentError(
            f"the frame holds {len(found)} {column}s: {', '.join(found)}; "
            f"name the one to be fitted, for instance {column}={found[0]!r}"
        )
    return found[0]


def _check_periods(chosen: pl.DataFrame) -> str:
    """Return the time zone of the periods, which must be distinct local midnights."""
    period = chosen["period"]
    zone = period.dtype.time_zone if isinstance(period.dtype, pl.Datetime) else None
    if zone is None:
        raise DataError(
            f"'period' must be a datetime with a time zone; its type is {period.dtype}. Name the "
            "zone that the periods were cut in: .cast(pl.Datetime('us')).dt.replace_time_zone(...)"
        )
    if period.null_count():
        raise DataError(f"'period' is null in {period.null_count()} rows")
    if repeated := period.filter(period.is_duplicated()).to_list():
        raise DataError(f"the period {repeated[0].isoformat()} stands in more than one row")
    off = chosen.filter(pl.col("period") != _midnights(period.dt.date(), zone))["period"].to_list()
    if off:
        raise DataError(
            f"the period {off[0].isoformat()} does not begin at midnight in {zone}; convert "
            "'period' to the zone that it was cut in: .dt.convert_time_zone(...)"
        )
    return zone


def _midnights(dates: pl.Series, zone: str) -> pl.Series:
    """First instants of days; where clocks skip midnight, an hour later."""
    midnight = _localized(dates.cast(pl.Datetime("us")), zone)
    later = _localized(dates.cast(pl.Datetime("us")).dt.offset_by("1h"), zone)
    return midnight.zip_with(midnight.is_not_null(), later)


def _localized(naive: pl.Series, zone: str) -> pl.Series:
    return naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")


def check_values(chosen: pl.DataFrame) -> None:
    """Numbers that a Series frame cannot hold, found before they become an estimate."""
    seen = chosen.filter(pl.col("stance").is_not_null())
    finite_or_null = pl.col("se").is_null() | (pl.col("se").is_finite() & (pl.col("se") >= 0))
    rules = {
        "'stance' must be null or lie in [-1, 1]": pl.col("stance").is_between(-1, 1),
        "'se' must be null or at least 0": finite_or_null,
        "'n_documents' must be at least 1 where there is a stance": pl.col("n_documents") >= 1,
        "'n_effective' must be above 0 where there is a stance": (pl.col("n_effective") > 0)
        & pl.col("n_effective").is_finite(),
    }
    for rule, holds in rules.items():
        broken = seen.filter(~holds.fill_null(value=False))
        if broken.height:
            column = rule.split("'")[1]
            first = broken.row(0, named=True)
            raise DataError(
                f"{rule}; it is {first[column]} in the period {first['period'].isoformat()}"
            )


def _length_of_period(chosen: pl.DataFrame) -> str:
    """The longest calendar unit on which all periods lie."""
    dates = chosen["period"].dt.date()
    if len(dates) == 1:
        raise NotEnoughDataError("the series has 1 period; an interrupted series needs many")
    for every in PERIODS:
        if dates.is_in(_calendar(dates, every).implode()).all():
            return every
    raise DataError("the periods lie on no calendar")  # pragma: no cover - days always fit


def _calendar(dates: pl.Series, every: str) -> pl.Series:
    """All first days of periods from the first date to the last, and the one that follows."""
    step = "3mo" if every == "1q" else every
    days = pl.date_range(dates[0], dates[-1], step, eager=True)
    return pl.concat([days, days.tail(1).dt.offset_by(step)])


def _on_calendar(
    chosen: pl.DataFrame, every: str, zone: str
) -> tuple[pl.DataFrame, tuple[datetime, ...]]:
    if every not in PERIODS:
        raise ArgumentError.unknown("period", every, PERIODS)
    dates = chosen["period"].dt.date()
    days = _calendar(dates, every)
    off = dates.filter(~dates.is_in(days.implode()))
    if len(off):
        raise DataError(
            f"the period {off[0]} is not a multiple of {every} after the first one, {dates[0]}"
        )
    starts = _midnights(days, zone)
    frame = (
        pl.DataFrame({"period": starts.head(-1)})
        .join(chosen.with_columns(pl.col("period").dt.cast_time_unit("us")), "period", how="left")
        .with_columns(pl.col("n_documents").fill_null(0))
        .sort("period")
    )
    return frame, tuple(starts.dt.convert_time_zone("UTC").to_list())
