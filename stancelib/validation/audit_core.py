"""What each audit expects of two stances, and counts of the items that fail it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from stancelib.series.intervals_core import wilson_interval

ALL: Final = "all"
LEVEL: Final = 0.95
_NEGLIGIBLE: Final = 1e-9
_SHIFT = pl.col("shift")
_TOLERANCE = pl.col("tolerance")
_DIRECTION = pl.col("direction")


@dataclass(frozen=True)
class Expectation:
    """What an audit expects.

    Attributes
    ----------
    words : str
        For the table.
    tolerance : float
        How large a shift counts as one, when the caller says nothing.
    excess : polars.Expr
        Of shift, stance_a, direction and tolerance: above zero where the pair fails.
    progress : polars.Expr
        The shift as the table takes its mean: positive is what is expected; for audits in which
        nothing may move, its size.
    invariant : bool
        Whether nothing may move.
    """

    words: str
    tolerance: float
    excess: pl.Expr
    progress: pl.Expr
    invariant: bool = False


def _no_move(words: str, tolerance: float) -> Expectation:
    return Expectation(words, tolerance, _SHIFT.abs() - _TOLERANCE, _SHIFT.abs(), invariant=True)


def _move(words: str) -> Expectation:
    forward = _SHIFT * _DIRECTION
    # Standing still fails even where the tolerance is 0.
    return Expectation(words, 0.2, _TOLERANCE - forward + 2 * _NEGLIGIBLE, forward)


_FORWARD_A = pl.col("stance_a") * _DIRECTION
EXPECTATIONS: Final[Mapping[str, Expectation]] = {
    "target_swap": _no_move(
        "another target's name in its place: no shift beyond the tolerance", 0.2
    ),
    "masking": _no_move("a placeholder in the name's place: no shift beyond the tolerance", 0.2),
    "name_prior": _no_move(
        "a name in neutral sentences: its mean is the placeholder's, up to the tolerance", 0.05
    ),
    "negation": _move("the reversed sentence: a shift in its direction beyond the tolerance"),
    "quote": Expectation(
        "report and author's own claim on the same side, the author's not weaker by more than the "
        "tolerance",
        0.2,
        pl.max_horizontal(
            _NEGLIGIBLE * 2 - _FORWARD_A,
            _NEGLIGIBLE * 2 - _FORWARD_A - _SHIFT * _DIRECTION,
            -_SHIFT * _DIRECTION - _TOLERANCE,
        ),
        _SHIFT * _DIRECTION,
    ),
    "mood": Expectation(
        "bad news that blames the target for nothing: not against it beyond the tolerance",
        0.2,
        -_SHIFT - _TOLERANCE,
        _SHIFT,
    ),
    "translation": _no_move(
        "the same sentence in another language: no shift beyond the tolerance", 0.2
    ),
    "role": _move("the wronged party above the party at fault by more than the tolerance"),
}


def compared(audit: str, pairs: pl.DataFrame, tolerance: float) -> pl.DataFrame:
    """Turn scored pairs into comparisons.

    Parameters
    ----------
    audit : str
        A key of `EXPECTATIONS`.
    pairs : polars.DataFrame
        As `pairs_of_audit` gives them, with stance_a and stance_b.
    tolerance : float
        How large a shift counts as one.

    Returns
    -------
    polars.DataFrame
        With shift (of b from a; stance_a itself where there is no b), excess and failed.
    """
    ready = {"name_prior": _means_of_names, "translation": _against_the_middle}
    pairs = ready.get(audit, _as_they_are)(pairs)
    expected = EXPECTATIONS[audit]
    return (
        pairs.with_columns(
            audit=pl.lit(audit),
            tolerance=pl.lit(tolerance),
            shift=pl.coalesce(pl.col("stance_b") - pl.col("stance_a"), "stance_a"),
        )
        .with_columns(excess=expected.excess, progress=expected.progress)
        .with_columns(failed=pl.col("excess") > _NEGLIGIBLE)
    )


def table_of(comparisons: pl.DataFrame) -> pl.DataFrame:
    """Count failing items by audit and language; an item fails where one of its pairs does."""
    both = pl.concat([comparisons, comparisons.with_columns(group=pl.lit(ALL))])
    counted = both.group_by("audit", "group", maintain_order=True).agg(
        n=pl.struct("lang", "item").n_unique(),
        n_failed=pl.struct("lang", "item").filter("failed").n_unique(),
        n_pairs=pl.len(),
        n_pairs_failed=pl.col("failed").sum(),
        mean_shift=pl.col("progress").mean(),
        worst_shift=_SHIFT.sort_by("excess").last(),
        tolerance=_TOLERANCE.first(),
    )
    rate = counted["n_failed"] / counted["n"]
    low, high = wilson_interval(rate.to_numpy(), counted["n"].cast(pl.Float64).to_numpy(), LEVEL)
    words = {audit: expected.words for audit, expected in EXPECTATIONS.items()}
    whole_numbers = ("n", "n_failed", "n_pairs", "n_pairs_failed")
    return counted.with_columns(
        pl.col(whole_numbers).cast(pl.Int64),
        failure_rate=rate,
        low=pl.Series(low, dtype=pl.Float64),
        high=pl.Series(high, dtype=pl.Float64),
        expected=pl.col("audit").replace_strict(words, return_dtype=pl.String),
    ).select(
        "audit",
        pl.col("group").alias("lang"),
        *("n", "n_failed", "failure_rate", "low", "high", "n_pairs", "n_pairs_failed"),
        *("mean_shift", "worst_shift", "tolerance", "expected"),
    )


def failures_of(comparisons: pl.DataFrame) -> pl.DataFrame:
    """Return the worst pair of each failing item, the worst items of an audit first."""
    worst = (
        comparisons.filter("failed")
        .sort("excess", "text_a", "text_b", descending=[True, False, False])
        .unique(["audit", "lang", "item"], keep="first", maintain_order=True)
    )
    order = pl.col("audit").replace_strict(
        {audit: place for place, audit in enumerate(EXPECTATIONS)}, return_dtype=pl.Int64
    )
    words = {audit: expected.words for audit, expected in EXPECTATIONS.items()}
    return worst.sort(order, -pl.col("excess"), "lang", "item", maintain_order=True).with_columns(
        expected=pl.col("audit").replace_strict(words, return_dtype=pl.String)
    )


def _as_they_are(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs


def _means_of_names(pairs: pl.DataFrame) -> pl.DataFrame:
    """One row for each name, with mean stances and the sentences that move most with it."""
    shift = pl.col("stance_b") - pl.col("stance_a")
    toward = shift * shift.mean().sign()
    example = [pl.col(name).sort_by(toward).last() for name in pairs.columns if name[-2:] in _ENDS]
    kept = [column for column in example if not column.meta.output_name().startswith("stance")]
    return pairs.group_by("lang", "item", maintain_order=True).agg(
        pl.col("direction").first(), *kept, pl.col("stance_a", "stance_b").mean()
    )


def _against_the_middle(pairs: pl.DataFrame) -> pl.DataFrame:
    """Compare each language with the one whose stance is in the middle (the lower median)."""
    own = {name: name.replace("_a", "_b") for name in pairs.columns if name.endswith("_a")}
    middle = (
        pairs.sort("item", "stance_a", "lang_a")
        .group_by("item", maintain_order=True)
        .agg(pl.col(name).get((pl.len() - 1) // 2) for name in own)
    )
    return (
        pairs.select("item", "lang", "direction", *own)
        .rename(own)
        .join(middle, on="item", maintain_order="left")
    )


_ENDS: Final = ("_a", "_b")
