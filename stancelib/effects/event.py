"""A trigger event: something that happened at one instant."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from datetime import date, datetime, timedelta

from stancelib.errors import ArgumentError
from stancelib.notebook import View, Viewed, fields_of


@dataclass(frozen=True, slots=True)
class Event(Viewed):
    """A trigger event at an instant with a time zone.

    Parameters
    ----------
    name : str
        What the event is called; sentences and charts quote it.
    at : datetime.datetime
        When it happened, with a time zone. A date, or a time without a zone, is refused: the
        same day is another instant in Kyiv than in New York.
    label : str, optional
        A shorter text for charts; null means that `name` is shown.
    anticipation : datetime.timedelta, optional
        How long before `at` outlets may already have reacted; null means not at all.
    lag : datetime.timedelta, optional
        How long after `at` the reaction may have taken to unfold; null means no time. Periods
        that overlap ``[at - anticipation, at + lag)`` are left out of a fit.
    until : datetime.datetime, optional
        When it was over, with a time zone; null means that it lasts, or that nothing is claimed.
        An effect may then be limited to ``[at, until)``: see `Interruption`.
    url : str, optional
        Where to read about it.
    note : str, optional
        What was assumed when the event was read, such as the hour of a bare date.

    Raises
    ------
    ArgumentError
        When the name is empty, `at` or `until` is no instant, `until` is not after `at`, or a
        duration is negative.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> Event("Full-scale invasion", datetime(2022, 2, 24, 3, tzinfo=UTC)).at.isoformat()
    '2022-02-24T03:00:00+00:00'
    """

    name: str
    at: datetime
    _: KW_ONLY
    label: str | None = None
    anticipation: timedelta | None = None
    lag: timedelta | None = None
    until: datetime | None = None
    url: str | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise ArgumentError(f"an event needs a name; got {self.name!r}")
        _check_instant(self.name, "at", self.at)
        if self.until is not None:
            _check_instant(self.name, "until", self.until)
            if self.until <= self.at:
                raise ArgumentError(
                    f"event {self.name!r}: 'until' must be later than 'at', "
                    f"{self.at.isoformat()}; got {self.until.isoformat()}"
                )
        for what, value in {"anticipation": self.anticipation, "lag": self.lag}.items():
            _check_duration(self.name, what, value)

    def to_dict(self) -> dict[str, str | float | None]:
        """Plain values: the instant in ISO 8601, durations in seconds.

        Examples
        --------
        >>> from datetime import UTC, datetime, timedelta
        >>> event = Event("Summit", datetime(2023, 7, 11, tzinfo=UTC), lag=timedelta(days=2))
        >>> event.to_dict()["lag"]
        172800.0
        """
        return {
            "name": self.name,
            "at": self.at.isoformat(),
            "label": self.label,
            "anticipation": _seconds(self.anticipation),
            "lag": _seconds(self.lag),
            "until": None if self.until is None else self.until.isoformat(),
            "url": self.url,
            "note": self.note,
        }

    def _view(self) -> View:
        return View(f"{self.name}, {self.at.isoformat(' ', 'minutes')}", {"": fields_of(self)})


def _check_instant(name: str, what: str, at: object) -> None:
    if not isinstance(at, datetime):
        kind = "a date without a time" if isinstance(at, date) else type(at).__name__
        raise ArgumentError(
            f"event {name!r}: {what!r} must be a datetime with a time zone; got {kind}, {at!r}. "
            "Write for instance datetime(2022, 2, 24, tzinfo=ZoneInfo('Europe/Kyiv'))"
        )
    if at.utcoffset() is None:
        raise ArgumentError(
            f"event {name!r}: {what!r} has no time zone; got {at.isoformat()}. "
            f"Write for instance {what}.replace(tzinfo=ZoneInfo('Europe/Kyiv')), or datetime.UTC"
        )


def _check_duration(name: str, what: str, value: object) -> None:
    if value is None:
        return
    if not isinstance(value, timedelta):
        raise ArgumentError(f"event {name!r}: {what!r} must be a datetime.timedelta; got {value!r}")
    if value < timedelta(0):
        raise ArgumentError(f"event {name!r}: {what!r} must not be negative; got {value}")


def _seconds(duration: timedelta | None) -> float | None:
    return None if duration is None else duration.total_seconds()
