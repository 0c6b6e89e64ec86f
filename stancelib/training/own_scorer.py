"""`fine_tune`: a user's labelled sentences become their own scorer."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from os import PathLike
from pathlib import Path

import polars as pl

from stancelib.errors import ArgumentError, EnvironmentProblem, NotEnoughDataError
from stancelib.notebook import View, Viewed
from stancelib.scoring.embedded import EmbeddedScorer, place_mentions
from stancelib.scoring.embedded_model import PACKAGE_MODEL, load_model
from stancelib.training.gold import LABELS, read_gold, score_gold
from stancelib.training.metrics import macro_f1
from stancelib.training.sets import split_by_hash

FEWEST_ROWS = 30
# A learning rate at which a few hundred rows move the model without wiping out what it knew.
LEARNING_RATE = 3e-5


@dataclass(frozen=True, slots=True, repr=False)
class FineTuned(Viewed):
    """A scorer that was fine-tuned, and what that changed.

    Attributes
    ----------
    path : Path
        The model folder: ``load_scorer("embedded", model=path)``.
    scorer : str
        The name of the scorer, with its hash.
    n_train, n_held_out : int
        Rows that were learned from, and rows that were not.
    table : polars.DataFrame
        One row a measure (accuracy, macro_f1, bias_of_mean) on the held-out rows: `measure`,
        `before`, `after`. Empty where nothing was held out.
    """

    path: Path
    scorer: str
    n_train: int
    n_held_out: int
    table: pl.DataFrame

    def _view(self) -> View:
        return View(
            f"{self.scorer} learned from {self.n_train:,} rows and is measured on "
            f"{self.n_held_out:,} others; it is in {self.path}.",
            {"": self.table},
            formats={"before": "plain", "after": "plain"},
        )


def fine_tune(
    gold: str | PathLike[str] | pl.DataFrame,
    base: str | PathLike[str] = "embedded",
    *,
    out: str | PathLike[str],
    epochs: int = 4,
    held_out: float = 0.2,
    seed: int = 1,
) -> FineTuned:
    """Train the embedded model further on your own labelled sentences.

    A part of the sentences is held out, and both models are measured on it. Nothing is chosen on
    that part, so that its figures are fair; with few rows they are uncertain.

    Parameters
    ----------
    gold : path or polars.DataFrame
        Columns ``text, start, end, target, label, lang``, or a jsonl file of such rows. ``start``
        and ``end`` are code points of the mention; ``label`` is against, neutral or favor.
    base : path or "embedded"
        A model folder to start from; by default the model in the package.
    out : path
        The folder to write; it must not exist, or be empty.
    epochs : int
        Passes over the rows.
    held_out : float
        Share of the sentences that is not learned from, in [0, 0.5]; mentions of one sentence
        stay together.
    seed : int
        The same rows, seed and versions give the same model, on one machine.

    Returns
    -------
    FineTuned
        With `path`, `scorer`, `n_train`, `n_held_out` and `table`.

    Raises
    ------
    ArgumentError
        If an option is out of its range, or ``out`` holds files.
    DataError
        If the labelled rows cannot be used as they are.
    NotEnoughDataError
        If there are fewer than 30 rows to learn from, or a label never occurs among them.
    EnvironmentProblem
        If the extra ``torch`` is not installed, or a file cannot be read.

    Notes
    -----
    Calibration is taken over from the base. Word embeddings stay as they are.

    Examples
    --------
    >>> import stancelib as sl
    >>> row = {"text": "NATO met.", "start": 0, "end": 4, "target": "NATO", "lang": "en"}
    >>> sl.fine_tune(pl.DataFrame([row | {"label": "neutral"}]), out="own", held_out=0)
    Traceback (most recent call last):
    ...
    stancelib.errors.NotEnoughDataError: 1 row to learn from; at least 30 are needed
    """
    folder = _checked(out, epochs, held_out)
    if find_spec("torch") is None:
        raise EnvironmentProblem.missing_extra("torch", "torch")
    rows = read_gold(gold)
    train, kept = _split(rows, held_out, seed)
    _check_rows(train)
    start = PACKAGE_MODEL if str(base) == "embedded" else Path(base)
    with quiet():
        _train_and_export(train, start, folder, epochs=epochs, seed=seed)
    before, after = EmbeddedScorer(start), EmbeddedScorer(folder)
    return FineTuned(
        path=folder,
        scorer=after.name,
        n_train=train.height,
        n_held_out=kept.height,
        table=_compared(kept, before, after),
    )


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the exporters from writing hundreds of lines, and from leaving a handler behind."""
    root, disabled = logging.getLogger(), logging.root.manager.disable
    handlers, level = root.handlers[:], root.level
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            warnings.filterwarnings("ignore", "# The axis name", UserWarning)
            yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.disable(disabled)


