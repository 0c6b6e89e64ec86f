"""`draw_sample`: pairs for human coders, each with a known probability of being drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from stancelib.errors import ArgumentError, DataError
from stancelib.store.selection import (
    check_option,
    choose_scorer,
    choose_sources,
    choose_targets,
)
from stancelib.validation.sample_design import (
    PAIR,
    Allocation,
    allocated,
    drawn_pairs,
    units_of,
    with_classes,
)
from stancelib.validation.sample_result import Sample

if TYPE_CHECKING:
    from stancelib.scoring import Scorer
    from stancelib.store import Store
    from stancelib.store.selection import HasInstant

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
# What one article has in several values.
_WITHIN_ARTICLES: Final = ("voice", "part", "predicted")
_ALLOCATIONS: Final[tuple[Allocation, ...]] = ("proportional", "equal", "neyman")
UNITS: Final = {"1d": "day", "1w": "week", "1mo": "month", "1q": "quarter", "1y": "year"}


def draw_sample(
    store: Store,
    n: int,
    *,
    strata: Sequence[str] = ("source", "target"),
    allocation: Allocation = "proportional",
    cluster: Literal["article"] | None = None,
    per_article: int | None = None,
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

    With ``cluster="article"`` articles are drawn so, and each gives all its pairs in its stratum
    (on the stratum's target where strata are made by target, else on all targets of the sample),
    or `per_article` of them. A coder reads fewer articles for the same number of pairs, which tell
    less as they are the more alike.

    Parameters
    ----------
    store : Store
        With scores.
    n : int
        Pairs in all, those of earlier rounds included; articles in all where these are drawn (an
        article on two targets counts twice where strata are made by target).
    strata : sequence of str
        Of source, target, lang, voice, part, period (see `every`), before_after (of `event`) and
        predicted (the most likely class); none for a simple random sample. Not voice, part or
        predicted where articles are drawn, within which they differ.
    allocation : {"proportional", "equal", "neyman"}
        Pairs (articles) of a stratum by its size, alike for all strata, or by size times the
        standard deviation of the predicted stance, which is best for the overall mean (Neyman
        1934).
    cluster : {"article"}, optional
        What is drawn as one; pairs by themselves when not given.
    per_article : int, optional
        Most pairs of an article, drawn at random in a second stage; all when not given.
    target, source : str, sequence of str or None
        Leave other targets or sources out of the population.
    every : {"1d", "1w", "1mo", "1q", "1y"}
        Length of a period.
    time_zone : str
        In which periods are cut.
    event : Event, optional
        For ``before_after``: what was published before its `at`, and from then on.
    fewest : int
        Least number of pairs (articles) in each stratum (all where it has fewer); 2 let a variance
        be estimated.
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
        For an unknown stratum, allocation or name, ``before_after`` without an event, `n` below 1,
        a stratum that differs within an article that is drawn, `per_article` without articles.
    DataError
        If a target is scored in part, or `earlier` lacks a column.
    NotEnoughDataError
        If the population has fewer than `n` pairs (articles), or `n` is too small for `fewest` in
        each stratum.

    References
    ----------
    Ohlsson, E. (1995). Coordination of samples using permanent random numbers. In Business Survey
    Methods, Wiley, chapter 9. Neyman, J. (1934). On the two different aspects of the
    representative method. JRSS 97(4), 558-625. Cochran, W. G. (1977). Sampling Techniques, third
    edition, chapters 9A (clusters) and 10 (two stages).

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
    chosen = list(dict.fromkeys(strata))
    _check(n, chosen, fewest, cluster, per_article)
    check_option("allocation", allocation, _ALLOCATIONS)
    if "before_after" in chosen and event is None:
        raise ArgumentError("strata=['before_after'] needs event=, the moment that divides")
    name = choose_scorer(store.database, scorer)
    population = store.database.frame(
        "population",
        {
            "scorer": name,
            "targets": choose_targets(store.database, name, target),
            "sources": choose_sources(store.database, source),
            "unit": UNITS[check_option("every", every, UNITS)],
            "time_zone": time_zone,
        },
        room="stancelib.validation",
    )
    units = units_of(
        with_classes(population, event),
        chosen,
        by_article=cluster is not None,
        per_article=per_article,
    )
    described = allocated(units, n, allocation, fewest)
    pairs = drawn_pairs(units, described, seed)
    known = _earlier(earlier)
    marked = pairs.join(
        known.with_columns(earlier=pl.lit(value=True)), on=PAIR, how="left", maintain_order="left"
    ).with_columns(pl.col("earlier").fill_null(value=False))
    return Sample(
        pairs=marked,
        strata=_with_pairs(described, pairs),
        n_left_earlier=known.height - int(marked["earlier"].sum()),
        scorer=name,
        seed=seed,
    )


def _check(
    n: int, strata: list[str], fewest: int, cluster: str | None, per_article: int | None
) -> None:
    if n < 1 or fewest < 1:
        raise ArgumentError(f"n and fewest must be at least 1; got n={n}, fewest={fewest}")
    for name in strata:
        if name not in STRATA:
            raise ArgumentError.unknown("stratum", name, STRATA)
    if cluster is None:
        if per_article is not None:
            raise ArgumentError('per_article needs cluster="article"')
        return
    check_option("cluster", cluster, ("article",))
    if per_article is not None and per_article < 1:
        raise ArgumentError(f"per_article must be at least 1; got {per_article}")
    if within := [name for name in strata if name in _WITHIN_ARTICLES]:
        constant = ", ".join(name for name in STRATA if name not in _WITHIN_ARTICLES)
        raise ArgumentError(
            f"the stratum {within[0]!r} differs within an article, which is drawn as one; with "
            f'cluster="article" strata can be {constant}'
        )


def _with_pairs(strata: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """The strata with the number of pairs that were drawn, which articles make random."""
    counted = pairs.group_by("stratum").agg(n_sample=pl.len().cast(pl.Int64))
    joined = strata.join(counted, on="stratum", how="left", maintain_order="left")
    place = strata.columns.index("n_population") + 1
    before, after = strata.columns[:place], strata.columns[place:]
    return joined.with_columns(pl.col("n_sample").fill_null(0)).select(*before, "n_sample", *after)


def _earlier(earlier: pl.DataFrame | None) -> pl.DataFrame:
    if earlier is None:
        return pl.DataFrame(schema=dict.fromkeys(PAIR, pl.String))
    missing = [name for name in PAIR if name not in earlier.columns]
    if missing:
        raise DataError(f"earlier needs the columns sentence_id and target; {missing} not found")
    return earlier.select(pl.col(name).cast(pl.String) for name in PAIR).unique()
