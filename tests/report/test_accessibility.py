"""The page checked by axe in Chromium, at two widths, in light and dark."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import stancelib as sl

pytestmark = pytest.mark.browser

PATIENCE = 600_000
GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core, which the test-only package axe-playwright-python carries."""
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(
    store: sl.Store,
    summit: sl.Event,
    late_event: sl.Event,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    place = tmp_path_factory.mktemp("page") / "report.html"
    return sl.report(store, [summit, late_event], place, robustness=["placebo", "specification"])


def grave_findings(browser: Any, path: Path, axe: str, width: int, scheme: str) -> list[str]:
    # The policy of the page would refuse a script from outside, axe too.
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    try:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(path.as_uri())
        page.wait_for_function("document.documentElement.dataset.drawn")
        page.evaluate(axe)
        found = page.evaluate("axe.run()")["violations"]
    finally:
        context.close()
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    chromium: Any, page: Path, axe: str, width: int, scheme: str
) -> None:
    assert grave_findings(chromium, page, axe, width, scheme) == []


def test_axe_finds_what_is_wrong(chromium: Any, page: Path, axe: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    text = page.read_text(encoding="utf-8")
    broken.write_text(text.replace('<html lang="en">', "<html>"), encoding="utf-8")
    found = grave_findings(chromium, broken, axe, 390, "light")
    assert [one.partition(":")[0] for one in found] == ["html-has-lang"]
