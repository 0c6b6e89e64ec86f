"""Fine-tuning on a task that only a model that reads the markers can solve."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from stancelib.scoring.embedded_core import pad_batch
from stancelib.scoring.embedded_model import special_tokens
from stancelib.training import loop as module
from stancelib.training.batches import Examples, Recipe, encode_frame, encode_sentences
from stancelib.training.loop import predict, train

RECIPE = Recipe(learning_rate=5e-3, batch_size=16, epochs=24, checkpoint_every=5, max_length=24)


def test_the_markers_decide_between_two_targets(
    tiny: Any, two_target_sentences: pl.DataFrame, work: Path
) -> None:
    dev = {"dev": two_target_sentences.head(18)}
    model = train(*tiny, two_target_sentences, dev, folder=work, recipe=RECIPE)
    inputs = encode_frame(dev["dev"], tiny.tokenizer, RECIPE.max_length)
    said = predict(model, inputs, special_tokens(tiny.tokenizer).pad).argmax(axis=1) - 1
    np.testing.assert_array_equal(said, dev["dev"]["label"].to_numpy())


def test_word_embeddings_stay_frozen(
    tiny: Any, two_target_sentences: pl.DataFrame, work: Path
) -> None:
    words = tiny.model.encoder.embeddings.word_embeddings.weight
    before, markers = words.clone(), tiny.model.markers.detach().clone()
    recipe = Recipe(epochs=1, batch_size=48)
    train(*tiny, two_target_sentences, {"dev": two_target_sentences}, folder=work, recipe=recipe)
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
        model = train(*tiny, two_target_sentences, dev, folder=folder, recipe=recipe)
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


def test_sentiment_of_whole_sentences_is_learned_beside_stance(
    tiny: Any, two_target_sentences: pl.DataFrame, work: Path
) -> None:
    moods = pl.DataFrame(
        {"text": ["A is good .", "B is bad .", "A is plain ."] * 16, "label": [1, -1, 0] * 16}
    )
    examples = Examples(two_target_sentences, sentiment=moods)
    recipe = replace(RECIPE, epochs=60, learning_rate=2e-3, sentiment_weight=1.0)
    model = train(*tiny, examples, {}, folder=work, recipe=recipe)
    inputs = encode_sentences(moods["text"], tiny.tokenizer, RECIPE.max_length)
    padded = pad_batch(inputs, special_tokens(tiny.tokenizer).pad)
    model.eval()
    with torch.inference_mode():
        logits = model.sentiment(
            torch.from_numpy(padded.input_ids), torch.from_numpy(padded.attention_mask)
        )
    np.testing.assert_array_equal(logits.argmax(dim=1).numpy() - 1, moods["label"].to_numpy())


def test_lower_layers_learn_more_slowly(tiny: Any) -> None:
    optimizer = module._optimizer(tiny.model, Recipe(learning_rate=1.0, layer_decay=0.5))  # noqa: SLF001
    rate_of = {
        id(parameter): group["lr"]
        for group in optimizer.param_groups
        for parameter in group["params"]
    }
    named = dict(tiny.model.named_parameters())
    rates = {
        name: rate_of[id(named[name])]
        for name in (
            "encoder.embeddings.position_embeddings.weight",
            "encoder.encoder.layer.0.output.dense.weight",
            "encoder.encoder.layer.1.output.dense.weight",
            "head.4.weight",
            "markers",
        )
    }
    assert list(rates.values()) == [0.25, 0.5, 1.0, 1.0, 1.0]
    trained = [parameter for parameter in named.values() if parameter.requires_grad]
    assert sorted(rate_of) == sorted(id(parameter) for parameter in trained)


def test_disagreement_of_two_answers_is_the_mean_of_both_divergences() -> None:
    one = torch.tensor([[0.0, 1.0, -1.0], [2.0, 0.0, 0.0]])
    other = torch.tensor([[0.5, 0.5, -1.0], [0.0, 0.0, 2.0]])
    first, second = one.log_softmax(-1), other.log_softmax(-1)
    there = torch.nn.functional.kl_div(second, first, log_target=True, reduction="batchmean")
    back = torch.nn.functional.kl_div(first, second, log_target=True, reduction="batchmean")
    assert module.disagreement(one, other).item() == pytest.approx((there + back).item() / 2)
    assert module.disagreement(one, one).item() == 0


def test_consistency_makes_the_answers_under_dropout_agree(
    tiny: Any, two_target_sentences: pl.DataFrame, work: Path
) -> None:
    recipe = replace(RECIPE, epochs=2, consistency=50.0)
    model = train(*tiny, two_target_sentences, {}, folder=work, recipe=recipe)
    consistent = spread(model, tiny.tokenizer, two_target_sentences)
    plain = train(
        *tiny,
        two_target_sentences,
        {},
        folder=work / "plain",
        recipe=replace(recipe, consistency=0.0),
    )
    assert consistent < spread(plain, tiny.tokenizer, two_target_sentences)


def spread(model: Any, tokenizer: Any, frame: pl.DataFrame) -> float:
    """Mean disagreement of two readings with other dropout masks."""
    padded = pad_batch(
        encode_frame(frame, tokenizer, RECIPE.max_length), special_tokens(tokenizer).pad
    )
    inputs = torch.from_numpy(padded.input_ids), torch.from_numpy(padded.attention_mask)
    torch.manual_seed(0)
    model.train()
    with torch.no_grad():
        return module.disagreement(model(*inputs), model(*inputs)).item()
