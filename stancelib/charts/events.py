"""Event rules, and their labels above the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import altair as alt

from stancelib.charts.axes import ROW_HEIGHT, Clock
from stancelib.charts.clock import CLOCK_FORMAT, date_words, wall_clock
from stancelib.charts.labels import Label, place_labels
from stancelib.charts.tables import Tables
from stancelib.charts.theme import LABEL_SIZE


class EventMark(Protocol):
    """What a picture needs of an event; `stancelib.Event` has it."""

    @property
    def name(self) -> str:
        """What the event is called."""
        ...

    @property
    def at(self) -> datetime:
        """When it happened, with a time zone."""
        ...

    @property
    def label(self) -> str | None:
        """A shorter text for pictures, where there is one."""
        ...


@dataclass(frozen=True, slots=True)
class PlainEvent:
    """An event mark of bare values, for charts that are handed no `stancelib.Event`."""

    name: str
    at: datetime
    label: str | None = None


@dataclass(frozen=True, slots=True)
class EventLayers:
    """The events of one picture.

    Attributes
    ----------
    rules, labels
        Charts to be layered; empty where no event lies inside the picture.
    rows
        Rows that the labels take above the picture.
    outside
        Names of events before the first or after the last moment of the picture.
    """

    rules: tuple[alt.Chart, ...] = ()
    labels: tuple[alt.Chart, ...] = ()
    rows: int = 0
    outside: tuple[str, ...] = ()

    @property
    def outside_words(self) -> str:
        """A sentence behind a note that names the events outside; empty without any."""
        names = ", ".join(self.outside)
        return f" Outside the picture: {names}." if names else ""

    def bare(self) -> EventLayers:
        """The rules without labels, ending at the top of the picture."""
        rules = tuple(rule.encode(y=alt.value(0)) for rule in self.rules)
        return EventLayers(rules=rules, outside=self.outside)


def event_layers(
    events: Sequence[EventMark], clock: Clock, tables: Tables, *, width: float
) -> EventLayers:
    """Rules at the events, and labels above the picture that do not collide."""
    dated = [(event, wall_clock(event.at, clock.time_zone)) for event in events]
    outside = tuple(e.name for e, at in dated if not clock.first <= at <= clock.last)
    inside = sorted(
        ((e, at) for e, at in dated if clock.first <= at <= clock.last), key=lambda pair: pair[1]
    )
    if not inside:
        return EventLayers(outside=outside)
    placed = place_labels(
        [event.label or event.name for event, _ in inside],
        [clock.pixel(at, width) for _, at in inside],
        width=width,
        font_size=LABEL_SIZE,
    )
    rows = [_row(event.name, at, label) for (event, at), label in zip(inside, placed, strict=True)]
    data = tables.add(rows)
    height = 1 + max(label.row for label in placed)
    return EventLayers((_rules(data),), (_labels(data),), height, outside)


def _row(name: str, at: datetime, label: Label) -> dict[str, object]:
    return {
        "period": at.strftime(CLOCK_FORMAT),
        "event": name,
        "when": f"{date_words(at)}, {at:%H:%M}",
        "text": label.text,
        "rule_top": -ROW_HEIGHT * (label.row + 1) + 2,
        "text_bottom": -ROW_HEIGHT * label.row - 3,
        "side": label.side,
    }


def _rules(data: alt.NamedData) -> alt.Chart:
    rules: alt.Chart = (
        alt.Chart(data)
        .mark_rule(style="event-rule")
        .encode(
            x="period:T",
            y=alt.value(alt.ExprRef("datum.rule_top")),
            y2=alt.value("height"),
            tooltip=[alt.Tooltip("event:N", title="event"), alt.Tooltip("when:N", title="at")],
        )
    )
    return rules


def _labels(data: alt.NamedData) -> alt.Chart:
    labels: alt.Chart = (
        alt.Chart(data)
        .mark_text(
            style="event-label",
            align=alt.ExprRef("datum.side"),
            baseline="bottom",
            dx=alt.ExprRef("datum.side === 'left' ? 4 : -4"),
        )
        .encode(x="period:T", y=alt.value(alt.ExprRef("datum.text_bottom")), text="text:N")
    )
    return labels
