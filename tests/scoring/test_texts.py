"""Texts in, stances out, without a store; and which mention of a target a sentence is scored at."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancelib.errors import ArgumentError, DataError
from stancelib.schemas import ALIAS_KINDS
from stancelib.scoring import MENTION_PRIORITY, Scorer, first_mentions, score_texts

COLUMNS = {
    "text_index": pl.Int64(),
    "position": pl.Int64(),
    "sentence": pl.String(),
    "target": pl.String(),
    "alias": pl.String(),
    "start": pl.Int64(),
    "end": pl.Int64(),
    "lang": pl.String(),
    "voice": pl.Enum(["author", "quoted"]),
    **dict.fromkeys(["p_against", "p_neutral", "p_favor", "stance"], pl.Float64()),
    "truncated": pl.Boolean(),
    "scorer": pl.String(),
}
TEXTS = [
    "The minister praises NATO. He condemns Russia and visits Ukraine.",
    "The weather was fine all day.",
    "«Le Kremlin ment», a déclaré le ministre. L’OTAN se réunit à Kyiv.",
]


# ---- one mention a pair ---- #


def mentions(*rows: tuple[str, str, int, str]) -> pl.DataFrame:
    """A Mentions frame from ``(sentence, target, start, kind)``."""
    return pl.DataFrame(
        [(s, t, start, start + 3, f"{kind} at {start}", kind) for s, t, start, kind in rows],
        schema={
            "sentence_id": pl.String,
            "target": pl.String,
            "start": pl.Int64,
            "end": pl.Int64,
            "alias": pl.String,
            "kind": pl.Enum(ALIAS_KINDS),
        },
        orient="row",
    )


def test_clearest_kind_wins_then_the_first() -> None:
    frame = mentions(
        ("b#0", "Russia", 0, "demonym"),
        ("b#0", "Russia", 20, "name"),
        ("b#0", "NATO", 30, "name"),
        ("b#0", "Russia", 40, "name"),
        ("a#0", "Russia", 50, "demonym"),
        ("a#0", "Russia", 10, "capital"),
    )
    assert first_mentions(frame).select("sentence_id", "target", "alias").rows() == [
        ("b#0", "Russia", "name at 20"),
        ("b#0", "NATO", "name at 30"),
        ("a#0", "Russia", "capital at 10"),
    ]


@pytest.mark.parametrize(("better", "worse"), list(pairwise(MENTION_PRIORITY)))
def test_each_kind_goes_before_the_next(better: str, worse: str) -> None:
    frame = mentions(("a#0", "NATO", 0, worse), ("a#0", "NATO", 9, better))
    assert first_mentions(frame)["alias"].to_list() == [f"{better} at 9"]


def test_every_kind_has_a_priority() -> None:
    assert set(MENTION_PRIORITY) == set(ALIAS_KINDS)


def test_store_orders_kinds_in_the_same_way(root_folder: Path) -> None:
    schema = (root_folder / "stancelib" / "store" / "schema.sql").read_text(encoding="utf-8")
    kinds = ", ".join(f"'{kind}'" for kind in MENTION_PRIORITY)
    assert f"create type alias_kind as enum ({kinds});" in schema


PLACES = st.tuples(
    st.sampled_from(["a#0", "a#1"]),
    st.sampled_from(["NATO", "Russia"]),
    st.integers(0, 99),
    st.sampled_from(MENTION_PRIORITY),
)


@given(st.lists(PLACES, max_size=12, unique_by=lambda place: place[:3]))
def test_each_pair_keeps_one_of_its_own_mentions(rows: list[tuple[str, str, int, str]]) -> None:
    frame = mentions(*rows)
    chosen = first_mentions(frame)
    assert chosen.schema == frame.schema
    key = ["sentence_id", "target"]
    assert chosen.select(key).rows() == frame.select(key).unique(maintain_order=True).rows()
    best = {
        (s, t): min((MENTION_PRIORITY.index(k), i) for a, b, i, k in rows if (a, b) == (s, t))
        for s, t, _, _ in rows
    }
    found = {(m["sentence_id"], m["target"]): m for m in chosen.to_dicts()}
    assert {
        pair: (MENTION_PRIORITY.index(m["kind"]), m["start"]) for pair, m in found.items()
    } == best


# ---- score_texts ---- #


def test_one_row_for_each_text_sentence_and_target(cue_scorer: Scorer) -> None:
    found = score_texts(TEXTS, scorer=cue_scorer)
    assert dict(found.schema) == COLUMNS
    assert found.select("text_index", "position", "target", "alias", "voice").rows() == [
        (0, 0, "NATO", "NATO", "author"),
        (0, 1, "Russia", "Russia", "author"),
        (0, 1, "Ukraine", "Ukraine", "author"),
        (2, 0, "Russia", "Kremlin", "quoted"),
        (2, 1, "NATO", "OTAN", "author"),
        (2, 1, "Ukraine", "Kyiv", "author"),
    ]
    assert found["stance"].sign().to_list() == [1.0, -1.0, -1.0, 0.0, 0.0, 0.0]
    assert found["scorer"].unique().to_list() == [cue_scorer.name]
    assert found["lang"].to_list() == ["en"] * 3 + ["fr"] * 3
    for row in found.to_dicts():
        assert row["sentence"][row["start"] : row["end"]] == row["alias"]


def test_texts_without_mentions_yield_no_rows(cue_scorer: Scorer) -> None:
    for texts in ([], ["It rains."], ["", " \n "]):
        found = score_texts(texts, scorer=cue_scorer)
        assert found.height == 0
        assert dict(found.schema) == COLUMNS


def test_blank_texts_keep_the_numbers_of_the_others(cue_scorer: Scorer) -> None:
    assert score_texts(["", "NATO met."], scorer=cue_scorer)["text_index"].to_list() == [1]


def test_a_sentence_is_scored_once_a_target_at_its_clearest_mention(cue_scorer: Scorer) -> None:
    found = score_texts(["Moscow denies it, but Russia condemns it."], "en", scorer=cue_scorer)
    assert found.select("target", "alias").rows() == [("Russia", "Russia")]


def test_language_is_given_detected_or_both(cue_scorer: Scorer) -> None:
    texts = ["L’OTAN se réunit aujourd’hui à Bruxelles.", "NATO meets today in Brussels."]

    def languages(lang: Any) -> list[str]:
        return score_texts(texts, lang, scorer=cue_scorer)["lang"].to_list()

    assert languages(None) == ["fr", "en"]
    assert languages(["fr-FR", None]) == ["fr", "en"]
    assert languages([None, "en-US"]) == ["fr", "en"]


@pytest.mark.parametrize(
    ("lang", "message"),
    [
        (["en"], "lang has 1 values for 2 texts"),
        ("1", "lang='1' is no language code"),
        (["en", "?"], r"lang='\?' is no language code"),
    ],
)
def test_languages_that_do_not_fit_are_refused(lang: Any, message: str, cue_scorer: Scorer) -> None:
    with pytest.raises(ArgumentError, match=message):
        score_texts(["NATO.", "NATO."], lang, scorer=cue_scorer)


def test_targets_can_be_chosen(cue_scorer: Scorer) -> None:
    found = score_texts(TEXTS, targets=["NATO"], scorer=cue_scorer)
    assert found["target"].unique().to_list() == ["NATO"]
    with pytest.raises(ArgumentError, match="Did you mean 'NATO'"):
        score_texts(TEXTS, targets=["nato"], scorer=cue_scorer)


def test_one_string_is_not_a_list_of_texts(cue_scorer: Scorer) -> None:
    with pytest.raises(ArgumentError, match="texts is a single string"):
        score_texts("NATO met.", scorer=cue_scorer)


@pytest.mark.parametrize("bad", [None, 3, b"NATO"])
def test_a_text_that_is_no_string_is_named(bad: Any, cue_scorer: Scorer) -> None:
    with pytest.raises(DataError, match=r"text 1 is .*; it must be a string"):
        score_texts(["NATO met.", bad], scorer=cue_scorer)


def test_a_series_of_texts_will_do(cue_scorer: Scorer) -> None:
    assert score_texts(pl.Series(TEXTS), scorer=cue_scorer).equals(
        score_texts(TEXTS, scorer=cue_scorer)
    )


def test_unknown_scorer_is_named_before_any_work() -> None:
    with pytest.raises(ArgumentError, match="unknown scorer 'oracle'"):
        score_texts(TEXTS, scorer="oracle")
