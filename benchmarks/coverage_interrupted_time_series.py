"""Coverage of the level shift's 95 % interval, beside what statsmodels offers.

Run from the root of the repository:

    python benchmarks/coverage_interrupted_time_series.py --runs 2000 --out coverage.jsonl

Each cell of the study (autocorrelation, periods, articles, gaps) has its own seed; results are
appended to ``--out`` cell by cell, and a second start does only the cells that are missing.
Printed: share of intervals that hold the truth, and share of runs without a shift in which the
level is called significant; the two differ by simulation error only.
"""

from __future__ import annotations

import zlib
from dataclasses import asdict, dataclass

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy.signal import lfilter
from study import run_study

from stancelib.effects.generalized_least_squares_core import Regression, fit_generalized
from stancelib.effects.interrupted_time_series_core import segment, segmented_design
from stancelib.effects.least_squares_core import default_lags, fit_robust
from stancelib.effects.precision_core import sampling_variances
from stancelib.effects.student_mixture_core import contrasts

Array = NDArray[np.float64]
BURN_IN = 500
LEVEL = 2
STATSMODELS_LAGS = 7
# A stance moves by 0.1 from period to period; the articles of a period scatter by 0.5.
LATENT_SD, ARTICLE_SD = 0.1, 0.5
METHODS = (
    "stancelib gls",
    "stancelib gls slope",
    "stancelib hac",
    "statsmodels OLS",
    "statsmodels HC3",
    "statsmodels HAC(7)",
    "statsmodels GLSAR(1)",
)


@dataclass(frozen=True)
class Cell:
    """One setting of the study."""

    noise: str
    n_periods: int
    articles: str
    missing: float
    shift: float


def all_cells() -> list[Cell]:
    """The cells in the order in which they are run, short series first."""
    cells = [
        Cell(noise, n_periods, "1 to 200", 0.0, 0.15)
        for n_periods in (40, 80, 160, 240)
        for noise in ("AR 0", "AR 0.3", "AR 0.6", "AR 0.8", "MA 0.8")
    ]
    extra = [
        Cell(noise, 80, articles, missing, shift)
        for noise in ("AR 0", "AR 0.6")
        for articles, missing, shift in (
            ("1 to 200", 0.1, 0.0),
            ("1", 0.0, 0.15),
            ("10", 0.0, 0.15),
            ("1000", 0.0, 0.15),
        )
    ]
    return cells + extra


def latent_errors(cell: Cell, runs: int, rng: np.random.Generator) -> Array:
    """Errors of the outlet's stance, (runs, n_periods), with standard deviation LATENT_SD."""
    kind, _, coefficient = cell.noise.partition(" ")
    value = float(coefficient)
    shocks = rng.normal(size=(runs, cell.n_periods + BURN_IN))
    if kind == "MA":
        errors = np.asarray(lfilter([1.0, value], [1.0], shocks)) / np.sqrt(1 + value**2)
    else:
        errors = np.asarray(lfilter([1.0], [1.0, -value], shocks)) * np.sqrt(1 - value**2)
    return LATENT_SD * errors[:, BURN_IN:]


def simulate(cell: Cell, runs: int) -> tuple[Regression, Array]:
    """Regression of `runs` series on their kept periods, and the index of these periods."""
    rng = np.random.default_rng(zlib.crc32(repr(cell).encode()))
    latent = latent_errors(cell, runs, rng)
    counts = np.full(latent.shape, 0.0)
    if cell.articles == "1 to 200":
        counts += np.round(np.exp(rng.uniform(0, np.log(200), cell.n_periods)))
    else:
        counts += float(cell.articles)
    freedom = np.maximum(counts - 1, 1)
    scatter = ARTICLE_SD**2 * rng.chisquare(freedom) / freedom
    se = np.where(counts > 1, np.sqrt(scatter / counts), np.nan)
    design = segmented_design(segment(cell.n_periods, cell.n_periods // 2, 0.0, "fraction"))
    sampling_error = rng.normal(size=latent.shape) * ARTICLE_SD / np.sqrt(counts)
    stance = latent + sampling_error + cell.shift * design[:, LEVEL]
    n_missing = round(cell.missing * cell.n_periods)
    kept = np.sort(rng.permutation(cell.n_periods)[n_missing:])
    sampling = sampling_variances(se[:, kept], counts[:, kept])
    scaled = (design / np.abs(design).max(0))[kept]
    elapsed = np.diff(kept, prepend=kept[0]).astype(np.float64)
    regression = Regression(
        stance[:, kept], scaled, sampling.variances, sampling.degrees_of_freedom, elapsed
    )
    return regression, kept.astype(np.float64)


def covered_by_stancelib(regression: Regression, times: Array, shift: float) -> dict[str, float]:
    """Share of intervals that hold the truth, for the default and for hac."""
    fit = contrasts(fit_generalized(regression).mixture, np.eye(4)[LEVEL:])
    truth = np.array([shift, 0.0])
    held = ((fit.low <= truth) & (truth <= fit.high)).mean(0)
    lags, weights = default_lags(len(times)), np.ones(len(times))
    robust = [
        contrasts(fit_robust(y, regression.design, weights, times, lags).mixture, np.eye(4)[2:3])
        for y in regression.outcome
    ]
    hac = np.mean([one.low[0] <= shift <= one.high[0] for one in robust])
    return {
        "stancelib gls": float(held[0]),
        "stancelib gls slope": float(held[1]),
        "stancelib hac": float(hac),
    }


def covered_by_statsmodels(regression: Regression, shift: float) -> dict[str, float]:
    """The same for the errors that statsmodels offers, gaps closed as its users must."""
    held: dict[str, list[bool]] = {name: [] for name in METHODS[3:]}
    for outcome in regression.outcome:
        ordinary = sm.OLS(outcome, regression.design)
        fits = {
            "statsmodels OLS": ordinary.fit(),
            "statsmodels HC3": ordinary.fit(cov_type="HC3", use_t=True),
            "statsmodels HAC(7)": ordinary.fit(
                cov_type="HAC", cov_kwds={"maxlags": STATSMODELS_LAGS}, use_t=True
            ),
            "statsmodels GLSAR(1)": sm.GLSAR(outcome, regression.design, rho=1).iterative_fit(10),
        }
        for name, fit in fits.items():
            low, high = np.asarray(fit.conf_int())[LEVEL]
            held[name].append(bool(low <= shift <= high))
    return {name: float(np.mean(values)) for name, values in held.items()}


def run_cell(cell: Cell, runs: int) -> dict[str, object]:
    """One row of the table."""
    regression, times = simulate(cell, runs)
    row = covered_by_stancelib(regression, times, cell.shift)
    row |= covered_by_statsmodels(regression, cell.shift)
    return {**asdict(cell), "runs": runs, **row}


if __name__ == "__main__":
    run_study(
        __doc__ or "", "coverage_interrupted_time_series.jsonl", all_cells(), run_cell, METHODS
    )
