"""Labels that were drawn with chances that depend on the prediction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stancelib.validation.cell_correction_core import RawCells, correct_cells
from stancelib.validation.labelled_articles_core import (
    LabelledPairs,
    articles_of,
    expected_weight,
)
from stancelib.validation.power_tuning_core import power_tuning

Array = NDArray[np.float64]


def test_the_weight_to_be_expected_by_hand() -> None:
    """Weights 4, 4 in a cell and 2, 1, 1 in another: 5/3 and 5/9 of their mean 2.4."""
    cell, group = np.array([0, 0, 2, 2, 2]), np.zeros(5, dtype=np.int64)
    weight, unseen = np.array([4.0, 4, 2, 1, 1]), np.array([0.7, 0.5, 0, 0.5, 0.5])
    # Squares within cells, over 5 - 2; then per cell, as far as it is unseen.
    of_one = ((5 / 18) ** 2 + 2 * (5 / 36) ** 2) / 3
    variance = np.array([of_one * 0.6 / 2, of_one * (1 / 3) / 3])
    # Two cells: the scatter makes their squared difference as large as expected.
    scatter = ((10 / 9) ** 2 - variance.sum()) / 2
    own = scatter / (scatter + variance)
    precision = 1 / (scatter + variance)
    centre = precision @ [5 / 3, 5 / 9] / precision.sum()
    expected = 2.4 * (own * [5 / 3, 5 / 9] + (1 - own) * centre)
    found = expected_weight(weight, unseen, cell, group)
    np.testing.assert_allclose(found, expected[[0, 0, 1, 1, 1]])
    pairs = LabelledPairs(cell, np.arange(5), weight, weight, weight, 1 - unseen)
    np.testing.assert_allclose(articles_of(pairs, 3).pull, weight / found)


def test_cells_that_differ_by_chance_share_one_expected_weight() -> None:
    """Each cell has drawn a heavy and a light article, and one of them two light ones."""
    weight, cell = np.array([4.0, 1, 1, 4, 1, 1, 1, 4]), np.repeat(np.arange(4), 2)
    unseen, group = np.ones(8), np.zeros(8, dtype=np.int64)
    found = expected_weight(weight, unseen, cell, group)
    np.testing.assert_allclose(found, weight.mean())
    # Where all is labelled, which articles a cell has is no chance.
    whole = expected_weight(weight, 0 * unseen, cell, group)
    np.testing.assert_allclose(whole, [2.5, 2.5, 2.5, 2.5, 1, 1, 2.5, 2.5])


def test_chances_that_depend_on_the_prediction_bias_no_cell() -> None:
    """Seven labels a cell, predictions far from 0 eight times as often; the error jumps by 0.3.

    A weighted mean (Hajek) of so few errs on average; and were each cell to weigh by the scatter of
    its own labels, the weighted mean of cells would.
    """
    rng = np.random.default_rng(12)
    cell = np.repeat(np.arange(20), 100)
    late = np.where(np.arange(20) < 10, -1.0, 1.0)
    differences = []
    for _ in range(400):
        truth: Array = rng.choice(np.array([-1.0, 0, 1]), 2000, p=[0.15, 0.7, 0.15])
        predicted: Array = 0.45 * truth + 0.15 * late[cell] + 0.4 * rng.uniform(-1, 1, 2000)
        chance: Array = np.where(np.abs(predicted) > 0.25, 8.0, 1.0)
        chance *= 140 / chance.sum()
        drawn = np.flatnonzero(rng.random(2000) < chance)
        of, weight = cell[drawn], np.asarray(1 / chance[drawn], dtype=np.float64)
        pairs = LabelledPairs(
            of, np.arange(len(drawn)), truth[drawn], predicted[drawn], weight, chance[drawn]
        )
        articles = articles_of(pairs, 20)
        stance = np.bincount(cell, predicted) / 100
        raw = RawCells(stance, np.full(20, 0.002), np.full(20, 100.0))
        found = correct_cells(articles, raw, power_tuning(articles))
        error = found.stance - np.bincount(cell, truth) / 100
        known = np.isfinite(error)
        precision = np.where(known, 1 / found.variance, 0.0)
        total = np.bincount(of, weight, 20)
        hajek = np.bincount(of, weight * (truth - predicted)[drawn], 20) / np.where(known, total, 1)
        whole = np.bincount(cell, truth - predicted) / 100
        differences.append(
            [
                _after_less_before(values, known * weights)
                for values, weights in (
                    (error, np.ones(20)),
                    (error, precision),
                    (hajek - whole, np.ones(20)),
                )
            ]
        )
    mean, bound = np.mean(differences, 0), 3.5 * np.std(differences, 0) / np.sqrt(400)
    assert (np.abs(mean[:2]) < bound[:2]).all()
    assert abs(mean[2]) > bound[2]


def _after_less_before(values: Array, weights: Array) -> float:
    values = np.nan_to_num(values)
    return float(
        np.average(values[10:], weights=weights[10:])
        - np.average(values[:10], weights=weights[:10])
    )
