"""Coverage of the average effect's 95 % interval by `counterfactual`.

Run from the root of the repository:

    python benchmarks/coverage_counterfactual.py --runs 2000 --out counterfactual.jsonl

Half of each series lies before the event. Each cell has its own seed; results are appended to
``--out`` cell by cell, and a second start does only the cells that are missing. Printed: share of
intervals that hold the truth, for the default, for CausalImpact's prior of the level
(``level_sd=0.01``) and for white noise with it, as in CausalImpact; and the mean width of the
default's interval over that of the band in which its errors lie 95 % of the time.

The shift is 0.15; 0 gives the same numbers. It enters nothing but the time after the event, which
is not fitted: estimate and both ends of the interval move by the shift, and so by as much as the
truth. Cumulative effect: the average times a known number, so that its share is the same.
"""

from __future__ import annotations

import zlib
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray
from simulated_noise import ARTICLE_SD, BURN_IN, LATENT_SD, correlated, estimated_se
from study import run_study

from stancelib.effects.counterfactual_core import Ahead, fit, simulate
from stancelib.effects.counterfactual_model import Model, Observed, standardized
from stancelib.effects.counterfactual_summary_core import effects_of, summarize

Array = NDArray[np.float64]
DRAWS, LEVEL = 1000, 0.95
# A walk steps by WALK_STEP, a week moves by WEEK_SD.
SHIFT, WALK_STEP, WEEK_SD, DAYS = 0.15, 0.03, 0.1, 7
DEFAULT = Model(
    trend=False,
    season=None,
    noise="autoregression",
    weights="precision",
    expected_controls=3.0,
    level_sd=None,
)
MODELS = {
    "default": DEFAULT,
    "level_sd=0.01": replace(DEFAULT, level_sd=0.01),
    "white, level_sd=0.01": replace(DEFAULT, level_sd=0.01, noise="white"),
}


@dataclass(frozen=True)
class Cell:
    """One setting of the study."""

    noise: str
    n_periods: int
    articles: str
    missing: float
    week: bool


def all_cells() -> list[Cell]:
    """The cells in the order in which they are run, those that decide first."""
    noises = ("AR 0", "AR 0.3", "AR 0.6", "AR 0.8", "MA 0.8", "walk")
    cells = [Cell(noise, n, "1 to 200", 0.0, False) for n in (80, 160) for noise in noises]
    extra = [
        Cell(noise, 80, articles, missing, week)
        for articles, missing, week in (
            ("20", 0.0, False),
            ("1 to 200", 0.1, False),
            ("1 to 200", 0.0, True),
        )
        for noise in ("AR 0", "AR 0.6", "walk")
    ]
    return cells + extra


def latent_errors(cell: Cell, rng: np.random.Generator) -> Array:
    """Errors of the outlet's stance, (n_periods,); standard deviation LATENT_SD, or a walk."""
    if cell.noise == "walk":
        shocks = rng.normal(size=cell.n_periods + BURN_IN)
        return np.asarray(WALK_STEP * np.cumsum(shocks[BURN_IN:]))
    return LATENT_SD * correlated(cell.noise, (1, cell.n_periods), rng)[0]


def simulated(cell: Cell, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Stance, its standard error and its number of articles, each (n_periods,)."""
    size = cell.n_periods
    counts = np.round(np.exp(rng.uniform(0, np.log(200), size)))
    if cell.articles != "1 to 200":
        counts = np.full(size, float(cell.articles))
    se = estimated_se(counts, rng)
    stance = latent_errors(cell, rng) + rng.normal(size=size) * ARTICLE_SD / np.sqrt(counts)
    stance += SHIFT * (np.arange(size) >= size // 2)
    if cell.week:
        stance += (WEEK_SD * rng.normal(size=DAYS))[np.arange(size) % DAYS]
    gone = rng.permutation(size)[: round(cell.missing * size)]
    stance[gone] = se[gone] = np.nan
    return stance, se, np.where(np.isnan(stance), np.nan, counts)


def interval(cell: Cell, series: tuple[Array, Array, Array], model: Model, seed: int) -> Array:
    """Estimate and ends of the interval of the average effect, as `counterfactual` finds them."""
    stance, se, counts = series
    n = cell.n_periods // 2
    before = np.arange(cell.n_periods) < n
    model = replace(model, season=DAYS if cell.week else None)
    observed = Observed(stance, np.empty((cell.n_periods, 0)), se, counts)
    data = standardized(observed, before, model)
    generator = np.random.default_rng(seed)
    posterior = fit(data.problem, data.noise_guess, generator)
    ahead = Ahead(data.ratios[n:], data.controls[n:])
    paths = simulate(data.problem, posterior, ahead, DRAWS, generator).paths
    share = np.ones((1, cell.n_periods - n))
    effects = effects_of(data.stance[n:], data.mean + data.scale * paths, share, share)
    found = summarize(effects.average, LEVEL)
    return np.array([found.estimate[0], found.low[0], found.high[0]])


def run_cell(cell: Cell, runs: int) -> dict[str, object]:
    """One row of the table."""
    rng = np.random.default_rng(zlib.crc32(repr(cell).encode()))
    found: dict[str, list[Array]] = {name: [] for name in MODELS}
    for run in range(runs):
        series = simulated(cell, rng)
        for name, model in MODELS.items():
            found[name].append(interval(cell, series, model, run))
    held = {}
    for name, rows in found.items():
        _, low, high = np.array(rows).T
        held[name] = float(np.mean((low <= SHIFT) & (high >= SHIFT)))
    estimate, low, high = np.array(found["default"]).T
    needed = 2 * float(np.quantile(np.abs(estimate - SHIFT), LEVEL))
    width = float(np.mean(high - low)) / needed
    return {**asdict(cell), "runs": runs, **held, "width": width}


if __name__ == "__main__":
    run_study(
        __doc__ or "",
        "coverage_counterfactual.jsonl",
        all_cells(),
        run_cell,
        [*MODELS, "width"],
    )
