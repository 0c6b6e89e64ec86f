"""The course of a series without an event: posterior of a structural model, simulated onward.

Brodersen, Gallusser, Koehler, Remy and Scott (2015). The variances and the autocorrelation are
integrated over by importance sampling of their exact marginal likelihood, in which coefficients
and states are integrated out, and not by a Gibbs sampler: no chain has to converge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.generalized_least_squares_core import RHO_PRIOR_POWER, normalized
from stancelib.effects.importance_core import WeightedPoints, importance_sample, resample
from stancelib.effects.spike_slab_core import (
    Slab,
    coefficients_of,
    subset_log_weights,
)
from stancelib.effects.structural_core import (
    Filtered,
    Matrices,
    Parameters,
    Structure,
    build_system,
    filter_columns,
    observation_variances,
    shock_deviations,
)

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

# Effective number of parameter points; the simulated courses stand on them.
WANTED_POINTS = 400.0
# Periods of prior knowledge behind the guess of a step's size, as in CausalImpact.
STEP_PERIODS = 32.0
_WIDTHS = {"level": 0.3, "slope": 0.3, "season": 0.3, "noise": 0.5, "share": 1.5, "rho": 0.6}
_FIRST_RHO = 0.3
_JITTER = 1e-9


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed before the series is seen, in its standard deviations.

    Attributes
    ----------
    level_sd, level_periods : float
        Guess of one period's step of the level, and the periods that it is worth; 0: it is the
        scale of a half-Cauchy.
    season_sd, slope_sd : float
        Guesses of one period's step of the others, with the weight of 32 periods.
    noise_sd, noise_periods : float
        Guess of the noise, and the periods that it is worth; 0: none.
    sampling_variance, freedom : float
        Of a mean of articles in a period of median precision, and the articles behind it; with
        0 only the proportions between periods are known.
    """

    level_sd: float
    level_periods: float
    season_sd: float
    slope_sd: float
    noise_sd: float
    noise_periods: float
    sampling_variance: float
    freedom: float


@dataclass(frozen=True, slots=True)
class Problem:
    """A standardized series before its event, to be continued.

    Attributes
    ----------
    columns : (n, 1 + p)
        Outcome and controls; a period in which one is missing is NaN in all.
    ratios : (n,)
        Sampling variance of each period over the median one.
    structure : Structure
        Parts of the model.
    slab : Slab
        Prior of the controls.
    prior : Prior
        Of the other parameters.
    """

    columns: Array
    ratios: Array
    structure: Structure
    slab: Slab
    prior: Prior


