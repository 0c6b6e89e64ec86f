"""`adjudicate`: one label from several coders, with what could not be decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import polars as pl

from stancelib.errors import ArgumentError
from stancelib.validation.coded import LABELS, read_coded

Rule = Literal["majority", "unanimous"]

TIE: Final = "tie"
NOT_UNANIMOUS: Final = "not unanimous"
TOO_FEW: Final = "too few codings"
_RULES: Final = ("majority", "unanimous")


def adjudicate(
    coded: pl.DataFrame,
    *,
    rule: Rule = "majority",
    decisions: pl.DataFrame | None = None,
    fewest: int = 1,
    labels: Sequence[str] = LABELS,
) -> pl.DataFrame:
    """Make one label an item; what the rule does not decide stays null, with its reason.

    Parameters
    ----------
    coded : polars.DataFrame
        One row a coding: ``item``, ``coder``, ``label``. Null ``label``: not coded.
    rule : {"majority", "unanimous"}
        The label of more coders than any other, or of all.
    decisions : polars.DataFrame, optional
        Columns ``item`` and ``label``: what an adjudicator decided; it stands before the rule.
    fewest : int
        Codings that an item needs to be decided by the rule, at least 1.
    labels : sequence of str
        All labels.

    Returns
    -------
    polars.DataFrame
        A row for each item, in order: `item`, `label` (null where undecided), `n_codings`, `share`
        (of the codings that say so; null where undecided or decided by hand against all), `decided`
        ("rule", "adjudicator" or null) and `reason` (null, "tie", "not unanimous", "too few
        codings").

    Raises
    ------
    ArgumentError
        For an unknown rule, or `fewest` below 1.
    DataError
        When a column is missing, a label is unknown, or an item is decided or coded twice.

    Examples
    --------
    >>> import polars as pl
    >>> import stancelib as sl
    >>> coded = pl.DataFrame({
    ...     "item": ["1", "1", "2", "2"], "coder": ["Ann", "Bo"] * 2,
    ...     "label": ["favor", "favor", "against", "neutral"],
    ... })
    >>> sl.adjudicate(coded).select("item", "label", "reason").rows()
    [('1', 'favor', None), ('2', None, 'tie')]
    """
    if rule not in _RULES:
        raise ArgumentError.unknown("rule", rule, _RULES)
    if fewest < 1:
        raise ArgumentError(f"fewest must be at least 1; got {fewest}")
    rows = read_coded(coded, labels)
    by_rule = _by_rule(rows, rule, fewest)
    if decisions is None:
        return by_rule
    hand = read_coded(decisions.with_columns(coder=pl.lit("adjudicator")), labels)
    unknown = hand.filter(~pl.col("item").is_in(by_rule["item"].implode()))
    if not unknown.is_empty():
        raise ArgumentError(f"decisions name item {unknown['item'][0]!r}, which nobody coded")
    said = rows.join(hand.select("item", hand="label"), on="item")
    shares = said.group_by("item").agg(
        pl.col("hand").first(), hand_share=(pl.col("label") == pl.col("hand")).mean()
    )
    decided = pl.col("hand").is_not_null()
    return (
        by_rule.join(shares, on="item", how="left", maintain_order="left")
        .with_columns(
            label=pl.coalesce("hand", "label"),
            share=pl.when(decided & (pl.col("hand_share") > 0))
            .then("hand_share")
            .when(~decided)
            .then("share"),
            decided=pl.when(decided).then(pl.lit("adjudicator")).otherwise("decided"),
            reason=pl.when(~decided).then("reason"),
        )
        .drop("hand", "hand_share")
    )


def _by_rule(rows: pl.DataFrame, rule: Rule, fewest: int) -> pl.DataFrame:
    counts = rows.group_by("item", "label").len().sort("item", "len", "label")
    best = counts.group_by("item", maintain_order=True).agg(
        label=pl.col("label").last(),
        most=pl.col("len").last(),
        ties=(pl.col("len") == pl.col("len").max()).sum(),
        n_codings=pl.col("len").sum().cast(pl.Int64),
    )
    share = pl.col("most") / pl.col("n_codings")
    undecided = share < 1 if rule == "unanimous" else pl.col("ties") > 1
    reason = (
        pl.when(pl.col("n_codings") < fewest)
        .then(pl.lit(TOO_FEW))
        .when(undecided)
        .then(pl.lit(NOT_UNANIMOUS if rule == "unanimous" else TIE))
    )
    return (
        best.with_columns(share=share, reason=reason.otherwise(None))
        .with_columns(
            pl.when(pl.col("reason").is_null()).then(pl.col("label", "share")),
            decided=pl.when(pl.col("reason").is_null()).then(pl.lit("rule")),
        )
        .select("item", "label", "n_codings", "share", "decided", "reason")
        .sort("item")
    )
