"""Every result is shown: sentence, table and picture, names escaped, and never an error."""

from __future__ import annotations

import base64
import re
import sys
from dataclasses import is_dataclass, replace
from html.parser import HTMLParser
from types import ModuleType
from typing import Any

import altair as alt
import polars as pl
import pytest

import stancelib as sl
from stancelib.charts.theme import DARK, LIGHT
from stancelib.notebook import View, Viewed, view

# Without a chart of their own.
PICTURED = {
    *("interrupted_time_series", "interrupted_counts", "change_points", "placebo_test", "power"),
    *("specification_curve", "counterfactual", "adjust", "event_study", "correction", "corrected"),
    *("difference_in_differences", "synthetic_control", "synthetic_difference_in_differences"),
}


class Reader(HTMLParser):
    """The tags and the text of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        self.text = " ".join(" ".join(self.texts).split())

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self.tags.append(tag)
        if tag not in {"img", "source", "br", "col"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.texts.append(data)


def html_of(thing: Any) -> str:
    return str(thing._repr_html_())


def pictures(html: str) -> list[str]:
    """The SVGs, the dark one first."""
    found = re.findall(r'(?:srcset|src)="data:image/svg\+xml;base64,([^"]+)"', html)
    return [base64.b64decode(one).decode() for one in found]


def test_every_result_is_shown_and_well_formed(results: dict[str, Any]) -> None:
    for name, found in results.items():
        html = html_of(found)
        read = Reader(html)
        assert read.open == [], name
        assert "Not shown in full" not in read.text, (name, read.text)
        assert "No picture" not in read.text, (name, read.text)
        sentence = found._view().sentence  # noqa: SLF001 - what is to be shown
        assert " ".join(sentence.split()) in read.text, name
        assert len(pictures(html)) == (2 if name in PICTURED else 0), name


def test_no_name_becomes_a_tag(results: dict[str, Any]) -> None:
    allowed = {"style", "div", "p", "table", "thead", "tbody", "tfoot", "tr", "th", "td"}
    allowed |= {"picture", "source", "img", "br"}
    for name, found in results.items():
        assert set(Reader(html_of(found)).tags) <= allowed, name
    assert "<script>alert(1)" in Reader(html_of(results["interrupted_time_series"])).text
    assert "<script>alert(2)" in Reader(html_of(results["decompose_change"])).text
    assert "<i>soon</i>" in Reader(html_of(results["read_documents"])).text


def test_text_of_results_is_short_and_holds_no_frames(results: dict[str, Any]) -> None:
    for name, found in results.items():
        assert repr(found).startswith(f"{type(found).__name__}("), name
        assert "shape: (" not in repr(found), name
        assert "\n" not in repr(found), name
        assert str(found), name


def test_same_result_is_the_same_bytes(results: dict[str, Any]) -> None:
    for name in ("interrupted_time_series", "counterfactual", "read_documents", "open_store"):
        assert html_of(results[name]) == html_of(results[name]), name


def returned_classes(name: str) -> set[type]:
    """The classes that a public function says it returns, alone or in a list."""
    function = getattr(sl, name)
    # Once imported, the room `report` stands for its function, as a module that can be called.
    function = getattr(function, name) if isinstance(function, ModuleType) else function
    if isinstance(function, type) or not callable(function):
        return set()
    module = sys.modules[function.__module__]
    names = re.findall(r"\w+", str(function.__annotations__["return"]))
    found = [getattr(module, part, getattr(sl, part, None)) for part in names]
    return {kind for kind in found if isinstance(kind, type)}


def test_every_class_that_a_public_function_returns_is_shown(results: dict[str, Any]) -> None:
    returned = {name: returned_classes(name) for name in sl.__all__}
    own = {
        name: {kind for kind in kinds if is_dataclass(kind) or kind is sl.Store}
        for name, kinds in returned.items()
    }
    classes = set().union(*own.values())
    assert {kind for kind in classes if not issubclass(kind, Viewed)} == set()
    made = {type(found) for found in results.values()}
    assert len(made) > 30
    assert len(classes) > 25
    assert classes <= made


def test_every_public_dataclass_is_shown() -> None:
    classes = {name for name in sl.__all__ if isinstance(getattr(sl, name), type)}
    dataclasses = {name for name in classes if is_dataclass(getattr(sl, name))}
    assert len(dataclasses) > 20
    assert {name for name in dataclasses if not issubclass(getattr(sl, name), Viewed)} == set()


def test_effect_shows_its_numbers(effects: dict[str, Any]) -> None:
    effect = effects["interrupted_time_series"]
    read = Reader(html_of(effect)).text
    level = effect.table.row(0, named=True)
    told = [f"{level[name]:+.2f}".replace("-", "−") for name in ("estimate", "low", "high")]
    assert f"level {told[0]} {level['se']:.2f} {told[1]} {told[2]}" in read
    assert "estimate se low high p_value n" in read


def test_factors_have_no_sign(effects: dict[str, Any]) -> None:
    counts = effects["interrupted_counts"]
    read = Reader(html_of(counts)).text
    ratio = counts.ratios.row(0, named=True)
    assert f"level {ratio['ratio']:.2f} {ratio['low']:.2f} {ratio['high']:.2f}" in read


def test_shares_and_coefficients(validations: dict[str, Any]) -> None:
    audit = validations["audit_scorer"].table.row(0, named=True)
    read = Reader(html_of(validations["audit_scorer"])).text
    assert f"{audit['failure_rate']:.0%} {audit['low']:.0%} {audit['high']:.0%}" in read
    agreement = validations["agreement"].table.row(0, named=True)
    read = Reader(html_of(validations["agreement"])).text
    assert f"percent {agreement['estimate']:.2f}" in read
    assert "<b>Bo" in read


def test_store_shows_what_is_in_it(rooms: dict[str, Any], store: sl.Store) -> None:
    counts = store.summary()
    read = Reader(html_of(store)).text
    assert f"{counts['documents']:,} articles of {len(counts['sources'])} sources" in read
    assert f"{counts['first_published']:%Y-%m-%d}" in read
    for name in (*counts["sources"], *counts["targets"], *counts["scorers"]):
        assert name in read
    for reason, number in counts["rejected_by_reason"].iter_rows():
        assert f"{reason} {number}" in read
    assert repr(store) == "Store(':memory:')"
    assert "which is closed" in Reader(html_of(rooms["closed_store"])).text


def test_ingest_shows_accepted_and_rejected(rooms: dict[str, Any]) -> None:
    read = Reader(html_of(rooms["read_documents"])).text
    assert "2 rows in 1 input(s): 1 accepted 1 rejected" in read.replace(",", "")
    assert "unparsable date 1 1 <i>soon</i>" in read
    assert "Ingest(2 rows in 1 input(s): 1 accepted, 1 rejected" in repr(rooms["read_documents"])


def test_picture_has_both_themes_and_words(effects: dict[str, Any]) -> None:
    for name in ("interrupted_time_series", "specification_curve", "placebo_test", "adjust"):
        html = html_of(effects[name])
        dark, light = pictures(html)
        assert LIGHT.background in light
        assert LIGHT.ink in light
        assert DARK.background in dark
        assert DARK.ink in dark
        for colour in (LIGHT.ink, LIGHT.muted, LIGHT.background, *LIGHT.categories):
            assert colour not in dark, (name, colour)
        assert 'alt="' in html
        assert "<script" not in light
    assert "prefers-color-scheme: dark" in html


class Broken(Viewed):
    """Shows nothing, or no picture."""

    def __init__(self, view: View | None) -> None:
        self.view = view

    def _view(self) -> View:
        if self.view is None:
            raise ValueError("no <view>")
        return self.view


def test_what_cannot_be_drawn_says_why() -> None:
    def draw() -> alt.Chart:
        raise ValueError("no <articles> to draw")

    read = Reader(html_of(Broken(View("A sentence.", chart=draw))))
    assert "A sentence." in read.text
    assert "No picture: no <articles> to draw" in read.text


def test_what_cannot_be_shown_is_no_error() -> None:
    read = Reader(html_of(Broken(None)))
    assert "Not shown in full: ValueError: no <view>" in read.text
    assert read.tags == ["pre", "p"]


def test_pictures_that_are_too_large_are_left_out(
    effects: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stancelib.notebook.picture.LARGEST", 10)
    assert "too large" in Reader(html_of(effects["power"])).text


def test_notes_and_captions_are_escaped() -> None:
    shown = View("One\nTwo", {"<b>": pl.DataFrame({"a": [1]})}, notes=("<i>",))
    read = Reader(view.view_html(shown))
    assert read.text == "One Two <b> a 1 <i>"
    empty = replace(shown, tables={"<b>": pl.DataFrame({"a": []})}, notes=())
    assert Reader(view.view_html(empty)).text == "One Two"
