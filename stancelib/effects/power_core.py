"""What a level shift must be to be seen, in series that are drawn from the noise of one's own.

Because the fit follows a shift of the series exactly, one set of series without a shift gives the
power at every shift: a run shows the shift as soon as the shift exceeds the run's interval end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from stancelib.effects.generalized_least_squares_core import Regression, fit_generalized, whiten
from stancelib.effects.regression_core import regress_weighted
from stancelib.effects.student_mixture_core import contrasts

Array = NDArray[np.float64]

LEVEL = 2
# So many times the articles leave no sampling noise worth the name.
ENDLESS = 1_000.0


@dataclass(frozen=True, slots=True)
class NoisePosterior:
    """What the series says about its noise, at G points of autocorrelation and noise share.

    Attributes
    ----------
    weights, rho, share : (G,)
        Weight of each point, its autocorrelation, and the autoregression's share of the noise.
    scale : (G,)
        Variance of the noise in a period of median precision.
    degrees_of_freedom : float
        Behind `scale`.
    """

    weights: Array
    rho: Array
    share: Array
    scale: Array
    degrees_of_freedom: float


@dataclass(frozen=True, slots=True)
class Detection:
    """At which shifts each of B simulated series shows one.

    Attributes
    ----------
    thresholds : (2 B,)
        Shifts above which an interval leaves out 0 on the side of the shift, in increasing order;
        both directions of each run.
    size : float
        Share of the runs whose interval leaves out 0 although nothing was shifted.
    """

    thresholds: Array
    size: float

    def power(self, shifts: Array) -> Array:
        """Share of runs that show each of the shifts (s,), in its own direction."""
        below = np.searchsorted(self.thresholds, np.abs(shifts), side="left")
        return np.asarray(below / len(self.thresholds), dtype=np.float64)

    def smallest_shift(self, power: float) -> tuple[float, float, float]:
        """Shift that a share `power` of the runs shows, with the ends of its 95 % interval.

        The interval is that of the simulation alone: order statistics by the binomial, counting
        the two directions of a run once.
        """
        runs = len(self.thresholds) // 2
        ends = [float(stats.binom.ppf(tail, runs, power)) / runs for tail in (0.025, 0.975)]
        places = np.ceil(np.array([power, *ends]) * 2 * runs).astype(np.int64) - 1
        found = self.thresholds[np.clip(places, 0, 2 * runs - 1)]
        return float(found[0]), float(found[1]), float(found[2])


def learn_noise(regression: Regression) -> NoisePosterior:
    """What a single series (B = 1), apart from its own shift and trends, says about its noise."""
    fit = fit_generalized(regression)
    ratios = regression.variances / np.median(regression.variances)
    white, _ = whiten(regression.design[None], ratios, regression.elapsed, fit.rho, fit.share)
    inverse = np.linalg.inv(np.swapaxes(white[0], -1, -2) @ white[0])
    return NoisePosterior(
        weights=fit.mixture.weights[0],
        rho=fit.rho[0],
        share=fit.share[0],
        scale=fit.mixture.scales[0, :, 0, 0] / inverse[:, 0, 0],
        degrees_of_freedom=fit.mixture.degrees_of_freedom,
    )


def simulate(
    regression: Regression,
    posterior: NoisePosterior,
    factor: float,
    runs: int,
    rng: np.random.Generator,
) -> Regression:
    """Series of pure noise on the periods of one's own, with `factor` times the articles.

    Parameters
    ----------
    regression : Regression
        One's own series (B = 1).
    posterior : NoisePosterior
        Each run draws autocorrelation, noise share and scale from it.
    factor : float
        More articles divide the sampling variances, and add degrees of freedom.
    runs : int
        Series.
    rng : numpy.random.Generator
        Drawn from in the same order for every `factor`.
    """
    variances, n_periods = regression.variances[0], regression.outcome.shape[1]
    points = rng.choice(len(posterior.weights), size=runs, p=posterior.weights)
    chi_square = rng.chisquare(posterior.degrees_of_freedom, size=runs)
    scale = posterior.scale[points] * posterior.degrees_of_freedom / chi_square
    rho, share = posterior.rho[points], posterior.share[points]
    shocks = rng.standard_normal((n_periods, runs))
    latent = np.empty((n_periods, runs))
    for period, elapsed in enumerate(regression.elapsed):
        decay = rho**elapsed if period else np.zeros(runs)
        before = latent[period - 1] if period else 0.0
        latent[period] = decay * before + np.sqrt(1 - decay**2) * shocks[period]
    ratios = variances / np.median(variances)
    sampling = scale[:, None] * (1 - share)[:, None] * ratios / factor
    noise = rng.standard_normal((runs, n_periods)) * np.sqrt(sampling)
    freedom = regression.freedom
    if freedom > 0:
        freedom = max(factor * (freedom + n_periods) - n_periods, 1.0)
        sampling = sampling * (rng.chisquare(freedom, size=runs) / freedom)[:, None]
    return replace(
        regression,
        outcome=np.sqrt(scale * share)[:, None] * latent.T + noise,
        variances=sampling,
        freedom=freedom,
    )


def detection(
    drawn: Regression, times: Array, kind: str, lags: int | None, confidence_level: float
) -> Detection:
    """Fit every drawn series and find the shifts that it would have shown.

    Parameters
    ----------
    drawn : Regression
        B series.
    times : (n,)
        Periods from any origin.
    kind : {"gls", "hac", "ols"}
        Error of the fits.
    lags : int or None
        For hac.
    confidence_level : float
        Of the intervals.
    """
    combination = np.eye(drawn.design.shape[1])[[LEVEL]]
    if kind == "gls":
        ends = contrasts(fit_generalized(drawn).mixture, combination, confidence_level)
        low, high = ends.low[:, 0], ends.high[:, 0]
    else:
        summaries = [
            contrasts(
                regress_weighted(_one(drawn, run), times, lags).mixture,
                combination,
                confidence_level,
            )
            for run in range(len(drawn.outcome))
        ]
        low = np.array([one.low[0] for one in summaries])
        high = np.array([one.high[0] for one in summaries])
    return Detection(
        thresholds=np.sort(np.concatenate([-low, high])),
        size=float(np.mean((low > 0) | (high < 0))),
    )


def _one(drawn: Regression, run: int) -> Regression:
    rows = slice(run, run + 1)
    return replace(drawn, outcome=drawn.outcome[rows], variances=drawn.variances[rows])


def factor_for(shift: float, own: tuple[float, float], other: tuple[float, float]) -> float | None:
    """How many times the articles let a shift be the smallest that is shown.

    The square of the smallest shift follows the variance of the estimate, a part that articles do
    not change and one that falls as 1 / factor: a line through two pairs of (factor, smallest
    shift).

    Examples
    --------
    >>> round(factor_for(0.2, (1.0, 0.3), (1000.0, 0.1)), 2)
    2.66
    """
    (x1, y1), (x2, y2) = (1 / own[0], own[1] ** 2), (1 / other[0], other[1] ** 2)
    if x1 == x2 or y1 == y2:
        return None
    slope = (y1 - y2) / (x1 - x2)
    inverse = x1 + (shift**2 - y1) / slope
    return 1 / inverse if inverse > 0 else None


def wilson(share: float, runs: int) -> tuple[float, float]:
    """Interval of a share of runs at 95 %, after Wilson (1927)."""
    z = float(special.ndtri(0.975))
    middle = (share + z**2 / (2 * runs)) / (1 + z**2 / runs)
    half = z * np.sqrt(share * (1 - share) / runs + z**2 / (4 * runs**2)) / (1 + z**2 / runs)
    return float(middle - half), float(middle + half)
