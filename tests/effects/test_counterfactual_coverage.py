"""Monte Carlo: intervals of the average effect cover what they say; narrower ones do not.

Sixty series of 30 periods before and 30 after: first-order autoregression 0.6 or a random walk, and
sampling noise of 1 to 200 articles a period, a tenth of the periods missing. Bounds come from the
binomial error of 60 runs. The wide study is benchmarks/coverage_counterfactual.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats
from scipy.signal import lfilter

from stancelib.effects import counterfactual_core, importance_core
from stancelib.effects.counterfactual import counterfactual
from stancelib.effects.event import Event

RUNS, BEFORE, AFTER, SHIFT, RHO, STEP = 60, 30, 30, 0.15, 0.6, 0.05


def simulated(seed: int, articles: str, *, walk: bool) -> tuple[pl.DataFrame, Event]:
    rng = np.random.default_rng([97, seed])
    size = BEFORE + AFTER
    shocks = rng.normal(size=size + 200) * np.sqrt(1 - RHO**2)
    latent = 0.1 * np.asarray(lfilter([1.0], [1.0, -RHO], shocks))[200:]
    if walk:
        latent = STEP * np.cumsum(shocks[200:]) / np.sqrt(1 - RHO**2)
    mixed = np.round(np.exp(rng.uniform(0, np.log(200), size)))
    n = mixed if articles == "mixed" else np.full(size, 1000.0)
    freedom = np.maximum(n - 1, 1)
    se = np.where(n > 1, 0.4 * np.sqrt(rng.chisquare(freedom) / freedom / n), np.nan)
    stance = latent + rng.normal(size=size) * 0.4 / np.sqrt(n) + SHIFT * (np.arange(size) >= BEFORE)
    stance[rng.permutation(size)[: size // 10]] = np.nan
    periods = pl.datetime_range(
        pl.datetime(2023, 1, 2), pl.datetime(2024, 2, 19), "1w", time_zone="UTC", eager=True
    )
    frame = pl.DataFrame(
        {"period": periods, "stance": np.clip(stance, -1, 1), "se": se, "n_effective": n},
        nan_to_null=True,
    ).with_columns(
        target=pl.lit("NATO"), source=pl.lit("Beacon Wire"), n_documents=n.astype(np.int64)
    )
    return frame, Event("Summit", periods[BEFORE])


def hits(articles: str, *, walk: bool = False, **options: Any) -> int:
    found = 0
    for seed in range(RUNS):
        series, event = simulated(seed, articles, walk=walk)
        row = counterfactual(series, event, draws=500, **options).table.row(0, named=True)
        found += row["low"] <= SHIFT <= row["high"]
    return found


@pytest.fixture(autouse=True)
def _fewer_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fourth of the points, so that the runs are short."""
    monkeypatch.setattr(counterfactual_core, "WANTED_POINTS", 100.0)
    monkeypatch.setattr(importance_core, "POINTS_A_ROUND", 75)


@pytest.mark.parametrize("walk", [False, True], ids=["autoregression", "walk"])
def test_default_intervals_cover_the_truth(*, walk: bool) -> None:
    found = hits("mixed", walk=walk)
    assert stats.binom.ppf(0.001, RUNS, 0.95) <= found


@pytest.mark.parametrize(
    ("walk", "options"),
    [(False, {"noise": "white", "level_sd": 0.01}), (True, {"level_sd": 0.01})],
    ids=["white noise", "a level that stays"],
)
def test_narrower_models_would_fail_this_test(*, walk: bool, options: dict[str, Any]) -> None:
    found = hits("many", walk=walk, **options)
    assert found < stats.binom.ppf(0.001, RUNS, 0.95)
