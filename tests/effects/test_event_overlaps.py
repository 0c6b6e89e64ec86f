from __future__ import annotations

import json
import warnings
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stancelib as sl
from stancelib.effects.event_overlaps_core import connected, shared_time
from stancelib.errors import ArgumentError

DAY = timedelta(days=1)


def event(name: str, day: int, **options: Any) -> sl.Event:
    return sl.Event(name, datetime(2023, 6, 1, tzinfo=UTC) + (day - 1) * DAY, **options)


def test_windows_that_share_time_are_named_with_what_they_share() -> None:
    events = [event("C", 30), event("A", 1, lag=3 * DAY), event("B", 8, anticipation=2 * DAY)]
    with pytest.warns(sl.OverlapWarning, match="The windows of A and B touch") as caught:
        overlaps = sl.event_overlaps(events, after=5 * DAY)
    assert caught[0].filename == __file__
    assert overlaps.table.to_dicts() == [
        {
            "event": "A",
            "other": "B",
            "start": datetime(2023, 6, 6, tzinfo=UTC),
            "end": datetime(2023, 6, 9, tzinfo=UTC),
            "days": 3.0,
        }
    ]
    assert overlaps.groups == (("A", "B"), ("C",))
    assert json.loads(json.dumps(overlaps.to_dict()))["windows"][2]["group"] == 1
    assert str(overlaps) == overlaps.sentence


def test_windows_that_meet_at_one_moment_touch() -> None:
    with pytest.warns(sl.OverlapWarning):
        overlaps = sl.event_overlaps([event("A", 1), event("B", 4)], after=3 * DAY)
    assert overlaps.table["days"].to_list() == [0.0]


def test_end_of_an_event_counts_and_neighbours_chain() -> None:
    siege = event("Siege", 1, until=event("x", 11).at)
    events = [siege, event("Talks", 10), event("Truce", 12, anticipation=2 * DAY), event("Z", 20)]
    with pytest.warns(sl.OverlapWarning):
        overlaps = sl.event_overlaps(events)
    assert overlaps.groups == (("Siege", "Talks", "Truce"), ("Z",))
    assert overlaps.table.select("event", "other").rows() == [
        ("Siege", "Talks"),
        ("Siege", "Truce"),
        ("Talks", "Truce"),
    ]


def test_events_apart_do_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        overlaps = sl.event_overlaps([event("A", 1), event("B", 10)], before=3 * DAY)
    assert overlaps.table.is_empty()
    assert overlaps.sentence == "The windows of 2 events touch no other."
    assert sl.event_overlaps([event("A", 1)]).groups == (("A",),)


@pytest.mark.parametrize(
    ("events", "options", "message"),
    [
        ([], {}, "'events' is empty"),
        ([event("A", 1), event("A", 2)], {}, "two events have the name 'A'"),
        ([event("A", 1)], {"after": -DAY}, "'after' must not be negative"),
    ],
)
def test_arguments_that_are_refused(
    events: list[sl.Event], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        sl.event_overlaps(events, **options)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9)), min_size=1, max_size=12))
def test_groups_of_windows_on_a_line_are_the_runs_of_a_sweep(spans: list[tuple[int, int]]) -> None:
    starts = np.array([a for a, _ in spans], dtype=np.float64)
    ends = starts + np.array([b for _, b in spans])
    found = connected(shared_time(starts, ends) >= 0)
    runs, reach = -1, -np.inf
    group = np.zeros(len(spans), dtype=np.int64)
    for i in np.argsort(starts, kind="stable"):
        if starts[i] > reach:
            runs += 1
        reach = max(reach, ends[i])
        group[i] = runs
    np.testing.assert_array_equal(group[:, None] == group, found[:, None] == found)