@dataclass(frozen=True, slots=True)
class Posterior:
    """What the time before the event says.

    Attributes
    ----------
    sample : WeightedPoints
        Points in the coordinates of `Parameters.of`.
    parameters : Parameters
        The same as parameters, (G,).
    system : Matrices
        Of the state space.
    """

    sample: WeightedPoints
    parameters: Parameters
    system: Matrices


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is known of the H periods behind the problem.

    Attributes
    ----------
    ratios : (H,)
        Sampling variances over the median one.
    controls : (H, p)
        Standardized like those of the problem; NaN where one is missing.
    """

    ratios: Array
    controls: Array


@dataclass(frozen=True, slots=True)
class Simulation:
    """Courses without the event, `D` draws of H periods.

    Attributes
    ----------
    paths : (D, H)
        With the noise that the observed values have too; NaN where a control is missing.
    coefficients : (D, p)
        Of the controls; 0 where one is out.
    """

    paths: Array
    coefficients: Array


def fit(problem: Problem, noise_guess: float, generator: np.random.Generator) -> Posterior:
    """Sample the posterior of the parameters, from a first guess of the noise."""
    structure, prior = problem.structure, problem.prior
    system = build_system(structure)

    # Points far out may overflow; their density is 0 then.
    @np.errstate(all="ignore")
    def log_density(points: Array) -> Array:
        parameters = Parameters.of(points, structure)
        filtered = filter_columns(problem.columns, problem.ratios, parameters, structure, system)
        products, log_determinants = whitened_products(problem.columns, filtered)
        fits = subset_log_weights(products, problem.slab, parameters.noise**2)
        found = np.logaddexp.reduce(fits, axis=1) - 0.5 * log_determinants
        found += log_prior(points, structure, prior)
        return np.where(np.isfinite(found), found, -np.inf)

    centres = {
        "level": np.log(prior.level_sd),
        "slope": np.log(prior.slope_sd),
        "season": np.log(prior.season_sd),
        "noise": np.log(noise_guess),
        "share": 0.0,
        "rho": _FIRST_RHO,
    }
    centre = np.array([centres[name] for name in structure.names])
    widths = np.array([_WIDTHS[name] for name in structure.names])
    sample = importance_sample(log_density, centre, widths, generator, WANTED_POINTS)
    return Posterior(sample, Parameters.of(sample.points, structure), system)


def whitened_products(columns: Array, filtered: Filtered) -> tuple[Array, Array]:
    """Cross-products (G, c, c) of the columns (n, c) made white, and the log determinants (G,)."""
    seen = np.isfinite(columns[:, 0])
    variances = filtered.variances[seen]
    white = (columns[seen, :, None] - filtered.forecasts[seen]) / np.sqrt(variances)[:, None]
    white = white.transpose(2, 1, 0)
    return white @ white.swapaxes(1, 2), np.log(variances).sum(0)


def log_prior(points: Array, structure: Structure, prior: Prior) -> Array:
    """Logarithm of the prior density at points (G, d), in their own coordinates.

    Steps and noise: scaled inverse chi-square of the variance; the level's step without a guess
    half-Cauchy. Share: uniform. `rho`: Jeffreys' for a stationary
    autoregression.
    """
    value = dict(zip(structure.names, points.T, strict=True))
    total = _inverse_chi_square(value["noise"], prior.noise_sd, prior.noise_periods)
    if prior.level_periods > 0:
        total = total + _inverse_chi_square(value["level"], prior.level_sd, prior.level_periods)
    else:
        total = total + _half_cauchy(value["level"], prior.level_sd)
    for name, guess in (("slope", prior.slope_sd), ("season", prior.season_sd)):
        if name in value:
            total = total + _inverse_chi_square(value[name], guess, STEP_PERIODS)
    if "share" in value:
        from_articles = -np.logaddexp(0.0, value["share"])
        total = total + from_articles - np.logaddexp(0.0, -value["share"])
        sampling = value["noise"] + from_articles / 2
        total = total + _inverse_chi_square(sampling, prior.sampling_variance**0.5, prior.freedom)
    if "rho" in value:
        # log(1 - rho^2), exact also where rho rounds to 1.
        distance = np.abs(value["rho"])
        log_rest = 2 * (np.log(2.0) - distance - np.log1p(np.exp(-2 * distance)))
        total = total + (1 + RHO_PRIOR_POWER) * log_rest
    return total


def _half_cauchy(log_deviation: Array, scale: float) -> Array:
    """Log density of a log standard deviation that is half-Cauchy (Gelman 2006)."""
    return np.asarray(log_deviation - np.logaddexp(0.0, 2 * (log_deviation - np.log(scale))))


def _inverse_chi_square(log_deviation: Array, guess: float, periods: float) -> Array:
    """Log density of a log standard deviation whose variance is scaled inverse chi-square."""
    # Beyond 30 the density is 0 for every purpose, and the exponential would overflow later.
    ratio = np.exp(np.minimum(2 * (np.log(guess) - log_deviation), 60.0))
    return np.asarray(-periods * (log_deviation + 0.5 * ratio), dtype=np.float64)


def simulate(
    problem: Problem,
    posterior: Posterior,
    ahead: Ahead,
    n_draws: int,
    generator: np.random.Generator,
) -> Simulation:
    """Simulate `n_draws` courses of the periods behind the problem."""
    rows = resample(posterior.sample.weights, n_draws, generator)
    parameters = posterior.parameters.rows(rows)
    state, coefficients = _draw_endings(problem, posterior, rows, generator)
    shocks = shock_deviations(parameters, problem.structure)
    noise = np.sqrt(observation_variances(parameters, ahead.ratios, problem.structure))
    system = posterior.system
    paths = coefficients @ ahead.controls.T + noise * generator.standard_normal(noise.shape)
    for period in range(len(ahead.ratios)):
        paths[:, period] += state @ system.design
        state = state @ system.transition.T
        if problem.structure.autoregression:
            state[:, -1] *= parameters.rho
        state += (shocks * generator.standard_normal(shocks.shape)) @ system.selection.T
    return Simulation(paths, coefficients)


def _draw_endings(
    problem: Problem, posterior: Posterior, rows: Rows, generator: np.random.Generator
) -> tuple[Array, Array]:
    """States (D, k) behind the last period and coefficients (D, p), given parameters."""
    different, which = np.unique(rows, return_inverse=True)
    parameters = posterior.parameters.rows(different)
    filtered = filter_columns(
        problem.columns, problem.ratios, parameters, problem.structure, posterior.system
    )
    products, _ = whitened_products(problem.columns, filtered)
    variances = parameters.noise**2
    weights = normalized(subset_log_weights(products, problem.slab, variances))
    inside = problem.slab.subsets[_drawn_subsets(weights, which, generator)]
    centres, roots = coefficients_of(products[which], problem.slab, variances[which], inside)
    normal = generator.standard_normal((len(rows), inside.shape[1]))
    coefficients = centres + np.einsum("dij,dj->di", roots, normal)
    n_states = len(posterior.system.design)
    covariance = filtered.covariance.transpose(2, 0, 1) + _JITTER * np.eye(n_states)
    scatter = generator.standard_normal((len(rows), n_states))
    expected = filtered.state.transpose(2, 0, 1)[which]
    state = expected[..., 0] - np.einsum("dkp,dp->dk", expected[..., 1:], coefficients)
    state += np.einsum("dkl,dl->dk", np.linalg.cholesky(covariance)[which], scatter)
    return state, coefficients


def _drawn_subsets(weights: Array, which: Rows, generator: np.random.Generator) -> Rows:
    """A column of `weights` (U, S) for each draw (D,), which has the weights of row `which`."""
    if weights.shape[1] == 1:
        return np.zeros(len(which), dtype=np.int64)
    uniform = generator.uniform(size=len(which))
    reached = np.cumsum(weights, axis=1)
    found = np.empty(len(which), dtype=np.int64)
    for row in range(len(weights)):
        here = which == row
        found[here] = np.searchsorted(reached[row], uniform[here])
    return np.asarray(np.minimum(found, weights.shape[1] - 1), dtype=np.int64)
