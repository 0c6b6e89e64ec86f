"""Names of time zones, checked once."""

from __future__ import annotations

import difflib
from zoneinfo import available_timezones

from stancelib.errors import ArgumentError


def check_time_zone(name: str) -> str:
    """Return the name of a time zone of the IANA database, or say which ones are close.

    Examples
    --------
    >>> check_time_zone("Europe/Kyiv")
    'Europe/Kyiv'
    >>> check_time_zone("Europe/Kyjiv")
    Traceback (most recent call last):
    ...
    stancelib.errors.ArgumentError: unknown time_zone 'Europe/Kyjiv'; allowed are the names of the
    IANA database, such as Europe/Kyiv, ...
    """
    known = available_timezones()
    if name not in known:
        close = difflib.get_close_matches(str(name), known, n=3)
        examples = ", ".join(close or ["UTC", "Europe/Kyiv", "Europe/Paris"])
        raise ArgumentError(
            f"unknown time_zone {name!r}; allowed are the names of the IANA database, such as "
            f"{examples}"
        )
    return name
