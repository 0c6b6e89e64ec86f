"""A trainable network from the 8-bit graph that ships, so that no float weights need to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor
from transformers import BertConfig, BertModel

from stancelib.errors import EnvironmentProblem
from stancelib.scoring.embedded_model import checked_bytes, read_description
from stancelib.training.export import BLOCK_SIZE
from stancelib.training.model import StanceModel

# That of multilingual-e5-small; models of format 1 do not say it.
HEADS_OF_FORMAT_1 = 12
# 8-bit blocks are stored without sign.
_ZERO = 128
_EMBEDDINGS = "encoder.embeddings.{}_embeddings.weight"


def restore(folder: Path) -> StanceModel:
    """Rebuild the network of a model folder whose graph `export.quantize` wrote.

    Weights are those that the graph computes with: rounded to 8 bits once, and rounded to the same
    values when they are exported again untrained.

    Parameters
    ----------
    folder : Path
        What `load_scorer("embedded", model=folder)` reads.

    Raises
    ------
    EnvironmentProblem
        If the folder is no model folder, a file was changed, or the graph is not of this kind.
    """
    description = read_description(folder)
    graph = checked_bytes(folder, "model.onnx", description["sha256"])
    content = onnx.load_from_string(graph).graph
    constants = {item.name: numpy_helper.to_array(item) for item in content.initializer}
    state = {
        **_plain_weights(constants),
        **dict(_blocks(content, constants)),
        **dict(_embeddings(constants)),
    }
    words = state.pop(_EMBEDDINGS.format("word"))
    state["markers"] = words[-2:].clone()
    state[_EMBEDDINGS.format("word")] = words[:-2].clone()
    heads = description.get("attention_heads", HEADS_OF_FORMAT_1)
    model = StanceModel(BertModel(_configuration(state, heads), add_pooling_layer=False))
    known = model.state_dict()
    if missing := sorted(set(known) - set(state) - _new_sentiment_head(state)):
        raise EnvironmentProblem(
            f"{folder / 'model.onnx'} holds no {missing[0]}; it is no graph of this library"
        )
    model.load_state_dict({name: state.get(name, value) for name, value in known.items()})
    return model


def _new_sentiment_head(state: dict[str, Tensor]) -> set[str]:
    """Names that a graph of before the sentiment head lacks: that head starts anew."""
    names = {f"sentiment_head.{layer}.{kind}" for layer in (1, 4) for kind in ("weight", "bias")}
    return names if names.isdisjoint(state) else set()


def _plain_weights(constants: dict[str, NDArray[np.float32]]) -> dict[str, Tensor]:
    """Biases, norms and the small matrices of the heads, which are stored transposed."""
    plain = {
        name: _tensor(value)
        for name, value in constants.items()
        if name.endswith((".bias", "LayerNorm.weight"))
    }
    transposed = {
        name.removesuffix("_Transposed"): _tensor(value.T)
        for name, value in constants.items()
        if name.endswith(".weight_Transposed")
    }
    return plain | transposed


def _blocks(
    graph: onnx.GraphProto, constants: dict[str, NDArray[np.float32]]
) -> Iterator[tuple[str, Tensor]]:
    """Matrices in 8-bit blocks; each is named after the bias that is added to its product."""
    bias_after = {
        given: other
        for node in graph.node
        if node.op_type == "Add"
        for given, other in (tuple(node.input), tuple(node.input)[::-1])
        if other.endswith(".bias")
    }
    for node in graph.node:
        if node.op_type != "MatMulNBits":
            continue
        size = {item.name: item.i for item in node.attribute}
        whole, scales = constants[node.input[1]], constants[node.input[2]]
        # The last block of a row is filled up.
        rows, blocks = size["N"], -(-size["K"] // BLOCK_SIZE)
        values = whole.reshape(rows, blocks, BLOCK_SIZE).astype(np.float32) - _ZERO
        matrix = (values * scales.reshape(rows, blocks, 1)).reshape(rows, -1)[:, : size["K"]]
        yield bias_after[node.output[0]].replace(".bias", ".weight"), _tensor(matrix)


def _embeddings(constants: dict[str, NDArray[np.float32]]) -> Iterator[tuple[str, Tensor]]:
    for kind in ("word", "position", "token_type"):
        name = _EMBEDDINGS.format(kind)
        whole, zero = constants[f"{name}_quantized"], constants[f"{name}_zero_point"]
        yield name, _tensor((whole.astype(np.float32) - zero) * constants[f"{name}_scale"])


def _configuration(state: dict[str, Tensor], heads: int) -> BertConfig:
    words, positions = (state[_EMBEDDINGS.format(kind)] for kind in ("word", "position"))
    layers = {name.split(".")[3] for name in state if name.startswith("encoder.encoder.layer.")}
    return BertConfig(
        vocab_size=words.shape[0],
        hidden_size=words.shape[1],
        num_hidden_layers=len(layers),
        num_attention_heads=heads,
        intermediate_size=state["encoder.encoder.layer.0.intermediate.dense.bias"].shape[0],
        max_position_embeddings=positions.shape[0],
        layer_norm_eps=1e-12,
        pad_token_id=1,
    )


def _tensor(values: NDArray[np.float32]) -> Tensor:
    return torch.from_numpy(np.array(values, dtype=np.float32))
