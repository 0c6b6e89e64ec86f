"""What stands on the page, read without a browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import stancelib as sl
from stancelib.errors import ArgumentError, NotEnoughDataError
from stancelib.report import figures
from stancelib.report.figures import Album

LARGEST_PAGE = 3_000_000


@pytest.fixture(scope="module")
def page(
    store: sl.Store,
    summit: sl.Event,
    late_event: sl.Event,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """The page of the small store."""
    place = tmp_path_factory.mktemp("page") / "new" / "report.html"
    written = sl.report(store, [summit, late_event], place, time_zone="Europe/Kyiv")
    assert written == place
    return place.read_text(encoding="utf-8")


def charts_of(page: str) -> dict[str, Any]:
    """What the script of the page reads."""
    (found,) = re.findall(r'<script type="application/json" id="charts">(.*?)</script>', page)
    return json.loads(found)


def words(page: str) -> str:
    """The text of the page, without its scripts and style."""
    body = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_page_is_small_and_names_its_targets(page: str) -> None:
    assert len(page.encode()) < LARGEST_PAGE
    assert '<h1 dir="auto">Stance toward NATO</h1>' in page


def test_vega_is_there_once(page: str) -> None:
    assert page.count("window.vegaEmbed=") == 1


def test_answer_says_what_was_read_and_what_moved(page: str) -> None:
    text = words(page)
    assert "184 articles of 2 sources, 3 Jan 2022 to" in text
    assert "Around Beacon summit (28 Mar 2022), " in text
    assert "Around Later summit (1 Jan 2030), no effect could be estimated" in text
    assert "2 of 4 effects were refused, with reasons below." in text


def test_refused_effect_prints_its_reason(page: str, store: sl.Store, late_event: sl.Event) -> None:
    series = store.series(time_zone="Europe/Kyiv")
    with pytest.raises((NotEnoughDataError, ArgumentError)) as refusal:
        sl.interrupted_time_series(series, late_event, source="Beacon Wire", target="NATO")
    assert words(page).count(f"Not estimated: {refusal.value}") == 2
    assert f"not estimated: {refusal.value}" in words(page)


def test_effect_has_its_sentence_numbers_and_chart(
    page: str, store: sl.Store, summit: sl.Event
) -> None:
    series = store.series(time_zone="Europe/Kyiv")
    effect = sl.interrupted_time_series(series, summit, source="Beacon Wire", target="NATO")
    text = words(page)
    assert effect.sentence in text
    level = effect.table.row(0, named=True)
    assert f"{level['estimate']:+.2f}".replace("-", "−") in text
    labels = [unescape(label) for label in re.findall(r'role="img" aria-label="([^"]*)"', page)]
    assert effect.sentence in labels
    assert len(labels) == len(charts_of(page)["charts"]) == 3


def test_rejects_are_counted_with_examples(page: str, store: sl.Store) -> None:
    by_reason = store.summary()["rejected_by_reason"]
    text = words(page)
    assert by_reason["rows"].sum() == 2
    for reason, rows in by_reason.iter_rows():
        assert f"{reason} {rows} row " in text


def test_coverage_counts_the_periods_of_each_source(page: str) -> None:
    text = words(page)
    assert re.search(r"Beacon Wire 96 192 en 3 Jan 2022 \d+ Jun 2022 \d+ % 24 of 24", text)
    assert re.search(r"Газета Приклад 88 \d+ en 3 Jan 2022 \d+ Jun 2022 \d+ % 22 of 24", text)


def test_weeks_start_on_monday_of_the_time_zone(page: str) -> None:
    tables = charts_of(page)["tables"].values()
    first = [
        row[table["columns"].index("period")]
        for table in tables
        if {"line_run", "period"} <= set(table["columns"])
        for row in table["rows"]
    ]
    assert min(first) == "2022-01-03T00:00:00Z"
    assert "dates on this page are of that zone" in words(page)


def test_telling_sentences_mark_the_mention_and_link_to_the_web(page: str) -> None:
    quotes = re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", page)
    assert "<mark>NATO</mark> is a welcome partner." in quotes
    assert "<mark>NATO</mark> is a dishonest partner." in quotes
    assert 'href="https://example.org/0/' in page


def test_manifest_and_versions_are_there(page: str, store: sl.Store) -> None:
    text = words(page)
    for step in store.manifest().iter_rows(named=True):
        assert f"{step['step']} {step['name']} " in text
        assert step["arguments"] in text
    assert f"stancelib {sl.__version__} · Python " in text
    assert "cue-words@1" in text


def test_policy_allows_only_what_the_page_carries(page: str) -> None:
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    policy = unescape(policy)
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    (style,) = re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)
    for text in (*scripts, style):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert policy.count("sha256-") == 3
    assert "unsafe" not in policy


def test_headings_go_down_one_step_at_a_time(page: str) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", page)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert re.findall(r"<(header|main|footer|nav)[ >]", page) == ["header", "nav", "main", "footer"]


def test_same_store_gives_the_same_bytes(store: sl.Store, summit: sl.Event, tmp_path: Path) -> None:
    first, second = (
        sl.report(store, summit, tmp_path / name).read_bytes() for name in ("a.html", "b.html")
    )
    assert first == second


def test_events_may_be_a_file(store: sl.Store, tmp_path: Path) -> None:
    events = tmp_path / "events.csv"
    events.write_text("date,event\n2022-02-28,Beacon <summit>\n", encoding="utf-8")
    page = sl.report(
        store, events, tmp_path / "r.html", time_zone="Europe/Kyiv", title="Mine & yours"
    ).read_text(encoding="utf-8")
    assert "Around Beacon <summit> (28 Feb 2022)" in words(page)
    assert '<h1 dir="auto">Mine &amp; yours</h1>' in page


def test_page_without_events_says_so(store: sl.Store, tmp_path: Path) -> None:
    page = sl.report(store, [], tmp_path / "r.html").read_text(encoding="utf-8")
    assert "No event was given." in words(page)


def test_chart_without_room_is_left_out_and_said(
    store: sl.Store, summit: sl.Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "CHART_BUDGET", 30_000)
    page = sl.report(store, summit, tmp_path / "r.html").read_text(encoding="utf-8")
    assert "This chart was left out so that the page stays small" in words(page)
    assert len(charts_of(page)["charts"]) < 3


def test_charts_share_their_tables(store: sl.Store) -> None:
    series = store.series("NATO")
    album = Album()

    def draw(width: int) -> Any:
        from stancelib.charts import stance_over_time

        return stance_over_time(series, width=width)

    album.add(draw)
    once = set(album.tables)
    album.add(draw)
    assert set(album.tables) == once
    assert len(album.charts) == 2


def test_room_is_the_function_however_it_was_imported(tmp_path: Path, root_folder: Path) -> None:
    code = (
        "import stancelib.report, stancelib as sl\n"
        "with sl.open_store(':memory:') as store:\n"
        f"    sl.report(store, [], {str(tmp_path / 'r.html')!r})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root_folder, capture_output=True, text=True, check=False
    )
    assert "no sentence has a score yet" in done.stderr


def test_unknown_target_is_refused(store: sl.Store, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="Nato"):
        sl.report(store, [], tmp_path / "r.html", targets="Nato")
    assert not (tmp_path / "r.html").exists()


def test_source_that_never_names_the_target(
    fill_store: Callable[[pl.DataFrame], sl.Store],
    make_article: Callable[..., dict[str, object]],
    summit: sl.Event,
    tmp_path: Path,
) -> None:
    rows = [
        make_article(0, "Speaks", 0, "NATO is a welcome partner.", None),
        make_article(0, "Silent", 0, "It rained.", None),
    ]
    with fill_store(pl.DataFrame(rows)) as sparse:
        page = sl.report(sparse, summit, tmp_path / "r.html").read_text(encoding="utf-8")
    text = words(page)
    assert "0 of 1" in text
    assert text.count("Not estimated: ") == 2
