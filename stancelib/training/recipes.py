"""The numbers of the shipped model: which examples, in which order, with which recipe."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from stancelib.training import domain, sets
from stancelib.training.batches import Recipe
from stancelib.training.readings import readings

COLUMNS = ("text", "start", "end", "label", "lang")


@dataclass(frozen=True, slots=True)
class Mix:
    """What one cycle reads.

    Attributes
    ----------
    seed : int
        Chooses the rows of the news sets.
    recipe : Recipe
        The numbers of the cycle.
    news : float
        Share of the rows of NewsMTSC and RuSentNE.
    gerntsa, domain, further, readings : int
        How often each row of these sets is read.
    """

    seed: int
    recipe: Recipe
    news: float = 1.0
    gerntsa: int = 1
    domain: int = 1
    further: int = 0
    readings: int = 0


_SHARED = Recipe(
    learning_rate=1e-4,
    label_smoothing=0.05,
    layer_decay=0.95,
    replaced_share=0.2,
    mixed_precision=True,
)
# All sets at once; the second cycle starts from a high rate again, with the sentences that were
# written after the errors of the first (warm restarts: Loshchilov and Hutter 2017, ICLR).
STANCE_CYCLES = {
    "joint_1": Mix(
        gerntsa=2,
        domain=2,
        seed=21,
        recipe=replace(_SHARED, seed=21, epochs=1, planned_epochs=3),
    ),
    "joint_2": Mix(
        gerntsa=2,
        domain=2,
        further=1,
        readings=1,
        seed=22,
        recipe=replace(_SHARED, seed=22, epochs=3, warmup_share=0.03),
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
