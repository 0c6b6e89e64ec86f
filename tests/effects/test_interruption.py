from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

import stancelib as sl
from stancelib.effects.exposure_core import (
    halving_every,
    lasting,
    lasting_until,
    mean_exposure,
    rising_over,
)
from stancelib.errors import ArgumentError

AT = datetime(2023, 7, 11, tzinfo=UTC)
EVENT = sl.Event("Summit", AT)
ENDED = sl.Event("Summit", AT, until=AT + timedelta(days=3))
TEN_DAYS = timedelta(days=10)

COURSES = {
    "lasting": (lasting(), lambda _: 1.0),
    "until": (lasting_until(11.0), lambda t: float(t < 11.0)),
    "halving": (halving_every(9.0), lambda t: 0.5 ** (t / 9.0)),
    "rising": (rising_over(17.0), lambda t: min(t / 17.0, 1.0)),
}


@pytest.mark.parametrize("name", COURSES)
def test_exposure_is_the_mean_of_the_course_over_each_period(name: str) -> None:
    integral, course = COURSES[name]
    bounds, start = np.array([0.0, 7.0, 14.0, 21.0, 28.0, 42.0]), 9.5
    found = mean_exposure(bounds, start, integral)
    for i, (low, high) in enumerate(pairwise(bounds)):
        first = max(low, start)
        breaks = [b for b in (20.5, 26.5) if first < b < high]
        area = 0.0
        if high > first:
            area = quad(lambda t: course(t - start), first, high, points=breaks)[0]
        assert found[i] == pytest.approx(area / (high - low), abs=1e-9)


@given(
    start=st.floats(0, 50),
    duration=st.floats(0.5, 60),
    widths=st.lists(st.floats(0.5, 31), min_size=2, max_size=20),
)
def test_exposure_lies_between_0_and_1_and_ignores_what_is_before(
    start: float, duration: float, widths: list[float]
) -> None:
    bounds = np.cumsum([0.0, *widths])
    for integral in (
        lasting(),
        lasting_until(duration),
        halving_every(duration),
        rising_over(duration),
    ):
        exposure = mean_exposure(bounds, start, integral)
        assert np.all((exposure >= 0) & (exposure <= 1 + 1e-9))
        assert not exposure[bounds[1:] <= start].any()


def test_endless_half_life_and_instant_ramp_are_an_effect_that_lasts() -> None:
    bounds = np.arange(0.0, 71, 7)
    whole = mean_exposure(bounds, 30.0, lasting())
    np.testing.assert_allclose(mean_exposure(bounds, 30.0, halving_every(1e9)), whole, atol=1e-6)
    np.testing.assert_allclose(mean_exposure(bounds, 30.0, rising_over(1e-9)), whole, atol=1e-6)


def test_shape_follows_from_the_event_unless_it_is_named() -> None:
    assert sl.Interruption(EVENT).course == "persistent"
    assert sl.Interruption(EVENT).has_slope
    assert sl.Interruption(ENDED).course == "temporary"
    assert not sl.Interruption(ENDED).has_slope
    assert sl.Interruption(ENDED, shape="persistent").has_slope
    assert not sl.Interruption(EVENT, slope=False).has_slope


def test_words_and_plain_values() -> None:
    one = sl.Interruption(EVENT, shape="ramp", ramp=TEN_DAYS, delay=timedelta(days=1))
    assert one.words == "grows over 10 days and stays; begins 1 day after the event"
    assert one.to_dict() == {
        "event": EVENT.to_dict(),
        "shape": "ramp",
        "slope": False,
        "delay": 86_400.0,
        "half_life": None,
        "ramp": 864_000.0,
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"event": "Summit"}, "'event' must be one Event; got str"),
        ({"shape": "pulse"}, "unknown shape 'pulse'; known shapes: persistent, temporary"),
        ({"shape": "temporary"}, "needs the end of the event"),
        ({"shape": "decaying"}, "needs 'half_life', a datetime.timedelta above 0; got None"),
        ({"shape": "ramp", "ramp": timedelta(0)}, "needs 'ramp'"),
        ({"half_life": TEN_DAYS}, "'half_life' belongs to shape='decaying', not 'persistent'"),
        ({"shape": "decaying", "half_life": TEN_DAYS, "slope": True}, "only a persistent effect"),
        ({"delay": -TEN_DAYS}, "'delay' must be a datetime.timedelta of at least 0"),
        ({"event": ENDED, "delay": TEN_DAYS}, "the delay is longer than the event"),
        ({"event": sl.Event("S", AT, lag=TEN_DAYS), "delay": TEN_DAYS}, "keep one of them"),
    ],
)
def test_options_that_do_not_go_together(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        sl.Interruption(**({"event": EVENT} | options))


@pytest.mark.parametrize(
    ("until", "message"),
    [
        (AT, "'until' must be later than 'at'"),
        (datetime(2023, 8, 1), "'until' has no time zone"),  # noqa: DTZ001 - what is refused
        ("2023-08-01", "'until' must be a datetime with a time zone"),
    ],
)
def test_end_of_an_event_is_an_instant_after_it(until: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        sl.Event("Summit", AT, until=until)
