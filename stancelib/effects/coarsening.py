"""Series of longer periods from series of shorter ones: weeks and months out of days."""

from __future__ import annotations

import polars as pl

from stancelib.errors import ArgumentError

# What each period can be put together to without being cut.
COARSER = {
    "1d": ("1w", "2w", "1mo", "1q", "1y"),
    "1w": ("2w",),
    "2w": (),
    "1mo": ("1q", "1y"),
    "1q": ("1y",),
    "1y": (),
}


def coarser(series: pl.DataFrame, every: str, longer: str) -> pl.DataFrame:
    """Put the periods of one series together to longer ones.

    The stance is again the mean over articles. Its error is that of the articles within the
    shorter periods; a period with one article (null ``se``) gets the variance between articles of
    all periods. It stays null where no period has two articles.

    Parameters
    ----------
    series : polars.DataFrame
        One target in one source: ``target``, ``source``, ``period`` (with a time zone),
        ``stance``, ``se``, ``n_documents``, ``n_effective``.
    every, longer : str
        Length of its periods, and the new length.

    Returns
    -------
    polars.DataFrame
        The same columns; longer periods without articles have a null stance.

    Raises
    ------
    ArgumentError
        When the longer periods would cut shorter ones, as months cut weeks.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> days = pl.DataFrame({
    ...     "target": "NATO", "source": "Beacon Wire",
    ...     "period": [datetime(2024, 1, day, tzinfo=UTC) for day in (1, 3, 8)],
    ...     "stance": [0.1, 0.4, None], "se": [0.2, 0.1, None],
    ...     "n_documents": [2, 4, 0], "n_effective": [2.0, 4.0, 0.0],
    ... })
    >>> coarser(days, "1d", "1w").select("stance", "n_documents").rows()
    [(0.3, 6), (None, 0)]
    """
    if longer not in COARSER[every]:
        known = ", ".join((every, *COARSER[every]))
        raise ArgumentError(
            f"periods of {every} cannot be put together to {longer}; possible are {known}. Hand "
            "in a series of shorter periods, for instance store.series(every='1d')"
        )
    documents, share = pl.col("n_documents"), pl.col("n_documents") / pl.col("n_documents").sum()
    variance = _article_variance(series)
    pooled_se = (variance / pl.col("n_effective")).sqrt()
    known_se = pl.when(documents > 0).then(pl.coalesce("se", pooled_se))
    return (
        series.with_columns(pl.col("period").dt.truncate(longer))
        .group_by("target", "source", "period", maintain_order=True)
        .agg(
            pl.when(documents.sum() > 0).then((share * pl.col("stance")).sum()).alias("stance"),
            pl.when(pl.col("n_effective").sum() > 1)
            .then(((share * known_se) ** 2).sum().sqrt())
            .alias("se"),
            documents.sum(),
            pl.col("n_effective").sum(),
        )
        .with_columns(se=pl.when(variance.is_not_null()).then("se"))
        .sort("period")
    )


def _article_variance(series: pl.DataFrame) -> pl.Expr:
    """Variance between the articles of a period, pooled over periods; null where unknown."""
    freedom = pl.col("n_effective") - 1
    known = series.filter(pl.col("se").is_not_null() & (freedom > 0))
    if known.is_empty():
        return pl.lit(None, pl.Float64)
    squares = (freedom * pl.col("se") ** 2 * pl.col("n_effective")).sum()
    return pl.lit(known.select(squares / freedom.sum()).item(), pl.Float64)
