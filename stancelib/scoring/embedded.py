"""The embedded scorer: a transformer that ships inside the package (ONNX, CPU, no network)."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.errors import ArgumentError, EnvironmentProblem
from stancelib.scoring.embedded_core import (
    CLOSE_MARKER,
    OPEN_MARKER,
    MarkedInput,
    SpecialTokens,
    mark_mention,
    softmax,
)
from stancelib.scoring.protocol import attach_scores, check_pairs, scorer_name

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

PACKAGE_MODEL = Path(__file__).parent / "model"
FORMAT = 1
TOKENIZED_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """Everything that a model folder holds, checked against its recorded hashes."""

    session: InferenceSession
    tokenizer: Tokenizer
    special: SpecialTokens
    max_length: int
    hashes: dict[str, str]


class EmbeddedScorer:
    """Stance of a sentence toward a mention, by the model inside the package.

    Every sentence is one call of the model, so that a score never depends on which sentences
    stood beside it, and a run that was killed and resumed gives the same bytes.

    Parameters
    ----------
    model : Path or str, optional
        A folder with ``model.onnx``, ``tokenizer.json`` and ``model.json``. Default: the one
        in the package.
    threads : int, optional
        Sentences scored at the same time. Default: the cores that this process may use.

    Raises
    ------
    EnvironmentProblem
        If a file of the model is missing or its sha256 is not the recorded one.

    Examples
    --------
    >>> import polars as pl
    >>> scorer = EmbeddedScorer()
    >>> sentence = "The minister praised NATO for its help."
    >>> frame = pl.DataFrame({"text": [sentence], "start": [21], "end": [25], "target": ["NATO"]})
    >>> scorer.score(frame).select(pl.col("stance") > 0.3).item()
    True
    """

    def __init__(self, model: Path | str | None = None, *, threads: int | None = None) -> None:
        if threads is not None and threads < 1:
            raise ArgumentError(f"threads must be at least 1; got {threads}")
        self._model = load_model(Path(model) if model is not None else PACKAGE_MODEL)
        self._threads = threads or available_cores()
        self._name = scorer_name("embedded", "", self._model.hashes)

    @property
    def name(self) -> str:
        """``embedded@`` and a hash over graph and tokenizer."""
        return self._name

    def score(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Append ``p_against, p_neutral, p_favor, stance, truncated`` to every row.

        Parameters
        ----------
        frame : DataFrame
            Columns ``text``, ``start``, ``end`` (code points of the mention in the text, null
            where there is none: the target's name is then put before the text) and ``target``.

        Returns
        -------
        DataFrame
            The same rows in the same order. Probabilities sum to 1; ``stance`` is
            ``p_favor - p_against``; ``truncated`` says that the sentence was longer than the
            model's window around the mention.

        Raises
        ------
        DataError
            If a column is missing, a text or target is empty, or a span is not in its text.
        """
        inputs = encode(check_pairs(frame), self._model)
        probabilities = predict(self._model.session, [item.ids for item in inputs], self._threads)
        truncated = np.array([item.truncated for item in inputs], dtype=np.bool_)
        return attach_scores(frame, probabilities, truncated)


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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
    )


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
    if description.get("format") != FORMAT:
        raise EnvironmentProblem(
            f"{path} has format {description.get('format')!r}; this version reads {FORMAT}"
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


def encode(frame: pl.DataFrame, model: LoadedModel) -> list[MarkedInput]:
    """Marked token ids of every row; every distinct text is tokenised once."""
    rows = place_mentions(frame)
    texts = rows["text"].unique(maintain_order=True)
    encodings: dict[str, tuple[list[int], list[tuple[int, int]]]] = {}
    for i in range(0, len(texts), TOKENIZED_AT_ONCE):
        part = texts[i : i + TOKENIZED_AT_ONCE].to_list()
        encoded = model.tokenizer.encode_batch(part, add_special_tokens=False)
        encodings |= {
            text: (item.ids, item.offsets) for text, item in zip(part, encoded, strict=True)
        }
    return [
        mark_mention(ids, offsets, start, end, special=model.special, max_length=model.max_length)
        for text, start, end in rows.iter_rows()
        for ids, offsets in [encodings[text]]
    ]


def place_mentions(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns ``text, start, end``; where no mention is given, ``target: text`` is scored."""
    absent = pl.col("start").is_null()
    return frame.select(
        pl.when(absent).then(pl.format("{}: {}", "target", "text")).otherwise("text").alias("text"),
        pl.when(absent).then(0).otherwise("start").cast(pl.Int64).alias("start"),
        pl.when(absent)
        .then(pl.col("target").str.len_chars().cast(pl.Int64))
        .otherwise("end")
        .cast(pl.Int64)
        .alias("end"),
    )


def predict(
    session: InferenceSession, inputs: Sequence[tuple[int, ...]], threads: int
) -> NDArray[np.float64]:
    """Probabilities of shape (n_inputs, 3), in the order of the inputs."""

    def logits(ids: tuple[int, ...]) -> NDArray[np.float32]:
        row = np.array([ids], dtype=np.int64)
        feed = {"input_ids": row, "attention_mask": np.ones_like(row)}
        result: NDArray[np.float32] = session.run(None, feed)[0][0]
        return result

    if not inputs:
        return np.zeros((0, 3))
    with ThreadPoolExecutor(threads) as pool:
        rows = list(pool.map(logits, inputs))
    return softmax(np.array(rows, dtype=np.float64))
