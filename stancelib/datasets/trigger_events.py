"""`trigger_events`: a table of well-known dated events, in the package."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stancelib.effects import Event


def trigger_events() -> list[Event]:
    """Read the table of events of the package: 2014 to 2025, NATO, Russia and Ukraine.

    A start, not a canon: choose the events of your question before you look at the series. An
    event is the day on which the public learnt of it, in the time zone of the place; where the
    hour is not given, `at` is that day's midnight and `note` says so.

    Returns
    -------
    list of Event
        In the order of time; summits and short crises have `until`, the end of their last day.

    Examples
    --------
    >>> import stancelib as sl
    >>> events = {event.name: event for event in sl.datasets.trigger_events()}
    >>> events["Full-scale invasion of Ukraine"].at.isoformat()
    '2022-02-24T04:00:00+02:00'
    """
    from stancelib.effects import read_events  # noqa: PLC0415 - rooms to the right, when used

    with as_file(files("stancelib.datasets").joinpath("trigger_events.toml")) as file:
        return read_events(file)
