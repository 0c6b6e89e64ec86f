"""The parts of a report beside the effects: gaps, copies, methods, limits, hashes, formats."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

import stancelib as sl
from stancelib.errors import ArgumentError, DataError, EnvironmentProblem
from stancelib.report.articles_part import copies_part, gaps_part
from stancelib.report.drift_part import drift_of
from stancelib.report.markdown import address, plain
from stancelib.report.methods import methods_part
from stancelib.report.rerun_part import series_hash
from stancelib.report.robustness import checked


def article(
    source: str, day: int, original: str | None = None, hour: int = 12
) -> dict[str, object]:
    return {
        "source": source,
        "published_at": datetime(2022, 3, day, hour, tzinfo=UTC),
        "original_source": original,
        "is_copy": original is not None,
    }


def articles(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema_overrides={"original_source": pl.String})


def manifest(*steps: tuple[str, dict[str, object], bool]) -> pl.DataFrame:
    at = datetime(2022, 4, 1, tzinfo=UTC)
    return pl.DataFrame(
        {
            "step": range(1, len(steps) + 1),
            "name": [name for name, _, _ in steps],
            "arguments": [json.dumps(arguments) for _, arguments, _ in steps],
            "finished_at": [at if ended else None for _, _, ended in steps],
        },
        schema_overrides={"finished_at": pl.Datetime("us", "UTC")},
    )


LOOKED = {
    "threshold": 0.6,
    "within_days": 7,
    "min_words": 20,
    "shingle": 3,
    "n_permutations": 64,
}


def test_gaps_count_days_without_an_article() -> None:
    rows = articles(article("A", 1), article("A", 2), article("A", 6), article("A", 8))
    gaps = gaps_part(rows, "UTC")["A"]
    assert (gaps.days, gaps.without) == (8, 4)
    assert gaps.longest == "3 days: 3 Mar 2022 to 5 Mar 2022"
    assert gaps.words == "4 of 8 (50 %)"


def test_gaps_are_of_the_days_of_the_time_zone() -> None:
    late = articles(article("A", 1, hour=23), article("A", 2))
    assert gaps_part(late, "UTC")["A"].days == 2
    assert gaps_part(late, "Europe/Kyiv")["A"].days == 1


def test_copies_are_counted_by_whose_they_are() -> None:
    rows = articles(article("A", 1), article("A", 2, "A"), article("B", 2, "A"), article("B", 3))
    part = copies_part(rows, manifest(("mark_duplicates", LOOKED, True)))
    counts = [(one.source, one.articles, one.own, one.foreign) for one in part.sources]
    assert counts == [("A", 2, 1, 0), ("B", 2, 0, 1)]
    assert part.sentence.startswith("2 of 4 articles (50 %) are near-copies")
    assert part.count == "2"


@pytest.mark.parametrize("steps", [[], [("mark_duplicates", LOOKED, False)]])
def test_copies_that_were_not_looked_for_are_no_zero(
    steps: list[tuple[str, dict[str, object], bool]],
) -> None:
    part = copies_part(articles(article("A", 1)), manifest(*steps))
    assert not part.was_searched
    assert part.count == "not looked for"


def test_only_methods_that_were_used_are_cited() -> None:
    steps = manifest(("mark_duplicates", LOOKED, False), ("score", {}, True))
    told = methods_part(steps, "embedded@1", analyses=["series"], is_detected=False)
    works = " ".join(told.references)
    assert "Wang" in works
    assert "Aho" in works
    for absent in ("Broder", "Simonsohn", "Holm", "Lui"):
        assert absent not in works
    cited = sorted({number for method in told.methods for number in method.cites})
    assert cited == list(range(1, len(told.references) + 1))


def test_methods_take_their_values_from_the_manifest() -> None:
    steps = manifest(("mark_duplicates", LOOKED | {"shingle": 5}, True))
    told = methods_part(steps, "mine@2", analyses=["placebo"], is_detected=False)
    text = " ".join(method.text for method in told.methods)
    assert "5-word shingles (64 values each)" in text
    assert "by mine@2." in text


def test_unknown_check_is_refused() -> None:
    with pytest.raises(ArgumentError, match="Did you mean 'placebo'"):
        checked("placebos")  # type: ignore[arg-type]


def test_series_has_the_hash_of_its_csv(store: sl.Store, tmp_path: Path) -> None:
    series = store.series(time_zone="Europe/Kyiv")
    place = tmp_path / "series.csv"
    series.write_csv(place, datetime_format="%Y-%m-%dT%H:%M:%S%:z")
    assert series_hash(series) == hashlib.sha256(place.read_bytes()).hexdigest()


def test_markdown_says_what_the_page_says(
    store: sl.Store, summit: sl.Event, tmp_path: Path
) -> None:
    zone = "Europe/Kyiv"
    place = sl.report(store, summit, tmp_path / "told.md", time_zone=zone, title="<b>*Mine*</b>")
    text = place.read_text(encoding="utf-8")
    assert text.startswith(r"# \<b\>\*Mine\*\</b\>")
    series = store.series(time_zone=zone)
    effect = sl.interrupted_time_series(series, summit, source="Beacon Wire", target="NATO")
    assert plain(effect.sentence) in text
    pictures = re.findall(r"\]\((told_charts/[^)]*)\)", text)
    assert len(pictures) == 3
    for picture in pictures:
        assert (tmp_path / picture).read_text(encoding="utf-8").startswith("<svg")
    assert series_hash(series) in text
    assert "```" not in text


def test_addresses_cannot_leave_their_link() -> None:
    assert address("https://example.org/a) [x](b") == "https://example.org/a%29%20%5Bx%5D%28b"


def test_pdf_needs_a_page_and_a_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="there is no page"):
        sl.report_pdf(tmp_path / "none.html")
    page = tmp_path / "page.html"
    page.write_text("<p>x", encoding="utf-8")
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(EnvironmentProblem, match="installed Chromium or Chrome"):
        sl.report_pdf(page)


@pytest.mark.browser
def test_pdf_is_printed(store: sl.Store, summit: sl.Event, tmp_path: Path) -> None:
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        pytest.skip("no Chromium is installed, so nothing was printed")
    page = sl.report(store, summit, tmp_path / "told.html")
    printed = sl.report_pdf(page)
    assert printed == tmp_path / "told.pdf"
    assert printed.read_bytes().startswith(b"%PDF-")
    assert printed.stat().st_size > 30_000


def test_labels_tell_whether_the_error_is_stable(store: sl.Store, summit: sl.Event) -> None:
    sample = sl.draw_sample(store, 40, target="NATO", seed=1)
    named = ["against", "neutral", "favor"]
    labels = sample.pairs.select(
        "item", label=(pl.int_range(pl.len()) % 3).replace_strict(dict(enumerate(named)))
    )
    gold = sl.gold_labels(store, sample, labels)
    found = drift_of(store, gold, summit, None)
    assert found is not None
    assert found.sentence == sl.error_drift(store, gold, summit, by=()).sentence
    assert not found.is_refused
    late = replace(summit, at=summit.at + timedelta(days=4000))
    refused = drift_of(store, gold, late, None)
    assert refused is not None
    assert refused.is_refused
    assert "a drift needs at least 2 on each side" in refused.sentence
    assert drift_of(store, None, summit, None) is None


def test_the_drift_stands_on_the_page(store: sl.Store, summit: sl.Event, tmp_path: Path) -> None:
    sample = sl.draw_sample(store, 40, target="NATO", seed=1)
    gold = sl.gold_labels(store, sample, sample.pairs.select("item", label=pl.lit("neutral")))
    page = sl.report(store, [summit], tmp_path / "report.md", gold=gold)
    told = sl.error_drift(store, gold, summit, by=()).sentence
    assert told.split("(")[0].strip() in page.read_text("utf-8").replace("\\", "")
