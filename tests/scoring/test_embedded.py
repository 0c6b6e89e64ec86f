"""The embedded scorer with the model that ships in the package."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from stancelib.errors import ArgumentError, DataError, EnvironmentProblem
from stancelib.scoring.embedded import EmbeddedScorer
from stancelib.scoring.embedded_model import PACKAGE_MODEL, load_model


@pytest.fixture(scope="module")
def scorer() -> EmbeddedScorer:
    return EmbeddedScorer(threads=2)


def pairs(*rows: tuple[str, str]) -> pl.DataFrame:
    """A frame of (text, mention); the mention is found at its first place."""
    return pl.DataFrame(
        {
            "text": [text for text, _ in rows],
            "start": [text.index(mention) for text, mention in rows],
            "end": [text.index(mention) + len(mention) for text, mention in rows],
            "target": [mention for _, mention in rows],
        }
    )


CLEAR = [
    ("The prime minister praised NATO as a reliable and indispensable partner.", "NATO", 1),
    ("Critics called NATO a reckless and dishonest organisation.", "NATO", -1),
    ("The report accused Russia of committing brutal war crimes.", "Russia", -1),
    ("He admired Ukraine for its courage and dignity.", "Ukraine", 1),
    ("Министр обвинил НАТО в преступлениях и лжи.", "НАТО", -1),
    ("Президент высоко оценил вклад Украины и поблагодарил её за помощь.", "Украины", 1),
    ("Le ministre a dénoncé l’agression criminelle de la Russie.", "Russie", -1),
    ("La ministre a salué le courage exemplaire de l’Ukraine.", "Ukraine", 1),
]


@pytest.mark.parametrize(("text", "mention", "sign"), CLEAR)
def test_clear_sentences_have_the_right_sign(
    scorer: EmbeddedScorer, text: str, mention: str, sign: int
) -> None:
    assert sign * scorer.score(pairs((text, mention)))["stance"].item() > 0.2


# (sentence, the target that it holds up, the target that it holds against).
CONTRASTS = [
    (
        "The committee praised Ukraine for its restraint and condemned Russia for its lies.",
        "Ukraine",
        "Russia",
    ),
    (
        "She called NATO a trustworthy shield and the Kremlin a brutal aggressor.",
        "NATO",
        "Kremlin",
    ),
    ("Unlike Russia, which lies without shame, Ukraine keeps its word.", "Ukraine", "Russia"),
    (
        "The column admires Russia for its patience and despises NATO for its arrogance.",
        "Russia",
        "NATO",
    ),
    (
        "While Moscow deceives its partners, the Alliance remains a dependable friend.",
        "Alliance",
        "Moscow",
    ),
    (
        "Il admire l’Ukraine pour son courage et accuse la Russie de crimes odieux.",
        "Ukraine",
        "Russie",
    ),
    ("La Russie est un partenaire fiable, alors que l’OTAN sème le chaos.", "Russie", "OTAN"),
    ("Газета хвалит Россию за сдержанность и обвиняет НАТО во лжи.", "Россию", "НАТО"),
    ("Министр поблагодарил Украину за помощь и осудил преступления России.", "Украину", "России"),
    ("Президент подякував НАТО за надійність і засудив злочини Росії.", "НАТО", "Росії"),
    (
        "Der Minister lobte die Ukraine für ihren Mut und verurteilte die Verbrechen Russlands.",
        "Ukraine",
        "Russlands",
    ),
    (
        "Russland gilt hier als verlässlicher Freund, die NATO als gefährlicher Lügner.",
        "Russland",
        "NATO",
    ),
]


def test_targets_of_one_sentence_differ(scorer: EmbeddedScorer) -> None:
    praised = scorer.score(pairs(*((text, held_up) for text, held_up, _ in CONTRASTS)))["stance"]
    blamed = scorer.score(pairs(*((text, against) for text, _, against in CONTRASTS)))["stance"]
    difference = praised - blamed
    # Version 0 gets the order of one pair in twelve wrong, and the sign of more: see its card.
    assert (difference > 0).sum() >= 11
    assert difference.mean() > 0.5


def test_a_score_does_not_depend_on_its_neighbours(scorer: EmbeddedScorer) -> None:
    frame = pairs(*((text, mention) for text, mention, _ in CLEAR))
    together = scorer.score(frame)
    alone = pl.concat([scorer.score(frame[i]) for i in range(frame.height)])
    assert together.equals(alone)


def test_threads_do_not_change_a_bit(scorer: EmbeddedScorer) -> None:
    frame = pairs(*((text, mention) for text, mention, _ in CLEAR))
    assert scorer.score(frame).equals(EmbeddedScorer(threads=1).score(frame))


def test_a_long_sentence_is_windowed_around_its_mention_and_says_so(
    scorer: EmbeddedScorer,
) -> None:
    filler = "and the delegates went on to the next item of a very long agenda " * 40
    scored = scorer.score(pairs((f"{filler} they condemned NATO for its lies.", "NATO")))
    assert scored["truncated"].item()
    assert scored["stance"].item() < -0.2


def test_without_a_mention_the_target_is_put_before_the_text(scorer: EmbeddedScorer) -> None:
    absent = pl.DataFrame(
        {"text": ["What a shame."], "start": [None], "end": [None], "target": ["NATO"]},
        schema_overrides={"start": pl.Int64, "end": pl.Int64},
    )
    given = pairs(("NATO: What a shame.", "NATO"))
    assert scorer.score(absent)["stance"].item() == scorer.score(given)["stance"].item()


def test_the_name_carries_the_hash_of_the_model(scorer: EmbeddedScorer) -> None:
    assert scorer.name.startswith("embedded@")
    assert scorer.name == EmbeddedScorer().name


def test_no_thread_is_refused() -> None:
    with pytest.raises(ArgumentError, match="threads must be at least 1; got 0"):
        EmbeddedScorer(threads=0)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"no model\.json"):
        load_model(tmp_path)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_tampered_file_is_refused(tmp_path: Path, name: str) -> None:
    folder = Path(shutil.copytree(PACKAGE_MODEL, tmp_path / "model"))
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(EnvironmentProblem, match="was changed or damaged and is not loaded"):
        load_model(folder)


def test_a_missing_file_and_another_format_are_refused(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(PACKAGE_MODEL, tmp_path / "model"))
    (folder / "tokenizer.json").unlink()
    with pytest.raises(EnvironmentProblem, match=r"tokenizer\.json is missing"):
        load_model(folder)
    (folder / "model.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(EnvironmentProblem, match="has format 99; this version reads 1 and 2"):
        load_model(folder)


def test_labels_are_the_most_probable_class_where_no_decision_was_fitted(
    scorer: EmbeddedScorer,
) -> None:
    scored = pl.DataFrame(
        {
            "p_against": [0.5, 0.2, 0.1],
            "p_neutral": [0.3, 0.6, 0.2],
            "p_favor": [0.2, 0.2, 0.7],
        }
    )
    assert scorer.labels(scored).to_list() == ["against", "neutral", "favor"]
    with_language = scored.with_columns(lang=pl.lit("uk"))
    assert scorer.labels(with_language).to_list() == ["against", "neutral", "favor"]


def test_labels_need_probabilities(scorer: EmbeddedScorer) -> None:
    with pytest.raises(DataError, match="'p_neutral'"):
        scorer.labels(pl.DataFrame({"p_against": [1.0]}))
