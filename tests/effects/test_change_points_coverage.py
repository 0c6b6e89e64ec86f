"""Monte Carlo: false alarms are as rare as asked for, and the sets of dates hold the true ones.

Bounds come from the binomial error of the simulation. The full table is
benchmarks/coverage_change_points.py.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy import stats
from scipy.signal import lfilter

import stancelib as sl

Array = NDArray[np.float64]
PERIODS, RHO, RUNS = 80, 0.6, 120
BURN_IN = 100


def errors(runs: int, seed: int) -> Array:
    """AR(1) series (runs, PERIODS) with a standard deviation of 0.1."""
    shocks = np.random.default_rng(seed).normal(size=(runs, PERIODS + BURN_IN))
    latent = np.asarray(lfilter([np.sqrt(1 - RHO**2)], [1.0, -RHO], shocks))
    return 0.1 * latent[:, BURN_IN:]


def search(stance: Array, seed: int) -> sl.ChangePoints:
    first = pl.datetime(2023, 1, 2, time_zone="UTC")
    weeks = pl.datetime_range(first, first + pl.duration(weeks=PERIODS - 1), "1w", eager=True)
    series = pl.DataFrame({"period": weeks, "stance": stance}).with_columns(
        target=pl.lit("NATO"),
        source=pl.lit("Beacon Wire"),
        se=pl.lit(None, pl.Float64),
        n_documents=1,
        n_effective=1.0,
    )
    return sl.change_points(series, weights="none", n_simulations=99, seed=seed)


@pytest.fixture(scope="module")
def without_change() -> list[sl.ChangePoints]:
    """Searches of series without a change."""
    series = enumerate(errors(RUNS, 11))
    return [search(stance, run) for run, stance in series]


def alarms(searches: list[sl.ChangePoints]) -> int:
    return sum(not points.table.is_empty() for points in searches)


def test_false_alarms_under_autocorrelation_are_as_frequent_as_asked_for(
    without_change: list[sl.ChangePoints],
) -> None:
    low, high = stats.binom.ppf([0.001, 0.999], RUNS, 0.05)
    assert low <= alarms(without_change) <= high


def test_p_value_of_no_change_is_uniform(without_change: list[sl.ChangePoints]) -> None:
    p_values = [points.diagnostics.p_value for points in without_change]
    assert stats.kstest(p_values, "uniform").pvalue > 0.001


def test_set_of_dates_and_interval_of_the_shift_hold_the_truth() -> None:
    at, size, runs, dates, shifts = 45, 0.3, 0, 0, 0
    for run, noise in enumerate(errors(45, 12)):
        points = search(noise + size * (np.arange(PERIODS) >= at), run)
        if points.table.height != 1:
            continue
        runs += 1
        truth = points.fitted["period"][at]
        dates += truth in points.dates["allowed"][0].to_list()
        shifts += points.table["low"][0] <= size <= points.table["high"][0]
    assert runs > 25
    assert dates >= stats.binom.ppf(0.001, runs, 0.95)
    assert shifts >= stats.binom.ppf(0.001, runs, 0.95)
