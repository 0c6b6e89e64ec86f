"""Mentions behind other names: what is replaced, and what stays."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from stancelib.training.augment import PLACEHOLDER, with_other_mentions

NAMES = {"en": ["Norway", "the Senate of Freedonia"], "ru": ["Норвегия"]}


def frame(lang: str, height: int = 400) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "text": ["Today Russia votes."] * height,
            "start": [6] * height,
            "end": [12] * height,
            "label": list(range(height)),
            "lang": [lang] * height,
        }
    )


def mentions(replaced: pl.DataFrame) -> list[str]:
    return [row["text"][row["start"] : row["end"]] for row in replaced.iter_rows(named=True)]


def test_half_become_a_placeholder_and_half_another_name() -> None:
    found = mentions(with_other_mentions(frame("en"), NAMES, share=1.0, seed=[3]))
    assert set(found) == {PLACEHOLDER, *NAMES["en"]}
    # 400 fair draws lie within 3.3 standard deviations of 200 in 999 of 1,000 seeds.
    assert abs(found.count(PLACEHOLDER) - 200) < 33


def test_where_names_are_inflected_only_the_placeholder_fits() -> None:
    assert set(mentions(with_other_mentions(frame("ru"), NAMES, share=1.0, seed=[3]))) == {"X"}


def test_a_description_is_not_replaced_by_a_name() -> None:
    rows = pl.DataFrame({"text": ["The old minister left."], "start": 4, "end": 16, "lang": "en"})
    seeds = [with_other_mentions(rows, NAMES, share=1.0, seed=[i]) for i in range(20)]
    assert {row["text"].item() for row in seeds} == {"The X left."}


def test_no_share_changes_nothing() -> None:
    assert with_other_mentions(frame("en"), NAMES, share=0.0, seed=[1]).equals(frame("en"))


@given(share=st.floats(0, 1), seed=st.integers(0, 1000))
def test_the_rest_of_the_sentence_and_the_label_stay(share: float, seed: int) -> None:
    rows = frame("en", 30)
    replaced = with_other_mentions(rows, NAMES, share=share, seed=[seed])
    assert replaced["label"].equals(rows["label"])
    assert replaced["start"].equals(rows["start"])
    assert all(
        row["text"][: row["start"]] == "Today " and row["text"][row["end"] :] == " votes."
        for row in replaced.iter_rows(named=True)
    )
    assert replaced.equals(with_other_mentions(rows, NAMES, share=share, seed=[seed]))
