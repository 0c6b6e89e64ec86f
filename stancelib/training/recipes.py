"""The numbers of the shipped model: which examples, in which order, with which recipe."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from stancelib.training import domain, sets
from stancelib.training.batches import Recipe
from stancelib.training.readings import readings

COLUMNS = ("text", "start", "end", "label", "lang")

# First the news sets. Later cycles start from a lower learning rate: warm restarts, Loshchilov and
# Hutter (2017), ICLR. The third reads Russian alone, of which there is less than of English.
NEWS_CYCLES = {
    "cycle_1": Recipe(),
    "cycle_2": Recipe(learning_rate=4e-5, epochs=2, seed=2),
    "cycle_3": Recipe(learning_rate=4e-5, epochs=1, seed=3),
}
AVERAGED = ("cycle_1/epoch_1.pt", "cycle_1/epoch_2.pt", "cycle_2/epoch_1.pt")
# Taken off the neutral logit: cross-entropy on mostly neutral Russian sentences leans to neutral.
NEUTRAL_OFFSET = 0.3


@dataclass(frozen=True, slots=True)
class Mix:
    """What one cycle reads.

    Attributes
    ----------
    news : float
        Share of the rows of NewsMTSC and RuSentNE.
    gerntsa, domain, further, readings : int
        How often each row of these sets is read.
    seed : int
        Chooses the rows of the news sets.
    recipe : Recipe
        The numbers of the cycle.
    """

    news: float
    gerntsa: int
    domain: int
    seed: int
    recipe: Recipe
    further: int = 0
    readings: int = 0


# Then the domain set, for the targets, languages and contrasts that the news sets lack.
DOMAIN_CYCLES = {
    "domain_1": Mix(
        news=0.5,
        gerntsa=1,
        domain=2,
        seed=11,
        recipe=Recipe(
            learning_rate=5e-5,
            epochs=1,
            seed=4,
            label_smoothing=0.05,
            layer_decay=0.95,
            replaced_share=0.3,
        ),
    ),
    "domain_2": Mix(
        news=0.25,
        gerntsa=1,
        domain=3,
        seed=12,
        recipe=Recipe(
            learning_rate=7e-5,
            epochs=1,
            seed=5,
            label_smoothing=0.05,
            layer_decay=0.95,
            replaced_share=0.2,
        ),
    ),
    "domain_3": Mix(
        news=1.0,
        gerntsa=2,
        domain=2,
        seed=13,
        recipe=Recipe(learning_rate=5e-5, epochs=1, seed=6, layer_decay=0.95, replaced_share=0.15),
    ),
}


def news_frames() -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """The train part and the dev parts of NewsMTSC and RuSentNE."""
    russian, russian_dev = sets.split_by_sentence(sets.rusentne("train"), 0.08, seed=1)
    train = pl.concat([sets.newsmtsc("train"), russian])
    dev = {
        "newsmtsc_rw_dev": sets.newsmtsc("rw_dev"),
        "newsmtsc_mt_dev": sets.newsmtsc("mt_dev"),
        "rusentne_dev": russian_dev,
    }
    return train, dev


def dev_frames() -> dict[str, pl.DataFrame]:
    """Every dev part."""
    _, news = news_frames()
    return {**news, "gerntsa_dev": sets.gerntsa_part("dev"), "domain_dev": domain.sentences("dev")}


def mixed(mix: Mix) -> pl.DataFrame:
    """The rows of one cycle."""
    news, _ = news_frames()
    parts = [
        news.sample(fraction=mix.news, seed=mix.seed),
        *[sets.gerntsa_part("train")] * mix.gerntsa,
        *[domain.sentences("train")] * mix.domain,
        *([domain.further_sentences()] * mix.further if mix.further else []),
        *([readings()] * mix.readings if mix.readings else []),
    ]
    return pl.concat([part.select(COLUMNS) for part in parts])
