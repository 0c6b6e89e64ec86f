r"""A test of no change at all against steps at unknown times, under noise that is not known.

    y_t = m + sum_j d_j [t >= tau_j] + u_t + e_t,    u_t = rho u_{t-1} + innovation

At each point of a grid of `rho` and of the share of `u` in the noise, steps are added one by one
where they explain most by generalized least squares; each costs what it may gain by chance (Zhang
and Siegmund 2007 for a penalty of this kind). The statistic is the logarithm of the likelihood with
steps over that without, both integrated over the grid: a large shift is not taken for
autocorrelation, because the noise is free under either hypothesis, and for the same reason the
statistic depends little on the noise. Its distribution without a change comes from series simulated
under the most likely noise without steps, in which the noise is as unknown (Davison and Hinkley
1997, chapter 4).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from stancelib.effects.change_points_core import simulate_without_change, simulated_share
from stancelib.effects.generalized_least_squares_core import whiten
from stancelib.effects.noise_points_core import NoisePoints, Observed

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

# Grid in atanh(rho) and in the logit of the autoregression's share of the noise.
_RHO_AXIS = np.linspace(-0.4, 2.4, 10)
_SHARE_AXIS = np.linspace(-2.5, 6.0, 5)
# Powers of (1 - rho^2): in the prior of atanh(rho), and further in the choice of the noise without
# steps, where the most likely one is correlated too strongly on average: by the false alarms in
# benchmarks/coverage_change_points.py.
_PRIOR_POWER, _CALM = 0.75, 0.75
MOST_STEPS = 4
# Dates are looked at one by one in series up to about this length, and more thinly in longer ones.
_MOST_ROWS = 150
_SERIES_AT_ONCE = 128
_LEAST_ROOM = 1e-3


@dataclass(frozen=True, slots=True)
class Candidates:
    """Steps that could be, whitened at the G points of the grid.

    Attributes
    ----------
    observed : Observed
        The series; its stance is not used.
    minimum : int
        Least distance of two steps, in periods.
    rows : (m,)
        Rows that may begin a new level.
    rho, share : (G,)
        The grid.
    means : (G, n)
        The constant, as unit vectors.
    units : (G, n, m)
        The steps apart from the constant, as unit vectors.
    log_constants : (G,)
        Logarithms of prior and determinants, the same for every series.
    """

    observed: Observed
    minimum: int
    rows: Indices
    rho: Array
    share: Array
    means: Array
    units: Array
    log_constants: Array

    @property
    def freedom(self) -> float:
        """Degrees of freedom of the articles, as many as there are periods at most."""
        return min(self.observed.freedom, float(len(self.observed.times)))

    @property
    def total_freedom(self) -> float:
        """Of periods and articles, less the constant."""
        return len(self.observed.times) - 1 + self.freedom

    @property
    def articles(self) -> Array:
        """Squares (G,) that the articles add to those of the periods."""
        typical = float(np.median(self.observed.variances))
        return np.asarray(self.freedom * typical / (1 - self.share), dtype=np.float64)

    @property
    def cost(self) -> float:
        """Of a step, in the logarithm of the likelihood."""
        return float(np.log(len(self.rows)) + 0.5 * np.log(len(self.observed.times)))


def candidate_steps(observed: Observed, minimum: int) -> Candidates:
    """Whiten a step at each row that leaves `minimum` periods on both sides."""
    times, n_periods = observed.times, len(observed.times)
    inside = (times - times[0] >= minimum) & (times[-1] + 1 - times >= minimum)
    rows = np.flatnonzero(inside)
    rows = rows[:: -(-len(rows) // _MOST_ROWS)]
    rho = np.tanh(np.repeat(_RHO_AXIS, len(_SHARE_AXIS)))
    share_axis = np.tile(_SHARE_AXIS, len(_RHO_AXIS))
    share, rest = special.expit(share_axis), special.expit(-share_axis)
    columns = np.column_stack([np.ones(n_periods), np.arange(n_periods)[:, None] >= rows])
    white, log_determinant = whiten(
        columns[None], observed.ratios[None], observed.elapsed, rho[None], share[None]
    )
    information = (white[0, :, :, 0] ** 2).sum(1)
    means = white[0, :, :, 0] / np.sqrt(information)[:, None]
    units = white[0, :, :, 1:]
    units = units - means[:, :, None] * np.einsum("gn,gnm->gm", means, units)[:, None]
    units /= np.sqrt((units**2).sum(1))[:, None]
    freedom = min(observed.freedom, float(n_periods))
    # Prior of the grid, and what does not depend on a series.
    log_constants = (
        np.log(share)
        + np.log(rest)
        + _PRIOR_POWER * np.log1p(-(rho**2))
        - 0.5 * (log_determinant[0] + np.log(information) + freedom * np.log(rest))
    )
    return Candidates(observed, minimum, rows, rho, share, means, units, log_constants)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What B series say for and against steps.

    Attributes
    ----------
    statistic : (B,)
        Logarithm of the integrated likelihood with at least one step over that without.
    without : NoisePoints
        The most likely noise of each without steps, (B,).
    steps : list of (k,)
        Rows of the steps at the most likely point of the noise with steps.
    """

    statistic: Array
    without: NoisePoints
    steps: list[Indices]


