"""Cells opened in a browser: both themes, narrow pages, and nothing else changed."""

from __future__ import annotations

from typing import Any

import pytest

from stancelib.charts.theme import DARK, LIGHT

pytestmark = pytest.mark.browser

# A page with a table of its own, whose look must stay.
PAGE = (
    "<body style='margin:8px'><table><tr><td id=own style='border:2px solid'>own</td></tr></table>"
)
LOOK = """() => ['.stancelib-shown', '.stancelib-shown td'].map(
    place => document.querySelector(place)).map(
    found => [getComputedStyle(found).backgroundColor, getComputedStyle(found).color])"""
RUN = "() => [window.ran, document.querySelectorAll('.stancelib-shown script').length]"


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))})"


@pytest.fixture
def html(effects: dict[str, Any], rooms: dict[str, Any]) -> str:
    shown = (effects["decompose_change"], effects["counterfactual"], rooms["open_store"])
    cells = "".join(one._repr_html_() for one in shown)
    return PAGE + cells.replace("alert(", "ran=(")


@pytest.mark.parametrize(("scheme", "palette"), [("light", LIGHT), ("dark", DARK)])
@pytest.mark.parametrize("width", [390, 1280])
def test_cells_in_a_browser(
    chromium: Any, html: str, scheme: str, palette: Any, width: int
) -> None:
    context = chromium.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 800}, offline=True
    )
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("request", lambda request: problems.append(request.url[:40]))
    page.set_content(html)
    pictures = page.evaluate("() => [...document.images].map(i => [i.currentSrc, i.naturalWidth])")
    frame, cell = page.evaluate(LOOK)
    own = page.evaluate("() => getComputedStyle(document.getElementById('own')).borderTopWidth")
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    ran = page.evaluate(RUN)
    context.close()
    assert frame == [rgb(palette.background), rgb(palette.ink)]
    assert cell[1] == rgb(palette.ink)
    assert own == "2px"
    assert wide <= width
    assert ran == [None, 0]
    assert [one for one in problems if not one.startswith("data:")] == []
    assert all(size > 0 for _, size in pictures)
    dark, light = html.partition('srcset="')[2].partition('"')[0], html.partition(' src="')[2]
    expected = dark if scheme == "dark" else light.partition('"')[0]
    assert pictures[0][0] == expected
