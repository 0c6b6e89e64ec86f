"""The training loop, with checkpoints from which a killed run resumes."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn

from stancelib.scoring.embedded_core import pad_batch, softmax
from stancelib.scoring.embedded_model import special_tokens
from stancelib.training.batches import (
    Batch,
    Examples,
    Recipe,
    batches_of_an_epoch,
    encode_frame,
    padded_batches,
    steps_of_an_epoch,
)
from stancelib.training.metrics import macro_f1
from stancelib.training.model import StanceModel

LOGGED_EVERY = 50


def predict(
    model: StanceModel, inputs: Sequence[Sequence[int]], pad: int, batch_size: int = 64
) -> NDArray[np.float64]:
    """Probabilities of shape (n_inputs, 3), in the order of the inputs."""
    return softmax(_logits(model, inputs, pad, batch_size))


def stance_logits(
    model: StanceModel, tokenizer: Tokenizer, frame: pl.DataFrame, max_length: int = 128
) -> NDArray[np.float64]:
    """Logits of shape (n_rows, 3) of a frame with ``text, start, end``."""
    inputs = encode_frame(frame, tokenizer, max_length)
    return _logits(model, inputs, special_tokens(tokenizer).pad, batch_size=64)


def _logits(
    model: StanceModel, inputs: Sequence[Sequence[int]], pad: int, batch_size: int
) -> NDArray[np.float64]:
    model.eval()
    found = np.zeros((len(inputs), 3))
    with torch.inference_mode():
        for rows, ids, mask in padded_batches(inputs, pad, batch_size):
            found[rows] = model(ids, mask).numpy()
    return found


@dataclass(frozen=True, slots=True)
class Run:
    """One training run: what is trained, by which numbers, and where its files are."""

    model: StanceModel
    tokenizer: Tokenizer
    optimizer: torch.optim.Optimizer
    scheduler: torch.optim.lr_scheduler.LambdaLR
    folder: Path
    recipe: Recipe


def train(
    model: StanceModel,
    tokenizer: Tokenizer,
    learned: pl.DataFrame | Examples,
    dev: dict[str, pl.DataFrame],
    *,
    folder: Path,
    recipe: Recipe | None = None,
) -> StanceModel:
    """Train for the epochs of the recipe, and log the macro-F1 on the dev parts after each.

    Parameters
    ----------
    model, tokenizer
        As built by the earlier steps.
    learned : DataFrame or Examples
        Columns ``text, start, end, label``; or these and whole sentences with their sentiment.
    dev : dict of DataFrame
        The dev parts, by name; none of them may be a test part.
    folder : Path
        Where checkpoints, the weights after each epoch and the log go. A run that finds a
        checkpoint of the same recipe there goes on from it.
    recipe : Recipe, optional
        The numbers of the run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    recipe = recipe or Recipe()
    examples = learned if isinstance(learned, Examples) else Examples(learned)
    steps = steps_of_an_epoch(examples, recipe)
    optimizer = _optimizer(model, recipe)
    planned = steps * (recipe.planned_epochs or recipe.epochs)
    scheduler = _linear_schedule(optimizer, planned, recipe)
    run = Run(model, tokenizer, optimizer, scheduler, folder, recipe)
    first = _resume(run)
    started, losses = time.perf_counter(), []
    for epoch in range(first // steps, recipe.epochs):
        batches = batches_of_an_epoch(examples, tokenizer, recipe, epoch)
        for step in range(max(first, epoch * steps), (epoch + 1) * steps):
            losses.append(_step(run, step, batches[step - epoch * steps]))
            if (step + 1) % LOGGED_EVERY == 0:
                seconds = (time.perf_counter() - started) / (step + 1 - first)
                mean = float(np.mean(losses[-LOGGED_EVERY:]))
                _log(folder, step=step + 1, of=steps * recipe.epochs, loss=mean, s=seconds)
            if (step + 1) % recipe.checkpoint_every == 0:
                _save(run, step + 1)
        _log_dev(run, dev, epoch)
        torch.save(model.state_dict(), folder / f"epoch_{epoch}.pt")
        _save(run, (epoch + 1) * steps)
    return model


def average_weights(parts: Mapping[Path, float]) -> dict[str, Tensor]:
    """Weighted mean of the weights in several files, whose parts sum to 1.

    Izmailov et al. (2018), *Averaging weights leads to wider optima and better
    generalization*, UAI, https://arxiv.org/abs/1803.05407.
    """
    states = [(torch.load(file, weights_only=True), part) for file, part in parts.items()]
    return {name: sum(part * state[name] for state, part in states) for name in states[0][0]}


def _step(run: Run, step: int, batch: Batch) -> float:
    # Seeded per step, so that a resumed run draws the same dropout masks.
    torch.manual_seed(run.recipe.seed * 1_000_003 + step)
    run.model.train()
    padded = pad_batch(batch.inputs, special_tokens(run.tokenizer).pad)
    forward = run.model.sentiment if batch.is_sentiment else run.model
    copies = 2 if run.recipe.consistency else 1
    # bfloat16 products on float weights: 1.7 times faster where the processor has avx512_bf16.
    with torch.autocast("cpu", torch.bfloat16, enabled=run.recipe.mixed_precision):
        ids, mask = torch.from_numpy(padded.input_ids), torch.from_numpy(padded.attention_mask)
        logits = forward(ids.repeat(copies, 1), mask.repeat(copies, 1)).float()
    loss = nn.functional.cross_entropy(
        logits, batch.labels.repeat(copies), label_smoothing=run.recipe.label_smoothing
    )
    if run.recipe.consistency:
        loss = loss + run.recipe.consistency * disagreement(*logits.chunk(2))
    weighted = loss * run.recipe.sentiment_weight if batch.is_sentiment else loss
    weighted.backward()
    nn.utils.clip_grad_norm_(run.model.parameters(), 1.0)
    run.optimizer.step()
    run.scheduler.step()
    run.optimizer.zero_grad()
    return loss.item()


def disagreement(one: Tensor, other: Tensor) -> Tensor:
    """Mean of both Kullback-Leibler divergences between two answers (n, 3) in logits."""
    first, second = one.log_softmax(-1), other.log_softmax(-1)
    difference = (first.exp() - second.exp()) * (first - second)
    return difference.sum(-1).mean() / 2


def _optimizer(model: StanceModel, recipe: Recipe) -> torch.optim.AdamW:
    """AdamW without decay of biases and norms; lower layers may learn more slowly."""
    depth = model.encoder.config.num_hidden_layers
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        rate = recipe.learning_rate * recipe.layer_decay ** (depth - _layer(name, depth))
        is_weight = parameter.ndim > 1 and "LayerNorm" not in name
        decay = recipe.weight_decay if is_weight else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return torch.optim.AdamW(
        [
            {"params": parameters, "lr": rate, "weight_decay": decay}
            for (rate, decay), parameters in groups.items()
        ]
    )


def _layer(name: str, depth: int) -> int:
    """0 for the embeddings, 1 to `depth` for the encoder's layers, `depth` for what is above."""
    found = re.match(r"encoder\.encoder\.layer\.(\d+)\.", name)
    if found:
        return int(found[1]) + 1
    return 0 if name.startswith("encoder.") else depth


def _linear_schedule(
    optimizer: torch.optim.Optimizer, steps: int, recipe: Recipe
) -> torch.optim.lr_scheduler.LambdaLR:
    warmup = max(1, round(steps * recipe.warmup_share))

    def factor(step: int) -> float:
        return min((step + 1) / warmup, max(0.0, (steps - step) / max(1, steps - warmup)))

    return torch.optim.lr_scheduler.LambdaLR(optimizer, factor)


def _log_dev(run: Run, dev: dict[str, pl.DataFrame], epoch: int) -> None:
    scores = {}
    for name, frame in dev.items():
        inputs = encode_frame(frame, run.tokenizer, run.recipe.max_length)
        predicted = predict(run.model, inputs, special_tokens(run.tokenizer).pad).argmax(axis=1)
        scores[name] = macro_f1(frame["label"].to_numpy(), predicted - 1)
    _log(run.folder, epoch=epoch, **scores)


def _save(run: Run, step: int) -> None:
    partial = run.folder / "checkpoint.partial"
    state = {
        "step": step,
        "recipe": asdict(run.recipe),
        "model": run.model.state_dict(),
        "optimizer": run.optimizer.state_dict(),
        "scheduler": run.scheduler.state_dict(),
    }
    torch.save(state, partial)
    partial.replace(run.folder / "checkpoint.pt")


def _resume(run: Run) -> int:
    path = run.folder / "checkpoint.pt"
    if not path.exists():
        return 0
    checkpoint = torch.load(path, weights_only=True)
    if checkpoint["recipe"] != asdict(run.recipe):
        return 0
    run.model.load_state_dict(checkpoint["model"])
    run.optimizer.load_state_dict(checkpoint["optimizer"])
    run.scheduler.load_state_dict(checkpoint["scheduler"])
    return int(checkpoint["step"])


def _log(folder: Path, **values: float) -> None:
    line = json.dumps({key: round(float(value), 5) for key, value in values.items()})
    print(line, flush=True)
    with (folder / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write(line + "\n")
