"""Places for the names of points, so that none covers another name, point or bar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from stancelib.charts.labels import shortened, text_width

LINE_HEIGHT, MOST_ROOM = 14.0, 170.0
# Distances from a point's edge at which a name is tried, nearest first, in pixels.
_RINGS = (5.0, 14.0, 26.0, 42.0, 62.0, 86.0)
# From this distance on a thin line leads to the point.
_LED = 12.0
# What a place costs: square pixels of names covered weigh more than those of bars, and a pixel of
# distance as much as one of the latter.
_NAMES_COUNT, _DOTS_IN_A_LINE, _DOT = 20.0, 12, 1.5
_ANGLES = tuple(math.tau * step / 12 for step in (0, 6, 1, 11, 5, 7, 3, 9, 2, 10, 4, 8))
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class PointLabel:
    """A name in its place: the left end and the middle of its height, in pixels from top left.

    Where `led`, a line from (`line_x`, `line_y`) at the text leads to the point.
    """

    text: str
    x: float
    y: float
    width: float
    led: bool
    line_x: float
    line_y: float

    @property
    def box(self) -> Box:
        """Left, top, right, bottom."""
        half = LINE_HEIGHT / 2
        return self.x, self.y - half, self.x + self.width, self.y + half


def place_point_labels(
    texts: Sequence[str],
    points: Sequence[tuple[float, float]],
    *,
    radii: Sequence[float],
    taken: Sequence[Box] = (),
    size: tuple[float, float],
    font_size: float,
) -> list[PointLabel]:
    """Find a place beside each point, in the order given; crowded points move their name away.

    Parameters
    ----------
    texts : sequence of str, shape (n,)
        Names; those wider than 170 pixels are cut with an ellipsis.
    points : sequence of (float, float), shape (n,)
        Pixels from the left and from the top.
    radii : sequence of float, shape (n,)
        Of the points, in pixels.
    taken : sequence of (left, top, right, bottom)
        Boxes that names should not cover: points and bars.
    size : (float, float)
        Width and height of the picture, in pixels.
    font_size : float
        In pixels.

    Returns
    -------
    list of PointLabel, shape (n,)
        Each in the place that covers least, names before all; no two names overlap, as long as
        there is room at all.

    Examples
    --------
    >>> one, two = place_point_labels(
    ...     ["Post", "Wire"], [(50, 50), (54, 50)], radii=[4, 4], size=(200, 100), font_size=11
    ... )
    >>> one.box[2] <= two.box[0] or two.box[2] <= one.box[0] or abs(one.y - two.y) >= 14
    True
    """
    placed: list[PointLabel] = []
    lines: list[Box] = []
    for text, point, radius in zip(texts, points, radii, strict=True):
        choices = _choices(text, point, radius, size, font_size)
        names = [label.box for label in placed]
        costs = [_cost(label, point, radius, taken, [*names, *lines]) for label in choices]
        best = choices[costs.index(min(costs))]
        placed.append(best)
        lines += _line(best, point)
    return placed


def _choices(
    text: str,
    point: tuple[float, float],
    radius: float,
    size: tuple[float, float],
    font_size: float,
) -> list[PointLabel]:
    """The name at every place around its point inside the picture, the best first."""
    short = shortened(text, font_size, min(MOST_ROOM, size[0] / 2))
    width = text_width(short, font_size)
    around = [
        _at(short, width, point, ring + radius, angle, led=ring > _LED)
        for ring in _RINGS
        for angle in _ANGLES
    ]
    inside = [label for label in around if _inside(label.box, size)]
    return inside or around


def _cost(
    label: PointLabel,
    point: tuple[float, float],
    radius: float,
    taken: Sequence[Box],
    names: Sequence[Box],
) -> float:
    """What a name and its line cover, and how far away it stands."""
    line = _line(label, point)
    covered = sum(_overlap(box, name) for name in names for box in (label.box, *line))
    distance = math.dist(point, (label.line_x, label.line_y)) - radius
    cost = _NAMES_COUNT * covered + sum(_overlap(label.box, box) for box in taken) + distance
    # Equal places stay equal, so that the best first one is taken.
    return round(cost, 3)


def _line(label: PointLabel, point: tuple[float, float]) -> list[Box]:
    """The line from a name to its point, as a chain of small boxes; none where it is near."""
    if not label.led:
        return []
    shares = [step / _DOTS_IN_A_LINE for step in range(1, _DOTS_IN_A_LINE)]
    places = [
        (
            label.line_x + (point[0] - label.line_x) * share,
            label.line_y + (point[1] - label.line_y) * share,
        )
        for share in shares
    ]
    return [(x - _DOT, y - _DOT, x + _DOT, y + _DOT) for x, y in places]


def _at(
    text: str,
    width: float,
    point: tuple[float, float],
    ring: float,
    angle: float,
    *,
    led: bool,
) -> PointLabel:
    """The name with its nearest edge on a ring around the point."""
    across, down = math.cos(angle), math.sin(angle)
    edge_x, edge_y = point[0] + ring * across, point[1] + ring * down
    x = edge_x - width * (1 - across) / 2
    y = edge_y + LINE_HEIGHT / 2 * down
    return PointLabel(text, x, y, width, led, edge_x, edge_y)


def _inside(box: Box, size: tuple[float, float]) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= size[0] and box[3] <= size[1]


def _overlap(one: Box, other: Box) -> float:
    """The area that two boxes share."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return max(across, 0.0) * max(down, 0.0)
