"""Arguments that several methods share, checked in one wording."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stancelib.effects.event import Event
from stancelib.errors import ArgumentError


def check_event(event: object) -> None:
    """Refuse what is no Event."""
    if not isinstance(event, Event):
        raise ArgumentError(
            f"'event' must be one Event; got {type(event).__name__}. Write Event(name, at), or "
            "take one from read_events(path)"
        )


def check_choice(what: str, value: object, allowed: Sequence[str]) -> None:
    """Refuse a value that is not among those allowed."""
    if value not in allowed:
        raise ArgumentError.unknown(what, value, allowed)


def check_choices(what: str, values: object, allowed: Sequence[str]) -> None:
    """Refuse an empty list, a bare string, and values that are not allowed."""
    if isinstance(values, str) or not isinstance(values, Sequence) or not values:
        raise ArgumentError(
            f"{what!r} must be a list of some of {', '.join(allowed)}; got {values!r}"
        )
    for value in values:
        check_choice(what, value, allowed)


def check_share(what: str, value: Any) -> None:
    """Refuse what does not lie inside (0, 1)."""
    if not 0 < value < 1:
        raise ArgumentError(f"{what!r} must lie inside (0, 1); got {value}")


def check_whole(what: str, value: object, least: int) -> None:
    """Refuse what is no whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ArgumentError(f"{what!r} must be a whole number, {least} or more; got {value!r}")
