"""Effects from simulated courses, and what single periods do to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.counterfactual_core import Posterior, Problem, whitened_products
from stancelib.effects.generalized_least_squares_core import normalized
from stancelib.effects.spike_slab_core import coefficients_of, subset_log_weights
from stancelib.effects.structural_core import (
    Filtered,
    Matrices,
    Parameters,
    Structure,
    filter_columns,
    first_variances,
    observation_variances,
    shock_deviations,
)

Array = NDArray[np.float64]

# Standardized: a forecast wider than this rests on the prior of the first level alone.
_WIDEST = 3.0
_LEAST_WEIGHT = 1e-6


@dataclass(frozen=True, slots=True)
class EffectDraws:
    """Observed less simulated stance: `D` draws, H periods, E windows.

    Attributes
    ----------
    pointwise : (D, H)
        Of each period; NaN where nothing was seen.
    running : (D, H)
        Summed up to each period.
    average, cumulative : (D, 1 + E)
        Over all windows together, and over each.
    """

    pointwise: Array
    running: Array
    average: Array
    cumulative: Array


@dataclass(frozen=True, slots=True)
class Summary:
    """Draws in numbers, each array (c,)."""

    estimate: Array
    se: Array
    low: Array
    high: Array
    p_value: Array


@dataclass(frozen=True, slots=True)
class AtParameters:
    """The time before the event, filtered at one set of parameters.

    Attributes
    ----------
    parameters : Parameters
        The set.
    filtered : Filtered
        Forecasts of the columns.
    products : (1, 1 + p, 1 + p)
        Cross-products of the whitened columns.
    log_weights : (S,)
        Of the subsets of controls.
    """

    parameters: Parameters
    filtered: Filtered
    products: Array
    log_weights: Array


@dataclass(frozen=True, slots=True)
class OneStep:
    """Forecasts of each of n periods before the event from those before it.

    Attributes
    ----------
    expected, deviations : (n,)
        With the coefficients that all n periods give; NaN where a control is missing, and before
        the level is known.
    errors : (n,)
        Observed less expected, in deviations; NaN where nothing was seen.
    """

    expected: Array
    deviations: Array
    errors: Array


@dataclass(frozen=True, slots=True)
class Influence:
    """What single periods before the event do to the expected average behind it.

    Attributes
    ----------
    weights : (n,)
        How much the expected average moves with the period's value; 0 where nothing was seen.
    changes : (n,)
        Expected average less the one without the period.
    """

    weights: Array
    changes: Array


def effects_of(observed: Array, paths: Array, share: Array, exposure: Array) -> EffectDraws:
    """Subtract simulated courses (D, H) from what was observed (H,), and sum over windows (E, H).

    The average is the sum over the exposure, so that a period half of which lies before the
    event counts half. Periods without articles are in neither.
    """
    pointwise = observed - paths
    seen = np.isfinite(pointwise[0])
    known = np.where(seen, pointwise, 0.0)
    all_share, all_exposure = _with_total(share * seen), _with_total(exposure * seen)
    cumulative = known @ all_share.T
    return EffectDraws(
        pointwise=pointwise,
        running=np.cumsum(known * all_share[0], axis=1),
        average=cumulative / all_exposure.sum(-1),
        cumulative=cumulative,
    )


def _with_total(windows: Array) -> Array:
    return np.vstack([windows.sum(0), windows])


def summarize(draws: Array, confidence_level: float) -> Summary:
    """Mean, deviation, equal-tailed interval and two-sided tail area of draws (D, c).

    The tail area is twice the smaller share of draws beyond 0, one draw added, so that it is
    never 0.
    """
    tail = (1 - confidence_level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
    below, above = (draws <= 0).sum(0), (draws >= 0).sum(0)
    p_value = np.minimum(2 * (np.minimum(below, above) + 1) / (len(draws) + 1), 1.0)
    return Summary(
        estimate=draws.mean(0),
        se=draws.std(0, ddof=1),
        low=low,
        high=high,
        p_value=np.where(np.isfinite(low), p_value, np.nan),
    )


def typical_parameters(problem: Problem, posterior: Posterior) -> Parameters:
    """The posterior mean of the points, as one set of parameters."""
    mean = posterior.sample.weights @ posterior.sample.points
    return Parameters.of(mean[None], problem.structure)


def at_parameters(problem: Problem, posterior: Posterior, parameters: Parameters) -> AtParameters:
    """Filter the time before at one set of parameters, and weigh the subsets of controls."""
    filtered = filter_columns(
        problem.columns, problem.ratios, parameters, problem.structure, posterior.system
    )
    products, _ = whitened_products(problem.columns, filtered)
    found = subset_log_weights(products, problem.slab, parameters.noise**2)[0]
    return AtParameters(parameters, filtered, products, found)


def one_step(problem: Problem, point: AtParameters) -> OneStep:
    """Forecast each period from those before it, at one set of parameters."""
    filtered, variance = point.filtered, point.parameters.noise**2
    weights = normalized(point.log_weights)
    # Subsets without weight do not count, and their matrices are left alone.
    likely = np.flatnonzero(weights > _LEAST_WEIGHT)
    centres, _ = coefficients_of(
        np.repeat(point.products, len(likely), 0),
        problem.slab,
        np.repeat(variance, len(likely)),
        problem.slab.subsets[likely],
    )
    coefficients = weights[likely] @ centres / weights[likely].sum()
    controls = problem.columns[:, 1:] - filtered.forecasts[:, 1:, 0]
    deviations = np.sqrt(filtered.variances[:, 0])
    known = deviations < _WIDEST
    expected = np.where(known, filtered.forecasts[:, 0, 0] + controls @ coefficients, np.nan)
    return OneStep(expected, deviations, (problem.columns[:, 0] - expected) / deviations)


def influence(
    problem: Problem,
    posterior: Posterior,
    point: AtParameters,
    controls: Array,
    averaging: Array,
) -> Influence:
    """Leave out each period before the event in turn, at one set of parameters.

    Closed form of the Gaussian: a period's weight times its distance from what the others
    expect there. The most probable controls are in.

    Parameters
    ----------
    problem, posterior, point : Problem, Posterior, AtParameters
        The time before, n periods.
    controls : (H, p)
        Behind it; NaN where one is missing.
    averaging : (H,)
        Share of each period in the average; 0 where a control is missing.
    """
    n_periods, total = len(problem.columns), len(problem.columns) + len(controls)
    parameters = point.parameters
    covariance = signal_covariance(problem.structure, parameters, posterior.system, total)
    every = np.nan_to_num(np.vstack([problem.columns[:, 1:], controls]))
    covariance += every @ _control_covariance(problem, point) @ every.T
    seen = np.isfinite(problem.columns[:, 0])
    noise = observation_variances(parameters, problem.ratios, problem.structure)[0]
    before = (covariance[:n_periods, :n_periods] + np.diag(noise))[np.ix_(seen, seen)]
    inverse = np.linalg.inv(before)
    weights, changes = np.zeros(n_periods), np.zeros(n_periods)
    weights[seen] = inverse @ covariance[:n_periods, n_periods:][seen] @ averaging
    apart = inverse @ problem.columns[seen, 0] / np.diag(inverse)
    changes[seen] = weights[seen] * apart
    return Influence(weights, changes)


def signal_covariance(
    structure: Structure, parameters: Parameters, system: Matrices, n_periods: int
) -> Array:
    """Covariance (n, n) of the signal of n periods, from the model's matrices alone."""
    transition = system.transition.copy()
    if structure.autoregression:
        transition[-1, -1] = parameters.rho[0]
    shocks = system.selection * shock_deviations(parameters, structure)[0]
    state = np.diag(first_variances(parameters, structure)[:, 0])
    directions = np.empty((n_periods, len(state)))
    for period in range(n_periods):
        directions[period] = state @ system.design
        state = transition @ state @ transition.T + shocks @ shocks.T
    covariance = np.empty((n_periods, n_periods))
    for lag in range(n_periods):
        rows = np.arange(n_periods - lag)
        covariance[rows, rows + lag] = directions[: n_periods - lag] @ system.design
        covariance[rows + lag, rows] = covariance[rows, rows + lag]
        directions = directions @ transition.T
    return covariance


def _control_covariance(problem: Problem, point: AtParameters) -> Array:
    """Prior covariance (p, p) of the coefficients that the most probable subset has."""
    inside = problem.slab.subsets[int(np.argmax(point.log_weights))]
    covariance = np.zeros(problem.slab.precision.shape)
    both = np.ix_(inside, inside)
    variance = point.parameters.noise[0] ** 2
    covariance[both] = variance * np.linalg.inv(problem.slab.precision[both])
    return covariance
