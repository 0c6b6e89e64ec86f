"""`draw_sample`: pairs for human coders, each with a known probability of being drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import polars as pl

from stancelib.errors import ArgumentError, DataError, NotEnoughDataError
from stancelib.store.selection import (
    check_option,
    choose_scorer,
    choose_sources,
    choose_targets,
)
from stancelib.validation.coded import item_of
from stancelib.validation.sample_core import allocate, random_numbers, stratum_spread

if TYPE_CHECKING:
    from stancelib.scoring import Scorer
    from stancelib.store import Store
    from stancelib.store.selection import HasInstant

Allocation = Literal["proportional", "equal", "neyman"]

STRATA: Final = (
    "source",
    "target",
    "lang",
    "voice",
    "part",
    "period",
    "before_after",
    "predicted",
)
_ALLOCATIONS: Final[tuple[Allocation, ...]] = ("proportional", "equal", "neyman")
_UNITS: Final = {"1d": "day", "1w": "week", "1mo": "month", "1q": "quarter", "1y": "year"}
_PAIR: Final = ("sentence_id", "target")
_CLASSES: Final = ("against", "neutral", "favor")


@dataclass(frozen=True)
class Sample:
    """A probability sample of (sentence, target) pairs.

    Attributes
    ----------
    pairs : polars.DataFrame
        A row for each pair, by stratum: `item` (its key on coding sheets), `sentence_id`,
        `target`, `doc_id`, `source`, `lang`, `voice`, `part`, `published_at` (UTC), `stratum`
        (number), `n_population` (pairs of the stratum), `inclusion_probability`, `weight` (its
        inverse), and `earlier` (whether an earlier round had it).
    strata : polars.DataFrame
        A row for each stratum: `stratum`, the columns that it is made of, `n_population`,
        `n_sample`, `inclusion_probability` and `predicted_sd` (of the predicted stance).
    n_left_earlier : int
        Pairs of the earlier round that this one does not hold, because articles were added or the
        strata changed. Their labels do not belong to this sample.
    scorer : str
        Whose predictions were used.
    seed : int
        The same seed, store and options give the same sample.

    Examples
    --------
    >>> Sample.__name__
    'Sample'
    """

    pairs: pl.DataFrame
    strata: pl.DataFrame
    n_left_earlier: int
    scorer: str
    seed: int


def draw_sample(
    store: Store,
    n: int,
    *,
    strata: Sequence[str] = ("source", "target"),
    allocation: Allocation = "proportional",
    target: str | Sequence[str] | None = None,
    source: str | Sequence[str] | None = None,
    every: str = "1mo",
    time_zone: str = "UTC",
    event: HasInstant | None = None,
    fewest: int = 2,
    earlier: pl.DataFrame | None = None,
    scorer: str | Scorer | None = None,
    seed: int = 0,
) -> Sample:
    """Draw scored (sentence, target) pairs at random from strata.

    Each pair has a permanent random number that depends on the seed alone; a stratum gives its
    pairs with the smallest numbers. So a larger sample with the same seed holds the smaller one,
    no pair is drawn twice, and the probabilities are those of one draw of the larger size.

    Parameters
    ----------
    store : Store
        With scores.
    n : int
        Pairs in all, those of earlier rounds included.
    strata : sequence of str
        Of source, target, lang, voice, part, period (see `every`), before_after (of `event`) and
        predicted (the most likely class); none for a simple random sample.
    allocation : {"proportional", "equal", "neyman"}
        Pairs of a stratum by its size, alike for all strata, or by size times the standard
        deviation of the predicted stance, which is best for the overall mean (Neyman 1934).
    target, source : str, sequence of str or None
        Leave other targets or sources out of the population.
    every : {"1d", "1w", "1mo", "1q", "1y"}
        Length of a period.
    time_zone : str
        In which periods are cut.
    event : Event, optional
        For ``before_after``: what was published before its `at`, and from then on.
    fewest : int
        Least number of pairs in each stratum (all where it has fewer); 2 let a variance be
        estimated.
    earlier : polars.DataFrame, optional
        Columns ``sentence_id`` and ``target``: pairs that are coded already. They are marked.
    scorer : str, Scorer or None
        Needed where several scored the store.
    seed : int
        Of the random numbers.

    Returns
    -------
    Sample
        ``.pairs``, ``.strata``, ``.n_left_earlier``.

    Raises
    ------
    ArgumentError
        For an unknown stratum, allocation or name, ``before_after`` without an event, `n` below 1.
    DataError
        If a target is scored in part, or `earlier` lacks a column.
    NotEnoughDataError
        If the population has fewer than `n` pairs, or `n` is too small for `fewest` in each
        stratum.

    References
    ----------
    Ohlsson, E. (1995). Coordination of samples using permanent random numbers. In Business Survey
    Methods, Wiley, chapter 9. Neyman, J. (1934). On the two different aspects of the
    representative method. JRSS 97(4), 558-625.

    Examples
    --------
    >>> import stancelib as sl
    >>> corpus = sl.simulate_corpus(200, seed=1)
    >>> with sl.open_store(":memory:") as store:
    ...     _ = store.add_documents(corpus.documents, progress=False)
    ...     _ = store.score(corpus.scorer(), "Russia", progress=False)
    ...     sample = sl.draw_sample(store, 40, strata=["lang"])
    >>> sample.pairs.height, round(sample.pairs["weight"].sum()) == sample.strata[
    ...     "n_population"
    ... ].sum()
    (40, True)
    """
    if n < 1 or fewest < 1:
        raise ArgumentError(f"n and fewest must be at least 1; got n={n}, fewest={fewest}")
    for name in strata:
        if name not in STRATA:
            raise ArgumentError.unknown("stratum", name, STRATA)
    check_option("allocation", allocation, _ALLOCATIONS)
    if "before_after" in strata and event is None:
        raise ArgumentError("strata=['before_after'] needs event=, the moment that divides")
    name = choose_scorer(store.database, scorer)
    population = store.database.frame(
        "population",
        {
            "scorer": name,
            "targets": choose_targets(store.database, name, target),
            "sources": choose_sources(store.database, source),
            "unit": _UNITS[check_option("every", every, _UNITS)],
            "time_zone": time_zone,
        },
        room="stancelib.validation",
    )
    if population.height < n:
        raise NotEnoughDataError(f"the population has {population.height:,} pairs; n={n:,}")
    numbered, keys = _in_strata(_with_classes(population, event), list(dict.fromkeys(strata)))
    described = _allocated(numbered, keys, n, allocation, fewest)
    pairs = _drawn(numbered, described, seed)
    known = _earlier(earlier)
    marked = pairs.join(
        known.with_columns(earlier=pl.lit(value=True)), on=_PAIR, how="left", maintain_order="left"
    ).with_columns(pl.col("earlier").fill_null(value=False))
    return Sample(
        pairs=marked,
        strata=described,
        n_left_earlier=known.height - int(marked["earlier"].sum()),
        scorer=name,
        seed=seed,
    )


def _with_classes(population: pl.DataFrame, event: HasInstant | None) -> pl.DataFrame:
    largest = pl.concat_list("p_against", "p_neutral", "p_favor").list.arg_max()
    after = pl.lit(None, pl.String)
    if event is not None:
        after = (
            pl.when(pl.col("published_at") >= event.at)
            .then(pl.lit("after"))
            .otherwise(pl.lit("before"))
        )
    return population.with_columns(
        predicted=largest.replace_strict(dict(enumerate(_CLASSES)), return_dtype=pl.String),
        before_after=after,
    )


def _in_strata(population: pl.DataFrame, strata: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The population with the number of each pair's stratum, and the strata."""
    if not strata:
        return population.with_columns(stratum=pl.lit(0, pl.Int64)), pl.DataFrame({"stratum": [0]})
    keys = population.select(strata).unique().sort(strata)
    keys = keys.with_row_index("stratum").cast({"stratum": pl.Int64})
    return population.join(keys, on=strata, maintain_order="left"), keys


