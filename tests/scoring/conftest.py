"""Tiny transformers models whose answers are known, because their weights are set by hand.

Each is a real BERT of two layers. The first attends to all tokens alike, so that the first token
sees which cue words the input holds; the second passes it on. A cue word is one dimension.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from stancelib.scoring import attach_scores, check_pairs

HIDDEN = 32
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[T]", "[/T]")
# The dimension that each cue word lights: 0 favor, 1 against, 2 neutral.
CUES = {
    word: dimension
    for dimension, words in enumerate(
        (
            ("praises", "supports", "soutient", "підтримує", "[T]"),
            ("condemns", "criticizes", "critique", "критикує"),
            ("neutral", "neutre", "нейтральний"),
        )
    )
    for word in words
}
# Tokens of padding look like praise: a model that reads them by mistake gives itself away.
PADDING_CUE = 0


def tiny_tokenizer(model_max_length: int) -> Any:
    """Words and punctuation marks as tokens; words without a cue are unknown."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    words = [*SPECIAL, *(word for word in CUES if word not in SPECIAL)]
    vocabulary = {word: i for i, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106 - a token of text
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    names = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    return PreTrainedTokenizerFast(
        **names,
        tokenizer_object=tokenizer,
        additional_special_tokens=["[T]", "[/T]"],
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        model_max_length=model_max_length,
    )


def tiny_bert(tokenizer: Any, labels: Sequence[str], **config: Any) -> Any:
    """A BERT with every weight 0 but those that carry cue words to the first token."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    settings: dict[str, Any] = {
        "vocab_size": len(tokenizer),
        "hidden_size": HIDDEN,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": HIDDEN,
        "max_position_embeddings": 128,
        "pad_token_id": tokenizer.pad_token_id,
        "id2label": dict(enumerate(labels)),
        "label2id": {label: i for i, label in enumerate(labels)},
    }
    model = BertForSequenceClassification(BertConfig(**settings | config))
    identity = torch.eye(HIDDEN)
    with torch.no_grad():
        for name, weights in model.named_parameters():
            weights.fill_(1.0 if name.endswith("LayerNorm.weight") else 0.0)
        embeddings = model.bert.embeddings.word_embeddings.weight
        for word, dimension in {**CUES, "[PAD]": PADDING_CUE}.items():
            embeddings[tokenizer.convert_tokens_to_ids(word), dimension] = 1.0
        attention = model.bert.encoder.layer[0].attention
        attention.self.value.weight.copy_(identity)
        attention.output.dense.weight.copy_(identity)
        model.bert.pooler.dense.weight.copy_(identity / 10)
    return model.eval()


SaveModel = Callable[..., Path]


@pytest.fixture(scope="session")
def save_classifier(tmp_path_factory: pytest.TempPathFactory) -> SaveModel:
    """Save a classifier that gives ``bias`` as logits, and sees praise and condemnation."""

    def save(
        labels: Sequence[str] = ("against", "neutral", "favor"),
        bias: Sequence[float] | None = None,
        cues: Mapping[str, int] | None = None,
        model_max_length: int = 64,
        **config: Any,
    ) -> Path:
        import torch

        tokenizer = tiny_tokenizer(model_max_length)
        model = tiny_bert(tokenizer, labels, **config)
        with torch.no_grad():
            model.classifier.bias.copy_(torch.tensor(bias or [0.0] * len(labels)))
            for label, dimension in (cues or {}).items():
                model.classifier.weight[list(labels).index(label), dimension] = 20.0
        folder = tmp_path_factory.mktemp("classifier")
        tokenizer.save_pretrained(folder)
        model.save_pretrained(folder)
        return folder

    return save


@pytest.fixture(scope="session")
def classifier_folder(save_classifier: SaveModel) -> Path:
    """A classifier with its labels in an unusual order; without a cue it says neutral."""
    return save_classifier(
        ("Positive", "Negative", "Neutral"), (0.0, 0.0, 2.0), {"Positive": 0, "Negative": 1}
    )


@pytest.fixture(scope="session")
def save_entailment(tmp_path_factory: pytest.TempPathFactory) -> SaveModel:
    """Save a model for which a hypothesis follows if it has the cue of the sentence.

    One cue alone lights its dimension up to 0.5, two cues light theirs up to 0.37 each: the
    less light there is together, the more the hypothesis follows.
    """

    def save(labels: Sequence[str] = ("CONTRADICTION", "NEUTRAL", "ENTAILMENT")) -> Path:
        import torch

        tokenizer = tiny_tokenizer(64)
        model = tiny_bert(tokenizer, labels)
        entailment = [label.casefold() == "entailment" for label in labels].index(True)
        with torch.no_grad():
            model.classifier.weight[entailment, :3] = -40.0
            model.classifier.bias[entailment] = 20.0
        folder = tmp_path_factory.mktemp("entailment")
        tokenizer.save_pretrained(folder)
        model.save_pretrained(folder)
        return folder

    return save


@pytest.fixture(scope="session")
def entailment_folder(save_entailment: SaveModel) -> Path:
    """An inference model with the usual three labels."""
    return save_entailment()


class CueScorer:
    """A scorer without a model: praise is favor, condemnation is against."""

    name = "cue@000000000000"

    def score(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Probability 0.8 for the class of the cue, 0.1 for the others."""
        texts = check_pairs(frame)["text"].to_list()
        classes = [2 if "praises" in text else 0 if "condemns" in text else 1 for text in texts]
        probabilities = np.full((len(texts), 3), 0.1)
        probabilities[np.arange(len(texts)), classes] = 0.8
        return attach_scores(frame, probabilities, np.zeros(len(texts), dtype=np.bool_))


@pytest.fixture
def cue_scorer() -> CueScorer:
    """A scorer without a model."""
    return CueScorer()


@pytest.fixture(scope="session")
def pairs() -> Callable[..., pl.DataFrame]:
    """Build a frame of pairs from ``(text, mention or None, target)``."""

    def build(*rows: tuple[str, str | None, str], lang: str | None = None) -> pl.DataFrame:
        starts = [None if mention is None else text.index(mention) for text, mention, _ in rows]
        return pl.DataFrame(
            {
                "text": [text for text, _, _ in rows],
                "start": starts,
                "end": [
                    None if start is None else start + len(mention or "")
                    for start, (_, mention, _) in zip(starts, rows, strict=True)
                ],
                "target": [target for _, _, target in rows],
                "lang": [lang] * len(rows),
            },
            schema_overrides={"start": pl.Int64, "end": pl.Int64, "lang": pl.String},
        )

    return build
