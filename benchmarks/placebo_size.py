"""Size of the placebo test and coverage of its interval, and false alarms of max_t, by simulation.

Run from the root of the repository:

    python benchmarks/placebo_size.py --runs 2000 --out placebo_size.jsonl

Each cell has its own seed; results are appended to ``--out`` cell by cell, and a second start does
only the cells that are missing. The event's date is drawn from the admissible dates of each series
(``random``, where the test is exact) or lies in the middle (``middle``). Printed: share of runs
without a shift that are rejected at 5 %, beside the share that the number of dates allows; the same
for the interrupted series' ordinary errors; the share of intervals that hold a shift of 0.15; and
how often it is found.
"""

from __future__ import annotations

import zlib
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from simulated_noise import ARTICLE_SD, LATENT_SD, correlated, estimated_se
from study import run_study

from stancelib.effects.interrupted_time_series_core import segment, segmented_design
from stancelib.effects.least_squares_core import fit_ordinary
from stancelib.effects.placebo_core import (
    Observed,
    admissible,
    pieces_of,
    rank_p_value,
    refit,
    shared_noise,
    shifts_not_rejected,
)
from stancelib.effects.segmented_refit_core import shifted
from stancelib.effects.student_mixture_core import contrasts
from stancelib.series.precision_core import sampling_variances

Array = NDArray[np.float64]
FEWEST = 8
LEVEL = 2
SHIFT = 0.15
ALPHA = 0.05
COLUMNS = ("possible", "rejected", "ordinary", "covered", "found")


@dataclass(frozen=True)
class Cell:
    """One setting of the study."""

    noise: str
    n_periods: int
    date: str
    error: str
    window: int | None = None
    missing: float = 0.1


def all_cells() -> list[Cell]:
    """The cells in the order in which they are run."""
    cells = [
        Cell(noise, n_periods, date, error)
        for n_periods in (60, 120, 240)
        for date in ("random", "middle")
        for error in ("gls", "ols")
        for noise in ("AR 0", "AR 0.3", "AR 0.6", "AR 0.8", "MA 0.8")
    ]
    return cells + [
        Cell(noise, 240, date, "gls", 30) for date in ("random", "middle") for noise in ("AR 0.6",)
    ]


def simulate(cell: Cell, rng: np.random.Generator) -> Observed:
    """One series without a shift, 1 to 200 articles a period, some periods without any."""
    counts = np.round(np.exp(rng.uniform(0, np.log(200), cell.n_periods)))
    se = estimated_se(counts, rng)
    sampling_error = rng.normal(size=cell.n_periods) * ARTICLE_SD / np.sqrt(counts)
    seen = np.ones(cell.n_periods, dtype=np.bool_)
    seen[rng.permutation(cell.n_periods)[: round(cell.missing * cell.n_periods)]] = False
    variances = np.ones(cell.n_periods)
    sampling = sampling_variances(se[seen], counts[seen])
    variances[seen] = sampling.variances
    values = np.where(
        seen, LATENT_SD * correlated(cell.noise, (1, cell.n_periods), rng)[0] + sampling_error, 0.0
    )
    return Observed(values, seen, variances, sampling.degrees_of_freedom)


def one_run(cell: Cell, rng: np.random.Generator) -> dict[str, float]:
    """Whether a series without and one with a shift are rejected, and the shift covered."""
    observed = simulate(cell, rng)
    middle = cell.n_periods // 2
    offsets = np.arange(cell.n_periods) - middle
    dates = shifted(segment(cell.n_periods, middle, 0.0, "fraction"), offsets)
    kept = admissible(observed.seen, dates, FEWEST, cell.window)
    dates = dates.at(kept)
    event = (
        int(rng.integers(len(kept)))
        if cell.date == "random"
        else int(np.searchsorted(kept, middle))
    )
    design = segmented_design(segment(cell.n_periods, int(kept[event]), 0.0, "fraction"))
    course = design[:, LEVEL]
    shared = shared_noise(observed, dates, cell.window, cell.error)
    plain = refit(observed.values[None], observed, shared, dates, cell.window)
    seen = observed.seen
    ordinary = fit_ordinary(observed.values[seen], design[seen], np.ones(int(seen.sum())))
    values = np.where(seen, observed.values + SHIFT * course, 0.0)
    moved = Observed(values, seen, observed.variances, observed.freedom)
    shared = shared_noise(moved, dates, cell.window, cell.error)
    outcomes = np.stack([values, course, values + course])
    refits = refit(outcomes, moved, shared, dates, cell.window)
    low, high = shifts_not_rejected(pieces_of(refits, 0), event, 1 - ALPHA)
    return {
        "possible": np.floor(ALPHA * len(kept)) / len(kept),
        "rejected": float(rank_p_value(plain.statistic[0, :, 0], event) <= ALPHA),
        "ordinary": float(contrasts(ordinary.mixture, np.eye(4)[[LEVEL]]).p_value[0] <= ALPHA),
        "covered": float(low <= SHIFT <= high),
        "found": float(rank_p_value(refits.statistic[0, :, 0], event) <= ALPHA),
    }


def run_cell(cell: Cell, runs: int) -> dict[str, object]:
    """One row of the table."""
    rng = np.random.default_rng(zlib.crc32(repr(cell).encode()))
    rows = [one_run(cell, rng) for _ in range(runs)]
    shares = {name: float(np.mean([row[name] for row in rows])) for name in COLUMNS}
    return {**asdict(cell), "runs": runs, **shares}


if __name__ == "__main__":
    run_study(__doc__ or "", "placebo_size.jsonl", all_cells(), run_cell, COLUMNS)
