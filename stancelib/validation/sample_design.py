"""The design of a sample: strata, what is drawn in them, how much of it, and which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import polars as pl

from stancelib.errors import NotEnoughDataError
from stancelib.store.selection import HasInstant
from stancelib.validation.coded import LABELS, item_of
from stancelib.validation.sample_core import allocate, random_numbers, stratum_spread

Allocation = Literal["proportional", "equal", "neyman"]

PAIR: Final = ("sentence_id", "target")
_UNIT: Final = ("stratum", "cluster")
_SEPARATOR: Final = "\x1f"
_COLUMNS: Final = (
    *("item", *PAIR, "doc_id", "source", "lang", "voice", "part", "published_at", "stratum"),
    *("n_population", "inclusion_probability", "weight", "cluster", "cluster_probability"),
)


@dataclass(frozen=True, slots=True)
class Units:
    """What is drawn in each stratum: pairs by themselves, or an article's pairs in the stratum.

    Attributes
    ----------
    population : polars.DataFrame
        All pairs, with `stratum` and `cluster`.
    strata : polars.DataFrame
        `stratum` and the columns that it is made of.
    by_article : bool
        Whether articles are drawn.
    per_article : int or None
        Most pairs of an article that are taken.
    key : tuple of str
        The columns that name a unit apart from its stratum.
    """

    population: pl.DataFrame
    strata: pl.DataFrame
    by_article: bool
    per_article: int | None
    key: tuple[str, ...]


def with_classes(population: pl.DataFrame, event: HasInstant | None) -> pl.DataFrame:
    """The population with `predicted` (the most likely class) and `before_after`."""
    largest = pl.concat_list("p_against", "p_neutral", "p_favor").list.arg_max()
    after = pl.lit(None, pl.String)
    if event is not None:
        after = (
            pl.when(pl.col("published_at") >= event.at)
            .then(pl.lit("after"))
            .otherwise(pl.lit("before"))
        )
    return population.with_columns(
        predicted=largest.replace_strict(dict(enumerate(LABELS)), return_dtype=pl.String),
        before_after=after,
        item=item_of(),
    )


def units_of(
    population: pl.DataFrame, strata: list[str], *, by_article: bool, per_article: int | None
) -> Units:
    """Number the strata, and name what is drawn in them."""
    if strata:
        keys = population.select(strata).unique().sort(strata)
        keys = keys.with_row_index("stratum").cast({"stratum": pl.Int64})
        numbered = population.join(keys, on=strata, maintain_order="left")
    else:
        keys = pl.DataFrame({"stratum": [0]})
        numbered = population.with_columns(stratum=pl.lit(0, pl.Int64))
    named = numbered.with_columns(cluster=pl.col("doc_id" if by_article else "item"))
    key = ("doc_id", *(["target"] if "target" in strata else [])) if by_article else PAIR
    return Units(named, keys, by_article, per_article, key)


def allocated(units: Units, n: int, allocation: Allocation, fewest: int) -> pl.DataFrame:
    """The strata with their sizes and the number of units that each gives."""
    of_pair = units.population["stratum"].to_numpy()
    n_strata = units.strata.height
    of_unit, spread = _sizes_and_spread(units, n_strata)
    what = "articles" if units.by_article else "pairs"
    if of_unit.sum() < n:
        raise NotEnoughDataError(f"the population has {of_unit.sum():,} {what}; n={n:,}")
    lower = np.minimum(fewest, of_unit)
    if lower.sum() > n:
        raise NotEnoughDataError(
            f"n={n:,} is too few for {fewest} {what} in each of {n_strata:,} strata "
            f"({int(lower.sum()):,}); take fewer strata, or a larger n"
        )
    weights = {
        "proportional": of_unit.astype(np.float64),
        "equal": np.ones(n_strata),
        "neyman": of_unit * spread,
    }[allocation]
    taken = allocate(weights, lower, of_unit, n)
    return units.strata.with_columns(
        n_population=pl.Series(np.bincount(of_pair, minlength=n_strata), dtype=pl.Int64),
        n_clusters_population=pl.Series(of_unit, dtype=pl.Int64),
        n_clusters=pl.Series(taken, dtype=pl.Int64),
        inclusion_probability=pl.Series(taken / of_unit),
        predicted_sd=pl.Series(spread),
    )


def _sizes_and_spread(
    units: Units, n_strata: int
) -> tuple[
    np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int], np.dtype[np.float64]]
]:
    stance = pl.col("p_favor") - pl.col("p_against")
    if units.by_article:
        from_mean = stance - stance.mean().over("stratum")
        drawn = (
            units.population.with_columns(value=from_mean)
            .group_by(_UNIT, maintain_order=True)
            .agg(pl.col("value").sum())
        )
    else:
        drawn = units.population.select("stratum", value=stance)
    strata = drawn["stratum"].to_numpy()
    sizes = np.bincount(strata, minlength=n_strata)
    return sizes, stratum_spread(drawn["value"].to_numpy(), strata, n_strata)


def drawn_pairs(units: Units, strata: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The pairs of the units with the smallest random numbers of each stratum."""
    named = units.population.select(*_UNIT, *dict.fromkeys(units.key)).unique(
        [*_UNIT], maintain_order=True
    )
    # An article's number must be independent of those of its pairs.
    keys = _joined(named, units.key, "article" if units.by_article else None)
    chosen = (
        named.select(*_UNIT, number=pl.Series(random_numbers(keys, seed)))
        .join(
            strata.select(
                "stratum", "n_population", "n_clusters", cluster_probability="inclusion_probability"
            ),
            on="stratum",
            maintain_order="left",
        )
        .sort("stratum", "number", "cluster")
        .filter(pl.int_range(pl.len()).over("stratum") < pl.col("n_clusters"))
    )
    pairs = units.population.join(chosen, on=_UNIT).sort("stratum", "number", *PAIR)
    return (
        _some_of_each(pairs, units.per_article, seed)
        .with_columns(weight=1 / pl.col("inclusion_probability"))
        .select(_COLUMNS)
    )


def _some_of_each(pairs: pl.DataFrame, per_article: int | None, seed: int) -> pl.DataFrame:
    """At most so many pairs of each unit, those with the smallest random numbers."""
    if per_article is None:
        return pairs.with_columns(inclusion_probability="cluster_probability")
    second = pl.Series(random_numbers(_joined(pairs, PAIR), seed))
    taken = pl.min_horizontal(pl.len().over(_UNIT), pl.lit(per_article))
    return (
        pairs.with_columns(
            second=second,
            inclusion_probability=pl.col("cluster_probability") * taken / pl.len().over(_UNIT),
        )
        .filter(pl.col("second").rank("ordinal").over(_UNIT) <= per_article)
        .drop("second")
    )


def _joined(frame: pl.DataFrame, columns: tuple[str, ...], prefix: str | None = None) -> pl.Series:
    start = [] if prefix is None else [pl.lit(prefix)]
    return frame.select(name=pl.concat_str(*start, *columns, separator=_SEPARATOR)).to_series()
