"""Fine-tuning on a task that only a model that reads the markers can solve."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from stancelib.scoring.embedded import special_tokens
from stancelib.training import fine_tune as module
from stancelib.training.fine_tune import Recipe, encode_frame, fine_tune, predict

RECIPE = Recipe(learning_rate=5e-3, batch_size=16, epochs=24, checkpoint_every=5, max_length=24)


def test_the_markers_decide_between_two_targets(
    tiny: Any, two_target_sentences: pl.DataFrame, work: Path
) -> None:
    dev = {"dev": two_target_sentences.head(18)}
    model = fine_tune(*tiny, two_target_sentences, dev, folder=work, recipe=RECIPE)
    inputs = encode_frame(dev["dev"], tiny.tokenizer, RECIPE.max_length)
    said = predict(model, inputs, special_tokens(tiny.tokenizer).pad).argmax(axis=1) - 1
    np.testing.assert_array_equal(said, dev["dev"]["label"].to_numpy())


def test_word_embeddings_stay_frozen(
    tiny: Any, two_target_sentences: pl.DataFrame, work: Path
) -> None:
    words = tiny.model.encoder.embeddings.word_embeddings.weight
    before, markers = words.clone(), tiny.model.markers.detach().clone()
    recipe = Recipe(epochs=1, batch_size=48)
    fine_tune(
        *tiny, two_target_sentences, {"dev": two_target_sentences}, folder=work, recipe=recipe
    )
    assert torch.equal(words, before)
    assert not torch.equal(tiny.model.markers, markers)


def test_a_killed_run_resumes_to_the_same_weights(
    tiny: Any,
    two_target_sentences: pl.DataFrame,
    work: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recipe = Recipe(learning_rate=1e-3, epochs=2, batch_size=16, checkpoint_every=4)
    dev = {"dev": two_target_sentences.head(6)}
    start = {name: value.clone() for name, value in tiny.model.state_dict().items()}

    def trained(folder: Path) -> dict[str, torch.Tensor]:
        tiny.model.load_state_dict(start)
        model = fine_tune(*tiny, two_target_sentences, dev, folder=folder, recipe=recipe)
        return {name: value.clone() for name, value in model.state_dict().items()}

    undisturbed = trained(work / "undisturbed")
    whole_step = module._step  # noqa: SLF001  (the place where a kill strikes)

    def dying_step(run: module.Run, step: int, *rest: Any) -> float:
        if step == 6:
            raise KeyboardInterrupt
        return whole_step(run, step, *rest)

    monkeypatch.setattr(module, "_step", dying_step)
    with pytest.raises(KeyboardInterrupt):
        trained(work / "killed")
    monkeypatch.setattr(module, "_step", whole_step)
    resumed = trained(work / "killed")
    steps = [json.loads(line) for line in (work / "killed" / "log.jsonl").read_text().splitlines()]
    assert sum("epoch" in line for line in steps) == recipe.epochs
    assert all(torch.equal(resumed[name], undisturbed[name]) for name in undisturbed)
