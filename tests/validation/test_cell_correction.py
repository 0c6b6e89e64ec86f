"""Cells corrected by labels: numbers worked by hand, and identities."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stancelib.series.precision_core import sampling_variances
from stancelib.validation.cell_correction_core import (
    RawCells,
    correct_cells,
    degrees_of_freedom,
    residual_variance,
    unseen_share,
)
from stancelib.validation.labelled_articles_core import (
    LabelledArticles,
    LabelledPairs,
    articles_of,
    cell_means,
    pulled,
)
from stancelib.validation.power_tuning_core import power_tuning, response_of

Array = NDArray[np.float64]


def by_hand() -> LabelledArticles:
    """Cell 0: articles 0 (two pairs) and 1; cell 1 is empty; cell 2: articles 2, 3 and 4."""
    pairs = LabelledPairs(
        cell=np.array([0, 0, 0, 2, 2, 2]),
        article=np.array([0, 0, 1, 2, 3, 4]),
        label=np.array([1.0, -1.0, 0.0, 1.0, 0.0, -1.0]),
        predicted=np.array([0.5, -0.1, 0.2, 0.6, 0.0, -0.6]),
        weight=np.array([3.0, 1.0, 4.0, 2.0, 1.0, 1.0]),
        probability=np.array([0.2, 0.6, 0.5, 1.0, 0.5, 0.5]),
    )
    return articles_of(pairs, 3)


def alike(label: list[float], predicted: list[float], cell: list[int], seen: float = 0.0) -> Any:
    """One pair an article, all of equal weight."""
    size = len(label)
    pairs = LabelledPairs(
        cell=np.array(cell),
        article=np.arange(size),
        label=np.array(label),
        predicted=np.array(predicted),
        weight=np.ones(size),
        probability=np.full(size, seen),
    )
    return articles_of(pairs, max(cell) + 1)


def raw_of(stance: list[float], variance: list[float], n: list[float]) -> RawCells:
    return RawCells(np.array(stance), np.array(variance), np.array(n))


def test_pairs_become_articles() -> None:
    articles = by_hand()
    assert articles.cell.tolist() == [0, 0, 2, 2, 2]
    # Labels 1 and -1 with weights 3 and 1, predictions 0.5 and -0.1.
    np.testing.assert_allclose(articles.label, [0.5, 0, 1, 0, -1])
    np.testing.assert_allclose(articles.predicted, [0.35, 0.2, 0.6, 0, -0.6])
    np.testing.assert_allclose(articles.weight, [4, 4, 2, 1, 1])
    # Article 0: probabilities 0.2 and 0.6 with weights 3 and 1.
    np.testing.assert_allclose(articles.unseen, [0.7, 0.5, 0, 0.5, 0.5])


def stretched() -> LabelledArticles:
    """The articles of `by_hand` with other pulls."""
    pull = np.array([1.2, 0.8, 1.5, 0.75, 0.75])
    return replace(by_hand(), pull=pull)


def test_means_of_cells_by_hand() -> None:
    articles = stretched()
    # The weighted mean of all is 3 / 12; the distances 0.25, -0.25, 0.75, -0.25, -1.25 are pulled.
    values = [0.55, 0.05, 1.375, 0.0625, -0.6875]
    np.testing.assert_allclose(pulled(articles, articles.label), values)
    means = cell_means(articles, articles.label)
    np.testing.assert_allclose(means.mean, [0.3, np.nan, 0.25])
    squares = 1.125**2 + 0.1875**2 + 0.9375**2
    np.testing.assert_allclose(means.variance, [0.25**2, np.nan, squares / 2 / 3])
    np.testing.assert_array_equal(means.n_articles, [2, 0, 3])
    assert degrees_of_freedom(means) == 3


def test_unseen_share_by_hand() -> None:
    # Squared pulls 1.44 and 0.64; 2.25 and twice 0.5625.
    expected = [(1.44 * 0.7 + 0.64 * 0.5) / 2.08, 0, 0.5625 / 3.375]
    np.testing.assert_allclose(unseen_share(stretched()), expected)


def test_tuning_and_response_by_hand() -> None:
    articles = stretched()
    # Predictions have the weighted mean 2.8 / 12; pulled, less the means 0.29 and 0.15 of cells:
    predicted = np.array([0.25 / 3, -0.25 / 3, 1.9 / 3, -0.275 / 3, -1.625 / 3])
    label = np.array([0.25, -0.25, 1.125, -0.1875, -0.9375])
    assert power_tuning(articles) == pytest.approx(predicted @ label / (predicted @ predicted))
    assert response_of(articles).slope == pytest.approx(predicted @ label / (label @ label))
    falling = alike([1, 0, -1], [-0.5, 0.1, 0.4], [0, 0, 0])
    assert power_tuning(falling) == 0.0
    assert response_of(falling).slope == pytest.approx(-0.45)
    # Residuals of the line -0.45 label: -0.05, 0.1, -0.05; sandwich over the sum of squares 2.
    assert response_of(falling).se == pytest.approx(np.sqrt(0.05**2 + 0.05**2) / 2)


def test_labels_that_do_not_differ_tell_no_response() -> None:
    found = response_of(alike([1, 1, 0, 0], [0.3, 0.2, 0.1, 0.5], [0, 0, 1, 1]))
    assert np.isnan(found.slope)
    assert np.isnan(found.se)


def test_a_corrected_cell_by_hand() -> None:
    """Two cells of two articles, whose variances are as one; three of four pairs unlabelled."""
    articles = alike([1, 0, 0, -1], [0.5, 0.1, 0.2, -0.2], [0, 0, 1, 1], 0.25)
    raw = raw_of([0.35, -0.05], [0.04 / 8, 0.04 / 8], [8, 8])
    found = correct_cells(articles, raw, 0.5)
    # Rectifiers: mean label less half the mean prediction; plus half the mean of all predictions.
    np.testing.assert_allclose(found.stance, [0.5 - 0.15 + 0.175, -0.5 - 0.0 - 0.025])
    # Articles: label variance 0.5, of which 0.04 / 0.08 is left in whole articles, over 8.
    # Labels: residuals 0.75 and -0.05, 0.1 less and -0.9 have the variance 0.32, over 2, times 3/4.
    np.testing.assert_allclose(found.variance, 0.5 * 0.5 / 8 + 0.32 / 2 * 0.75)
    assert residual_variance(articles, 0.5) == pytest.approx(0.32)
    assert residual_variance(articles, 0.0) == pytest.approx(0.5)


def test_single_pairs_of_equal_weight_are_independent_draws() -> None:
    rng = np.random.default_rng(4)
    label, predicted = rng.normal(size=(2, 30))
    articles = alike(label.tolist(), predicted.tolist(), [0] * 30)
    means = cell_means(articles, articles.label)
    assert means.mean[0] == pytest.approx(label.mean())
    assert means.variance[0] == pytest.approx(label.var(ddof=1) / 30)
    assert means.n_articles[0] == 30
    slope = np.polyfit(predicted, label, 1)[0]
    assert power_tuning(articles) == pytest.approx(max(slope, 0.0))
    assert response_of(articles).slope == pytest.approx(np.polyfit(label, predicted, 1)[0])


def test_labels_of_all_pairs_give_the_cells_of_the_labels() -> None:
    rng = np.random.default_rng(5)
    cell = np.repeat(np.arange(6), [2, 3, 5, 9, 4, 1])
    label, predicted = rng.integers(-1, 2, 24).astype(float), rng.normal(size=24)
    articles = alike(label.tolist(), predicted.tolist(), cell.tolist(), 1.0)
    of_predictions, of_labels = (cell_means(articles, values) for values in (predicted, label))
    raw = RawCells(of_predictions.mean, of_predictions.variance, of_predictions.n_articles)
    classical = sampling_variances(np.sqrt(of_labels.variance), of_labels.n_articles).variances
    for tuning in (0.0, 0.4, power_tuning(articles)):
        found = correct_cells(articles, raw, tuning)
        np.testing.assert_allclose(found.stance, of_labels.mean, atol=1e-12)
        np.testing.assert_allclose(found.variance, classical, rtol=1e-9)


@pytest.mark.parametrize("constant", [0.1, 0.3, -0.37, 0.7])
def test_rounding_errors_of_equal_values_are_no_spread(constant: float) -> None:
    rng = np.random.default_rng(0)
    cell, weight = rng.integers(0, 5, 60), rng.uniform(0.5, 4, 60)
    label, same, seen = rng.integers(-1, 2, 60) * 1.0, np.full(60, constant), np.full(60, 0.1)
    places = np.arange(60)
    flat = articles_of(LabelledPairs(cell, places, label, same, weight, seen), 5)
    assert power_tuning(flat) == 0.0
    np.testing.assert_array_equal(cell_means(flat, flat.predicted).variance, 0.0)
    one_label = articles_of(LabelledPairs(cell, places, same, label, weight, seen), 5)
    assert np.isnan(response_of(one_label).slope)


def test_constant_predictions_leave_the_labels_alone() -> None:
    articles = alike([1, 0, 0, -1, 0], [0.3] * 5, [0, 0, 1, 1, 1])
    assert power_tuning(articles) == 0.0
    raw = raw_of([0.3, 0.3], [0.0, 0.0], [20, 30])
    found = correct_cells(articles, raw, power_tuning(articles))
    np.testing.assert_allclose(found.stance, [0.5, -1 / 3])
    assert (found.variance > 0).all()


def test_a_scorer_that_is_right_leaves_only_the_scatter_of_articles() -> None:
    truth = [1.0, 0.0, -1.0, 0.0, 1.0, 1.0]
    articles = alike(truth, truth, [0, 0, 0, 1, 1, 1], 0.1)
    raw = raw_of([0.1, 0.6], [0.7 / 30, 0.3 / 30], [30, 30])
    tuning = power_tuning(articles)
    assert tuning == pytest.approx(1.0)
    found = correct_cells(articles, raw, tuning)
    np.testing.assert_allclose(found.stance, raw.stance)
    # As large as of 30 articles, not as of the three that were labelled.
    np.testing.assert_allclose(found.variance.mean(), 0.5 / 30, rtol=1e-6)


@st.composite
def labelled(draw: st.DrawFn) -> tuple[LabelledPairs, RawCells]:
    sizes = draw(st.lists(st.integers(0, 4), min_size=2, max_size=5).filter(lambda n: sum(n) > 2))
    cell = np.repeat(np.arange(len(sizes)), sizes)
    numbers = st.floats(-1, 1).map(lambda value: round(value, 3))

    def column(values: st.SearchStrategy[float]) -> Array:
        return np.array(draw(st.lists(values, min_size=len(cell), max_size=len(cell))))

    pairs = LabelledPairs(
        cell=cell,
        article=np.arange(len(cell)),
        label=column(st.sampled_from([-1.0, 0.0, 1.0])),
        predicted=column(numbers),
        weight=column(st.floats(0.5, 4)),
        probability=column(st.floats(0.05, 1)),
    )
    k = len(sizes)
    stance = np.array(draw(st.lists(numbers, min_size=k, max_size=k)))
    return pairs, RawCells(stance, np.full(k, 0.01), np.full(k, 10.0))


@given(labelled(), st.floats(-0.5, 0.5), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_order_and_a_constant_change_nothing(
    drawn: tuple[LabelledPairs, RawCells], constant: float, random: Any
) -> None:
    pairs, raw = drawn
    n_cells = len(raw.stance)
    base = articles_of(pairs, n_cells)
    tuning = power_tuning(base)
    found = correct_cells(base, raw, tuning)
    order = np.array(random.sample(range(len(pairs.cell)), len(pairs.cell)))
    shuffled = LabelledPairs(*(getattr(pairs, name)[order] for name in LabelledPairs.__slots__))
    other = articles_of(shuffled, n_cells)
    # About rounding errors only: a spread of nearly nothing is divided by.
    assert power_tuning(other) == pytest.approx(tuning, rel=1e-6, abs=1e-9)
    again = correct_cells(other, raw, tuning)
    np.testing.assert_allclose(again.stance, found.stance, atol=1e-9)
    np.testing.assert_allclose(again.variance, found.variance, atol=1e-9)
    moved = articles_of(
        LabelledPairs(
            pairs.cell,
            pairs.article,
            pairs.label,
            pairs.predicted + constant,
            pairs.weight,
            pairs.probability,
        ),
        n_cells,
    )
    shifted = correct_cells(moved, RawCells(raw.stance + constant, *_rest(raw)), tuning)
    np.testing.assert_allclose(shifted.stance, found.stance, atol=1e-9)
    np.testing.assert_allclose(shifted.variance, found.variance, atol=1e-9)
    unused = np.bincount(pairs.cell, minlength=n_cells) == 0
    assert np.isnan(found.stance[unused]).all()
    assert np.isnan(found.variance[unused]).all()
    assert np.isfinite(found.stance[~unused]).all()
    assert (found.variance[~unused] >= 0).all()


def _rest(raw: RawCells) -> tuple[Array, Array]:
    return raw.variance, raw.n_effective


def standardized_squares(rng: np.random.Generator, n_labels: int) -> list[float]:
    """Mean squared error over its variance in 20 cells: corrected, and labels alone."""
    cells = np.repeat(np.arange(20), np.maximum(rng.poisson(12, 20), 2))
    article = np.repeat(np.arange(len(cells)), 1 + rng.poisson(1.0, len(cells)))
    cell, expected = cells[article], np.linspace(-0.15, 0.15, 20)
    mean = np.clip(expected[cell] + 0.05 * rng.normal(size=len(cells))[article], -0.3, 0.3)
    chance = rng.random(len(article))
    truth = np.select([chance < 0.15 + mean / 2, chance > 0.85 + mean / 2], [1.0, -1.0], 0.0)
    bias = np.where(cell < 10, -0.15, 0.15)
    predicted = 0.45 * truth + bias + 0.3 * rng.uniform(-1, 1, len(article))
    length, n = np.bincount(article), np.bincount(cells)
    of_article = np.bincount(article, predicted) / length
    stance = np.bincount(cells, of_article) / n
    squares = np.bincount(cells, (of_article - stance[cells]) ** 2)
    raw = RawCells(stance, squares / (n - 1) / n, n.astype(float))
    drawn = rng.choice(len(article), n_labels, replace=False)
    _, of_drawn = np.unique(article[drawn], return_inverse=True)
    share = np.full(n_labels, n_labels / len(article))
    weight = 1 / (share * length[article[drawn]])
    pairs = LabelledPairs(cell[drawn], of_drawn, truth[drawn], predicted[drawn], weight, share)
    articles = articles_of(pairs, 20)
    both = [correct_cells(articles, raw, tuning) for tuning in (power_tuning(articles), 0.0)]
    return [float(np.nanmean((one.stance - expected) ** 2 / one.variance)) for one in both]


@pytest.mark.parametrize("n_labels", [150, 320])
def test_errors_are_as_large_as_their_variance_says(n_labels: int) -> None:
    """With few and with most pairs labelled; the scorer's error differs between cells."""
    runs = 300
    rng = np.random.default_rng(9)
    squares = np.array([standardized_squares(rng, n_labels) for _ in range(runs)])
    bound = 3.5 * squares.std(0) / np.sqrt(runs)
    # That tuning and scatter are estimated takes up to a twentieth.
    assert (np.abs(squares.mean(0) - 1) < bound + 0.05).all()