def _allocated(
    population: pl.DataFrame, keys: pl.DataFrame, n: int, allocation: Allocation, fewest: int
) -> pl.DataFrame:
    of_pair = population["stratum"].to_numpy()
    sizes = np.bincount(of_pair, minlength=keys.height)
    stance = (population["p_favor"] - population["p_against"]).to_numpy()
    spread = stratum_spread(stance, of_pair, keys.height)
    lower = np.minimum(fewest, sizes)
    if lower.sum() > n:
        raise NotEnoughDataError(
            f"n={n:,} is too few for {fewest} pairs in each of {keys.height:,} strata "
            f"({int(lower.sum()):,}); take fewer strata, or a larger n"
        )
    weights = {
        "proportional": sizes.astype(np.float64),
        "equal": np.ones(keys.height),
        "neyman": sizes * spread,
    }[allocation]
    taken = allocate(weights, lower, sizes, n)
    return keys.with_columns(
        n_population=pl.Series(sizes, dtype=pl.Int64),
        n_sample=pl.Series(taken, dtype=pl.Int64),
        inclusion_probability=pl.Series(taken / sizes),
        predicted_sd=pl.Series(spread),
    )


def _drawn(population: pl.DataFrame, strata: pl.DataFrame, seed: int) -> pl.DataFrame:
    keys = population.select(pl.concat_str(*_PAIR, separator="\x1f")).to_series()
    return (
        population.with_columns(number=pl.Series(random_numbers(keys, seed)))
        .sort("stratum", "number", *_PAIR)
        .join(
            strata.select("stratum", "n_population", "n_sample", "inclusion_probability"),
            on="stratum",
            maintain_order="left",
        )
        .filter(pl.int_range(pl.len()).over("stratum") < pl.col("n_sample"))
        .with_columns(weight=1 / pl.col("inclusion_probability"))
        .select(
            item_of().alias("item"),
            *_PAIR,
            "doc_id",
            "source",
            "lang",
            "voice",
            "part",
            "published_at",
            "stratum",
            "n_population",
            "inclusion_probability",
            "weight",
        )
    )


def _earlier(earlier: pl.DataFrame | None) -> pl.DataFrame:
    if earlier is None:
        return pl.DataFrame(schema=dict.fromkeys(_PAIR, pl.String))
    missing = [name for name in _PAIR if name not in earlier.columns]
    if missing:
        raise DataError(f"earlier needs the columns sentence_id and target; {missing} not found")
    return earlier.select(pl.col(name).cast(pl.String) for name in _PAIR).unique()
