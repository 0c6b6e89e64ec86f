"""Numbers, dates and links as the page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from stancelib.charts.clock import date_words
from stancelib.charts.words import signed

__all__ = [
    "Moment",
    "cut",
    "interval",
    "listed",
    "moment",
    "p_value",
    "safe_link",
    "share",
    "signed",
]

LONGEST_VALUE = 160


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant for a reader (`words`) and for a machine (`iso`)."""

    words: str
    iso: str


def moment(at: datetime, time_zone: str, *, clock: bool = False) -> Moment:
    """An instant in a time zone, as a date or with its time of day.

    Examples
    --------
    >>> from datetime import UTC
    >>> moment(datetime(2022, 2, 23, 23, 30, tzinfo=UTC), "Europe/Kyiv", clock=True).words
    '24 Feb 2022, 01:30'
    """
    local = at.astimezone(ZoneInfo(time_zone))
    words = f"{date_words(local)}, {local:%H:%M}" if clock else date_words(local)
    return Moment(words, local.isoformat(timespec="seconds"))


def interval(low: float | None, high: float | None) -> str:
    """``−0.42 to −0.18``, or a dash where an end is unknown.

    Examples
    --------
    >>> interval(-0.42, 0.1), interval(None, 0.1)
    ('−0.42 to +0.10', '–')
    """
    return "–" if low is None or high is None else f"{signed(low)} to {signed(high)}"


def p_value(value: float | None) -> str:
    """A p-value with three decimals, never as 0.

    Examples
    --------
    >>> p_value(0.0321), p_value(0.0000001), p_value(None)
    ('0.032', '< 0.001', '–')
    """
    if value is None:
        return "–"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"  # noqa: PLR2004 - the format's own step


def share(part: float) -> str:
    """A share in whole per cent; what is above 0 is never told as 0.

    Examples
    --------
    >>> share(0.256), share(0.001), share(0.0)
    ('26 %', '< 1 %', '0 %')
    """
    return "< 1 %" if 0 < part < 0.01 else f"{100 * part:.0f} %"  # noqa: PLR2004 - the format's step


def listed(names: Sequence[str]) -> str:
    """Names in a sentence.

    Examples
    --------
    >>> listed(["NATO", "Russia", "Ukraine"])
    'NATO, Russia and Ukraine'
    """
    *first, last = names or ["none"]
    return f"{', '.join(first)} and {last}" if first else last


def cut(text: str | None, longest: int = LONGEST_VALUE) -> str:
    """A value on one line, with an ellipsis where it is long.

    Examples
    --------
    >>> cut("one  two three", 9)
    'one two…'
    """
    line = " ".join((text or "").split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def safe_link(url: str | None) -> str | None:
    """The address, where it is one of the web; null for every other scheme.

    Examples
    --------
    >>> safe_link("https://example.org/a"), safe_link("javascript:alert(1)"), safe_link(None)
    ('https://example.org/a', None, None)
    """
    if url is None:
        return None
    stripped = url.strip()
    try:
        parts = urlsplit(stripped)
    except ValueError:
        return None
    return stripped if parts.scheme in {"http", "https"} and parts.hostname else None
