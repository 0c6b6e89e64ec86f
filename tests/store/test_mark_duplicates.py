"""Near-copies are marked in the store, over all of its articles."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import polars as pl
import pytest

import stancelib as sl
from stancelib.errors import ArgumentError, DataError
from stancelib.store import Store, duplicates

Make = Callable[..., Any]
WIRE = (
    "The ferry to the northern islands will sail again from Monday, the harbour office said. "
    "A storm had damaged the pier in March and torn two cranes from their rails. Repairs took six "
    "weeks and cost less than the council had feared."
)
OTHER = (
    "Voters in the valley decide on Sunday whether the old mill becomes a museum. Friends of the "
    "mill have collected signatures for two years and speak of a place for children and schools."
)
ROWS = [
    ("a1", "Gazette", 1, WIRE),
    ("a2", "Gazette", 2, WIRE + " Tickets are on sale."),
    ("b1", "Courier", 2, WIRE.upper()),
    ("b2", "Courier", 3, OTHER),
    ("c1", "Mirror", 4, OTHER),
    ("c2", "Mirror", 4, "It rained all day."),
]
MARKED = [None, "a1", "a1", None, "b2", None]


def marked(store: Store) -> list[str | None]:
    return store.documents().sort("doc_id")["duplicate_of"].to_list()


def test_copies_are_marked_and_counted(store: Store, make_documents: Make) -> None:
    store.add_documents(make_documents(ROWS), progress=False)
    result = store.mark_duplicates()
    assert marked(store) == MARKED
    assert (result.documents, result.originals, result.copies) == (6, 2, 3)
    assert (result.across_outlets, result.within_outlets) == (2, 1)
    assert int(result) == 3
    assert str(result).startswith("3 near-copies of 2 originals among 6 articles: 2 across")


def test_again_gives_the_same(store: Store, make_documents: Make) -> None:
    store.add_documents(make_documents(ROWS), progress=False)
    first = store.mark_duplicates()
    before = store.documents()
    assert store.mark_duplicates() == first
    assert store.documents().equals(before)


@pytest.mark.parametrize("parts", [[[0, 3], [1, 2, 4, 5]], [[1, 4], [5], [0, 2, 3]]])
def test_articles_that_come_later_give_what_all_at_once_give(
    store: Store, make_documents: Make, parts: list[list[int]]
) -> None:
    frame = make_documents(ROWS)
    for part in parts:
        store.add_documents(frame[part], progress=False)
        store.mark_duplicates()
    assert marked(store) == MARKED


def test_what_came_with_the_articles_is_written_over(store: Store, make_documents: Make) -> None:
    given = ["c2", None, None, None, None, "a1"]
    store.add_documents(make_documents(ROWS, duplicate_of=given), progress=False)
    store.mark_duplicates()
    assert marked(store) == MARKED
    store.mark_duplicates(threshold=1, within_days=0)
    assert marked(store) == [None, None, "a2", None, None, None]


def test_reading_marks_nothing(make_documents: Make) -> None:
    read = sl.read_documents(make_documents(ROWS, duplicate_of=["c2"] * 6).drop("lang_margin"))
    assert read.accepted["duplicate_of"].null_count() == 6


def test_the_manifest_has_options_seed_input_and_counts(store: Store, make_documents: Make) -> None:
    store.add_documents(make_documents(ROWS), progress=False)
    store.mark_duplicates(seed=7, threshold=0.7)
    store.mark_duplicates()
    first, again = store.manifest().filter(name="mark_duplicates").to_dicts()
    assert json.loads(first["arguments"]) == {
        "min_words": 20,
        "n_permutations": 64,
        "shingle": 3,
        "threshold": 0.7,
        "within_days": 7,
    }
    assert json.loads(first["seeds"]) == {"minhash": 7}
    assert json.loads(first["counts"]) == {
        "across_outlets": 2,
        "copies": 3,
        "documents": 6,
        "originals": 2,
        "within_outlets": 1,
    }
    assert first["inputs"] == again["inputs"]
    assert json.loads(first["packages"])["rensa"] == version("rensa")


def test_an_empty_store_has_no_copies(store: Store) -> None:
    result = store.mark_duplicates()
    assert (result.documents, result.originals, result.copies) == (0, 0, 0)


def test_options_are_checked(store: Store) -> None:
    with pytest.raises(ArgumentError, match=r"threshold=0\.1; it must be from 0.5 to 1"):
        store.mark_duplicates(threshold=0.1)


def test_a_failure_leaves_the_marks_as_they_were(
    store: Store, make_documents: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add_documents(make_documents(ROWS), progress=False)
    store.mark_duplicates()

    def fail(_documents: pl.DataFrame, **_options: object) -> pl.DataFrame:
        raise OSError("no memory")

    monkeypatch.setattr(duplicates, "find_duplicates", fail)
    with pytest.raises(OSError, match="no memory"):
        store.mark_duplicates()
    assert marked(store) == MARKED
    assert store.manifest().row(-1, named=True)["finished_at"] is None


def test_a_copy_is_one_story_in_the_series(
    store: Store, make_documents: Make, cue_words: Callable[..., Any]
) -> None:
    rows = [(name, source, day, f"NATO is good. {text}") for name, source, day, text in ROWS]
    store.add_documents(make_documents(rows), progress=False)
    store.score(cue_words(), "NATO", progress=False)
    assert store.series("NATO", every="1mo", by=None)["n_effective"].to_list() == [6]
    store.mark_duplicates()
    sizes = store.documents()["duplicate_of"].fill_null(store.documents()["doc_id"]).value_counts()
    assert sizes.height == 3
    # Kish's number of stories that weigh as many articles as they have.
    expected = 6**2 / (sizes["count"] ** 2).sum()
    found = store.series("NATO", every="1mo", by=None)["n_effective"].to_list()
    assert found == pytest.approx([expected])


def test_marks_that_are_out_of_date_are_refused(
    store: Store, make_documents: Make, cue_words: Callable[..., Any]
) -> None:
    rows = [(name, source, day, f"NATO is good. {text}") for name, source, day, text in ROWS]
    store.add_documents(make_documents(rows[:4]), progress=False)
    store.score(cue_words(), "NATO", progress=False)
    with pytest.raises(DataError, match=r"never looked for; run store\.mark_duplicates\(\) first"):
        store.series("NATO", duplicates="drop")
    store.mark_duplicates()
    assert store.series("NATO", duplicates="drop")["n_documents"].sum() == 2
    store.add_documents(make_documents(rows[:4]), progress=False)
    assert store.series("NATO")["n_documents"].sum() == 4
    store.add_documents(make_documents(rows), progress=False)
    store.score(cue_words(), "NATO", progress=False)
    for treatment in ("cluster", "drop"):
        with pytest.raises(DataError, match="added since copies were marked"):
            store.series("NATO", duplicates=treatment)
    assert store.series("NATO", duplicates="keep")["n_documents"].sum() == 6
