"""The sentiment head, trained on top of a finished encoder, so that stance stays as it is."""

from __future__ import annotations

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn

from stancelib.scoring.embedded_model import special_tokens
from stancelib.training.batches import encode_sentences, padded_batches
from stancelib.training.model import StanceModel

EPOCHS = 40
BATCH_SIZE = 64
LEARNING_RATE = 1e-3
MAX_LENGTH = 128


def train_sentiment_head(
    model: StanceModel, tokenizer: Tokenizer, sentences: pl.DataFrame, *, seed: int = 1
) -> None:
    """Train ``model.sentiment_head`` in place.

    Parameters
    ----------
    model, tokenizer
        The trained stance model; its encoder is only read.
    sentences : DataFrame
        Columns ``text, label`` (-1, 0, 1).
    seed : int
        Of the order of the sentences and of dropout.
    """
    states = first_states(model, tokenizer, sentences["text"])
    classes = torch.from_numpy(sentences["label"].to_numpy() + 1)
    torch.manual_seed(seed)
    model.sentiment_head.train()
    optimizer = torch.optim.AdamW(model.sentiment_head.parameters(), lr=LEARNING_RATE)
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(classes)).split(BATCH_SIZE):
            loss = nn.functional.cross_entropy(model.sentiment_head(states[rows]), classes[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.sentiment_head.eval()


def sentiment_logits(
    model: StanceModel, tokenizer: Tokenizer, texts: pl.Series
) -> NDArray[np.float64]:
    """Logits of shape (n_texts, 3)."""
    model.eval()
    with torch.inference_mode():
        logits = model.sentiment_head(first_states(model, tokenizer, texts))
    result: NDArray[np.float64] = logits.numpy().astype(np.float64)
    return result


def first_states(model: StanceModel, tokenizer: Tokenizer, texts: pl.Series) -> Tensor:
    """States of the first token of whole sentences, shape (n_texts, hidden)."""
    model.eval()
    inputs = encode_sentences(texts, tokenizer, MAX_LENGTH)
    states = torch.zeros(len(inputs), model.encoder.config.hidden_size)
    pad = special_tokens(tokenizer).pad
    with torch.no_grad():
        for rows, ids, mask in padded_batches(inputs, pad, BATCH_SIZE):
            states[torch.from_numpy(rows)] = model.states(ids, mask)[:, 0]
    return states
