"""The state space, the controls, the sampler and the simulation against closed forms."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from statsmodels.tsa.statespace.structural import UnobservedComponents

from stancelib.effects.counterfactual_core import (
    Ahead,
    Posterior,
    Prior,
    Problem,
    log_prior,
    simulate,
    whitened_products,
)
from stancelib.effects.counterfactual_summary_core import (
    at_parameters,
    effects_of,
    influence,
    signal_covariance,
    summarize,
)
from stancelib.effects.generalized_least_squares_core import normalized
from stancelib.effects.importance_core import WeightedPoints, importance_sample, resample
from stancelib.effects.spike_slab_core import (
    coefficients_of,
    slab_of,
    subset_log_weights,
)
from stancelib.effects.structural_core import (
    FIRST_LEVEL_VARIANCE,
    Parameters,
    Structure,
    build_system,
    filter_columns,
    first_variances,
    observation_variances,
    shock_deviations,
)

Array = NDArray[np.float64]

PLAIN = Structure(trend=False, season=0, autoregression=False, split=False)
LASTING = Structure(trend=False, season=0, autoregression=True, split=True)
STRUCTURES = [
    PLAIN,
    LASTING,
    Structure(trend=True, season=0, autoregression=False, split=True),
    Structure(trend=True, season=4, autoregression=True, split=True),
]
VALUES = {"level": -1.5, "slope": -3.0, "season": -2.0, "noise": -0.6, "share": 0.4, "rho": 0.7}
PRIOR = Prior(0.01, 32.0, 0.01, 0.001, 0.4, 0.0, 0.3, 20.0)
N = 30


def parameters_of(structure: Structure) -> Parameters:
    return Parameters.of(np.array([[VALUES[name] for name in structure.names]]), structure)


def problem_of(structure: Structure, n_controls: int = 0, expected: float = 3.0) -> Problem:
    """Thirty periods with two gaps and uneven precision."""
    rng = np.random.default_rng(5)
    columns = rng.normal(size=(N, 1 + n_controls))
    columns[:, 0] += columns[:, 1:].sum(-1)
    columns[[4, 17]] = np.nan
    seen = np.isfinite(columns[:, 0])
    slab = slab_of(columns[seen, 1:], expected)
    return Problem(columns, rng.uniform(0.3, 4.0, N), structure, slab, PRIOR)


def log_likelihood(problem: Problem, parameters: Parameters) -> Array:
    """Of the outcome alone, (G,)."""
    structure = problem.structure
    system = build_system(structure)
    found = filter_columns(problem.columns, problem.ratios, parameters, structure, system)
    products, log_determinants = whitened_products(problem.columns, found)
    constant = np.isfinite(problem.columns[:, 0]).sum() * np.log(2 * np.pi)
    return -0.5 * (log_determinants + products[:, 0, 0] + constant)


# ---- state space ---- #


@pytest.mark.parametrize("structure", STRUCTURES, ids=str)
def test_filter_gives_the_likelihood_of_the_dense_gaussian(structure: Structure) -> None:
    problem, parameters = problem_of(structure), parameters_of(structure)
    noise = observation_variances(parameters, problem.ratios, structure)[0]
    signal = signal_covariance(structure, parameters, build_system(structure), N)
    covariance = signal + np.diag(noise)
    seen = np.isfinite(problem.columns[:, 0])
    dense = stats.multivariate_normal(cov=covariance[np.ix_(seen, seen)])
    expected = dense.logpdf(problem.columns[seen, 0])
    assert log_likelihood(problem, parameters)[0] == pytest.approx(expected, rel=1e-8)


def test_signal_covariance_of_level_and_autoregression_is_the_textbook_one() -> None:
    parameters = parameters_of(LASTING)
    system = build_system(LASTING)
    times = np.arange(N)
    apart = np.abs(times[:, None] - times)
    expected = (
        FIRST_LEVEL_VARIANCE
        + parameters.level[0] ** 2 * np.minimum(times[:, None], times)
        + parameters.noise[0] ** 2 * parameters.share[0] * parameters.rho[0] ** apart
    )
    found = signal_covariance(LASTING, parameters, system, N)
    np.testing.assert_allclose(found, expected, rtol=1e-10)


@pytest.mark.parametrize("structure", STRUCTURES, ids=str)
def test_filter_of_all_parameters_at_once_equals_that_of_statsmodels(structure: Structure) -> None:
    """Likelihood, forecasts, and the state behind the last period, at three sets of parameters."""
    problem = problem_of(structure, n_controls=1)
    point = np.array([VALUES[name] for name in structure.names])
    parameters = Parameters.of(point + np.array([[0.0], [0.4], [-0.7]]), structure)
    system = build_system(structure)
    found = filter_columns(problem.columns, problem.ratios, parameters, structure, system)
    likelihoods = log_likelihood(problem, parameters)
    first = first_variances(parameters, structure)
    noise = observation_variances(parameters, problem.ratios, structure)
    for row, shocks in enumerate(shock_deviations(parameters, structure) ** 2):
        model = UnobservedComponents(
            problem.columns[:, 0],
            level="local linear trend" if structure.trend else "local level",
            seasonal=structure.season or None,
            autoregressive=1 if structure.autoregression else None,
        )
        rho = [parameters.rho[row]] if structure.autoregression else []
        model.update(np.array([1.0, *shocks, *rho]))
        model.ssm["obs_cov"] = noise[row][None, None]
        model.ssm.initialize_known(np.zeros(len(first)), np.diag(first[:, row]))
        model.ssm.loglikelihood_burn = 0
        expected = model.ssm.filter()
        assert likelihoods[row] == pytest.approx(expected.llf, rel=1e-8)
        np.testing.assert_allclose(found.forecasts[:, 0, row], expected.forecasts[0], atol=1e-8)
        np.testing.assert_allclose(
            found.state[:, 0, row], expected.predicted_state[:, -1], atol=1e-8
        )
        np.testing.assert_allclose(
            found.covariance[..., row], expected.predicted_state_cov[..., -1], atol=1e-8
        )


def test_noise_is_split_between_outlet_and_articles() -> None:
    ratios = np.array([0.5, 1.0, 8.0])
    white = Structure(trend=False, season=0, autoregression=False, split=True)
    parameters = parameters_of(white)
    total, share = parameters.noise[0] ** 2, parameters.share[0]
    found = observation_variances(parameters, ratios, white)[0]
    np.testing.assert_allclose(found, total * (share + (1 - share) * ratios))
    own = observation_variances(parameters_of(LASTING), ratios, LASTING)[0]
    np.testing.assert_allclose(found - own, total * share)


# ---- prior ---- #


def test_prior_densities_are_those_that_are_stated() -> None:
    first, second = np.array([-4.0, -1.0, 0.3, 0.5]), np.array([-4.6, -0.5, -1.2, -0.9])
    prior = Prior(0.01, 32.0, 0.01, 0.001, 0.4, 50.0, 0.3, 20.0)

    def stated(point: Array) -> float:
        level, noise, share, rho = np.exp(point[0]), np.exp(point[1]), point[2], np.tanh(point[3])
        part = 1 / (1 + np.exp(-share))

        def variance(value: float, guess: float, periods: float) -> float:
            half = periods / 2
            # The last term is the Jacobian of the logarithm of the deviation.
            return stats.invgamma(half, scale=half * guess**2).logpdf(value) + np.log(value)

        return float(
            variance(level**2, 0.01, 32)
            + variance(noise**2, 0.4, 50)
            + variance(noise**2 * (1 - part), 0.3**0.5, 20)
            + stats.logistic.logpdf(share)
            # Jeffreys' prior, times the Jacobian of atanh(rho).
            + 0.5 * np.log(1 - rho**2)
        )

    found = log_prior(np.array([first, second]), LASTING, prior)
    assert found[0] - found[1] == pytest.approx(stated(first) - stated(second), rel=1e-10)


def test_step_of_the_level_has_a_half_cauchy_where_there_is_no_guess() -> None:
    points = np.array([[-4.0, -1.0], [-1.5, -1.0]])
    found = log_prior(points, PLAIN, Prior(0.3, 0.0, 0.01, 0.001, 0.4, 0.0, 0.3, 0.0))
    step = np.exp(points[:, 0])
    expected = stats.halfcauchy(scale=0.3).logpdf(step) + np.log(step)
    assert found[0] - found[1] == pytest.approx(expected[0] - expected[1], rel=1e-10)


def test_prior_is_finite_where_share_and_rho_round_to_their_ends() -> None:
    for share, rho in itertools.product((-900.0, 900.0), (-60.0, 60.0)):
        point = np.array([[-4.0, -1.0, share, rho]])
        assert np.isfinite(log_prior(point, LASTING, PRIOR)).all()


# ---- controls ---- #


def test_every_subset_of_controls_has_its_exact_likelihood_and_coefficients() -> None:
    rng = np.random.default_rng(2)
    controls = rng.normal(size=(25, 3))
    outcome = controls @ [0.8, 0.0, 0.3] + rng.normal(size=25)
    slab, variance = slab_of(controls, 2.0), np.array([0.7, 1.9])
    white = np.column_stack([outcome, controls])
    products = np.stack([white.T @ white] * 2)
    weights = subset_log_weights(products, slab, variance)
    for row in range(2):
        count = len(slab.subsets)
        shape = (np.stack([products[row]] * count), slab, np.full(count, variance[row]))
        centres, roots = coefficients_of(*shape, slab.subsets)
        dense = []
        for number, subset in enumerate(slab.subsets):
            inside = controls[:, subset]
            spread = variance[row] * np.linalg.inv(slab.precision[np.ix_(subset, subset)])
            covariance = np.eye(25) + inside @ spread @ inside.T
            likelihood = stats.multivariate_normal(cov=covariance).logpdf(outcome)
            dense.append(likelihood + slab.log_prior[number])
            mean = spread @ inside.T @ np.linalg.solve(covariance, outcome)
            np.testing.assert_allclose(centres[number][subset], mean, rtol=1e-8)
            assert (centres[number][~subset] == 0).all()
            gain = spread @ inside.T @ np.linalg.solve(covariance, inside @ spread)
            root = roots[number][subset]
            np.testing.assert_allclose(root @ root.T, spread - gain, rtol=1e-6, atol=1e-9)
        shifts = weights[row] - np.array(dense)
        np.testing.assert_allclose(shifts, shifts[0], atol=1e-8)
    assert np.exp(slab.log_prior).sum() == pytest.approx(1)
    assert normalized(weights).sum(-1) == pytest.approx(1)


def test_all_controls_in_have_the_weight_of_their_subset_among_all() -> None:
    rng = np.random.default_rng(3)
    controls = rng.normal(size=(20, 2))
    white = np.column_stack([rng.normal(size=20), controls])
    products, variance = (white.T @ white)[None], np.array([0.8])
    alone, among = slab_of(controls, 3.0), slab_of(controls, 1.0)
    found = subset_log_weights(products, alone, variance) - alone.log_prior
    expected = subset_log_weights(products, among, variance) - among.log_prior
    assert found[0, 0] == pytest.approx(expected[0, 3], rel=1e-10)


def test_one_or_two_controls_are_always_in_and_three_are_not() -> None:
    sizes = [len(slab_of(np.eye(8)[:, :count], 3.0).subsets) for count in (0, 1, 2, 3)]
    assert sizes == [1, 1, 1, 8]


# ---- sampler ---- #


def test_sampler_finds_a_density_far_from_its_guess() -> None:
    mean, spread = np.array([6.0, -3.0]), np.array([[0.5, 0.3], [0.3, 0.4]])
    target = stats.multivariate_normal(mean, spread)

    def log_density(points: Array) -> Array:
        return np.asarray(target.logpdf(points))

    guess, widths = np.zeros(2), np.full(2, 0.5)
    found = importance_sample(log_density, guess, widths, np.random.default_rng(1), 400.0)
    again = importance_sample(log_density, guess, widths, np.random.default_rng(1), 400.0)
    np.testing.assert_array_equal(found.weights, again.weights)
    assert found.effective_number >= 400
    # Four Monte-Carlo standard errors of 400 independent draws.
    errors = 4 * np.sqrt(np.diag(spread) / 400)
    assert (np.abs(found.weights @ found.points - mean) < errors).all()
    centred = found.points - mean
    covariance = (centred * found.weights[:, None]).T @ centred
    np.testing.assert_allclose(covariance, spread, atol=4 * 0.5 * np.sqrt(2 / 400))


def test_rows_are_drawn_as_often_as_their_weights_say() -> None:
    weights = np.array([0.5, 0.0, 0.3, 0.2])
    rows = resample(weights, 1001, np.random.default_rng(0))
    counts = np.bincount(rows, minlength=4)
    assert (np.abs(counts - 1001 * weights) <= 1).all()
    assert counts[1] == 0


# ---- simulation ---- #


@pytest.fixture(scope="module")
def single() -> tuple[Problem, Posterior, Ahead]:
    """A posterior of one point, with autoregression, trend, season and a control."""
    structure = STRUCTURES[3]
    problem, parameters = problem_of(structure, n_controls=1), parameters_of(structure)
    point = np.array([[VALUES[name] for name in structure.names]])
    system = build_system(structure)
    sample = WeightedPoints(point, np.ones(1))
    rng = np.random.default_rng(9)
    ahead = Ahead(rng.uniform(0.3, 4, 6), rng.normal(size=(6, 1)))
    return problem, Posterior(sample, parameters, system), ahead


def conditional(
    problem: Problem, posterior: Posterior, ahead: Ahead, seen: NDArray[np.bool_]
) -> tuple[Array, Array]:
    """Mean (H,) and covariance (H, H) of what follows, from one dense Gaussian."""
    total = N + len(ahead.ratios)
    structure, parameters = problem.structure, posterior.parameters
    covariance = signal_covariance(structure, parameters, posterior.system, total)
    every = np.nan_to_num(np.vstack([problem.columns[:, 1:], ahead.controls]))
    slab = posterior.parameters.noise[0] ** 2 * np.linalg.inv(problem.slab.precision)
    covariance += every @ slab @ every.T
    ratios = np.concatenate([problem.ratios, ahead.ratios])
    noise = observation_variances(posterior.parameters, ratios, problem.structure)[0]
    covariance += np.diag(noise)
    rows = np.flatnonzero(seen)
    gain = np.linalg.solve(covariance[np.ix_(rows, rows)], covariance[rows, N:]).T
    mean = gain @ problem.columns[rows, 0]
    return mean, covariance[N:, N:] - gain @ covariance[rows, N:]


def test_simulated_courses_have_the_conditional_mean_and_covariance(
    single: tuple[Problem, Posterior, Ahead],
) -> None:
    problem, posterior, ahead = single
    draws = 20_000
    found = simulate(problem, posterior, ahead, draws, np.random.default_rng(3))
    seen = np.isfinite(problem.columns[:, 0])
    mean, covariance = conditional(problem, posterior, ahead, seen)
    deviations = np.sqrt(np.diag(covariance))
    # Four Monte-Carlo standard errors each.
    assert (np.abs(found.paths.mean(0) - mean) < 4 * deviations / np.sqrt(draws)).all()
    scatter = np.cov(found.paths.T) / np.outer(deviations, deviations)
    expected = covariance / np.outer(deviations, deviations)
    np.testing.assert_allclose(scatter, expected, atol=4 * np.sqrt(2 / draws))


def test_a_control_that_is_missing_ahead_leaves_its_period_unknown(
    single: tuple[Problem, Posterior, Ahead],
) -> None:
    problem, posterior, ahead = single
    controls = ahead.controls.copy()
    controls[2] = np.nan
    gap = simulate(problem, posterior, Ahead(ahead.ratios, controls), 50, np.random.default_rng(3))
    whole = simulate(problem, posterior, ahead, 50, np.random.default_rng(3))
    assert np.isnan(gap.paths[:, 2]).all()
    np.testing.assert_array_equal(np.delete(gap.paths, 2, 1), np.delete(whole.paths, 2, 1))


def test_influence_is_what_leaving_a_period_out_does(
    single: tuple[Problem, Posterior, Ahead],
) -> None:
    problem, posterior, ahead = single
    averaging = np.array([0.0, 0.1, 0.2, 0.3, 0.2, 0.2])
    point = at_parameters(problem, posterior, posterior.parameters)
    found = influence(problem, posterior, point, ahead.controls, averaging)
    seen = np.isfinite(problem.columns[:, 0])
    whole = averaging @ conditional(problem, posterior, ahead, seen)[0]
    for period in (0, 3, 28):
        without = seen.copy()
        without[period] = False
        left = averaging @ conditional(problem, posterior, ahead, without)[0]
        assert found.changes[period] == pytest.approx(whole - left, rel=1e-6)
    assert found.weights @ np.nan_to_num(problem.columns[:, 0]) == pytest.approx(whole, rel=1e-8)
    assert found.changes[4] == 0


# ---- effects ---- #


def test_windows_add_up_and_a_split_period_counts_by_its_share() -> None:
    rng = np.random.default_rng(4)
    exposure = np.array([[0.25, 1, 1, 0.6, 0, 0], [0, 0, 0, 0.4, 1, 1]])
    share = np.array([[1, 1, 1, 0.6, 0, 0], [0, 0, 0, 0.4, 1, 1]])
    paths = rng.normal(size=(200, 6))
    shift = 0.3
    felt = np.array([0.25, 1, 1, 1, 1, 1]) * shift
    missing = felt.copy()
    missing[2] = np.nan
    constant = effects_of(missing, np.zeros((5, 6)), share, exposure)
    np.testing.assert_allclose(constant.average, shift)
    found = effects_of(missing, paths, share, exposure)
    np.testing.assert_allclose(found.cumulative[:, 0], found.cumulative[:, 1:].sum(-1))
    np.testing.assert_allclose(found.cumulative[:, 0], found.running[:, -1])
    assert np.isnan(found.pointwise[:, 2]).all()


def test_summary_of_draws() -> None:
    draws = np.column_stack([np.arange(-1.0, 999.0), np.full(1000, np.nan)])
    found = summarize(draws, 0.9)
    assert found.estimate[0] == pytest.approx(498.5)
    assert (found.low[0], found.high[0]) == pytest.approx(np.quantile(draws[:, 0], [0.05, 0.95]))
    # Two draws are not above 0; one is added.
    assert found.p_value[0] == pytest.approx(2 * 3 / 1001)
    assert np.isnan(found.p_value[1])
