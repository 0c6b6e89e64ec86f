"""Zero-shot scoring through real transformers code, on a model whose inferences are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from string import Formatter

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancelib.corpus import LANGUAGES
from stancelib.errors import ArgumentError
from stancelib.scoring.entailment import EntailmentScorer, shipped_hypotheses
from stancelib.scoring.entailment_core import (
    check_templates,
    entailment_index,
    hypotheses_of,
    stance_from_entailment,
)

Pairs = Callable[..., pl.DataFrame]
SaveModel = Callable[..., Path]
PROBABILITIES = ["p_against", "p_neutral", "p_favor"]
OWN = {"against": "No {target}", "neutral": "Neutral {target}", "favor": "Yes {target}"}


# ---- hypotheses ---- #


def test_hypotheses_are_shipped_for_the_languages_of_the_library() -> None:
    templates, names = shipped_hypotheses()
    assert set(templates) == set(names) == set(LANGUAGES)
    assert all(set(names[language]) == {"NATO", "Russia", "Ukraine"} for language in LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_that_a_template_needs_is_written_out(language: str) -> None:
    templates, names = shipped_hypotheses()
    check_templates(language, templates[language])
    needed = {
        field
        for text in templates[language].values()
        for _, field, _, _ in Formatter().parse(text)
        if field
    }
    assert all(needed <= set(forms) for forms in names[language].values())


@pytest.mark.parametrize(
    ("language", "target", "expected"),
    [
        (
            "en",
            "NATO",
            (
                "This text criticizes NATO.",
                "This text is neutral toward NATO.",
                "This text supports NATO.",
            ),
        ),
        (
            "fr",
            "NATO",
            (
                "Ce texte critique l'OTAN.",
                "Ce texte est neutre envers l'OTAN.",
                "Ce texte soutient l'OTAN.",
            ),
        ),
        (
            "de",
            "Ukraine",
            (
                "Dieser Text kritisiert die Ukraine.",
                "Dieser Text ist gegenüber der Ukraine neutral.",
                "Dieser Text unterstützt die Ukraine.",
            ),
        ),
        (
            "pl",
            "Russia",
            (
                "Ten tekst krytykuje Rosję.",
                "Ten tekst jest neutralny wobec Rosji.",
                "Ten tekst popiera Rosję.",
            ),
        ),
        (
            "ru",
            "Russia",
            (
                "Этот текст критикует Россию.",
                "Этот текст нейтрален по отношению к России.",
                "Этот текст поддерживает Россию.",
            ),
        ),
        (
            "uk",
            "Ukraine",
            (
                "Цей текст критикує Україну.",
                "Цей текст нейтральний щодо України.",
                "Цей текст підтримує Україну.",
            ),
        ),
        (
            "cs",
            "Ukraine",
            (
                "Tento text kritizuje Ukrajinu.",
                "Tento text je neutrální vůči Ukrajině.",
                "Tento text podporuje Ukrajinu.",
            ),
        ),
        (
            "uk",
            "Malta",
            (
                "Цей текст критикує Malta.",
                "Цей текст нейтральний щодо Malta.",
                "Цей текст підтримує Malta.",
            ),
        ),
    ],
)
def test_sentences_are_inflected(language: str, target: str, expected: tuple[str, ...]) -> None:
    templates, names = shipped_hypotheses()
    assert hypotheses_of(templates[language], names[language], target) == expected


def test_name_with_braces_stands_as_it_is() -> None:
    assert hypotheses_of(OWN, {}, "{dative}")[0] == "No {dative}"


@pytest.mark.parametrize(
    ("templates", "message"),
    [
        (
            {"against": "{target}", "favor": "{target}!"},
            "they must be 'against', 'neutral', 'favor'",
        ),
        ({**OWN, "favor": "Yes"}, r"en\.favor='Yes' must name the target as {target} or {accus"),
        ({**OWN, "favor": "{who}"}, "must name the target as"),
        ({**OWN, "favor": "{target.__class__}"}, "must name the target as"),
        ({**OWN, "favor": "{target!r}"}, "hold no other braces"),
        ({**OWN, "favor": "{target"}, r"en\.favor='{target': "),
        ({**OWN, "favor": OWN["against"]}, "must differ"),
    ],
)
def test_templates_that_do_not_name_the_target_are_refused(
    templates: Mapping[str, str], message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        check_templates("en", templates)


# ---- labels and probabilities ---- #


@pytest.mark.parametrize(
    ("labels", "index"),
    [
        (["contradiction", "neutral", "entailment"], 2),
        (["ENTAILMENT", "NEUTRAL", "CONTRADICTION"], 0),
        (["not_entailment", "entailment"], 1),
    ],
)
def test_entailment_is_found_by_name(labels: list[str], index: int) -> None:
    assert entailment_index(labels, None) == index


def test_labels_without_entailment_are_listed() -> None:
    labels = ["LABEL_0", "LABEL_1", "not_entailment"]
    with pytest.raises(ArgumentError, match="'LABEL_0', 'LABEL_1', 'not_entailment' do not name"):
        entailment_index(labels, None)
    assert entailment_index(labels, "LABEL_1") == 1
    with pytest.raises(ArgumentError, match="unknown label 'LABEL_3'"):
        entailment_index(labels, "LABEL_3")


def test_probabilities_of_entailment_are_scaled_to_one() -> None:
    entailed = np.array([0.1, 0.2, 0.5])
    logits = np.log([[[0.3 * (1 - p), 0.7 * (1 - p), p] for p in entailed]])
    assert stance_from_entailment(logits, 2)[0] == pytest.approx(entailed / 0.8)


@given(
    st.lists(st.floats(-30, 30), min_size=9, max_size=9),
    st.lists(st.floats(-30, 30), min_size=3, max_size=3),
)
def test_a_constant_on_the_logits_of_a_hypothesis_changes_nothing(
    values: list[float], shifts: list[float]
) -> None:
    logits = np.array(values).reshape(1, 3, 3)
    shifted = logits + np.array(shifts).reshape(1, 3, 1)
    assert np.allclose(stance_from_entailment(logits, 1), stance_from_entailment(shifted, 1))


# ---- the scorer ---- #


def test_sentence_entails_the_hypothesis_with_its_cue(
    entailment_folder: Path, pairs: Pairs
) -> None:
    frame = pairs(
        ("The minister praises NATO.", "NATO", "NATO"),
        ("The minister condemns NATO.", "NATO", "NATO"),
        ("The minister is neutral about NATO.", "NATO", "NATO"),
        ("The minister visits NATO.", "NATO", "NATO"),
        lang="en",
    )
    rows = EntailmentScorer(entailment_folder).score(frame).select(PROBABILITIES).rows()
    assert [int(np.argmax(row)) for row in rows[:3]] == [2, 0, 1]
    assert min(max(row) for row in rows[:3]) > 0.9
    # Nothing speaks for any of the three: by symmetry they are equal.
    assert rows[3] == pytest.approx((1 / 3, 1 / 3, 1 / 3), abs=1e-6)


def test_permuted_labels_give_the_same_numbers(save_entailment: SaveModel, pairs: Pairs) -> None:
    frame = pairs(("The minister praises NATO.", "NATO", "NATO"))
    orders = [("entailment", "neutral", "contradiction"), ("not_entailment", "entailment")]
    rows = [
        EntailmentScorer(save_entailment(labels)).score(frame).select(PROBABILITIES).row(0)
        for labels in orders
    ]
    assert all(row[2] > 0.9 for row in rows)


def hypotheses_seen(scorer: EntailmentScorer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The second segments that the model reads, collected as it scores."""
    seen: list[str] = []
    inputs = scorer._inputs  # noqa: SLF001 - what the model reads is the point

    def recorded(passage: object) -> tuple[tuple[str, ...], ...]:
        built = inputs(passage)  # type: ignore[arg-type]
        seen.extend(second for _, second in built)
        return built

    monkeypatch.setattr(scorer, "_inputs", recorded)
    return seen


