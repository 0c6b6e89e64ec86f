"""`Interruption`: an event, and the course that its effect is taken to have."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from datetime import timedelta
from typing import Any, Literal, get_args

from stancelib.effects.checks import check_choice, check_event
from stancelib.effects.event import Event
from stancelib.errors import ArgumentError
from stancelib.notebook import Shown, View, Viewed, fields_of

Shape = Literal["persistent", "temporary", "decaying", "ramp"]
_NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Interruption(Viewed):
    """An event and the course of its effect, for `interrupted_time_series`.

    Parameters
    ----------
    event : Event
        What happened, and when.
    shape : {"persistent", "temporary", "decaying", "ramp"}, optional
        ``"persistent"``: a shift that stays, and may grow (`slope`). ``"temporary"``: a shift
        that is gone when the event is over (`Event.until`). ``"decaying"``: a shift that halves
        every `half_life`. ``"ramp"``: a shift that grows in a straight line for the time `ramp`
        and then stays. Null: ``"temporary"`` for an event with ``until``, else
        ``"persistent"``.
    slope : bool, optional
        Whether the trend may change, too; only with ``"persistent"``, where null means yes.
    delay : datetime.timedelta, optional
        How long after the event its effect begins; null: at once. The time between counts as
        before the effect, unlike the periods of `Event.lag`, which are left out.
    half_life, ramp : datetime.timedelta, optional
        See `shape`; needed there, refused elsewhere.

    Raises
    ------
    ArgumentError
        When the options do not go together.

    Notes
    -----
    The course is stated by the analyst and not estimated; a course that the data contradict
    biases the shift. The shapes are those of intervention analysis: Box and Tiao (1975),
    "Intervention analysis with applications to economic and environmental problems".

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> event = Event("Summit", datetime(2023, 7, 11, tzinfo=UTC))
    >>> Interruption(event, shape="decaying", half_life=timedelta(days=10)).words
    'halves every 10 days'
    """

    event: Event
    _: KW_ONLY
    shape: Shape | None = None
    slope: bool | None = None
    delay: timedelta | None = None
    half_life: timedelta | None = None
    ramp: timedelta | None = None

    def __post_init__(self) -> None:
        check_event(self.event)
        if self.shape is not None:
            check_choice("shape", self.shape, get_args(Shape))
        _check_durations(self)
        _check_slope(self)
        if self.delay and self.event.lag:
            raise ArgumentError(
                f"{self.event.name!r} has a lag, whose periods are left out, and a delay, whose "
                "periods count as before the effect; keep one of them"
            )

    @property
    def course(self) -> Shape:
        """The shape, also where it was not named."""
        return self.shape or ("persistent" if self.event.until is None else "temporary")

    @property
    def has_slope(self) -> bool:
        """Whether the trend may change."""
        return self.course == "persistent" if self.slope is None else self.slope

    @property
    def words(self) -> str:
        """The course in words."""
        words = {
            "persistent": "stays" + (" and may grow" if self.has_slope else ""),
            "temporary": "is gone when the event is over",
            "decaying": f"halves every {_length(self.half_life)}",
            "ramp": f"grows over {_length(self.ramp)} and stays",
        }[self.course]
        return f"{words}; begins {_length(self.delay)} after the event" if self.delay else words

    def to_dict(self) -> dict[str, Any]:
        """Plain values; durations in seconds."""
        lengths = {"delay": self.delay, "half_life": self.half_life, "ramp": self.ramp}
        return {
            "event": self.event.to_dict(),
            "shape": self.course,
            "slope": self.has_slope,
            **{name: value and value.total_seconds() for name, value in lengths.items()},
        }

    def _view(self) -> View:
        return View(f"{self.event.name}: {self.words}", {"": fields_of(self, without=("event",))})


class InterruptionResult(Shown):
    """A result of one model of one event or several."""

    __slots__ = ()

    interruptions: tuple[Interruption, ...]

    @property
    def events(self) -> tuple[Event, ...]:
        """The events in the order of time."""
        return tuple(one.event for one in self.interruptions)

    @property
    def event(self) -> Event:
        """The event; the first of several."""
        return self.interruptions[0].event

    @property
    def event_names(self) -> str:
        """Names of all events, for titles."""
        return " and ".join(event.name for event in self.events)


def _check_durations(interruption: Interruption) -> None:
    name, course = interruption.event.name, interruption.course
    for what, value, shape in (
        ("half_life", interruption.half_life, "decaying"),
        ("ramp", interruption.ramp, "ramp"),
    ):
        if course == shape and (not isinstance(value, timedelta) or value <= _NO_TIME):
            raise ArgumentError(
                f"{name!r}: shape={shape!r} needs {what!r}, a datetime.timedelta above 0; "
                f"got {value!r}"
            )
        if course != shape and value is not None:
            raise ArgumentError(f"{name!r}: {what!r} belongs to shape={shape!r}, not {course!r}")
    if course == "temporary" and interruption.event.until is None:
        raise ArgumentError(
            f"{name!r}: shape='temporary' needs the end of the event; write Event(..., until=...)"
        )
    delay = interruption.delay
    if delay is not None and (not isinstance(delay, timedelta) or delay < _NO_TIME):
        raise ArgumentError(
            f"{name!r}: 'delay' must be a datetime.timedelta of at least 0; got {delay!r}"
        )
    until = interruption.event.until
    begins = interruption.event.at + (delay or _NO_TIME)
    if course == "temporary" and until is not None and begins >= until:
        raise ArgumentError(f"{name!r}: the delay is longer than the event")


def _check_slope(interruption: Interruption) -> None:
    if interruption.slope and interruption.course != "persistent":
        raise ArgumentError(
            f"{interruption.event.name!r}: only a persistent effect has a slope of its own; "
            f"got slope=True with shape={interruption.course!r}"
        )


def _length(duration: timedelta | None) -> str:
    if duration is None:
        return "no time"
    days = duration / timedelta(days=1)
    return f"{days:g} day{'' if days == 1 else 's'}"
