"""`interrupted_counts`: how many more or fewer articles there were after an event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stancelib.effects.checks import check_choice, check_share, check_whole
from stancelib.effects.counts_assembly import (
    check_sides,
    counted,
    fitted_of,
    ratios_of,
    totals_of,
)
from stancelib.effects.counts_core import CountFit, fit_counts
from stancelib.effects.counts_result import CountDiagnostics, InterruptedCounts
from stancelib.effects.counts_words import CountStory, tell_counts
from stancelib.effects.diagnostics_core import DOUBTFUL, autocorrelation, ljung_box, ljung_box_lags
from stancelib.effects.event import Event
from stancelib.effects.fitted_lines import term_table
from stancelib.effects.interruption import Interruption
from stancelib.effects.least_squares_core import default_lags
from stancelib.effects.periods import choose_series
from stancelib.effects.placement import EventPeriod, PlacedEvents, place_events
from stancelib.effects.season import Rhythm
from stancelib.effects.segmented_model import model_of, read_interruptions
from stancelib.effects.student_mixture_core import contrasts

Array = NDArray[np.float64]
Family = Literal["poisson", "quasi_poisson", "negative_binomial"]
CountError = Literal["gls", "hac", "model"]

_OVERDISPERSED = 1.5


def interrupted_counts(
    series: pl.DataFrame,
    event: Event | Interruption | Sequence[Event | Interruption],
    *,
    outcome: str = "n_documents",
    offset: str | None = None,
    family: Family = "quasi_poisson",
    target: str | None = None,
    source: str | None = None,
    event_period: EventPeriod = "fraction",
    season: Sequence[Rhythm] = (),
    harmonics: int = 2,
    error: CountError = "gls",
    maximum_lags: int | None = None,
    every: str | None = None,
    confidence_level: float = 0.95,
    seed: int = 1,
) -> InterruptedCounts:
    r"""Estimate by which factor the number of articles on a target changed after an event.

    The log-linear segmented regression ``log E(count_t) = offset_t + start + trend (t - T) +
    level X_t + slope (t - T) X_t``, so that ``exp(level)`` is a rate ratio. A period without
    articles is a count of 0 here, not a gap.

    Parameters
    ----------
    series : polars.DataFrame
        A Series frame, as `Store.series` returns it. Periods that are missing between its first
        and last one count as 0.
    event : Event, Interruption, or a sequence of them
        As in `interrupted_time_series`.
    outcome : str
        Column of counts: ``n_documents``, ``n_sentences``, or one of the caller's.
    offset : str, optional
        Column of what the counts are a rate of, such as all articles of the source in the period
        or a population; above 0 in every period. Its logarithm is the offset.
    family : {"quasi_poisson", "poisson", "negative_binomial"}
        How the variance grows with the mean: in proportion, as chance alone has it, or with its
        square, too. The first two differ with ``error="model"`` only.
    target, source, event_period, season, harmonics, every
        As in `interrupted_time_series`.
    error : {"gls", "hac", "model"}
        ``"gls"``: an autoregression of the rate plus the noise of counting, the strength of both
        averaged over what the data allow, as in `interrupted_time_series`. ``"hac"``: Newey-West
        errors, too narrow in short series. ``"model"``: those of the family, which take periods
        for independent, with the normal distribution.
    maximum_lags : int, optional
        For ``"hac"``: periods over which errors may be correlated; ``1.3 sqrt(n)`` when not given.
    confidence_level : float
        Of the intervals, inside (0, 1).
    seed : int
        Of the draws behind the interval of the articles more or fewer in sum.

    Returns
    -------
    InterruptedCounts
        ``.table`` (logarithms), ``.ratios`` (factors), ``.totals``, ``.fitted``, ``.sentence``,
        ``.chart()``, ``.diagnostics``, ``.to_dict()``.

    Raises
    ------
    ArgumentError
        For an unknown option, target or source, or an event outside the series.
    DataError
        When the outcome holds anything but whole numbers of at least 0, or the offset is not
        above 0 in every period.
    NotEnoughDataError
        When fewer than 8 periods are on a side of the event, the count never changes, or all
        counts on one side are 0.

    Notes
    -----
    More articles do not change what they say: see `interrupted_time_series` for the stance. With
    ``"gls"`` the model is made linear at the fitted counts (penalized quasi-likelihood), which
    is accurate unless most periods have but a few articles.

    References
    ----------
    Lopez Bernal, Cummins and Gasparrini (2017), "Interrupted time series regression for the
    evaluation of public health interventions", International Journal of Epidemiology 46. Breslow
    and Clayton (1993), "Approximate inference in generalized linear mixed models", JASA 88.

    Examples
    --------
    >>> import stancelib as sl
    >>> simulated = sl.simulate_series(n_periods=80, seed=1)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> effect = sl.interrupted_counts(simulated.series, event)
    >>> effect.ratios["term"].to_list(), bool(abs(effect.ratios["ratio"][0] - 1) < 0.3)
    (['level', 'slope'], True)
    """
    check_choice("family", family, get_args(Family))
    check_choice("error", error, get_args(CountError))
    check_choice("event_period treatment", event_period, get_args(EventPeriod))
    check_share("confidence_level", confidence_level)
    check_whole("seed", seed, 0)
    if maximum_lags is not None:
        check_whole("maximum_lags", maximum_lags, 0)
    interruptions = read_interruptions(event)
    chosen = choose_series(series, target=target, source=source, every=every)
    chosen, exposure = counted(series, chosen, outcome, offset)
    placed = place_events(chosen, interruptions, event_period)
    model = model_of(chosen, placed, interruptions, season, harmonics)
    counts = chosen.frame["stance"].to_numpy()
    check_sides(placed, counts, outcome)
    used = placed.used
    lags = default_lags(int(used.sum())) if maximum_lags is None else maximum_lags
    fit = fit_counts(
        counts[used],
        model.design[used],
        np.log(exposure[used]),
        family=family,
        error=error,
        maximum_lags=lags,
    )
    summary = contrasts(fit.mixture, np.eye(len(model.terms)), confidence_level)
    table = term_table(model.terms, summary, int(used.sum()))
    shown = table[model.all_events]
    totals = totals_of(fit, model, placed, exposure=exposure, level=confidence_level, seed=seed)
    story = CountStory(
        target=chosen.target,
        source=chosen.source,
        time_zone=chosen.time_zone,
        every=chosen.every,
        outcome=outcome,
        confidence_level=confidence_level,
        rate=offset,
    )
    return InterruptedCounts(
        table=shown,
        ratios=ratios_of(shown),
        totals=totals,
        fitted=fitted_of(chosen, placed, model, fit, exposure=exposure, level=confidence_level),
        coefficients=table,
        sentence=tell_counts(story, interruptions, model.events, table, totals),
        diagnostics=_diagnostics(
            fit, counts[used], placed, family=family, error=error, maximum_lags=lags
        ),
        interruptions=interruptions,
        outcome=outcome,
        offset=offset,
        family=family,
        target=chosen.target,
        source=chosen.source,
        every=chosen.every,
        time_zone=chosen.time_zone,
        confidence_level=confidence_level,
    )


def _diagnostics(
    fit: CountFit,
    counts: Array,
    placed: PlacedEvents,
    *,
    family: str,
    error: str,
    maximum_lags: int,
) -> CountDiagnostics:
    residuals = fit.pearson_residuals(counts)
    times = np.flatnonzero(placed.used).astype(np.float64)
    lags = ljung_box_lags(len(counts))
    correlated = ljung_box(residuals, times, lags)
    notes = []
    if correlated < DOUBTFUL and error != "gls":
        notes.append(
            f"the counts are still correlated over {lags} periods (Ljung-Box p = "
            f"{correlated:.3g}): intervals may be too narrow; look for a rhythm in the series"
        )
    if family == "poisson" and error == "model" and fit.dispersion > _OVERDISPERSED:
        notes.append(
            f"the counts vary {fit.dispersion:.1f} times as much as chance has it: take "
            "family='quasi_poisson' or 'negative_binomial'"
        )
    first, last = placed.events[0].counts, placed.events[-1].counts
    return CountDiagnostics(
        family=family,
        error=error,
        maximum_lags=maximum_lags if error == "hac" else None,
        dispersion=fit.dispersion,
        alpha=fit.alpha if family == "negative_binomial" else None,
        residual_autocorrelation=float(autocorrelation(residuals, times, 1)[0]),
        ljung_box_p_value=float(correlated),
        ljung_box_lags=lags,
        n_before=first.n_before,
        n_after=last.n_after,
        n_zero=int((counts == 0).sum()),
        event_period=first.event_period,
        event_period_treatment=first.event_period_treatment,
        notes=tuple(notes),
    )
