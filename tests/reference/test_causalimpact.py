"""The R package CausalImpact, on its vignette and on five other series.

Values: the vignette's summary, and the summaries printed by CausalImpact (Brodersen et al. 2015;
1,000 iterations, default priors, no season) for the five files of the Apache-2.0 repository
WillianFuks/tfcausalimpact, all copied to data/reference. Compared through the public function, the
series being scaled into [-1, 1]; the model is equivariant, so that the scale drops out.

Tolerance: three Monte-Carlo standard errors of the difference between about 900 draws of R (1,000
less its burn-in, taken as independent, which they are not quite) and 4,000 of ours, in units of
the posterior standard deviation `s`. Mean: 3 sqrt(1/900 + 1/4000) = 0.11 s. Ends of the 95 %
interval: 3 sqrt(0.025 * 0.975 (1/900 + 1/4000)) / 0.0584 = 0.30 s. Deviation:
3 sqrt(1/1800 + 1/8000) = 8 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from stancelib.effects import Event
from stancelib.effects.counterfactual import counterfactual
from stancelib.effects.counterfactual_result import Counterfactual

pytestmark = pytest.mark.data


@dataclass(frozen=True)
class Printed:
    """A file, its first period after the event, and the cumulative effect that R prints."""

    file: str
    outcome: str
    separator: str
    every: str
    first_after: date
    n_after: int
    effect: float
    deviation: float
    low: float
    high: float


START = date(2023, 1, 2)
SUMMARIES = [
    Printed("arma_data.csv", "y", ",", "1d", date(2023, 3, 13), 30, 26.67, 9.1, 7.99, 44.4),
    Printed("basque.csv", "Basque", ",", "1y", date(1976, 1, 1), 22, -16.75, 6.89, -30.0, -4.3),
    Printed(
        "comparison_data.csv",
        "CHANGED",
        ",",
        "1d",
        date(2019, 7, 15),
        18,
        -11831,
        13253,
        -37371,
        14971,
    ),
    Printed("google_data.csv", "y", ",", "1d", date(2020, 3, 2), 30, 804, 134.2, 539, 1073),
    Printed(
        "volks_data.csv", "VolksWagen", " ", "1w", date(2015, 9, 20), 79, -3496, 438.5, -4338, -2571
    ),
]
VIGNETTE = Printed("", "y", ",", "1d", date(2023, 3, 13), 30, 316, 11.1, 294.9, 337)


def series_of(frame: pl.DataFrame, name: str, scale: float) -> pl.DataFrame:
    """One column of a file as a Series frame of one article a period."""
    return frame.select(
        target=pl.lit("reference"),
        source=pl.lit(name),
        period=pl.col("period"),
        stance=pl.col(name) / scale,
        se=pl.lit(None, pl.Float64),
        n_documents=pl.lit(1, pl.Int64),
        n_effective=pl.lit(1.0),
    )


def run(path: Path, printed: Printed, **options: Any) -> tuple[Counterfactual, float]:
    """The counterfactual of a file, and the scale that was taken out of it."""
    frame = pl.read_csv(path, separator=printed.separator)
    dated = next((name for name in frame.columns if name.lower() == "date"), None)
    if dated is None:
        days = pl.date_range(START, interval="1d", eager=True, end=date(2023, 4, 11))
        frame = frame.with_columns(period=days)
    else:
        frame = frame.rename({dated: "period"}).with_columns(pl.col("period").str.to_date())
    frame = frame.with_columns(pl.col("period").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"))
    names = [name for name in frame.columns if name != "period"]
    frame = frame.with_columns(pl.col(names).cast(pl.Float64))
    scales = {name: 1.1 * float(frame[name].abs().max()) for name in names}  # type: ignore[arg-type]  # no nulls
    controls = [series_of(frame, name, scales[name]) for name in names if name != printed.outcome]
    day = printed.first_after
    effect = counterfactual(
        series_of(frame, printed.outcome, scales[printed.outcome]),
        Event("intervention", datetime(day.year, day.month, day.day, tzinfo=UTC)),
        controls=controls,
        every=printed.every,
        **options,
    )
    return effect, scales[printed.outcome]


def check(effect: Counterfactual, scale: float, printed: Printed) -> None:
    row = effect.table.row(1, named=True)
    assert row["n"] == printed.n_after
    assert row["estimate"] * scale == pytest.approx(printed.effect, abs=0.11 * printed.deviation)
    assert row["se"] * scale == pytest.approx(printed.deviation, rel=0.08)
    for end in ("low", "high"):
        expected = getattr(printed, end)
        assert row[end] * scale == pytest.approx(expected, abs=0.30 * printed.deviation)


@pytest.mark.parametrize("printed", SUMMARIES, ids=lambda printed: printed.file)
def test_summaries_of_the_r_package(data_folder: Path, printed: Printed) -> None:
    path = data_folder / "reference" / "causalimpact" / printed.file
    effect, scale = run(path, printed, noise="white", weights="none", level_sd=0.01)
    check(effect, scale, printed)


@pytest.mark.parametrize("noise", ["white", "autoregression"])
def test_vignette(data_folder: Path, noise: str) -> None:
    """10.52 [9.79, 11.24] is the issue's target, from a Rust port of the same model."""
    path = data_folder / "reference" / "causalimpact_vignette.csv"
    effect, scale = run(path, VIGNETTE, noise=noise, weights="none", level_sd=0.01)
    row = effect.table.row(0, named=True)
    assert row["estimate"] * scale == pytest.approx(10.52, abs=0.2)
    assert row["low"] * scale == pytest.approx(9.79, abs=0.25)
    assert row["high"] * scale == pytest.approx(11.24, abs=0.25)
    if noise == "white":
        check(effect, scale, VIGNETTE)