@pytest.mark.parametrize(
    ("lang", "options", "favor"),
    [
        ("uk", {}, "Цей текст підтримує Росію."),
        (None, {}, "This text supports Russia."),
        ("fi", {}, "This text supports Russia."),
        ("uk", {"hypothesis_language": "en"}, "This text supports Russia."),
        ("uk", {"hypotheses": {"uk": OWN}}, "Yes Росія"),
        ("fi", {"hypotheses": {"fi": OWN}}, "Yes Russia"),
    ],
)
def test_hypotheses_follow_the_language(  # noqa: PLR0917 - three values, three fixtures
    lang: str | None,
    options: dict[str, object],
    favor: str,
    entailment_folder: Path,
    pairs: Pairs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scorer = EntailmentScorer(entailment_folder, **options)  # type: ignore[arg-type]
    seen = hypotheses_seen(scorer, monkeypatch)
    scorer.score(pairs(("Росія тут.", "Росія", "Russia"), lang=lang))
    assert seen[2] == favor
    assert len(seen) == 3


def test_own_hypotheses_leave_the_shipped_ones_alone(entailment_folder: Path) -> None:
    before = {language: dict(three) for language, three in shipped_hypotheses()[0].items()}
    EntailmentScorer(entailment_folder, hypotheses={"uk": OWN})
    assert {language: dict(three) for language, three in shipped_hypotheses()[0].items()} == before


def test_name_covers_the_hypotheses(entailment_folder: Path) -> None:
    plain = EntailmentScorer(entailment_folder).name
    assert plain.startswith("entailment:entailment")
    assert plain == EntailmentScorer(entailment_folder, batch_size=5).name
    others = {
        EntailmentScorer(entailment_folder, hypotheses={"uk": OWN}).name,
        EntailmentScorer(entailment_folder, hypothesis_language="en").name,
        EntailmentScorer(entailment_folder, entailment_label="NEUTRAL").name,
        EntailmentScorer(entailment_folder, max_length=32).name,
    }
    assert len({plain, *others}) == 5


def test_the_three_hypotheses_read_the_same_window(entailment_folder: Path, pairs: Pairs) -> None:
    frame = pairs(
        ("so " * 100 + "praises NATO" + " so" * 100, "NATO", "NATO"),
        ("praises " + "so " * 100 + "NATO" + " so" * 100, "NATO", "NATO"),
    )
    scored = EntailmentScorer(entailment_folder).score(frame)
    assert scored["truncated"].to_list() == [True, True]
    assert scored["stance"].to_list()[0] > 0.9
    assert scored["stance"].to_list()[1] == pytest.approx(0, abs=1e-6)


def test_classifier_of_stance_is_no_inference_model(classifier_folder: Path) -> None:
    with pytest.raises(ArgumentError, match="'Positive', 'Negative', 'Neutral' do not name one"):
        EntailmentScorer(classifier_folder)


def test_unknown_hypothesis_language_is_named(entailment_folder: Path) -> None:
    with pytest.raises(ArgumentError, match="unknown hypothesis_language 'ua'"):
        EntailmentScorer(entailment_folder, hypothesis_language="ua")
