"""The network: an encoder, two marker embeddings, a stance head and a sentiment head."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from transformers import BertModel


class StanceModel(nn.Module):
    """Stance logits of marked sentences, and sentiment logits of sentences without a marker.

    The stance head (against, neutral, favor) reads the states of the first token, the opening and
    the closing marker; the sentiment head (negative, neutral, positive) that of the first token
    alone. Word embeddings are frozen; only the two marker embeddings, the last two ids of the
    vocabulary, are learned.

    Parameters
    ----------
    encoder : BertModel
        Its vocabulary does not yet hold the markers.
    dropout : float
        Before and inside the head.
    """

    def __init__(self, encoder: BertModel, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        self.n_pieces: int = encoder.config.vocab_size
        hidden: int = encoder.config.hidden_size
        words = encoder.get_input_embeddings().weight
        words.requires_grad_(False)
        deviation = float(words.std())
        self.markers = nn.Parameter(torch.randn(2, hidden) * deviation)
        self.head = classification_head(3 * hidden, hidden, dropout)
        self.sentiment_head = classification_head(hidden, hidden, dropout)

    def embed(self, input_ids: Tensor) -> Tensor:
        """Word embeddings, the markers' from their own table; shape (batch, length, hidden)."""
        table = self.encoder.get_input_embeddings()
        is_marker = (input_ids >= self.n_pieces).unsqueeze(-1)
        words = table(input_ids.clamp(max=self.n_pieces - 1))
        marker = (input_ids - self.n_pieces).clamp(min=0)
        return torch.where(is_marker, self.markers[marker], words)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Stance logits of shape (batch, 3)."""
        logits: Tensor = self.head(self.pooled(self.states(input_ids, attention_mask), input_ids))
        return logits

    def sentiment(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Sentiment logits of shape (batch, 3)."""
        logits: Tensor = self.sentiment_head(self.states(input_ids, attention_mask)[:, 0])
        return logits

    def states(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Last hidden states, shape (batch, length, hidden)."""
        states: Tensor = self.encoder(
            inputs_embeds=self.embed(input_ids), attention_mask=attention_mask
        ).last_hidden_state
        return states

    def pooled(self, states: Tensor, input_ids: Tensor) -> Tensor:
        """States of the first token and of both markers, shape (batch, 3 * hidden).

        The markers are gathered by a product with a mask: an index over the batch would bake
        the batch size into an exported graph.
        """
        masks = [(input_ids == self.n_pieces + i).to(states.dtype) for i in range(2)]
        markers = [(mask.unsqueeze(1) @ states).squeeze(1) for mask in masks]
        return torch.cat([states[:, 0], *markers], dim=1)


def classification_head(inputs: int, hidden: int, dropout: float) -> nn.Sequential:
    """Two layers that end in three logits."""
    return nn.Sequential(
        nn.Dropout(dropout),
        nn.Linear(inputs, hidden),
        nn.Tanh(),
        nn.Dropout(dropout),
        nn.Linear(hidden, 3),
    )
