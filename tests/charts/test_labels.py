"""Event labels do not collide."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from stancelib.charts.labels import Label, place_labels, shortened, text_width

WIDTH, SIZE = 300.0, 11.0
NAMES = st.text(st.characters(categories=["L", "Nd", "Zs"]), min_size=1, max_size=40)
EVENTS = st.lists(st.tuples(NAMES, st.floats(0, WIDTH)), max_size=12)


def overlap(one: Label, other: Label) -> bool:
    return one.row == other.row and one.span[0] < other.span[1] and other.span[0] < one.span[1]


@given(EVENTS)
def test_no_two_labels_overlap(events: list[tuple[str, float]]) -> None:
    placed = place_labels(
        [text for text, _ in events], [x for _, x in events], width=WIDTH, font_size=SIZE
    )
    assert [label.x for label in placed] == [x for _, x in events]
    assert not [pair for pair in combinations(placed, 2) if overlap(*pair)]


@given(EVENTS)
def test_labels_stay_inside_the_picture(events: list[tuple[str, float]]) -> None:
    placed = place_labels(
        [text for text, _ in events], [x for _, x in events], width=WIDTH, font_size=SIZE
    )
    for label in placed:
        # One letter and the ellipsis are never cut, however narrow the room.
        slack = 2 * SIZE
        assert label.span[0] >= -slack
        assert label.span[1] <= WIDTH + slack


def test_rules_close_together_rise_past_the_later_labels() -> None:
    placed = place_labels(
        ["first event", "second event", "third event"], [50, 60, 70], width=WIDTH, font_size=SIZE
    )
    assert [label.row for label in placed] == [2, 1, 0]
    assert {label.side for label in placed} == {"left"}


def test_label_at_the_right_edge_stands_left_of_its_rule() -> None:
    (label,) = place_labels(["at the very end"], [295], width=WIDTH, font_size=SIZE)
    assert label.side == "right"


def test_events_far_apart_share_a_row() -> None:
    placed = place_labels(["one", "two"], [10, 200], width=WIDTH, font_size=SIZE)
    assert [label.row for label in placed] == [0, 0]


def test_long_label_is_cut_with_an_ellipsis() -> None:
    text = shortened("a very long label of an event", 10, 60)
    assert text.endswith("…")
    assert text_width(text, 10) <= 60 + 10


def test_line_breaks_become_blanks() -> None:
    assert shortened("two\nlines", 10, 500) == "two lines"
