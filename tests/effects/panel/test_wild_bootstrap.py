"""The wild cluster bootstrap against refits, one by one, and against pyfixest."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from stancelib.effects.event_study_core import fit_leads_and_lags
from stancelib.effects.inversion_core import invert
from stancelib.effects.two_way_effects_core import (
    PanelDesign,
    PanelFit,
    fit_panel,
    partial_out,
    small_sample_factor,
    source_clustered_covariance,
)
from stancelib.effects.wild_bootstrap_core import (
    RADEMACHER,
    WEBB,
    WildDraws,
    bootstrap_draws,
    draw_multipliers,
    joint_statistics,
)

Array = NDArray[np.float64]
Wave = Callable[[int, int], Array]

G, T, EVENT = 8, 12, 7
TREATED = np.arange(G) < 3
AFTER = (np.arange(T) >= EVENT).astype(np.float64)
REFERENCE = Path(__file__).parents[2] / "reference" / "wild_bootstrap_pyfixest.json"


def weights_with_gaps() -> Array:
    return np.where(np.arange(G * T).reshape(G, T) % 9 == 2, 0.0, 1.0)


def difference(outcome: Array, weights: Array) -> PanelFit:
    design = PanelDesign((TREATED[:, None] * AFTER)[None], weights, period_effects=True)
    return fit_panel(outcome, design)


def all_signs() -> WildDraws:
    return WildDraws(np.array(list(product(RADEMACHER, repeat=G))).T, "Rademacher", True)


def refitted(outcome: Array, weights: Array, null: float, signs: WildDraws) -> Array:
    """Absolute statistics, each from a restricted fit, new outcomes and a refit."""
    regressor = TREATED[:, None] * AFTER
    residuals = partial_out(outcome - null * regressor, weights, period_effects=True)
    fitted = np.where(weights > 0, outcome - residuals, 0.0)
    found = []
    for column in signs.multipliers.T:
        again = difference(fitted + column[:, None] * residuals, weights)
        se = np.sqrt(source_clustered_covariance(again, np.eye(1))[0, 0])
        found.append(abs(again.coefficients[0] - null) / se)
    return np.array(found)


@pytest.mark.parametrize("null", [0.0, 0.05])
@pytest.mark.parametrize("alike", [True, False])
def test_draws_equal_refits(wave: Wave, null: float, alike: bool) -> None:
    outcome = wave(G, T)
    weights = weights_with_gaps() * (1.0 if alike else 1.5 + np.cos(np.arange(T)))
    draws = bootstrap_draws(difference(outcome, weights), np.ones(1), all_signs())
    expected = refitted(outcome, weights, null, all_signs())
    np.testing.assert_allclose(draws.statistics(null), expected, rtol=1e-6)
    observed = abs(draws.estimate - null) / draws.se
    share = (expected >= observed * (1 - 1e-9)).mean()
    assert draws.p_value(null) == pytest.approx(share)


def test_enumerated_bootstrap_equals_pyfixest(wave: Wave) -> None:
    """Recorded from pyfixest 0.60.0 with wildboottest 0.3.2: all 256 signs, null imposed."""
    recorded = json.loads(REFERENCE.read_text(encoding="utf-8"))
    weights = weights_with_gaps()
    fit = difference(wave(G, T), weights)
    draws = bootstrap_draws(fit, np.ones(1), all_signs())
    # wildboottest counts the source effects among the terms of the small-sample factor.
    full = small_sample_factor(fit.design, G, nested=False)
    ratio = np.sqrt(small_sample_factor(fit.design, G, nested=True) / full)
    assert draws.estimate / draws.se * ratio == pytest.approx(recorded["t_value"], rel=1e-6)
    np.testing.assert_allclose(
        np.sort(draws.statistics(0.0) * ratio), recorded["statistics"], rtol=1e-6
    )
    assert draws.p_value(0.0) == pytest.approx(recorded["p_value"], abs=1e-12)


def test_half_of_the_signs_is_enough(wave: Wave) -> None:
    fit = difference(wave(G, T), weights_with_gaps())
    half = all_signs().multipliers[:, all_signs().multipliers[0] > 0]
    some = bootstrap_draws(fit, np.ones(1), WildDraws(half, "Rademacher", True))
    every = bootstrap_draws(fit, np.ones(1), all_signs())
    assert some.p_value(0.0) == every.p_value(0.0)


def test_joint_statistics_equal_refits(wave: Wave) -> None:
    outcome, weights = wave(G, T), weights_with_gaps()
    relative = np.arange(T) - EVENT
    found = fit_leads_and_lags(outcome, weights, relative, TREATED, -1)
    leads = found.relative < -1
    contrasts = np.eye(len(leads))[leads]
    few = WildDraws(all_signs().multipliers[:, 5:9], "Rademacher", False)
    rest = PanelDesign(found.fit.design.regressors[~leads], weights, period_effects=True)
    restricted = fit_panel(outcome, rest)
    fitted = np.where(weights > 0, outcome - restricted.residuals, 0.0)
    for place, column in enumerate(few.multipliers.T):
        again = fit_leads_and_lags(
            fitted + column[:, None] * restricted.residuals, weights, relative, TREATED, -1
        )
        se = np.sqrt(np.diag(source_clustered_covariance(again.fit, contrasts)))
        expected = again.fit.coefficients[leads] / se
        np.testing.assert_allclose(
            joint_statistics(found.fit, contrasts, few)[:, place], expected, rtol=1e-6
        )


def test_interval_ends_where_the_test_begins_to_reject(wave: Wave) -> None:
    fit = difference(wave(G, T), weights_with_gaps())
    draws = bootstrap_draws(fit, np.ones(1), draw_multipliers(G, 999, seed=3))
    low, high = invert(draws.p_value, draws.estimate, draws.se, 0.9)
    assert low < draws.estimate < high
    for end, outward in ((low, -1e-6), (high, 1e-6)):
        assert draws.p_value(end + outward) < 0.1 <= draws.p_value(end - outward)


@pytest.mark.parametrize(
    ("n_sources", "n_draws", "kind", "enumerated", "size"),
    [
        (3, 9999, "Webb", True, 216),
        (6, 9999, "Webb", False, 9999),
        (10, 9999, "Webb", False, 9999),
        (11, 9999, "Rademacher", True, 1024),
        (13, 9999, "Rademacher", True, 4096),
        (14, 9999, "Rademacher", False, 9999),
    ],
)
def test_draws_follow_the_number_of_sources(
    n_sources: int, n_draws: int, kind: str, enumerated: bool, size: int
) -> None:
    draws = draw_multipliers(n_sources, n_draws, seed=1)
    assert (draws.kind, draws.enumerated) == (kind, enumerated)
    assert draws.multipliers.shape == (n_sources, size)
    again = draw_multipliers(n_sources, n_draws, seed=1)
    np.testing.assert_array_equal(draws.multipliers, again.multipliers)


@pytest.mark.parametrize("points", [RADEMACHER, WEBB])
def test_points_have_mean_zero_and_variance_one(points: Array) -> None:
    assert points.mean() == pytest.approx(0, abs=1e-12)
    assert (points**2).mean() == pytest.approx(1)
    assert (points**3).mean() == pytest.approx(0, abs=1e-12)
