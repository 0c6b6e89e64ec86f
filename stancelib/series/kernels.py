"""Kernels that smooth a series over time: weights of this period and of those before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from stancelib.errors import ArgumentError
from stancelib.notebook import View, Viewed, fields_of
from stancelib.series import kernels_core as core


@dataclass(frozen=True, slots=True)
class Kernel(Viewed):
    """Weights of a period and of those before it, which sum to 1.

    Made by `moving_average`, `exponential`, `inverse_exponential`, `almon` or `beta`, or from any
    weights. ``periods=1`` is the identity with each of them.

    Attributes
    ----------
    name : str
        What it is, with its parameters.
    weights : tuple of float
        Of lag 0, 1, 2 and so on.

    Raises
    ------
    ArgumentError
        When a parameter is outside its range, or weights are not finite and at least 0 with one
        above 0.

    References
    ----------
    Almon, S. (1965). The distributed lag between capital appropriations and expenditures.
    Econometrica 33(1), 178-196. Ghysels, E., Sinko, A. and Valkanov, R. (2007). MIDAS regressions:
    further results and new directions. Econometric Reviews 26(1), 53-90, section 2.1.

    Examples
    --------
    >>> Kernel.moving_average(4).weights
    (0.25, 0.25, 0.25, 0.25)
    >>> [round(weight, 3) for weight in Kernel.exponential(3, decay=0.5).weights]
    [0.571, 0.286, 0.143]
    """

    name: str
    weights: tuple[float, ...]

    @classmethod
    def of(cls, weights: Sequence[float] | NDArray[np.float64], name: str = "given") -> Self:
        """Take weights of lag 0, 1, 2 and so on; they are scaled to sum to 1."""
        values = np.asarray(weights, dtype=np.float64)
        if values.ndim != 1 or not np.isfinite(values).all() or (values < 0).any():
            raise ArgumentError(f"weights must be a list of numbers of at least 0; got {weights}")
        if not values.sum() > 0:
            raise ArgumentError(f"at least one weight must be above 0; got {weights}")
        return cls(name, tuple(float(one) for one in values / values.sum()))

    @classmethod
    def moving_average(cls, periods: int) -> Self:
        """Take the last `periods` periods alike."""
        return cls.of(core.moving_average(_length(periods)), f"moving average of {periods}")

    @classmethod
    def exponential(cls, periods: int, *, decay: float) -> Self:
        """Let weights fall by the factor ``1 - decay`` a period; `decay` inside (0, 1)."""
        weights = core.exponential(_length(periods), _inside("decay", decay))
        return cls.of(weights, f"exponential of {periods}, decay {decay:g}")

    @classmethod
    def inverse_exponential(cls, periods: int, *, decay: float) -> Self:
        """Let weights fall slowly at first, then faster and faster; `decay` inside (0, 1)."""
        weights = core.inverse_exponential(_length(periods), _inside("decay", decay))
        return cls.of(weights, f"inverse exponential of {periods}, decay {decay:g}")

    @classmethod
    def almon(cls, periods: int, *, order: int, degree: int) -> Self:
        """Take an Almon polynomial of the `degree`; 1 <= `order` <= `degree`.

        With ``x = 1 - lag / periods`` weights are ``(1 - (1 - x) ** order) * x ** (degree -
        order)``: flat or early for a low order, later for a high one.
        """
        if not 1 <= order <= degree:
            raise ArgumentError(
                f"order must lie in 1 to degree; got order={order}, degree={degree}"
            )
        weights = core.almon(_length(periods), order, degree)
        return cls.of(weights, f"Almon of {periods}, order {order} of {degree}")

    @classmethod
    def beta(cls, periods: int, *, a: float, b: float) -> Self:
        """Take a beta density at the midpoints of the lags; `a` and `b` above 0, flat at 1, 1."""
        for name, value in {"a": a, "b": b}.items():
            if not 0 < value < np.inf:
                raise ArgumentError(f"{name} must be above 0 and finite; got {value}")
        return cls.of(core.beta(_length(periods), a, b), f"beta of {periods}, a {a:g}, b {b:g}")

    def _view(self) -> View:
        return View(f"Kernel: {self.name}", {"": fields_of(self)})


@dataclass(frozen=True, slots=True)
class LocalRegression(Viewed):
    """LOESS: a weighted line (or parabola) through the periods around each period.

    Looks ahead as well as back, so that it is for pictures and not for what was known at the time.

    Attributes
    ----------
    periods : int
        Neighbours that a fit uses: those nearest with a stance; at least `degree` + 2.
    degree : {0, 1, 2}
        Of the local polynomial.

    References
    ----------
    Cleveland, W. S. (1979). Robust locally weighted regression and smoothing scatterplots. JASA
    74(368), 829-836, without the robust step, so that the errors can be carried through.

    Examples
    --------
    >>> LocalRegression(9).degree
    1
    """

    periods: int
    degree: int = 1

    def __post_init__(self) -> None:
        if self.degree not in {0, 1, 2}:
            raise ArgumentError(f"degree must be 0, 1 or 2; got {self.degree}")
        if self.periods < self.degree + 2:
            raise ArgumentError(
                f"a local regression of degree {self.degree} needs at least {self.degree + 2} "
                f"periods; got {self.periods}"
            )

    def _view(self) -> View:
        return View("Local regression (LOESS)", {"": fields_of(self)})


def _length(periods: int) -> int:
    if periods < 1:
        raise ArgumentError(f"periods must be at least 1; got {periods}")
    return periods


def _inside(name: str, value: float) -> float:
    if not 0 < value < 1:
        raise ArgumentError(f"{name} must lie inside (0, 1); got {value}")
    return value
