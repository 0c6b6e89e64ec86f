"""Synthetic control: a weighted average of donors that ran like the treated source before.

Abadie, Diamond and Hainmueller (2010), "Synthetic control methods for comparative case studies";
Firpo and Possebom (2018), "Synthetic control method: inference, sensitivity analysis and
confidence sets", for the inversion of the placebo test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.simplex_core import simplex_weights

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SyntheticFit:
    """One source and its synthetic twin.

    Attributes
    ----------
    weights : (J,)
        Of the donors; not negative, with sum 1.
    gap : (T,)
        The source less its twin.
    effect : float
        Mean gap after the event.
    error_before : float
        Root mean squared gap before.
    error_after : float
        Root mean squared gap after.
    """

    weights: Array
    gap: Array
    effect: float
    error_before: float
    error_after: float


@dataclass(frozen=True, slots=True)
class PlaceboTest:
    """A treated source among its donors.

    Attributes
    ----------
    effects, errors_before, errors_after : (J,)
        Of the donors, each in turn taken for treated, the treated among its donors.
    p_value : float
        Share of sources, the treated among them, whose effect is at least as large in units of
        their error before.
    ratio_p_value : float
        The same with the ratio of the errors after and before for a statistic.
    low, high : float
        Constant effects that the test does not reject; infinite where there is no end.
    """

    effects: Array
    errors_before: Array
    errors_after: Array
    p_value: float
    ratio_p_value: float
    low: float
    high: float


def fit_synthetic(treated: Array, donors: Array, before: Mask) -> SyntheticFit:
    """Weights that fit the time before; the rest of the time is after.

    Parameters
    ----------
    treated : (T,)
    donors : (J, T)
    before : (T,)
    """
    weights = simplex_weights(donors[:, before].T, treated[before], 0.0, intercept=False)
    gap = treated - weights @ donors
    return SyntheticFit(
        weights=weights,
        gap=gap,
        effect=float(gap[~before].mean()),
        error_before=float(np.sqrt((gap[before] ** 2).mean())),
        error_after=float(np.sqrt((gap[~before] ** 2).mean())),
    )


def placebo_test(
    fit: SyntheticFit, treated: Array, donors: Array, before: Mask, level: float
) -> PlaceboTest:
    """Take every donor for treated, the treated source among its donors.

    Under the null of a constant effect `c` the treated source is moved back by `c` after the
    event, and with it the twins that it has a weight in; the weights are those of the time
    before, and stay.
    """
    everyone = np.vstack([treated, donors])
    others = [
        fit_synthetic(everyone[one], np.delete(everyone, one, axis=0), before)
        for one in range(1, len(everyone))
    ]
    effects = np.array([one.effect for one in others])
    errors = np.array([one.error_before for one in others])
    after = np.array([one.error_after for one in others])
    share = np.array([one.weights[0] for one in others])
    floor = np.finfo(np.float64).tiny
    own = max(fit.error_before, floor)
    errors_or_floor = np.maximum(errors, floor)

    def p_value(null: float) -> float:
        statistic = abs(fit.effect - null) / own
        placebo = np.abs(effects + null * share) / errors_or_floor
        return _rank(statistic, placebo)

    low, high = _not_rejected(p_value, _crossings(fit.effect, own, effects, errors, share), level)
    ratio = _rank(fit.error_after / own, after / errors_or_floor)
    return PlaceboTest(effects, errors, after, p_value(0.0), ratio, low, high)


def _rank(statistic: float, placebos: Array) -> float:
    extreme = int((placebos >= statistic * (1 - 1e-9)).sum())
    return (extreme + 1) / (len(placebos) + 1)


def _crossings(effect: float, own: float, effects: Array, errors: Array, share: Array) -> Array:
    """Nulls at which the statistic of a placebo equals that of the treated source.

    The solutions of ``own |effects + c share| = errors |effect - c|`` for either sign.
    """
    found = []
    for sign in (1.0, -1.0):
        slope = own * share + sign * errors
        with np.errstate(divide="ignore", invalid="ignore"):
            found.append((sign * errors * effect - own * effects) / slope)
    crossings = np.concatenate(found)
    return np.unique(np.append(crossings[np.isfinite(crossings)], effect))


def _not_rejected(
    p_value: Callable[[float], float], crossings: Array, level: float
) -> tuple[float, float]:
    """Ends of the nulls that are not rejected; the p-value is constant between crossings."""
    span = max(float(np.ptp(crossings)), 1.0)
    outer = [crossings[0] - span, *crossings, crossings[-1] + span]
    accepted = [float(c) for c in outer if p_value(float(c)) > 1 - level + 1e-12]
    low, high = min(accepted), max(accepted)
    return (
        -np.inf if low == outer[0] else low,
        np.inf if high == outer[-1] else high,
    )
