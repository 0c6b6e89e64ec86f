"""Coverage of the level shift's 95 % interval, beside what others offer.

Run from the root of the repository:

    python benchmarks/coverage_interrupted_time_series.py --runs 2000 --out coverage.jsonl

Each cell of the study (autocorrelation, periods, articles, gaps, season) has its own seed; results
are appended to ``--out`` cell by cell, and a second start does only the cells that are missing.
Printed: share of intervals that hold the truth. Estimates and intervals move with the shift, so
that what is missing to 100 is also how often a series without a shift is called significant; the
cells with gaps have none.
"""

from __future__ import annotations

import zlib
from dataclasses import asdict, dataclass
from itertools import product

import numpy as np
from coverage_peers import (
    FORECASTS,
    STATSMODELS,
    Split,
    covered_by_forecasts,
    covered_by_statsmodels,
)
from numpy.typing import NDArray
from simulated_noise import ARTICLE_SD, LATENT_SD, correlated, estimated_se
from study import run_study

from stancelib.effects.generalized_least_squares_core import Regression, fit_generalized
from stancelib.effects.interrupted_time_series_core import segment, segmented_design
from stancelib.effects.least_squares_core import default_lags, fit_robust
from stancelib.effects.season_core import weekday_columns
from stancelib.effects.student_mixture_core import contrasts
from stancelib.series.precision_core import sampling_variances

Array = NDArray[np.float64]
LEVEL = 2
N_TERMS = 4
DAYS = 7
METHODS = (
    "stancelib gls",
    "stancelib gls slope",
    "stancelib hac",
    *STATSMODELS,
    *FORECASTS,
)


@dataclass(frozen=True)
class Cell:
    """One setting of the study."""

    noise: str
    n_periods: int
    articles: str
    missing: float
    season: str
    shift: float


def all_cells() -> list[Cell]:
    """All combinations in the order in which they are run, the plain ones first."""
    noises = ("AR 0", "AR 0.3", "AR 0.6", "AR 0.8", "MA 0.8")
    cells = [
        Cell(noise, n_periods, articles, missing, season, 0.15 if missing == 0 else 0.0)
        for season, missing, articles, n_periods, noise in product(
            ("none", "weekday"), (0.0, 0.1), ("1 to 200", "1", "20"), (40, 80, 160, 240), noises
        )
    ]
    # Next to no sampling noise, where autocorrelation shows most.
    return cells + [Cell(noise, 80, "1000", 0.0, "none", 0.15) for noise in noises]


@dataclass(frozen=True)
class Simulated:
    """Series on their kept periods: the regression, their times, and the regressors (n, s)."""

    regression: Regression
    times: Array
    season: Array


def simulate(cell: Cell, runs: int) -> Simulated:
    """`runs` series with the same articles, gaps and rhythm of the week."""
    rng = np.random.default_rng(zlib.crc32(repr(cell).encode()))
    latent = LATENT_SD * correlated(cell.noise, (runs, cell.n_periods), rng)
    counts = np.full(latent.shape, 0.0)
    if cell.articles == "1 to 200":
        counts += np.round(np.exp(rng.uniform(0, np.log(200), cell.n_periods)))
    else:
        counts += float(cell.articles)
    se = estimated_se(counts, rng)
    design = segmented_design(segment(cell.n_periods, cell.n_periods // 2, 0.0, "fraction"))
    sampling_error = rng.normal(size=latent.shape) * ARTICLE_SD / np.sqrt(counts)
    stance = latent + sampling_error + cell.shift * design[:, LEVEL]
    season = np.empty((cell.n_periods, 0))
    if cell.season == "weekday":
        season = weekday_columns(np.arange(cell.n_periods) % DAYS, np.arange(DAYS))
        stance = stance + season @ (LATENT_SD * rng.normal(size=DAYS - 1))
    n_missing = round(cell.missing * cell.n_periods)
    kept = np.sort(rng.permutation(cell.n_periods)[n_missing:])
    sampling = sampling_variances(se[:, kept], counts[:, kept])
    scaled = np.column_stack([design / np.abs(design).max(0), season])[kept]
    elapsed = np.diff(kept, prepend=kept[0]).astype(np.float64)
    regression = Regression(
        stance[:, kept], scaled, sampling.variances, sampling.degrees_of_freedom, elapsed
    )
    return Simulated(regression, kept.astype(np.float64), season[kept])


def covered_by_stancelib(regression: Regression, times: Array, shift: float) -> dict[str, float]:
    """Share of intervals that hold the truth, for the default and for hac."""
    unit = np.eye(regression.design.shape[1])
    fit = contrasts(fit_generalized(regression).mixture, unit[LEVEL:N_TERMS])
    truth = np.array([shift, 0.0])
    held = ((fit.low <= truth) & (truth <= fit.high)).mean(0)
    lags, weights = default_lags(len(times)), np.ones(len(times))
    robust = [
        contrasts(
            fit_robust(y, regression.design, weights, times, lags).mixture, unit[LEVEL : LEVEL + 1]
        )
        for y in regression.outcome
    ]
    hac = np.mean([one.low[0] <= shift <= one.high[0] for one in robust])
    return {
        "stancelib gls": float(held[0]),
        "stancelib gls slope": float(held[1]),
        "stancelib hac": float(hac),
    }


def run_cell(cell: Cell, runs: int) -> dict[str, object]:
    """One row of the table."""
    found = simulate(cell, runs)
    regression = found.regression
    before = found.times < cell.n_periods // 2
    split = Split(regression.outcome, found.times, before, found.season)
    row = covered_by_stancelib(regression, found.times, cell.shift)
    row |= covered_by_statsmodels(regression.outcome, regression.design, LEVEL, cell.shift)
    row |= covered_by_forecasts(split, cell.shift)
    return {**asdict(cell), "runs": runs, **row}


if __name__ == "__main__":
    run_study(
        __doc__ or "", "coverage_interrupted_time_series.jsonl", all_cells(), run_cell, METHODS
    )
