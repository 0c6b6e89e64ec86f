"""The numbers of the shipped model: which examples, in which order, with which recipe."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from stancelib.training import domain, sets
from stancelib.training.batches import Recipe
from stancelib.training.metrics import f1_positive_negative
from stancelib.training.readings import readings

# How a set is measured by those who made it; the others by macro-F1.
MEASURES = {"rusentne_dev": f1_positive_negative}
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
    rusentne : int
        How often each row of RuSentNE is read besides.
    gerntsa, domain, readings : int
        How often each row of these sets is read.
    further : int
        Edition of the further sentences that is read; 0: none.
    """

    seed: int
    recipe: Recipe
    news: float = 1.0
    rusentne: int = 0
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
# All sets at once. Each cycle was stopped, or begun, when more sentences had been written after the
# errors of the one before; the second starts from a high rate again (warm restarts: Loshchilov and
# Hutter 2017, ICLR), the third goes on where the rate of the second had come to.
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
        recipe=replace(_SHARED, seed=22, epochs=1, planned_epochs=3, warmup_share=0.03),
    ),
    "joint_3": Mix(
        rusentne=1,
        domain=2,
        further=2,
        readings=1,
        seed=23,
        recipe=replace(_SHARED, seed=23, learning_rate=6.7e-5, epochs=2, warmup_share=0.02),
    ),
}
# Then Russian twice more, of which there is less than of English, and the domain set so that it is
# not forgotten. The weights are averaged with those before, as in Izmailov et al. (2018).
_RUSSIAN = replace(_SHARED, epochs=1, replaced_share=0.1, warmup_share=0.02)
RUSSIAN_CYCLES = {
    "russian_1": replace(_RUSSIAN, seed=24, learning_rate=4e-5),
    "russian_2": replace(_RUSSIAN, seed=25, learning_rate=5e-5),
}
AVERAGED = ("joint_3/epoch_1.pt", "russian_2/epoch_0.pt")


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
        *[news.filter(lang="ru")] * mix.rusentne,
        *[sets.gerntsa_part("train")] * mix.gerntsa,
        *[domain.sentences("train")] * mix.domain,
        *([domain.further_sentences(mix.further)] if mix.further else []),
        *([readings()] * mix.readings if mix.readings else []),
    ]
    return pl.concat([part.select(COLUMNS) for part in parts])


def russian(cycle: str) -> pl.DataFrame:
    """The rows of a Russian cycle; the second reads the domain set in Russian only."""
    news, _ = news_frames()
    is_russian = pl.col("lang") == "ru"
    written = domain.sentences("train")
    parts = [
        news.filter(is_russian),
        domain.further_sentences(2).filter(is_russian),
        written if cycle == "russian_1" else written.filter(is_russian),
    ]
    return pl.concat([part.select(COLUMNS) for part in parts])
