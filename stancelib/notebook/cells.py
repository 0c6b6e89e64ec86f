"""Numbers, times and texts as cells of a table: each a short, plain text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import polars as pl

Format = Literal["signed", "plain", "share", "p"]

NOTHING = "–"
LONGEST_CELL = 60
# These stand in one row for one number and its error, and so have equal decimals.
_ONE_NUMBER = ("estimate", "ratio", "low", "high")
_SIGNED = {
    *("estimate", "low", "high", "stance", "shift", "mean_shift", "worst_shift", "sentiment"),
    *("within", "between", "entry", "exit", "stance_before", "stance_after"),
    *("before", "after", "smallest", "largest", "median_estimate", "stance_a", "stance_b"),
    *("baseline", "trend", "level", "slope"),
}
_SHARES = {
    *("salience", "coverage", "failure_rate", "percent_agreement"),
    *("inclusion_probability", "cluster_probability"),
}
_P_VALUES = {"p_value", "p_value_adjusted", "joint_p_value"}
_SMALLEST_P = 0.001
_SMALLEST_SHARE = 0.001
_SMALL_SHARE = 0.095
_LEAST, _MOST = 2, 6


def format_of(column: str, given: Mapping[str, Format]) -> Format:
    """How the numbers of a column are written: as told, or by its name.

    Examples
    --------
    >>> format_of("stance", {}), format_of("share_favor", {}), format_of("se", {})
    ('signed', 'share', 'plain')
    >>> format_of("estimate", {"estimate": "plain"})
    'plain'
    """
    if column in given:
        return given[column]
    if column in _P_VALUES:
        return "p"
    if column in _SHARES or column.startswith("share_") or column == "share":
        return "share"
    return "signed" if column in _SIGNED else "plain"


def frame_cells(
    frame: pl.DataFrame, formats: Mapping[str, Format], time_zone: str | None
) -> list[dict[str, str]]:
    """Every cell of a frame as text.

    Parameters
    ----------
    frame : polars.DataFrame
        Any columns.
    formats : mapping
        Of columns whose name does not tell how their numbers are written.
    time_zone : str or None
        In which instants are shown; null: each in its own.

    Returns
    -------
    list of dict
        One a row, column to text. Null is a dash.

    Examples
    --------
    >>> frame = pl.DataFrame({"term": ["slope"], "estimate": [-0.0031], "se": [0.0004]})
    >>> frame_cells(frame, {}, None)
    [{'term': 'slope', 'estimate': '−0.0031', 'se': '0.0004'}]
    """
    clocks = {name: has_clock(frame[name], time_zone) for name in frame.columns}
    places = {name: _decimals_of_column(frame[name], formats) for name in frame.columns}
    return [
        {
            name: cell(
                value,
                format_of(name, formats),
                decimals=_decimals_of(row) if name in {*_ONE_NUMBER, "se"} else places[name],
                time_zone=time_zone,
                clock=clocks[name],
            )
            for name, value in row.items()
        }
        for row in frame.iter_rows(named=True)
    ]


def cell(
    value: object,
    form: Format = "plain",
    *,
    decimals: int | None = None,
    time_zone: str | None = None,
    clock: bool = True,
) -> str:
    """One value as text, on one line and not too long.

    Examples
    --------
    >>> cell(12345), cell(-0.254, "signed"), cell(0.254, "share"), cell(None), cell(1e-9, "p")
    ('12,345', '−0.25', '25%', '–', '< 0.001')
    >>> cell(["NATO", "Russia"]), cell(timedelta(days=2)), cell(date(2022, 2, 24))
    ('NATO, Russia', '2 days', '24 Feb 2022')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    if isinstance(value, float):
        return _number(value, form, decimals)
    if isinstance(value, date | timedelta):
        return _time(value, time_zone, clock=clock)
    return shortened(_words(value, time_zone))


def shortened(text: str, longest: int = LONGEST_CELL) -> str:
    """A text on one line, with an ellipsis where it is long.

    Examples
    --------
    >>> shortened("one  two three", 9)
    'one two…'
    """
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def has_clock(column: pl.Series, time_zone: str | None) -> bool:
    """Whether a column of instants has a time of day anywhere: else the date says it all."""
    if not isinstance(column.dtype, pl.Datetime):
        return False
    zoned = column if not (time_zone and column.dtype.time_zone) else _moved(column, time_zone)
    return bool((zoned.drop_nulls().dt.time() != time(0)).any())


def _moved(column: pl.Series, time_zone: str) -> pl.Series:
    return column.dt.convert_time_zone(time_zone)


def _words(value: object, time_zone: str | None) -> str:
    if isinstance(value, Mapping):
        return " ".join(cell(part, time_zone=time_zone) for part in value.values())
    if isinstance(value, list | tuple | pl.Series):
        return ", ".join(cell(part, time_zone=time_zone) for part in value)
    return str(value)


def _number(value: float, form: Format, decimals: int | None) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if form == "p":
        return f"< {_SMALLEST_P}" if value < _SMALLEST_P else f"{value:.3f}"
    if form == "share":
        return _share(value)
    places = _decimals(abs(value)) if decimals is None else decimals
    text = f"{value:{'+' if form == 'signed' else ''},.{places}f}"
    # Neither a plus nor a minus before what rounds to 0.
    return text.lstrip("+-") if float(text.replace(",", "")) == 0 else text.replace("-", "−")


def _share(value: float) -> str:
    if 0 < value < _SMALLEST_SHARE:
        return "< 0.1%"
    exact = value in (0.0, 1.0) or value >= _SMALL_SHARE
    return f"{value:.{0 if exact else 1}%}".replace("-", "−")


def _decimals_of(row: Mapping[str, object]) -> int:
    """Decimals that a number, the ends of its interval and its error share."""
    found = (row.get(name) for name in _ONE_NUMBER)
    sizes = [abs(value) for value in found if isinstance(value, float) and math.isfinite(value)]
    return _decimals(max(sizes, default=0.0))


def _decimals_of_column(column: pl.Series, formats: Mapping[str, Format]) -> int | None:
    """Decimals that the stances of a column share; null: each number has its own."""
    if not column.dtype.is_float() or format_of(column.name, formats) != "signed":
        return None
    sizes = column.drop_nulls().abs()
    return _decimals(max(sizes.filter(sizes.is_finite()), default=0.0))


def _decimals(size: float) -> int:
    """Two decimals, as stances have; more where two would show fewer than two digits."""
    if size >= 10:  # noqa: PLR2004 - three digits are enough
        return 0 if size >= 100 or size.is_integer() else 1  # noqa: PLR2004 - as above
    if size == 0:
        return _LEAST
    return min(_MOST, max(_LEAST, 1 - math.floor(math.log10(size))))


def _time(value: date | timedelta, time_zone: str | None, *, clock: bool) -> str:
    # Altair is loaded only when something is shown.
    from stancelib.charts.clock import date_words  # noqa: PLC0415

    if isinstance(value, timedelta):
        days = value / timedelta(days=1)
        if abs(days) < 1:
            return f"{cell(days * 24, decimals=None if days * 24 % 1 else 0)} hours"
        return f"{cell(days, decimals=None if days % 1 else 0)} day{'' if days == 1 else 's'}"
    if not isinstance(value, datetime):
        return date_words(datetime.combine(value, time(0)))
    local = value.astimezone(ZoneInfo(time_zone)) if time_zone and value.tzinfo else value
    return f"{date_words(local)}, {local:%H:%M}" if clock else date_words(local)
