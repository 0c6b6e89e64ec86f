"""Numbers behind `simulate_corpus`: when articles appear, and what stance they are drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.simulate.series_core import arma_errors

WEEK = 7
_WEEKEND = 0.35  # articles on a Saturday or Sunday, relative to a weekday
_AFTER_EVENT = 1.8  # articles in the week after the event, relative to other weeks
_VOLUME_SD = 0.25  # standard deviation of the logarithm of daily volume
_VOLUME_RHO = 0.8  # its autocorrelation from day to day


@dataclass(frozen=True, slots=True)
class Mood:
    """Latent stance of one outlet toward one target, day by day.

    Attributes
    ----------
    line : NDArray[np.float64]
        Expected stance without noise, shape (n_days,).
    expected : NDArray[np.float64]
        With its AR(1) noise, shape (n_days,); sentences are drawn from this.
    """

    line: NDArray[np.float64]
    expected: NDArray[np.float64]


def mood(
    rng: np.random.Generator,
    n_days: int,
    event_day: int,
    *,
    stance: float,
    level: float,
    slope: float,
    rho: float,
    noise: float,
) -> Mood:
    """Stance with a jump `level` on `event_day`, then `slope` per week, plus AR(1) noise.

    The noise is cut at three standard deviations, so that a path cannot leave [-1, 1] by chance.
    """
    weeks_since = np.maximum(np.arange(n_days) - event_day, 0) / WEEK
    line = stance + (np.arange(n_days) >= event_day) * (level + slope * weeks_since)
    errors = np.clip(arma_errors(rng, n_days, rho, 0.0, noise), -3 * noise, 3 * noise)
    return Mood(line=line, expected=line + errors)


def daily_weights(
    rng: np.random.Generator, n_days: int, first_weekday: int, event_day: int
) -> NDArray[np.float64]:
    """Relative volume of one outlet on each day, shape (n_days,), summing to 1.

    Weekends are quiet, volume drifts, the week after the event is busy, and one gap of 6 to 20
    days away from the event has nothing at all (`first_weekday` 0 is a Monday).
    """
    days = np.arange(n_days)
    weekend = (days + first_weekday) % WEEK >= WEEK - 2
    busy = (days >= event_day) & (days < event_day + WEEK)
    drift = np.exp(arma_errors(rng, n_days, _VOLUME_RHO, 0.0, _VOLUME_SD))
    weights = drift * np.where(weekend, _WEEKEND, 1.0) * np.where(busy, _AFTER_EVENT, 1.0)
    length = int(rng.integers(6, 21))
    far = days[(np.abs(days - event_day) > 4 * WEEK) & (days + length < n_days)]
    if far.size:
        begin = int(rng.choice(far))
        weights[begin : begin + length] = 0.0
    return np.asarray(weights / weights.sum())


def class_shares(stance: float, neutral: float) -> NDArray[np.float64]:
    """Shares of against, neutral and favor, shape (3,): favor minus against is `stance`."""
    return np.array([1 - neutral - stance, 2 * neutral, 1 - neutral + stance]) / 2


def article_shares(
    rng: np.random.Generator, shares: NDArray[np.float64], concentration: float
) -> NDArray[np.float64]:
    """Class shares of one article around those of its outlet, shape (3,).

    A Dirichlet draw: its mean is `shares` exactly, and two sentences of one article correlate
    by ``1 / (1 + concentration)``.
    """
    return np.asarray(rng.dirichlet(concentration * shares))
