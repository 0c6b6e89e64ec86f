"""Sequence classifiers through real transformers code, on models whose answers are known."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from stancelib.errors import ArgumentError, EnvironmentProblem
from stancelib.scoring.classifier import ClassifierScorer
from stancelib.scoring.classifier_core import marked_text, stance_of_labels

PROBABILITIES = ["p_against", "p_neutral", "p_favor"]
KNOWN = (0.2, 0.3, 0.5)
Pairs = Callable[..., pl.DataFrame]
SaveModel = Callable[..., Path]


def log(*probabilities: float) -> list[float]:
    """Logits that give these probabilities."""
    return np.log(probabilities).tolist()


def probabilities(scored: pl.DataFrame) -> list[tuple[float, ...]]:
    """The three probabilities of each row."""
    return scored.select(PROBABILITIES).rows()


# ---- labels ---- #


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("against", "neutral", "favor"), (0.2, 0.3, 0.5)),
        (("FAVOR", "NONE", "AGAINST"), (0.5, 0.3, 0.2)),
        (("Neutral", "Positive", "Negative"), (0.5, 0.2, 0.3)),
        (("in_favour", "oppose", "no stance"), (0.3, 0.5, 0.2)),
    ],
)
def test_permuted_labels_go_to_their_class(
    labels: tuple[str, ...],
    expected: tuple[float, ...],
    save_classifier: SaveModel,
    pairs: Pairs,
) -> None:
    scorer = ClassifierScorer(save_classifier(labels, log(*KNOWN)), device="cpu")
    (row,) = probabilities(scorer.score(pairs(("NATO met.", "NATO", "NATO"))))
    assert row == pytest.approx(expected, abs=1e-6)


def test_given_labels_are_used_and_several_of_one_class_add_up(
    save_classifier: SaveModel, pairs: Pairs
) -> None:
    labels = ("LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3")
    folder = save_classifier(labels, log(0.1, 0.2, 0.3, 0.4))
    mapping = dict(zip(labels, ("favor", "against", "neutral", "against"), strict=True))
    (row,) = probabilities(
        ClassifierScorer(folder, labels=mapping).score(pairs(("NATO met.", "NATO", "NATO")))
    )
    assert row == pytest.approx((0.6, 0.3, 0.1), abs=1e-6)


def test_two_labels_are_refused_unless_mapped(save_classifier: SaveModel, pairs: Pairs) -> None:
    folder = save_classifier(("NEGATIVE", "POSITIVE"), log(0.25, 0.75))
    with pytest.raises(ArgumentError, match=r"'NEGATIVE', 'POSITIVE' .* p_neutral is 0 everywhere"):
        ClassifierScorer(folder)
    scorer = ClassifierScorer(folder, labels={"NEGATIVE": "against", "POSITIVE": "favor"})
    (row,) = probabilities(scorer.score(pairs(("NATO met.", "NATO", "NATO"))))
    assert row == pytest.approx((0.25, 0.0, 0.75), abs=1e-6)


@pytest.mark.parametrize(
    ("model_labels", "labels", "message"),
    [
        (["LABEL_0", "LABEL_1", "LABEL_2"], None, r"'LABEL_0', 'LABEL_1', 'LABEL_2' are not"),
        (["entailment", "neutral", "contradiction"], None, "use scorer 'entailment'"),
        (["against", "favor", "neutral", "unsure"], None, "'unsure' are not"),
        (["a", "b"], {"a": "against"}, "labels= names 'a'; the model's labels are 'a', 'b'"),
        (["a", "b"], {"a": "against", "b": "favour"}, "Did you mean 'favor'"),
        (["a", "b"], {"a": "against", "b": "neutral"}, "maps no label to 'favor'"),
    ],
)
def test_labels_that_are_not_understood_are_listed(
    model_labels: list[str], labels: dict[str, str] | None, message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        stance_of_labels(model_labels, labels)


# ---- what the model reads ---- #


def test_sees_cues_in_the_sentence(classifier_folder: Path, pairs: Pairs) -> None:
    frame = pairs(
        ("The minister praises NATO.", "NATO", "NATO"),
        ("The minister condemns NATO.", "NATO", "NATO"),
        ("The minister visits NATO.", "NATO", "NATO"),
    )
    scored = ClassifierScorer(classifier_folder).score(frame)
    assert [max(range(3), key=row.__getitem__) for row in probabilities(scored)] == [2, 0, 1]
    assert probabilities(scored)[2] == pytest.approx(
        np.array([1, np.exp(2), 1]) / (2 + np.exp(2)), abs=1e-6
    )


def test_second_segment_is_the_mention_or_the_name(classifier_folder: Path, pairs: Pairs) -> None:
    frame = pairs(("They met.", "They", "praises"), ("They met.", None, "praises"))
    by_mention = ClassifierScorer(classifier_folder).score(frame)
    by_name = ClassifierScorer(classifier_folder, target_text="name").score(frame)
    assert (by_mention["stance"] > 0.5).to_list() == [False, True]
    assert (by_name["stance"] > 0.5).to_list() == [True, True]


def test_marked_form_shows_the_markers_and_no_pair(classifier_folder: Path, pairs: Pairs) -> None:
    # The opening marker is a cue of favor for this model, and the target's name another of its.
    frame = pairs(("They met.", "They", "condemns"), ("They met.", None, "NATO"))
    scorer = ClassifierScorer(classifier_folder, form="marked", markers=("[T]", "[/T]"))
    assert (scorer.score(frame)["stance"] > 0.5).to_list() == [True, True]
    assert scorer._inputs(  # noqa: SLF001 - what the model reads is the point
        scorer_passage(frame, 1)
    ) == (("[T]NATO[/T]: They met.",),)


def scorer_passage(frame: pl.DataFrame, row: int) -> Any:
    """One row as the scorers hold it."""
    from stancelib.scoring.protocol import check_pairs
    from stancelib.scoring.sequence_inputs import passages_of

    return passages_of(check_pairs(frame))[row]


def test_marks_code_points() -> None:
    assert marked_text("🙂 Росія.", 2, 7, ("<", ">")) == "🙂 <Росія>."


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"form": "tagged"}, "unknown form 'tagged'; known forms: pair, marked"),
        ({"form": "marked"}, "needs markers=.* got None"),
        ({"form": "marked", "markers": ("[T]", "")}, "needs markers="),
        ({"form": "marked", "markers": "[]"}, "needs markers="),
        ({"markers": ("[T]", "[/T]")}, "are for form='marked'; got form='pair'"),
        ({"target_text": "alias"}, "unknown target_text 'alias'"),
        ({"batch_size": 0}, "batch_size=0 must be at least 1"),
        ({"dtype": "int8"}, "unknown dtype 'int8'; known dtypes: float32, bfloat16"),
        ({"dtype": "bfloat16", "device": "cpu"}, "'bfloat16' is for GPUs"),
        ({"device": "quantum"}, "unknown device 'quantum'"),
        ({"max_length": 65}, "max_length=65 is not between 8 and 64"),
        ({"max_length": 7}, "max_length=7 is not between 8 and 64"),
    ],
)
def test_options_that_are_not_allowed_are_named(
    options: dict[str, Any], message: str, classifier_folder: Path
) -> None:
    with pytest.raises(ArgumentError, match=message):
        ClassifierScorer(classifier_folder, **options)


def test_batch_size_changes_no_number(classifier_folder: Path, pairs: Pairs) -> None:
    frame = pairs(*((f"NATO {'so ' * n}praises", "NATO", "NATO") for n in range(9)))
    many, few = (ClassifierScorer(classifier_folder, batch_size=size) for size in (4, 32))
    assert many.name == few.name
    difference = many.score(frame)["stance"] - few.score(frame)["stance"]
    assert difference.abs().max() < 1e-5


# ---- the name ---- #


def test_name_covers_weights_and_options(save_classifier: SaveModel, tmp_path: Path) -> None:
    def name(folder: Path, **options: Any) -> str:
        folder.rename(tmp_path / "model")
        try:
            return ClassifierScorer(tmp_path / "model", **options).name
        finally:
            (tmp_path / "model").rename(folder)

    folder, same, other = (save_classifier(bias=log(*p)) for p in (KNOWN, KNOWN, (0.3, 0.3, 0.4)))
    plain = name(folder)
    assert plain.startswith("classifier:model@")
    assert plain == name(same)
    assert plain == name(
        folder, labels={"against": "against", "neutral": "neutral", "favor": "favor"}
    )
    changed = [
        name(other),
        name(folder, target_text="name"),
        name(folder, form="marked", markers=("[T]", "[/T]")),
        name(folder, form="marked", markers=("<", ">")),
        name(folder, max_length=32),
        name(folder, labels={"against": "favor", "neutral": "neutral", "favor": "against"}),
    ]
    assert len({plain, *changed}) == 1 + len(changed)


# ---- loading ---- #


def test_missing_torch_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, classifier_folder: Path
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(EnvironmentProblem, match=r"pip install 'stancelib\[torch\]'"):
        ClassifierScorer(classifier_folder)


def test_absent_cuda_is_named(monkeypatch: pytest.MonkeyPatch, classifier_folder: Path) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(EnvironmentProblem, match="device='cuda:0': torch finds no CUDA device"):
        ClassifierScorer(classifier_folder, device="cuda:0")


def test_pickled_weights_are_not_read(classifier_folder: Path, tmp_path: Path) -> None:
    for file in classifier_folder.iterdir():
        if file.suffix != ".safetensors":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "pytorch_model.bin").write_bytes(b"a pickle that must not be opened")
    with pytest.raises(EnvironmentProblem, match=r"holds no \.safetensors weights"):
        ClassifierScorer(tmp_path)


def test_remote_code_is_never_run(classifier_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    for file in classifier_folder.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    witness = tmp_path / "ran"
    (folder / "modeling_own.py").write_text(f"open({str(witness)!r}, 'w').close()\n")
    config = json.loads((folder / "config.json").read_text())
    config |= {
        "model_type": "own",
        "auto_map": {
            "AutoConfig": "modeling_own.OwnConfig",
            "AutoModelForSequenceClassification": "modeling_own.OwnModel",
        },
    }
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(EnvironmentProblem, match="cannot be loaded"):
        ClassifierScorer(folder)
    assert not witness.exists()


def test_model_without_a_trained_head_is_refused(tmp_path: Path, classifier_folder: Path) -> None:
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model = AutoModelForSequenceClassification.from_pretrained(classifier_folder)
    model.bert.save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(classifier_folder).save_pretrained(tmp_path)
    with pytest.raises(ArgumentError, match=r"no trained weights for classifier\.bias"):
        ClassifierScorer(tmp_path)


@pytest.mark.parametrize("kind", ["regression", "multi_label_classification"])
def test_model_that_does_not_choose_is_refused(save_classifier: SaveModel, kind: str) -> None:
    with pytest.raises(ArgumentError, match=f"problem_type='{kind}'"):
        ClassifierScorer(save_classifier(problem_type=kind))


@pytest.mark.parametrize("model", ["./absent", "/absent/folder", "~/absent", Path("absent")])
def test_absent_folder_is_not_taken_for_a_hub_id(model: str | Path) -> None:
    with pytest.raises(ArgumentError, match="is not a folder with a saved transformers model"):
        ClassifierScorer(model)


def test_damaged_weights_are_an_environment_problem(
    classifier_folder: Path, tmp_path: Path
) -> None:
    for file in classifier_folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"\0" * 64)
    with pytest.raises(EnvironmentProblem, match="cannot be loaded"):
        ClassifierScorer(tmp_path)


def test_numbers_that_are_not_finite_are_refused(save_classifier: SaveModel, pairs: Pairs) -> None:
    scorer = ClassifierScorer(save_classifier(bias=[0.0, float("nan"), 0.0]))
    with pytest.raises(EnvironmentProblem, match="not finite"):
        scorer.score(pairs(("NATO met.", "NATO", "NATO")))
