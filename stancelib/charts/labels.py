"""Places for event labels above a picture, so that none covers another.

Widths are estimates in pixels; they are generous, since a label that is too short by a little
does no harm and one that is too long covers its neighbour.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

LABEL_GAP = 5
MOST_CHARACTERS = 60
# Up to this many events every choice of sides is tried: 2 to this power at most.
MOST_TRIED = 6
Side = Literal["left", "right"]
_EMS = {"slim": 0.32, "small": 0.56, "capital": 0.7, "foreign": 0.63, "wide": 1.05}


@dataclass(frozen=True, slots=True)
class Label:
    """A label and its place: `x` in pixels, `row` counted upward from the picture."""

    text: str
    x: float
    row: int
    side: Side
    width: float

    @property
    def span(self) -> tuple[float, float]:
        """First and last pixel of the text; ``left`` means that the text starts at the rule."""
        if self.side == "left":
            return self.x, self.x + self.width
        return self.x - self.width, self.x


def text_width(text: str, font_size: float) -> float:
    """An estimate of a text's width in pixels, on the wide side.

    Examples
    --------
    >>> text_width("Kyiv", 10) < text_width("Київ", 10) < text_width("KYIV", 10)
    True
    >>> text_width("基輔", 10)
    21.0
    """
    return sum(_EMS[_shape(character)] for character in text) * font_size


def _shape(character: str) -> str:
    if unicodedata.east_asian_width(character) in "WF":
        return "wide"
    if character in " .,:;'|!()-ijlt":
        return "slim"
    if character.isupper():
        return "capital"
    return "small" if character.isascii() else "foreign"


def shortened(
    text: str, font_size: float, room: float, *, characters: int = MOST_CHARACTERS
) -> str:
    """The text, cut with an ellipsis where it is wider than the room or has more characters."""
    cut = " ".join(text.split())
    most = min(characters, len(cut))
    while most > 1 and text_width(cut[:most], font_size) > room:
        most -= 1
    return cut if most == len(cut) else f"{cut[: most - 1].rstrip()}…"


def place_labels(
    texts: Sequence[str], positions: Sequence[float], *, width: float, font_size: float
) -> list[Label]:
    """Rows and sides for labels of rules at pixel positions, in the order given.

    Parameters
    ----------
    texts : sequence of str, shape (n,)
        One label a rule; those wider than the picture are cut with an ellipsis.
    positions : sequence of float, shape (n,)
        Where the rules stand, in pixels from the left edge.
    width : float
        Width of the picture in pixels.
    font_size : float
        In pixels.

    Returns
    -------
    list of Label, shape (n,)
        No two labels of one row overlap. A label that would leave the picture on the right
        stands left of its rule.

    Examples
    --------
    >>> placed = place_labels(["first", "second"], [10, 20], width=300, font_size=10)
    >>> [label.row for label in placed]
    [1, 0]
    """
    drafts = [_drafts(text, x, width, font_size) for text, x in zip(texts, positions, strict=True)]
    first_choice = [options[0] for options in drafts]
    both = itertools.product(*drafts) if len(drafts) <= MOST_TRIED else [first_choice]
    return min((_stacked(choice) for choice in both), key=_disorder)


def _stacked(drafts: Sequence[Label]) -> list[Label]:
    """Rows for labels whose sides are chosen."""
    # From the right: so an earlier rule rises past the labels that start after it. Those that
    # stand left of their rule follow from the left, for the same reason mirrored.
    starts = [i for i, draft in enumerate(drafts) if draft.side == "left"]
    ends = [i for i, draft in enumerate(drafts) if draft.side == "right"]
    placed: dict[int, Label] = {}
    for i in [
        *sorted(starts, key=lambda i: -drafts[i].x),
        *sorted(ends, key=lambda i: drafts[i].x),
    ]:
        placed[i] = _lowest_free(drafts[i], list(placed.values()))
    return [placed[i] for i in range(len(drafts))]


def _disorder(placed: Sequence[Label]) -> tuple[int, int, int]:
    """Rules that cross texts, then rows, then labels on the left: fewer is better."""
    crossings = sum(_crosses(a, b) for a, b in itertools.combinations(placed, 2))
    rows = max((label.row for label in placed), default=0)
    return crossings, rows, sum(label.side == "right" for label in placed)


def _drafts(text: str, x: float, width: float, font_size: float) -> list[Label]:
    """The label in row 0 on each side of its rule that has room, the usual side first."""
    rooms: dict[Side, float] = {"left": width - x, "right": x}
    short = shortened(text, font_size, max(rooms.values()) - LABEL_GAP)
    size = text_width(short, font_size) + LABEL_GAP
    sides: list[Side] = [side for side, room in rooms.items() if size <= room]
    widest: Side = "left" if rooms["left"] >= rooms["right"] else "right"
    return [Label(short, x, 0, side, size) for side in sides or [widest]]


def _lowest_free(label: Label, placed: Sequence[Label]) -> Label:
    """The label in the lowest row that is free of text, and if possible of crossing rules."""
    rows = range(max((other.row for other in placed), default=-1) + 2)
    candidates = [Label(label.text, label.x, row, label.side, label.width) for row in rows]
    free = [c for c in candidates if not any(_collide(c, other) for other in placed)]
    clear = [c for c in free if not any(_crosses(c, other) for other in placed)]
    return (clear or free)[0]


def _collide(one: Label, other: Label) -> bool:
    """Whether two texts stand in one row and overlap."""
    return one.row == other.row and one.span[0] < other.span[1] and other.span[0] < one.span[1]


def _crosses(one: Label, other: Label) -> bool:
    """Whether the rule of the higher label runs through the text of the lower."""
    high, low = (one, other) if one.row > other.row else (other, one)
    return high.row != low.row and low.span[0] < high.x < low.span[1]
