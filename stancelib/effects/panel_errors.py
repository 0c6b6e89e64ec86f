"""The kinds of error of a panel that a caller can choose, and what is computed with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from stancelib.effects.bias_reduced_core import bias_reduced_covariance
from stancelib.effects.checks import check_share
from stancelib.effects.inversion_core import QuadraticDraws, invert
from stancelib.effects.permutation_core import draw_assignments, permutation_draws
from stancelib.effects.two_way_effects_core import (
    PanelFit,
    smaller_dimension,
    source_clustered_covariance,
    two_way_clustered_covariance,
)
from stancelib.effects.wild_bootstrap_core import WildDraws, bootstrap_draws, draw_multipliers
from stancelib.errors import ArgumentError, NotEnoughDataError

Array = NDArray[np.float64]
PanelErrorKind = Literal["wild_bootstrap", "bias_reduced", "cluster", "two_way", "permutation"]

FEWEST_CLUSTERS = 6
MANY_CLUSTERS = 30
FEWEST_SOURCES = 3
_FEWEST_DRAWS = 99


@dataclass(frozen=True, slots=True)
class PanelErrors:
    """How errors of a panel are computed.

    Attributes
    ----------
    kind : str
        One of `PanelErrorKind`.
    draws, seed : int
        Of bootstrap and permutation.
    confidence_level : float
        Of intervals.
    """

    kind: PanelErrorKind
    draws: int
    seed: int
    confidence_level: float


@dataclass(frozen=True, slots=True)
class Groups:
    """How many sources are treated and how many are controls; None without controls."""

    n_treated: int
    n_controls: int | None

    @property
    def n_sources(self) -> int:
        """All of them."""
        return self.n_treated + (self.n_controls or 0)

    @property
    def smaller(self) -> int:
        """Sources on the side that has fewer."""
        return self.n_treated if self.n_controls is None else min(self.n_treated, self.n_controls)


@dataclass(frozen=True, slots=True)
class PanelSummary:
    """Of m contrasts: estimates, errors, intervals and p-values, each (m,).

    `low` and `high` are infinite where the test rejects no value on that side;
    `degrees_of_freedom` are NaN where no t distribution is used.
    """

    estimate: Array
    se: Array
    low: Array
    high: Array
    p_value: Array
    degrees_of_freedom: Array


def choose_errors(
    kind: str | None,
    groups: Groups,
    *,
    draws: int,
    seed: int,
    confidence_level: float,
    permutes: bool = True,
    few: PanelErrorKind = "wild_bootstrap",
) -> PanelErrors:
    """Check what the caller wants, or choose what holds with so many sources.

    `permutes` says whether the method can draw again which sources are treated, `few` is what holds
    below `MANY_CLUSTERS` sources where no side has very few.
    """
    check_share("confidence_level", confidence_level)
    if draws < _FEWEST_DRAWS:
        raise ArgumentError(f"'draws' must be at least {_FEWEST_DRAWS}; got {draws}")
    allowed = list(get_args(PanelErrorKind))
    if kind is not None and kind not in allowed:
        raise ArgumentError.unknown("error", kind, allowed)
    if groups.n_sources < FEWEST_SOURCES:
        raise NotEnoughDataError(
            f"{groups.n_sources} sources have what is needed; at least {FEWEST_SOURCES} are needed "
            "to tell their noise from an effect. Take interrupted_time_series for single outlets"
        )
    default = _default(groups, few, permutes=permutes)
    chosen: PanelErrorKind = default if kind is None else kind  # type: ignore[assignment]  # checked above
    _check_sources(chosen, groups)
    return PanelErrors(chosen, draws, seed, confidence_level)


def _default(groups: Groups, few: PanelErrorKind, *, permutes: bool) -> PanelErrorKind:
    if permutes and groups.n_controls is not None and groups.smaller == 1:
        return "permutation"
    if groups.n_sources < FEWEST_CLUSTERS:
        return "wild_bootstrap"
    if groups.smaller < FEWEST_CLUSTERS:
        return "bias_reduced"
    return few if groups.n_sources < MANY_CLUSTERS else "two_way"


def _check_sources(kind: PanelErrorKind, groups: Groups) -> None:
    if kind == "permutation":
        if groups.n_controls is None:
            raise ArgumentError(
                "error='permutation' draws again which sources are treated, and needs treated and "
                "control sources; name treated=[...], or take error='wild_bootstrap'"
            )
        return
    if groups.n_controls is not None and groups.smaller == 1:
        side = "treated source" if groups.n_treated == 1 else "control source"
        raise NotEnoughDataError(
            f"with one {side} the errors of {kind!r} are void: its own noise cannot be seen. Take "
            "difference_in_differences(error='permutation') or synthetic_control"
        )
    if kind != "wild_bootstrap" and groups.n_sources < FEWEST_CLUSTERS:
        raise NotEnoughDataError(
            f"{groups.n_sources} sources are too few clusters for error={kind!r}; at least "
            f"{FEWEST_CLUSTERS} are needed. Take error='wild_bootstrap' or, in "
            "difference_in_differences, error='permutation'"
        )


def multipliers(fit: PanelFit, errors: PanelErrors) -> WildDraws:
    """The bootstrap's draws for the sources of a fit."""
    return draw_multipliers(len(fit.residuals), errors.draws, errors.seed)


