"""Mentions without scores."""

from __future__ import annotations

import polars as pl
import pytest

from stancelib.errors import ArgumentError
from stancelib.store import Store
from stancelib.targets import Alias, Target, find_mentions


def test_the_store_finds_what_the_function_finds(store: Store, articles: pl.DataFrame) -> None:
    store.add_documents(articles, progress=False)
    found = store.find_mentions(progress=False)
    assert (found.targets, found.searched, found.mentions, found.documents) == (
        ("NATO", "Russia", "Ukraine"),
        4,
        6,
        3,
    )
    assert int(found) == 6
    alone = find_mentions(store.sentences()).sort("sentence_id", "target", "start")
    assert store.mentions().sort("sentence_id", "target", "start").rows() == alone.rows()
    assert store.scores().is_empty()
    assert store.manifest()["name"].to_list()[-1] == "find_mentions"


def test_what_was_searched_is_skipped_and_a_changed_table_searches_again(
    store: Store, articles: pl.DataFrame
) -> None:
    store.add_documents(articles, progress=False)
    store.find_mentions("NATO", progress=False)
    assert store.find_mentions("NATO", progress=False).searched == 0
    rain = Target(name="Rain", aliases=(Alias(form="rained"),))
    assert int(store.find_mentions({"Rain": rain}, progress=False)) == 2
    more = Target(name="Rain", aliases=(Alias(form="rained"), Alias(form="day")))
    again = store.find_mentions({"Rain": more}, progress=False)
    assert (again.searched, again.mentions) == (4, 3)


def test_an_unknown_target_is_named(store: Store) -> None:
    with pytest.raises(ArgumentError, match="unknown target 'Nato'"):
        store.find_mentions("Nato")
