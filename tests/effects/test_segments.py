from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancelib.effects.interrupted_time_series_core import (
    article_mean,
    leave_out,
    segment,
    segmented_design,
    without_event,
)

TREATMENTS = ("fraction", "pre", "post", "drop")


def test_event_at_the_start_of_a_period_gives_the_design_of_wagner() -> None:
    design = segmented_design(segment(6, 3, 0.0, "fraction"))
    assert design.tolist() == [
        [1, -3, 0, 0],
        [1, -2, 0, 0],
        [1, -1, 0, 0],
        [1, 0, 1, 0],
        [1, 1, 1, 1],
        [1, 2, 1, 2],
    ]


@pytest.mark.parametrize(
    ("treatment", "exposure", "origin", "left_out"),
    [
        ("fraction", [0, 0.75, 1], 1.25, []),
        ("pre", [0, 0, 1], 2, []),
        ("post", [0, 1, 1], 1, []),
        ("drop", [0, 0, 1], 2, [1]),
    ],
)
def test_treatments_of_the_event_period(
    treatment: str, exposure: list[float], origin: float, left_out: list[int]
) -> None:
    segments = segment(3, 1, 0.25, treatment)
    assert segments.exposure.tolist() == exposure
    assert segments.origin == origin
    assert np.flatnonzero(segments.left_out).tolist() == left_out


def test_window_is_left_out_and_the_slope_counts_from_its_end() -> None:
    segments = leave_out(6, 1, 3)
    assert np.flatnonzero(segments.left_out).tolist() == [1, 2, 3]
    assert segmented_design(segments)[4:, 2:].tolist() == [[1, 0], [1, 1]]


@given(
    fraction=st.floats(0, 0.999),
    level=st.floats(-0.5, 0.5),
    slope=st.floats(-0.05, 0.05),
    trend=st.floats(-0.05, 0.05),
)
def test_split_period_follows_the_average_over_its_hours(
    fraction: float, level: float, slope: float, trend: float
) -> None:
    """Averages over periods of a line that breaks inside one are fitted without error."""
    event, n_periods = 10, 20
    hours = (np.arange(n_periods * 4000) + 0.5) / 4000
    since = hours - event - fraction
    # `level` is the shift in the first full period, half a period after the break on average.
    line = 0.1 + trend * hours + (since > 0) * (level + slope * (since - 0.5))
    means = line.reshape(n_periods, -1).mean(-1)
    design = segmented_design(segment(n_periods, event, fraction, "fraction"))
    found = np.linalg.lstsq(design, means)[0]
    np.testing.assert_allclose(found[1:], [trend, level, slope], atol=2e-3)


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_counterfactual_is_the_course_before(treatment: str) -> None:
    design = segmented_design(segment(9, 4, 0.3, treatment))
    np.testing.assert_array_equal(without_event(design)[:, :2], design[:, :2])
    assert not without_event(design)[:, 2:].any()


def test_article_mean_weighs_periods_by_their_articles() -> None:
    stance, articles = np.array([0.0, 0.4, 0.9]), np.array([1, 3, 50])
    rows = np.array([True, True, False])
    assert article_mean(stance, articles, rows) == pytest.approx(0.3)
