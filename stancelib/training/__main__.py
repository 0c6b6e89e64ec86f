"""Steps from raw data to the shipped model: ``python -m stancelib.training STEP``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor

from stancelib.errors import EnvironmentProblem
from stancelib.scoring.calibration_core import EVERY_LANGUAGE, Calibration
from stancelib.scoring.embedded_core import softmax
from stancelib.scoring.embedded_model import PACKAGE_MODEL, read_calibration
from stancelib.training import domain, encoder, loop, recipes, sentiment_head, vocabulary
from stancelib.training.batches import Examples
from stancelib.training.calibrate import Sample, fit_calibration, fit_decision
from stancelib.training.metrics import macro_f1
from stancelib.training.model import StanceModel

VOCABULARY_SIZE = 62_000
# A baked-in batch size or length shows at shapes that the export did not see.
CHECKED_SHAPES = ((1, 8), (2, 16), (7, 64), (1, 128))
FLOAT_TOLERANCE = 1e-4
# A language with fewer dev rows takes the calibration of all languages.
FEWEST_ROWS_OF_A_GROUP = 300


def make_encoder(work: Path) -> None:
    """Download the weights, cut the vocabulary, write ``encoder.safetensors``."""
    packed, full_tokenizer = encoder.download(work / "download")
    full = Tokenizer.from_file(str(full_tokenizer))
    train, _ = recipes.news_frames()
    weights = vocabulary.piece_weights(full, train["text"])
    pieces = [full.id_to_token(i) or "" for i in range(full.get_vocab_size())]
    kept = vocabulary.kept_pieces(pieces, weights, VOCABULARY_SIZE)
    vocabulary.write_cut_tokenizer(full_tokenizer, work / "tokenizer.json", kept)
    header, tensors = encoder.read_packed(packed)
    model = encoder.build_encoder(header, tensors, kept)
    save_file(model.state_dict(), work / "encoder.safetensors")
    model.config.save_pretrained(work)


def load_model(work: Path) -> tuple[StanceModel, Tokenizer]:
    """The untrained stance model over the cut encoder, and its tokenizer."""
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    config = BertConfig.from_pretrained(work)
    bert = BertModel(config, add_pooling_layer=False)
    bert.load_state_dict(load_file(work / "encoder.safetensors"))
    return StanceModel(bert), Tokenizer.from_file(str(work / "tokenizer.json"))


def train_stance(work: Path) -> None:
    """Fine-tune in the cycles of the recipe, average, write ``trained.safetensors``."""
    dev = recipes.dev_frames()
    for name, cycle in recipes.CYCLES.items():
        model, tokenizer = load_model(work)
        if cycle.start:
            model.load_state_dict(_averaged(work, cycle.start))
        examples = Examples(recipes.mixed(cycle.mix), names=domain.names())
        loop.train(model, tokenizer, examples, dev, folder=work / name, recipe=cycle.recipe)
    save_file(_averaged(work, recipes.AVERAGED), work / "trained.safetensors")


def _averaged(work: Path, parts: Mapping[str, float]) -> dict[str, Tensor]:
    return loop.average_weights({work / name: part for name, part in parts.items()})


def train_sentiment(work: Path) -> None:
    """Train the sentiment head on the finished encoder, write ``stance.safetensors``."""
    model, tokenizer = load_model(work)
    model.load_state_dict(load_file(work / "trained.safetensors"))
    sentiment_head.train_sentiment_head(model, tokenizer, domain.moods("train"))
    save_file(model.state_dict(), work / "stance.safetensors")


def calibrate_model(work: Path) -> None:
    """Fit the calibration of both outputs on the dev parts, write ``calibration.json``."""
    model, tokenizer = load_model(work)
    model.load_state_dict(load_file(work / "stance.safetensors"))
    dev = pl.concat(
        [
            part.select(*recipes.COLUMNS, pl.lit(name).alias("part"))
            for name, part in recipes.dev_frames().items()
        ]
    )
    logits = loop.stance_logits(model, tokenizer, dev)
    moods = domain.moods("dev")
    mood_logits = sentiment_head.sentiment_logits(model, tokenizer, moods["text"])
    tables = {
        "stance": calibration_by_language(dev, logits),
        "sentiment": {EVERY_LANGUAGE: fit_calibration(mood_logits, classes_of(moods))},
    }
    content = {
        task: {lang: asdict(values) for lang, values in table.items()}
        for task, table in tables.items()
    }
    (work / "calibration.json").write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def export_model(work: Path) -> None:
    """Write the float and the 8-bit graph, and copy the 8-bit one into the package."""
    from stancelib.training import export

    model, _ = load_model(work)
    model.load_state_dict(load_file(work / "stance.safetensors"))
    graph = export.export_float(model, work / "float.onnx")
    difference = export.largest_difference(model, graph, CHECKED_SHAPES)
    print(json.dumps({"largest difference of logits, float graph": difference}))
    if difference > FLOAT_TOLERANCE:
        raise EnvironmentProblem(
            f"the exported graph differs from torch by {difference} in a logit; "
            f"at most {FLOAT_TOLERANCE} is rounding"
        )
    content = json.loads((work / "calibration.json").read_text(encoding="utf-8"))
    export.write_model_folder(
        PACKAGE_MODEL,
        export.quantize(graph, work / "int8.onnx"),
        work / "tokenizer.json",
        attention_heads=model.encoder.config.num_attention_heads,
        calibration={task: read_calibration({"calibration": content}, task) for task in content},
    )


def calibration_by_language(
    frame: pl.DataFrame, logits: NDArray[np.float64]
) -> dict[str, Calibration]:
    """One calibration for each language with enough rows, and ``*`` over the others' rows.

    Only a language of its own has a decision other than the most probable class: of the others
    there is the balanced domain set alone, from which nothing about frequent classes is learned.

    Parameters
    ----------
    frame : DataFrame
        Columns ``lang``, ``label`` and ``part`` (the dev part).
    logits : (n_rows, 3)
        Of the model, uncalibrated.
    """
    classes = classes_of(frame)
    counts = dict(frame["lang"].value_counts().iter_rows())
    large = sorted(lang for lang, rows in counts.items() if rows >= FEWEST_ROWS_OF_A_GROUP)
    others = (~frame["lang"].is_in(large)).to_numpy()
    found = {EVERY_LANGUAGE: fit_calibration(logits[others], classes[others])}
    for lang in large:
        rows = (frame["lang"] == lang).to_numpy()
        fitted = fit_calibration(logits[rows], classes[rows])
        probabilities = softmax(logits / fitted.temperature + np.array(fitted.bias))
        samples = []
        for part in frame.filter(lang=lang)["part"].unique(maintain_order=True):
            inside = rows & (frame["part"] == part).to_numpy()
            measure = recipes.MEASURES.get(part, macro_f1)
            samples.append(Sample(probabilities[inside], classes[inside], measure))
        found[lang] = replace(fitted, decision=fit_decision(samples))
    return found


def classes_of(frame: pl.DataFrame) -> NDArray[np.int64]:
    """Labels -1, 0, 1 as classes 0, 1, 2."""
    classes: NDArray[np.int64] = frame["label"].to_numpy() + 1
    return classes


STEPS = {
    "encoder": make_encoder,
    "stance": train_stance,
    "sentiment": train_sentiment,
    "calibrate": calibrate_model,
    "export": export_model,
}


def main() -> None:
    """Run the named steps in their order."""
    parser = argparse.ArgumentParser(prog="python -m stancelib.training", description=__doc__)
    parser.add_argument("steps", nargs="+", choices=[*STEPS, "all"])
    parser.add_argument("--work", type=Path, default=Path("training_work"))
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    wanted = STEPS if "all" in arguments.steps else arguments.steps
    for name, step in STEPS.items():
        if name in wanted:
            step(arguments.work)


if __name__ == "__main__":
    main()
