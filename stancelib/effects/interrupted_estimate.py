"""From one series and its events to the result of an interrupted time series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from stancelib.effects.course import effects_over_time
from stancelib.effects.diagnostics import FittedPeriods, diagnose
from stancelib.effects.error_model import ErrorModel, fit_series
from stancelib.effects.fitted_lines import fitted_lines, term_table
from stancelib.effects.interruption import Interruption
from stancelib.effects.known_noise_core import NoisePoints
from stancelib.effects.periods import ChosenSeries
from stancelib.effects.placement import EventPeriod, PlacedEvents, place_events
from stancelib.effects.regression_core import RegressionFit
from stancelib.effects.result import InterruptedTimeSeries
from stancelib.effects.season import Rhythm
from stancelib.effects.segmented_model import Model, model_of
from stancelib.effects.story import story_of
from stancelib.effects.student_mixture_core import StudentMixture, contrasts, thinned
from stancelib.effects.whitened import WhitenedRegression
from stancelib.effects.words import tell


@dataclass(frozen=True, slots=True)
class Setting:
    """What a caller of `interrupted_time_series` asked for, checked."""

    interruptions: tuple[Interruption, ...]
    event_period: EventPeriod
    season: Sequence[Rhythm]
    harmonics: int
    errors: ErrorModel
    confidence_level: float
    seed: int


def estimate(
    chosen: ChosenSeries, setting: Setting, noise: NoisePoints | None = None
) -> tuple[InterruptedTimeSeries, RegressionFit]:
    """Place the events, fit the model and put the result together.

    `noise` is what another series tells of the autoregression; see `fit_series`.
    """
    level, errors = setting.confidence_level, setting.errors
    placed = place_events(chosen, setting.interruptions, setting.event_period)
    model = model_of(chosen, placed, setting.interruptions, setting.season, setting.harmonics)
    used = chosen.frame.filter(placed.used)
    times = np.flatnonzero(placed.used).astype(np.float64)
    fit = fit_series(used, times, model.design[placed.used], errors, noise)
    summary = contrasts(fit.mixture, np.eye(len(model.terms)), level)
    table = term_table(model.terms, summary, used.height)
    over_time = effects_over_time(
        chosen.frame["period"],
        placed,
        design=model.design,
        columns=model.events,
        mixture=fit.mixture,
        level=level,
        seed=setting.seed,
    )
    fitted_periods = FittedPeriods(
        periods=used["period"],
        times=times,
        design=model.design[placed.used],
        residuals=used["stance"].to_numpy() - model.design[placed.used] @ summary.estimate,
        terms=model.terms,
        event_terms=model.all_events,
    )
    result = InterruptedTimeSeries(
        table=table[model.all_events],
        sentence=tell(
            story_of(
                chosen,
                placed,
                interruptions=setting.interruptions,
                model=model,
                summary=summary,
                confidence_level=level,
            )
        ),
        effects=over_time.effects,
        totals=over_time.totals,
        fitted=_fitted(chosen, placed, model, fit.mixture, level),
        diagnostics=diagnose(fit, fitted_periods, [e.counts for e in placed.events], errors),
        coefficients=table,
        interruptions=setting.interruptions,
        target=chosen.target,
        source=chosen.source,
        every=chosen.every,
        time_zone=chosen.time_zone,
        confidence_level=level,
        whitened=WhitenedRegression(
            used["period"], fit.white_outcome, fit.white_design, model.terms
        ),
    )
    return result, fit


def _fitted(
    chosen: ChosenSeries,
    placed: PlacedEvents,
    model: Model,
    mixture: StudentMixture,
    level: float,
) -> pl.DataFrame:
    lines = pl.DataFrame(fitted_lines(placed, model, thinned(mixture), level), nan_to_null=True)
    return pl.concat(
        [chosen.frame.select("period", "stance"), lines, chosen.frame.select("n_documents")],
        how="horizontal",
    ).with_columns(used=pl.Series(placed.used))
