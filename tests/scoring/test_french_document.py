"""The French article style of the mission, from a document to the stance of its sentences.

The text is written for this test in the style of a French agency that quotes Moscow.
"""

from __future__ import annotations

import polars as pl
import pytest

import stancelib as sl

ARTICLE = (
    "L’alliance continue de mentir sur ses intentions, a souligné le porte-parole du Kremlin, "
    "Dmitri Peskov. "
    "« L’OTAN est une organisation agressive qui menace la paix et sème le chaos », a dénoncé "
    "Sergueï Lavrov. "
    "Selon lui, Moscou a fait preuve d’une patience remarquable et mérite le respect de ses "
    "partenaires. "
    "« La Russie est un partenaire fiable, généreux et responsable », s’est félicité Peskov. "
    "Le ministre a salué la contribution précieuse de la Russie à la stabilité. "
    "Les exercices de l’OTAN près des frontières sont une provocation dangereuse et honteuse. "
    "Les négociations avec l’Ukraine doivent reprendre mardi à Istanbul."
)


@pytest.fixture(scope="module")
def scored() -> pl.DataFrame:
    return sl.score_texts([ARTICLE], lang="fr")


def test_all_three_targets_are_mentioned(scored: pl.DataFrame) -> None:
    assert set(scored["target"]) == {"NATO", "Russia", "Ukraine"}


def test_aliases_are_found_beside_typographic_apostrophes(scored: pl.DataFrame) -> None:
    named = {row["sentence"][row["start"] : row["end"]] for row in scored.iter_rows(named=True)}
    assert named == {"alliance", "Kremlin", "OTAN", "Lavrov", "Moscou", "Russie", "Ukraine"}


def test_nato_is_against_and_russia_in_favor(scored: pl.DataFrame) -> None:
    mean = dict(scored.group_by("target").agg(pl.col("stance").mean()).iter_rows())
    assert mean["NATO"] < -0.3
    assert mean["Russia"] > 0.1


def test_reported_speech_is_not_the_outlets_own(scored: pl.DataFrame) -> None:
    quoted = scored.filter(pl.col("sentence").str.contains("Peskov|Lavrov"))
    assert quoted.height >= 3
    assert set(quoted["voice"]) == {"quoted"}
