"""The picture of a synthetic control: an outlet and its synthetic course."""

from __future__ import annotations

from datetime import datetime

import altair as alt
import polars as pl

from stancelib.charts.courses import Course, Frame, courses_chart
from stancelib.charts.theme import ThemeName


def synthetic_control_chart(
    course: pl.DataFrame,
    *,
    event_name: str,
    event_at: datetime,
    source: str,
    parallel: bool = False,
    title: str | None = None,
    description: str | None = None,
    width: int = 640,
    height: int = 260,
    theme: ThemeName = "light",
) -> alt.LayerChart:
    """Draw an outlet's stance and that of the weighted average of others.

    Parameters
    ----------
    course : polars.DataFrame
        One row a period: ``period`` (with a time zone), ``treated`` and ``synthetic`` (stances,
        null where nothing is compared).
    event_name : str
        Label of the event's rule.
    event_at : datetime
        When it happened, with a time zone.
    source : str
        The outlet.
    parallel : bool
        Whether the others were weighted to run in parallel to the outlet, and moved to its level.
    title : str, optional
        Above the picture; by default it names the outlet.
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
        When nothing is compared in any period.

    Examples
    --------
    >>> from datetime import UTC
    >>> frame = pl.DataFrame({
    ...     "period": [datetime(2022, 2, day, tzinfo=UTC) for day in (7, 14, 21, 28)],
    ...     "treated": [0.1, 0.12, -0.2, -0.25], "synthetic": [0.11, 0.1, 0.12, 0.09],
    ... })
    >>> chart = synthetic_control_chart(
    ...     frame, event_name="an event", event_at=datetime(2022, 2, 21, tzinfo=UTC),
    ...     source="Beacon Wire",
    ... )
    >>> chart.title.text
    ['Beacon Wire and its synthetic twin']
    """
    lines = (
        Course("treated", source),
        Course("synthetic", f"synthetic {source}", dashed=True),
    )
    note = (
        "Dashed: weighted average of other outlets that ran in parallel to it before the event, "
        "moved to its level."
        if parallel
        else "Dashed: weighted average of other outlets that ran like it before the event."
    )
    name = title or f"{source} and its synthetic twin"
    around = Frame(event_name, event_at, name, note, description, width, height, theme)
    return courses_chart(course, lines, around)
