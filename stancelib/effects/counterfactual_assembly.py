"""From simulated courses to the table, the frame of courses, the sentence and the checks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from stancelib.effects.counterfactual_controls import Controls
from stancelib.effects.counterfactual_core import Posterior, Simulation
from stancelib.effects.counterfactual_diagnostics import Checked, diagnose_counterfactual
from stancelib.effects.counterfactual_model import Standardized
from stancelib.effects.counterfactual_result import Counterfactual
from stancelib.effects.counterfactual_summary_core import (
    EffectDraws,
    OneStep,
    Summary,
    at_parameters,
    effects_of,
    influence,
    one_step,
    summarize,
    typical_parameters,
)
from stancelib.effects.counterfactual_windows import Windows
from stancelib.effects.counterfactual_words import CounterfactualStory, tell_counterfactual
from stancelib.effects.periods import ChosenSeries
from stancelib.effects.words import Quantity

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Continued:
    """What the time before the events says, and the courses that go on from it."""

    posterior: Posterior
    simulation: Simulation


@dataclass(frozen=True, slots=True)
class Fitted:
    """A series of N periods, n before the event and H behind, and its simulated courses.

    Attributes
    ----------
    chosen, windows, controls, data, continued
        See their classes.
    steady : Simulation or None
        Courses of a level that stays, where its step was learnt.
    confidence_level : float
        Of all intervals.
    seed : int
        Of the draws.
    """

    chosen: ChosenSeries
    windows: Windows
    controls: Controls
    data: Standardized
    continued: Continued
    steady: Simulation | None
    confidence_level: float
    seed: int

    def effects(self, simulation: Simulation) -> tuple[EffectDraws, Array]:
        """Effects, and the simulated courses (D, H) in stance units."""
        n, windows = self.windows.n_before, self.windows
        paths = np.asarray(self.data.mean + self.data.scale * simulation.paths)
        observed = self.data.stance[n:]
        return effects_of(observed, paths, windows.share[:, n:], windows.exposure[:, n:]), paths


def assemble(fitted: Fitted) -> Counterfactual:
    """Summarize the draws, and look at what they rest on."""
    chosen, windows, level = fitted.chosen, fitted.windows, fitted.confidence_level
    n = windows.n_before
    share, exposure = windows.share[:, n:], windows.exposure[:, n:]
    posterior = fitted.continued.posterior
    effects, paths = fitted.effects(fitted.continued.simulation)
    average, cumulative = summarize(effects.average, level), summarize(effects.cumulative, level)
    problem = fitted.data.problem
    point = at_parameters(problem, posterior, typical_parameters(problem, posterior))
    forecasts = one_step(problem, point)
    pointwise, expected = summarize(effects.pointwise, level), summarize(paths, level)
    averaging = (share * fitted.data.seen[n:]).sum(0)
    single = influence(
        problem,
        posterior,
        point,
        fitted.data.controls[n:],
        averaging / (exposure * fitted.data.seen[n:]).sum(),
    )
    checked = Checked(
        data=fitted.data,
        windows=windows,
        controls=fitted.controls,
        posterior=posterior,
        simulation=fitted.continued.simulation,
        forecasts=forecasts,
        influence=single,
        periods=chosen.frame["period"],
        has_articles=chosen.frame["stance"].is_not_null().to_numpy(),
        pointwise=pointwise.estimate,
        low=expected.low,
        high=expected.high,
        se=float(average.se[0]),
        average=_quantities(average)[0],
        if_level_stays=_if_level_stays(fitted),
    )
    return Counterfactual(
        table=_table(fitted, average, cumulative),
        sentence=tell_counterfactual(_story(fitted, average, checked)),
        course=_course(fitted, forecasts, effects, expected, pointwise),
        diagnostics=diagnose_counterfactual(checked),
        draws=effects.pointwise,
        events=windows.events,
        controls=fitted.controls.names,
        target=chosen.target,
        source=chosen.source,
        every=chosen.every,
        time_zone=chosen.time_zone,
        confidence_level=level,
        seed=fitted.seed,
    )


def _if_level_stays(fitted: Fitted) -> Quantity | None:
    if fitted.steady is None:
        return None
    effects, _ = fitted.effects(fitted.steady)
    return _quantities(summarize(effects.average, fitted.confidence_level))[0]


def _quantities(summary: Summary) -> list[Quantity]:
    return [
        Quantity(float(estimate), float(low), float(high))
        for estimate, low, high in zip(summary.estimate, summary.low, summary.high, strict=True)
    ]


def _table(fitted: Fitted, average: Summary, cumulative: Summary) -> pl.DataFrame:
    windows = fitted.windows
    seen = (windows.share > 0) & fitted.data.seen
    titles = ["", *(f" after {event.name}" for event in windows.events)]
    counts = [int(seen.any(0).sum()), *(int(one.sum()) for one in seen)]
    shown = range(1 if len(windows.events) == 1 else len(titles))
    return pl.DataFrame(
        [
            {
                "term": f"{kind} effect{titles[column]}",
                "estimate": float(summary.estimate[column]),
                "se": float(summary.se[column]),
                "low": float(summary.low[column]),
                "high": float(summary.high[column]),
                "p_value": float(summary.p_value[column]),
                "n": counts[column],
            }
            for column in shown
            for kind, summary in (("average", average), ("cumulative", cumulative))
        ]
    )


def _course(
    fitted: Fitted,
    forecasts: OneStep,
    effects: EffectDraws,
    expected: Summary,
    pointwise: Summary,
) -> pl.DataFrame:
    data, windows, frame = fitted.data, fitted.windows, fitted.chosen.frame
    n, size = windows.n_before, frame.height
    running = summarize(effects.running, fitted.confidence_level)
    inside = np.asarray(windows.share.max(0) > 0)
    width = special.ndtri((1 + fitted.confidence_level) / 2) * forecasts.deviations
    before = [forecasts.expected, forecasts.expected - width, forecasts.expected + width]
    after = [expected.estimate, expected.low, expected.high]
    columns: dict[str, Array] = {}
    for name, early, late in zip(_ends("expected"), before, after, strict=True):
        columns[name] = np.concatenate([data.mean + data.scale * early, late])
    counted = inside & data.seen
    for title, summary, rows in (("effect", pointwise, counted), ("cumulative", running, inside)):
        values = (summary.estimate, summary.low, summary.high)
        for name, late in zip(_ends(title), values, strict=True):
            columns[name] = np.where(rows, np.concatenate([np.full(n, np.nan), late]), np.nan)
    names = np.array([event.name for event in windows.events], dtype=object)
    window = [str(names[i]) if inside[t] else None for t, i in _largest(windows.share, size)]
    return pl.concat(
        [
            frame.select("period", "stance"),
            pl.DataFrame(columns, nan_to_null=True),
            frame.select("n_documents"),
        ],
        how="horizontal",
    ).with_columns(
        window=pl.Series(window, dtype=pl.String),
        used=pl.Series(data.seen & (windows.before | inside)),
    )


def _ends(title: str) -> tuple[str, str, str]:
    return title, f"{title}_low", f"{title}_high"


def _largest(share: Array, size: int) -> list[tuple[int, int]]:
    """Each of the periods, and the window that holds most of it."""
    return list(zip(range(size), (int(i) for i in np.argmax(share, axis=0)), strict=True))


def _story(fitted: Fitted, average: Summary, checked: Checked) -> CounterfactualStory:
    windows, chosen = fitted.windows, fitted.chosen
    quantities = _quantities(average)
    inside = checked.inside
    weight = np.minimum(windows.share.sum(0), 1.0) * inside
    observed = float(np.average(np.nan_to_num(fitted.data.stance), weights=weight))
    documents = chosen.frame["n_documents"].to_numpy()
    return CounterfactualStory(
        events=windows.events,
        target=chosen.target,
        source=chosen.source,
        time_zone=chosen.time_zone,
        every=chosen.every,
        average=quantities[0],
        by_event=tuple(quantities[1:]),
        observed=observed,
        expected=observed - quantities[0].estimate,
        controls=fitted.controls.names,
        n_before=int(checked.before.sum()),
        n_after=int(inside.sum()),
        n_articles=int(documents[checked.before | inside].sum()),
        confidence_level=fitted.confidence_level,
    )
