"""Pure functions of the scorers that run transformers models: windows and label names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stancelib.scoring.embedded_core import mention_token_span, window_around


@dataclass(frozen=True, slots=True)
class TextWindow:
    """Part of a text, as half-open code points, that holds its mention.

    Attributes
    ----------
    left, right : int
        The window in the text.
    start, end : int
        The mention in the text, cut to the window.
    """

    left: int
    right: int
    start: int
    end: int


def window_of_tokens(
    offsets: Sequence[tuple[int, int]], start: int, end: int, length: int, room: int
) -> TextWindow:
    """Window of at most ``room`` tokens around the mention ``[start, end)``.

    The text of ``length`` code points has the tokens with the ``offsets``. The window is
    centred on the mention; what one side does not need, the other side gets. A mention longer
    than the room keeps its beginning.
    """
    if len(offsets) <= room:
        return TextWindow(0, length, start, end)
    first, last = mention_token_span(offsets, start, end)
    last = min(last, first + room)
    left_token, right_token = window_around(first, last, len(offsets), room)
    left = 0 if left_token == 0 else offsets[left_token][0]
    right = length if right_token == len(offsets) else offsets[right_token - 1][1]
    return TextWindow(left, right, min(max(start, left), right), min(max(end, left), right))


def folded_label(label: str) -> str:
    """A label's name without case, and with one space for each run of ``_``, ``-`` or space.

    >>> folded_label("NOT_Entailment")
    'not entailment'
    """
    return " ".join(label.casefold().replace("_", " ").replace("-", " ").split())
