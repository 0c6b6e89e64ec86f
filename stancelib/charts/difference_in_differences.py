"""The picture of a difference in differences: treated, controls, and what was expected."""

from __future__ import annotations

from datetime import datetime

import altair as alt
import polars as pl

from stancelib.charts.courses import Course, Frame, courses_chart
from stancelib.charts.tables import check_columns
from stancelib.charts.theme import ThemeName


def difference_in_differences_chart(
    course: pl.DataFrame,
    *,
    event_name: str,
    event_at: datetime,
    n_treated: int,
    n_controls: int,
    title: str | None = None,
    description: str | None = None,
    width: int = 640,
    height: int = 260,
    theme: ThemeName = "light",
) -> alt.LayerChart:
    """Draw the courses of treated outlets and controls, and the treated's expected course.

    Parameters
    ----------
    course : polars.DataFrame
        One row a period: ``period`` (with a time zone), ``treated``, ``controls`` and
        ``expected`` (stances, null where nobody published), ``part`` (``before`` where the
        expected course is not drawn).
    event_name : str
        Label of the event's rule.
    event_at : datetime
        When it happened, with a time zone.
    n_treated, n_controls : int
        How many outlets the lines are means of.
    title : str, optional
        Above the picture; by default it names the event.
    description : str, optional
        Alternative text, for instance the sentence of the effect; by default the title.
    width, height : int
        Of the plotting area, in pixels.
    theme : {"light", "dark"}
        Colours. The global altair theme is not touched.

    Returns
    -------
    altair.LayerChart
        Can be changed further.

    Raises
    ------
    DataError
        When a column is missing, or ``period`` or `event_at` has no time zone.
    NotEnoughDataError
        When nobody published in any period.

    Examples
    --------
    >>> from datetime import UTC
    >>> frame = pl.DataFrame({
    ...     "period": [datetime(2022, 2, day, tzinfo=UTC) for day in (7, 14, 21, 28)],
    ...     "treated": [0.1, 0.12, -0.2, -0.25], "controls": [0.3, 0.31, 0.3, 0.28],
    ...     "expected": [0.1, 0.11, 0.1, 0.08], "part": ["before", "before", "after", "after"],
    ... })
    >>> chart = difference_in_differences_chart(
    ...     frame, event_name="an event", event_at=datetime(2022, 2, 21, tzinfo=UTC),
    ...     n_treated=4, n_controls=9,
    ... )
    >>> chart.title.text
    ['Treated outlets and controls, before and after an event']
    """
    check_columns(course, ("period", "treated", "controls", "expected", "part"))
    after = course.with_columns(expected=pl.when(pl.col("part") != "before").then("expected"))
    lines = (
        Course("treated", f"treated ({n_treated})"),
        Course("controls", f"controls ({n_controls})"),
        Course("expected", "treated, expected without the event", dashed=True),
    )
    note = (
        "Lines: mean stance of the outlets of a group, changes of who publishes taken out. "
        "Dashed: the controls' course, moved to the level of the treated before the event."
    )
    name = title or f"Treated outlets and controls, before and after {event_name}"
    around = Frame(event_name, event_at, name, note, description, width, height, theme)
    return courses_chart(after, lines, around)
