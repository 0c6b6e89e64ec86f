from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

import stancelib as sl
from stancelib.errors import ArgumentError

AT = datetime(2022, 2, 24, 3, tzinfo=UTC)


def test_event_keeps_what_it_was_given() -> None:
    event = sl.Event("Invasion", AT, label="24 Feb", lag=timedelta(days=3))
    assert (event.name, event.at, event.label, event.anticipation) == (
        "Invasion",
        AT,
        "24 Feb",
        None,
    )
    assert event.lag == timedelta(days=3)


def test_event_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        sl.Event("Invasion", AT).name = "other"  # type: ignore[misc]  # the point of the test


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"at": date(2022, 2, 24)}, "a date without a time"),
        ({"at": datetime(2022, 2, 24)}, "has no time zone"),  # noqa: DTZ001 - what is refused
        ({"at": "2022-02-24"}, "got str, '2022-02-24'"),
        ({"name": " "}, "needs a name"),
        ({"lag": timedelta(days=-1)}, "'lag' must not be negative"),
        ({"anticipation": 3}, "'anticipation' must be a datetime.timedelta; got 3"),
    ],
)
def test_event_refuses(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        sl.Event(**({"name": "Invasion", "at": AT} | arguments))


def test_event_as_plain_values() -> None:
    plain = sl.Event(
        "Invasion", AT, anticipation=timedelta(hours=12), url="https://e.org"
    ).to_dict()
    assert plain["at"] == "2022-02-24T03:00:00+00:00"
    assert plain["anticipation"] == 43200
    assert plain["lag"] is None
