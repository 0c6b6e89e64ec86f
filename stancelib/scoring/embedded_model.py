"""The files of an embedded model: graph, tokenizer and ``model.json``, checked and loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stancelib.errors import EnvironmentProblem
from stancelib.scoring.calibration_core import Calibration
from stancelib.scoring.embedded_core import CLOSE_MARKER, OPEN_MARKER, SpecialTokens

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

PACKAGE_MODEL = Path(__file__).parent / "model"
# Format 1 knows neither calibration nor sentiment.
FORMATS = (1, 2)
STANCE_OUTPUT, SENTIMENT_OUTPUT = "logits", "sentiment_logits"


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """Everything that a model folder holds, checked against its recorded hashes."""

    session: InferenceSession
    tokenizer: Tokenizer
    special: SpecialTokens
    max_length: int
    hashes: dict[str, str]
    stance_calibration: Mapping[str, Calibration]
    sentiment_calibration: Mapping[str, Calibration]


@lru_cache(maxsize=4)
def load_model(folder: Path) -> LoadedModel:
    """Read a model folder once in a process, after checking its hashes."""
    import onnxruntime  # noqa: PLC0415  (loading stancelib.scoring stays light)
    from tokenizers import Tokenizer  # noqa: PLC0415  (as above)

    description = read_description(folder)
    graph = checked_bytes(folder, "model.onnx", description["sha256"])
    text = checked_bytes(folder, "tokenizer.json", description["sha256"])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_buffer(text)
    return LoadedModel(
        session,
        tokenizer,
        special_tokens(tokenizer),
        description["max_length"],
        description["sha256"],
        read_calibration(description, "stance"),
        read_calibration(description, "sentiment"),
    )


def read_calibration(description: Mapping[str, Any], task: str) -> dict[str, Calibration]:
    """Calibration by language from ``model.json``; empty where the model has none."""
    table = description.get("calibration", {}).get(task, {})
    unchanged = Calibration().decision
    return {
        lang: Calibration(
            row["temperature"], tuple(row["bias"]), tuple(row.get("decision", unchanged))
        )
        for lang, row in table.items()
    }


def numbers_depend_on(model: LoadedModel) -> dict[str, object]:
    """What two models must share so that all their numbers are the same."""
    tables = (model.stance_calibration, model.sentiment_calibration)
    if not any(tables):
        return {**model.hashes}
    return {**model.hashes, "calibration": [sorted(table.items()) for table in tables]}


def special_tokens(tokenizer: Tokenizer) -> SpecialTokens:
    """Ids of the framing tokens and the markers."""
    names = ("<s>", "<pad>", "</s>", OPEN_MARKER, CLOSE_MARKER)
    ids = [tokenizer.token_to_id(name) for name in names]
    missing = [name for name, number in zip(names, ids, strict=True) if number is None]
    if missing:
        raise EnvironmentProblem(f"the tokenizer has no token {', '.join(missing)}")
    return SpecialTokens(*(number for number in ids if number is not None))


def read_description(folder: Path) -> dict[str, Any]:
    """``model.json`` of a model folder, in the format that this version reads."""
    path = folder / "model.json"
    if not path.is_file():
        raise EnvironmentProblem(
            f"{folder} is no model folder: it has no model.json; it needs model.onnx, "
            "tokenizer.json and model.json"
        )
    description: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if description.get("format") not in FORMATS:
        known = " and ".join(map(str, FORMATS))
        raise EnvironmentProblem(
            f"{path} has format {description.get('format')!r}; this version reads {known}"
        )
    return description


def checked_bytes(folder: Path, name: str, hashes: dict[str, str]) -> bytes:
    """Bytes of a file whose sha256 is the recorded one."""
    path = folder / name
    if not path.is_file():
        raise EnvironmentProblem(f"{path} is missing; install stancelib again")
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != hashes[name]:
        raise EnvironmentProblem(
            f"{path} has sha256 {digest}, recorded is {hashes[name]}: the file was changed or "
            "damaged and is not loaded"
        )
    return content
