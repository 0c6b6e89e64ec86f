"""`smooth`: an explicit kernel over a Series frame, with its error and its gaps."""

from __future__ import annotations

import numpy as np
import polars as pl

from stancelib.errors import ArgumentError
from stancelib.series.kernels import Kernel, LocalRegression
from stancelib.series.kernels_core import lag_matrix, local_matrix
from stancelib.series.panels import article_variances, check_columns

_NEEDED = ("target", "source", "period", "stance", "se", "n_effective")


def smooth(
    series: pl.DataFrame,
    kernel: Kernel | LocalRegression,
    *,
    least_share: float = 0.5,
) -> pl.DataFrame:
    """Smooth each series of a frame over time; nothing in the library does so by itself.

    Parameters
    ----------
    series : polars.DataFrame
        A Series frame with a row for every period, as `Store.series` returns it.
    kernel : Kernel or LocalRegression
        What to smooth with.
    least_share : float
        In [0, 1]. Where less of a kernel's weight falls on periods with articles, the smoothed
        stance is null; the weights of periods without articles are shared out among the others.

    Returns
    -------
    polars.DataFrame
        The frame with `smoothed` and `smoothed_se`, in its own order. The error is that of the
        articles alone, carried through the weights. Smoothed values are not independent of each
        other: do not fit them in place of the series.

    Raises
    ------
    ArgumentError
        When `kernel` is neither, or `least_share` is outside [0, 1].
    DataError
        When a column of a Series frame is missing.

    Examples
    --------
    >>> import stancelib as sl
    >>> series = sl.simulate_series(n_periods=12, seed=1).series
    >>> sl.smooth(series, sl.Kernel.moving_average(4)).columns[-2:]
    ['smoothed', 'smoothed_se']
    """
    check_columns(series, _NEEDED)
    if not isinstance(kernel, Kernel | LocalRegression):
        raise ArgumentError(
            f"kernel={kernel!r}; pass sl.Kernel.moving_average(7) or another Kernel, or "
            "sl.LocalRegression(9)"
        )
    if not 0 <= least_share <= 1:
        raise ArgumentError(f"least_share must lie in [0, 1]; got {least_share}")
    numbered = series.with_row_index("_row")
    parts = [
        _smoothed(part.sort("period"), kernel, least_share)
        for part in numbered.partition_by("target", "source", maintain_order=True)
    ]
    return pl.concat(parts).sort("_row").drop("_row") if parts else series


def _smoothed(
    part: pl.DataFrame, kernel: Kernel | LocalRegression, least_share: float
) -> pl.DataFrame:
    stance = part.get_column("stance").cast(pl.Float64).to_numpy()
    seen = np.isfinite(stance)
    if isinstance(kernel, Kernel):
        weights = lag_matrix(np.array(kernel.weights), seen, least_share)
    else:
        weights = local_matrix(kernel.periods, kernel.degree, seen)
    variances = np.where(seen, article_variances(part), 0.0)
    smoothed = weights @ np.where(seen, stance, 0.0)
    errors = np.sqrt((weights**2) @ variances)
    return part.with_columns(
        smoothed=pl.Series(smoothed).fill_nan(None),
        smoothed_se=pl.Series(errors).fill_nan(None),
    )
