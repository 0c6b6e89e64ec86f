"""The embedded scorer: a transformer that ships inside the package (ONNX, CPU, no network)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.errors import ArgumentError, DataError, EnvironmentProblem
from stancelib.scoring.calibration_core import calibrated, decided
from stancelib.scoring.embedded_core import (
    MarkedInput,
    frame_sentence,
    mark_mention,
    softmax,
)
from stancelib.scoring.embedded_model import (
    PACKAGE_MODEL,
    SENTIMENT_OUTPUT,
    STANCE_OUTPUT,
    LoadedModel,
    load_model,
    numbers_depend_on,
)
from stancelib.scoring.protocol import (
    PROBABILITY_COLUMNS,
    STANCES,
    attach_scores,
    check_pairs,
    scorer_name,
)
from stancelib.scoring.sentiment import attach_sentiment, check_sentences

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

TOKENIZED_AT_ONCE = 4096


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
        self._name = scorer_name("embedded", "", numbers_depend_on(self._model))

    @property
    def name(self) -> str:
        """``embedded@`` and a hash over graph and tokenizer."""
        return self._name

    @property
    def has_sentiment(self) -> bool:
        """Whether the model was made with a second output, for `sentiment`."""
        return SENTIMENT_OUTPUT in {output.name for output in self._model.session.get_outputs()}

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
        pairs = check_pairs(frame)
        inputs = encode(pairs, self._model)
        logits = predict(
            self._model.session, [item.ids for item in inputs], self._threads, STANCE_OUTPUT
        )
        scaled = calibrated(logits, pairs["lang"].to_list(), self._model.stance_calibration)
        truncated = np.array([item.truncated for item in inputs], dtype=np.bool_)
        return attach_scores(frame, softmax(scaled), truncated)

    def labels(self, scored: pl.DataFrame) -> pl.Series:
        """Name one class for each scored row, for counts and for comparison with coders.

        Probabilities are what means are made of; a label throws away how sure the model was.

        Parameters
        ----------
        scored : DataFrame
            What `score` returned, with ``lang`` where it is known.

        Returns
        -------
        Series
            String: against, neutral or favor: the most probable class, unless the model was
            made with a decision for the language of the row. Then a rare class is named somewhat
            before it is the most probable one, as far as that served macro-F1 on dev parts.

        Raises
        ------
        DataError
            If a probability column is missing.

        Examples
        --------
        >>> import polars as pl
        >>> scored = pl.DataFrame({"p_against": [0.7], "p_neutral": [0.2], "p_favor": [0.1]})
        >>> EmbeddedScorer().labels(scored).to_list()
        ['against']
        """
        for column in PROBABILITY_COLUMNS:
            if column not in scored.columns:
                raise DataError.missing_column(column, scored.columns)
        known = "lang" in scored.columns
        languages = scored["lang"].to_list() if known else [None] * scored.height
        probabilities = scored.select(PROBABILITY_COLUMNS).to_numpy()
        classes = decided(probabilities, languages, self._model.stance_calibration)
        return pl.Series("label", np.array(STANCES)[classes], dtype=pl.String)

    def sentiment(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Append the mood of each text, without a target.

        Parameters
        ----------
        frame : DataFrame
            Columns ``text`` (a sentence) and optionally ``lang``. Other columns pass through.

        Returns
        -------
        DataFrame
            The same rows in the same order, with ``p_negative``, ``p_neutral``, ``p_positive``
            (they sum to 1), ``sentiment`` (``p_positive - p_negative``, in [-1, 1]) and
            ``truncated`` (whether the end of the text did not fit into the model).

        Raises
        ------
        DataError
            If a column is missing, or a text is null or blank.
        EnvironmentProblem
            If the model was made without a sentiment output.
        """
        sentences = check_sentences(frame)
        if not self.has_sentiment:
            raise EnvironmentProblem(f"the model {self.name} has no sentiment; it scores stance")
        inputs = encode_sentences(sentences["text"], self._model)
        logits = predict(
            self._model.session, [item.ids for item in inputs], self._threads, SENTIMENT_OUTPUT
        )
        scaled = calibrated(logits, sentences["lang"].to_list(), self._model.sentiment_calibration)
        truncated = np.array([item.truncated for item in inputs], dtype=np.bool_)
        return attach_sentiment(frame, softmax(scaled), truncated)


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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


def encode_sentences(texts: pl.Series, model: LoadedModel) -> list[MarkedInput]:
    """Token ids of whole sentences, cut at the end where they are too long."""
    encoded = model.tokenizer.encode_batch(texts.to_list(), add_special_tokens=False)
    return [
        frame_sentence(item.ids, special=model.special, max_length=model.max_length)
        for item in encoded
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
    session: InferenceSession, inputs: Sequence[tuple[int, ...]], threads: int, output: str
) -> NDArray[np.float64]:
    """Logits of shape (n_inputs, 3), in the order of the inputs."""

    def logits(ids: tuple[int, ...]) -> NDArray[np.float32]:
        row = np.array([ids], dtype=np.int64)
        feed = {"input_ids": row, "attention_mask": np.ones_like(row)}
        result: NDArray[np.float32] = session.run([output], feed)[0][0]
        return result

    if not inputs:
        return np.zeros((0, 3))
    with ThreadPoolExecutor(threads) as pool:
        rows = list(pool.map(logits, inputs))
    return np.array(rows, dtype=np.float64)
