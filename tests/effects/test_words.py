from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from stancelib.effects.words import Quantity, Story, interval, number, signed, tell

STORY = Story(
    event_name="the Vilnius summit",
    event_at=datetime(2023, 7, 10, 22, tzinfo=UTC),
    target="NATO",
    source="Beacon Wire",
    time_zone="Europe/Vilnius",
    every="1w",
    level=Quantity(-0.124, -0.181, -0.063),
    slope=Quantity(0.0012, -0.0031, 0.0056),
    confidence_level=0.95,
    mean_before=-0.204,
    mean_after=-0.351,
    n_before=52,
    n_after=40,
    n_articles=1796,
)


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
    up = tell(replace(STORY, level=Quantity(0.3, 0.2, 0.4)))
    assert "shifted in favor of NATO: +0.30" in up
    assert "no clear shift" not in up


@pytest.mark.parametrize("low", [-0.01, 0.0])
def test_interval_with_zero_is_no_clear_shift(low: float) -> None:
    text = tell(replace(STORY, level=Quantity(0.05, low, 0.11)))
    assert "there is no clear shift in the stance of Beacon Wire toward NATO: +0.05" in text


def test_slope_pooled_sources_and_other_levels() -> None:
    text = tell(
        replace(
            STORY,
            source="all",
            every="1mo",
            slope=Quantity(-0.02, -0.03, -0.01),
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
