"""Speed of placebo refits, as a ratio to a loop of statsmodels fits, in one run on one machine.

Run from the root of the repository, one thread:

    OMP_NUM_THREADS=1 python benchmarks/placebo_speed.py

A daily series of 2,015 days is refitted at all 2,000 dates with at least 8 days on each side, and,
as a second case, nine weekly series of 238 weeks at 223 dates each. Both ways fit the same
regressions, weighted (WLS) and with a known autocorrelation (GLS); their largest relative
difference is printed. Weighted fits are timed `--repeats` times and the fastest counts; the loop of
GLS fits is timed over its first `--gls-fits` and scaled up to all, because it takes minutes. Exits
with an error when a ratio is below `--least`.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from numpy.typing import NDArray

from stancelib.effects.interrupted_time_series_core import segment, segmented_design
from stancelib.effects.segmented_refit_core import Dates, Refits, refit_weighted, shifted
from stancelib.effects.segmented_whitened_core import Noise, refit_generalized

Array = NDArray[np.float64]
FEWEST = 8


@dataclass(frozen=True)
class Case:
    """Series of equal length and the dates at which they are refitted."""

    name: str
    outcomes: Array
    weights: Array
    dates: Dates
    offsets: NDArray[np.int64]

    @property
    def n_refits(self) -> int:
        """Regressions in the case."""
        return len(self.outcomes) * len(self.offsets)


def make_case(name: str, n_series: int, n_periods: int) -> Case:
    """Random walks with uneven weights, an event in the middle, every admissible date."""
    rng = np.random.default_rng(1)
    outcomes = 0.02 * np.cumsum(rng.normal(size=(n_series, n_periods)), axis=1)
    weights = rng.uniform(0.2, 5, n_periods)
    event = n_periods // 2
    offsets = np.arange(FEWEST - event, n_periods - FEWEST - event + 1)
    dates = shifted(segment(n_periods, event, 0.0, "fraction"), offsets)
    return Case(name, outcomes, weights, dates, offsets)


def noise_of(case: Case) -> Noise:
    """An autoregression plus sampling noise."""
    return Noise(0.6, 0.7, 1 / case.weights)


def of_level(found: Refits) -> Array:
    """Level and its error at every date, (series, dates, 2)."""
    return np.stack([found.estimate[..., 0], found.standard_error[..., 0]], axis=-1)


def weighted_by_stancelib(case: Case) -> Array:
    """Weighted least squares at all dates."""
    return of_level(refit_weighted(case.outcomes, case.weights, case.dates, None))


def generalized_by_stancelib(case: Case) -> Array:
    """Generalized least squares at all dates."""
    seen = np.ones(len(case.weights), dtype=np.bool_)
    return of_level(refit_generalized(case.outcomes, seen, noise_of(case), case.dates, None))


def weighted_by_statsmodels(case: Case, designs: list[Array]) -> Array:
    """The same by a loop of model objects, whose designs are made beforehand."""
    rows = []
    for outcome in case.outcomes:
        for design in designs:
            fit = sm.WLS(outcome, design, weights=case.weights).fit()
            rows.append((fit.params[2], fit.bse[2]))
    return np.array(rows).reshape(len(case.outcomes), len(designs), 2)


def generalized_by_statsmodels(case: Case, designs: list[Array]) -> Array:
    """The first dates of the first series, (1, dates, 2)."""
    noise, times = noise_of(case), np.arange(len(case.weights))
    sigma = noise.share * noise.rho ** np.abs(times[:, None] - times)
    sigma += (1 - noise.share) * np.diag(noise.ratios)
    fits = [sm.GLS(case.outcomes[0], design, sigma=sigma).fit() for design in designs]
    return np.array([(fit.params[2], fit.bse[2]) for fit in fits])[None]


def fastest(call: Callable[[], Array], repeats: int) -> tuple[float, Array]:
    """Seconds of the fastest of several runs, and the result."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        found = call()
        times.append(time.perf_counter() - start)
    return min(times), found


def measure(case: Case, repeats: int, gls_fits: int) -> list[float]:
    """Print the rows of a case, and return their ratios."""
    n_periods = len(case.weights)
    designs = [
        segmented_design(segment(n_periods, n_periods // 2 + int(offset), 0.0, "fraction"))
        for offset in case.offsets
    ]
    ours, found = fastest(lambda: weighted_by_stancelib(case), max(repeats, 20))
    theirs, reference = fastest(lambda: weighted_by_statsmodels(case, designs), repeats)
    ratios = [report(case, "WLS", ours, theirs, np.abs(found / reference - 1).max())]
    ours, found = fastest(lambda: generalized_by_stancelib(case), repeats)
    theirs, reference = fastest(lambda: generalized_by_statsmodels(case, designs[:gls_fits]), 1)
    theirs *= case.n_refits / gls_fits
    difference = np.abs(found[:1, :gls_fits] / reference - 1).max()
    return [*ratios, report(case, "GLS", ours, theirs, difference)]


def report(case: Case, kind: str, ours: float, theirs: float, difference: float) -> float:
    """Print one row of the table, and return its ratio."""
    print(
        f"| {case.name}, {kind} | {case.n_refits:,} | {1e3 * ours:,.2f} ms | "
        f"{1e3 * theirs:,.0f} ms | {theirs / ours:,.0f} | {difference:.1e} |"
    )
    return theirs / ours


def main() -> None:
    """Print the versions and the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=3, help="runs of the loop; fastest counts")
    parser.add_argument("--gls-fits", type=int, default=20, help="GLS fits of the timed loop")
    parser.add_argument("--least", type=float, default=100.0, help="ratio below which it fails")
    options = parser.parse_args()
    print(
        f"Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}, "
        f"statsmodels {statsmodels.__version__}, {platform.machine()}"
    )
    print("| case | refits | stancelib | statsmodels loop | ratio | difference |")
    print("|---|---|---|---|---|---|")
    ratios = [
        ratio
        for case in (
            make_case("one daily series", 1, 2_015),
            make_case("nine weekly series", 9, 238),
        )
        for ratio in measure(case, options.repeats, options.gls_fits)
    ]
    if min(ratios) < options.least:
        sys.exit(f"the ratio {min(ratios):.0f} is below {options.least:g}")


if __name__ == "__main__":
    main()
