"""A tiny encoder and tokenizer, so that training and export run in seconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from stancelib.training.model import StanceModel
from stancelib.training.vocabulary import SPECIAL, cut_tokenizer

PIECES = [*SPECIAL, "▁", "▁good", "▁bad", "▁plain", "▁A", "▁B", "▁is", "."]


class Tiny(NamedTuple):
    model: StanceModel
    tokenizer: Tokenizer


@pytest.fixture
def tiny() -> Tiny:
    description = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {
            "type": "Metaspace",
            "replacement": "▁",
            "prepend_scheme": "always",
            "split": True,
        },
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "Unigram",
            "unk_id": 3,
            "vocab": [[piece, -1.0] for piece in PIECES],
        },
    }
    cut = cut_tokenizer(description, list(range(len(PIECES))))
    tokenizer = Tokenizer.from_str(json.dumps(cut))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(PIECES),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
        pad_token_id=1,
    )
    return Tiny(StanceModel(BertModel(config, add_pooling_layer=False), dropout=0.0), tokenizer)


@pytest.fixture
def two_target_sentences() -> pl.DataFrame:
    """The label follows the word behind the mention, so that the markers must be read."""
    labels = {"good": 1, "bad": -1, "plain": 0}
    rows = []
    for first, first_label in labels.items():
        for second, second_label in labels.items():
            text = f"A is {first} . B is {second} ."
            second_start = text.index("B")
            rows += [
                (text, 0, 1, first_label),
                (text, second_start, second_start + 1, second_label),
            ]
    return pl.DataFrame(rows * 8, schema=["text", "start", "end", "label"], orient="row")


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"
