"""Steps from raw data to the shipped model: ``python -m stancelib.training STEP``."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
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
from stancelib.scoring.embedded_model import PACKAGE_MODEL, read_calibration
from stancelib.training import domain, encoder, loop, recipes, sentiment_head, vocabulary
from stancelib.training.batches import Examples
from stancelib.training.calibrate import fit_calibration
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


def train_on_news(work: Path) -> None:
    """Fine-tune in three cycles, average the weights, write ``news.safetensors``: version 0.

    The averages and the offset were chosen by the mean macro-F1 of the three dev parts.
    """
    model, tokenizer = load_model(work)
    train, dev = recipes.news_frames()
    print(json.dumps({"train": train.height, **{k: v.height for k, v in dev.items()}}))
    for name in ("cycle_1", "cycle_2"):
        recipe = recipes.NEWS_CYCLES[name]
        loop.train(model, tokenizer, train, dev, folder=work / name, recipe=recipe)
    both = loop.average_weights([work / name for name in recipes.AVERAGED])
    torch.save(both, work / "both_languages.pt")
    model.load_state_dict(both)
    russian = train.filter(pl.col("lang") == "ru")
    folder, recipe = work / "cycle_3", recipes.NEWS_CYCLES["cycle_3"]
    loop.train(model, tokenizer, russian, dev, folder=folder, recipe=recipe)
    weights = loop.average_weights([work / "both_languages.pt", folder / "epoch_0.pt"])
    save_file(with_neutral_offset(weights), work / "news.safetensors")


def train_on_domain(work: Path) -> None:
    """Go on with the domain set mixed in, write ``domain.safetensors``."""
    model, tokenizer = load_model(work)
    model.load_state_dict(load_file(work / "news.safetensors"))
    dev = recipes.dev_frames()
    for name, mix in recipes.DOMAIN_CYCLES.items():
        examples = Examples(recipes.mixed(mix), names=domain.names())
        loop.train(model, tokenizer, examples, dev, folder=work / name, recipe=mix.recipe)
    save_file(model.state_dict(), work / "domain.safetensors")


def train_sentiment(work: Path) -> None:
    """Train the sentiment head on the finished encoder, write ``stance.safetensors``."""
    model, tokenizer = load_model(work)
    model.load_state_dict(load_file(work / "domain.safetensors"))
    sentiment_head.train_sentiment_head(model, tokenizer, domain.moods("train"))
    save_file(model.state_dict(), work / "stance.safetensors")


def calibrate_model(work: Path) -> None:
    """Fit the calibration of both outputs on the dev parts, write ``calibration.json``."""
    model, tokenizer = load_model(work)
    model.load_state_dict(load_file(work / "stance.safetensors"))
    dev = pl.concat([part.select(recipes.COLUMNS) for part in recipes.dev_frames().values()])
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


def with_neutral_offset(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights whose neutral logit is lower by the offset of the recipe."""
    bias = weights["head.4.bias"].clone()
    bias[1] -= recipes.NEUTRAL_OFFSET
    return {**weights, "head.4.bias": bias}


def calibration_by_language(
    frame: pl.DataFrame, logits: NDArray[np.float64]
) -> dict[str, Calibration]:
    """One calibration for each language with enough rows, and ``*`` over the others' rows."""
    classes = classes_of(frame)
    counts = dict(frame["lang"].value_counts().iter_rows())
    large = sorted(lang for lang, rows in counts.items() if rows >= FEWEST_ROWS_OF_A_GROUP)
    groups = {lang: (frame["lang"] == lang).to_numpy() for lang in large}
    groups[EVERY_LANGUAGE] = (~frame["lang"].is_in(large)).to_numpy()
    return {lang: fit_calibration(logits[rows], classes[rows]) for lang, rows in groups.items()}


def classes_of(frame: pl.DataFrame) -> NDArray[np.int64]:
    """Labels -1, 0, 1 as classes 0, 1, 2."""
    classes: NDArray[np.int64] = frame["label"].to_numpy() + 1
    return classes


STEPS = {
    "encoder": make_encoder,
    "news": train_on_news,
    "domain": train_on_domain,
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
