"""Errors from samples: published examples, textbook formulas, coverage."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from stancelib.validation.accuracy_core import ratio
from stancelib.validation.survey_core import (
    design_of,
    effective_number,
    share_interval,
    spread_of,
    unanimous_interval,
)


def mean_and_error(
    values: Any, probability: Any, strata: Any, clusters: Any
) -> tuple[float, float]:
    """Weighted mean, and its standard error."""
    values, probability = np.asarray(values, float), np.asarray(probability, float)
    design = design_of(1 / probability, np.asarray(strata), np.asarray(clusters), probability)
    found = ratio("mean", values, np.ones(len(values)), design.weights, "plain")
    return found.estimate, float(np.sqrt(spread_of(found.influence[:, None], design).variance[0]))


def with_moments(n: int, mean: float, variance: float) -> Any:
    """Any n values with this mean and this variance."""
    values = np.arange(n) - (n - 1) / 2
    return mean + values * np.sqrt(variance / values.var(ddof=1))


def test_lohr_counties_in_four_regions() -> None:
    """Lohr, Sampling: Design and Analysis, example 3.2: acres of farms, 295,561 (SE 16,380).

    Only size, sample size, mean and variance of the strata matter.
    """
    regions = [
        (220, 21, 97_629.8, 7_647_472_708),
        (1054, 103, 300_504.2, 29_618_183_543),
        (1382, 135, 211_315.0, 53_587_487_856),
        (422, 41, 662_295.5, 396_185_950_266),
    ]
    values, probability, strata = [], [], []
    for number, (size, n, mean, variance) in enumerate(regions):
        values.extend(with_moments(n, mean, variance))
        probability.extend([n / size] * n)
        strata.extend([number] * n)
    mean, error = mean_and_error(values, probability, strata, np.arange(len(values)))
    assert mean == pytest.approx(295_560.8, abs=0.1)
    assert error == pytest.approx(16_379.9, abs=0.1)


def test_lohr_students_in_five_suites() -> None:
    """Lohr, example 5.2: whole suites, 5 of 100; mean 2.826, SE 0.164.

    The suites' totals 12.16, 11.36, 8.96, 12.96, 11.08 have the variance 2.256.
    """
    grades = (
        *(3.08, 2.60, 3.44, 3.04, 2.36, 3.04, 3.28, 2.68, 2.00, 2.56),
        *(2.52, 1.88, 3.00, 2.88, 3.44, 3.64, 2.68, 1.92, 3.28, 3.20),
    )
    mean, error = mean_and_error(grades, [0.05] * 20, [0] * 20, np.repeat(range(5), 4))
    assert mean == pytest.approx(2.826)
    assert error == pytest.approx(np.sqrt(0.95 * 2.25568 / 5) / 4)
    assert error == pytest.approx(0.164, abs=5e-4)


def test_simple_random_sample_is_the_textbook() -> None:
    values = np.array([1.0, 0, 0, 1, 1, 1, 0, 1])
    mean, error = mean_and_error(values, [0.2] * 8, [3] * 8, range(8))
    assert mean == pytest.approx(5 / 8)
    assert error == pytest.approx(np.sqrt(0.8 * values.var(ddof=1) / 8))
    design = design_of(np.full(8, 5.0), np.zeros(8, int), np.arange(8), np.full(8, 0.2))
    spread = spread_of(((values - mean) / 8)[:, None], design)
    assert spread.degrees_of_freedom == pytest.approx([7])
    number = effective_number(
        ((values - mean) / 8)[:, None], design.weights, np.ones((8, 1), bool), spread.variance
    )
    assert number == pytest.approx([8 / 0.8])


def test_a_stratum_with_one_cluster_is_compared_with_the_mean_of_all() -> None:
    influence = np.array([[0.1], [0.3], [-0.4]])
    design = design_of(np.full(3, 2.0), np.array([0, 0, 1]), np.arange(3), np.full(3, 0.5))
    spread = spread_of(influence, design)
    assert spread.n_lonely == 1
    of_first = 0.5 * 2 * (0.1**2 + 0.1**2)
    assert spread.variance == pytest.approx([of_first + 0.5 * 0.4**2])


def test_strata_that_were_taken_whole_leave_no_error() -> None:
    design = design_of(
        np.array([1.0, 1, 2, 2]), np.array([0, 0, 1, 1]), np.arange(4), [1, 1, 0.5, 0.5]
    )
    assert design.left == pytest.approx([0, 0.5])
    assert spread_of(np.array([[1.0], [-1], [0], [0]]), design).variance == pytest.approx([0])


def test_what_was_not_drawn_as_a_whole_has_no_correction() -> None:
    strata, clusters = np.zeros(4, int), np.array([0, 0, 1, 1])
    two_stages = design_of(np.full(4, 8.0), strata, clusters, np.full(4, 0.25))
    assert two_stages.left == pytest.approx([1])
    unequal = design_of(np.array([2.0, 2, 4, 4]), strata, clusters, [0.5, 0.5, 0.25, 0.25])
    assert unequal.left == pytest.approx([1])


def test_known_intervals() -> None:
    """None of 10: Clopper and Pearson's end is 0.3085; 10 of 10 mirrors it."""
    low, high = unanimous_interval(np.array([0.0, 1.0]), np.array([10, 10]), 0.95)
    assert low == pytest.approx([0, 0.6915], abs=5e-5)
    assert high == pytest.approx([0.3085, 1], abs=5e-5)
    ends = share_interval(np.array([0.8]), np.array([0.04]), np.array([np.inf]), 0.95)
    half = stats.norm.ppf(0.975) * 0.04 / 0.16
    assert ends[0] == pytest.approx([1 / (1 + np.exp(-np.log(4) + half))])
    assert ends[1] == pytest.approx([1 / (1 + np.exp(-np.log(4) - half))])


