"""The frame of pairs is checked once, and every fault is named with its row and value."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancelib.errors import DataError
from stancelib.scoring import attach_scores, check_pairs, scorer_name

GOOD = {"text": "NATO met.", "start": 0, "end": 4, "target": "NATO", "lang": "en"}
SCHEMA = {
    "text": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "target": pl.String,
    "lang": pl.String,
}


def frame_with(**faults: object) -> pl.DataFrame:
    """Two rows, of which the second has the faults."""
    return pl.DataFrame([GOOD, {**GOOD, **faults}], schema=SCHEMA)


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        ({"text": None}, "row 1: text is null"),
        ({"text": " \n"}, r"row 1: text=' \\n' is blank"),
        ({"target": None}, "row 1: target is null"),
        ({"target": ""}, "row 1: target='' is blank"),
        ({"start": None}, "row 1: start=None and end=4; give both, or null for both"),
        ({"end": None}, "row 1: start=0 and end=None; give both, or null for both"),
        ({"start": -1}, "row 1: start=-1 is negative"),
        ({"end": 10}, "row 1: end=10 is past the text, which has 9 code points"),
        ({"start": 4}, "row 1: start=4 is not before end=4"),
        ({"start": 5}, "row 1: start=5 is not before end=4"),
    ],
)
def test_a_fault_is_named_with_its_row_and_value(faults: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=f"^{message}$"):
        check_pairs(frame_with(**faults))


@pytest.mark.parametrize("column", ["text", "start", "end", "target"])
def test_a_missing_column_is_named(column: str) -> None:
    with pytest.raises(DataError, match=f"column '{column}' is missing; found columns: "):
        check_pairs(frame_with().drop(column))


@pytest.mark.parametrize(
    ("column", "kind"),
    [("start", pl.Float64), ("end", pl.String), ("text", pl.Binary), ("target", pl.Int64)],
)
def test_another_type_is_refused(column: str, kind: type[pl.DataType]) -> None:
    frame = frame_with().with_columns(pl.lit(None, kind).alias(column))
    with pytest.raises(DataError, match=f"column '{column}' has the type {kind()!s}; it must be "):
        check_pairs(frame)


def test_scores_are_not_written_over() -> None:
    with pytest.raises(DataError, match="already has stance; drop or rename"):
        check_pairs(frame_with().with_columns(stance=0.5))


def test_any_integer_and_categorical_will_do() -> None:
    frame = frame_with().cast({"start": pl.UInt32, "end": pl.Int16, "target": pl.Categorical})
    assert check_pairs(frame).schema == SCHEMA


def test_offsets_are_code_points() -> None:
    text = "🙂 Росія"
    frame = frame_with(text=text, start=2, end=len(text))
    assert check_pairs(frame)["end"].to_list() == [4, 7]


@given(st.text(min_size=1, max_size=20).filter(str.strip), st.data())
def test_every_span_inside_the_text_is_accepted(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    row = check_pairs(frame_with(text=text, start=start, end=end)).row(1, named=True)
    assert (row["text"], row["start"], row["end"]) == (text, start, end)


def test_attached_scores_have_the_stance() -> None:
    frame = attach_scores(
        pl.DataFrame({"n": [7, 8]}),
        np.array([[0.7, 0.2, 0.1], [0.0, 0.25, 0.75]]),
        np.array([True, False]),
    )
    assert frame.columns == ["n", "p_against", "p_neutral", "p_favor", "stance", "truncated"]
    assert frame["stance"].to_list() == pytest.approx([-0.6, 0.75])
    assert frame["truncated"].to_list() == [True, False]


def test_name_depends_on_every_part_and_on_no_order() -> None:
    name = scorer_name("kind", "a model", {"weights": "00", "form": "pair"})
    assert name == scorer_name("kind", "a model", {"form": "pair", "weights": "00"})
    assert name.startswith("kind:a-model@")
    assert name != scorer_name("kind", "a model", {"weights": "01", "form": "pair"})
    assert name != scorer_name("kind", "a model", {"weights": "00", "form": "marked"})
    assert scorer_name("kind", "", {}).startswith("kind@")
