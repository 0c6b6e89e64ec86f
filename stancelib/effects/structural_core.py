"""Structural time series: level, slope, season and noise of a series as a state space.

Harvey (1989); Durbin and Koopman (2012). The matrices are those of statsmodels'
UnobservedComponents. The filter runs over many sets of parameters at once, where that of
statsmodels takes one: a posterior needs hundreds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, special

Array = NDArray[np.float64]

# Standardized units: the first level is as good as unknown, the first slope and season are
# within what a series of variance 1 can have.
FIRST_LEVEL_VARIANCE = 100.0
FIRST_PART_VARIANCE = 1.0


@dataclass(frozen=True, slots=True)
class Structure:
    """The parts of a structural model; a level and noise are always there.

    Attributes
    ----------
    trend : bool
        Whether the level has a slope of its own, which wanders too.
    season : int
        Periods in a season; 0: none.
    autoregression : bool
        Whether the noise of the outlet is a first-order autoregression, or independent.
    split : bool
        Whether the noise is split into that of the outlet and that of its articles.
    """

    trend: bool
    season: int
    autoregression: bool
    split: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters, in the order of the columns of `Parameters.of`."""
        parts = {
            "level": True,
            "slope": self.trend,
            "season": self.season > 0,
            "noise": True,
            "share": self.split,
            "rho": self.autoregression,
        }
        return tuple(name for name, there in parts.items() if there)


