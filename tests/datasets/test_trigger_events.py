from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

import stancelib as sl


def test_events_are_in_order_and_named_once() -> None:
    events = sl.datasets.trigger_events()
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert len({event.name for event in events}) == len(events) > 40


def test_only_the_invasion_claims_an_hour() -> None:
    hours = [event.name for event in sl.datasets.trigger_events() if event.note is None]
    assert hours == ["Full-scale invasion of Ukraine"]


def test_events_that_were_over_lasted_at_most_three_days() -> None:
    lengths = [e.until - e.at for e in sl.datasets.trigger_events() if e.until is not None]
    assert len(lengths) == 7
    assert max(lengths) <= dt.timedelta(days=3)


def test_an_event_can_be_estimated() -> None:
    invasion = next(e for e in sl.datasets.trigger_events() if e.label == "Invasion")
    assert invasion.at == dt.datetime(2022, 2, 24, 2, 0, tzinfo=dt.UTC)


@pytest.mark.data
def test_dates_agree_with_another_list(data_folder: Path) -> None:
    file = data_folder / "events" / "trigger_events.csv"
    dates = set(pl.read_csv(file, try_parse_dates=True)["date"])
    ours = {event.at.date() for event in sl.datasets.trigger_events()}
    assert ours - dates == {dt.date(2024, 7, 9)}  # the summit in Washington is not in that list
