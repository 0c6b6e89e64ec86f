"""`PreTrend`: whether courses parted before the event, and what that test would have missed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.event_study_core import LeadsAndLags, linear_trend
from stancelib.effects.panel_errors import PanelErrors, PanelSummary, multipliers
from stancelib.effects.pre_trend_core import detectable_slope, largest_lead
from stancelib.effects.presentation import plain_value
from stancelib.effects.two_way_effects_core import source_clustered_covariance
from stancelib.effects.wild_bootstrap_core import joint_statistics

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

POWER = 0.8


@dataclass(frozen=True, slots=True)
class PreTrend:
    """Test of the time before the event.

    Attributes
    ----------
    n_leads : int
        Coefficients before the event, beside the reference.
    statistic, p_value : float
        Largest absolute t statistic of the leads, and how often it is as large by chance when
        all leads are 0 (wild cluster bootstrap; with one treated source, placebo sources).
    slope, slope_low, slope_high : float or None
        Linear trend through the reference fitted to the leads, in stance units per period, with
        its interval; null where an end is unbounded.
    power : float
        For which the next two are stated.
    detectable_slope : float
        Smallest linear trend, in stance units per period, that the test would have found with
        this power.
    detectable_bias : float
        What such a trend, continued, would add to the average after the event.
    """

    n_leads: int
    statistic: float
    p_value: float
    slope: float
    slope_low: float | None
    slope_high: float | None
    power: float
    detectable_slope: float
    detectable_bias: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {name: plain_value(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class LeadDraws:
    """Leads and what chance would make of them.

    Attributes
    ----------
    statistics, se : (m,)
        Estimate by standard error, and the error.
    draws : (m, B)
        The same statistics in a world without leads.
    enumerated : bool
        Whether the draws are all that there are.
    """

    statistics: Array
    se: Array
    draws: Array
    enumerated: bool


def bootstrap_leads(found: LeadsAndLags, leads: Mask, errors: PanelErrors) -> LeadDraws:
    """Leads with the clustered error and the wild bootstrap, all leads 0 imposed."""
    contrasts = np.eye(len(found.relative))[leads]
    se = np.sqrt(np.diag(source_clustered_covariance(found.fit, contrasts)))
    draws = multipliers(found.fit, errors)
    return LeadDraws(
        statistics=found.fit.coefficients[leads] / se,
        se=se,
        draws=joint_statistics(found.fit, contrasts, draws),
        enumerated=draws.enumerated,
    )


def measure_pre_trend(
    drawn: LeadDraws,
    distance: Array,
    slope: PanelSummary,
    reach: float,
    *,
    confidence_level: float,
    length: int = 1,
) -> PreTrend:
    """Assemble the test.

    Parameters
    ----------
    drawn : LeadDraws
        Of the m leads.
    distance : (m,)
        Steps from the reference to the leads.
    slope : PanelSummary
        Of the linear trend per step.
    reach : float
        Mean steps from the reference to what is averaged after the event.
    confidence_level : float
        The test has the size ``1 - confidence_level``.
    length : int
        Periods in a step.
    """
    size = 1 - confidence_level
    largest = largest_lead(drawn.statistics, drawn.draws, size, enumerated=drawn.enumerated)
    missed = detectable_slope(distance, drawn.se, drawn.draws, largest.critical, POWER)
    return PreTrend(
        n_leads=len(distance),
        statistic=largest.statistic,
        p_value=largest.p_value,
        slope=float(slope.estimate[0]) / length,
        slope_low=finite(slope.low[0] / length),
        slope_high=finite(slope.high[0] / length),
        power=POWER,
        detectable_slope=missed / length,
        detectable_bias=missed * reach,
    )


def slope_contrast(found: LeadsAndLags, leads: Mask, reference: int) -> Array:
    """Contrast (1, k) of the linear trend before the event."""
    return linear_trend(found.relative, leads, reference)[None]


def finite(value: float) -> float | None:
    """None for what is unbounded or not there."""
    return float(value) if np.isfinite(value) else None
