"""The page in headless Chromium: drawn, quiet, within its width, and deaf to hostile text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import stancelib as sl

pytestmark = pytest.mark.browser

# Only against a hang: no test is timed.
PATIENCE = 600_000
# Vega puts an empty form of its own into each chart, for controls that ours do not have.
FOREIGN = "img, iframe, object, embed, form:not(.chart .vega-bindings:empty)"
HOSTILE = [
    "<script>window.reached=1</script>",
    "</script><script>window.reached=1</script>",
    "</style><script>window.reached=1</script>",
    '<img src=x onerror="window.reached=1">',
    '"><svg onload="window.reached=1">',
    "' onmouseover='window.reached=1' x='",
    '<a href="javascript:window.reached=1">x</a>',
    '<iframe srcdoc="<script>parent.reached=1</script>"></iframe>',
    "<!--",
    "]]>",
    "{{ 7 * 7 }} {% raise %} ${7 * 7}",
    "\\u003cscript\\u003ewindow.reached=1\\u003c/script\\u003e",
    "datum.constructor.constructor('window.reached=1')()",
    "\u202eright to left\u2028 line",
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
]


@dataclass
class Opened:
    """A page that was opened, and what it did meanwhile."""

    page: Any
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def ask(self, script: str) -> Any:
        return self.page.evaluate(script)


@pytest.fixture
def opened(chromium: Any) -> Iterator[Callable[..., Opened]]:
    """Open a page at a width, and wait until its charts are drawn."""
    contexts = []

    def open_page(path: Path, width: int, **options: Any) -> Opened:
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        result = Opened(context.new_page())
        result.page.on("console", lambda message: result.console.append(message.text))
        result.page.on("pageerror", lambda error: result.console.append(str(error)))
        result.page.on("request", lambda request: result.requests.append(request.url))
        result.page.goto(path.as_uri())
        result.page.locator("html[data-drawn]").wait_for(state="attached")
        return result

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def page(
    store: sl.Store,
    summit: sl.Event,
    late_event: sl.Event,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    place = tmp_path_factory.mktemp("page") / "report.html"
    return sl.report(store, [summit, late_event], place, time_zone="Europe/Kyiv")


@pytest.mark.parametrize(("width", "drawn"), [(1280, "wide"), (390, "narrow")])
def test_page_is_drawn_quiet_and_within_its_width(
    page: Path, opened: Callable[..., Opened], width: int, drawn: str
) -> None:
    result = opened(page, width)
    assert result.console == []
    assert result.requests == [page.as_uri()]
    assert result.ask("document.documentElement.dataset.drawn") == drawn
    places = result.ask("document.querySelectorAll('[data-chart]').length")
    assert places == 3
    # Lines of two sources and bars, then for each effect two lines, its bands and its points.
    marks = result.ask(
        "[...document.querySelectorAll('[data-chart]')]"
        ".map(place => place.querySelectorAll("
        "'.mark-line path, .mark-symbol path, .mark-rect path').length)"
    )
    assert min(marks) > 10
    assert result.ask("document.documentElement.scrollWidth") <= width
    outside = result.ask(
        "[...document.querySelectorAll('.chart svg')]"
        ".filter(svg => svg.getBoundingClientRect().right > innerWidth).length"
    )
    assert outside == 0


def test_week_is_on_its_day_where_the_browser_lives_elsewhere(
    page: Path, opened: Callable[..., Opened]
) -> None:
    labels = [
        opened(page, 1280, timezone_id=zone).ask(
            "[...document.querySelectorAll('.chart .role-axis-label text')].map(t => t.textContent)"
        )
        for zone in ("America/Los_Angeles", "Asia/Tokyo")
    ]
    assert labels[0] == labels[1]
    assert "Feb" in labels[0]


def test_colours_follow_the_scheme(page: Path, opened: Callable[..., Opened]) -> None:
    ask = (
        "[getComputedStyle(document.body).backgroundColor, "
        "getComputedStyle(document.querySelector('.chart .role-axis-label text')).fill]"
    )
    light = opened(page, 1280, color_scheme="light").ask(ask)
    dark = opened(page, 1280, color_scheme="dark").ask(ask)
    assert light == ["rgb(255, 255, 255)", "rgb(86, 96, 107)"]
    assert dark == ["rgb(20, 24, 29)", "rgb(170, 180, 190)"]


@pytest.fixture(scope="module")
def hostile_page(
    fill_store: Callable[[pl.DataFrame], sl.Store],
    make_article: Callable[..., dict[str, object]],
    summit: sl.Event,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Hostile text as article, title, source, address, identifier, event and heading."""
    rows = []
    for number, payload in enumerate(HOSTILE):
        row = make_article(
            number,
            f"source {payload}",
            number,
            f"NATO dishonest {payload} NATO",
            "javascript:window.reached=1",
        )
        rows.append({**row, "title": f"NATO welcome {payload}"})
    event = sl.Event(HOSTILE[1], summit.at, label=HOSTILE[3], url="javascript:window.reached=1")
    place = tmp_path_factory.mktemp("hostile") / "report.html"
    with fill_store(pl.DataFrame(rows)) as store:
        return sl.report(store, event, place, title=HOSTILE[0])


@pytest.mark.parametrize("without_policy", [False, True])
def test_hostile_text_stays_text(
    hostile_page: Path, opened: Callable[..., Opened], *, without_policy: bool
) -> None:
    # Without the policy too: escaping alone must hold.
    result = opened(hostile_page, 1280, bypass_csp=without_policy)
    assert result.console == []
    assert result.requests == [hostile_page.as_uri()]
    assert result.ask("window.reached") is None
    assert result.ask("document.querySelectorAll('body script').length") == 3
    assert result.ask(f"document.querySelectorAll({FOREIGN!r}).length") == 0
    handlers = result.ask(
        "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes])"
        ".filter(a => a.name.startsWith('on')).length"
    )
    assert handlers == 0
    links = result.ask("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))")
    assert all(link.startswith(("#", "http://", "https://")) for link in links)
    assert result.ask("document.querySelector('h1').textContent") == HOSTILE[0]
    quotes = result.ask("[...document.querySelectorAll('blockquote')].map(q => q.textContent)")
    assert any("<" in quote for quote in quotes)
