"""The coding page in headless Chromium: twenty items by the keyboard, saved, exported, imported."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import stancelib as sl

pytestmark = pytest.mark.browser

N_ITEMS = 20
# Only against a hang: no test is timed.
PATIENCE = 600_000
LABELS = {
    "1": "against",
    "a": "against",
    "2": "neutral",
    "n": "neutral",
    "3": "favor",
    "f": "favor",
}
TYPED = (
    "1",
    "n",
    "3",
    "a",
    "2",
    "f",
    "1",
    "1",
    "n",
    "3",
    "2",
    "f",
    "a",
    "2",
    "3",
    "3",
    "n",
    "1",
    "f",
    "2",
)

# Contrast (WCAG 2.2, 1.4.3) of every text that is seen against the paint behind it.
CONTRAST = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map((one) => one / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, i) => sum + one * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const paint = parse(getComputedStyle(one).backgroundColor);
      if (paint.length === 3 || paint[3] === 1) return paint;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.checkVisibility()) continue;
    if (element.closest("script, .unseen")) continue;
    const [a, b] = [parse(getComputedStyle(element).color), behind(element)].map(light);
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found.push([ratio, element.outerHTML.slice(0, 120)]);
  }
  return found;
}"""
# Controls that a screen reader could not name.
NAMELESS = """[...document.querySelectorAll(
  "button, input, textarea, progress, dialog, [role=group]")]
  .filter((one) => one.checkVisibility() || one.matches("dialog, input[type=file]"))
  .filter((one) => !(one.labels?.length || one.getAttribute("aria-label")
    || one.getAttribute("aria-labelledby") || (one.matches("button") && one.textContent.trim())))
  .map((one) => one.outerHTML)"""


@dataclass
class Opened:
    """A page that was opened, and what it did meanwhile."""

    page: Any
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def ask(self, script: str) -> Any:
        return self.page.evaluate(script)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def begin(self, name: str = "Ann") -> None:
        self.page.keyboard.type(name)
        self.press("Enter")

    def text(self, identifier: str) -> str:
        return str(self.ask(f"document.getElementById('{identifier}').textContent"))

    def export(self, folder: Path) -> Path:
        with self.page.expect_download() as waiting:
            self.page.click("#export")
        place = folder / waiting.value.suggested_filename
        waiting.value.save_as(place)
        return place


