"""`labels_needed`: how many labels an effect of a given size needs, and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from stancelib.errors import ArgumentError, DataError, NotEnoughDataError
from stancelib.store.selection import HasInstant, check_option
from stancelib.validation.gold import NUMBERS
from stancelib.validation.gold_design import read_gold
from stancelib.validation.label_planning_core import (
    Integers,
    Needs,
    Pilot,
    allowed_variance,
    cell_variances,
    divided,
    needs,
    resampled,
    smallest_ratio,
)
from stancelib.validation.label_planning_result import LabelsNeeded, tell_needed

SIDES: Final = ("before", "after")
CELLS: Final = ("source", "target", "lang", "voice", "part")
_WIDEST: Final = 2.0
_FEWEST: Final = 2


def labels_needed(
    effect: float,
    *,
    pilot: pl.DataFrame,
    event: HasInstant,
    by: str | Sequence[str] = (),
    series_se: float = 0.0,
    multiplier: float = 1.0,
    tuning: float | None = None,
    per_article: float = 1.0,
    correlation: float | None = None,
    wanted: float = 0.8,
    confidence_level: float = 0.95,
    n_resamples: int = 999,
    seed: int = 0,
) -> LabelsNeeded:
    """Say how many labels show a change of the mean stance after an event, and where to take them.

    Parameters
    ----------
    effect : float
        The change that would matter, in stance units, up to 2; its sign does not matter.
    pilot : polars.DataFrame
        As `gold_labels` returns it, from some hundred labels on both sides of the event.
    event : Event
        What divides before and after.
    by : str or sequence of str
        Cells within each side: source, target, lang, voice, part. Each keeps its share of the side,
        which is that of the pilot's weights.
    series_se : float
        The standard error that the effect has without any error of the scorer, such as that of the
        uncorrected effect: the series' own noise, which no label removes. 0 asks for the change
        among the pairs of the store alone.
    multiplier : float
        Error of the effect over that of a difference of means, with labels spread evenly over
        time: 1 for the difference of means, about 2 for the level of a segmented regression with
        many periods on each side.
    tuning : float, optional
        What predictions count in the corrected means; estimated from the pilot when not given, 0
        for labels alone.
    per_article : float
        Labels that will be taken of an article, 1 or more.
    correlation : float, optional
        Correlation of what predictions leave within an article, in [0, 1]; estimated from the
        pilot when not given and `per_article` is above 1.
    wanted : float
        Power that counts as enough, inside (0, 1).
    confidence_level : float
        Of the effect's interval, which has to leave out 0, and of the interval of `n`.
    n_resamples, seed : int
        Of the bootstrap of the pilot's articles (Davison and Hinkley 1997, section 5.2, "basic", of
        the logarithm), which gives the interval of `n`.

    Returns
    -------
    LabelsNeeded
        ``.table``, ``.n``, ``.n_low``, ``.n_high``, ``.n_without_scorer``, ``.sentence``,
        ``.to_dict()``.

    Raises
    ------
    ArgumentError
        For an unknown cell, an effect of 0 or beyond the scale, or another option out of range.
    DataError
        When the pilot lacks a column or holds no probability.
    NotEnoughDataError
        When the series' own noise hides the effect whatever the labels say, a cell has fewer than
        2 labels, or no article has the two that a correlation needs.

    Notes
    -----
    The variance of the effect is `series_se` squared, plus `multiplier` squared times the sum over
    cells of share squared times the variance of label - tuning * prediction, over its labels, with
    the finite population correction and the design effect 1 + (per_article - 1) * correlation.
    Labels are divided by share times standard deviation (Neyman 1934), the two sides alike in
    weight. Cells with fewer than 10 labels, or without spread, take the variance of all. The test
    is normal, so that a few labels more are needed where `n` is below 50 or so.

    References
    ----------
    Neyman, J. (1934). On the two different aspects of the representative method. JRSS 97(4),
    558-625. Bloom, H. S. (1995). Minimum detectable effects. Evaluation Review 19(5), 547-556.
    Angelopoulos, A. N., Duchi, J. C. and Zrnic, T. (2023). PPI++: efficient prediction-powered
    inference. Donner, A. (1986). A review of inference procedures for the intraclass correlation
    coefficient. International Statistical Review 54(1), 67-82.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> import polars as pl
    >>> import stancelib as sl
    >>> said = ["against", "favor", "favor", "neutral"] * 25
    >>> pilot = pl.DataFrame({
    ...     "doc_id": [str(place) for place in range(100)],
    ...     "published_at": [datetime(2024, 1 + place // 25, 9, tzinfo=UTC)
    ...                      for place in range(100)],
    ...     "label": ["against", "neutral", "favor", "neutral"] * 25,
    ...     "p_against": [0.8 if one == "against" else 0.1 for one in said],
    ...     "p_neutral": [0.8 if one == "neutral" else 0.1 for one in said],
    ...     "p_favor": [0.8 if one == "favor" else 0.1 for one in said],
    ...     "stratum": [0] * 100,
    ...     "inclusion_probability": [0.01] * 100,
    ... })
    >>> event = sl.Event("a summit", datetime(2024, 3, 1, tzinfo=UTC))
    >>> found = sl.labels_needed(0.2, pilot=pilot, event=event)
    >>> found.n < found.n_without_scorer, found.table["before_after"].to_list()
    (True, ['before', 'after'])
    """
    names = [by] if isinstance(by, str) else list(dict.fromkeys(by))
    _check(
        effect,
        names,
        series_se=series_se,
        multiplier=multiplier,
        per_article=per_article,
        correlation=correlation,
    )
    _check_shares(wanted, confidence_level, n_resamples)
    labelled = read_gold(pilot, ["published_at", *names])
    cells, known = _pilot(labelled, names, event, multiplier)
    allowed = allowed_variance(abs(effect), series_se, wanted, confidence_level)
    if allowed <= 0:
        smallest = smallest_ratio(wanted, confidence_level) * series_se
        raise NotEnoughDataError(
            f"no number of labels shows a change of {abs(effect):.3g}: the series' own standard "
            f"error, {series_se:.3g}, hides what is below {smallest:.3g} with a power of "
            f"{wanted:.0%}; more articles or periods would help, or a longer window"
        )
    options = (allowed, per_article, correlation)
    found, alone = needs(known, tuning, *options), needs(known, 0.0, *options)
    if np.isnan(found.n):
        raise NotEnoughDataError(
            "no article of the pilot has two labels, so that their correlation is not known; pass "
            "correlation=, or per_article=1"
        )
    labels = divided(known, found, allowed)
    table = _table(cells, known, found, labels, divided(known, alone, allowed))
    ends = _ends(known, tuning, options, confidence_level, (n_resamples, seed))
    low, high = min(ends[0], int(labels.sum())), max(ends[1], int(labels.sum()))
    setting = (effect, wanted, confidence_level)
    return LabelsNeeded(
        table=table,
        n=int(labels.sum()),
        n_low=low,
        n_high=high,
        n_without_scorer=int(table["n_without_scorer"].sum()),
        tuning=found.tuning,
        correlation=None if np.isnan(found.correlation) else found.correlation,
        sentence=tell_needed(table, (low, high), setting, alone=series_se == 0),
        effect=effect,
        wanted=wanted,
        confidence_level=confidence_level,
    )


def _check(
    effect: float,
    names: list[str],
    *,
    series_se: float,
    multiplier: float,
    per_article: float,
    correlation: float | None,
) -> None:
    for name in names:
        check_option("cell", name, CELLS)
    if not 0 < abs(effect) <= _WIDEST:
        raise ArgumentError(f"effect must be a change of up to 2, and not 0; got {effect}")
    if not 0 <= series_se < np.inf:
        raise ArgumentError(f"series_se must be 0 or more; got {series_se}")
    if not 0 < multiplier < np.inf:
        raise ArgumentError(f"multiplier must be above 0; got {multiplier}")
    if not 1 <= per_article < np.inf:
        raise ArgumentError(f"per_article must be 1 or more; got {per_article}")
    if correlation is not None and not 0 <= correlation <= 1:
        raise ArgumentError(f"correlation must lie in [0, 1]; got {correlation}")


def _check_shares(wanted: float, confidence_level: float, n_resamples: int) -> None:
    for name, value in (("wanted", wanted), ("confidence_level", confidence_level)):
        if not 0 < value < 1:
            raise ArgumentError(f"{name} must lie inside (0, 1); got {value}")
    if n_resamples < 1:
        raise ArgumentError(f"n_resamples must be at least 1; got {n_resamples}")


def _pilot(
    gold: pl.DataFrame, names: list[str], event: HasInstant, multiplier: float
) -> tuple[pl.DataFrame, Pilot]:
    """The cells, and the arrays of the pilot."""
    after = pl.col("published_at") >= event.at
    keys = ["before_after", *names]
    rows = gold.with_columns(
        before_after=pl.when(after).then(pl.lit("after")).otherwise(pl.lit("before")),
        weight=1 / pl.col("inclusion_probability"),
    )
    cells = (
        rows.group_by(keys)
        .agg(n_population=pl.col("weight").sum(), n_pilot=pl.len().cast(pl.Int64))
        .sort(pl.col("before_after") == "after", *names)
        .with_row_index("cell")
    )
    _check_cells(cells, keys)
    share = pl.col("n_population") / pl.col("n_population").sum().over("before_after")
    numbered = rows.join(cells.select(*keys, "cell"), on=keys, maintain_order="left")
    return cells, Pilot(
        label=numbered["label"].replace_strict(NUMBERS, return_dtype=pl.Float64).to_numpy(),
        prediction=(numbered["p_favor"] - numbered["p_against"]).to_numpy(),
        weight=numbered["weight"].to_numpy(),
        cell=numbered["cell"].cast(pl.Int64).to_numpy(),
        article=(numbered["doc_id"].rank("dense") - 1).cast(pl.Int64).to_numpy(),
        population=np.maximum(np.round(cells["n_population"].to_numpy()), 1),
        coefficient=multiplier * cells.select(share).to_series().to_numpy(),
    )


def _check_cells(cells: pl.DataFrame, keys: list[str]) -> None:
    for side in SIDES:
        if side not in cells["before_after"]:
            raise DataError(f"the pilot has no label from {side} the event")
    few = cells.filter(pl.col("n_pilot") < _FEWEST)
    if not few.is_empty():
        named = ", ".join(str(value) for value in few.select(keys).row(0))
        raise NotEnoughDataError(
            f"the pilot has {few['n_pilot'][0]} label of the cell {named}; a variance needs "
            f"{_FEWEST}; take fewer cells (by=) or a larger pilot"
        )


def _table(
    cells: pl.DataFrame, pilot: Pilot, found: Needs, labels: Integers, alone: Integers
) -> pl.DataFrame:
    return cells.drop("cell").with_columns(
        n_population=pl.Series(pilot.population).cast(pl.Int64),
        sd_label=pl.Series(np.sqrt(cell_variances(pilot.label, pilot))),
        sd_rest=pl.Series(np.sqrt(found.variance)),
        n_labels=pl.Series(labels, dtype=pl.Int64),
        n_without_scorer=pl.Series(alone, dtype=pl.Int64),
    )


def _ends(
    pilot: Pilot,
    tuning: float | None,
    options: tuple[float, float, float | None],
    level: float,
    draws: tuple[int, int],
) -> tuple[int, int]:
    """Interval of n: how far resamples lie from it, mirrored on the scale of the logarithm."""
    n_resamples, seed = draws
    generator = np.random.default_rng(seed)
    known = needs(pilot, tuning, *options)
    found = np.empty(n_resamples)
    for place in range(n_resamples):
        drawn = resampled(pilot, generator)
        n = needs(drawn, tuning, *options).n
        # Where no article has two labels, a resample says nothing of their correlation.
        found[place] = needs(drawn, tuning, *options[:2], known.correlation).n if np.isnan(n) else n
    # Resamples scatter less than the pilot by a degree of freedom for each cell.
    found *= len(pilot.label) / (len(pilot.label) - pilot.n_cells)
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    if low > 0:
        low, high = known.n**2 / high, known.n**2 / low
    most = float(pilot.population.sum())
    return int(np.floor(low)), int(np.ceil(min(high, most)))