@pytest.mark.parametrize("per_article", [None, 1])
def test_intervals_cover_what_they_say(per_article: int | None) -> None:
    """Articles of unequal length, alike within, two strata drawn unequally."""
    generator = np.random.default_rng(5)
    stratum = np.repeat([0, 1], [150, 250])
    length = generator.integers(1, 7, 400)
    chance = np.clip(0.8 - 0.15 * stratum + 0.25 * generator.standard_normal(400), 0.02, 0.98)
    right = [(generator.random(n) < p).astype(float) for n, p in zip(length, chance, strict=True)]
    truth = np.concatenate(right).mean()
    taken, runs, covered, zs = {0: 40, 1: 30}, 600, 0, []
    for _ in range(runs):
        value, weight, strata, clusters, first = [], [], [], [], []
        for one, n in taken.items():
            members = np.flatnonzero(stratum == one)
            for article in generator.choice(members, n, replace=False):
                k = length[article] if per_article is None else min(per_article, length[article])
                probability = n / len(members)
                value.extend(generator.permutation(right[article])[:k])
                weight.extend([length[article] / k / probability] * k)
                strata.extend([one] * k)
                clusters.extend([article] * k)
                first.extend([probability] * k)
        design = design_of(*(np.array(part) for part in (weight, strata, clusters, first)))
        found = ratio("", np.array(value), np.ones(len(value)), design.weights, "share")
        spread = spread_of(found.influence[:, None], design)
        estimate = np.array([found.estimate])
        error = np.sqrt(spread.variance)
        low, high = share_interval(estimate, error, spread.degrees_of_freedom, 0.95)
        covered += int(low[0] <= truth <= high[0])
        zs.append((found.estimate - truth) / error[0])
    noise = np.sqrt(0.95 * 0.05 / runs)
    # Two stages leave the correction away, and may cover more.
    assert covered / runs > 0.95 - 3.5 * noise
    assert covered / runs < (0.95 + 3.5 * noise if per_article is None else 1)
    # Neither too short nor far too long.
    assert 0.75 < np.std(zs) < 1.15
