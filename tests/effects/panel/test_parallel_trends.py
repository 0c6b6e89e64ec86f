"""Parallel trends of a difference in differences: blocks, the test, relative magnitudes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from stancelib.effects import Event
from stancelib.effects.difference_in_differences import difference_in_differences
from stancelib.effects.event_study import event_study
from stancelib.effects.pre_trend_core import detectable_slope, largest_lead, power
from stancelib.effects.relative_magnitudes_core import branches

Array = NDArray[np.float64]
Maker = Callable[..., pl.DataFrame]

NAMES = [f"Outlet {place:02d}" for place in range(12)]
OPTIONS: dict[str, Any] = {"treated": NAMES[:6], "weights": "none", "error": "bias_reduced"}


def noisy(*, shift: float = -0.3, drift: float = 0.0, seed: int = 2) -> Array:
    """Twelve sources over 20 periods; six shift from period 10 on, and drift all the time."""
    stance = np.random.default_rng(seed).normal(0, 0.05, (12, 20))
    stance[:6, 10:] += shift
    stance[:6] += drift * (np.arange(20) - 10)
    return np.asarray(stance)


# ---- relative magnitudes ---- #


def test_magnitude_zero_is_the_ordinary_interval(make_panel: Maker, tenth: Event) -> None:
    """Without any parting of trends: the average after against the last period before."""
    series = make_panel(noisy())
    found = difference_in_differences(series, tenth, block=1, **OPTIONS)
    study = event_study(series, tenth, window=(-10, 9), **OPTIONS)
    ordinary = study.table.row(-1, named=True)
    row = found.sensitivity.row(0, named=True)
    assert row["magnitude"] == 0
    assert row["lower"] == row["upper"] == pytest.approx(ordinary["estimate"])
    for end in ("low", "high"):
        assert row[end] == pytest.approx(ordinary[end], abs=1e-12)


def test_with_one_block_on_each_side_it_is_that_of_the_table(
    make_panel: Maker, tenth: Event
) -> None:
    """Blocks of 10 periods: the reference is then the whole time before, as in the table."""
    found = difference_in_differences(make_panel(noisy()), tenth, block=10, **OPTIONS)
    table, block = found.table.row(0, named=True), found.blocks.row(1, named=True)
    for column in ("estimate", "low", "high"):
        assert block[column] == pytest.approx(table[column], abs=1e-12)
    assert found.sensitivity.is_empty()
    assert found.breakdown is None
    assert found.pre_trend is None
    assert "cannot be tested" in found.sentence


def test_bounds_are_the_effect_and_multiples_of_the_largest_change(
    make_panel: Maker, tenth: Event
) -> None:
    found = difference_in_differences(make_panel(noisy()), tenth, block=2, **OPTIONS)
    before = found.blocks.filter(pl.col("part") != "after")["estimate"].to_numpy()
    after = found.blocks.filter(pl.col("part") == "after")["estimate"].to_numpy()
    assert (len(before), len(after)) == (5, 5)
    largest = np.abs(np.diff(before)).max()
    # The blocks after are 1 to 5 steps from the reference: on average 3.
    for row in found.sensitivity.iter_rows(named=True):
        half = row["magnitude"] * 3 * largest
        assert row["lower"] == pytest.approx(after.mean() - half)
        assert row["upper"] == pytest.approx(after.mean() + half)
        assert row["low"] < row["lower"] <= row["upper"] < row["high"]
    assert found.sensitivity["magnitude"].to_list() == [0, 0.25, 0.5, 1, 1.5, 2]
    assert found.sensitivity["low"].is_sorted(descending=True)
    assert found.sensitivity["high"].is_sorted()


@pytest.mark.parametrize("error", ["bias_reduced", "wild_bootstrap"])
def test_breakdown_lies_where_the_interval_reaches_zero(
    make_panel: Maker, tenth: Event, error: Any
) -> None:
    found = difference_in_differences(
        make_panel(noisy(shift=-0.6)), tenth, block=5, **(OPTIONS | {"error": error}), draws=999
    )
    assert found.breakdown is not None
    clear = found.sensitivity.filter(pl.col("high") < 0)["magnitude"]
    unclear = found.sensitivity.filter(pl.col("high") >= 0)["magnitude"]
    assert len(clear) > 0
    assert clear.max() <= found.breakdown
    if len(unclear):
        assert found.breakdown < unclear.min()
    assert "The finding bears trends that part after the event by up to" in found.sentence


def test_drift_bears_less_than_a_shift(make_panel: Maker, tenth: Event) -> None:
    """A steady drift is its own largest change: it bears no parting as large as before."""
    shifted = difference_in_differences(
        make_panel(noisy(shift=-0.6)), tenth, block=5, **OPTIONS
    ).breakdown
    drifting = difference_in_differences(
        make_panel(noisy(shift=0.0, drift=-0.04)), tenth, block=5, **OPTIONS
    )
    assert drifting.breakdown is not None
    assert shifted is not None
    assert drifting.breakdown < 1 < shifted
    assert drifting.table["high"][0] < 0
    assert "the shift may be older than the event" in drifting.sentence


def test_shift_that_is_only_clear_against_the_whole_time_before(
    make_panel: Maker, tenth: Event
) -> None:
    stance = noisy(shift=-0.3)
    stance[:6, 5:10] -= 0.3
    found = difference_in_differences(make_panel(stance), tenth, block=5, **OPTIONS)
    assert found.table["high"][0] < 0
    assert found.breakdown == 0
    assert "Measured only from the last stretch before the event" in found.sentence


@given(
    st.lists(st.floats(-1, 1), min_size=2, max_size=8),
    st.lists(st.floats(-1, 1), min_size=1, max_size=6),
    st.floats(0, 3),
)
def test_no_parting_within_the_magnitude_leaves_the_bounds(
    before: list[float], after: list[float], magnitude: float
) -> None:
    """Any trend whose steps after are at most M times the largest before, moves the effect less."""
    relative = np.array([*range(-1 - len(before), -1), *range(len(after))], dtype=np.int64)
    lags = relative >= 0
    effect = lags / lags.sum()
    ways = branches(relative, effect, -1)
    assert ways is not None
    coefficients = np.array([*before, *after])
    bounds = ways.bound(magnitude) @ coefficients
    largest = np.abs(np.diff([*before, 0.0])).max()
    rng = np.random.default_rng(len(before))
    signs = rng.choice([-1.0, 1.0], (20, len(after)))
    parted = (magnitude * largest * signs).cumsum(1).mean(1)
    truth = np.mean(after) - parted
    assert (bounds.min() <= truth + 1e-9).all()
    assert (truth <= bounds.max() + 1e-9).all()


def test_changes_across_a_gap_are_not_counted() -> None:
    relative = np.array([-5, -4, -2, 0, 1], dtype=np.int64)
    ways = branches(relative, np.array([0, 0, 0, 0.5, 0.5]), -1)
    assert ways is not None
    np.testing.assert_array_equal(ways.changes, [[-1, 1, 0, 0, 0], [0, 0, -1, 0, 0]])
    assert ways.reach == 1.5
    assert branches(np.array([-3, 0], dtype=np.int64), np.array([0.0, 1.0]), -1) is None


# ---- blocks and the test before ---- #


@pytest.mark.parametrize(("block", "n_before", "n_after"), [(None, 5, 5), (3, 4, 4), (1, 10, 10)])
def test_blocks_are_counted_from_the_event(
    make_panel: Maker, tenth: Event, block: int | None, n_before: int, n_after: int
) -> None:
    found = difference_in_differences(make_panel(noisy()), tenth, block=block, **OPTIONS)
    parts = found.blocks["part"].to_list()
    assert parts == ["before"] * (n_before - 1) + ["reference"] + ["after"] * n_after
    reference = found.blocks.row(n_before - 1, named=True)
    assert (reference["estimate"], reference["low"]) == (0, None)
    assert (tenth.at - reference["last"]).days == 7
    assert found.blocks["first"][n_before] == tenth.at
    assert found.pre_trend is not None
    assert found.pre_trend.n_leads == n_before - 1


def test_slopes_are_per_period_whatever_the_block(make_panel: Maker, tenth: Event) -> None:
    for block in (1, 2, 5):
        pre_trend = difference_in_differences(
            make_panel(noisy(drift=0.1 / 3)), tenth, block=block, **OPTIONS
        ).pre_trend
        assert pre_trend is not None
        assert pre_trend.slope == pytest.approx(0.1 / 3, abs=0.012)
        assert pre_trend.p_value < 0.05


def test_one_treated_source_is_ranked_among_the_controls(make_panel: Maker, tenth: Event) -> None:
    found = difference_in_differences(make_panel(noisy()), tenth, treated=NAMES[:1])
    assert found.pre_trend is not None
    assert found.pre_trend.p_value * 12 == pytest.approx(round(found.pre_trend.p_value * 12))
    # Eleven placebos reject nothing at 5 %.
    assert found.blocks["low"].is_null().all()
    assert found.breakdown == 0
    json.dumps(found.to_dict(), allow_nan=False)


def test_detectable_slope_is_found_four_times_in_five() -> None:
    """A Monte Carlo of normal leads: the stated slope has the stated power in new draws."""
    rng = np.random.default_rng(3)
    distance, se = np.arange(-7.0, 0.0), np.linspace(0.02, 0.05, 7)
    draws, fresh = rng.normal(size=(7, 4000)), rng.normal(size=(7, 4000))
    critical = largest_lead(np.zeros(7), draws, 0.05, enumerated=False).critical
    slope = detectable_slope(distance, se, draws, critical, 0.8)
    assert power(slope, distance, se, fresh, critical) == pytest.approx(0.8, abs=0.03)
    assert power(0.0, distance, se, fresh, critical) == pytest.approx(0.05, abs=0.015)
