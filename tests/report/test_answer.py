"""The paragraph on top: what it counts, and what it says about chance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

import stancelib as sl
from stancelib.report.answer import answer
from stancelib.report.estimates import Change, Estimate
from stancelib.report.formats import safe_link
from stancelib.report.robustness import Finding, Robustness

EVENT = sl.Event("Beacon summit", datetime(2022, 2, 27, 23, tzinfo=UTC))
SUMMARY = {
    "documents": 1234,
    "sources": ["Beacon Wire"],
    "first_published": datetime(2022, 1, 1, 23, tzinfo=UTC),
    "last_published": datetime(2022, 6, 1, tzinfo=UTC),
}


@dataclass(frozen=True)
class Known:
    """An estimate whose level is known."""

    source: str
    level: Change | None
    target: str = "NATO"
    event: sl.Event = EVENT


def change(estimate: float, *, clear: bool) -> Change:
    return Change(f"{estimate:+.2f}", "low to high", "0.010", clear, abs(estimate))


def told(*estimates: Known) -> str:
    return answer(SUMMARY, ["NATO"], estimates, "Europe/Kyiv")  # type: ignore[arg-type]


def test_dates_are_of_the_time_zone() -> None:
    text = told(Known("A", change(0.1, clear=True)))
    assert text.startswith("1,234 articles of 1 source, 2 Jan 2022 to 1 Jun 2022,")
    assert "Around Beacon summit (28 Feb 2022)" in text


def test_clear_changes_are_named_the_largest_first() -> None:
    text = told(
        Known("Small", change(0.1, clear=True)),
        Known("Unclear", change(0.9, clear=False)),
        Known("Large", change(-0.5, clear=True)),
    )
    assert "in 2 of 3 series" in text
    assert text.index("Large on NATO") < text.index("Small on NATO")
    assert "Unclear" not in text
    assert "about 0.2 of 3 intervals would exclude 0 by chance" in text


def test_no_clear_change_is_said() -> None:
    assert "none of 1 series shows a change of level" in told(Known("A", change(0.1, clear=False)))


def test_many_changes_are_cut() -> None:
    text = told(*(Known(f"S{i}", change(0.1 * (i + 1), clear=True)) for i in range(6)))
    assert ", and 2 more." in text
    assert "S5 on NATO" in text
    assert "S0 on NATO" not in text


def test_refused_effects_are_counted() -> None:
    text = told(Known("A", change(0.1, clear=True)), Known("B", None))
    assert "1 of 2 effects were refused" in text


def test_without_events_no_effect_is_claimed() -> None:
    assert told().endswith("No event was given, so no effect was estimated.")


def test_refused_estimate_tells_its_reason() -> None:
    refused = Estimate(EVENT, "NATO", "A", None, "too few periods")
    assert refused.sentence == "too few periods"
    assert refused.level is None
    assert refused.periods is None


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org",
        "https://",
        "http://[broken",
        "",
        None,
    ],
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert safe_link(url) is None


@pytest.mark.parametrize("url", ["https://example.org/a?b=1#c", "HTTP://example.org"])
def test_web_addresses_stay(url: str) -> None:
    assert safe_link(url) == url


def robust(adjusted: float, placebo: float, smallest: float) -> Robustness:
    finding = Finding(
        "placebo", "told", is_refused=False, p_value=placebo, figure=None, smallest=smallest
    )
    return Robustness(adjusted, (finding,))


def test_clear_changes_are_told_with_what_stands_the_checks() -> None:
    one, two = Known("A", change(0.5, clear=True)), Known("B", change(0.4, clear=True))
    checks = [(one, robust(0.01, 0.2, 0.02)), (two, robust(0.2, 0.3, 0.02))]
    text = answer(SUMMARY, ["NATO"], [one, two], "UTC", checks)  # type: ignore[arg-type]
    assert "Of these 2 clear changes, 1 after correction for the number of effects" in text
    assert "and none among placebo dates keep p ≤ 0.05." in text


def test_too_few_placebo_dates_are_no_failed_test() -> None:
    one = Known("A", change(0.5, clear=True))
    checks = [(one, robust(0.01, 0.111, 0.111))]
    text = answer(SUMMARY, ["NATO"], [one], "UTC", checks)  # type: ignore[arg-type]
    assert "among placebo dates" not in text
    assert "For 1 of 1 there are too few placebo dates to reach that level." in text
