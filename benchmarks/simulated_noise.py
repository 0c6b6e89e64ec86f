"""The noise of all simulation studies: that of an outlet, and that of its articles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

Array = NDArray[np.float64]

BURN_IN = 500
# A stance moves by 0.1 from period to period; the articles of a period scatter by 0.5.
LATENT_SD, ARTICLE_SD = 0.1, 0.5


def correlated(noise: str, shape: tuple[int, int], rng: np.random.Generator) -> Array:
    """Rows of autocorrelated noise with variance 1, such as ``AR 0.6`` or ``MA 0.8``."""
    kind, _, coefficient = noise.partition(" ")
    value = float(coefficient)
    shocks = rng.normal(size=(shape[0], shape[1] + BURN_IN))
    if kind == "MA":
        errors = np.asarray(lfilter([1.0, value], [1.0], shocks)) / np.sqrt(1 + value**2)
    else:
        errors = np.asarray(lfilter([1.0], [1.0, -value], shocks)) * np.sqrt(1 - value**2)
    return np.asarray(errors[:, BURN_IN:])


def estimated_se(counts: Array, rng: np.random.Generator) -> Array:
    """Standard errors of means of articles, as these scatter; NaN where there is but one."""
    freedom = np.maximum(counts - 1, 1)
    scatter = ARTICLE_SD**2 * rng.chisquare(freedom) / freedom
    return np.where(counts > 1, np.sqrt(scatter / counts), np.nan)
