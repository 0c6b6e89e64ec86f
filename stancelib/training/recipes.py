"""The numbers of the shipped model: which examples, in which order, with which recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import polars as pl

from stancelib.training import domain, sets
from stancelib.training.batches import Recipe
from stancelib.training.metrics import f1_positive_negative
from stancelib.training.readings import readings

# How a set is measured by those who made it; the others by macro-F1.
MEASURES = {"rusentne_dev": f1_positive_negative}
COLUMNS = ("text", "start", "end", "label", "lang")
FROM_THE_ENCODER: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Mix:
    """What one cycle reads.

    Attributes
    ----------
    seed : int
        Chooses the rows of the news sets.
    news : float
        Share of the rows of NewsMTSC and RuSentNE.
    rusentne : int
        How often each row of RuSentNE is read besides.
    gerntsa, domain, readings : int
        How often each row of these sets is read.
    further : tuple of int
        Editions of the further sentences that are read.
    languages : mapping of str to str
        Sets of which one language alone is read: ``news``, ``domain`` or ``further``.
    """

    seed: int = 1
    news: float = 1.0
    rusentne: int = 0
    gerntsa: int = 1
    domain: int = 1
    further: tuple[int, ...] = ()
    readings: int = 0
    languages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cycle:
    """One run of the training loop.

    Attributes
    ----------
    start : mapping of str to float
        Files of earlier cycles, and what part each has in the weights that this one starts from;
        they sum to 1. Empty: the encoder.
    mix : Mix
        What is read.
    recipe : Recipe
        The numbers of the run.
    """

    start: Mapping[str, float]
    mix: Mix
    recipe: Recipe


_NEWS = Mix(gerntsa=0, domain=0)
_SHARED = Recipe(
    learning_rate=1e-4,
    epochs=1,
    label_smoothing=0.05,
    layer_decay=0.95,
    replaced_share=0.2,
    mixed_precision=True,
)
_RUSSIAN = replace(_SHARED, replaced_share=0.1, warmup_share=0.02)
_CONSISTENT = replace(_SHARED, replaced_share=0.1, warmup_share=0.03, consistency=1.0)
# Version 0: the news sets alone, as the mean of four points of its course (Izmailov et al. 2018).
_VERSION_0 = {
    "news_1/epoch_1.pt": 1 / 6,
    "news_1/epoch_2.pt": 1 / 6,
    "news_2/epoch_1.pt": 1 / 6,
    "news_3/epoch_0.pt": 1 / 2,
}
_MEAN_OF_THREE = ("joint_5/epoch_0.pt", "joint_6/epoch_0.pt", "joint_7/epoch_0.pt")
CYCLES = {
    # The news sets. Later cycles start from a lower rate: warm restarts (Loshchilov and Hutter
    # 2017, ICLR). The third reads Russian alone, of which there is less than of English.
    "news_1": Cycle(FROM_THE_ENCODER, _NEWS, Recipe()),
    "news_2": Cycle({"news_1/epoch_2.pt": 1.0}, _NEWS, Recipe(4e-5, epochs=2, seed=2)),
    "news_3": Cycle(
        {name: 1 / 3 for name in _VERSION_0 if not name.startswith("news_3")},
        replace(_NEWS, languages={"news": "ru"}),
        Recipe(4e-5, epochs=1, seed=3),
    ),
    # All sets at once, from the encoder again. Each cycle was stopped, or begun, when more
    # sentences had been written after the errors of the one before.
    "joint_1": Cycle(
        FROM_THE_ENCODER,
        Mix(21, gerntsa=2, domain=2),
        replace(_SHARED, seed=21, planned_epochs=3),
    ),
    "joint_2": Cycle(
        {"joint_1/epoch_0.pt": 1.0},
        Mix(22, gerntsa=2, domain=2, further=(1,), readings=1),
        replace(_SHARED, seed=22, planned_epochs=3, warmup_share=0.03),
    ),
    "joint_3": Cycle(
        {"joint_2/epoch_0.pt": 1.0},
        Mix(23, rusentne=1, domain=2, further=(1, 2), readings=1),
        replace(_SHARED, seed=23, learning_rate=6.7e-5, epochs=2, warmup_share=0.02),
    ),
    "russian_1": Cycle(
        {"joint_3/epoch_1.pt": 1.0},
        Mix(24, gerntsa=0, further=(1, 2), languages={"news": "ru", "further": "ru"}),
        replace(_RUSSIAN, seed=24, learning_rate=4e-5),
    ),
    "russian_2": Cycle(
        {"russian_1/epoch_0.pt": 1.0},
        Mix(
            25,
            gerntsa=0,
            further=(1, 2),
            languages={"news": "ru", "further": "ru", "domain": "ru"},
        ),
        replace(_RUSSIAN, seed=25, learning_rate=5e-5),
    ),
    # The mean of both courses keeps what version 0 knew of the news (Wortsman et al. 2022, ICML);
    # this cycle brings the domain back. Version 0 had 0.3 taken off its neutral logit.
    "joint_4": Cycle(
        {name: 0.35 * part for name, part in _VERSION_0.items()}
        | {"joint_3/epoch_1.pt": 0.35, "russian_2/epoch_0.pt": 0.3},
        Mix(26, news=0.5, further=(1, 2), readings=1),
        replace(_SHARED, seed=26, learning_rate=6e-5, replaced_share=0.15, warmup_share=0.03),
    ),
    # Each row twice, with other dropout masks: R-Drop.
    "joint_5": Cycle(
        {"joint_4/epoch_0.pt": 1.0},
        Mix(27, further=(3,), languages={"further": "en"}),
        replace(_CONSISTENT, seed=27, learning_rate=5e-5),
    ),
    "joint_6": Cycle(
        {"joint_5/epoch_0.pt": 1.0},
        Mix(28, further=(1, 2, 3)),
        replace(_CONSISTENT, seed=28, learning_rate=6e-5),
    ),
    "joint_7": Cycle(
        {"joint_6/epoch_0.pt": 1.0},
        Mix(29, news=0.5, gerntsa=0, further=(4,)),
        replace(_CONSISTENT, seed=29, learning_rate=4e-5),
    ),
    # Russian once more; rare classes are learned better without smoothing.
    "russian_3": Cycle(
        dict.fromkeys(_MEAN_OF_THREE, 1 / 3),
        Mix(30, gerntsa=0, further=(1, 2, 3, 4), languages={"news": "ru", "further": "ru"}),
        replace(_CONSISTENT, seed=30, learning_rate=4e-5, label_smoothing=0.0, replaced_share=0.0),
    ),
}
# What ships.
AVERAGED = dict.fromkeys(_MEAN_OF_THREE, 1 / 6) | {"russian_3/epoch_0.pt": 0.5}


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
        _in_language(news.sample(fraction=mix.news, seed=mix.seed), mix.languages.get("news")),
        *[news.filter(lang="ru")] * mix.rusentne,
        *[sets.gerntsa_part("train")] * mix.gerntsa,
        *[_in_language(domain.sentences("train"), mix.languages.get("domain"))] * mix.domain,
        _in_language(domain.further_sentences(mix.further), mix.languages.get("further")),
        *([readings()] * mix.readings if mix.readings else []),
    ]
    return pl.concat([part.select(COLUMNS) for part in parts])


def _in_language(frame: pl.DataFrame, lang: str | None) -> pl.DataFrame:
    return frame if lang is None else frame.filter(pl.col("lang") == lang)
