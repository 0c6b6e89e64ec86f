"""`simulate_series`: a Series frame whose level change, slope and errors are known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.errors import ArgumentError
from stancelib.schemas import Series
from stancelib.series import with_student_intervals
from stancelib.simulate.series_core import (
    Cells,
    arma_errors,
    article_counts,
    largest_article_sd,
    observe,
    segmented_line,
)
from stancelib.simulate.series_result import SimulatedSeries

PERIODS = ("1d", "1w", "2w", "1mo", "1q")
_COLUMNS = tuple(Series.column_names())

BySource = float | Mapping[str, float]


def simulate_series(
    *,
    targets: Sequence[str] = ("NATO",),
    sources: Sequence[str] = ("Beacon Wire",),
    n_periods: int = 104,
    every: str = "1w",
    start: dt.date = dt.date(2023, 1, 2),
    time_zone: str = "UTC",
    event_period: int | None = None,
    baseline: BySource = 0.0,
    trend: BySource = 0.0,
    level: BySource = 0.0,
    slope: BySource = 0.0,
    rho: float = 0.0,
    theta: float = 0.0,
    noise: float = 0.05,
    article_sd: float = 0.3,
    documents_per_period: float = 12.0,
    sentences_per_article: float = 3.0,
    missing: float = 0.0,
    seed: int = 1,
) -> SimulatedSeries:
    r"""Simulate a Series frame with a known level and slope change.

    The expected stance of period `t` is
    ``baseline + trend t + level [t >= T] + slope max(t - T, 0) + u_t`` with `T` the event's
    period and `u` ARMA(1, 1) errors; the articles of a period are drawn around it, and the
    frame holds their mean and its standard error, as `Store.series` would.

    Parameters
    ----------
    targets, sources : sequence of str
        One series is simulated for each pair; pairs are independent, and a pair stays the same
        when others are added behind it.
    n_periods : int
        Periods in each series.
    every : {"1d", "1w", "2w", "1mo", "1q"}
        Length of a period in local calendar time; weeks start on Monday.
    start : datetime.date
        A day in the first period.
    time_zone : str
        IANA name of the zone that the periods are cut in.
    event_period : int, optional
        Index (from 0) of the first period after the event; the middle when not given.
    baseline, level : float or mapping of source to float
        Stance at period 0, and its jump at the event; in stance units, [-1, 1].
    trend, slope : float or mapping of source to float
        Change of stance per period, and its change at the event; in stance units per period.
    rho, theta : float
        Autoregressive and moving-average coefficient of the errors, each inside (-1, 1).
    noise : float
        Stationary standard deviation of the errors, in stance units.
    article_sd : float
        Standard deviation of the articles of one period, in stance units; with 0 all articles
        of a period are alike, so that `se` is 0.
    documents_per_period : float
        Mean of the Poisson number of articles.
    sentences_per_article : float
        Mean number of sentences on the target in an article, at least 1.
    missing : float
        Share of the periods, in [0, 1), in which a source publishes nothing; their stance is
        null, as is that of periods with a Poisson count of 0.
    seed : int
        The same seed and arguments give the same bytes.

    Returns
    -------
    SimulatedSeries
        `.series`, `.truth`, `.latent`, `.event_at` and `.seed`.

    Raises
    ------
    ArgumentError
        For an unknown period or time zone, a share or coefficient outside its range, a mapping
        without one of the sources, or a path that leaves [-1, 1].

    References
    ----------
    Wagner, Soumerai, Zhang and Ross-Degnan (2002), "Segmented regression analysis of
    interrupted time series studies in medication use research".

    Examples
    --------
    >>> from stancelib import simulate_series
    >>> simulated = simulate_series(n_periods=40, baseline=0.1, level=-0.3, rho=0.5, seed=7)
    >>> simulated.truth.select("target", "source", "level", "rho").row(0)
    ('NATO', 'Beacon Wire', -0.3, 0.5)
    >>> simulated.series.height, simulated.event_at.isoformat()
    (40, '2023-05-22T00:00:00+00:00')
    """
    event = n_periods // 2 if event_period is None else event_period
    _check_calendar(every, n_periods, event)
    _check_errors(rho, theta, noise, article_sd)
    _check_counts(documents_per_period, sentences_per_article, missing)
    periods = _periods(start, every, n_periods, time_zone)
    days = periods["days"].to_numpy().astype(np.int64)
    frames, truths, latents = [], [], []
    for target_index, target in enumerate(targets):
        for source_index, source in enumerate(sources):
            rng = np.random.default_rng([seed, target_index, source_index])
            terms = {
                "baseline": _of(baseline, source, "baseline"),
                "trend": _of(trend, source, "trend"),
                "level": _of(level, source, "level"),
                "slope": _of(slope, source, "slope"),
            }
            line = segmented_line(n_periods, event, **terms)
            expected = line + arma_errors(rng, n_periods, rho, theta, noise)
            _check_path(expected, article_sd, source)
            counts = article_counts(rng, n_periods, documents_per_period, missing)
            cells = observe(
                rng,
                expected,
                counts,
                days,
                article_sd=article_sd,
                sentences_per_article=sentences_per_article,
            )
            frames.append(_frame(target, source, periods["period"], cells))
            errors = {"rho": rho, "theta": theta, "noise": noise, "article_sd": article_sd}
            truths.append({"target": target, "source": source, **terms, **errors})
            latents.append(_latent(target, source, periods["period"], expected, line))
    series = pl.concat(frames).sort("target", "source", "period")
    Series.validate(series)
    return SimulatedSeries(
        series=series,
        truth=pl.DataFrame(truths),
        latent=pl.concat(latents).sort("target", "source", "period"),
        event_at=periods["period"][event],
        seed=seed,
    )


def _frame(target: str, source: str, period: pl.Series, cells: Cells) -> pl.DataFrame:
    values = {name: getattr(cells, name) for name in cells.__slots__}
    return (
        pl.DataFrame({"period": period, **values}, nan_to_null=True)
        .with_columns(
            pl.lit(target).alias("target"),
            pl.lit(source).alias("source"),
            pl.col("n_documents").cast(pl.Float64).alias("n_effective"),
        )
        .pipe(of_naming_articles)
        .select(_COLUMNS)
    )


def of_naming_articles(cells: pl.DataFrame) -> pl.DataFrame:
    """Add volume, salience and intervals of cells whose articles all name the target."""
    return cells.with_columns(
        n_published=pl.col("n_documents"),
        salience=pl.when(pl.col("n_documents") > 0).then(1.0),
        degrees_of_freedom=pl.when(pl.col("se").is_not_null()).then(pl.col("n_documents") - 1.0),
    ).pipe(with_student_intervals, 0.95)


def _latent(
    target: str,
    source: str,
    period: pl.Series,
    expected: NDArray[np.float64],
    line: NDArray[np.float64],
) -> pl.DataFrame:
    return pl.DataFrame({"period": period, "expected_stance": expected, "line": line}).select(
        pl.lit(target).alias("target"), pl.lit(source).alias("source"), pl.all()
    )


def _periods(start: dt.date, every: str, n_periods: int, time_zone: str) -> pl.DataFrame:
    """First instants of the periods and their days, `n_periods` rows."""
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ArgumentError(
            f"unknown time zone {time_zone!r}; give an IANA name such as 'Europe/Kyiv'"
        ) from error
    first = pl.Series([start]).cast(pl.Datetime("us")).dt.replace_time_zone(time_zone)
    begin = first.dt.truncate("1w" if every == "2w" else every)
    unit = every.lstrip("0123456789")
    step = int(every.removesuffix(unit))
    bounds = pl.concat([begin.dt.offset_by(f"{step * i}{unit}") for i in range(n_periods + 1)])
    dates = bounds.dt.date()
    return pl.DataFrame(
        {
            "period": bounds.head(n_periods),
            "days": (dates.tail(n_periods) - dates.head(n_periods)).dt.total_days(),
        }
    )


def _of(value: BySource, source: str, name: str) -> float:
    if not isinstance(value, Mapping):
        return float(value)
    if source not in value:
        raise ArgumentError(f"{name!r} has no value for source {source!r}; it has {list(value)}")
    return float(value[source])


def _check_calendar(every: str, n_periods: int, event_period: int) -> None:
    if every not in PERIODS:
        raise ArgumentError.unknown("period", every, PERIODS)
    if not 0 < event_period < n_periods:
        raise ArgumentError(
            f"'event_period' must lie inside the series, 1 to {n_periods - 1}; got {event_period}"
        )


def _check_errors(rho: float, theta: float, noise: float, article_sd: float) -> None:
    for name, value in {"rho": rho, "theta": theta}.items():
        if not -1 < value < 1:
            raise ArgumentError(f"{name!r} must lie inside (-1, 1); got {value}")
    for name, value in {"noise": noise, "article_sd": article_sd}.items():
        if value < 0:
            raise ArgumentError(f"{name!r} must not be negative; got {value}")


def _check_counts(documents: float, sentences: float, missing: float) -> None:
    if documents <= 0:
        raise ArgumentError(f"'documents_per_period' must be positive; got {documents}")
    if sentences < 1:
        raise ArgumentError(f"'sentences_per_article' must be at least 1; got {sentences}")
    if not 0 <= missing < 1:
        raise ArgumentError(f"'missing' must lie in [0, 1); got {missing}")


def _check_path(expected: NDArray[np.float64], article_sd: float, source: str) -> None:
    largest = float(np.abs(expected).max())
    if largest >= 1:
        raise ArgumentError(
            f"the expected stance of {source!r} reaches {largest:.2f}, outside (-1, 1); "
            "lower 'baseline', 'trend', 'level', 'slope' or 'noise'"
        )
    limit = largest_article_sd(expected)
    if article_sd >= limit:
        raise ArgumentError(
            f"'article_sd' {article_sd} is too large for a stance of {largest:.2f} in "
            f"[-1, 1]; it must be below {limit:.2f}"
        )
