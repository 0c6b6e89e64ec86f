"""Coverage of the 95 % intervals of `difference_in_differences` and `event_study`.

Run from the root of the repository:

    python benchmarks/coverage_panel.py --runs 2000 --out coverage_panel.jsonl --processes 2

Each cell of the study (outlets, treated ones, noise, periods, articles, gaps) has its own seed;
results are appended to ``--out`` cell by cell, and a second start does only the cells that are
missing. Printed: share of intervals that hold the truth. An interval holds it exactly when its
test does not reject it, and a shift of the treated moves estimate and interval alike, so that
100 less a coverage is also how often a shift of 0 is called significant.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from simulated_noise import ARTICLE_SD, LATENT_SD, correlated, estimated_se
from study import run_study

from stancelib.effects.difference_in_differences_core import difference_design
from stancelib.effects.event_study import error_of_few
from stancelib.effects.event_study_core import average, fit_leads_and_lags
from stancelib.effects.panel_errors import (
    FEWEST_CLUSTERS,
    Groups,
    PanelErrors,
    choose_errors,
    summarize,
)
from stancelib.effects.panel_weights_core import cell_variances, precision_weights
from stancelib.effects.two_way_effects_core import PanelFit, fit_panel

Array = NDArray[np.float64]
LEVEL, DRAWS = 0.95, 999
SHIFT = 0.15
# Bias-reduced errors take the time of T x G x T arrays; beyond this many periods only the default
# is run.
LONG = 80
# The default window of event_study.
WINDOW = (-8, 12)
METHODS = (
    "difference (default)",
    "event study (default)",
    "difference, wild bootstrap",
    "difference, bias-reduced",
    "difference, clustered",
    "difference, independent errors",
)


@dataclass(frozen=True)
class Cell:
    """One setting of the study.

    `common` is the share of the variance of a group's noise that its outlets have in common,
    which no error of so few groups can see.
    """

    n_sources: int
    n_treated: int
    noise: str = "AR 0.6"
    n_periods: int = 80
    articles: str = "1 to 200"
    missing: float = 0.1
    season: bool = False
    common: float = 0.0

    @property
    def treated(self) -> NDArray[np.bool_]:
        """Which outlets are treated."""
        return np.arange(self.n_sources) < self.n_treated


def all_cells() -> list[Cell]:
    """The cells in the order in which they are run."""
    sizes = ((6, 3), (12, 6), (30, 15))
    noises = ("AR 0", "AR 0.3", "AR 0.6", "AR 0.8", "MA 0.8")
    cells = [Cell(*size, noise=noise) for noise in noises for size in sizes]
    cells += [Cell(*size, n_periods=n) for n in (40, 160, 240) for size in sizes]
    cells += [Cell(*size) for size in ((12, 3), (30, 3), (30, 8), (5, 2))]
    cells += [Cell(12, 6, articles=articles) for articles in ("1", "10", "1000")]
    cells += [Cell(12, 6, missing=missing) for missing in (0.0, 0.4)]
    cells += [Cell(*size, season=True) for size in sizes]
    cells += [Cell(*size, common=0.2) for size in sizes]
    return list(dict.fromkeys(cells))


@dataclass(frozen=True)
class Panel:
    """A simulated panel: stances and sampling variances (G, T), and where there are articles."""

    stance: Array
    variances: Array | None
    seen: NDArray[np.bool_]


def simulate(cell: Cell, rng: np.random.Generator) -> Panel:
    """One panel whose treated outlets shift by SHIFT in the middle."""
    shape = (cell.n_sources, cell.n_periods)
    own = correlated(cell.noise, shape, rng)
    of_group = correlated(cell.noise, (2, cell.n_periods), rng)[cell.treated.astype(np.intp)]
    latent = LATENT_SD * (np.sqrt(1 - cell.common) * own + np.sqrt(cell.common) * of_group)
    latent = latent + LATENT_SD * rng.normal(size=cell.n_periods)
    if cell.season:
        rhythm = np.sin(2 * np.pi * (np.arange(cell.n_periods)[None] / 7 + rng.random()))
        latent = latent + LATENT_SD * rng.normal(size=(cell.n_sources, 1)) * rhythm
    if cell.articles == "1 to 200":
        counts = np.round(np.exp(rng.uniform(0, np.log(200), shape)))
    else:
        counts = np.full(shape, float(cell.articles))
    se = estimated_se(counts, rng)
    after = np.arange(cell.n_periods) >= cell.n_periods // 2
    stance = latent + rng.normal(size=shape) * ARTICLE_SD / np.sqrt(counts)
    stance[cell.treated] += SHIFT * after
    seen = rng.random(shape) >= cell.missing
    return Panel(stance, cell_variances(se, counts, seen), seen)


def fit_difference(cell: Cell, panel: Panel) -> PanelFit:
    """As `difference_in_differences` fits."""
    after = (np.arange(cell.n_periods) >= cell.n_periods // 2).astype(np.float64)
    design = difference_design(panel.seen.astype(np.float64), after, cell.treated)
    if panel.variances is not None:
        weights = precision_weights(panel.stance, design, panel.variances).weights
        design = replace(design, weights=weights)
    return fit_panel(panel.stance, design)


def fit_study(cell: Cell, panel: Panel) -> tuple[PanelFit, Array]:
    """As `event_study` fits, and the contrast of the average after."""
    relative = np.arange(cell.n_periods) - cell.n_periods // 2
    shown = (relative >= WINDOW[0]) & (relative <= WINDOW[1])
    cells = (panel.seen & shown).astype(np.float64)
    # Now and then nobody of a group publishes in the reference, and a user would move it.
    cells[[0, -1], relative == -1] = 1.0
    study = fit_leads_and_lags(panel.stance, cells, relative, cell.treated, -1)
    if panel.variances is not None:
        known = np.where(np.isnan(panel.variances), np.nanmedian(panel.variances), panel.variances)
        weights = precision_weights(panel.stance, study.fit.design, known).weights
        study = fit_leads_and_lags(panel.stance, weights, relative, cell.treated, -1)
    return study.fit, average(study.relative >= 0)[None]


def holds(fit: PanelFit, contrast: Array, errors: PanelErrors) -> bool:
    """Whether the interval of a contrast (1, k), whose parts sum to 1, holds SHIFT.

    The test of SHIFT is that of 0 in a panel from which it was taken.
    """
    moved = replace(fit, coefficients=fit.coefficients - SHIFT)
    found = summarize(moved, contrast, errors, intervals=False)
    return bool(found.p_value[0] >= 1 - LEVEL)


def independent_errors_hold(fit: PanelFit) -> bool:
    """The interval of least squares that takes all cells for independent."""
    n_sources = len(fit.residuals)
    freedom = fit.design.n_cells - fit.design.n_terms_beside_sources - n_sources + 1
    variance = (fit.design.weights * fit.residuals**2).sum() / freedom * fit.inverse[0, 0]
    half = stats.t.ppf((1 + LEVEL) / 2, freedom) * np.sqrt(variance)
    return bool(abs(fit.coefficients[0] - SHIFT) <= half)


def one_run(cell: Cell, rng: np.random.Generator) -> Iterator[bool | None]:
    """Whether the interval of each method holds the truth; None where it is not computed."""
    panel = simulate(cell, rng)
    groups = Groups(cell.n_treated, cell.n_sources - cell.n_treated)
    default = choose_errors(None, groups, draws=DRAWS, seed=0, confidence_level=LEVEL)
    fit = fit_difference(cell, panel)
    one = np.eye(1)
    yield holds(fit, one, default)
    of_study = choose_errors(
        None,
        groups,
        draws=DRAWS,
        seed=0,
        confidence_level=LEVEL,
        permutes=False,
        few=error_of_few(WINDOW[1] - WINDOW[0] + 1),
    )
    yield holds(*fit_study(cell, panel), of_study)
    yield holds(fit, one, replace(default, kind="wild_bootstrap"))
    few, long = cell.n_sources < FEWEST_CLUSTERS, cell.n_periods > LONG
    yield None if few or long else holds(fit, one, replace(default, kind="bias_reduced"))
    yield None if few else holds(fit, one, replace(default, kind="cluster"))
    yield independent_errors_hold(fit)


def run_cell(cell: Cell, runs: int) -> dict[str, object]:
    """One row of the table."""
    rng = np.random.default_rng(zlib.crc32(repr(cell).encode()))
    held = [list(one_run(cell, rng)) for _ in range(runs)]
    columns = zip(METHODS, zip(*held, strict=True), strict=True)
    shares = {n: None if None in found else float(np.mean(found)) for n, found in columns}
    return {**asdict(cell), "runs": runs, **shares}


if __name__ == "__main__":
    run_study(__doc__ or "", "coverage_panel.jsonl", all_cells(), run_cell, METHODS)
