"""`accuracy`: how well a scorer says what coders say, by groups, with errors of the sample."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final
from zoneinfo import available_timezones

import numpy as np
import polars as pl

from stancelib.errors import ArgumentError, DataError
from stancelib.store.selection import HasInstant, check_option, choose_scorer
from stancelib.validation.accuracy_core import Rows, bins_of, measures_of
from stancelib.validation.accuracy_result import Accuracy, tell_accuracy
from stancelib.validation.coded import LABELS
from stancelib.validation.estimates import estimated
from stancelib.validation.gold_design import PROBABILITIES, design_of_gold, read_gold
from stancelib.validation.sampling import UNITS
from stancelib.validation.survey_core import Booleans, Design, spread_of

if TYPE_CHECKING:
    from stancelib.store import Store

ALL: Final = "all"
GROUPS: Final = ("target", "lang", "source", "period", "before_after", "voice", "part")
_PLACES: Final = {name: place for place, name in enumerate(LABELS)}


def accuracy(
    store: Store,
    gold: pl.DataFrame,
    *,
    by: str | Sequence[str] | None = None,
    decide: Callable[[pl.DataFrame], pl.Series] | None = None,
    event: HasInstant | None = None,
    every: str = "1mo",
    time_zone: str = "UTC",
    n_bins: int = 10,
    confidence_level: float = 0.95,
) -> Accuracy:
    """Measure how well a scorer says what coders say, for all pairs that the sample stands for.

    Parameters
    ----------
    store : Store
        With the scorer's scores.
    gold : polars.DataFrame
        As `gold_labels` returns it.
    by : str or sequence of str, optional
        Groups beside all pairs, each by itself: target, lang, source, period (see `every`),
        before_after (of `event`), voice, part.
    decide : callable, optional
        Takes the gold frame and names one class for each row, as `EmbeddedScorer.labels` does by
        the decision that a model was made with; the most likely class when not given. It changes
        what counts as right, not bias, mean error, correlation or calibration of the classes.
    event : Event, optional
        For ``before_after``: what was published before its `at`, and from then on.
    every : {"1d", "1w", "1mo", "1q", "1y"}
        Length of a period.
    time_zone : str
        In which periods are cut.
    n_bins : int
        Bins of equal width in which probabilities are compared with what came true.
    confidence_level : float
        Of the intervals, inside (0, 1).

    Returns
    -------
    Accuracy
        ``.table``, ``.confusion``, ``.calibration``, ``.sentence``, ``.to_dict()``. Measures:
        ``accuracy``; ``macro_f1`` of the three classes; ``f1_against_favor``, their mean;
        ``precision_against``, ``recall_against``, ``f1_against`` and so on; ``bias``, the mean
        predicted stance less the mean label (-1, 0, 1); ``mean_absolute_error`` of the predicted
        stance; ``correlation`` of the two; ``expected_calibration_error``.

    Raises
    ------
    ArgumentError
        For an unknown option or group, or ``before_after`` without an event.
    DataError
        When a column is missing, null or no probability, or the store lacks the scorer.
    NotEnoughDataError
        When there is no label.

    Notes
    -----
    Each pair stands for 1 / inclusion_probability pairs (Hajek 1971), so that strata have the
    weight that they have in the store. Errors are those of the draw alone, by linearization
    (Binder 1983): between clusters within strata, with the finite population correction where
    whole clusters were drawn with one probability in the stratum. Clusters are what was drawn as
    one (`gold["cluster"]`); articles where a frame does not say. A stratum with one cluster
    counts by its distance from the mean of all. A group is compared with the whole sample
    ("domain estimation"), its size being random. Degrees of freedom are Satterthwaite's, at most
    the clusters with a label of the group less 1. Intervals of shares are symmetric on the logit
    scale; where all or none are right, Clopper and Pearson's with the number of clusters.

    References
    ----------
    Särndal, C.-E., Swensson, B. and Wretman, J. (1992). Model Assisted Survey Sampling, chapter 5.
    Binder, D. A. (1983). On the variances of asymptotically normal estimators from complex
    surveys. International Statistical Review 51. Lumley, T. (2010). Complex Surveys, Wiley.

    Examples
    --------
    >>> import polars as pl
    >>> import stancelib as sl
    >>> corpus = sl.simulate_corpus(200, seed=1)
    >>> with sl.open_store(":memory:") as store:
    ...     _ = store.add_documents(corpus.documents, progress=False)
    ...     _ = store.score(corpus.scorer(), "Russia", progress=False)
    ...     sample = sl.draw_sample(store, 40, strata=["lang"])
    ...     coded = sample.pairs.select("item", label=pl.lit("favor"))
    ...     found = sl.accuracy(store, sl.gold_labels(store, sample, coded))
    >>> found.table.filter(measure="recall_favor")["reason"].to_list()
    [None]
    """
    if not 0 < confidence_level < 1:
        raise ArgumentError(f"confidence_level must lie inside (0, 1); got {confidence_level}")
    if n_bins < 1:
        raise ArgumentError(f"n_bins must be at least 1; got {n_bins}")
    names = [by] if isinstance(by, str) else list(dict.fromkeys(by or ()))
    _check_groups(names, event, every, time_zone)
    columns = {"period": "published_at", "before_after": "published_at"}
    labelled = read_gold(gold, ["scorer", *(columns.get(name, name) for name in names)])
    for scorer in labelled["scorer"].unique().sort():
        choose_scorer(store.database, scorer)
    if labelled["scorer"].n_unique() > 1:
        raise DataError("the gold frame has predictions of several scorers; pass one of them")
    grouped = _with_groups(labelled, event, every, time_zone)
    return measured(grouped, _named(grouped, decide), names, n_bins, confidence_level)


def measured(
    gold: pl.DataFrame, predicted: pl.Series, names: list[str], n_bins: int, level: float
) -> Accuracy:
    """Measure on a checked frame, which has the columns of the groups."""
    design = design_of_gold(gold)
    rows = Rows(
        label=gold["label"].replace_strict(_PLACES, return_dtype=pl.Int64).to_numpy(),
        predicted=predicted.replace_strict(_PLACES, return_dtype=pl.Int64).to_numpy(),
        probabilities=gold.select(PROBABILITIES).to_numpy(),
        weights=design.weights,
    )
    tables, confusions, calibrations = [], [], []
    for by, group, inside in _groups(gold, names):
        part = Rows(rows.label, rows.predicted, rows.probabilities, rows.weights * inside)
        key = (pl.lit(by).alias("by"), pl.lit(group).alias("group"))
        found = estimated(measures_of(part, n_bins), design, level)
        tables.append(found.select(*key, pl.all()))
        confusions.append(_confusion(part).select(*key, pl.all()))
        calibrations.append(_calibration(part, design, n_bins, level).select(*key, pl.all()))
    table = pl.concat(tables)
    return Accuracy(
        table=table,
        confusion=pl.concat(confusions),
        calibration=pl.concat(calibrations),
        sentence=tell_accuracy(table, level),
        confidence_level=level,
        n_lonely_strata=spread_of(np.zeros((gold.height, 1)), design).n_lonely,
    )


def _check_groups(names: list[str], event: HasInstant | None, every: str, time_zone: str) -> None:
    for name in names:
        check_option("group", name, GROUPS)
    check_option("every", every, UNITS)
    if "before_after" in names and event is None:
        raise ArgumentError("by='before_after' needs event=, the moment that divides")
    if time_zone not in available_timezones():
        raise ArgumentError(f"unknown time_zone {time_zone!r}; pass an IANA name: Europe/Kyiv")


def _with_groups(
    gold: pl.DataFrame, event: HasInstant | None, every: str, time_zone: str
) -> pl.DataFrame:
    if "published_at" not in gold.columns:
        return gold
    at = pl.col("published_at")
    first = at.dt.convert_time_zone(time_zone).dt.truncate(every).dt.strftime("%Y-%m-%d")
    if event is None:
        return gold.with_columns(period=first)
    side = pl.when(at >= event.at).then(pl.lit("after")).otherwise(pl.lit("before"))
    return gold.with_columns(period=first, before_after=side)


def _named(gold: pl.DataFrame, decide: Callable[[pl.DataFrame], pl.Series] | None) -> pl.Series:
    if decide is None:
        largest = gold.select(pl.concat_list(PROBABILITIES).list.arg_max()).to_series()
        return largest.replace_strict(dict(enumerate(LABELS)), return_dtype=pl.String)
    said = decide(gold).cast(pl.String)
    if len(said) != gold.height or not said.is_in(LABELS).all():
        raise ArgumentError(f"decide must name one of {', '.join(LABELS)} for each row")
    return said


def _groups(gold: pl.DataFrame, names: list[str]) -> Iterator[tuple[str, str, Booleans]]:
    yield ALL, ALL, np.ones(gold.height, dtype=np.bool_)
    for name in names:
        values = gold[name].cast(pl.String)
        for value in values.unique().sort():
            yield name, value, (values == value).to_numpy()


def _confusion(rows: Rows) -> pl.DataFrame:
    inside = rows.weights > 0
    cells = 3 * rows.label + rows.predicted
    share = np.bincount(cells, rows.weights, 9).reshape(3, 3)
    of_label = share.sum(1, keepdims=True)
    with np.errstate(invalid="ignore"):
        shares = (share / share.sum()).ravel(), (share / of_label).ravel()
    return pl.DataFrame(
        {
            "label": np.repeat(LABELS, 3),
            "predicted": np.tile(LABELS, 3),
            "n": np.bincount(cells[inside], minlength=9),
            "share": shares[0],
            "share_of_label": shares[1],
        }
    ).with_columns(pl.col("share_of_label").fill_nan(None))


def _calibration(rows: Rows, design: Design, n_bins: int, level: float) -> pl.DataFrame:
    bins = list(bins_of(rows, n_bins))
    shares = [one.observed for one in bins]
    head = pl.DataFrame(
        {
            "of": [one.of for one in bins],
            "from": [one.number / n_bins for one in bins],
            "to": [(one.number + 1) / n_bins for one in bins],
            "probability": [one.probability for one in bins],
        }
    )
    found = estimated(shares, design, level).rename({"estimate": "observed"})
    kept = found.select("observed", "se", "low", "high", "n_labels", "n_clusters")
    return pl.concat([head, kept], how="horizontal")