def summarize(
    fit: PanelFit,
    contrasts: Array,
    errors: PanelErrors,
    *,
    intervals: bool = True,
    roots: Array | None = None,
) -> PanelSummary:
    """Estimates of contrasts (m, k) with the errors that were chosen.

    Without `intervals` those of the bootstrap, which take the most time, are NaN. `roots` are the
    `adjustments` of the fit, for callers that ask several times.
    """
    if errors.kind == "wild_bootstrap":
        draws = multipliers(fit, errors)
        found = [bootstrap_draws(fit, one, draws) for one in contrasts]
        return _by_draws(found, errors, intervals=intervals)
    covariance, freedom = _clustered(fit, contrasts, errors.kind, roots)
    estimate, se = contrasts @ fit.coefficients, np.sqrt(np.diag(covariance))
    half = stats.t.ppf((1 + errors.confidence_level) / 2, freedom) * se
    p_value = np.asarray(2 * stats.t.sf(np.abs(estimate) / se, freedom))
    return PanelSummary(estimate, se, estimate - half, estimate + half, p_value, freedom)


def _clustered(
    fit: PanelFit, contrasts: Array, kind: PanelErrorKind, roots: Array | None
) -> tuple[Array, Array]:
    n_sources = len(fit.residuals)
    if kind == "bias_reduced":
        reduced = bias_reduced_covariance(fit, contrasts, roots)
        return reduced.covariance, reduced.degrees_of_freedom
    by_source = source_clustered_covariance(fit, contrasts)
    if kind == "cluster":
        return by_source, np.full(len(contrasts), n_sources - 1.0)
    # Where periods are fitted exactly, as single leads are, the two-way variance can fall below
    # the one-way variance, even below 0; the larger is taken.
    both = np.diag(two_way_clustered_covariance(fit, contrasts))
    variances = np.maximum(both, np.diag(by_source))
    freedom = np.full(len(contrasts), smaller_dimension(fit.design) - 1.0)
    return np.diag(variances), freedom


def _by_draws(
    found: list[QuadraticDraws], errors: PanelErrors, *, intervals: bool = True
) -> PanelSummary:
    ends = [
        invert(one.p_value, one.estimate, one.se, errors.confidence_level)
        if intervals
        else (np.nan, np.nan)
        for one in found
    ]
    return PanelSummary(
        estimate=np.array([one.estimate for one in found]),
        se=np.array([one.se for one in found]),
        low=np.array([low for low, _ in ends]),
        high=np.array([high for _, high in ends]),
        p_value=np.array([one.p_value(0.0) for one in found]),
        degrees_of_freedom=np.full(len(found), np.nan),
    )


def summarize_permutation(
    fit: PanelFit, exposure: Array, treated: Array, errors: PanelErrors
) -> PanelSummary:
    """The one coefficient of a difference in differences, by randomization inference."""
    assignments = draw_assignments(treated, errors.draws, errors.seed)
    found = permutation_draws(fit, exposure, treated, assignments)
    summary = _by_draws([found.draws], errors)
    return PanelSummary(
        summary.estimate,
        np.array([found.spread]),
        summary.low,
        summary.high,
        summary.p_value,
        summary.degrees_of_freedom,
    )
