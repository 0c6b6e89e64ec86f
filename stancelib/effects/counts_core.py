"""Log-linear regression of counts with an offset: Poisson, quasi-Poisson and negative binomial.

McCullagh and Nelder (1989), *Generalized Linear Models*; the negative binomial is that of Cameron
and Trivedi (2013), *Regression Analysis of Count Data*, with variance ``mu + alpha mu^2``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stancelib.effects.generalized_least_squares_core import Regression, fit_generalized
from stancelib.effects.interrupted_time_series_core import column_sizes
from stancelib.effects.least_squares_core import robust_freedom, sandwich
from stancelib.effects.student_mixture_core import StudentMixture

Array = NDArray[np.float64]

# So many degrees of freedom that Student's t is the normal distribution.
NORMAL = 1e9
_STEPS = 25
_SMALL_STEP = 1e-5


@dataclass(frozen=True, slots=True)
class CountFit:
    """A log-linear regression of n periods on k terms.

    Attributes
    ----------
    mixture : StudentMixture
        Of the coefficients, logarithms of rate ratios; no leading dimension.
    expected : (n,)
        Fitted counts, at the mean of the coefficients.
    dispersion : float
        Sum of squared Pearson residuals of the Poisson fit over its degrees of freedom; 1 for
        counts that are as uneven as chance makes them.
    alpha : float
        Of the negative binomial; 0 for the others.
    """

    mixture: StudentMixture
    expected: Array
    dispersion: float
    alpha: float

    @property
    def coefficients(self) -> Array:
        """Their means, (k,)."""
        return np.asarray(self.mixture.weights @ self.mixture.centres, dtype=np.float64)

    def pearson_residuals(self, counts: Array) -> Array:
        """Residuals over their expected standard deviation, (n,)."""
        variance = self.expected + self.alpha * self.expected**2
        return np.asarray((counts - self.expected) / np.sqrt(variance), dtype=np.float64)


def fit_counts(
    counts: Array, design: Array, offset: Array, *, family: str, error: str, maximum_lags: int
) -> CountFit:
    """Fit counts (n,) to a design (n, k) with an offset (n,) on the scale of the logarithm.

    Parameters
    ----------
    counts, offset : (n,)
        Counts of at least 0 without gaps; logarithms of what the rates are per.
    design : (n, k)
        With a constant.
    family : {"poisson", "quasi_poisson", "negative_binomial"}
        How the variance grows with the mean.
    error : {"gls", "hac", "model"}
        Autocorrelation integrated out, as in `generalized`; Newey-West errors, which hold under
        any variance; or those of the family, with the normal distribution.
    maximum_lags : int
        For hac.
    """
    # Loading statsmodels takes longer than importing stancelib may.
    import statsmodels.api as sm  # noqa: PLC0415

    alpha = _alpha(counts, design, offset) if family == "negative_binomial" else 0.0
    kind = sm.families.NegativeBinomial(alpha=alpha) if alpha > 0 else sm.families.Poisson()
    fit = sm.GLM(counts, design, family=kind, offset=offset).fit(tol=1e-12, maxiter=200)
    coefficients, expected = np.asarray(fit.params), np.asarray(fit.fittedvalues)
    n_periods, n_terms = design.shape
    dispersion = float(((counts - expected) ** 2 / expected).sum() / (n_periods - n_terms))
    if error == "gls":
        mixture = generalized(counts[None], design, offset, coefficients[None], alpha)
        mixture = replace(
            mixture,
            weights=mixture.weights[0],
            centres=mixture.centres[0],
            scales=mixture.scales[0],
        )
        expected = np.exp(design @ (mixture.weights @ mixture.centres) + offset)
        return CountFit(mixture, expected, dispersion, alpha)
    # With the log link, the weight of the information is mu / (1 + alpha mu).
    weight = expected / (1 + alpha * expected)
    information = design.T @ (design * weight[:, None])
    inverse = np.asarray(np.linalg.inv(information), dtype=np.float64)
    if error == "model":
        covariance = inverse * (dispersion if family == "quasi_poisson" else 1.0)
        return CountFit(_single(coefficients, covariance, NORMAL), expected, dispersion, alpha)
    scores = design * ((counts - expected) / (1 + alpha * expected))[:, None]
    covariance = sandwich(scores, inverse, np.arange(n_periods, dtype=np.float64), maximum_lags)
    freedom = robust_freedom(n_periods, n_terms, maximum_lags)
    return CountFit(_single(coefficients, covariance, freedom), expected, dispersion, alpha)


def _single(coefficients: Array, covariance: Array, freedom: float) -> StudentMixture:
    return StudentMixture(np.ones(1), coefficients[None], covariance[None], freedom)


def generalized(
    counts: Array, design: Array, offset: Array, start: Array, alpha: float
) -> StudentMixture:
    """Counts of B series with an autoregression on the scale of the logarithm.

    Penalized quasi-likelihood (Breslow and Clayton 1993): the model is made linear at the fitted
    counts, and the working response, with variances in proportion to ``1 / mu + alpha``, is
    fitted by generalized least squares with the autocorrelation and the size of both noises
    integrated out; again until the coefficients stay.

    Parameters
    ----------
    counts : (B, n)
        Without gaps.
    design : (n, k)
        With a constant.
    offset : (n,)
        On the scale of the logarithm.
    start : (B, k)
        Coefficients to begin with.
    alpha : float
        Of the negative binomial.
    """
    sizes = column_sizes(design)
    coefficients = start
    elapsed = np.ones(counts.shape[1])
    for _ in range(_STEPS):
        linear = coefficients @ design.T
        expected = np.exp(linear + offset)
        regression = Regression(
            outcome=linear + (counts - expected) / expected,
            design=design / sizes,
            variances=1 / expected + alpha,
            freedom=0.0,
            elapsed=elapsed,
        )
        mixture = fit_generalized(regression).mixture
        following = np.einsum("bg,bgk->bk", mixture.weights, mixture.centres) / sizes
        moved = np.abs((following - coefficients) * sizes).max()
        coefficients = following
        if moved < _SMALL_STEP:
            break
    return replace(
        mixture,
        centres=mixture.centres / sizes,
        scales=mixture.scales / np.outer(sizes, sizes),
    )


def _alpha(counts: Array, design: Array, offset: Array) -> float:
    """Maximum likelihood of the overdispersion, alternating with the coefficients; 0: none.

    The profile likelihood is looked at over the logarithm of alpha.
    """
    import statsmodels.api as sm  # noqa: PLC0415 - see above
    from scipy import optimize  # noqa: PLC0415 - see above

    def loss(log_alpha: float) -> float:
        kind = sm.families.NegativeBinomial(alpha=float(np.exp(log_alpha)))
        return -float(sm.GLM(counts, design, family=kind, offset=offset).fit().llf)

    found = optimize.minimize_scalar(loss, bounds=(-16.0, 4.0), method="bounded")
    plain = -float(sm.GLM(counts, design, family=sm.families.Poisson(), offset=offset).fit().llf)
    return float(np.exp(found.x)) if found.fun < plain else 0.0
