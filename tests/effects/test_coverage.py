"""Monte Carlo: intervals of the default error cover what they say, and those of ols do not.

Closed-form arrays: hundreds of series are fitted side by side. Bounds come from the binomial
error of the simulation; the full table is benchmarks/coverage_interrupted_time_series.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from scipy.signal import lfilter

from stancelib.effects.generalized_least_squares_core import Regression, fit_generalized
from stancelib.effects.interrupted_time_series_core import segment, segmented_design
from stancelib.effects.least_squares_core import fit_ordinary
from stancelib.effects.student_mixture_core import contrasts
from stancelib.series.precision_core import sampling_variances

RUNS = 400
SHIFT = 0.15
BURN_IN = 300


@dataclass(frozen=True)
class Cell:
    """One setting of the simulation."""

    n_periods: int
    rho: float
    articles: str
    missing: float = 0.0
    shift: float = 0.0


CELLS = (
    Cell(80, 0.0, "mixed", shift=SHIFT),
    Cell(80, 0.3, "ten"),
    Cell(80, 0.6, "mixed", missing=0.1),
    Cell(80, 0.6, "many"),
    Cell(160, 0.6, "mixed"),
)


def counts_of(cell: Cell, rng: np.random.Generator) -> NDArray[np.float64]:
    if cell.articles == "mixed":
        return np.round(np.exp(rng.uniform(0, np.log(200), cell.n_periods)))
    return np.full(cell.n_periods, {"ten": 10.0, "many": 1000.0}[cell.articles])


def simulate(cell: Cell, seed: int) -> tuple[Regression, NDArray[np.float64]]:
    """Regression of RUNS series, and the design with a column for each term."""
    rng = np.random.default_rng(seed)
    shocks = rng.normal(size=(RUNS, cell.n_periods + BURN_IN)) * np.sqrt(1 - cell.rho**2)
    latent = 0.1 * np.asarray(lfilter([1.0], [1.0, -cell.rho], shocks))[:, BURN_IN:]
    n = counts_of(cell, rng)
    freedom = np.maximum(n - 1, 1)
    scatter = 0.25 * rng.chisquare(freedom, size=latent.shape) / freedom
    se = np.where(n > 1, np.sqrt(scatter / n), np.nan)
    design = segmented_design(segment(cell.n_periods, cell.n_periods // 2, 0.0, "fraction"))
    stance = latent + rng.normal(size=latent.shape) * 0.5 / np.sqrt(n) + cell.shift * design[:, 2]
    kept = np.sort(rng.permutation(cell.n_periods)[round(cell.missing * cell.n_periods) :])
    sampling = sampling_variances(se[:, kept], np.broadcast_to(n[kept], se[:, kept].shape))
    scaled = design / np.abs(design).max(0)
    elapsed = np.diff(kept, prepend=kept[0]).astype(np.float64)
    return Regression(
        stance[:, kept], scaled[kept], sampling.variances, sampling.degrees_of_freedom, elapsed
    ), design


@pytest.fixture(scope="module")
def covered() -> dict[Cell, NDArray[np.bool_]]:
    """Whether each interval of level and slope holds the truth, (RUNS, 2)."""
    found = {}
    for seed, cell in enumerate(CELLS):
        regression, _ = simulate(cell, seed)
        summary = contrasts(fit_generalized(regression).mixture, np.eye(4)[2:])
        truth = np.array([cell.shift, 0.0])
        found[cell] = (summary.low <= truth) & (truth <= summary.high)
    return found


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_level_interval_covers_the_truth(
    covered: dict[Cell, NDArray[np.bool_]], cell: Cell
) -> None:
    hits = int(covered[cell][:, 0].sum())
    assert stats.binom.ppf(0.001, RUNS, 0.93) <= hits <= stats.binom.ppf(0.999, RUNS, 0.97)


def test_all_cells_together_cover_as_they_say(covered: dict[Cell, NDArray[np.bool_]]) -> None:
    hits = sum(found.sum(0) for found in covered.values())
    runs = RUNS * len(CELLS)
    assert stats.binom.ppf(0.001, runs, 0.94) <= hits[0] <= stats.binom.ppf(0.999, runs, 0.96)
    # The slope errs on the wide side; never on the narrow one.
    assert hits[1] >= stats.binom.ppf(0.001, runs, 0.94)


def test_a_null_is_rejected_at_most_in_seven_of_a_hundred(
    covered: dict[Cell, NDArray[np.bool_]],
) -> None:
    null = [found for cell, found in covered.items() if cell.shift == 0]
    rejections = int(sum((~found[:, 0]).sum() for found in null))
    assert rejections <= stats.binom.ppf(0.999, RUNS * len(null), 0.07)


def test_ordinary_errors_would_fail_this_test() -> None:
    regression, _ = simulate(CELLS[3], 3)
    rejections = 0
    for outcome in regression.outcome:
        fit = fit_ordinary(outcome, regression.design, np.ones(len(outcome)))
        rejections += int(contrasts(fit.mixture, np.eye(4)[2:3]).p_value[0] < 0.05)
    assert rejections > stats.binom.ppf(0.999, RUNS, 0.15)
