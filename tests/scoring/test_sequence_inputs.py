"""Long sentences are cut around the mention so that every input fits, and the result says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancelib.errors import DataError
from stancelib.scoring.classifier import ClassifierScorer
from stancelib.scoring.sequence_core import window_of_tokens
from stancelib.scoring.sequence_inputs import Passage, fit_passage
from stancelib.scoring.sequence_model import SequenceModel, load_sequence_model

Pairs = Callable[..., pl.DataFrame]


@pytest.fixture(scope="module")
def model(classifier_folder: Path) -> SequenceModel:
    """The tiny classifier, which reads 64 tokens."""
    return load_sequence_model(classifier_folder, device="cpu", max_length=16)


def pair(passage: Passage) -> tuple[tuple[str, ...], ...]:
    """The sentence and its mention."""
    return ((passage.text, passage.mention),)


@pytest.mark.parametrize(("n_words", "truncated"), [(60, False), (61, True)])
def test_truncated_from_the_first_token_that_does_not_fit(
    n_words: int, truncated: bool, classifier_folder: Path, pairs: Pairs
) -> None:
    # 64 tokens: [CLS], the words, [SEP], the mention, [SEP].
    text = " ".join(["NATO", *["so"] * (n_words - 1)])
    scored = ClassifierScorer(classifier_folder).score(pairs((text, "NATO", "NATO")))
    assert scored["truncated"].to_list() == [truncated]


def test_window_keeps_cues_near_the_mention_and_drops_those_far_away(
    classifier_folder: Path, pairs: Pairs
) -> None:
    far, near = "so " * 200, "so " * 20
    frame = pairs(
        (f"praises {far}NATO{' so' * 200}", "NATO", "NATO"),
        (f"{far}praises {near}NATO{' so' * 200}", "NATO", "NATO"),
        (f"{far}NATO{' so' * 200} condemns", "NATO", "NATO"),
        (f"{far}NATO{' so' * 20} condemns", "NATO", "NATO"),
        (f"condemns {far}", None, "NATO"),
        (f"{far}condemns", None, "NATO"),
    )
    scored = ClassifierScorer(classifier_folder).score(frame)
    assert scored["stance"].round(0).to_list() == [0.0, 1.0, 0.0, -1.0, -1.0, 0.0]
    assert scored["truncated"].all()


WORDS = st.lists(
    st.sampled_from(["so", "Росія", "🙂", "l’OTAN", "—", "x" * 30]), min_size=1, max_size=60
)


@given(WORDS, st.data())
def test_every_mention_fits_and_stays_in_the_window(
    model: SequenceModel, words: list[str], data: st.DataObject
) -> None:
    text = " ".join(words)
    index = data.draw(st.integers(0, len(words) - 1))
    start = len(" ".join(words[:index])) + (index > 0)
    passage = Passage(text, start, start + len(words[index]), "NATO", None)
    seen: list[Passage] = []

    def build(window: Passage) -> tuple[tuple[str, ...], ...]:
        seen.append(window)
        return pair(window)

    (encoded,) = fit_passage(model, passage, build)
    assert len(encoded["input_ids"]) <= model.max_length
    assert seen[-1].mention == words[index]
    assert seen[-1].text in text


def test_mention_longer_than_the_model_keeps_its_beginning(model: SequenceModel) -> None:
    text = "so " * 20 + "NATO " * 100
    seen = []

    def build(window: Passage) -> tuple[tuple[str, ...], ...]:
        seen.append(window)
        return pair(window)

    fit_passage(model, Passage(text, 60, len(text), "NATO", None), build)
    assert seen[-1].mention.startswith("NATO NATO")
    assert text.startswith(seen[-1].mention, 60)


def test_target_that_leaves_no_room_is_refused(model: SequenceModel) -> None:
    with pytest.raises(DataError, match="leaves no room for the sentence in 16 tokens"):
        fit_passage(model, Passage("so " * 20, None, None, "NATO " * 20, None), pair)


@given(st.integers(1, 30), st.integers(1, 20), st.data())
def test_window_holds_the_mention_and_at_most_the_room(
    n_tokens: int, room: int, data: st.DataObject
) -> None:
    offsets = [(2 * i, 2 * i + 1) for i in range(n_tokens)]
    length = 2 * n_tokens
    first = data.draw(st.integers(0, n_tokens - 1))
    window = window_of_tokens(offsets, 2 * first, 2 * first + 1, length, room)
    inside = [o for o in offsets if window.left <= o[0] and o[1] <= window.right]
    assert len(inside) == min(n_tokens, room)
    assert (window.start, window.end) == offsets[first]
    assert offsets[first] in inside
