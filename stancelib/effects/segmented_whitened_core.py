"""The segmented regression refitted at many dates at once, with autocorrelated errors.

The designs of all dates are whitened side by side by one Kalman filter, and solved by a batch of
QR decompositions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.segmented_refit_core import N_TERMS, Dates, Refits, split_row

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

_ROWS_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True)
class Noise:
    """Covariance of the errors, ``share rho^|s - t| + (1 - share) ratio_t [s = t]``.

    Attributes
    ----------
    rho, share : float
        Autocorrelation, and share of the autoregression.
    ratios : (N,)
        Sampling variance of each period over the typical one; anything where there is no value.
    """

    rho: float
    share: float
    ratios: Array


def refit_generalized(
    outcomes: Array, seen: Mask, noise: Noise, dates: Dates, window: int | None
) -> Refits:
    """Generalized least squares at m dates with one known covariance.

    Parameters
    ----------
    outcomes : (q, N)
        Anything where `seen` (N,) is false.
    noise : Noise
        Covariance of the errors.
    dates, window
        As in `refit_weighted`.
    """
    n_rows = len(seen) if window is None else 2 * window + int((dates.after - dates.before).max())
    block = max(1, _ROWS_AT_ONCE // n_rows)
    starts = range(0, len(dates.before), block)
    parts = [
        _refit_block(outcomes, seen, noise, dates.at(slice(s, s + block)), window) for s in starts
    ]
    return Refits(
        np.concatenate([part.estimate for part in parts], axis=1),
        np.concatenate([part.unit_variance for part in parts]),
        np.concatenate([part.squares for part in parts], axis=1),
        np.concatenate([part.freedom for part in parts]),
    )


def _refit_block(
    outcomes: Array, seen: Mask, noise: Noise, dates: Dates, window: int | None
) -> Refits:
    design, index, used = date_designs(seen, dates, window)
    values = np.moveaxis(outcomes[:, index], 0, -1)
    columns = np.where(used[..., None], np.concatenate([design, values], axis=-1), 0.0)
    white = whiten_dates(columns, used, noise, noise.ratios[index])
    root = np.asarray(np.linalg.qr(white, mode="r"), dtype=np.float64)
    inverse = np.linalg.inv(root[:, :N_TERMS, :N_TERMS])
    coefficients = inverse @ root[:, :N_TERMS, N_TERMS:]
    unit = (inverse**2).sum(-1)
    return Refits(
        np.moveaxis(coefficients[:, 2:], -1, 0),
        unit[:, 2:],
        (root[:, N_TERMS:, N_TERMS:] ** 2).sum(1).T,
        (used.sum(-1) - N_TERMS).astype(np.float64),
    )


def date_designs(seen: Mask, dates: Dates, window: int | None) -> tuple[Array, Integers, Mask]:
    """Designs (m, r, 4) of the dates, the index (m, r) of their rows, and which are used.

    Columns start, trend, level, slope, as in `segmented_design`.
    """
    n_periods = len(seen)
    if window is None:
        index = np.broadcast_to(np.arange(n_periods), (len(dates.before), n_periods))
    else:
        n_rows = 2 * window + int((dates.after - dates.before).max())
        index = dates.before[:, None] - window + np.arange(n_rows)
    reach = n_periods if window is None else window
    before = index < dates.before[:, None]
    after = index >= dates.after[:, None]
    row, split = split_row(dates)
    is_split = split[:, None] & (index == row[:, None])
    inside = (index >= 0) & (index < n_periods) & (index < dates.after[:, None] + reach)
    index = np.clip(index, 0, n_periods - 1)
    exposure = np.where(after, 1.0, np.where(is_split, dates.exposure[:, None], 0.0))
    trend = index - dates.origin[:, None]
    slope = np.where(after, trend, -exposure * (1 - exposure) / 2)
    design = np.stack([np.ones_like(trend), trend, exposure, slope], axis=-1)
    return design, index, inside & seen[index] & (before | after | is_split)


def whiten_dates(columns: Array, used: Mask, noise: Noise, ratios: Array) -> Array:
    """Standardized innovations (m, r, c) of columns by the Kalman filter, 0 in unused rows.

    Parameters
    ----------
    columns : (m, r, c)
        On the whole calendar: neighbouring rows are one period apart.
    used : (m, r)
        Rows that have a value.
    noise : Noise
        Its own ratios are not read.
    ratios : (m, r)
        Sampling variance of each row.
    """
    white = np.zeros_like(columns)
    state = np.zeros_like(columns[:, 0])
    state_variance = np.full(len(columns), noise.share)
    for row in range(columns.shape[1]):
        if row:
            state = state * noise.rho
            state_variance = state_variance * noise.rho**2 + noise.share * (1 - noise.rho**2)
        variance = state_variance + (1 - noise.share) * ratios[:, row]
        gain = np.where(used[:, row], state_variance / variance, 0.0)
        surprise = np.where(used[:, row, None], columns[:, row] - state, 0.0)
        white[:, row] = surprise / np.sqrt(variance)[:, None]
        state = state + gain[:, None] * surprise
        state_variance = state_variance * (1 - gain)
    return white
