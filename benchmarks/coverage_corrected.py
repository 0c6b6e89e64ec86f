"""Coverage of effects corrected by labels, where the scorer's error jumps at the event.

Run from the root of the repository:

    python benchmarks/coverage_corrected.py --runs 2000 --processes 2 --out corrected.jsonl

Each run draws a corpus: articles of one to many sentences, whose true labels (-1, 0, 1) share an
article's leaning and an autoregression of the outlet, AR 0.4; a scorer that follows them with the
stated correlation and whose mean error jumps by 0.1 or 0.2 at the event (in the treated outlets);
and a sample of the sentences: a simple random one (`equal` chances), or one of two strata by the
prediction, where one far from the median is drawn four times as often (`by prediction`). The true
shift is -0.1. Panels take bias-reduced errors. Printed: the share of 95 %
intervals that hold it, and the mean width of the corrected interval over that of the labels alone
(`width_ratio`) and over what that would be if the labels' series knew the strength of the
autoregression as the corrected one does (`same_noise`). A second start does only the cells that
are missing.
"""

from __future__ import annotations

import zlib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from simulated_noise import correlated
from study import run_study

import stancelib as sl
from stancelib.effects.correction_assembly import METHODS, noise_for
from stancelib.effects.difference_in_differences_fit import fit_difference, on_both_sides
from stancelib.effects.error_model import ErrorModel, fit_series
from stancelib.effects.known_noise_core import NoisePoints
from stancelib.effects.labelled_panel import label_panel, panel_with_cells
from stancelib.effects.labelled_series import raw_cells, with_cells
from stancelib.effects.panel_errors import PanelErrors, summarize
from stancelib.effects.panel_placement import compare_sources, place_periods
from stancelib.effects.periods import ChosenSeries, choose_series
from stancelib.effects.placement import place_events
from stancelib.effects.regression_core import RegressionFit
from stancelib.effects.segmented_model import model_of
from stancelib.effects.student_mixture_core import contrasts
from stancelib.errors import ArgumentError, NotEnoughDataError
from stancelib.validation.labelled_cells import label_cells

Array = NDArray[np.float64]
Row = dict[str, object]

START = datetime(2022, 1, 3, tzinfo=UTC)
WEEK = timedelta(weeks=1)
TRUE_SHIFT, LATENT_SD, ARTICLE_SD = -0.1, 0.05, 0.1
# Three in ten sentences take sides, so that labels have this variance.
TAKES_SIDES = 0.3
# Label to prediction: as steep as leaves every prediction on the scale.
FOLLOWS = {0.7: 0.45, 0.5: 0.3, 0.0: 0.0}
BLUR_OF_USELESS = 0.4
SHARES = (*METHODS, "width_ratio", "same_noise")
LEVEL = 2
UNEQUAL, RATIO, FAR = "by prediction", 4.0, 0.25


@dataclass(frozen=True)
class Cell:
    """One setting of the study."""

    effect: str
    jump: float
    correlation: float
    labels: int
    weeks: int
    outlets: int
    articles: int
    chances: str = "equal"


CELLS = [
    *[
        Cell("interrupted", jump, 0.7, labels, 80, 1, 40)
        for jump in (0.1, 0.2)
        for labels in (200, 500, 1000, 2000)
    ],
    Cell("interrupted", 0.2, 0.5, 500, 80, 1, 40),
    Cell("interrupted", 0.2, 0.0, 500, 80, 1, 40),
    *[
        Cell(effect, 0.2, 0.7, labels, 30, 12, 8)
        for effect in ("difference", "event_study")
        for labels in (500, 2000)
    ],
    Cell("difference", 0.2, 0.0, 500, 30, 12, 8),
    *[Cell("interrupted", 0.2, 0.7, labels, 80, 1, 40, UNEQUAL) for labels in (200, 500)],
    Cell("interrupted", 0.3, 0.7, 300, 40, 1, 40, UNEQUAL),
    *[Cell(effect, 0.2, 0.7, 500, 30, 12, 8, UNEQUAL) for effect in ("difference", "event_study")],
]


