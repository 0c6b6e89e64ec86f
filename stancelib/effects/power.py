"""`power`: the smallest level shift that a series could have shown."""

from __future__ import annotations

from typing import get_args

import numpy as np
import polars as pl

from stancelib.effects.checks import check_choice, check_event, check_share, check_whole
from stancelib.effects.error_model import ErrorKind, ErrorModel, Weights
from stancelib.effects.event import Event
from stancelib.effects.periods import choose_series
from stancelib.effects.placement import EventPeriod, PlacedEvent, place_event
from stancelib.effects.power_core import ENDLESS, Detection, learn_noise, wilson
from stancelib.effects.power_result import (
    AS_COLLECTED,
    ENDLESS_ARTICLES,
    Power,
    PowerDiagnostics,
)
from stancelib.effects.power_setting import Setting, articles_factor, regression_of
from stancelib.effects.power_words import PowerStory, power_notes, tell_power
from stancelib.errors import ArgumentError

_FEWEST_RUNS = 100
_CURVE_POINTS = 41


def power(
    series: pl.DataFrame,
    event: Event,
    *,
    target: str | None = None,
    source: str | None = None,
    shift: float | None = None,
    wanted: float = 0.8,
    event_period: EventPeriod = "fraction",
    error: ErrorKind = "gls",
    weights: Weights = "precision",
    every: str | None = None,
    confidence_level: float = 0.95,
    runs: int = 400,
    seed: int = 1,
) -> Power:
    r"""Find the smallest level shift that a series could have shown after an event.

    Series are drawn from the series' own noise, on its own periods, gaps and numbers of articles,
    and analysed as `interrupted_time_series` would. So "no clear shift" can be told from "too
    little was collected to say".

    Parameters
    ----------
    series : polars.DataFrame
        A Series frame, as `Store.series` returns it. Null ``stance``: no articles.
    event : Event
        When the shift would have happened. What really happened then does not count as noise.
    target, source : str, optional
        Which series; needed when the frame holds several.
    shift : float, optional
        A level shift, in stance units, for which the power and the number of articles that it
        needs are wanted too. Its sign does not matter.
    wanted : float
        Power that counts as enough, inside (0, 1).
    event_period, error, weights, every, confidence_level
        As in `interrupted_time_series`.
    runs : int
        Simulated series for every number of articles, at least 100.
    seed : int
        The same seed gives the same table.

    Returns
    -------
    Power
        ``.table``, ``.curve``, ``.sentence``, ``.chart()``, ``.diagnostics``, ``.to_dict()``.

    Raises
    ------
    ArgumentError
        For an unknown option, target or source, a shift of 0 or beyond the scale, or an event
        outside the series.
    DataError
        When a column is missing or holds what a Series frame cannot hold.
    NotEnoughDataError
        When fewer than 8 periods with articles are on a side of the event, or the stance never
        changes.

    Notes
    -----
    Each run draws autocorrelation, noise share and scale from what the series says about them,
    so that the uncertainty of a short series is in the power. A shift is shown by an interval
    that leaves out 0 on its side. More articles make the sampling variance of every period
    smaller in proportion; what outlets themselves vary from period to period stays, and bounds
    what articles can do. Power at the shift that was estimated says nothing beyond its p-value:
    take a shift that would matter.

    References
    ----------
    Bloom (1995), "Minimum detectable effects". McLeod and Vingilis (2005), "Power computations
    for intervention analysis". Hoenig and Heisey (2001), "The abuse of power".

    Examples
    --------
    >>> import stancelib as sl
    >>> simulated = sl.simulate_series(n_periods=60, seed=1)
    >>> event = sl.Event("Vilnius summit", simulated.event_at)
    >>> found = sl.power(simulated.series, event, runs=100)
    >>> found.table["term"][0], bool(0.05 < found.table["estimate"][0] < 0.5)
    ('smallest_shift', True)
    """
    model = ErrorModel(error, weights, None)
    check_event(event)
    check_share("wanted", wanted)
    check_share("confidence_level", confidence_level)
    _check(event_period, shift, runs, seed)
    chosen = choose_series(series, target=target, source=source, every=every)
    placed = place_event(chosen, event, event_period)
    regression, times = regression_of(chosen, placed)
    setting = Setting(
        regression, times, learn_noise(regression), model, confidence_level, runs, seed
    )
    collected, endless = setting.detect(1.0), setting.detect(ENDLESS)
    known = [
        (1.0, collected.smallest_shift(wanted)[0]),
        (ENDLESS, endless.smallest_shift(wanted)[0]),
    ]
    articles = float(chosen.frame["n_documents"].to_numpy()[placed.used].mean())
    factor = None
    if shift is not None and known[1][1] <= abs(shift):
        # Less than one article a period is no series.
        factor = articles_factor(setting, abs(shift), wanted, known, 1 / articles)
    story = PowerStory(
        event_name=event.name,
        target=chosen.target,
        source=chosen.source,
        every=chosen.every,
        n_periods=int(placed.used.sum()),
        mean_articles=articles,
        wanted=wanted,
        smallest=known[0][1],
        smallest_endless=known[1][1],
        shift=shift,
        power=None if shift is None else float(collected.power(np.array([shift]))[0]),
        factor=factor,
    )
    return Power(
        table=_table(collected, endless, story),
        curve=_curve(collected, endless, wanted),
        sentence=tell_power(story),
        diagnostics=_diagnostics(setting, collected, story, placed),
        event=event,
        target=chosen.target,
        source=chosen.source,
        every=chosen.every,
        time_zone=chosen.time_zone,
        confidence_level=confidence_level,
        wanted=wanted,
    )