@dataclass(frozen=True, slots=True)
class Parameters:
    """`G` sets of parameters, each array (G,).

    Attributes
    ----------
    level, slope, season : (G,)
        Standard deviations of one period's step of each part.
    noise : (G,)
        Standard deviation of the noise in a period of median precision.
    share : (G,)
        Share of the outlet in the noise's variance; the rest comes from the articles.
    rho : (G,)
        Autocorrelation of the outlet's noise.
    """

    level: Array
    slope: Array
    season: Array
    noise: Array
    share: Array
    rho: Array

    @classmethod
    def of(cls, points: Array, structure: Structure) -> Parameters:
        """From points (G, d): logarithms, the logit of the share, and atanh(rho)."""
        column = dict(zip(structure.names, points.T, strict=True))
        zero = np.zeros(len(points))
        step = {
            name: np.exp(column[name]) if name in column else zero
            for name in ("level", "slope", "season", "noise")
        }
        share = special.expit(column["share"]) if structure.split else zero + 1
        rho = np.tanh(column["rho"]) if structure.autoregression else zero
        return cls(**step, share=share, rho=rho)

    def rows(self, chosen: NDArray[np.int64]) -> Parameters:
        """The chosen sets."""
        return Parameters(*(getattr(self, name)[chosen] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Filtered:
    """What the Kalman filter makes of c columns over n periods at G sets of parameters.

    Attributes
    ----------
    forecasts : (n, c, G)
        Of each period from those before it.
    variances : (n, G)
        Of their errors.
    state : (k, c, G)
        Expected state behind the last period.
    covariance : (k, k, G)
        Of that state.
    """

    forecasts: Array
    variances: Array
    state: Array
    covariance: Array


@dataclass(frozen=True, slots=True)
class Matrices:
    """What all sets of parameters share.

    Attributes
    ----------
    design : (k,)
        Signal from state.
    transition : (k, k)
        State from the state before, an autoregression of 1 in the last place where there is one.
    selection : (k, r)
        State from shocks, in the order level, slope, season, autoregression.
    """

    design: Array
    transition: Array
    selection: Array


def build_system(structure: Structure) -> Matrices:
    """The matrices of statsmodels' model, its autoregression set to 1."""
    # statsmodels takes a second to load, and most callers of this package do without it.
    from statsmodels.tsa.statespace.structural import (  # noqa: PLC0415
        UnobservedComponents,
    )

    model = UnobservedComponents(
        np.zeros(2 * structure.season + 4),
        level="local linear trend" if structure.trend else "local level",
        seasonal=structure.season or None,
        autoregressive=1 if structure.autoregression else None,
    )
    model.update(np.ones(len(model.param_names)))
    parts = (np.array(model.ssm[name]) for name in ("design", "transition", "selection"))
    design, transition, selection = parts
    return Matrices(design[0], transition, selection)


def observation_variances(parameters: Parameters, ratios: Array, structure: Structure) -> Array:
    """Variance (G, n) of what is not in the state, where articles make `ratios` (n,) of it."""
    own = 0.0 if structure.autoregression else parameters.share[:, None]
    articles = (1 - parameters.share[:, None]) * ratios
    return np.asarray(parameters.noise[:, None] ** 2 * (own + articles), dtype=np.float64)


def shock_deviations(parameters: Parameters, structure: Structure) -> Array:
    """Standard deviations (G, r) of the shocks, in the order of `Matrices.selection`."""
    innovation = parameters.noise * np.sqrt(parameters.share * (1 - parameters.rho**2))
    parts = {
        "level": (parameters.level, True),
        "slope": (parameters.slope, structure.trend),
        "season": (parameters.season, structure.season > 0),
        "autoregression": (innovation, structure.autoregression),
    }
    return np.stack([value for value, there in parts.values() if there], axis=1)


def filter_columns(
    columns: Array, ratios: Array, parameters: Parameters, structure: Structure, system: Matrices
) -> Filtered:
    """Filter the columns (n, c) at all sets of parameters; NaN in the first: nothing was seen."""
    noise = observation_variances(parameters, ratios, structure).T
    design, count = system.design, noise.shape[1]
    # A season of 52 weeks has 51 states, each of which becomes the next one.
    transition = sparse.csr_array(system.transition) if structure.season else system.transition
    n_states, n_columns = len(design), columns.shape[1]
    shocks = system.selection[..., None] * shock_deviations(parameters, structure).T
    added = np.einsum("irg,jrg->ijg", shocks, shocks)
    state = np.zeros((n_states, n_columns, count))
    covariance = np.eye(n_states)[..., None] * first_variances(parameters, structure)
    forecasts, variances = np.empty((len(columns), n_columns, count)), np.empty(noise.shape)
    for period, values in enumerate(columns):
        # Sets of parameters stand last, so that one product of matrices moves all of them.
        toward = (design @ covariance.reshape(n_states, -1)).reshape(n_states, count)
        variances[period] = design @ toward + noise[period]
        forecasts[period] = (design @ state.reshape(n_states, -1)).reshape(n_columns, count)
        if np.isfinite(values[0]):
            gain = (toward / variances[period])[:, None]
            state = state + gain * (values[:, None] - forecasts[period])
            covariance = covariance - gain * toward
        state = _moved(transition, state)
        half = _moved(transition, covariance)
        covariance = _moved(transition, np.ascontiguousarray(half.swapaxes(0, 1)))
        if structure.autoregression:
            state[-1] *= parameters.rho
            covariance[-1] *= parameters.rho
            covariance[:, -1] *= parameters.rho
        covariance += added
    return Filtered(forecasts, variances, state, covariance)


def _moved(transition: Array | sparse.csr_array, values: Array) -> Array:
    """The states (k, ..., G) one period on."""
    flat = transition @ values.reshape(len(values), -1)
    return np.asarray(flat, dtype=np.float64).reshape(values.shape)


def first_variances(parameters: Parameters, structure: Structure) -> Array:
    """Variances (k, G) of the state in the first period."""
    stationary = parameters.noise**2 * parameters.share
    unknown = int(structure.trend) + max(structure.season - 1, 0)
    parts = [np.full((1, len(stationary)), FIRST_LEVEL_VARIANCE)]
    parts.append(np.full((unknown, len(stationary)), FIRST_PART_VARIANCE))
    return np.concatenate([*parts, stationary[None]] if structure.autoregression else parts)
