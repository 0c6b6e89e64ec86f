"""Kernels: they sum to one, have their identity, respond to their parameters, and keep gaps."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import stancelib as sl
from stancelib.errors import ArgumentError, DataError
from stancelib.series.kernels_core import lag_matrix, local_matrix

lengths = st.integers(1, 40)
decays = st.floats(0.02, 0.98)


@st.composite
def kernels(draw: st.DrawFn) -> sl.Kernel:
    periods = draw(lengths)
    degree = draw(st.integers(1, 5))
    makers: list[Callable[[], sl.Kernel]] = [
        lambda: sl.Kernel.moving_average(periods),
        lambda: sl.Kernel.exponential(periods, decay=draw(decays)),
        lambda: sl.Kernel.inverse_exponential(periods, decay=draw(decays)),
        lambda: sl.Kernel.almon(periods, order=draw(st.integers(1, degree)), degree=degree),
        lambda: sl.Kernel.beta(periods, a=draw(st.floats(0.2, 5)), b=draw(st.floats(0.2, 5))),
    ]
    return draw(st.sampled_from(makers))()


def series(stance: list[float | None], se: float | None = 0.1) -> pl.DataFrame:
    first = pl.datetime(2022, 1, 3, time_zone="UTC")
    last = first + pl.duration(weeks=len(stance) - 1)
    return pl.DataFrame({"stance": pl.Series(stance, dtype=pl.Float64)}).with_columns(
        target=pl.lit("NATO"),
        source=pl.lit("Gazette"),
        period=pl.datetime_range(first, last, "1w", eager=True),
        se=pl.when(pl.col("stance").is_not_null()).then(pl.lit(se, dtype=pl.Float64)),
        n_effective=pl.when(pl.col("stance").is_null()).then(0.0).otherwise(5.0),
    )


@given(kernel=kernels())
def test_weights_are_not_negative_and_sum_to_one(kernel: sl.Kernel) -> None:
    assert sum(kernel.weights) == pytest.approx(1)
    assert min(kernel.weights) >= 0


@given(decay=decays, a=st.floats(0.2, 5), b=st.floats(0.2, 5), degree=st.integers(1, 5))
def test_one_period_is_the_identity(decay: float, a: float, b: float, degree: int) -> None:
    for kernel in (
        sl.Kernel.moving_average(1),
        sl.Kernel.exponential(1, decay=decay),
        sl.Kernel.inverse_exponential(1, decay=decay),
        sl.Kernel.almon(1, order=1, degree=degree),
        sl.Kernel.beta(1, a=a, b=b),
    ):
        frame = series([0.1, None, -0.4])
        assert sl.smooth(frame, kernel)["smoothed"].to_list() == pytest.approx([0.1, None, -0.4])


@given(periods=st.integers(2, 40), decay=decays)
def test_both_exponentials_fall_and_are_not_the_same(periods: int, decay: float) -> None:
    fast = sl.Kernel.exponential(periods, decay=decay).weights
    slow = sl.Kernel.inverse_exponential(periods, decay=decay).weights
    for weights in (fast, slow):
        assert all(a >= b for a, b in pairwise(weights))
    # Convex and concave: one is steepest at its beginning, the other at its end.
    assert np.all(np.diff(fast, 2) >= -1e-12)
    assert np.all(np.diff(slow, 2) <= 1e-12)


def test_known_weights() -> None:
    assert sl.Kernel.exponential(3, decay=0.5).weights == pytest.approx([4 / 7, 2 / 7, 1 / 7])
    assert sl.Kernel.inverse_exponential(3, decay=0.5).weights == pytest.approx(
        [7 / 17, 6 / 17, 4 / 17]
    )
    # (1 - lag / 4)^1 of degree 2, order 1: (1 - (1 - x)) * x = x^2
    assert sl.Kernel.almon(4, order=1, degree=2).weights == pytest.approx(
        [16 / 30, 9 / 30, 4 / 30, 1 / 30]
    )
    # A beta density of 1, 2 is a falling line.
    assert sl.Kernel.beta(4, a=1, b=2).weights == pytest.approx([7 / 16, 5 / 16, 3 / 16, 1 / 16])
    assert sl.Kernel.beta(5, a=1, b=1).weights == pytest.approx([0.2] * 5)
    assert sl.Kernel.of([3, 1]).weights == (0.75, 0.25)


def test_parameters_change_the_weights() -> None:
    """In sentometrics two of these ignore theirs."""
    for make in (sl.Kernel.exponential, sl.Kernel.inverse_exponential):
        assert make(5, decay=0.2).weights != make(5, decay=0.6).weights
    assert sl.Kernel.almon(5, order=1, degree=3) != sl.Kernel.almon(5, order=2, degree=3)
    assert sl.Kernel.beta(5, a=1, b=3).weights != sl.Kernel.beta(5, a=2, b=3).weights


@given(kernel=kernels(), gaps=st.lists(st.booleans(), min_size=3, max_size=30))
def test_a_constant_stays_what_it_is(kernel: sl.Kernel, gaps: list[bool]) -> None:
    frame = series([None if gap else 0.3 for gap in gaps])
    for smoother in (kernel, sl.LocalRegression(5)):
        found = sl.smooth(frame, smoother, least_share=0)["smoothed"].drop_nulls().to_list()
        assert found == pytest.approx([0.3] * len(found))


def test_gaps_are_shared_out_or_null() -> None:
    frame = series([0.0, None, 0.6, None, None, 0.3])
    kernel = sl.Kernel.of([0.5, 0.3, 0.2])
    found = sl.smooth(frame, kernel, least_share=0.6)["smoothed"].to_list()
    # Weeks: 0.5 of the weight is there; 0.3; 0.7; 0.3; 0.2; 0.5.
    assert found == pytest.approx([None, None, 0.6 * 0.5 / 0.7, None, None, None])
    found = sl.smooth(frame, kernel, least_share=0.5)["smoothed"].to_list()
    assert found == pytest.approx([0.0, None, 0.6 * 0.5 / 0.7, None, None, 0.3])


def test_the_error_is_carried_through() -> None:
    frame = sl.smooth(series([0.1, 0.2, 0.3, 0.4]), sl.Kernel.moving_average(4), least_share=1)
    assert frame["smoothed_se"].to_list() == pytest.approx([None, None, None, 0.1 / 2])
    assert frame["smoothed"][3] == pytest.approx(0.25)


@pytest.mark.parametrize("degree", [0, 1, 2])
def test_local_regression_keeps_polynomials_of_its_degree(degree: int) -> None:
    time = np.arange(20.0)
    line = 0.2 + (0.01 * time if degree else 0) - (0.001 * time**2 if degree == 2 else 0)
    values: list[float | None] = [float(one) for one in np.broadcast_to(line, 20)]
    values[4] = values[11] = None
    found = sl.smooth(series(values), sl.LocalRegression(7, degree))
    np.testing.assert_allclose(found["smoothed"].to_numpy(), np.broadcast_to(line, 20), atol=1e-12)


def test_local_regression_is_weighted_least_squares() -> None:
    seen = np.ones(9, dtype=bool)
    weights = local_matrix(5, 1, seen)[4]
    own = np.arange(2, 7)
    tricube = (1 - (np.abs(own - 4) / 2.5) ** 3) ** 3
    values = np.random.default_rng(1).normal(size=9)
    slope, level = np.polyfit(own - 4.0, values[own], 1, w=np.sqrt(tricube))
    assert weights @ values == pytest.approx(level)
    assert slope
    assert np.isnan(local_matrix(5, 1, np.arange(9) < 2)).all()


def test_each_series_is_smoothed_alone_and_the_order_of_rows_stays() -> None:
    one, other = series([0.0, 1.0]), series([1.0, -1.0]).with_columns(source=pl.lit("Courier"))
    frame = pl.concat([one, other]).sort("period", "source")
    found = sl.smooth(frame, sl.Kernel.moving_average(2), least_share=0)
    assert found.select(frame.columns).equals(frame)
    assert found.filter(pl.col("source") == "Courier")["smoothed"].to_list() == [1.0, 0.0]
    assert sl.smooth(frame.head(0), sl.Kernel.moving_average(2)).is_empty()


def test_lag_matrix_of_the_identity() -> None:
    seen: NDArray[np.bool_] = np.array([True, False, True])
    found = lag_matrix(np.ones(1), seen, 1.0)
    np.testing.assert_array_equal(found[[0, 2]], np.eye(3)[[0, 2]])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sl.Kernel.moving_average(0), "periods must be at least 1; got 0"),
        (lambda: sl.Kernel.exponential(3, decay=1.0), r"decay must lie inside \(0, 1\); got 1"),
        (lambda: sl.Kernel.inverse_exponential(3, decay=0.0), "decay must lie inside"),
        (lambda: sl.Kernel.almon(3, order=4, degree=3), "got order=4, degree=3"),
        (lambda: sl.Kernel.beta(3, a=0.0, b=1.0), "a must be above 0 and finite; got 0"),
        (lambda: sl.Kernel.of([0.5, -0.5]), "numbers of at least 0"),
        (lambda: sl.Kernel.of([0.0]), "at least one weight must be above 0"),
        (lambda: sl.LocalRegression(2), "degree 1 needs at least 3 periods; got 2"),
        (lambda: sl.LocalRegression(9, 3), "degree must be 0, 1 or 2; got 3"),
        (lambda: sl.smooth(series([0.1]), 7), "pass sl.Kernel.moving_average"),
        (
            lambda: sl.smooth(series([0.1]), sl.Kernel.moving_average(2), least_share=2),
            r"least_share must lie in \[0, 1\]; got 2",
        ),
    ],
)
def test_wrong_arguments_are_named(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        make()


def test_a_frame_without_columns_is_refused() -> None:
    with pytest.raises(DataError, match="this one has stance"):
        sl.smooth(pl.DataFrame({"stance": [0.1]}), sl.Kernel.moving_average(2))