def _check(event_period: str, shift: float | None, runs: int, seed: int) -> None:
    check_choice("event_period treatment", event_period, get_args(EventPeriod))
    check_whole("runs", runs, _FEWEST_RUNS)
    check_whole("seed", seed, 0)
    if shift is not None and not 0 < abs(shift) <= 2:  # noqa: PLR2004 - from -1 to 1
        raise ArgumentError(
            f"'shift' must lie in [-2, 2], which is the width of the scale, and not be 0; got "
            f"{shift}"
        )


def _table(collected: Detection, endless: Detection, story: PowerStory) -> pl.DataFrame:
    runs = len(collected.thresholds) // 2
    rows: list[tuple[str, float | None, float | None, float | None]] = [
        ("smallest_shift", *collected.smallest_shift(story.wanted)),
        ("smallest_shift_endless_articles", *endless.smallest_shift(story.wanted)),
    ]
    if story.power is not None:
        rows.append(("power", story.power, *wilson(story.power, runs)))
        articles = None if story.factor is None else story.factor * story.mean_articles
        rows.append(("articles_per_period", articles, None, None))
    terms, estimates, lows, highs = zip(*rows, strict=True)
    return pl.DataFrame(
        {
            "term": terms,
            "estimate": pl.Series(estimates, dtype=pl.Float64),
            "se": pl.Series([None] * len(rows), dtype=pl.Float64),
            "low": pl.Series(lows, dtype=pl.Float64),
            "high": pl.Series(highs, dtype=pl.Float64),
            "p_value": pl.Series([None] * len(rows), dtype=pl.Float64),
            "n": [story.n_periods] * len(rows),
        }
    )


def _curve(collected: Detection, endless: Detection, wanted: float) -> pl.DataFrame:
    """Power over shifts, up to where the corpus as it is would show nearly all."""
    most = min(2.0, 1.6 * collected.smallest_shift(max(wanted, 0.8))[0])
    shifts = np.linspace(0, most, _CURVE_POINTS)
    return pl.concat(
        pl.DataFrame(
            {
                "articles": [name] * len(shifts),
                "shift": shifts,
                "power": found.power(shifts),
            }
        )
        for name, found in ((AS_COLLECTED, collected), (ENDLESS_ARTICLES, endless))
    )


def _diagnostics(
    setting: Setting, collected: Detection, story: PowerStory, placed: PlacedEvent
) -> PowerDiagnostics:
    noise = setting.posterior
    return PowerDiagnostics(
        error=setting.model.kind,
        runs=setting.runs,
        size=collected.size,
        rho=float(noise.weights @ noise.rho),
        sampling_share=float(noise.weights @ (1 - noise.share)),
        noise=float(np.sqrt(noise.weights @ noise.scale)),
        articles_per_period=story.mean_articles,
        articles_factor=story.factor,
        n_before=placed.counts.n_before,
        n_after=placed.counts.n_after,
        n_missing=placed.counts.n_missing,
        notes=power_notes(collected.size, setting.runs, 1 - setting.confidence_level, story),
    )
