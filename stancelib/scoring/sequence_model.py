"""Load a transformers sequence-classification model, without pickles and without remote code."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

from stancelib.errors import ArgumentError, EnvironmentProblem

Precision = Literal["float32", "bfloat16"]

_SHORTEST_INPUT: Final = 8
_LENGTH_WHERE_NONE_IS_STATED: Final = 512
_NO_LIMIT: Final = 1_000_000
_NO_NUMBERS: Final = ("_name_or_path", "transformers_version", "id2label", "label2id")


@dataclass(frozen=True, slots=True)
class SequenceModel:
    """A loaded model with what is needed to run it.

    Attributes
    ----------
    model, tokenizer : Any
        The transformers model in evaluation mode, and its fast tokenizer.
    device : str
        Where the model stands, such as ``"cpu"`` or ``"cuda"``.
    max_length : int
        The most tokens of one input, special tokens included.
    labels : tuple of str
        The names of the model's classes in the order of its logits, shape (n_labels,).
    short_name : str
        The last part of its path or id.
    fingerprint : str
        SHA-256 of the weights, the configuration and the tokenizer as they were loaded.
    """

    model: Any
    tokenizer: Any
    device: str
    max_length: int
    labels: tuple[str, ...]
    short_name: str
    fingerprint: str


def load_sequence_model(
    model: str | Path,
    *,
    device: str | None = None,
    dtype: Precision = "float32",
    max_length: int | None = None,
    revision: str = "main",
) -> SequenceModel:
    """Load a sequence-classification model from a folder or from the Hugging Face hub.

    Parameters
    ----------
    model : str or pathlib.Path
        A folder, which never touches the network, or a hub id.
    device : str, optional
        Null: ``"cuda"`` if there is one, else ``"cpu"``.
    dtype : {"float32", "bfloat16"}
        Precision of the weights; ``"bfloat16"`` on a GPU only.
    max_length : int, optional
        The most tokens of one input; null: what the model was made for.
    revision : str
        Branch, tag or commit on the hub.

    Raises
    ------
    ArgumentError
        If the folder does not exist, an option is not allowed, or the model does not fit.
    EnvironmentProblem
        If torch is not installed, there is no such device, or the model cannot be read.
    """
    torch = import_torch()
    where = _device(torch, device)
    if dtype not in get_args(Precision):
        raise ArgumentError.unknown("dtype", dtype, get_args(Precision))
    if dtype == "bfloat16" and where.startswith("cpu"):
        raise ArgumentError("dtype='bfloat16' is for GPUs; on the CPU use dtype='float32'")
    source, options = _source(model, revision)
    loaded, tokenizer = _read(source, options, getattr(torch, dtype))
    return SequenceModel(
        model=loaded.to(where),
        tokenizer=tokenizer,
        device=where,
        max_length=_max_length(loaded, tokenizer, max_length),
        labels=tuple(loaded.config.id2label[i] for i in range(loaded.config.num_labels)),
        short_name=Path(source).resolve().name,
        fingerprint=_fingerprint(torch, loaded, tokenizer),
    )


def import_torch() -> Any:
    """The torch module, or an error that names the extra."""
    try:
        import torch  # noqa: PLC0415  (an extra, and slow to load)
    except ImportError:
        raise EnvironmentProblem.missing_extra("torch", "torch") from None
    return torch


def _device(torch: Any, device: str | None) -> str:
    has_cuda = bool(torch.cuda.is_available())
    if device is None:
        return "cuda" if has_cuda else "cpu"
    try:
        kind = torch.device(device).type
    except RuntimeError:
        raise ArgumentError.unknown("device", device, ["cpu", "cuda", "cuda:0"]) from None
    if kind == "cuda" and not has_cuda:
        raise EnvironmentProblem(f"device={device!r}: torch finds no CUDA device; use 'cpu'")
    return device


def _source(model: str | Path, revision: str) -> tuple[str, dict[str, Any]]:
    options: dict[str, Any] = {"revision": revision, "trust_remote_code": False}
    path = Path(model).expanduser()
    if path.is_dir():
        if not any(path.glob("*.safetensors")):
            raise EnvironmentProblem(
                f"{path} holds no .safetensors weights (pickled weights are not read, since they "
                "can run code); save the model again with model.save_pretrained(folder)"
            )
        return str(path), {**options, "local_files_only": True}
    text = str(model)
    if isinstance(model, Path) or path.exists() or text[:1] in "./~" or text.count("/") > 1:
        raise ArgumentError(f"model={text!r} is not a folder with a saved transformers model")
    return text, options


def _read(source: str, options: dict[str, Any], dtype: Any) -> tuple[Any, Any]:
    from safetensors import SafetensorError  # noqa: PLC0415  (comes with transformers)
    from transformers import (  # noqa: PLC0415  (slow to load)
        AutoModelForSequenceClassification,
        AutoTokenizer,
    )

    try:
        tokenizer = AutoTokenizer.from_pretrained(source, **options)
        model, info = AutoModelForSequenceClassification.from_pretrained(
            source, **options, use_safetensors=True, dtype=dtype, output_loading_info=True
        )
    except (OSError, ValueError, RuntimeError, ImportError, SafetensorError) as error:
        raise EnvironmentProblem(f"the model {source!r} cannot be loaded: {error}") from error
    if info["missing_keys"]:
        raise ArgumentError(
            f"the model {source!r} has no trained weights for "
            f"{', '.join(sorted(info['missing_keys']))}; it is not a trained classifier"
        )
    if not tokenizer.is_fast or tokenizer.pad_token_id is None:
        raise ArgumentError(f"the model {source!r} needs a fast tokenizer with a padding token")
    return model.eval(), tokenizer


def _max_length(model: Any, tokenizer: Any, asked: int | None) -> int:
    limits = [int(tokenizer.model_max_length)]
    if positions := getattr(model.config, "max_position_embeddings", None):
        embeddings = getattr(model.base_model, "embeddings", None)
        table = getattr(embeddings, "position_embeddings", None)
        padding = getattr(table, "padding_idx", None)
        # RoBERTa's positions begin behind the padding index.
        limits.append(positions if padding is None else positions - padding - 1)
    elif limits[0] > _NO_LIMIT:
        limits = [_LENGTH_WHERE_NONE_IS_STATED]
    longest = min(limits)
    if asked is None:
        return longest
    if not _SHORTEST_INPUT <= asked <= longest:
        raise ArgumentError(
            f"max_length={asked} is not between {_SHORTEST_INPUT} and {longest}, the model's own"
        )
    return asked


def _fingerprint(torch: Any, model: Any, tokenizer: Any) -> str:
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    config = {k: v for k, v in model.config.to_dict().items() if k not in _NO_NUMBERS}
    digest = hashlib.sha256(json.dumps(config, sort_keys=True, default=str).encode())
    digest.update(tokenizer.backend_tokenizer.to_str().encode())
    for name, weights in sorted(model.state_dict().items()):
        digest.update(f"{name} {weights.dtype} {tuple(weights.shape)}".encode())
        digest.update(weights.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()
