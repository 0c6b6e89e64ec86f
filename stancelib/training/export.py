"""Export the trained model to ONNX, quantise it to 8 bits and write what the package ships."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from stancelib.errors import EnvironmentProblem
from stancelib.scoring.calibration_core import Calibration
from stancelib.scoring.embedded_model import FORMATS, SENTIMENT_OUTPUT, STANCE_OUTPUT
from stancelib.training.model import StanceModel

INPUTS = ("input_ids", "attention_mask")
# The level of onnxruntime at which blocks of activations are 8-bit integers too.
INT8_ACTIVATIONS = 4
# Weights that share a scale.
BLOCK_SIZE = 32


class ExportedModel(nn.Module):
    """The stance model with the markers in the word embeddings, free of any batch size."""

    def __init__(self, trained: StanceModel) -> None:
        super().__init__()
        config = BertConfig.from_dict(trained.encoder.config.to_dict())
        config._attn_implementation = "eager"  # noqa: SLF001 - the documented argument needs a path
        self.encoder = BertModel(config, add_pooling_layer=False)
        self.encoder.load_state_dict(trained.encoder.state_dict())
        words = trained.encoder.get_input_embeddings().weight
        table = torch.cat([words, trained.markers]).detach()
        self.encoder.set_input_embeddings(nn.Embedding.from_pretrained(table))
        self.head = trained.head
        self.sentiment_head = trained.sentiment_head
        self.n_pieces = trained.n_pieces

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of stance and of sentiment, each of shape (batch, 3)."""
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask)[0]
        masks = [(input_ids == self.n_pieces + i).to(states.dtype) for i in range(2)]
        markers = [(mask.unsqueeze(1) @ states).squeeze(1) for mask in masks]
        first = states[:, 0]
        return self.head(torch.cat([first, *markers], dim=1)), self.sentiment_head(first)


def export_float(model: StanceModel, target: Path) -> Path:
    """Write the float ONNX graph, with a dynamic batch size and length."""
    exported = ExportedModel(model).eval()
    ids = torch.full((3, 11), 4)
    ids[:, 4], ids[:, 7] = model.n_pieces, model.n_pieces + 1
    batch, length = torch.export.Dim("batch"), torch.export.Dim("length", max=512)
    shape = {0: batch, 1: length}
    program = torch.onnx.export(
        exported,
        (ids, torch.ones_like(ids)),
        dynamo=True,
        dynamic_shapes=dict.fromkeys(INPUTS, shape),
        input_names=list(INPUTS),
        output_names=[STANCE_OUTPUT, SENTIMENT_OUTPUT],
        verbose=False,
    )
    if program is None:
        raise EnvironmentProblem("torch.onnx.export gave no graph")
    program.save(str(target), external_data=False)
    return target


def quantize(source: Path, target: Path) -> Path:
    """Weights to 8 bits in blocks of 32, each with its own scale; so are activations at run time.

    One scale for a whole activation (as onnxruntime's dynamic quantisation takes it) moves
    probabilities by 0.03 in the mean on the dev parts, eight times as much.
    """
    quantizer = MatMulNBitsQuantizer(
        onnx.load(source),
        bits=8,
        block_size=BLOCK_SIZE,
        is_symmetric=True,
        accuracy_level=INT8_ACTIVATIONS,
        op_types_to_quantize=("MatMul",),
    )
    quantizer.process()
    blocks = target.with_suffix(".blocks.onnx")
    onnx.save(quantizer.model.model, blocks)
    quantize_dynamic(
        blocks,
        target,
        op_types_to_quantize=["Gather"],
        per_channel=True,
        weight_type=QuantType.QInt8,
    )
    blocks.unlink()
    return target


def write_model_folder(
    folder: Path,
    graph: Path,
    tokenizer: Path,
    *,
    attention_heads: int,
    max_length: int = 128,
    calibration: Mapping[str, Mapping[str, Calibration]] | None = None,
) -> Path:
    """Copy graph and tokenizer into a model folder, with their hashes and the calibration.

    Parameters
    ----------
    folder : Path
        What `load_scorer("embedded", model=folder)` reads.
    graph, tokenizer : Path
        The quantised graph, and ``tokenizer.json`` with the markers.
    attention_heads : int
        Of the encoder; `restore` needs it.
    max_length : int
        Tokens of the longest input.
    calibration : mapping, optional
        By task (stance, sentiment) and language.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(graph, folder / "model.onnx")
    shutil.copy(tokenizer, folder / "tokenizer.json")
    files = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in ("model.onnx", "tokenizer.json")
    }
    tables = {
        task: {lang: asdict(values) for lang, values in table.items()}
        for task, table in (calibration or {}).items()
    }
    description = {
        "format": FORMATS[-1],
        "max_length": max_length,
        "attention_heads": attention_heads,
        "sha256": files,
        "calibration": tables,
    }
    (folder / "model.json").write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
    return folder


def largest_difference(
    model: StanceModel, graph: Path, shapes: tuple[tuple[int, int], ...]
) -> float:
    """Largest absolute difference of the logits of torch and of a graph over several shapes."""
    import onnxruntime

    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    generator = np.random.default_rng(0)
    worst = 0.0
    for batch, length in shapes:
        ids = generator.integers(4, model.n_pieces, (batch, length))
        ids[:, 1], ids[:, 3] = model.n_pieces, model.n_pieces + 1
        mask = np.ones_like(ids)
        mask[0, length // 2 + 2 :] = 0
        got = session.run(None, {"input_ids": ids, "attention_mask": mask})
        tensors = torch.from_numpy(ids), torch.from_numpy(mask)
        with torch.inference_mode():
            wanted = model.eval()(*tensors), model.sentiment(*tensors)
        differences = [np.abs(a - b.numpy()).max() for a, b in zip(got, wanted, strict=True)]
        worst = max(worst, float(max(differences)))
    return worst


def check_graph(graph: Path) -> None:
    """Let the reference checker of ONNX read the file."""
    onnx.checker.check_model(str(graph))
