"""False alarms of change points, and how often sets of dates and intervals of shifts hold.

Run from the root of the repository:

    python benchmarks/coverage_change_points.py --runs 2000 --cells 12 --out change_points.jsonl
    python benchmarks/coverage_change_points.py --runs 200 --out change_points.jsonl

Each cell of the study (noise, periods, articles, gaps, shift) has its own seed; results are
appended to ``--out`` cell by cell, and a second start does only the cells that are missing.
Without a shift, `found` is the rate of false alarms (nominal 5 %). With one, in the middle of the
series and in standard deviations of the noise, `found` is the power; of the series with exactly one
change, `date held` is the share of 95 % confidence sets that hold the true date, and `shift held`
the share of 95 % intervals that hold the shift. `extra` is the share of series with more than one
change; `periods` the mean number of dates in a set, in hundreds for the table.

The first cells, whole series of equally precise periods, use that the critical value depends on
nothing but the point of the grid on which the noise lies: it is simulated once for each point, with
999 series, and not anew for each series as by `change_points`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from simulated_noise import ARTICLE_SD, LATENT_SD, correlated
from study import run_study

from stancelib.effects.change_points import change_points
from stancelib.effects.change_points_core import critical_value, simulate_without_change
from stancelib.effects.noise_points_core import NoisePoints, Observed
from stancelib.effects.step_test_core import candidate_steps, weigh

Array = NDArray[np.float64]
SHARES = ("found", "extra", "date held", "shift held", "periods")
RATE, MINIMUM, SIMULATIONS, SIMULATIONS_OF_SEARCH = 0.05, 5, 999, 99


@dataclass(frozen=True)
class Cell:
    """One setting of the study; the shift in standard deviations of the noise."""

    noise: str
    n_periods: int
    articles: str
    missing: float
    shift: float


def all_cells() -> list[Cell]:
    """False alarms first, then shifts."""
    sizes = [(noise, n) for n in (80, 160, 240) for noise in ("AR 0", "AR 0.3", "AR 0.6")]
    sizes += [("AR 0.8", 40), ("AR 0.8", 80), ("MA 0.8", 80)]
    alarms = [Cell(noise, n, "all", 0.0, 0.0) for noise, n in sizes]
    shifts = [
        Cell(noise, n, "all", 0.0, shift)
        for n in (80, 160)
        for shift in (2.5, 1.5, 1.0)
        for noise in ("AR 0", "AR 0.3", "AR 0.6")
    ]
    uneven = [Cell("AR 0.3", 80, "1 to 200", 0.1, shift) for shift in (0.0, 2.5)]
    return alarms + shifts + uneven


def false_alarms(latent: Array, rng: np.random.Generator) -> float:
    """Share of series (runs, n) without a change that are found to have one."""
    n_periods = latent.shape[1]
    observed = Observed(latent[0], np.ones(n_periods), 0.0, np.arange(float(n_periods)))
    candidates = candidate_steps(observed, MINIMUM)
    seen = weigh(candidates, latent)
    critical: dict[tuple[float, float], float] = {}
    found = 0
    for statistic, rho, share in zip(
        seen.statistic, seen.without.rho, seen.without.share, strict=True
    ):
        point = (float(rho), float(share))
        if point not in critical:
            noise = NoisePoints(*(np.array([value]) for value in (*point, 1.0, 1.0)))
            simulated = simulate_without_change(
                noise.repeated(0, SIMULATIONS), observed.ratios, observed.elapsed, rng
            )
            critical[point] = critical_value(weigh(candidates, simulated).statistic, RATE)
        found += statistic > critical[point]
    return found / len(latent)


def frames(cell: Cell, latent: Array, rng: np.random.Generator) -> Callable[[int], pl.DataFrame]:
    """Series frames by their number."""
    counts = np.full(cell.n_periods, np.inf)
    if cell.articles == "1 to 200":
        counts = np.round(np.exp(rng.uniform(0, np.log(200), cell.n_periods)))
    freedom = np.where(np.isfinite(counts), np.maximum(counts - 1, 1), 1)
    scatter = ARTICLE_SD**2 * rng.chisquare(freedom, latent.shape) / freedom
    se = np.where((counts > 1) & np.isfinite(counts), np.sqrt(scatter / counts), np.nan)
    step = LATENT_SD * cell.shift * (np.arange(cell.n_periods) >= cell.n_periods // 2)
    stance = latent + step + rng.normal(size=latent.shape) * ARTICLE_SD / np.sqrt(counts)
    # Stances lie in [-1, 1]; nothing depends on their scale.
    scale = max(1.0, float(np.abs(stance).max()))
    gone = rng.permuted(np.arange(cell.n_periods) < round(cell.missing * cell.n_periods))
    articles = np.where(np.isfinite(counts), counts, 1.0)
    first = pl.datetime(2020, 1, 6, time_zone="UTC")
    last = first + pl.duration(weeks=cell.n_periods - 1)
    periods = pl.datetime_range(first, last, "1w", eager=True)

    def frame(run: int) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "target": "T",
                "source": "S",
                "period": periods,
                "stance": np.where(gone, np.nan, stance[run] / scale),
                "se": np.where(gone, np.nan, se[run] / scale),
                "n_documents": np.where(gone, 0, articles).astype(np.int64),
                "n_effective": articles,
            },
            nan_to_null=True,
        ).with_columns(scale=pl.lit(scale))

    return frame


def searched(cell: Cell, latent: Array, rng: np.random.Generator) -> dict[str, float | None]:
    """What `change_points` finds in each series."""
    frame, truth = frames(cell, latent, rng), cell.n_periods // 2
    found, extra, dates, shifts, sizes = 0, 0, [], [], []
    for run in range(len(latent)):
        series = frame(run)
        points = change_points(series, every="1w", n_simulations=SIMULATIONS_OF_SEARCH, seed=run)
        found += not points.table.is_empty()
        extra += points.table.height > 1
        if cell.shift and points.table.height == 1:
            allowed = points.dates["allowed"][0]
            row = points.table.row(0, named=True)
            dates.append(series["period"][truth] in allowed.to_list())
            sizes.append(len(allowed))
            shifts.append(row["low"] <= LATENT_SD * cell.shift / series["scale"][0] <= row["high"])
    return {
        "found": found / len(latent),
        "extra": extra / len(latent),
        "date held": float(np.mean(dates)) if dates else None,
        "shift held": float(np.mean(shifts)) if shifts else None,
        "periods": float(np.mean(sizes)) / 100 if sizes else None,
    }


def run_cell(cell: Cell, runs: int) -> dict[str, object]:
    """One row of the table."""
    rng = np.random.default_rng(zlib.crc32(repr(cell).encode()))
    latent = LATENT_SD * correlated(cell.noise, (runs, cell.n_periods), rng)
    if cell.articles == "all" and not cell.shift:
        return {
            **asdict(cell),
            "runs": runs,
            **dict.fromkeys(SHARES),
            "found": false_alarms(latent, rng),
        }
    return {**asdict(cell), "runs": runs, **searched(cell, latent, rng)}


if __name__ == "__main__":
    run_study(__doc__ or "", "coverage_change_points.jsonl", all_cells(), run_cell, SHARES)
