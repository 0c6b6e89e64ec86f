"""What every scorer must do, whatever its model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from stancelib.errors import DataError, EnvironmentProblem
from stancelib.scoring import Scorer, load_scorer

PROBABILITIES = ["p_against", "p_neutral", "p_favor"]
OUTPUT = {
    **dict.fromkeys([*PROBABILITIES, "stance"], pl.Float64()),
    "truncated": pl.Boolean(),
}
# The sums of 32-bit floats depend on the shape of the batch in their last digits.
TOLERANCE = 1e-5

Pairs = Callable[..., pl.DataFrame]


@pytest.fixture(scope="module")
def embedded() -> Scorer:
    """The scorer that ships, where its model is there."""
    try:
        return load_scorer("embedded")
    except (EnvironmentProblem, ImportError) as problem:
        pytest.skip(f"the embedded model is not in this checkout: {problem}")


@pytest.fixture(params=["fake", "classifier", "marked classifier", "entailment", "embedded"])
def scorer(request: pytest.FixtureRequest) -> Scorer:
    """One scorer of each kind."""
    if request.param == "fake":
        return request.getfixturevalue("cue_scorer")
    if request.param == "embedded":
        return request.getfixturevalue("embedded")
    kind = request.param.split()[-1]
    folder: Path = request.getfixturevalue(f"{kind}_folder")
    options = {"form": "marked", "markers": ("[T]", "[/T]")} if "marked" in request.param else {}
    return load_scorer(kind, folder, **options)


@pytest.fixture
def frame(pairs: Pairs) -> pl.DataFrame:
    """Pairs of many lengths and scripts, with and without a mention."""
    return pairs(
        ("The minister praises NATO.", "NATO", "NATO"),
        ("Ukraine, said the minister.", "Ukraine", "Ukraine"),
        ("Він condemns Росію 🙂 ще раз.", "Росію", "Russia"),
        ("Nobody is named here.", None, "Russia"),
        ("NATO", "NATO", "NATO"),
        ("Yes " * 30 + "NATO condemns this" + " no" * 30, "NATO", "NATO"),
        ("The minister praises NATO.", "NATO", "NATO"),
        lang="en",
    )


def test_is_a_scorer_with_a_hash_in_its_name(scorer: Scorer) -> None:
    assert isinstance(scorer, Scorer)
    kind, _, digest = scorer.name.rpartition("@")
    assert kind
    assert "@" not in kind
    assert len(digest) >= 8
    int(digest, 16)


def test_keeps_rows_and_their_order(scorer: Scorer, frame: pl.DataFrame) -> None:
    scored = scorer.score(frame)
    assert_frame_equal(scored.select(frame.columns), frame)
    assert dict(scored.drop(frame.columns).schema) == OUTPUT


def test_probabilities_sum_to_one_and_give_the_stance(scorer: Scorer, frame: pl.DataFrame) -> None:
    scored = scorer.score(frame)
    assert scored.null_count().select(*OUTPUT).row(0) == (0,) * len(OUTPUT)
    assert scored.select((pl.sum_horizontal(PROBABILITIES) - 1).abs().max()).item() < 1e-6
    assert scored.select(pl.all_horizontal(pl.col(PROBABILITIES).is_between(0, 1)).all()).item()
    difference = pl.col("stance") - (pl.col("p_favor") - pl.col("p_against"))
    assert scored.select(difference.abs().max()).item() < 1e-12


def test_empty_frame_has_the_right_columns(scorer: Scorer, frame: pl.DataFrame) -> None:
    scored = scorer.score(frame.clear())
    assert scored.height == 0
    assert dict(scored.schema) == {**frame.schema, **OUTPUT}


def test_lang_may_be_absent_and_spans_may_all_be_null(scorer: Scorer) -> None:
    frame = pl.DataFrame(
        {"text": ["Nobody.", "It rains."], "start": None, "end": None, "target": "NATO"}
    )
    assert scorer.score(frame).height == 2


def test_is_deterministic(scorer: Scorer, frame: pl.DataFrame) -> None:
    assert_frame_equal(scorer.score(frame), scorer.score(frame), check_exact=True)


def test_rows_do_not_depend_on_their_neighbours(scorer: Scorer, frame: pl.DataFrame) -> None:
    together = scorer.score(frame)
    singly = pl.concat([scorer.score(row) for row in frame.iter_slices(1)])
    backwards = scorer.score(frame.reverse()).reverse()
    for other in (singly, backwards):
        assert_frame_equal(together, other, check_exact=False, abs_tol=TOLERANCE, rel_tol=0)


def test_extra_columns_survive(scorer: Scorer, frame: pl.DataFrame) -> None:
    extra = frame.with_row_index("number").with_columns(
        tags=pl.Series([["a"]] * frame.height), doc_id=pl.lit("d")
    )
    scored = scorer.score(extra.select("tags", "end", "text", "number", "start", "target"))
    assert scored.columns[:6] == ["tags", "end", "text", "number", "start", "target"]
    assert scored["tags"].to_list() == [["a"]] * frame.height
    assert scored["number"].to_list() == list(range(frame.height))


def test_input_is_not_changed(scorer: Scorer, frame: pl.DataFrame) -> None:
    before = frame.clone()
    scorer.score(frame)
    assert_frame_equal(frame, before)


def test_refuses_a_span_outside_its_text(scorer: Scorer, frame: pl.DataFrame) -> None:
    with pytest.raises(DataError, match="row 4: end=9 is past the text, which has 4 code points"):
        scorer.score(
            frame.with_columns(end=pl.when(pl.col("text") == "NATO").then(9).otherwise("end"))
        )
