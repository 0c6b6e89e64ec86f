"""Monte Carlo: the default errors of panels reject a null as rarely as they say.

Bounds come from the binomial error of the simulation; the full table is
benchmarks/coverage_panel.py. An interval holds the truth exactly when its test does not reject
it, so that moving the treated by a constant changes nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from scipy.signal import lfilter

from stancelib.effects.difference_in_differences_core import difference_design
from stancelib.effects.event_study_core import average, fit_leads_and_lags
from stancelib.effects.panel_errors import Groups, PanelErrors, choose_errors, summarize
from stancelib.effects.pre_trend import bootstrap_leads
from stancelib.effects.pre_trend_core import largest_lead
from stancelib.effects.two_way_effects_core import PanelFit, fit_panel

Array = NDArray[np.float64]

RUNS = 300
N_PERIODS, EVENT = 30, 15
RELATIVE = np.arange(N_PERIODS) - EVENT


@dataclass(frozen=True)
class Cell:
    """Sources, how many of them are treated, and the autocorrelation of their noise."""

    n_sources: int
    n_treated: int
    rho: float

    @property
    def treated(self) -> NDArray[np.bool_]:
        return np.arange(self.n_sources) < self.n_treated

    def errors(self) -> PanelErrors:
        groups = Groups(self.n_treated, self.n_sources - self.n_treated)
        return choose_errors(None, groups, draws=999, seed=0, confidence_level=0.95)


CELLS = (Cell(6, 3, 0.6), Cell(12, 6, 0.6), Cell(12, 3, 0.0), Cell(30, 15, 0.6))


def simulate(cell: Cell, rng: np.random.Generator) -> tuple[Array, Array]:
    """Outcomes and weights: autocorrelated noise, common periods, a tenth of the cells gone."""
    shocks = rng.normal(size=(cell.n_sources, N_PERIODS + 100)) * np.sqrt(1 - cell.rho**2)
    noise = 0.1 * np.asarray(lfilter([1.0], [1.0, -cell.rho], shocks))[:, 100:]
    weights = (rng.random(noise.shape) > 0.1).astype(np.float64)
    return noise + rng.normal(0, 0.1, N_PERIODS), weights


def difference(cell: Cell, outcome: Array, weights: Array) -> PanelFit:
    after = (RELATIVE >= 0).astype(np.float64)
    return fit_panel(outcome, difference_design(weights, after, cell.treated))


@pytest.fixture(scope="module")
def p_values() -> dict[Cell, Array]:
    """p-values (RUNS, 2) of a difference in differences and of an event study's average."""
    found = {}
    for seed, cell in enumerate(CELLS):
        rng, errors = np.random.default_rng(seed), cell.errors()
        rows = []
        for _ in range(RUNS):
            outcome, weights = simulate(cell, rng)
            weights[:, EVENT - 1] = 1.0
            fit = difference(cell, outcome, weights)
            study = fit_leads_and_lags(outcome, weights, RELATIVE, cell.treated, -1)
            after = average(study.relative >= 0)[None]
            rows.append(
                [
                    summarize(fit, np.eye(1), errors, intervals=False).p_value[0],
                    summarize(study.fit, after, errors, intervals=False).p_value[0],
                ]
            )
        found[cell] = np.array(rows)
    return found


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_null_is_rejected_at_most_in_seven_of_a_hundred(
    p_values: dict[Cell, Array], cell: Cell
) -> None:
    rejected = (p_values[cell] < 0.05).sum(0)
    assert (rejected <= stats.binom.ppf(0.999, RUNS, 0.07)).all()
    # And the test is no empty one.
    assert (rejected >= stats.binom.ppf(0.001, RUNS, 0.02)).all()


def test_all_cells_together_cover_as_they_say(p_values: dict[Cell, Array]) -> None:
    rejected, runs = sum((p < 0.05).sum(0) for p in p_values.values()), RUNS * len(CELLS)
    assert (rejected <= stats.binom.ppf(0.999, runs, 0.065)).all()
    assert (rejected >= stats.binom.ppf(0.001, runs, 0.035)).all()


def test_errors_that_take_cells_for_independent_would_fail_this_test() -> None:
    cell, rng, rejected = Cell(12, 6, 0.6), np.random.default_rng(1), 0
    for _ in range(RUNS):
        outcome, weights = simulate(cell, rng)
        fit = difference(cell, outcome, weights)
        freedom = fit.design.n_cells - fit.design.n_terms_beside_sources - cell.n_sources + 1
        variance = (fit.residuals**2).sum() / freedom * fit.inverse[0, 0]
        statistic = abs(fit.coefficients[0]) / np.sqrt(variance)
        rejected += int(2 * stats.t.sf(statistic, freedom) < 0.05)
    assert rejected > stats.binom.ppf(0.999, RUNS, 0.15)


def test_pre_trend_test_has_its_size() -> None:
    cell, rng, rejected = Cell(12, 6, 0.6), np.random.default_rng(2), 0
    for _ in range(RUNS):
        outcome = simulate(cell, rng)[0]
        study = fit_leads_and_lags(outcome, np.ones_like(outcome), RELATIVE, cell.treated, -1)
        leads = (study.relative < 0) & (study.relative >= -8)
        drawn = bootstrap_leads(study, leads, cell.errors())
        found = largest_lead(drawn.statistics, drawn.draws, 0.05, enumerated=drawn.enumerated)
        rejected += int(found.p_value < 0.05)
    assert stats.binom.ppf(0.001, RUNS, 0.03) <= rejected <= stats.binom.ppf(0.999, RUNS, 0.07)
