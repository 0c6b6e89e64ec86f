"""What others offer for a level shift, as shares of intervals that hold it.

statsmodels' errors of a segmented regression (gaps closed, as its users must); the interval that
CausalPy's formula ``y ~ 1 + t`` gives for the average effect; and the forecast of a local level,
which is what `UnobservedComponents` and CausalImpact without controls do. All are written in closed
form over all series at once; tests/test_coverage_peers.py compares them with statsmodels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]

CONFIDENCE = 0.95
STATSMODELS = (
    "statsmodels OLS",
    "statsmodels HC3",
    "statsmodels HAC(7)",
    "statsmodels GLSAR(1)",
)
FORECASTS = ("CausalPy's formula", "local level")
STATSMODELS_LAGS = 7
COCHRANE_ORCUTT_ROUNDS = 10
# Variance of the level's step over that of the noise; from a constant level to nearly a walk.
SIGNAL_TO_NOISE = np.concatenate([[0.0], np.geomspace(1e-5, 1e3, 60)])


@dataclass(frozen=True)
class Split:
    """Series (B, n) at times (n,), the periods before the event, and regressors (n, k)."""

    outcome: Array
    times: Array
    before: NDArray[np.bool_]
    regressors: Array


@dataclass(frozen=True)
class Intervals:
    """Estimates and standard errors (B,), and how many of these an interval reaches each way."""

    estimate: Array
    se: Array
    multiple: float

    def share_that_holds(self, truth: float) -> float:
        """Share of the intervals that hold the truth."""
        return float(np.mean(np.abs(self.estimate - truth) <= self.multiple * self.se))


@dataclass(frozen=True)
class Coefficients:
    """Estimates and standard errors (B, k), and the degrees of freedom of Student's t."""

    estimate: Array
    se: Array
    degrees_of_freedom: int

    def of_column(self, column: int) -> Intervals:
        """Of one coefficient."""
        multiple = float(stats.t.ppf((1 + CONFIDENCE) / 2, self.degrees_of_freedom))
        return Intervals(self.estimate[:, column], self.se[:, column], multiple)


def covered_by_statsmodels(
    outcomes: Array, design: Array, column: int, truth: float
) -> dict[str, float]:
    """Shares for the coefficient of one column of the segmented regression."""
    ordinary = [one.of_column(column) for one in ordinary_fits(outcomes, design)]
    found = [*ordinary, autoregressive_fit(outcomes, design).of_column(column)]
    return {name: one.share_that_holds(truth) for name, one in zip(STATSMODELS, found, strict=True)}


def ordinary_fits(outcomes: Array, design: Array) -> tuple[Coefficients, ...]:
    """OLS with the errors OLS, HC3 and HAC(7) of statsmodels, of series (B, n)."""
    inverse = np.linalg.inv(design.T @ design)
    hat = design @ inverse
    estimate = outcomes @ hat
    residuals = outcomes - estimate @ design.T
    freedom = len(design) - design.shape[1]
    spread = (residuals**2).sum(1) / freedom
    leverage = (hat * design).sum(1)
    influence = hat * residuals[..., None]
    heteroskedastic = (influence / (1 - leverage)[:, None]) ** 2
    # The Bartlett kernel, as a matrix over the periods.
    lags = np.abs(np.subtract.outer(np.arange(len(design)), np.arange(len(design))))
    kernel = np.clip(1 - lags / (STATSMODELS_LAGS + 1), 0, None)
    correlated = np.einsum("btk,btk->bk", influence, kernel @ influence)
    variances = (spread[:, None] * np.diag(inverse), heteroskedastic.sum(1), correlated)
    return tuple(Coefficients(estimate, np.sqrt(one), freedom) for one in variances)


