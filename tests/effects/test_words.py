from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from stancelib.effects.words import Moved, Quantity, Story, interval, number, signed, tell

MOVED = Moved(
    event_name="the Vilnius summit",
    event_at=datetime(2023, 7, 10, 22, tzinfo=UTC),
    until=None,
    course="persistent",
    course_words="stays and may grow",
    level=Quantity(-0.124, -0.181, -0.063),
    slope=Quantity(0.0012, -0.0031, 0.0056),
)
STORY = Story(
    moved=(MOVED,),
    target="NATO",
    source="Beacon Wire",
    time_zone="Europe/Vilnius",
    every="1w",
    confidence_level=0.95,
    mean_before=-0.204,
    mean_after=-0.351,
    n_before=52,
    n_after=40,
    n_articles=1796,
)


def with_moved(**changes: Any) -> Story:
    return replace(STORY, moved=(replace(MOVED, **changes),))


def test_sentence_of_a_clear_shift() -> None:
    assert tell(STORY) == (
        "After the Vilnius summit (11 July 2023), the stance of Beacon Wire toward NATO shifted "
        "against NATO: −0.12 on the scale from −1 (against) to 1 (in favor), 95 % interval −0.18 "
        "to −0.06, compared with its course before. There is no clear change of its trend "
        "(+0.0012 a week, 95 % interval −0.0031 to 0.0056). The average article stood at −0.20 "
        "before and at −0.35 after (52 weeks before and 40 after, 1,796 articles). This assumes "
        "that the scorer's error is stable over time."
    )


def test_direction_follows_the_sign() -> None:
    up = tell(with_moved(level=Quantity(0.3, 0.2, 0.4)))
    assert "shifted in favor of NATO: +0.30" in up
    assert "no clear shift" not in up


@pytest.mark.parametrize("low", [-0.01, 0.0])
def test_interval_with_zero_is_no_clear_shift(low: float) -> None:
    text = tell(with_moved(level=Quantity(0.05, low, 0.11)))
    assert "there is no clear shift in the stance of Beacon Wire toward NATO: +0.05" in text


def test_slope_pooled_sources_and_other_levels() -> None:
    text = tell(
        replace(
            with_moved(slope=Quantity(-0.02, -0.03, -0.01)),
            source="all",
            every="1mo",
            confidence_level=0.9,
        )
    )
    assert "the stance of all sources toward NATO" in text
    assert "From then on it changed by −0.020 a month, 90 % interval −0.030 to −0.010" in text
    assert "52 months before" in text


def test_numbers_keep_what_their_interval_allows() -> None:
    narrow = Quantity(-0.00412, -0.00713, -0.00091)
    assert (signed(narrow), interval(narrow)) == ("−0.0041", "−0.0071 to −0.0009")
    assert number(-0.004, 2) == "0.00"
    assert signed(Quantity(0.0, -0.2, 0.2)) == "0.00"
    assert interval(Quantity(0.1, 0.1, 0.1)) == "0.10 to 0.10"


def test_temporary_effect_tells_when_it_was_over() -> None:
    story = with_moved(
        until=datetime(2023, 7, 13, tzinfo=UTC),
        course="temporary",
        course_words="is gone when the event is over",
        slope=None,
    )
    text = tell(story)
    assert text.startswith("During the Vilnius summit (11 July 2023 to 13 July 2023), the stance")
    assert "compared with its course otherwise. The average article" in text
    assert "(52 weeks outside and 40 inside, 1,796 articles)" in text


def test_assumed_course_is_said() -> None:
    text = tell(with_moved(course="decaying", course_words="halves every 10 days", slope=None))
    assert "course before; the model takes it that the shift halves every 10 days." in text


def test_several_events_are_told_one_after_the_other() -> None:
    other = replace(MOVED, event_name="the mutiny", level=Quantity(0.01, -0.2, 0.2))
    text = tell(replace(STORY, moved=(MOVED, other)))
    assert text.index("After the Vilnius summit") < text.index("After the mutiny (11 July 2023)")
    assert "before the first and at −0.35 after the last of these events" in text
