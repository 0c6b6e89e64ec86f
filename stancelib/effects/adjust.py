"""`adjust`: the p-values of many effects, corrected for how many were looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, get_args

import numpy as np
import polars as pl

from stancelib.effects.adjust_core import Hypothesis, benjamini_hochberg, holm, max_t
from stancelib.effects.adjust_result import METHOD_NAMES, AdjustDiagnostics, AdjustedEffects
from stancelib.effects.checks import check_choice, check_share, check_whole
from stancelib.effects.presentation import listed
from stancelib.effects.whitened import WhitenedRegression
from stancelib.errors import ArgumentError, DataError

Method = Literal["holm", "bh", "max_t"]

NEEDED = ("term", "estimate", "se", "low", "high", "p_value", "n")
_FEWEST_RUNS = 99


class Effect(Protocol):
    """What an effect needs to have; every result of this room has it."""

    @property
    def table(self) -> pl.DataFrame:
        """One row a term, with its p-value."""
        ...


def adjust(
    effects: Sequence[Effect],
    method: Method = "holm",
    *,
    terms: Sequence[str] = ("level",),
    confidence_level: float = 0.95,
    runs: int = 9_999,
    seed: int = 1,
) -> AdjustedEffects:
    r"""Correct the p-values of effects on several targets, sources and events for their number.

    Parameters
    ----------
    effects : sequence
        Results of `interrupted_time_series`, or anything else that has a ``.table`` with a
        p-value for each term; all that were looked at, not only those that are to be told.
    method : {"holm", "bh", "max_t"}
        ``"holm"``: at most one chance in twenty of any false alarm, whatever the dependence.
        ``"bh"``: of the alarms, one in twenty is expected to be false (independent or positively
        dependent effects). ``"max_t"``: as Holm, and sharper where effects depend on each other:
        their series are resampled jointly under the hypothesis that nothing happened, with their
        estimated autocorrelation and what they have in common.
    terms : sequence of str
        Terms of the tables that were looked at; each is a hypothesis.
    confidence_level : float
        1 less the level at which an effect is said to hold.
    runs : int
        Joint draws of ``"max_t"``, at least 99; no adjusted p-value is below 1 / (runs + 1).
    seed : int
        Of the draws; the same seed gives the same table.

    Returns
    -------
    AdjustedEffects
        ``.table``, ``.sentence``, ``.chart()``, ``.diagnostics``, ``.to_dict()``.

    Raises
    ------
    ArgumentError
        For an unknown method or term, no effects, or effects that ``"max_t"`` cannot resample.
    DataError
        When a table has no p-value for a term.

    Notes
    -----
    ``"max_t"`` draws innovations for every period, normal and correlated between the series as
    their whitened residuals are, refits every effect to them (a parametric bootstrap under the
    null hypothesis) and takes the step-down maximum. The observed statistics are those of
    Student's t with the raw p-values, so that the uncertainty of the autocorrelation is kept.

    References
    ----------
    Holm (1979), "A simple sequentially rejective multiple test procedure". Benjamini and Hochberg
    (1995), "Controlling the false discovery rate". Westfall and Young (1993), "Resampling-based
    multiple testing". Hothorn, Bretz and Westfall (2008), "Simultaneous inference in general
    parametric models".

    Examples
    --------
    >>> import stancelib as sl
    >>> panel = sl.simulate_series(
    ...     sources=("Beacon Wire", "Harbor Post"), level={"Beacon Wire": -0.4, "Harbor Post": 0.0}
    ... )
    >>> event = sl.Event("Vilnius summit", panel.event_at)
    >>> effects = [
    ...     sl.interrupted_time_series(panel.series, event, source=source)
    ...     for source in ("Beacon Wire", "Harbor Post")
    ... ]
    >>> adjusted = sl.adjust(effects, method="max_t", seed=7)
    >>> (adjusted.table["p_value_adjusted"] < 0.05).to_list()
    [True, False]
    """
    check_choice("method", method, get_args(Method))
    check_share("confidence_level", confidence_level)
    check_whole("runs", runs, _FEWEST_RUNS)
    check_whole("seed", seed, 0)
    table = _table(effects, terms)
    raw = table["p_value"].to_numpy()
    if method == "holm":
        adjusted = holm(raw)
    elif method == "bh":
        adjusted = benjamini_hochberg(raw)
    else:
        adjusted = max_t(raw, _hypotheses(effects, terms), runs, np.random.default_rng(seed))
    table = table.with_columns(p_value_adjusted=adjusted)
    table = table.select(pl.exclude("n"), "n")
    return AdjustedEffects(
        method=method,
        table=table,
        sentence=_sentence(table, method, confidence_level),
        diagnostics=_diagnostics(table, method, runs, confidence_level),
        confidence_level=confidence_level,
    )


def _table(effects: Sequence[Effect], terms: Sequence[str]) -> pl.DataFrame:
    if not isinstance(effects, Sequence) or not effects:
        raise ArgumentError(
            f"'effects' must be a list of results with at least one; got {type(effects).__name__}"
        )
    if isinstance(terms, str) or not terms:
        raise ArgumentError(f"'terms' must be a list of names of terms; got {terms!r}")
    return pl.concat(_rows(effect, terms, number) for number, effect in enumerate(effects, 1))


def _rows(effect: Effect, terms: Sequence[str], number: int) -> pl.DataFrame:
    table = getattr(effect, "table", None)
    if not isinstance(table, pl.DataFrame):
        raise ArgumentError(f"effect {number} has no table; got {type(effect).__name__}")
    for column in NEEDED:
        if column not in table.columns:
            raise DataError.missing_column(column, table.columns)
    known = table["term"].to_list()
    for term in terms:
        if term not in known:
            raise ArgumentError.unknown("term", term, known)
    rows = table.filter(pl.col("term").is_in(list(terms))).select(
        "term", pl.col("estimate", "se", "low", "high", "p_value").cast(pl.Float64), "n"
    )
    valid = pl.col("p_value").is_between(0, 1).fill_null(value=False)
    if not rows.select(valid.all()).item():
        raise DataError(f"effect {number} has no p-value between 0 and 1 for each of its terms")
    event = getattr(effect, "event", None)
    labels = {
        "target": getattr(effect, "target", None),
        "source": getattr(effect, "source", None),
        "event": getattr(event, "name", None),
    }
    return rows.select(
        *(pl.lit(value, pl.String).alias(name) for name, value in labels.items()),
        pl.all().exclude("n"),
        pl.col("n").cast(pl.Int64),
    )


def _hypotheses(effects: Sequence[Effect], terms: Sequence[str]) -> list[Hypothesis]:
    """Whitened regressions on a common calendar, one a row of the table."""
    regressions = [_whitened(effect, number) for number, effect in enumerate(effects, 1)]
    lengths = sorted({str(getattr(effect, "every", None)) for effect in effects})
    if len(lengths) > 1:
        raise ArgumentError(
            f"'max_t' resamples all series period by period; these have periods of "
            f"{' and '.join(lengths)}. Fit all effects with the same, or take method='holm'"
        )
    instants = [one.periods.dt.convert_time_zone("UTC").dt.timestamp("us") for one in regressions]
    calendar = pl.concat(instants).unique().sort()
    found = []
    for effect, one, at in zip(effects, regressions, instants, strict=True):
        rows = calendar.search_sorted(at).to_numpy().astype(np.int64)
        q, _ = np.linalg.qr(one.design)
        residuals = one.outcome - q @ (q.T @ one.outcome)
        shown = [term for term in effect.table["term"].to_list() if term in terms]
        found += [Hypothesis(rows, one.design, residuals, one.terms.index(term)) for term in shown]
    return found


def _whitened(effect: Effect, number: int) -> WhitenedRegression:
    found = getattr(effect, "whitened", None)
    error = getattr(getattr(effect, "diagnostics", None), "error", None)
    if not isinstance(found, WhitenedRegression) or error != "gls":
        raise ArgumentError(
            f"'max_t' needs the estimated autocorrelation of every series; effect {number} "
            f"({type(effect).__name__}, error={error!r}) has none. Take results of "
            "interrupted_time_series with error='gls', or method='holm'"
        )
    return found


def _sentence(table: pl.DataFrame, method: str, confidence_level: float) -> str:
    level = 1 - confidence_level
    raw = table.filter(pl.col("p_value") <= level).height
    kept = table.filter(pl.col("p_value_adjusted") <= level)
    bound = (
        f"of the effects that are told, a share of {level:.2g} is expected to be false"
        if method == "bh"
        else f"the chance of any false alarm is at most {level:.2g}"
    )
    several = table["term"].n_unique() > 1
    names = [
        f"{row['target']} in {row['source']} after {row['event']}"
        + (f" ({row['term']})" if several else "")
        for row in kept.iter_rows(named=True)
    ]
    told = f": {listed(names)}" if names else ""
    return (
        f"Of {table.height} effects that were looked at, {raw} "
        f"{'has' if raw == 1 else 'have'} a p-value of at most {level:.2g} alone, and "
        f"{kept.height or 'none'} after correction for their number by {METHOD_NAMES[method]} "
        f"({bound}){told}."
    )


def _diagnostics(
    table: pl.DataFrame, method: str, runs: int, confidence_level: float
) -> AdjustDiagnostics:
    level = 1 - confidence_level
    repeated = table.filter(table.select("target", "source", "event", "term").is_duplicated())
    notes = []
    if repeated.height:
        notes.append(f"{repeated.height} rows repeat a target, source, event and term")
    if method == "bh" and table.height > 1:
        notes.append(
            "the false discovery rate holds for independent or positively dependent effects"
        )
    return AdjustDiagnostics(
        method=method,
        n_effects=table.height,
        n_raw=table.filter(pl.col("p_value") <= level).height,
        n_adjusted=table.filter(pl.col("p_value_adjusted") <= level).height,
        runs=runs if method == "max_t" else None,
        notes=tuple(notes),
    )