def autoregressive_fit(outcomes: Array, design: Array) -> Coefficients:
    """GLSAR(1) after ten rounds of Cochrane and Orcutt, the first period left out."""
    rho = np.zeros(len(outcomes))
    for _ in range(COCHRANE_ORCUTT_ROUNDS):
        white_design = design[1:] - rho[:, None, None] * design[:-1]
        white = outcomes[:, 1:] - rho[:, None] * outcomes[:, :-1]
        inverse = np.linalg.inv(white_design.swapaxes(1, 2) @ white_design)
        estimate = np.einsum("bij,btj,bt->bi", inverse, white_design, white)
        residuals = outcomes - estimate @ design.T
        residuals -= residuals.mean(1, keepdims=True)
        neighbours = (residuals[:, 1:] * residuals[:, :-1]).mean(1)
        last, rho = rho, neighbours / (residuals**2).mean(1)
    freedom = len(design) - 1 - design.shape[1]
    left = outcomes - estimate @ design.T
    shocks = left[:, 1:] - last[:, None] * left[:, :-1]
    spread = (shocks**2).sum(1) / freedom
    variances = spread[:, None] * np.diagonal(inverse, axis1=1, axis2=2)
    return Coefficients(estimate, np.sqrt(variances), freedom)


def covered_by_forecasts(split: Split, truth: float) -> dict[str, float]:
    """Shares for the average effect against a forecast from the periods before."""
    found = (straight_line(split), local_level(split))
    return {name: one.share_that_holds(truth) for name, one in zip(FORECASTS, found, strict=True)}


def straight_line(split: Split) -> Intervals:
    """The mean of the series less the expected line, whose noise is taken for independent.

    CausalPy's priors are nearly flat, and its impact is against the expected outcome: Student's t
    with the standard error of the line's mean.
    """
    design = np.column_stack([np.ones_like(split.times), split.times, split.regressors])
    before, after = design[split.before], design[~split.before].mean(0)
    pseudo = np.linalg.pinv(before)
    coefficients = split.outcome[:, split.before] @ pseudo.T
    residuals = split.outcome[:, split.before] - coefficients @ before.T
    freedom = len(before) - before.shape[1]
    spread = np.sqrt((residuals**2).sum(1) / freedom)
    estimate = split.outcome[:, ~split.before].mean(1) - coefficients @ after
    multiple = float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom))
    return Intervals(estimate, spread * np.linalg.norm(pseudo.T @ after), multiple)


def local_level(split: Split) -> Intervals:
    """The mean of the series less the forecast of a local level, by maximum likelihood.

    The diffuse likelihood over the signal-to-noise ratio; the chosen ratio is then taken for true,
    as statsmodels does.
    """
    fits = [_local_level(split, ratio) for ratio in SIGNAL_TO_NOISE]
    best = np.argmax([log_likelihood for log_likelihood, _, _ in fits], axis=0)
    series = np.arange(len(split.outcome))
    estimates = np.array([estimate for _, estimate, _ in fits])
    variances = np.array([variance for _, _, variance in fits])
    multiple = float(stats.norm.ppf((1 + CONFIDENCE) / 2))
    return Intervals(estimates[best, series], np.sqrt(variances[best, series]), multiple)


def _local_level(split: Split, ratio: float) -> tuple[Array, Array, Array]:
    """Log-likelihood, average effect and its variance (B,) at one signal-to-noise ratio."""
    elapsed = split.times - split.times[0]
    covariance = np.eye(len(elapsed)) + ratio * np.minimum(elapsed[:, None], elapsed)
    design = np.column_stack([np.ones_like(elapsed), split.regressors])
    known, unknown = split.before, ~split.before
    root = np.linalg.cholesky(covariance[np.ix_(known, known)])
    white = np.linalg.solve(root, split.outcome[:, known].T)
    white_design = np.linalg.solve(root, design[known])
    across = np.linalg.solve(root, covariance[np.ix_(known, unknown)].mean(1))
    information = white_design.T @ white_design
    coefficients = np.linalg.solve(information, white_design.T @ white)
    residuals = white - white_design @ coefficients
    freedom = len(white) - design.shape[1]
    variance = (residuals**2).sum(0) / freedom
    log_determinant = 2 * np.log(np.diag(root)).sum() + np.linalg.slogdet(information)[1]
    log_likelihood = -0.5 * (freedom * np.log(variance) + log_determinant)
    missed = design[unknown].mean(0) - white_design.T @ across
    forecast = missed @ coefficients + across @ white
    spread = covariance[np.ix_(unknown, unknown)].mean() - across @ across
    spread += missed @ np.linalg.solve(information, missed)
    return log_likelihood, split.outcome[:, unknown].mean(1) - forecast, variance * spread