def run_cell(cell: Cell, runs: int) -> Row:
    """Shares of intervals that hold the truth, the ratio of widths and the mean estimates."""
    rng = np.random.default_rng(zlib.crc32(repr(cell).encode()))
    found = [one for one in (run_once(cell, rng) for _ in range(runs)) if one is not None]
    values = np.array(found)
    estimate, low, high = values[..., 0], values[..., 1], values[..., 2]
    covered = ((low <= TRUE_SHIFT) & (high >= TRUE_SHIFT)).mean(0)
    width = (high - low).mean(0)
    several = len(width) > len(METHODS)
    return {
        **asdict(cell),
        "runs": runs,
        **dict(zip(METHODS, covered.tolist(), strict=False)),
        "width_ratio": float(width[1] / width[2]),
        "same_noise": float(width[1] / width[3]) if several else None,
        **{
            f"mean_{name}": float(mean)
            for name, mean in zip(METHODS, estimate.mean(0), strict=False)
        },
        **{f"sd_{name}": float(sd) for name, sd in zip(METHODS, estimate.std(0), strict=False)},
        "failed": runs - len(found),
    }


def run_once(cell: Cell, rng: np.random.Generator) -> list[list[float]] | None:
    """Estimate and ends of uncorrected, corrected and labels-only; None where it was refused."""
    pairs = corpus(cell, rng)
    series = series_of(pairs)
    picked, probability = drawn(cell, pairs["stance"].to_numpy(), rng)
    gold = pairs[picked].with_columns(
        inclusion_probability=pl.Series(probability),
        label=pl.col("truth").replace_strict({-1.0: "against", 0.0: "neutral", 1.0: "favor"}),
    )
    event = sl.Event("event", START + cell.weeks // 2 * WEEK)
    try:
        if cell.effect == "interrupted":
            return interrupted(series, event, gold)
        if cell.effect == "difference":
            return difference(cell, series, event, gold)
        return event_study(cell, series, event, gold)
    except (NotEnoughDataError, ArgumentError):
        # An event study whose reference period happens to have no label on a side says so.
        return None


def drawn(
    cell: Cell, predicted: Array, rng: np.random.Generator
) -> tuple[NDArray[np.int64], Array]:
    """Places of the labelled sentences, and with which probability each was drawn."""
    size = len(predicted)
    if cell.chances != UNEQUAL:
        return np.sort(rng.choice(size, cell.labels, replace=False)), np.full(
            cell.labels, cell.labels / size
        )
    far = np.abs(predicted - np.median(predicted)) > FAR
    n_far = round(cell.labels * RATIO * far.sum() / (RATIO * far.sum() + (~far).sum()))
    places, probabilities = [], []
    for stratum, n_labels in ((far, n_far), (~far, cell.labels - n_far)):
        members = np.flatnonzero(stratum)
        places.append(rng.choice(members, n_labels, replace=False))
        probabilities.append(np.full(n_labels, n_labels / len(members)))
    order = np.argsort(np.concatenate(places))
    return np.concatenate(places)[order], np.concatenate(probabilities)[order]


def interrupted(series: pl.DataFrame, event: sl.Event, gold: pl.DataFrame) -> list[list[float]]:
    """The level as `interrupted_time_series` estimates it, without what else it computes."""
    chosen = choose_series(series, target=None, source=None, every="1w")
    labelled = label_cells(
        gold, target="NATO", sources=[chosen.source], bounds=chosen.bounds, raw=raw_cells(chosen)
    )
    raw, ends = level_of(chosen, event)
    noise = noise_for(raw, labelled)
    corrected = with_cells(chosen, labelled.corrected(), labelled)
    alone = with_cells(chosen, labelled.labels_only(), labelled)
    fits = ((corrected, noise), (alone, None), (alone, noise))
    return [ends, *(level_of(frame, event, told)[1] for frame, told in fits)]


def level_of(
    chosen: ChosenSeries, event: sl.Event, noise: NoisePoints | None = None
) -> tuple[RegressionFit, list[float]]:
    """The fit, and estimate and ends of its level."""
    interruptions = [sl.Interruption(event)]
    placed = place_events(chosen, interruptions, "fraction")
    design = model_of(chosen, placed, interruptions, (), 2).design[placed.used]
    times = np.flatnonzero(placed.used).astype(np.float64)
    errors = ErrorModel("gls", "precision", None)
    fit = fit_series(chosen.frame.filter(placed.used), times, design, errors, noise)
    found = contrasts(fit.mixture, np.eye(design.shape[1])[LEVEL : LEVEL + 1])
    return fit, [float(found.estimate[0]), float(found.low[0]), float(found.high[0])]


def treated_of(cell: Cell) -> list[str]:
    """Half of the outlets."""
    return [f"{number:02}" for number in range(cell.outlets // 2)]


def difference(
    cell: Cell, series: pl.DataFrame, event: sl.Event, gold: pl.DataFrame
) -> list[list[float]]:
    """As `difference_in_differences` estimates it, without what else it computes.

    Its default here, the wild bootstrap, would take a second a run.
    """
    compared = compare_sources(
        series, target="NATO", treated=treated_of(cell), controls=None, every="1w"
    )
    placed = place_periods(compared.panel, event, "fraction")
    labelled = label_panel(compared, gold, ~placed.transition)
    errors = PanelErrors("bias_reduced", 0, 0, 0.95)
    rows = []
    for cells in (None, labelled.corrected(), labelled.labels_only()):
        chosen = compared if cells is None else panel_with_cells(compared, cells, labelled)
        fit = fit_difference(on_both_sides(chosen, placed), placed, "precision").fit
        found = summarize(fit, np.eye(1), errors)
        rows.append([float(found.estimate[0]), float(found.low[0]), float(found.high[0])])
    return rows


def event_study(
    cell: Cell, series: pl.DataFrame, event: sl.Event, gold: pl.DataFrame
) -> list[list[float]]:
    """The average after the event, by the public function."""
    effect = sl.event_study(
        series, event, treated=treated_of(cell), labels=gold, error="bias_reduced"
    )
    rows = effect.correction.table.filter(term=effect.table["term"][-1])
    ends = ("estimate", "low", "high")
    return [list(rows.filter(method=name).select(ends).row(0)) for name in METHODS]


def corpus(cell: Cell, rng: np.random.Generator) -> pl.DataFrame:
    """Sentences with their truth and prediction."""
    half = cell.weeks // 2
    n_cells = cell.outlets * cell.weeks
    movement = LATENT_SD * correlated("AR 0.4", (cell.outlets, cell.weeks), rng).ravel()
    articles = np.repeat(np.arange(n_cells), np.maximum(rng.poisson(cell.articles, n_cells), 2))
    sizes = 1 + rng.poisson(1.5, len(articles))
    article = np.repeat(np.arange(len(articles)), sizes)
    place = articles[article]
    touched = place % cell.weeks >= half
    if cell.outlets > 1:
        touched &= place // cell.weeks < cell.outlets // 2
    leaning = ARTICLE_SD * rng.normal(size=len(articles))[article]
    mean = np.clip(movement[place] + leaning + TRUE_SHIFT * touched, -TAKES_SIDES, TAKES_SIDES)
    chance, side = rng.random(len(mean)), TAKES_SIDES / 2
    truth = np.select([chance < side + mean / 2, chance > 1 - side + mean / 2], [1.0, -1.0], 0.0)
    follows = FOLLOWS[cell.correlation]
    blur = BLUR_OF_USELESS
    if follows:
        blur = follows * np.sqrt(3 * TAKES_SIDES * (1 / cell.correlation**2 - 1))
    error = cell.jump * (touched - 0.5) + blur * rng.uniform(-1, 1, len(truth))
    predicted = follows * truth + error
    return pl.DataFrame(
        {
            "target": pl.repeat("NATO", len(truth), eager=True),
            "source": pl.Series(place // cell.weeks).cast(pl.String).str.zfill(2),
            "week": place % cell.weeks,
            "doc_id": pl.Series(article).cast(pl.String),
            "truth": truth,
            "stance": predicted,
            "n_sentences": sizes[article],
            "lang": pl.repeat("en", len(truth), eager=True),
            "voice": pl.repeat("author", len(truth), eager=True),
        }
    ).with_columns(
        published_at=(
            pl.lit(START) + pl.duration(weeks=pl.col("week"), hours=12)
        ).dt.cast_time_unit("us")
    )


def series_of(pairs: pl.DataFrame) -> pl.DataFrame:
    """The Series frame of the predictions, article by article."""
    articles = pairs.group_by("target", "source", "week", "doc_id", maintain_order=True).agg(
        pl.col("stance").mean()
    )
    return (
        articles.group_by("target", "source", "week", maintain_order=True)
        .agg(
            pl.col("stance").mean(),
            se=pl.col("stance").std() / pl.len().sqrt(),
            n_documents=pl.len().cast(pl.Int64),
            n_effective=pl.len().cast(pl.Float64),
        )
        .with_columns(
            period=(pl.lit(START) + pl.duration(weeks=pl.col("week"))).dt.cast_time_unit("us")
        )
        .sort("source", "week")
    )


if __name__ == "__main__":
    run_study(__doc__, "corrected.jsonl", CELLS, run_cell, SHARES)