def _checked(out: str | PathLike[str], epochs: int, held_out: float) -> Path:
    if epochs < 1:
        raise ArgumentError(f"'epochs' must be at least 1; got {epochs}")
    if not 0 <= held_out <= 0.5:  # noqa: PLR2004 - half of the rows
        raise ArgumentError(f"'held_out' must lie in [0, 0.5]; got {held_out}")
    folder = Path(out)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ArgumentError(f"{str(folder)!r} exists already; name a new folder")
    return folder


def _split(rows: pl.DataFrame, held_out: float, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    shares = {"train": 1 - held_out, "held_out": held_out}
    parts = split_by_hash(rows, "text", shares, seed)
    return parts["train"], parts["held_out"] if held_out else rows.head(0)


def _check_rows(train: pl.DataFrame) -> None:
    if train.height < FEWEST_ROWS:
        rows = "row" if train.height == 1 else "rows"
        raise NotEnoughDataError(
            f"{train.height} {rows} to learn from; at least {FEWEST_ROWS} are needed"
        )
    absent = [name for name, value in LABELS.items() if value not in train["truth"]]
    if absent:
        raise NotEnoughDataError(
            f"no row to learn from is labelled {absent[0]!r}; each of {', '.join(LABELS)} is needed"
        )


def _train_and_export(
    train: pl.DataFrame, start: Path, folder: Path, *, epochs: int, seed: int
) -> None:
    # All of these load torch.
    from stancelib.training import export, loop
    from stancelib.training.batches import Recipe
    from stancelib.training.restore import restore

    loaded = load_model(start)
    model = restore(start)
    recipe = Recipe(
        learning_rate=LEARNING_RATE,
        epochs=epochs,
        batch_size=16,
        max_length=loaded.max_length,
        seed=seed,
    )
    placed = place_mentions(train).with_columns(train["truth"].alias("label"), train["lang"])
    with tempfile.TemporaryDirectory() as work:
        loop.train(model, loaded.tokenizer, placed, {}, folder=Path(work) / "run", recipe=recipe)
        graph = export.export_float(model, Path(work) / "float.onnx")
        export.write_model_folder(
            folder,
            export.quantize(graph, Path(work) / "int8.onnx"),
            start / "tokenizer.json",
            attention_heads=model.encoder.config.num_attention_heads,
            max_length=loaded.max_length,
            calibration={
                "stance": loaded.stance_calibration,
                "sentiment": loaded.sentiment_calibration,
            },
        )


def _compared(kept: pl.DataFrame, before: EmbeddedScorer, after: EmbeddedScorer) -> pl.DataFrame:
    schema = {"measure": pl.String, "before": pl.Float64, "after": pl.Float64}
    if kept.is_empty():
        return pl.DataFrame(schema=schema)
    names = ["accuracy", "macro_f1", "bias_of_mean"]
    return pl.DataFrame([names, _measured(kept, before), _measured(kept, after)], schema=schema)


def _measured(kept: pl.DataFrame, scorer: EmbeddedScorer) -> list[float]:
    scored = score_gold(kept, scorer)
    truth, said = scored["truth"].to_numpy(), scored["said"].to_numpy()
    bias = float((scored["stance"].to_numpy() - truth).mean())
    return [float((truth == said).mean()), macro_f1(truth, said), bias]
