"""`error_drift`: whether the scorer is wrong in another way after an event than before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from stancelib.errors import ArgumentError, NotEnoughDataError
from stancelib.notebook import Shown
from stancelib.validation.drift_core import (
    Difference,
    WeightedMean,
    contrast,
    difference,
    equal_means,
    weighted_mean,
)
from stancelib.validation.gold import predictions_of
from stancelib.validation.labelled_cells import check_gold

if TYPE_CHECKING:
    from stancelib.scoring import Scorer
    from stancelib.store import Store
    from stancelib.store.selection import HasInstant

DRIFT_GROUPS: Final = ("target", "source", "lang", "voice")
ALL: Final = "all"
COMPARED: Final = "compared"
_FEWEST_ARTICLES: Final = 2


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ErrorDrift(Shown):
    """Whether the scorer's error is stable, made by `error_drift`.

    The error of a pair is its predicted stance less that of its label, in stance units.

    Attributes
    ----------
    table : polars.DataFrame
        A row for all labels and one for each level of each group (with `treated`, the group
        ``compared`` has the levels ``treated``, ``controls`` and ``difference``, whose `before` and
        `after` are treated less controls): `group`, `level`, `before` and
        `after` (mean errors), `estimate` (after less before), `se`, `low`, `high`, `p_value`,
        `detectable` (the drift that this test would find with a probability of 80 %), `n_before`
        and `n_after` (labelled articles). Null where a side has fewer than two articles.
    between : polars.DataFrame
        A row for each group: `group`, `smallest` and `largest` mean error of its levels,
        `statistic`, `p_value` and `n_levels` of Welch's test that all levels have the same error.
    sentence : str
        The same for a reader.
    confidence_level : float
        Of the intervals.

    Examples
    --------
    >>> ErrorDrift.__name__
    'ErrorDrift'
    """

    table: pl.DataFrame
    between: pl.DataFrame
    sentence: str
    confidence_level: float

    def _tables(self) -> dict[str, pl.DataFrame]:
        return {"": self.table, "Between groups": self.between}


def error_drift(
    store: Store,
    gold: pl.DataFrame,
    event: HasInstant,
    *,
    by: Sequence[str] = DRIFT_GROUPS,
    treated: Sequence[str] | None = None,
    scorer: str | Scorer | None = None,
    confidence_level: float = 0.95,
) -> ErrorDrift:
    """Test whether the scorer's mean error differs before and after, and between groups.

    An uncorrected effect takes this error for stable. What the test cannot see, it says:
    `detectable` is the drift that so many labels would find.

    Parameters
    ----------
    store : Store
        That has the scores of the labelled pairs.
    gold : polars.DataFrame
        As `gold_labels` returns it.
    event : Event
        What was published at or after its `at` is after it.
    by : sequence of str
        Of target, source, lang and voice.
    treated : sequence of str, optional
        Sources that an effect compares to the others: the sentence then tells whether the error
        changed otherwise there, which is what a difference in differences takes for stable.
    scorer : str, Scorer or None
        Whose predictions; those in `gold` when not given.
    confidence_level : float
        Of the intervals, inside (0, 1).

    Returns
    -------
    ErrorDrift
        ``.table``, ``.between``, ``.sentence``.

    Raises
    ------
    ArgumentError
        For an unknown group, treated source or scorer.
    DataError
        When `gold` is no gold frame, or its pairs have no score in this store.
    NotEnoughDataError
        With fewer than two labelled articles on a side of the event (of treated and controls).

    References
    ----------
    Welch, B. L. (1947). The generalization of 'Student's' problem when several different
    population variances are involved. Biometrika 34, 28-35. Welch, B. L. (1951). On the comparison
    of several mean values: an alternative approach. Biometrika 38, 330-336.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> import polars as pl
    >>> import stancelib as sl
    >>> corpus = sl.simulate_corpus(300, seed=1)
    >>> with sl.open_store(":memory:") as store:
    ...     _ = store.add_documents(corpus.documents, progress=False)
    ...     _ = store.score(corpus.scorer(), "Russia", progress=False)
    ...     sample = sl.draw_sample(store, 60)
    ...     coded = sample.pairs.select("item", label=pl.lit("neutral"))
    ...     gold = sl.gold_labels(store, sample, coded)
    ...     middle = sl.Event("middle", sorted(gold["published_at"])[30])
    ...     drift = sl.error_drift(store, gold, middle, by=["source"])
    >>> drift.table["group"].unique().sort().to_list()
    ['all', 'source']
    """
    for name in by:
        if name not in DRIFT_GROUPS:
            raise ArgumentError.unknown("group", name, DRIFT_GROUPS)
    if not 0 < confidence_level < 1:
        raise ArgumentError(f"confidence_level must lie inside (0, 1); got {confidence_level}")
    rows = predictions_of(store, gold, scorer)
    for name in treated or ():
        if name not in (known := rows["source"].unique().sort().to_list()):
            raise ArgumentError.unknown("treated source", name, known)
    return drift_of(rows, event.at, by, confidence_level, treated=treated)


def drift_of(
    gold: pl.DataFrame,
    at: datetime,
    by: Sequence[str],
    confidence_level: float,
    *,
    treated: Sequence[str] | None = None,
) -> ErrorDrift:
    """Measure the drift with the predictions in a gold frame."""
    errors = _errors(gold, at)
    overall = _row(_sides(errors), ALL, ALL, confidence_level)
    _check_sides(overall)
    rows, between, told = [overall], [], overall
    if treated is not None:
        compared = _compared(errors, treated, confidence_level)
        rows, told = [*rows, *compared], compared[-1]
    for group in by:
        parts = dict(sorted(errors.partition_by(group, as_dict=True).items()))
        rows += [
            _row(_sides(part), group, str(key[0]), confidence_level) for key, part in parts.items()
        ]
        if row := _between(group, list(parts.values())):
            between.append(row)
    schema = {"group": pl.String, "smallest": pl.Float64, "largest": pl.Float64}
    schema |= {"statistic": pl.Float64, "p_value": pl.Float64, "n_levels": pl.Int64}
    return ErrorDrift(
        table=pl.DataFrame(rows, infer_schema_length=None).with_columns(
            pl.col(pl.Float64).fill_nan(None)
        ),
        between=pl.DataFrame(between, schema=schema),
        sentence=_sentence(told, confidence_level),
        confidence_level=confidence_level,
    )


def _check_sides(row: dict[str, Any], whose: str = "") -> None:
    if min(row["n_before"], row["n_after"]) < _FEWEST_ARTICLES:
        raise NotEnoughDataError(
            f"labels{whose} are of {row['n_before']} articles before the event and "
            f"{row['n_after']} after; a drift needs at least {_FEWEST_ARTICLES} on each side"
        )


def _errors(gold: pl.DataFrame, at: datetime) -> pl.DataFrame:
    return check_gold(gold).with_columns(
        error=pl.col("stance") - pl.col("label_stance"),
        # As in a series, where an article counts once, however many of its sentences there are.
        weight=1 / (pl.col("inclusion_probability") * pl.col("n_sentences")),
        article=pl.struct("doc_id", "target").rank("dense").cast(pl.Int64),
        after=pl.col("published_at") >= at,
    )


def _mean(rows: pl.DataFrame) -> WeightedMean:
    if rows.is_empty():
        nan = float("nan")
        return WeightedMean(nan, nan, nan, 0)
    return weighted_mean(
        rows["error"].to_numpy(), rows["weight"].to_numpy(), rows["article"].to_numpy()
    )


def _sides(rows: pl.DataFrame) -> tuple[WeightedMean, WeightedMean]:
    return _mean(rows.filter(~pl.col("after"))), _mean(rows.filter(pl.col("after")))


def _row(
    sides: tuple[WeightedMean, WeightedMean], group: str, level: str, confidence_level: float
) -> dict[str, Any]:
    before, after = sides
    return {
        "group": group,
        "level": level,
        "before": before.mean,
        "after": after.mean,
        **_told(difference(before, after, confidence_level)),
        "n_before": before.n_articles,
        "n_after": after.n_articles,
    }


def _told(found: Difference) -> dict[str, float]:
    names = ("estimate", "se", "low", "high", "p_value", "detectable")
    return {name: getattr(found, name) for name in names}


def _compared(
    errors: pl.DataFrame, treated: Sequence[str], confidence_level: float
) -> list[dict[str, Any]]:
    """Treated sources, the others, and the difference of their drifts."""
    of_treated = pl.col("source").is_in(list(treated))
    sides = [_sides(errors.filter(chosen)) for chosen in (of_treated, ~of_treated)]
    rows = []
    for name, means in zip(("treated", "controls"), sides, strict=True):
        rows.append(_row(means, COMPARED, name, confidence_level))
        _check_sides(rows[-1], f" of {name}")
    apart = {name: rows[0][name] - rows[1][name] for name in ("before", "after")}
    apart |= {name: rows[0][name] + rows[1][name] for name in ("n_before", "n_after")}
    found = _told(contrast([*sides[0], *sides[1]], [-1, 1, 1, -1], confidence_level))
    return [*rows, {"group": COMPARED, "level": "difference", **apart, **found}]


def _between(group: str, parts: list[pl.DataFrame]) -> dict[str, Any] | None:
    means = [_mean(part) for part in parts]
    known = [one for one in means if one.variance > 0]
    if len(known) < 2:  # noqa: PLR2004  (one level differs from nothing)
        return None
    statistic, p_value, _ = equal_means(known)
    values = [one.mean for one in known]
    return {
        "group": group,
        "smallest": min(values),
        "largest": max(values),
        "statistic": statistic,
        "p_value": p_value,
        "n_levels": len(known),
    }


def _sentence(overall: dict[str, Any], confidence_level: float) -> str:
    numbers = {name: _number(value) for name, value in overall.items() if isinstance(value, float)}
    whose = " in treated sources less that in controls" if overall["group"] == COMPARED else ""
    sides = (
        f"the scorer's mean error{whose} was {numbers['before']} before the event and "
        f"{numbers['after']} after it"
    )
    if np.isnan(overall["se"]):
        return f"On the labels, {sides}; they do not scatter, so that no test is possible."
    clear = overall["p_value"] < 1 - confidence_level
    change = (
        f"{numbers['estimate']}, {100 * confidence_level:g} % interval {numbers['low']} to "
        f"{numbers['high']}"
    )
    if clear:
        return f"The scorer's error drifted ({change}): {sides}."
    return (
        f"No drift of the scorer's error was found ({change}; {sides}); these labels would find "
        f"one of {numbers['detectable']} with a probability of 80 %."
    )


def _number(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")