@pytest.fixture
def opened(chromium: Any) -> Iterator[Callable[..., Opened]]:
    """Open a page at a width, with a storage of its own."""
    contexts = []

    def open_page(path: Path, width: int = 1280, **options: Any) -> Opened:
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        result = Opened(context.new_page())
        result.page.on("console", lambda message: result.console.append(message.text))
        result.page.on("pageerror", lambda error: result.console.append(str(error)))
        result.page.on("request", lambda request: result.requests.append(request.url))
        result.page.goto(path.as_uri())
        result.page.locator("html[data-ready]").wait_for(state="attached")
        return result

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def page(
    store_to_code: sl.Store, sample_to_code: sl.Sample, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    place = tmp_path_factory.mktemp("page") / "coding.html"
    return sl.write_coding_sheet(store_to_code, sample_to_code, place)


@pytest.fixture(scope="module")
def open_page(
    store_to_code: sl.Store, sample_to_code: sl.Sample, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """For coders who are blind to nothing."""
    place = tmp_path_factory.mktemp("open") / "coding.html"
    return sl.write_coding_sheet(store_to_code, sample_to_code, place, blind=(), coder="Bo")


def items_of(page: Path) -> list[dict[str, Any]]:
    text = page.read_text(encoding="utf-8")
    data = text.partition('id="sheet">')[2].partition("</script>")[0]
    return list(json.loads(data)["items"])


def test_twenty_items_by_the_keyboard(
    page: Path, sample_to_code: sl.Sample, opened: Callable[..., Opened], tmp_path: Path
) -> None:
    result = opened(page)
    items = items_of(page)
    result.begin("Zoë  K")
    assert result.text("who") == "Coder: Zoë K"
    for number, key in enumerate(TYPED[:11]):
        pieces = items[number]["pieces"]
        assert result.text("sentence") == "".join(pieces)
        assert result.ask("document.querySelector('mark').textContent") == pieces[1]
        result.press(key)
    # In the middle of it the page is loaded anew: nothing is lost, and it goes on where it was.
    result.page.reload()
    assert result.text("count") == f"Item 12, 11 of {N_ITEMS} coded"
    result.press(*TYPED[11:])
    assert result.text("done-heading") == f"All {N_ITEMS} items are coded"
    # Three back, another label, and a comment in which the keys are letters.
    result.press("ArrowLeft", "Backspace", "ArrowLeft")
    assert result.ask("document.querySelector('[aria-pressed=true]').dataset.label") == "against"
    result.press("c")
    result.page.keyboard.type('an odd one: "f" & 3')
    result.press("Escape", "f")
    result.press("ArrowRight", "ArrowRight")
    exported = result.export(tmp_path)
    expected = [LABELS[key] for key in TYPED]
    expected[17] = "favor"
    codings = sl.read_codings(exported, sample=sample_to_code)
    assert codings.rejected.is_empty()
    assert codings.accepted["item"].to_list() == [one["item"] for one in items]
    assert codings.accepted["label"].to_list() == expected
    assert codings.accepted["coder"].unique().to_list() == ["Zoë K"]
    notes = [None] * N_ITEMS
    notes[17] = 'an odd one: "f" & 3'  # type: ignore[call-overload]
    assert codings.accepted["note"].to_list() == notes
    assert codings.accepted["seconds"].min() >= 0  # type: ignore[operator]
    assert codings.accepted["coded_at"].null_count() == 0
    assert result.console == []
    # Twice the page itself; the export is made of its own memory.
    assert [one for one in result.requests if not one.startswith("blob:")] == [page.as_uri()] * 2


def test_export_is_imported_in_another_browser(
    page: Path, opened: Callable[..., Opened], tmp_path: Path
) -> None:
    first = opened(page)
    first.begin()
    first.press("1", "2", "3", "ArrowRight", "1")
    exported = first.export(tmp_path)
    foreign = [
        {"item": "of another sheet", "coder": "Ann", "label": "favor"},
        {**json.loads(exported.read_text().splitlines()[0]), "coder": "Bo"},
        "no record",
    ]
    exported.write_text(exported.read_text() + "\n".join(map(json.dumps, foreign)))
    second = opened(page)
    second.begin()
    # What is coded here later than in the file stands.
    second.press("3", "ArrowLeft")
    second.page.set_input_files("#file", exported)
    second.page.locator("#message:not(:empty)").wait_for()
    told = second.text("message")
    for part in ("3 taken", "1 no newer than what is here", "1 of another sheet"):
        assert part in told
    for part in ("1 of another coder", "1 not understood"):
        assert part in told
    assert second.text("count") == f"Item 4, 4 of {N_ITEMS} coded"
    again = sl.read_codings(second.export(tmp_path))
    items = [one["item"] for one in items_of(page)]
    assert dict(again.accepted.select("item", "label").iter_rows()) == {
        items[0]: "favor",
        items[1]: "neutral",
        items[2]: "favor",
        items[4]: "against",
    }
    assert second.console == []


def test_open_items_are_found_and_comments_alone_come_back(
    page: Path, opened: Callable[..., Opened], tmp_path: Path
) -> None:
    result = opened(page)
    result.begin()
    result.press("c")
    result.page.keyboard.type("cannot tell")
    result.press("Escape", "ArrowRight", *("2" * (N_ITEMS - 1)))
    assert result.text("done-heading") == "One item is still open"
    codings = sl.read_codings(result.export(tmp_path))
    assert codings.accepted.height == N_ITEMS - 1
    assert codings.rejected.select("reason", "value").row(0) == (
        "a comment without a label",
        "cannot tell",
    )
    result.press("o")
    assert result.text("count") == f"Item 1, {N_ITEMS - 1} of {N_ITEMS} coded"
    assert result.ask("document.getElementById('note').value") == "cannot tell"


def test_keys_of_other_keyboards_held_keys_and_shortcuts(
    page: Path, opened: Callable[..., Opened]
) -> None:
    result = opened(page)
    result.begin()

    def fire(**options: Any) -> None:
        event = json.dumps({"bubbles": True, "cancelable": True, **options})
        result.ask(f"document.body.dispatchEvent(new KeyboardEvent('keydown', {event}))")

    fire(key="ф", code="KeyA")
    fire(key="&", code="Digit1")
    assert result.text("count") == f"Item 3, 2 of {N_ITEMS} coded"
    fire(key="1", code="Digit1", repeat=True)
    fire(key="a", code="KeyA", ctrlKey=True)
    fire(key="q", code="KeyA")
    assert result.text("count") == f"Item 3, 2 of {N_ITEMS} coded"
    result.press("?")
    assert result.ask("document.getElementById('help').open")
    result.press("1")
    assert result.text("count") == f"Item 3, 2 of {N_ITEMS} coded"
    result.press("Escape")
    assert not result.ask("document.getElementById('help').open")


def test_coders_have_their_own_work_and_the_sheet_its_own(
    page: Path, open_page: Path, opened: Callable[..., Opened]
) -> None:
    result = opened(page)
    result.begin()
    result.press("1", "2")
    result.page.click("#leave")
    result.begin("Cy")
    assert result.text("count") == f"Item 1, 0 of {N_ITEMS} coded"
    result.page.click("#leave")
    told = result.text("saved-list")
    assert f"Go on as Ann: 2 of {N_ITEMS} coded" in told
    assert f"Go on as Cy: 0 of {N_ITEMS} coded" in told
    result.page.click("text=Go on as Ann")
    assert result.text("count") == f"Item 3, 2 of {N_ITEMS} coded"
    result.page.goto(open_page.as_uri())
    assert result.text("saved-list") == ""
    assert result.ask("document.getElementById('name').value") == "Bo"


def test_two_windows_of_one_coder_share_their_work(
    page: Path, opened: Callable[..., Opened]
) -> None:
    first = opened(page)
    first.begin()
    second = first.page.context.new_page()
    second.goto(page.as_uri())
    second.click("text=Go on as Ann")
    second.keyboard.press("1")
    first.page.locator("#bar[value='1']").wait_for()
    first.press("ArrowRight", "3")
    second.locator("#bar[value='2']").wait_for()


def test_no_name_no_coding(page: Path, opened: Callable[..., Opened]) -> None:
    result = opened(page)
    result.begin("   ")
    assert result.text("name-problem") == "Please write a name or code."
    assert not result.ask("document.getElementById('coding').checkVisibility()")


def test_without_storage_the_page_says_so(page: Path, opened: Callable[..., Opened]) -> None:
    result = opened(page)
    result.ask("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")
    result.begin()
    result.press("1")
    assert "does not keep your work" in result.text("message")
    assert result.text("count") == f"Item 2, 1 of {N_ITEMS} coded"


def test_languages_and_directions(page: Path, opened: Callable[..., Opened]) -> None:
    result = opened(page)
    result.begin()
    seen = {}
    for _ in range(N_ITEMS):
        lang, written, mark = result.ask(
            "(({lang, dir}) => [lang, dir, document.querySelector('mark').textContent])"
            "(document.getElementById('sentence'))"
        )
        seen[lang] = (written, mark)
        result.press("ArrowRight")
    assert seen == {
        **dict.fromkeys(("ar", "he"), ("rtl", "NATO")),
        **dict.fromkeys(("en", "de"), ("ltr", "NATO")),
        "fr": ("ltr", "OTAN"),
        "uk": ("ltr", "НАТО"),
    }


@pytest.mark.parametrize("without_policy", [False, True])
def test_hostile_text_stays_text(
    open_page: Path, opened: Callable[..., Opened], *, without_policy: bool
) -> None:
    # Without the policy too: escaping alone must hold.
    result = opened(open_page, bypass_csp=without_policy)
    result.begin(" <img src=x onerror='window.reached=1'>")
    for _ in range(N_ITEMS):
        assert result.ask("document.querySelectorAll('img, iframe, main script').length") == 0
        assert result.text("facts").startswith("SourceGazette")
        result.press("1")
    result.page.click("#leave")
    assert "onerror" in result.text("saved-list")
    assert result.ask("window.reached") is None
    assert result.console == []
    assert result.requests == [open_page.as_uri()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_names_and_focus(
    open_page: Path, opened: Callable[..., Opened], scheme: str
) -> None:
    result = opened(open_page, color_scheme=scheme)

    def check() -> None:
        assert result.ask(NAMELESS) == []
        found = result.ask(CONTRAST)
        assert len(found) > 20
        assert min(found)[0] >= 4.5, min(found)

    check()
    result.begin()
    # One item of each label, pressed.
    for key in "123":
        result.press(key, "ArrowLeft", "c")
        check()
        result.press("Escape", "ArrowRight")
    for label in ("against", "neutral", "favor"):
        result.page.hover(f"[data-label={label}]")
        check()
    result.press("?")
    check()
    result.press("Escape", *("2" * N_ITEMS))
    check()
    result.press("ArrowLeft")
    for _ in range(8):
        result.press("Tab")
        outline = result.ask(
            "(({outlineStyle, outlineWidth}) => [outlineStyle, parseFloat(outlineWidth)])"
            "(getComputedStyle(document.activeElement))"
        )
        assert outline[0] == "solid"
        assert outline[1] >= 2


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_page_stays_within_its_width(
    open_page: Path, opened: Callable[..., Opened], width: int
) -> None:
    result = opened(open_page, width)
    result.begin()
    for _ in range(N_ITEMS + 1):
        assert result.ask("document.documentElement.scrollWidth") <= width
        result.press("ArrowRight")
    # A label and its buttons are large enough for a finger (WCAG 2.2, 2.5.8).
    result.press("ArrowLeft")
    small = result.ask(
        "[...document.querySelectorAll('main button')].filter(one => one.checkVisibility())"
        ".filter(one => one.getBoundingClientRect().height < 40).length"
    )
    assert small == 0
