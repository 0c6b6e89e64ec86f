"""One label from several: rules, decisions by hand, and what stays open with its reason."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import stancelib as sl
from stancelib.errors import ArgumentError, DataError

CODED = pl.DataFrame(
    [
        ("agreed", "Ann", "favor"),
        ("agreed", "Bo", "favor"),
        ("agreed", "Cy", "favor"),
        ("split", "Ann", "against"),
        ("split", "Bo", "neutral"),
        ("split", "Cy", None),
        ("most", "Ann", "against"),
        ("most", "Bo", "against"),
        ("most", "Cy", "favor"),
        ("single", "Ann", "neutral"),
        ("single", "Bo", None),
    ],
    schema=["item", "coder", "label"],
    orient="row",
)
COLUMNS = ["item", "label", "n_codings", "share", "decided", "reason"]


def test_majority() -> None:
    found = sl.adjudicate(CODED)
    assert found.columns == COLUMNS
    assert found.rows() == [
        ("agreed", "favor", 3, 1.0, "rule", None),
        ("most", "against", 3, pytest.approx(2 / 3), "rule", None),
        ("single", "neutral", 1, 1.0, "rule", None),
        ("split", None, 2, None, None, "tie"),
    ]


def test_unanimous_with_two_codings() -> None:
    found = sl.adjudicate(CODED, rule="unanimous", fewest=2)
    assert dict(zip(found["item"], found["reason"], strict=True)) == {
        "agreed": None,
        "most": "not unanimous",
        "single": "too few codings",
        "split": "not unanimous",
    }
    assert found["label"].to_list() == ["favor", None, None, None]


def test_decisions_stand_before_the_rule() -> None:
    decisions = pl.DataFrame({"item": ["split", "most"], "label": ["neutral", "neutral"]})
    found = sl.adjudicate(CODED, decisions=decisions)
    assert found.columns == COLUMNS
    assert found.rows()[1] == ("most", "neutral", 3, None, "adjudicator", None)
    assert found.rows()[3] == ("split", "neutral", 2, 0.5, "adjudicator", None)
    assert found.rows()[0] == ("agreed", "favor", 3, 1.0, "rule", None)


def test_the_order_of_codings_changes_nothing() -> None:
    shuffled = CODED.sample(fraction=1, shuffle=True, seed=1)
    assert sl.adjudicate(shuffled).equals(sl.adjudicate(CODED))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"rule": "mean"}, ArgumentError, "unknown rule 'mean'; known rules: majority, unanimous"),
        ({"fewest": 0}, ArgumentError, "fewest must be at least 1; got 0"),
        (
            {"decisions": pl.DataFrame({"item": ["x"], "label": ["favor"]})},
            ArgumentError,
            "item 'x', which nobody coded",
        ),
        (
            {"decisions": pl.DataFrame({"item": ["most"], "label": ["for"]})},
            DataError,
            "as 'for'; known labels: against, neutral, favor",
        ),
    ],
)
def test_refusals(options: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        sl.adjudicate(CODED, **options)
