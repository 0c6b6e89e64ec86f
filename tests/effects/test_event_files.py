from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

import stancelib as sl
from stancelib.errors import ArgumentError, DataError


@pytest.fixture
def write(tmp_path: Path):  # noqa: ANN201 - a small closure
    def make(name: str, text: str) -> Path:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return file

    return make


def test_toml_with_all_fields(write) -> None:  # noqa: ANN001 - the fixture above
    file = write(
        "events.toml",
        """
        [[event]]
        name = "Summit"
        at = 2023-07-11T09:00:00+03:00
        label = "Vilnius"
        anticipation = "12h"
        lag = "2w"
        url = "https://example.org/summit"
        """,
    )
    (event,) = sl.read_events(file)
    assert event.at == datetime(2023, 7, 11, 6, tzinfo=UTC)
    assert (event.anticipation, event.lag) == (timedelta(hours=12), timedelta(days=14))
    assert (event.label, event.url, event.note) == ("Vilnius", "https://example.org/summit", None)


def test_time_zone_of_argument_file_and_event(write) -> None:  # noqa: ANN001
    rows = '[[event]]\nname = "A"\nat = 2022-02-24T05:00:00\n[[event]]\nname = "B"\n'
    rows += 'at = 2022-02-24T05:00:00\ntime_zone = "America/New_York"\n'
    argument = sl.read_events(write("a.toml", rows), time_zone="Europe/Kyiv")
    assert [event.at.astimezone(UTC).hour for event in argument] == [3, 10]
    assert [event.note for event in argument] == ["no time zone given: Europe/Kyiv", None]
    shared = sl.read_events(write("b.toml", 'time_zone = "Europe/Paris"\n' + rows))
    assert [event.at.astimezone(UTC).hour for event in shared] == [4, 10]
    assert [event.note for event in shared] == [None, None]


def test_csv_with_guessed_columns_and_bare_dates(write) -> None:  # noqa: ANN001
    file = write("events.csv", "\ufeffdate,Event,category\n2022-02-24, Invasion ,war\n")
    (event,) = sl.read_events(file)
    assert (event.name, event.at) == ("Invasion", datetime(2022, 2, 24, tzinfo=UTC))
    assert event.note == "no time given: midnight in UTC"


def test_csv_with_semicolons_times_and_durations(write) -> None:  # noqa: ANN001
    file = write("events.csv", "name;at;lag;time_zone\nA;2022-02-24T05:00;3d;Europe/Kyiv\n")
    (event,) = sl.read_events(file)
    assert event.at.isoformat() == "2022-02-24T05:00:00+02:00"
    assert (event.lag, event.note) == (timedelta(days=3), None)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("e.csv", "date,event\n24.02.2022,A\n", r"row 1: '24.02.2022' is no date"),
        ("e.csv", "date,event\n2022-02-24,A\n,B\n", "row 2: the event has no date"),
        ("e.csv", "date,event\n2022-02-24,\n", "row 1: the event has no name"),
        ("e.csv", "when,event\n2022-02-24,A\n", "no column for the 'at'.*found columns: when"),
        ("e.csv", "date,event\n2022-02-24,A\n2022-03-04,A\n", "'A' stands in rows 1, 2"),
        ("e.csv", "date,event\n", "holds no event"),
        ("e.csv", "", "is empty"),
        ("e.csv", "date,event,lag\n2022-02-24,A,3\n", "row 1: 'lag' must be a number with a unit"),
        ("e.csv", "date,event\n2022-03-27T03:30,A\n", "03:30:00 does not exist in Europe/Kyiv"),
        ("e.csv", "date,event\n2022-10-30T03:30,A\n", "03:30:00 occurs twice in Europe/Kyiv"),
        ("e.toml", '[[event]]\nname = "A"\nwhen = 2022-02-24\n', "event 1: unknown field 'when'"),
        ("e.toml", '[event]\nname = "A"\n', r"table \[\[event\]\]"),
        ("e.toml", "name = A", "not valid TOML"),
        ("e.toml", 'zone = "UTC"', "unknown key 'zone'"),
        ("e.toml", "[[event]]\nname = 3\nat = 2022-02-24\n", "'name' must be text; got 3"),
    ],
)
def test_bad_files_say_what_and_where(write, name: str, text: str, message: str) -> None:  # noqa: ANN001
    with pytest.raises(DataError, match=message):
        sl.read_events(write(name, text), time_zone="Europe/Kyiv")


def test_unknown_time_zone_and_ending(write) -> None:  # noqa: ANN001
    file = write("events.csv", "date,event\n2022-02-24,A\n")
    with pytest.raises(ArgumentError, match="unknown time zone 'Europe/Kyjiw'"):
        sl.read_events(file, time_zone="Europe/Kyjiw")
    with pytest.raises(
        ArgumentError, match=r"unknown ending '.xlsx'; known endings: \.toml, \.csv"
    ):
        sl.read_events(write("events.xlsx", ""))
    with pytest.raises(DataError, match="there is no file"):
        sl.read_events(file.with_name("absent.csv"))


@pytest.mark.data
def test_trigger_events_of_the_data(data_folder: Path) -> None:
    file = data_folder / "events" / "trigger_events.csv"
    events = sl.read_events(file, time_zone="Europe/Kyiv")
    table = pl.read_csv(file)
    assert [event.name for event in events] == table["event"].to_list()
    assert [f"{event.at:%Y-%m-%d}" for event in events] == table["date"].to_list()
    assert {event.note for event in events} == {"no time given: midnight in Europe/Kyiv"}
