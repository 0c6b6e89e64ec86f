"""Fine-tune the stance model, with checkpoints from which a killed run resumes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn

from stancelib.scoring.embedded import special_tokens
from stancelib.scoring.embedded_core import (
    length_buckets,
    mark_mention,
    pad_batch,
)
from stancelib.training.metrics import macro_f1
from stancelib.training.model import StanceModel

LOGGED_EVERY = 50


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every number that a training run depends on."""

    learning_rate: float = 8e-5
    batch_size: int = 32
    epochs: int = 3
    warmup_share: float = 0.06
    weight_decay: float = 0.01
    max_length: int = 128
    checkpoint_every: int = 150
    seed: int = 1


def encode_frame(
    frame: pl.DataFrame, tokenizer: Tokenizer, max_length: int
) -> list[tuple[int, ...]]:
    """Marked token ids of every row of a frame with ``text, start, end``."""
    special = special_tokens(tokenizer)
    encodings = tokenizer.encode_batch(frame["text"].to_list(), add_special_tokens=False)
    return [
        mark_mention(
            encoding.ids, encoding.offsets, start, end, special=special, max_length=max_length
        ).ids
        for encoding, start, end in zip(encodings, frame["start"], frame["end"], strict=True)
    ]


def shuffled_batches(
    lengths: Sequence[int], batch_size: int, generator: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Batches of inputs of similar length in random order; ties and batches are shuffled.

    Rows are sorted within blocks of 50 batches only, so that a batch is still a mix.
    """
    order = generator.permutation(len(lengths))
    block = 50 * batch_size
    batches = []
    for i in range(0, len(order), block):
        rows = order[i : i + block]
        sizes = [lengths[row] for row in rows]
        batches += [rows[bucket] for bucket in length_buckets(sizes, batch_size)]
    return [batches[i] for i in generator.permutation(len(batches))]


def predict(
    model: StanceModel, inputs: Sequence[Sequence[int]], pad: int, batch_size: int = 64
) -> NDArray[np.float64]:
    """Probabilities of shape (n_inputs, 3), in the order of the inputs."""
    model.eval()
    probabilities = np.zeros((len(inputs), 3))
    with torch.inference_mode():
        for rows in length_buckets([len(ids) for ids in inputs], batch_size):
            batch = pad_batch([inputs[row] for row in rows], pad)
            logits = model(
                torch.from_numpy(batch.input_ids), torch.from_numpy(batch.attention_mask)
            )
            probabilities[rows] = torch.softmax(logits, dim=1).numpy()
    return probabilities


@dataclass(frozen=True, slots=True)
class Run:
    """One training run: what is trained, by which numbers, and where its files are."""

    model: StanceModel
    tokenizer: Tokenizer
    optimizer: torch.optim.Optimizer
    scheduler: torch.optim.lr_scheduler.LambdaLR
    folder: Path
    recipe: Recipe


def fine_tune(
    model: StanceModel,
    tokenizer: Tokenizer,
    train: pl.DataFrame,
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
    train : DataFrame
        Columns ``text, start, end, label``.
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
    inputs = encode_frame(train, tokenizer, recipe.max_length)
    labels = torch.from_numpy(train["label"].to_numpy() + 1)
    schedule = list(_schedule([len(ids) for ids in inputs], recipe))
    optimizer = _optimizer(model, recipe)
    scheduler = _linear_schedule(optimizer, len(schedule), recipe)
    run = Run(model, tokenizer, optimizer, scheduler, folder, recipe)
    first = _resume(run)
    started, losses = time.perf_counter(), []
    for step in range(first, len(schedule)):
        epoch, rows = schedule[step]
        losses.append(_step(run, step, [inputs[row] for row in rows], labels[rows]))
        if (step + 1) % LOGGED_EVERY == 0:
            seconds = (time.perf_counter() - started) / (step + 1 - first)
            mean = float(np.mean(losses[-LOGGED_EVERY:]))
            _log(folder, step=step + 1, of=len(schedule), loss=mean, s=seconds)
        last_of_epoch = step + 1 == len(schedule) or schedule[step + 1][0] != epoch
        if last_of_epoch:
            _log_dev(run, dev, epoch)
            torch.save(model.state_dict(), folder / f"epoch_{epoch}.pt")
        if last_of_epoch or (step + 1) % recipe.checkpoint_every == 0:
            _save(run, step + 1)
    return model


def average_weights(files: Sequence[Path]) -> dict[str, Tensor]:
    """Mean of the weights of several epochs.

    Izmailov et al. (2018), *Averaging weights leads to wider optima and better
    generalization*, UAI, https://arxiv.org/abs/1803.05407.
    """
    states = [torch.load(file, weights_only=True) for file in files]
    return {name: sum(state[name] for state in states) / len(states) for name in states[0]}


def _step(run: Run, step: int, inputs: list[tuple[int, ...]], labels: Tensor) -> float:
    # Seeded per step, so that a resumed run draws the same dropout masks.
    torch.manual_seed(run.recipe.seed * 1_000_003 + step)
    run.model.train()
    batch = pad_batch(inputs, special_tokens(run.tokenizer).pad)
    logits = run.model(torch.from_numpy(batch.input_ids), torch.from_numpy(batch.attention_mask))
    loss = nn.functional.cross_entropy(logits, labels)
    loss.backward()
    nn.utils.clip_grad_norm_(run.model.parameters(), 1.0)
    run.optimizer.step()
    run.scheduler.step()
    run.optimizer.zero_grad()
    return loss.item()


def _schedule(lengths: Sequence[int], recipe: Recipe) -> Iterator[tuple[int, NDArray[np.int64]]]:
    for epoch in range(recipe.epochs):
        generator = np.random.default_rng([recipe.seed, epoch])
        for rows in shuffled_batches(lengths, recipe.batch_size, generator):
            yield epoch, rows


def _optimizer(model: StanceModel, recipe: Recipe) -> torch.optim.AdamW:
    trained = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    decayed = [p for name, p in trained if p.ndim > 1 and "LayerNorm" not in name]
    others = [p for name, p in trained if p.ndim == 1 or "LayerNorm" in name]
    groups = [
        {"params": decayed, "weight_decay": recipe.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate)


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
