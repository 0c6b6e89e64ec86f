"""Every cell of a series corrected by labels: known pooling, coverage, refusals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

import stancelib as sl
from stancelib.errors import DataError, NotEnoughDataError
from stancelib.validation.pooled_cells_core import between_cells, pool_cells

START = datetime(2022, 1, 3, tzinfo=UTC)
NAMES = {-1.0: "against", 0.0: "neutral", 1.0: "favor"}


def test_pooling_by_hand() -> None:
    # Two cells that differ by no more than chance share one mean; the third has no labels.
    observed, variance = np.array([0.1, 0.3, np.nan]), np.array([0.04, 0.04, np.nan])
    pooled = pool_cells(observed, variance, np.zeros(3, dtype=np.int64), 1)
    assert pooled.scatter == 0
    assert pooled.mean == pytest.approx([0.2, 0.2, 0.2])
    assert pooled.variance == pytest.approx([0.02, 0.02, 0.02])
    assert pooled.own_share.tolist() == [0, 0, 0]


def test_scatter_by_hand() -> None:
    # With equal variances v the moment equation is S / (v + scatter) = K - 1.
    observed = np.array([-0.5, 0.0, 0.5])
    same = np.zeros(3, dtype=np.int64)
    assert between_cells(observed, np.full(3, 0.05), same, 1) == pytest.approx(0.25 - 0.05)
    pooled = pool_cells(observed, np.full(3, 0.05), same, 1)
    assert pooled.own_share == pytest.approx([0.8, 0.8, 0.8])
    assert pooled.mean == pytest.approx([-0.4, 0.0, 0.4])
    # Rest of the scatter, and the mean of three cells with variance 0.25 each.
    assert pooled.variance == pytest.approx(0.2 * 0.2 + 0.2**2 * 0.25 / 3)


def test_groups_have_means_of_their_own_and_full_cells_are_exact() -> None:
    observed, variance = np.array([0.0, 0.2, 1.0, np.nan]), np.array([0.01, 0.01, 0.0, np.nan])
    pooled = pool_cells(observed, variance, np.array([0, 0, 1, 1]), 2)
    # 0.02 / (0.01 + scatter) = 3 cells - 2 groups, so that half of each is its own.
    assert pooled.mean == pytest.approx([0.05, 0.15, 1.0, 1.0])
    assert pooled.mean[2] == 1.0
    assert pooled.variance[2] == 0.0
    assert pooled.own_share[2] == 1.0


class Corpus:
    """Sentences with truth and prediction: one a document, an error that jumps after week 10."""

    def __init__(self, rng: np.random.Generator, jump: float, weeks: int = 20) -> None:
        n_cells = 2 * weeks
        self.cell = np.repeat(np.arange(n_cells), 30)
        self.week = self.cell % weeks
        self.truth = rng.choice([-1.0, 0.0, 1.0], len(self.cell), p=[0.3, 0.5, 0.2])
        error = 0.1 + jump * (self.week >= weeks // 2) + 0.2 * rng.uniform(-1, 1, len(self.cell))
        self.predicted = 0.4 * self.truth + error
        self.source = np.where(self.cell < weeks, "A", "B")

    def series(self, values: NDArray[np.float64]) -> pl.DataFrame:
        rows = pl.DataFrame({"source": self.source, "week": self.week, "stance": values})
        return (
            rows.group_by("source", "week")
            .agg(
                pl.col("stance").mean(),
                se=pl.col("stance").std() / pl.len().sqrt(),
                n_documents=pl.len().cast(pl.Int64),
                n_effective=pl.len().cast(pl.Float64),
            )
            .with_columns(
                target=pl.lit("NATO"),
                period=pl.lit(START) + pl.duration(weeks=pl.col("week")),
                p_favor=pl.lit(0.3),
            )
            .sort("source", "week")
            .drop("week")
        )

    def gold(self, picked: NDArray[np.int64], probability: float) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "target": ["NATO"] * len(picked),
                "source": self.source[picked],
                "doc_id": [str(number) for number in picked],
                "published_at": [
                    START + timedelta(weeks=int(w), days=1) for w in self.week[picked]
                ],
                "label": [NAMES[value] for value in self.truth[picked]],
                "stance": self.predicted[picked],
                "inclusion_probability": probability,
                "n_sentences": 1,
                "lang": "en",
                "voice": "author",
            }
        )


def test_labels_of_all_sentences_give_their_own_series() -> None:
    corpus = Corpus(np.random.default_rng(1), 0.2)
    everything = np.arange(len(corpus.cell))
    corrected = sl.correct_series(corpus.series(corpus.predicted), corpus.gold(everything, 1.0))
    truth = corpus.series(corpus.truth)
    assert corrected["stance"].to_list() == pytest.approx(truth["stance"].to_list())
    assert corrected["own_share"].to_list() == [1.0] * truth.height
    assert corrected["n_labels"].to_list() == pytest.approx([30.0] * truth.height)
    assert "p_favor" not in corrected.columns


def test_intervals_hold_the_true_cells_also_without_labels_of_their_own() -> None:
    rng = np.random.default_rng(7)
    event = sl.Event("event", START + timedelta(weeks=10))
    held, wrong, own = [], [], []
    for _ in range(40):
        corpus = Corpus(rng, 0.3)
        picked = np.sort(rng.choice(len(corpus.cell), 120, replace=False))
        raw = corpus.series(corpus.predicted)
        gold = corpus.gold(picked, 120 / len(corpus.cell))
        corrected = sl.correct_series(raw, gold, event=event)
        # The corpus has no articles beyond those that are there: its means are those of the draw.
        held.append(((corrected["low"] <= -0.1) & (corrected["high"] >= -0.1)).mean())
        wrong.append((raw["stance"] + 0.1).abs().mean())
        own.append((corrected["stance"] + 0.1).abs().mean())
    # 40 corpora of 40 cells; cells of a corpus share a rectifier, so a corpus counts as a few.
    assert 0.90 < np.mean(held) < 0.995
    assert np.mean(own) < 0.6 * np.mean(wrong)


def test_an_effect_refuses_cells_that_borrow() -> None:
    rng = np.random.default_rng(3)
    corpus = Corpus(rng, 0.0)
    picked = np.sort(rng.choice(len(corpus.cell), 200, replace=False))
    gold = corpus.gold(picked, 200 / len(corpus.cell))
    series = corpus.series(corpus.predicted)
    corrected = sl.correct_series(series, gold)
    event = sl.Event("event", START + timedelta(weeks=10))
    with pytest.raises(DataError, match="cells borrow from each other"):
        sl.interrupted_time_series(corrected, event, source="A")
    with pytest.raises(DataError, match="cells borrow from each other"):
        sl.event_study(corrected, event)
    with pytest.raises(NotEnoughDataError, match="no target and source of the series has labels"):
        sl.correct_series(series, gold.with_columns(target=pl.lit("Russia")))
    with pytest.raises(NotEnoughDataError, match="has no label after the event"):
        sl.correct_series(series, gold.filter(pl.col("published_at") < event.at), event=event)
    only_a = sl.correct_series(series, gold.filter(source="A"))
    assert only_a["source"].unique().to_list() == ["A"]