def weigh(candidates: Candidates, series: Array) -> Evidence:
    """Weigh series (B, n), a block at a time."""
    starts = range(0, len(series), _SERIES_AT_ONCE)
    parts = [_weigh_block(candidates, series[s : s + _SERIES_AT_ONCE]) for s in starts]
    noise = [part.without for part in parts]
    return Evidence(
        np.concatenate([part.statistic for part in parts]),
        NoisePoints(
            np.concatenate([one.rho for one in noise]),
            np.concatenate([one.share for one in noise]),
            np.concatenate([one.variance for one in noise]),
            np.full(len(series), 1 / len(series)),
        ),
        [steps for part in parts for steps in part.steps],
    )


def _weigh_block(candidates: Candidates, series: Array) -> Evidence:
    observed, freedom = candidates.observed, candidates.total_freedom
    white, _ = whiten(
        series.T[None],
        observed.ratios[None],
        observed.elapsed,
        candidates.rho[None],
        candidates.share[None],
    )
    shape = (len(candidates.rho), len(series))
    without, within, scatter = np.empty(shape), np.empty(shape), np.empty(shape)
    paths = []
    for point, values in enumerate(white[0]):
        centred = values - np.outer(candidates.means[point], candidates.means[point] @ values)
        squares, articles = (centred**2).sum(0), candidates.articles[point]
        scatter[point] = (squares + articles) / freedom
        path = _add_steps(candidates, point, centred, squares)
        falls = -0.5 * freedom * np.log(path.squares + articles)
        falls -= candidates.cost * np.arange(1, MOST_STEPS + 1)[:, None]
        within[point] = candidates.log_constants[point] + falls.max(0)
        without[point] = candidates.log_constants[point] - 0.5 * freedom * np.log(
            squares + articles
        )
        paths.append((path.places, 1 + falls.argmax(0)))
    each = np.arange(len(series))
    calm = _CALM * np.log1p(-(candidates.rho**2))
    likely = (without + calm[:, None]).argmax(0)
    noise = NoisePoints(
        candidates.rho[likely],
        candidates.share[likely],
        scatter[likely, each],
        np.full(len(series), 1 / len(series)),
    )
    steps = []
    for one, point in enumerate(within.argmax(0)):
        places, counts = paths[point]
        steps.append(np.sort(candidates.rows[places[: counts[one], one]]))
    statistic = special.logsumexp(within, axis=0) - special.logsumexp(without, axis=0)
    return Evidence(np.asarray(statistic, dtype=np.float64), noise, steps)


@dataclass(frozen=True, slots=True)
class _Path:
    """Steps in the order in which they were added, (MOST_STEPS, B): place and squares left."""

    places: Indices
    squares: Array


def _add_steps(candidates: Candidates, point: int, centred: Array, squares: Array) -> _Path:
    """Add the step that explains most, again and again, by Gram-Schmidt on the scores."""
    units, times = candidates.units[point], candidates.observed.times[candidates.rows]
    overlap = units.T @ units
    scores = units.T @ centred
    room = np.ones_like(scores)
    closed = np.zeros(scores.shape, dtype=np.bool_)
    each = np.arange(scores.shape[1])
    directions: list[Array] = []
    places, left = [], []
    floor = np.finfo(np.float64).eps * np.maximum(squares, np.finfo(np.float64).tiny)
    for _ in range(MOST_STEPS):
        place = np.where(closed, 0.0, scores**2 / room).argmax(0)
        size = np.sqrt(room[place, each])
        gain = np.where(closed[place, each], 0.0, scores[place, each] / size)
        squares = np.maximum(squares - gain**2, floor)
        places.append(place)
        left.append(squares)
        known = sum((one * one[place, each] for one in directions), np.zeros_like(scores))
        direction = (overlap[:, place] - known) / size
        directions.append(direction)
        # Steps closer than the shortest segment are out.
        closed |= np.abs(times[:, None] - times[place]) < candidates.minimum
        scores = scores - direction * gain
        room = np.maximum(room - direction**2, _LEAST_ROOM)
    return _Path(np.array(places), np.array(left))


@dataclass(frozen=True, slots=True)
class NoChangeTest:
    """Test of a series.

    Attributes
    ----------
    p_value : float
        Of the hypothesis of no change.
    rejected : bool
        Whether it is.
    steps : (k,)
        Rows of the most likely steps, at least one.
    """

    p_value: float
    rejected: bool
    steps: Indices


def no_change_test(
    candidates: Candidates, n_simulations: int, rate: float, generator: np.random.Generator
) -> NoChangeTest:
    """Test the series of the candidates at the level `rate`."""
    observed = candidates.observed
    seen = weigh(candidates, observed.stance[None])
    noise = seen.without.repeated(0, n_simulations)
    simulated = simulate_without_change(noise, observed.ratios, observed.elapsed, generator)
    without = weigh(candidates, simulated).statistic
    p_value = simulated_share(without, float(seen.statistic[0]))
    return NoChangeTest(p_value, p_value <= rate, seen.steps[0])
