"""Steps from raw data to the shipped model: ``python -m stancelib.training STEP``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import polars as pl
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from stancelib.errors import EnvironmentProblem
from stancelib.scoring.embedded_model import PACKAGE_MODEL
from stancelib.training import encoder, loop, sets, vocabulary
from stancelib.training.batches import Recipe
from stancelib.training.model import StanceModel

VOCABULARY_SIZE = 62_000
# Later cycles start from a lower learning rate: warm restarts, Loshchilov and Hutter (2017), ICLR.
# The third reads Russian alone, of which there is less than of English.
CYCLES = {
    "cycle_1": Recipe(),
    "cycle_2": Recipe(learning_rate=4e-5, epochs=2, seed=2),
    "cycle_3": Recipe(learning_rate=4e-5, epochs=1, seed=3),
}
AVERAGED = ("cycle_1/epoch_1.pt", "cycle_1/epoch_2.pt", "cycle_2/epoch_1.pt")
# Taken off the neutral logit: cross-entropy on mostly neutral Russian sentences leans to neutral.
NEUTRAL_OFFSET = 0.3
# A baked-in batch size or length shows at shapes that the export did not see.
CHECKED_SHAPES = ((1, 8), (2, 16), (7, 64), (1, 128))
FLOAT_TOLERANCE = 1e-4


def training_frames() -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """The train part and the dev parts of version 0."""
    russian, russian_dev = sets.split_by_sentence(sets.rusentne("train"), 0.08, seed=1)
    train = pl.concat([sets.newsmtsc("train"), russian])
    dev = {
        "newsmtsc_rw_dev": sets.newsmtsc("rw_dev"),
        "newsmtsc_mt_dev": sets.newsmtsc("mt_dev"),
        "rusentne_dev": russian_dev,
    }
    return train, dev


def make_encoder(work: Path) -> None:
    """Download the weights, cut the vocabulary, write ``encoder.safetensors``."""
    packed, full_tokenizer = encoder.download(work / "download")
    full = Tokenizer.from_file(str(full_tokenizer))
    train, _ = training_frames()
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


def train_model(work: Path) -> None:
    """Fine-tune in three cycles, average the weights, write ``stance.safetensors``.

    The averages and the offset were chosen by the mean macro-F1 of the three dev parts.
    """
    model, tokenizer = load_model(work)
    train, dev = training_frames()
    print(json.dumps({"train": train.height, **{k: v.height for k, v in dev.items()}}))
    for name in ("cycle_1", "cycle_2"):
        recipe = CYCLES[name]
        loop.train(model, tokenizer, train, dev, folder=work / name, recipe=recipe)
    both = loop.average_weights([work / name for name in AVERAGED])
    torch.save(both, work / "both_languages.pt")
    model.load_state_dict(both)
    russian = train.filter(pl.col("lang") == "ru")
    folder, recipe = work / "cycle_3", CYCLES["cycle_3"]
    loop.train(model, tokenizer, russian, dev, folder=folder, recipe=recipe)
    last = [work / "both_languages.pt", folder / "epoch_0.pt"]
    weights = loop.average_weights(last)
    weights["head.4.bias"][1] -= NEUTRAL_OFFSET
    save_file(weights, work / "stance.safetensors")


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
    quantized = export.quantize(graph, work / "int8.onnx")
    heads: int = model.encoder.config.num_attention_heads
    export.write_model_folder(
        PACKAGE_MODEL, quantized, work / "tokenizer.json", attention_heads=heads
    )


STEPS = {"encoder": make_encoder, "train": train_model, "export": export_model}


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
